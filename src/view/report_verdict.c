// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdict of a report, as a sentence. Knows neither files nor formats.
 */
#include "view/report_verdict.h"

#include <inttypes.h>
#include <stdarg.h>

#include "model/blame.h"
#include "model/sight.h"
#include "util/text.h"

#define CAUSES_NAMED 3

/* A sentence that grows; what does not fit is cut. */
struct sentence {
	char *text;
	size_t size;
	size_t len;
};

static __attribute__((format(printf, 2, 3))) void add(struct sentence *s, const char *format, ...)
{
	va_list args;
	int more;

	va_start(args, format);
	more = vsnprintf(s->text + s->len, s->size - s->len, format, args);
	va_end(args);
	if (more > 0)
		s->len += (size_t)more < s->size - s->len ? (size_t)more : s->size - s->len - 1;
}

static void add_cause(struct sentence *s, enum snap_class class, const char *name)
{
	char escaped[4 * QPW_SYMBOL_LEN];

	text_escape(name, escaped, sizeof(escaped));
	add(s, "%s %s", snap_class_name(class), escaped);
}

/* What the worst samples are made of: the largest causes, the others together, the residual. */
static void add_blame(struct sentence *s, const struct blame *b)
{
	uint64_t others = 0;

	if (b->nr_samples > 1)
		add(s, ". The %zu worst together are", b->nr_samples);
	else
		add(s, ", which is");
	add(s, " %.1f %% explained", report_percent(b->latency_ns - b->residual_ns, b->latency_ns));
	for (size_t i = 0; i < b->nr_rows; i++) {
		if (i >= CAUSES_NAMED) {
			others += b->rows[i].ns;
			continue;
		}
		add(s, i ? ", " : ": ");
		add_cause(s, (enum snap_class)b->rows[i].class, b->rows[i].name);
		add(s, " %.1f %%", report_percent(b->rows[i].ns, b->latency_ns));
	}
	if (others)
		add(s, ", others %.1f %%", report_percent(others, b->latency_ns));
	if (b->residual_ns)
		add(s, "%s %.1f %% residual", b->nr_rows ? "," : ":",
		    report_percent(b->residual_ns, b->latency_ns));
}

static void add_late(struct sentence *s, const struct report *r)
{
	const struct snapshot *snap = r->snapshot;
	struct blame b;

	add(s, "the worst of %" PRIu64 " wake-ups was %.1f us late", snap->nr_samples,
	    (double)hist_max(snap->latency) / 1e3);
	if (!blame_late(snap, r->top, &b) && b.latency_ns)
		add_blame(s, &b);
	blame_finish(&b);
}

static void add_stolen(struct sentence *s, const struct report *r)
{
	const struct snapshot *snap = r->snapshot;
	struct snap_total all = blame_all(snap);
	double watched_ns = report_watched_ns(r);

	add(s, "no wake-up of a victim was measured, %" PRIu64 " interruptions took ", all.count);
	if (watched_ns > 0)
		add(s, "%.4f %% of the watched CPUs' time", (double)all.self_ns * 100 / watched_ns);
	else
		add(s, "%.1f us", (double)all.self_ns / 1e3);
	if (!snap->nr_causes || !all.self_ns)
		return;
	add(s, ", most of it ");
	add_cause(s, snap->causes[0].class, snap->causes[0].name);
	add(s, " (%.1f %%)", report_percent(snap->causes[0].self_ns, all.self_ns));
}

/* Joins what follows to what is there: "a, b". */
static void add_doubt(struct sentence *s, bool *conclusive)
{
	add(s, *conclusive ? "inconclusive, as " : ", ");
	*conclusive = false;
}

/* What makes the figures less than the whole truth; whether nothing does. */
static bool add_doubts(struct sentence *s, const struct report *r)
{
	const struct snapshot *snap = r->snapshot;
	char unseen[REPORT_UNSEEN];
	bool conclusive = true;

	if (snap->nr_lost) {
		add_doubt(s, &conclusive);
		add(s, "%" PRIu64 " records were lost", snap->nr_lost);
	}
	if (report_malformed(r)) {
		add_doubt(s, &conclusive);
		add(s, "%" PRIu64 " records were malformed", report_malformed(r));
	}
	if (snap->truncated) {
		add_doubt(s, &conclusive);
		add(s, "this is a part of a recording");
	}
	if (report_copies(r)) {
		add_doubt(s, &conclusive);
		add(s, "%zu of the traces %s of others, which count twice", report_copies(r),
		    report_copies(r) > 1 ? "are copies" : "is a copy");
	}
	if (report_unseen(snap, unseen, sizeof(unseen))) {
		add_doubt(s, &conclusive);
		add(s, "nobody looked at %s", unseen);
	}
	if (!conclusive)
		add(s, ": of what was seen ");
	return conclusive;
}

bool report_unseen(const struct snapshot *snap, char *buf, size_t size)
{
	struct sentence s = { buf, size, 0 };

	buf[0] = '\0';
	for (int i = 0; i < SNAP_NR_CLASSES; i++)
		if (sight_lacks(snap, (enum sight)i))
			add(&s, "%s%s", s.len ? ", " : "", sight_class_words((enum snap_class)i));
	return s.len > 0;
}

bool report_verdict(const struct report *r, char *text, size_t size)
{
	const struct snapshot *snap = r->snapshot;
	struct sentence s = { text, size, 0 };
	bool conclusive;

	text[0] = '\0';
	conclusive = add_doubts(&s, r);
	if (snap->nr_samples) {
		add_late(&s, r);
	} else if (snap->nr_events && snap->window_ns) {
		add_stolen(&s, r);
	} else {
		s.len = 0;
		add(&s, "inconclusive: there is no record of what was asked for");
		conclusive = false;
	}
	return conclusive;
}
