/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text report's sections about who caused it: origins with their stacks, tasks that came, locks
 * that were waited for, the CPU taken from the victim, and what the victim did to itself. Knows
 * neither files nor options.
 */
#include "view/report_parts.h"

#include <inttypes.h>
#include <string.h>

#include "util/array.h"
#include "util/text.h"
#include "view/summary_causers.h"
#include "view/text_table.h"

#define NOTE_COLUMNS 92 /* of a stack, in its lines below the row */

static size_t limit(const struct report *r, size_t nr)
{
	return r->top && nr > r->top ? r->top : nr;
}

/* A frame's function without the offset: "queue_work_on+0x1f [mod]" is "queue_work_on [mod]". */
static size_t put_frame(const char *frame, size_t len, char *buf, size_t size)
{
	size_t name = strcspn(frame, "+;"), module = 0;
	char text[QPW_SYMBOL_LEN];

	if (name > len)
		name = len;
	while (module < len && frame[module] != '[')
		module++;
	snprintf(text, sizeof(text), "%.*s%s%.*s", (int)name, frame, module < len ? " " : "",
		 (int)(len - module), frame + module);
	text_escape(text, buf, size);
	return strlen(buf);
}

/* The stack in lines of their own, "a < b < c": a was called by b, that by c. */
static void note_stack(struct text_table *t, const char *stack)
{
	char line[8 * QPW_SYMBOL_LEN + NOTE_COLUMNS] = "", frame[4 * QPW_SYMBOL_LEN];
	size_t used = 0;

	while (*stack) {
		size_t len = strcspn(stack, ";"), width;

		width = put_frame(stack, len, frame, sizeof(frame));
		if (used && used + width + sizeof(" < ") > NOTE_COLUMNS) {
			snprintf(line + used, sizeof(line) - used, " <");
			text_table_note(t, line);
			used = 0;
		}
		used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s",
					 used ? " < " : "", frame);
		stack += len + (stack[len] == ';');
	}
	if (used)
		text_table_note(t, line);
}

/* As it is: the table makes it harmless. */
static void format_origin(const struct snap_caused *c, char *buf, size_t size)
{
	if (c->origin.pid == SNAP_PID_MANY)
		snprintf(buf, size, "%s", c->origin.comm);
	else
		snprintf(buf, size, "%s:%" PRIu32, c->origin.comm, c->origin.pid);
}

static void note_place(struct text_table *t, const struct snap_caused *c)
{
	char path[4 * QPW_PATH_LEN + 1], line[sizeof(path) + 16];

	if (c->cgroup[0] && strcmp(c->cgroup, "/") != 0) {
		text_escape(c->cgroup, path, sizeof(path));
		snprintf(line, sizeof(line), "in cgroup %s", path);
		text_table_note(t, line);
	}
	note_stack(t, c->stack);
}

void report_origins(FILE *f, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "class", true },	  { "cause", true },   { "count", false },
		{ "by", true },		  { "on CPU", false }, { "mean wait us", false },
		{ "max wait us", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = limit(r, s->nr_caused);
	struct text_table t;
	char who[96];

	if (!nr)
		return;
	fprintf(f,
		"\nwho caused it, %zu of %zu (wait: from queueing, sending or waking to the start "
		"here)\n",
		nr, s->nr_caused);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		const struct snap_caused *c = &s->caused[i];

		format_origin(c, who, sizeof(who));
		text_table_name(&t, snap_class_name(c->class));
		text_table_name(&t, c->name);
		text_table_count(&t, c->origin.count);
		text_table_name(&t, who);
		text_table_count(&t, c->origin.cpu);
		text_table_us(&t, c->wait_ns / c->origin.count);
		text_table_us(&t, c->wait_max_ns);
		note_place(&t, c);
	}
	text_table_print(&t, f, 2);
	text_table_finish(&t);
	if (s->caused_left_out)
		fprintf(f, "  %" PRIu64 " interruptions by rarer origins are not listed\n",
			s->caused_left_out);
}

static void print_moves(FILE *f, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "task", true }, { "from CPU", false }, { "count", false },
		{ "by", true },	  { "on CPU", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = limit(r, s->nr_moves);
	struct text_table t;

	if (!nr)
		return;
	fprintf(f, "\ntasks moved to the watched CPUs, %zu of %zu\n", nr, s->nr_moves);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		text_table_name(&t, s->moves[i].comm);
		text_table_count(&t, s->moves[i].from_cpu);
		text_table_count(&t, s->moves[i].count);
		text_table_name(&t, s->moves[i].by_comm);
		text_table_count(&t, s->moves[i].by_cpu);
	}
	text_table_print(&t, f, 2);
	text_table_finish(&t);
}

static void print_locks(FILE *f, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "lock", true },   { "waiter", true },	   { "victim", true },
		{ "count", false }, { "total us", false }, { "longest us", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = limit(r, s->nr_locks);
	struct text_table t;

	if (!nr && !s->counts.lock_waits_missed)
		return;
	fprintf(f, "\nwaits for contended locks on the watched CPUs, %zu of %zu\n", nr,
		s->nr_locks);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		text_table_name(&t, summary_lock_kind(s->locks[i].flags));
		text_table_name(&t, s->locks[i].comm);
		text_table_name(&t, s->locks[i].by_victim ? "yes" : "-");
		text_table_count(&t, s->locks[i].count);
		text_table_us(&t, s->locks[i].total_ns);
		text_table_us(&t, s->locks[i].max_ns);
	}
	text_table_print(&t, f, 2);
	text_table_finish(&t);
	if (s->counts.lock_waits_missed)
		fprintf(f, "  at most %" PRIu64 " more were not seen\n",
			s->counts.lock_waits_missed);
}

static void print_taken(FILE *f, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "by", true },
		{ "count", false },
		{ "total us", false },
		{ "longest us", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = limit(r, s->nr_taken);
	struct text_table t;

	if (!nr)
		return;
	fprintf(f,
		"\nthe CPU taken from the victim while it wanted to run, until it ran again, "
		"%zu of %zu\n",
		nr, s->nr_taken);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		text_table_name(&t, s->taken[i].by_comm);
		text_table_count(&t, s->taken[i].count);
		text_table_us(&t, s->taken[i].total_ns);
		text_table_us(&t, s->taken[i].max_ns);
	}
	text_table_print(&t, f, 2);
	text_table_finish(&t);
}

/* Lines only for what there was. */
static void print_counts(FILE *f, const struct snap_counts *c)
{
	const char *between = "";

	if (c->page_faults || c->system_calls || c->system_calls_missed) {
		fprintf(f,
			"\nself-inflicted by the victim: %" PRIu64 " page faults, %" PRIu64
			" system calls",
			c->page_faults, c->system_calls);
		if (c->system_calls_missed)
			fprintf(f, " (at most %" PRIu64 " more)", c->system_calls_missed);
		fputc('\n', f);
	}
	if (c->tick_stops)
		fprintf(f, "\ntick stopped %" PRIu64 " times\n", c->tick_stops);
	for (int i = 0; i < QPW_NR_TICK_REASONS; i++) {
		if (!c->tick_kept[i])
			continue;
		fprintf(f, "%s%" PRIu64 " by %s",
			*between ? between : "\ntick kept: ", c->tick_kept[i],
			summary_tick_reason((enum qpw_tick_reason)i));
		between = ", ";
	}
	if (*between)
		fputc('\n', f);
}

/* After both tables that it is about, and without them. */
static void print_origins_missed(FILE *f, const struct snap_counts *c)
{
	if (c->origins_missed)
		fprintf(f, "\nat most %" PRIu64 " origins or moves were not seen\n",
			c->origins_missed);
}

void report_points(FILE *f, const struct report *r)
{
	print_moves(f, r);
	print_origins_missed(f, &r->snapshot->counts);
	print_locks(f, r);
	print_taken(f, r);
	print_counts(f, &r->snapshot->counts);
}
