/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding the victims of a recording that run already. Knows /proc.
 */
#ifndef QPW_CMD_RECORD_VICTIM_H
#define QPW_CMD_RECORD_VICTIM_H

#include <stddef.h>
#include <stdint.h>

#include "cmd/record_options.h"

/*
 * Thread group ids of the victims asked for by pid or name. Returns how many (at most max are
 * written), -ESRCH when there is none, other -errno.
 */
int victims_find(const struct record_options *o, uint32_t *tgids, size_t max);

#endif
