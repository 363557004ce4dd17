// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs read the list up to its first 0, at any time: what stays keeps its place, or they could
 * miss it just then. So a place that was given up holds what is no process until it is used again.
 */
#include "collect/victims.h"

#include <errno.h>
#include <linux/types.h>

#include "qpw/victim.h"

#define NOBODY UINT32_MAX

static bool is_free(const struct qpw_victim *place)
{
	return !place->tgid || place->tgid == NOBODY;
}

/* The process comes last: until then programs don't look at the rest. */
static void set_place(struct qpw_victim *place, uint32_t tgid, uint32_t tid, bool has_realtime)
{
	place->tid = tid;
	place->has_realtime = has_realtime;
	__atomic_store_n(&place->tgid, tgid, __ATOMIC_RELEASE);
}

int victims_add(struct qpw_victim *victims, size_t nr, uint32_t tgid, uint32_t tid,
		bool has_realtime)
{
	size_t i, place = nr;

	for (i = 0; i < nr && (victims[i].tgid != tgid || victims[i].tid != tid); i++) {
		if (place == nr && is_free(&victims[i]))
			place = i;
	}
	if (i < nr)
		return 0;
	if (place == nr)
		return -ENOSPC;
	set_place(&victims[place], tgid, tid, has_realtime);
	return 0;
}

static void free_place(struct qpw_victim *place, uint32_t nobody)
{
	__atomic_store_n(&place->tgid, nobody, __ATOMIC_RELEASE);
}

void victims_remove(struct qpw_victim *victims, size_t nr, uint32_t tgid)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (victims[i].tgid == tgid)
			free_place(&victims[i], NOBODY);
	}
	/* a list of nobody is to cost nothing */
	for (i = nr; i > 0 && is_free(&victims[i - 1]); i--)
		free_place(&victims[i - 1], 0);
}

bool victims_have(const struct qpw_victim *victims, size_t nr, uint32_t tgid)
{
	for (size_t i = 0; i < nr; i++)
		if (victims[i].tgid == tgid)
			return true;
	return false;
}
