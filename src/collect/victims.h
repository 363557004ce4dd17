/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of measured processes, which programs read while it is changed. Knows the list alone.
 */
#ifndef QPW_COLLECT_VICTIMS_H
#define QPW_COLLECT_VICTIMS_H

#include <stddef.h>
#include <stdint.h>

/* A thread group id, once. 0, or -ENOSPC when all nr places are taken. */
int victims_add(uint32_t *victims, size_t nr, uint32_t tgid);

/* One that is not there is no error. */
void victims_remove(uint32_t *victims, size_t nr, uint32_t tgid);

#endif
