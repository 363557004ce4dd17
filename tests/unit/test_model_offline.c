// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model on CPUs that go and come: which times they were gone, inside which window.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../feeding.h"
#include "../records.h"

static void expect_row(const struct snapshot *s, size_t i, uint32_t cpu, uint64_t start,
		       uint64_t end)
{
	assert_true(i < s->nr_offlines);
	assert_int_equal(s->offlines[i].cpu, cpu);
	assert_int_equal(s->offlines[i].start_ns, start);
	assert_int_equal(s->offlines[i].end_ns, end);
}

/* CPU 1 goes at 2000 and 4000 and comes at 3000; CPU 2 goes once in between. No events. */
static void test_pairs(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_hotplug(1, 2000, 0));
	feed(m, rec_hotplug(2, 2500, 0));
	feed(m, rec_hotplug(1, 3000, 1));
	feed(m, rec_hotplug(2, 3500, 1));
	feed(m, rec_hotplug(1, 4000, 0));
	s = snap(m);
	assert_int_equal(s->nr_offlines, 3);
	expect_row(s, 0, 1, 2000, 3000);
	expect_row(s, 1, 2, 2500, 3500);
	expect_row(s, 2, 1, 4000, 0);
	assert_int_equal(s->nr_events, 0);
	snapshot_destroy(s);
	model_destroy(m);
}

/* With a window 1000 to 5000: times before and after it are left out, edges belong to it. */
static void test_window(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_hotplug(1, 100, 0));
	feed(m, rec_hotplug(1, 999, 1));
	feed(m, rec_hotplug(1, 999, 0));
	feed(m, rec_window(1000, 0));
	feed(m, rec_hotplug(1, 1000, 1));
	feed(m, rec_hotplug(1, 5000, 0));
	feed(m, rec_window(1000, 5000));
	feed(m, rec_hotplug(1, 5500, 1));
	feed(m, rec_hotplug(1, 6000, 0));
	s = snap(m);
	assert_int_equal(s->nr_offlines, 2);
	expect_row(s, 0, 1, 999, 1000);
	expect_row(s, 1, 1, 5000, 5500);
	snapshot_destroy(s);
	model_destroy(m);
}

/* Points whose counterparts were lost: gone before it was seen; told twice. */
static void test_lost_points(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_hotplug(1, 2000, 1));
	feed(m, rec_hotplug(1, 3000, 1));
	feed(m, rec_hotplug(1, 4000, 0));
	feed(m, rec_hotplug(1, 5000, 0));
	feed(m, rec_hotplug(1, 6000, 1));
	s = snap(m);
	assert_int_equal(s->nr_offlines, 2);
	expect_row(s, 0, 1, 0, 2000);
	expect_row(s, 1, 1, 4000, 6000);
	snapshot_destroy(s);
	model_destroy(m);
}

/* More than there is room for: counted. The last row that has room still gets its end. */
static void test_many(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	for (uint64_t i = 0; i < SNAP_OFFLINES + 5; i++) {
		feed(m, rec_hotplug(3, 1000 + 10 * i, 0));
		feed(m, rec_hotplug(3, 1005 + 10 * i, 1));
	}
	s = snap(m);
	assert_int_equal(s->nr_offlines, SNAP_OFFLINES);
	assert_int_equal(s->nr_offlines_left_out, 5);
	expect_row(s, SNAP_OFFLINES - 1, 3, 1000 + 10 * (SNAP_OFFLINES - 1),
		   1005 + 10 * (SNAP_OFFLINES - 1));
	snapshot_destroy(s);
	model_destroy(m);
}

/* Two recordings side by side. */
static void test_merge(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *a, *b;

	(void)state;
	feed(m, rec_hotplug(1, 2000, 0));
	feed(m, rec_hotplug(1, 3000, 1));
	a = snap(m);
	feed(m, rec_hotplug(2, 4000, 0));
	b = snap(m);
	assert_int_equal(snapshot_merge(a, b), 0);
	assert_int_equal(a->nr_offlines, 3);
	expect_row(a, 0, 1, 2000, 3000);
	expect_row(a, 1, 1, 2000, 3000);
	expect_row(a, 2, 2, 4000, 0);
	snapshot_destroy(a);
	snapshot_destroy(b);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),	    cmocka_unit_test(test_window),
		cmocka_unit_test(test_lost_points), cmocka_unit_test(test_many),
		cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
