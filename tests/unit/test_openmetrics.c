// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics of snapshots filled by hand: the edges of histograms, labels, sums over rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/metric.h"
#include "view/openmetrics.h"

/* All of it as one string, which the caller frees. */
static char *written(const struct snapshot *s)
{
	static const struct host_facts facts = { .hostname = "a\"b\\c\n", .watched = "1" };
	const struct openmetrics m = { .facts = &facts, .snapshot = s, .nr_malformed = 5 };
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(openmetrics_write(f, &m), 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* Whether the text has this line, once. */
static void expect_line(const char *text, const char *line)
{
	char whole[512];
	const char *at;

	snprintf(whole, sizeof(whole), "\n%s\n", line);
	at = strstr(text, whole);
	if (!at)
		fail_msg("no line '%s'", line);
	else
		assert_null(strstr(at + 1, whole));
}

static void test_empty(void **state)
{
	struct snapshot *s = snapshot_create();
	char *text;

	(void)state;
	assert_non_null(s);
	text = written(s);
	expect_line(text, "qpw_latency_seconds_count 0");
	expect_line(text, "qpw_latency_seconds_sum 0.000000000");
	expect_line(text, "qpw_latency_seconds_bucket{le=\"+Inf\"} 0");
	expect_line(text, "qpw_latency_max_seconds 0.000000000");
	expect_line(text, "qpw_malformed_records_total 5");
	assert_null(strstr(text, "qpw_cause_interruptions"));
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
	free(text);
	snapshot_destroy(s);
}

/* A value on an edge counts below it, the next one above it; the largest lie beyond all edges. */
static void test_edges(void **state)
{
	struct snapshot *s = snapshot_create();
	char *text;

	(void)state;
	assert_non_null(s);
	hist_add(s->latency, 1023);
	hist_add(s->latency, 1024);
	hist_add(s->latency, 1535);
	hist_add(s->latency, 1536);
	hist_add(s->latency, 1073741823);
	hist_add(s->latency, 1073741824);
	hist_add(s->latency, 5000000000);
	text = written(s);
	expect_line(text, "qpw_latency_seconds_bucket{le=\"0.000001023\"} 1");
	expect_line(text, "qpw_latency_seconds_bucket{le=\"0.000001535\"} 3");
	expect_line(text, "qpw_latency_seconds_bucket{le=\"0.000002047\"} 4");
	expect_line(text, "qpw_latency_seconds_bucket{le=\"0.805306367\"} 4");
	expect_line(text, "qpw_latency_seconds_bucket{le=\"1.073741823\"} 5");
	expect_line(text, "qpw_latency_seconds_bucket{le=\"+Inf\"} 7");
	expect_line(text, "qpw_latency_seconds_count 7");
	/* 1023 + 1024 + 1535 + 1536 + 2147483647 + 5000000000 ns */
	expect_line(text, "qpw_latency_seconds_sum 7.147488765");
	expect_line(text, "qpw_latency_max_seconds 5.000000000");
	free(text);
	snapshot_destroy(s);
}

static void test_labels(void **state)
{
	struct snapshot *s = snapshot_create();
	char *text;

	(void)state;
	assert_non_null(s);
	s->causes = calloc(1, sizeof(*s->causes));
	assert_non_null(s->causes);
	s->nr_causes = 1;
	s->causes[0] = (struct snap_cause){ .cpu = 3,
					    .class = SNAP_THREAD,
					    .name = "\x1b[2J\"\n\\",
					    .count = 7,
					    .self_ns = 1500000001 };
	text = written(s);
	expect_line(text, "qpw_cause_interruptions_total{cpu=\"3\",class=\"thread\","
			  "cause=\"\\\\x1b[2J\\\"\\\\x0a\\\\x5c\"} 7");
	expect_line(text, "qpw_cause_stolen_seconds_total{cpu=\"3\",class=\"thread\","
			  "cause=\"\\\\x1b[2J\\\"\\\\x0a\\\\x5c\"} 1.500000001");
	assert_non_null(strstr(text, "hostname=\"a\\\"b\\\\x5cc\\\\x0a\","));
	free(text);
	snapshot_destroy(s);
}

static void set_caused(struct snap_caused *c, const char *stack, uint32_t pid, uint32_t cpu,
		       uint64_t count)
{
	c->class = SNAP_IPI;
	c->on_cpu = 1;
	c->origin = (struct snap_origin){ "churn", pid, cpu, count };
	c->wait_ns = count * 1000;
	snprintf(c->name, sizeof(c->name), "%s", "irq_work");
	snprintf(c->stack, sizeof(c->stack), "%s", stack);
}

/* Rows that differ in pid and stack only are one: the same labels twice would be no metrics. */
static void test_sums(void **state)
{
	struct snapshot *s = snapshot_create();
	char *text;

	(void)state;
	assert_non_null(s);
	s->caused = calloc(4, sizeof(*s->caused));
	assert_non_null(s->caused);
	s->nr_caused = 4;
	set_caused(&s->caused[0], "a;b", 1, 0, 10);
	set_caused(&s->caused[1], "a;b", 1, 2, 7);
	set_caused(&s->caused[2], "c;b", 1, 0, 5);
	set_caused(&s->caused[3], "a;b", 9, 0, 2);
	text = written(s);
	expect_line(text,
		    "qpw_caused_interruptions_total{cpu=\"1\",class=\"ipi\",cause=\"irq_work\","
		    "by=\"churn\",by_cpu=\"0\",cgroup=\"\"} 17");
	expect_line(text,
		    "qpw_caused_interruptions_total{cpu=\"1\",class=\"ipi\",cause=\"irq_work\","
		    "by=\"churn\",by_cpu=\"2\",cgroup=\"\"} 7");
	expect_line(text,
		    "qpw_caused_wait_seconds_total{cpu=\"1\",class=\"ipi\",cause=\"irq_work\","
		    "by=\"churn\",by_cpu=\"0\",cgroup=\"\"} 0.000017000");
	free(text);
	snapshot_destroy(s);
}

/* Classes are told of each CPU; where the snapshot has them together, of all. */
static void test_cpus(void **state)
{
	struct snapshot *s = snapshot_create();
	char *text;

	(void)state;
	assert_non_null(s);
	s->classes[SNAP_NMI] = (struct snap_total){ 9, 90, 20 };
	text = written(s);
	expect_line(text, "qpw_interruptions_total{cpu=\"\",class=\"nmi\"} 9");
	assert_null(strstr(text, "qpw_avoidable_work"));
	free(text);
	s->cpus = calloc(2, sizeof(*s->cpus));
	assert_non_null(s->cpus);
	s->nr_cpus = 2;
	s->cpus[0] = (struct snap_cpu){ .cpu = 1, .avoidable = 4, .avoidable_ns = 12 };
	s->cpus[0].classes[SNAP_NMI] = (struct snap_total){ 7, 70, 20 };
	s->cpus[1] = (struct snap_cpu){ .cpu = 5 };
	s->cpus[1].classes[SNAP_NMI] = (struct snap_total){ 2, 20, 10 };
	text = written(s);
	expect_line(text, "qpw_interruptions_total{cpu=\"1\",class=\"nmi\"} 7");
	expect_line(text, "qpw_interruptions_total{cpu=\"5\",class=\"nmi\"} 2");
	expect_line(text, "qpw_stolen_seconds_total{cpu=\"5\",class=\"nmi\"} 0.000000020");
	expect_line(text, "qpw_avoidable_work_total{cpu=\"1\"} 4");
	expect_line(text, "qpw_avoidable_work_seconds_total{cpu=\"1\"} 0.000000012");
	expect_line(text, "qpw_avoidable_work_total{cpu=\"5\"} 0");
	free(text);
	snapshot_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),  cmocka_unit_test(test_edges),
		cmocka_unit_test(test_labels), cmocka_unit_test(test_sums),
		cmocka_unit_test(test_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
