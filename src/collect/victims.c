// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs read the list up to its first 0, at any time: what stays keeps its place, or they could
 * miss it just then. So a place that was given up holds what is no process until it is used again.
 */
#include "collect/victims.h"

#include <errno.h>

#define NOBODY UINT32_MAX

static void set_place(uint32_t *place, uint32_t value)
{
	__atomic_store_n(place, value, __ATOMIC_RELEASE);
}

int victims_add(uint32_t *victims, size_t nr, uint32_t tgid)
{
	size_t i, place = nr;

	for (i = 0; i < nr && victims[i] != tgid; i++) {
		if (place == nr && (!victims[i] || victims[i] == NOBODY))
			place = i;
	}
	if (i < nr)
		return 0;
	if (place == nr)
		return -ENOSPC;
	set_place(&victims[place], tgid);
	return 0;
}

void victims_remove(uint32_t *victims, size_t nr, uint32_t tgid)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (victims[i] == tgid)
			set_place(&victims[i], NOBODY);
	}
	/* a list of nobody is to cost nothing */
	for (i = nr; i > 0 && (!victims[i - 1] || victims[i - 1] == NOBODY); i--)
		set_place(&victims[i - 1], 0);
}
