// SPDX-License-Identifier: GPL-2.0-only
/*
 * In which order the boots ran, and whether the two sides took turns. Knows when boots began, none
 * of their figures.
 */
#include "model/compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int order_places(const void *left, const void *right)
{
	const struct compare_place *a = left, *b = right;

	if (a->started_s != b->started_s)
		return a->started_s < b->started_s ? -1 : 1;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return a->boot < b->boot ? -1 : a->boot > b->boot;
}

/* Boots that began in the same second share the middle of their places. */
static void set_positions(struct comparison *c)
{
	for (size_t i = 0; i < c->nr_order;) {
		size_t end = i;

		while (end < c->nr_order && c->order[end].started_s == c->order[i].started_s)
			end++;
		for (size_t j = i; j < end; j++)
			c->mode[c->order[j].side].positions[c->order[j].boot] =
				(double)(i + end + 1) / 2;
		i = end;
	}
}

static double mean_position(const struct compare_mode *m)
{
	double mean = 0;

	for (size_t i = 0; i < m->nr_boots; i++)
		mean += m->positions[i] / (double)m->nr_boots;
	return mean;
}

/*
 * One side before the other: the sides' mean places are half the number of boots apart then. More
 * than half of that is too much; ABAB is exactly half, AABB is all.
 */
static bool in_blocks(const struct comparison *c)
{
	const struct compare_mode *a = &c->mode[COMPARE_A], *b = &c->mode[COMPARE_B];

	if (a->nr_boots < 2 || b->nr_boots < 2)
		return false;
	return fabs(mean_position(a) - mean_position(b)) > (double)c->nr_order / 4 + 0.000000001;
}

int compare_order(struct comparison *c)
{
	c->order = calloc(c->mode[COMPARE_A].nr_boots + c->mode[COMPARE_B].nr_boots + 1,
			  sizeof(*c->order));
	if (!c->order)
		return -ENOMEM;
	c->order_known = true;
	for (int side = 0; side < COMPARE_SIDES; side++) {
		struct compare_mode *m = &c->mode[side];

		m->positions = calloc(m->nr_boots + 1, sizeof(*m->positions));
		if (!m->positions)
			return -ENOMEM;
		for (size_t i = 0; i < m->nr_boots; i++) {
			c->order[c->nr_order++] = (struct compare_place){
				.side = side, .boot = i, .started_s = m->boots[i]->started_s
			};
			c->order_known = c->order_known && m->boots[i]->started_s;
		}
	}
	if (!c->order_known)
		return 0;
	qsort(c->order, c->nr_order, sizeof(*c->order), order_places);
	set_positions(c);
	c->in_blocks = in_blocks(c);
	return 0;
}
