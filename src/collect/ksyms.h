/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel symbols from /proc/kallsyms: address to name and back. Knows that file's format only.
 */
#ifndef QPW_COLLECT_KSYMS_H
#define QPW_COLLECT_KSYMS_H

#include <stddef.h>
#include <stdint.h>

struct ksyms;

/*
 * Load path, "/proc/kallsyms" on a running machine. Returns 0; -errno of reading; -EPERM when the
 * kernel hides the addresses from us (all are 0), -ENODATA when there is nothing in it; *out is
 * NULL on error.
 */
int ksyms_load(const char *path, struct ksyms **out);

/*
 * Read the file again, which was kept open: modules come and go. What /proc/kallsyms shows depends
 * on the privilege at its opening alone. Keeps the old table when that fails. 0 or -errno.
 */
int ksyms_reload(struct ksyms *k);

/*
 * Write "name", "name [module]" or, off a symbol's start, "name+0x1f [module]" to buf, cut to size.
 * Of several names for one address the first in the file, as the kernel's own %ps does. 0, -ENOENT.
 */
int ksyms_name(const struct ksyms *k, uint64_t address, char *buf, size_t size);

/* Address of a function of the kernel proper, 0 when there is none. */
uint64_t ksyms_address(const struct ksyms *k, const char *name);

void ksyms_destroy(struct ksyms *k);

#endif
