// SPDX-License-Identifier: GPL-2.0-only
/*
 * A list in order of the beginnings; a CPU has at most one row that is open, its last one.
 */
#include "model/offline.h"

#include <errno.h>
#include <stdlib.h>

static struct snap_offline *last_of(struct offline *o, uint32_t cpu)
{
	size_t i = o->nr;

	while (i--) {
		if (o->rows[i].cpu == cpu)
			return &o->rows[i];
	}
	return NULL;
}

void offline_note(struct offline *o, uint32_t cpu, bool online, uint64_t ns)
{
	struct snap_offline *last = last_of(o, cpu);
	bool gone = last && !last->end_ns;

	if (online && gone) {
		last->end_ns = ns;
		return;
	}
	/* it can't come back twice, but it can have gone before anybody looked */
	if ((online && last) || (!online && gone))
		return;
	if (o->nr == SNAP_OFFLINES) {
		o->nr_left_out += !online;
		return;
	}
	o->rows[o->nr++] = (struct snap_offline){ .cpu = cpu,
						  .start_ns = online ? 0 : ns,
						  .end_ns = online ? ns : 0 };
}

int offline_fill(const struct offline *o, uint64_t start_ns, uint64_t end_ns, struct snapshot *s)
{
	s->offlines = calloc(o->nr + 1, sizeof(*s->offlines));
	if (!s->offlines)
		return -ENOMEM;
	for (size_t i = 0; i < o->nr; i++) {
		const struct snap_offline *row = &o->rows[i];

		if (row->start_ns <= end_ns && (!row->end_ns || row->end_ns >= start_ns))
			s->offlines[s->nr_offlines++] = *row;
	}
	s->nr_offlines_left_out = o->nr_left_out;
	return 0;
}
