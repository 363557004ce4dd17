// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a comparison looks like: every format against a file that was read and agreed to, and
 * promises that hold for any comparison: no request, no script, no foreign text unescaped.
 * QPW_GOLDEN_UPDATE=1 writes the files anew, for a look at the difference.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/compare_gate.h"
#include "sample_boots.h"
#include "store/boot_dir.h"
#include "view/compare_views.h"
#include "view/compare_words.h"
#include "view/escape.h"
#include "util/array.h"

#define POLICY "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
#define GOLDEN "tests/golden/compare/"

static void put_json(FILE *f, const struct comparison *c)
{
	json_t *json = compare_json(c);

	assert_non_null(json);
	assert_int_equal(json_dumpf(json, f, JSON_INDENT(2) | JSON_REAL_PRECISION(9)), 0);
	fputc('\n', f);
	json_decref(json);
}

static char *render(void (*view)(FILE *f, const struct comparison *c), const struct comparison *c)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	view(f, c);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void check_golden(const char *name, const char *text)
{
	static char wanted[1 << 20];
	char path[256];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), GOLDEN "%s", name);
	if (getenv("QPW_GOLDEN_UPDATE")) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(text, f);
		assert_int_equal(fclose(f), 0);
	}
	f = fopen(path, "r");
	if (!f)
		fail_msg("cannot open %s; run from the top of the tree", path);
	len = fread(wanted, 1, sizeof(wanted) - 1, f);
	wanted[len] = '\0';
	assert_int_equal(fclose(f), 0);
	if (strcmp(wanted, text) != 0)
		fail_msg("%s differs; QPW_GOLDEN_UPDATE=1 writes it anew, git diff shows how",
			 path);
}

static const struct {
	const char *suffix;
	void (*view)(FILE *f, const struct comparison *c);
} views[] = {
	{ "txt", compare_text },    { "all.txt", compare_text_all }, { "json", put_json },
	{ "md", compare_markdown }, { "html", compare_html },
};

static void check_all(const char *name, const struct comparison *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		char *text = render(views[i].view, c);
		char file[64];

		snprintf(file, sizeof(file), "%s.%s", name, views[i].suffix);
		check_golden(file, text);
		free(text);
	}
}

/* Compare with these gates, at most 8. */
static struct comparison *compare_gated(struct sample_sets *s, const char *const *texts, size_t nr)
{
	static struct compare_gate gates[8];
	const struct compare_options options = { .gates = gates, .nr_gates = nr };

	assert_true(nr <= ARRAY_SIZE(gates));
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(compare_gate_parse(texts[i], strlen(texts[i]), &gates[i]), 0);
	return sample_compare_with(s, &options);
}

/* Forks per second: 100, 101, 102 in A, half of that in B. */
static void add_stressor(struct boot *b, double ops)
{
	b->stressors = calloc(1, sizeof(*b->stressors));
	assert_non_null(b->stressors);
	b->nr_stressors = 1;
	SET_TEXT(b->stressors[0].name, "fork");
	b->stressors[0].ops = ops;
	b->stressors[0].seconds = 10;
}

static void test_golden_improved(void **state)
{
	static const char *const gates[] = { "remote_work:>0",	  "remote_work:+10%",
					     "inline_work:>10/s", "rate_ipi:+10%",
					     "flush_waits:-50%",  "p99:+10%",
					     "ops_vm:-10%" };
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 3, 3);
	for (int i = 0; i < 3; i++) {
		add_stressor(s.a[i], 1000 + 10 * i);
		add_stressor(s.b[i], 500 + 5 * i);
	}
	check_all("improved", compare_gated(&s, gates, ARRAY_SIZE(gates)));
	sample_sets_finish(&s);
}

/* All that can be wrong at once, and names that attack every format. */
static void spoil(struct sample_sets *s)
{
	struct snap_probe *p = calloc(1, sizeof(*p));
	struct host_warning *w = &s->b[1]->facts->warnings[0];
	struct boot *b = s->a[0];

	assert_non_null(p);
	SET_TEXT(p->name, "fentry:<i>");
	SET_TEXT(p->loses, "flush `waits` | x");
	p->error = -1;
	b->snapshot->probes = p;
	b->snapshot->nr_probes = 1;
	b->snapshot->nr_lost = 7;
	s->b[1]->witness.functions[0].count = 1;
	SET_TEXT(s->b[0]->facts->release, "7.2</title>");
	SET_TEXT(w->code, "<s>|`");
	SET_TEXT(w->text, "a <s>tracer|`\033");
	SET_TEXT(w->remedy, "end <s>it");
	s->b[1]->facts->nr_warnings = 1;
	boot_dir_describe(s->b[1]);
	b->cyclictest.nr_overflow = 2;
	boot_note(b, "stress-ng.yaml", "missing");
	sample_work(b, "<script>alert(1)</script>", 3);
	sample_cause(b, SNAP_THREAD, "a|b`c\033[31m\"'&", 1, 99);
	SET_TEXT(b->snapshot->works[0].origins[0].comm, "<b>x</b>");
	SET_TEXT(b->snapshot->outliers[0].comm, "\"><svg>");
	SET_TEXT(b->snapshot->outliers[0].parts[0].name, "</svg><img>");
	SET_TEXT(b->triggers.rows[0].family, "<u>lru</u>");
	boot_dir_describe(s->b[0]);
	SET_TEXT(b->label, "<em>boot");
	SET_TEXT(b->facts->cmdline, "x=</code><script>");
}

static void test_golden_spoilt(void **state)
{
	static const char *const gates[] = { "ops_<i>`|:-5%", "remote_work:+10%" };
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 2, 2);
	spoil(&s);
	check_all("spoilt", compare_gated(&s, gates, ARRAY_SIZE(gates)));
	sample_sets_finish(&s);
}

static void lacks(const char *text, const char *what)
{
	const char *at = strstr(text, what);

	if (at)
		fail_msg("holds '%s': %.60s", what, at);
}

static void test_html_promises(void **state)
{
	static const char *const forbidden[] = {
		/* requests and scripts */
		"http:",
		"https:",
		"//",
		"src=",
		"url(",
		"@import",
		"<link",
		"<script",
		"<img",
		"<iframe",
		"<object",
		"javascript:",
		/* what the names tried */
		"</title>\"",
		"<b>x",
		"<svg>",
		"<u>",
		"<em>",
		"<s>",
		"<i>\"",
		"\033",
		"\"'&",
	};
	struct sample_sets s;
	char *text;

	(void)state;
	sample_sets_init(&s, 2, 2);
	spoil(&s);
	text = render(compare_html, sample_compare(&s));
	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++)
		lacks(text, forbidden[i]);
	assert_non_null(strstr(text, "&lt;script&gt;alert(1)&lt;/script&gt;"));
	assert_non_null(strstr(text, POLICY));
	assert_non_null(strstr(text, "prefers-color-scheme:dark"));
	assert_non_null(strstr(text, "<desc id=\"ccdf-desc\">"));
	free(text);
	sample_sets_finish(&s);
}

static void test_hostile_text(void **state)
{
	struct sample_sets s;
	char *text;

	(void)state;
	sample_sets_init(&s, 2, 2);
	spoil(&s);
	sample_compare(&s);
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		text = render(views[i].view, s.c);
		lacks(text, "\033");
		free(text);
	}
	text = render(compare_markdown, s.c);
	lacks(text, "b`c");
	assert_non_null(strstr(text, "\\`waits\\` \\| x."));
	assert_non_null(strstr(text, "`a\\x7cb\\x60c"));
	free(text);
	sample_sets_finish(&s);
}

/* A boot with a trace and nothing beside it: figures that it lacks are shown as such. */
static void test_bare_boots(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 2, 2);
	for (int i = 0; i < 2; i++) {
		hist_destroy(s.a[i]->cyclictest.latency);
		memset(&s.a[i]->cyclictest, 0, sizeof(s.a[i]->cyclictest));
	}
	sample_compare(&s);
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		char *text = render(views[i].view, s.c);

		assert_non_null(strstr(text, "improved"));
		lacks(text, "nan");
		free(text);
	}
	sample_sets_finish(&s);
}

/* Empty sets and empty snapshots have a form too. */
static void test_no_boots(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 1, 0);
	sample_compare(&s);
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		char *text = render(views[i].view, s.c);

		assert_non_null(strstr(text, "inconclusive"));
		lacks(text, "nan");
		free(text);
	}
	sample_sets_finish(&s);
}

/* The members that programs rely on. */
static void test_json_members(void **state)
{
	struct sample_sets s;
	const json_t *mode, *work;
	json_t *json;

	(void)state;
	sample_sets_init(&s, 3, 3);
	json = compare_json(sample_compare(&s));
	assert_string_equal(json_string_value(json_object_get(json, "schema")), "qpwlat.compare");
	assert_int_equal(json_integer_value(json_object_get(json, "version")), 1);
	assert_string_equal(json_string_value(json_object_get(json, "kernel")), "7.2.13-qpw");
	assert_string_equal(json_string_value(json_object_get(json, "backend")), "tcg");
	assert_string_equal(json_string_value(json_object_get(json, "verdict")), "improved");
	assert_true(json_string_length(json_object_get(json, "why")) > 20);
	assert_int_equal(json_array_size(json_object_get(json, "modes")), 2);
	mode = json_array_get(json_object_get(json, "modes"), 0);
	assert_string_equal(json_string_value(json_object_get(mode, "name")), "qpw=0");
	assert_string_equal(json_string_value(json_object_get(mode, "isolated_cpus")), "1");
	assert_int_equal(json_integer_value(json_object_get(mode, "boots")), 3);
	assert_int_equal(json_integer_value(json_object_get(mode, "lost_events")), 0);
	assert_int_equal(json_integer_value(json_object_get(mode, "samples")), 30000);
	assert_true(json_is_integer(json_object_get(json_object_get(mode, "latency_ns"), "p99_9")));
	work = json_array_get(json_object_get(mode, "remote_work"), 1);
	assert_string_equal(json_string_value(json_object_get(work, "function")),
			    "lru_add_drain_per_cpu");
	assert_int_equal(json_integer_value(json_object_get(work, "executed")), 903);
	assert_int_equal(json_integer_value(json_object_get(work, "inline")), 0);
	assert_int_equal(json_array_size(json_object_get(mode, "interruptions")), SNAP_NR_CLASSES);
	assert_int_equal(json_array_size(json_object_get(mode, "flush_waits")), 1);
	work = json_array_get(json_object_get(mode, "witness"), 1);
	assert_int_equal(json_integer_value(json_object_get(work, "executed")), 903);
	work = json_array_get(json_object_get(mode, "triggers"), 0);
	assert_string_equal(json_string_value(json_object_get(work, "family")), "lru_add");
	assert_int_equal(json_integer_value(json_object_get(work, "count")), 900);
	json_decref(json);
	sample_sets_finish(&s);
}

static void check_escape(void (*escape)(FILE *f, const char *text), const char *in,
			 const char *wanted)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	escape(f, in);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, wanted);
	free(text);
}

static void test_escape(void **state)
{
	(void)state;
	check_escape(escape_html, "<a href=\"x\">'&\033\xff µ",
		     "&lt;a href=&quot;x&quot;&gt;&#39;&amp;\\x1b\\xff µ");
	check_escape(escape_html, "", "");
	check_escape(escape_markdown_code, "a`b|c\n", "`a\\x60b\\x7cc\\x0a`");
	check_escape(escape_markdown_code, "", "");
	check_escape(escape_markdown, "*a* _b_ [c](d) <e> #1 @f",
		     "\\*a\\* \\_b\\_ \\[c\\](d) \\<e\\> \\#1 \\@f");
}

static void test_figures(void **state)
{
	static const struct {
		double ns;
		const char *words;
	} cases[] = {
		{ 0, "0" },	      { 850, "850 ns" },     { 1234, "1.23 µs" },
		{ 999499, "999 µs" }, { 999500, "1.00 ms" }, { 85340000, "85.3 ms" },
		{ 2e10, "20.0 s" },
	};
	char buf[WORDS_CELL];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		words_ns(cases[i].ns, buf, sizeof(buf));
		assert_string_equal(buf, cases[i].words);
	}
	words_value(COMPARE_PER_SECOND, 42.1, buf, sizeof(buf));
	assert_string_equal(buf, "42.1/s");
	words_value(COMPARE_NS_PER_SECOND, 1500, buf, sizeof(buf));
	assert_string_equal(buf, "1.50 µs/s");
	words_ratio(&(struct stats_ratio){ .ratio = 0.5, .low = 0.25, .high = 1 }, buf,
		    sizeof(buf));
	assert_string_equal(buf, "0.50 (0.25 to 1.00)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden_improved), cmocka_unit_test(test_golden_spoilt),
		cmocka_unit_test(test_html_promises),	cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_bare_boots),	cmocka_unit_test(test_no_boots),
		cmocka_unit_test(test_json_members),	cmocka_unit_test(test_escape),
		cmocka_unit_test(test_figures),
	};

	return cmocka_run_group_tests_name("compare_views", tests, NULL, NULL);
}
