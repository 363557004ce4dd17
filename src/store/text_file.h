/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole small file in memory. Knows nothing of what is in it.
 */
#ifndef QPW_STORE_TEXT_FILE_H
#define QPW_STORE_TEXT_FILE_H

#include <stddef.h>

/*
 * Read dir/name (dir NULL: name alone), at most max bytes, into a NUL-terminated buffer that the
 * caller frees. 0; -errno; -EFBIG above max.
 */
int text_file_read(const char *dir, const char *name, size_t max, char **out, size_t *len);

#endif
