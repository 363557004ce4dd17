// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matching rows by name. Both modes' rows are few (functions, causes), so plain searches do.
 */
#include "view/compare_rows.h"

#include <stdlib.h>
#include <string.h>

#include "host/host.h"

static uint64_t ran(const struct work_row *r)
{
	uint64_t total = 0;

	for (int side = 0; side < COMPARE_SIDES; side++)
		if (r->side[side])
			total += r->side[side]->executed + r->side[side]->inlined +
				 r->side[side]->queued;
	return total;
}

static int order_works(const void *a, const void *b)
{
	const struct work_row *x = a, *y = b;

	if (x->qpw != y->qpw)
		return x->qpw ? -1 : 1;
	if (ran(x) != ran(y))
		return ran(x) > ran(y) ? -1 : 1;
	return strcmp(x->function, y->function);
}

static struct work_row *work_row(struct work_row *rows, size_t *nr, const char *function)
{
	for (size_t i = 0; i < *nr; i++)
		if (!strcmp(rows[i].function, function))
			return &rows[i];
	rows[*nr].function = function;
	rows[*nr].qpw = snap_qpw_family(function);
	return &rows[(*nr)++];
}

size_t compare_work_rows(const struct comparison *c, struct work_row **out)
{
	const struct compare_mode *m = c->mode;
	size_t room = 1, nr = 0;

	for (int side = 0; side < COMPARE_SIDES; side++)
		room += m[side].merged->nr_works + m[side].nr_witness;
	*out = calloc(room, sizeof(**out));
	if (!*out)
		return 0;
	for (int side = 0; side < COMPARE_SIDES; side++) {
		const struct snapshot *s = m[side].merged;

		for (size_t i = 0; i < s->nr_works; i++)
			work_row(*out, &nr, s->works[i].function)->side[side] = &s->works[i];
		for (size_t i = 0; i < m[side].nr_witness; i++)
			work_row(*out, &nr, m[side].witness[i].name)->witness[side] =
				m[side].witness[i].count;
	}
	qsort(*out, nr, sizeof(**out), order_works);
	return nr;
}

static uint64_t cause_ns(const struct cause_row *r)
{
	uint64_t total = 0;

	for (int side = 0; side < COMPARE_SIDES; side++)
		total += r->side[side] ? r->side[side]->self_ns : 0;
	return total;
}

static int order_causes(const void *a, const void *b)
{
	const struct cause_row *x = a, *y = b;

	if (cause_ns(x) != cause_ns(y))
		return cause_ns(x) > cause_ns(y) ? -1 : 1;
	if (x->any->class != y->any->class)
		return x->any->class < y->any->class ? -1 : 1;
	return strcmp(x->any->name, y->any->name);
}

static struct cause_row *cause_row(struct cause_row *rows, size_t *nr, const struct snap_cause *of)
{
	for (size_t i = 0; i < *nr; i++)
		if (rows[i].any->class == of->class && !strcmp(rows[i].any->name, of->name))
			return &rows[i];
	rows[*nr].any = of;
	return &rows[(*nr)++];
}

size_t compare_cause_rows(const struct comparison *c, struct cause_row **out)
{
	size_t room = c->mode[COMPARE_A].merged->nr_causes + c->mode[COMPARE_B].merged->nr_causes;
	size_t nr = 0;

	*out = calloc(room + 1, sizeof(**out));
	if (!*out)
		return 0;
	for (int side = 0; side < COMPARE_SIDES; side++) {
		const struct snapshot *s = c->mode[side].merged;

		for (size_t i = 0; i < s->nr_causes; i++)
			cause_row(*out, &nr, &s->causes[i])->side[side] = &s->causes[i];
	}
	qsort(*out, nr, sizeof(**out), order_causes);
	return nr;
}

static uint64_t flush_ns(const struct flush_row *r)
{
	uint64_t total = 0;

	for (int side = 0; side < COMPARE_SIDES; side++)
		total += r->side[side] ? r->side[side]->total_ns : 0;
	return total;
}

static int order_flushes(const void *a, const void *b)
{
	const struct flush_row *x = a, *y = b;
	int order;

	if (flush_ns(x) != flush_ns(y))
		return flush_ns(x) > flush_ns(y) ? -1 : 1;
	order = strcmp(x->any->function, y->any->function);
	return order ? order : strcmp(x->any->work, y->any->work);
}

static struct flush_row *flush_row(struct flush_row *rows, size_t *nr, const struct snap_flush *of)
{
	for (size_t i = 0; i < *nr; i++)
		if (!strcmp(rows[i].any->function, of->function) &&
		    !strcmp(rows[i].any->work, of->work))
			return &rows[i];
	rows[*nr].any = of;
	return &rows[(*nr)++];
}

size_t compare_flush_rows(const struct comparison *c, struct flush_row **out)
{
	size_t room = c->mode[COMPARE_A].merged->nr_flushes + c->mode[COMPARE_B].merged->nr_flushes;
	size_t nr = 0;

	*out = calloc(room + 1, sizeof(**out));
	if (!*out)
		return 0;
	for (int side = 0; side < COMPARE_SIDES; side++) {
		const struct snapshot *s = c->mode[side].merged;

		for (size_t i = 0; i < s->nr_flushes; i++)
			flush_row(*out, &nr, &s->flushes[i])->side[side] = &s->flushes[i];
	}
	qsort(*out, nr, sizeof(**out), order_flushes);
	return nr;
}

static int order_counts(const void *a, const void *b)
{
	return strcmp(((const struct count_row *)a)->name, ((const struct count_row *)b)->name);
}

size_t compare_trigger_rows(const struct comparison *c, struct count_row **out)
{
	const struct compare_mode *a = &c->mode[COMPARE_A], *b = &c->mode[COMPARE_B];
	size_t nr = 0;

	*out = calloc(a->nr_triggers + b->nr_triggers + 1, sizeof(**out));
	if (!*out)
		return 0;
	for (size_t i = 0; i < a->nr_triggers; i++) {
		struct count_row *row = &(*out)[nr++];

		row->name = a->triggers[i].name;
		row->side[COMPARE_A] = a->triggers[i].count;
		row->side[COMPARE_B] = boot_count_of(b->triggers, b->nr_triggers, row->name);
	}
	for (size_t i = 0; i < b->nr_triggers; i++) {
		bool known = false;

		for (size_t j = 0; !known && j < a->nr_triggers; j++)
			known = !strcmp(a->triggers[j].name, b->triggers[i].name);
		if (known)
			continue;
		(*out)[nr].name = b->triggers[i].name;
		(*out)[nr++].side[COMPARE_B] = b->triggers[i].count;
	}
	qsort(*out, nr, sizeof(**out), order_counts);
	return nr;
}

static struct warning_row *warning_row(struct warning_row *rows, size_t *nr,
				       const struct host_warning *of)
{
	for (size_t i = 0; i < *nr; i++)
		if (!strcmp(rows[i].any->code, of->code))
			return &rows[i];
	rows[*nr].any = of;
	return &rows[(*nr)++];
}

size_t compare_warning_rows(const struct comparison *c, struct warning_row **out)
{
	size_t room = 1, nr = 0;

	for (size_t i = 0; i < c->nr_order; i++)
		room += c->mode[c->order[i].side].boots[c->order[i].boot]->facts->nr_warnings;
	*out = calloc(room, sizeof(**out));
	if (!*out)
		return 0;
	for (int side = 0; side < COMPARE_SIDES; side++) {
		for (size_t i = 0; i < c->mode[side].nr_boots; i++) {
			const struct host_facts *facts = c->mode[side].boots[i]->facts;

			for (unsigned int j = 0; j < facts->nr_warnings; j++)
				warning_row(*out, &nr, &facts->warnings[j])->boots[side]++;
		}
	}
	return nr;
}
