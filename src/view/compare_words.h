/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words and figures that every format of a comparison shares. Plain text in UTF-8; names are
 * as they came, so each format escapes what it gets from here.
 */
#ifndef QPW_VIEW_COMPARE_WORDS_H
#define QPW_VIEW_COMPARE_WORDS_H

#include <stddef.h>

#include "model/compare.h"
#include "view/compare_rows.h"
#include "view/words.h"

#define WORDS_MAX 1024

/* A figure of a metric with its unit: "15.6/s", "1.23 ms/s"; "–" for NAN. */
void words_value(enum compare_unit unit, double value, char *buf, size_t size);

/* "0.52 (0.40 to 0.68)", without the bracket where no interval is carried; "–" for NAN. */
void words_ratio(const struct stats_ratio *r, char *buf, size_t size);

/* The ratio of a figure as above; or for want of which probe there is none. */
void words_change(const struct compare_metric *m, char *buf, size_t size);

/* "0.40 to 0.68"; "–" for NAN. */
void words_interval(const struct stats_interval *i, char *buf, size_t size);

/* What is named: "remote work: QPW families". */
void words_metric(const struct compare_metric *m, char *buf, size_t size);

/* What came out of a primary question: "less", "more", "same", "unclear". */
const char *words_finding(enum compare_finding finding);

/*
 * Is there anything to show: not zero, or not known in either mode, for want of a probe. Primary
 * figures always are.
 */
bool words_worth(const struct compare_metric *m);

/* One reason against a verdict as a sentence without its full stop. */
void words_reason(const struct comparison *c, const struct compare_reason *r, char *buf,
		  size_t size);

/* Something that spoils the measurement, and in which boots where that is not all of them. */
void words_warning(const struct comparison *c, const struct warning_row *row, char *buf,
		   size_t size);

/* What was not recorded on either side for want of a probe, each once; "" when all was. */
void words_unseen(const struct comparison *c, char *buf, size_t size);

/* The smallest difference that counts: "10 % and 0.10/s (counts), …". */
void words_effect(const struct comparison *c, char *buf, size_t size);

/* Why the verdict is what it is: one or two sentences with the figures that decided. */
void words_why(const struct comparison *c, char *buf, size_t size);

/* Machine, kernel, isolation, boots on one line. */
void words_setup(const struct comparison *c, char *buf, size_t size);

/* Why times are not judged; "" where they are. */
void words_time_caveat(const struct comparison *c, char *buf, size_t size);

/*
 * What the figures do not say, the above and the order of boots; "" when there is nothing to add.
 */
void words_caveat(const struct comparison *c, char *buf, size_t size);

/* How the witness agrees: "the witness agrees in all boots", … */
void words_witness(const struct comparison *c, char *buf, size_t size);

/* Backend that boot.json names; "unknown" without one. */
const char *words_backend(const struct comparison *c);

/* The first boot of all, which stands for the setup; NULL without boots. */
const struct boot *words_first_boot(const struct comparison *c);

/* The metric of that group and subject; never NULL for those of the table in compare_metrics.c. */
const struct compare_metric *words_find(const struct comparison *c, const char *group,
					const char *subject);

#endif
