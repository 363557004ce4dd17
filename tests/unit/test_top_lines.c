// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is told in lines, beside the tables: nothing of it is lost where these are too short.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "qpw/hist.h"
#include "sample_screen.h"
#include "util/array.h"
#include "util/text.h"

static void lines_end_at_blanks(void **state)
{
	struct canvas *c = canvas_create(10, 6, false);

	(void)state;
	assert_non_null(c);
	assert_int_equal(canvas_put_lines(c, 0, 0, CANVAS_PLAIN, "one two three"), 2);
	assert_string_equal(row_text(c, 0), "one two");
	assert_string_equal(row_text(c, 1), "three");
	/* as long as the row, and a word that is longer; a wide character is no half of one */
	assert_int_equal(canvas_put_lines(c, 2, 0, CANVAS_PLAIN, "0123456789 0123456789ab"), 3);
	assert_string_equal(row_text(c, 2), "0123456789");
	assert_string_equal(row_text(c, 3), "0123456789");
	assert_string_equal(row_text(c, 4), "ab");
	canvas_clear(c);
	assert_int_equal(canvas_put_lines(c, 0, 1, CANVAS_PLAIN, "12345678中e\xcc\x81"), 2);
	assert_string_equal(row_text(c, 0), " 12345678");
	assert_string_equal(row_text(c, 1), " 中e\xcc\x81");
	/* what takes none, what no row has room for, and where the rows end */
	assert_int_equal(canvas_put_lines(c, 0, 0, CANVAS_PLAIN, ""), 1);
	assert_int_equal(canvas_put_lines(c, 0, 10, CANVAS_PLAIN, "one"), 1);
	assert_int_equal(canvas_put_lines(c, 0, 9, CANVAS_PLAIN, "中中"), 2);
	assert_int_equal(canvas_put_lines(c, 4, 0, CANVAS_PLAIN, "0123456789012345678901234"), 2);
	assert_string_equal(row_text(c, 5), "0123456789");
	canvas_destroy(c);
}

/* All rows one after the other, each with one blank behind it. */
static const char *all_rows(const struct canvas *c)
{
	static char text[1 << 16];

	text[0] = '\0';
	for (unsigned int row = 0; row < c->rows; row++) {
		text_add(text, sizeof(text), "%s", row_text(c, row));
		text_add(text, sizeof(text), " ");
	}
	return text;
}

static void assert_shows(const struct canvas *c, const char *text)
{
	if (!strstr(all_rows(c), text))
		fail_msg("no '%s' in: %s", text, all_rows(c));
}

/*
 * 200,000 samples have every percentile: 100,000 of 1 s, as many of 2 s but for three of 1000 s,
 * which take more of a line than a screen of 80 columns has.
 */
static struct snapshot *many_samples(void)
{
	struct snapshot *s = sample_empty();

	sample_cpu(s, 1);
	s->nr_samples = 200000;
	for (int i = 0; i < 200000; i++)
		assert_int_equal(hist_add(s->latency, (i < 3 ? 1000 : 1 + i % 2) * SECOND), 0);
	return s;
}

static void no_percentile_is_lost(void **state)
{
	static const char *const whole[] = {
		" p50 ", " p90 ", " p99 ", " p99.9 ", " p99.99 ", " p99.999 ",
	};
	static const unsigned int columns[] = { 40, 80, 100, 140, 300 };
	struct snapshot *s = many_samples();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	fill_data(&d, s);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		struct canvas *c = canvas_create(columns[i], 24, false);

		assert_non_null(c);
		top_screen_init(&screen, SECOND);
		press(&screen, &d, c, "5");
		for (size_t j = 0; j < ARRAY_SIZE(whole); j++)
			assert_shows(c, whole[j]);
		assert_shows(c, " max 1000000000.0 ");
		assert_shows(c, "LATENCY-US");
		canvas_destroy(c);
	}
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

/* Where there is one row for it, what does not fit is not there, instead of a part of a number. */
static void no_number_is_cut(void **state)
{
	struct canvas *c = canvas_create(80, 10, false);
	struct snapshot *s = many_samples();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	fill_data(&d, s);
	top_screen_init(&screen, SECOND);
	press(&screen, &d, c, "5");
	/* three rows on top, names and a CPU, the tabs; then the figures, the names of columns */
	assert_memory_equal(row_text(c, 6), "us of 200000 wake-ups (", 23);
	assert_null(strstr(row_text(c, 6), "max"));
	assert_memory_equal(row_text(c, 7), "LATENCY-US", 10);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(c);
}

/* The end of a control group says which one it is. */
static void control_groups_are_shown_as_a_whole(void **state)
{
	struct canvas *c = canvas_create(80, 24, false);
	struct snapshot *s = sample_empty();
	struct snap_caused *row;
	struct top_screen screen;
	char expected[512];
	struct top_data d;

	(void)state;
	assert_non_null(c);
	sample_cpu(s, 1);
	row = sample_origin(s, 1, "drain", "churn", 3);
	memset(row->cgroup, 'a', sizeof(row->cgroup) - 1);
	memcpy(row->cgroup + sizeof(row->cgroup) - 7, ".scope", 6);
	fill_data(&d, s);
	top_screen_init(&screen, SECOND);
	press(&screen, &d, c, "2<Enter>");
	/* below the tabs: 80 - 0 columns each, as it has no blank */
	assert_string_equal(row_text(c, 6), "work drain, brought about by churn/42@0");
	assert_string_equal(row_text(c, 7), "control group");
	snprintf(expected, sizeof(expected), "%.80s", row->cgroup);
	assert_string_equal(row_text(c, 8), expected);
	assert_string_equal(row_text(c, 9), expected);
	assert_string_equal(row_text(c, 10), row->cgroup + 160);
	assert_memory_equal(row_text(c, 11), "3 times, until it began", 23);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(c);
}

static void more_of_a_cause_is_told_to_its_end(void **state)
{
	struct canvas *c = canvas_create(80, 24, false);
	struct snapshot *s = sample_empty();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	sample_cause(s, 1, SNAP_THREAD, "churn-filler", 297, 417182000);
	s->causes[0].max_ns = 54600800;
	s->causes[0].p99_ns = 33554400;
	fill_data(&d, s);
	top_screen_init(&screen, SECOND);
	press(&screen, &d, c, "1<Enter>");
	assert_string_equal(row_text(c, 7), "longest 54600.8 us, 99 of 100 up to 33554.4 us, "
					    "in all 417.182 ms in 297");
	assert_string_equal(row_text(c, 8), "interruptions");
	assert_memory_equal(row_text(c, 9), "    COUNT", 9);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(c);
}

static void more_of_a_late_one_is_told_to_its_end(void **state)
{
	struct canvas *c = canvas_create(80, 24, false);
	struct snapshot *s = sample_empty();
	struct snap_outlier *late;
	struct snap_part part = { .step = SNAP_STEP_RUN, .class = SNAP_TIMER, .ns = 1000 };
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	sample_cpu(s, 1);
	late = SAMPLE_ROW(&s->outliers, &s->nr_outliers);
	late->cpu = 1;
	late->pid = 20798;
	late->remote_timer = true;
	late->latency_ns = 50299300;
	late->expiry_ns = 56504625000;
	snprintf(late->comm, sizeof(late->comm), "cyclictest");
	memset(part.name, 'n', 60);
	snprintf(part.origin.comm, sizeof(part.origin.comm), "Chrome_ChildIOT");
	part.origin.pid = 20798;
	part.origin.count = 1;
	late->nr_parts = 1;
	late->parts = &part;
	s->nr_samples = 1;
	assert_int_equal(hist_add(s->latency, late->latency_ns), 0);
	fill_data(&d, s);
	top_screen_init(&screen, SECOND);
	press(&screen, &d, c, "5<Enter>");
	assert_shows(c, "cyclictest/20798 on CPU 1 was 50299.3 us late at 56.504625 s; its timer "
			"expired on another CPU STEP");
	assert_shows(c, "by Chrome_ChildIOT/20798@0");
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_at_blanks),
		cmocka_unit_test(no_percentile_is_lost),
		cmocka_unit_test(no_number_is_cut),
		cmocka_unit_test(control_groups_are_shown_as_a_whole),
		cmocka_unit_test(more_of_a_cause_is_told_to_its_end),
		cmocka_unit_test(more_of_a_late_one_is_told_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
