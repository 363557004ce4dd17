/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room in the tables of include/qpw/live.h, which programs only fill: what has had nothing to add
 * for a while is taken away, its figures go to those of its kind that have no row. Knows tables,
 * not who fills them meanwhile.
 */
#ifndef QPW_MODEL_ROOM_H
#define QPW_MODEL_ROOM_H

#include "qpw/live.h"

/* What was seen of one table at the last look; all zero at first. */
struct room;

/*
 * After a look at a table: take away idle rows and causers, those with the fewest events first (a
 * row's microseconds count as much), once three quarters of the places are taken, until half of
 * them are. They have had nothing since the look before, and can be found no more, but their places
 * are free only at the next look: by then a program that had found one is through. *room is NULL at
 * first. 0 or -ENOMEM.
 */
int room_make(struct room **room, struct qpw_live_table *t);

/* Everything is free and zero again. No program must be at work on the table. */
void room_clear(struct room **room, struct qpw_live_table *t);

#endif
