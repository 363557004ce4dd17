// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page's account of itself: boots one by one, setup, how to repeat it, and what it omits.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/host.h"
#include "view/compare_html_parts.h"
#include "view/compare_words.h"
#include "view/escape.h"

static void put_boot(FILE *f, const struct compare_mode *m, const struct boot *b)
{
	static const char *const witness[] = { "missing", "unreadable", "lossy", "complete" };
	const struct hist *h = b->snapshot->latency;
	double remote = 0;

	for (size_t i = 0; i < b->snapshot->nr_works; i++)
		if (snap_qpw_family(b->snapshot->works[i].function))
			remote += (double)b->snapshot->works[i].executed;
	fputs("<tr><td class=\"t\">", f);
	escape_html(f, b->label);
	fputs("</td><td class=\"t\">", f);
	escape_html(f, m->name);
	fputs("</td><td class=\"t\">", f);
	escape_html(f, b->started);
	fputs("</td>", f);
	html_ns(f, (double)b->snapshot->window_ns);
	fprintf(f, "<td>%.0f</td>", remote);
	html_ns(f, (double)b->snapshot->classes[SNAP_WORK].self_ns);
	html_count(f, b->snapshot->nr_samples);
	html_ns(f, hist_count(h) ? (double)hist_percentile(h, 50) : NAN);
	html_ns(f, hist_count(h) ? (double)hist_percentile(h, 99) : NAN);
	html_ns(f, hist_count(h) ? (double)hist_max(h) : NAN);
	html_count(f, b->snapshot->nr_lost);
	fprintf(f, "<td class=\"t\">%s</td></tr>\n", witness[b->witness.state]);
}

void part_boots(FILE *f, const struct comparison *c)
{
	html_section(f, "boots", "Boots one by one");
	html_table(f, c->order_known ? "The boots in the order of time" :
				       "The boots of A, then those of B");
	fputs("<thead><tr><th class=\"t\" scope=\"col\">boot</th><th class=\"t\" scope=\"col\">mode</th>"
	      "<th class=\"t\" scope=\"col\">began</th>"
	      "<th scope=\"col\">measured</th><th scope=\"col\">drain works</th>"
	      "<th scope=\"col\">time of works</th><th scope=\"col\">samples</th>"
	      "<th scope=\"col\">p50</th><th scope=\"col\">p99</th><th scope=\"col\">max</th>"
	      "<th scope=\"col\">lost</th><th class=\"t\" scope=\"col\">witness</th></tr></thead>\n"
	      "<tbody>\n",
	      f);
	for (size_t i = 0; i < c->nr_order; i++) {
		const struct compare_mode *m = &c->mode[c->order[i].side];

		put_boot(f, m, m->boots[c->order[i].boot]);
	}
	fputs("</tbody>", f);
	html_table_end(f);
	html_section_end(f);
}

static void put_command(FILE *f, const struct comparison *c)
{
	fputs("<h3>The same again</h3>\n<pre>qpwlat compare --html=report.html", f);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		fputs(side == COMPARE_B ? " --" : "", f);
		for (size_t i = 0; i < c->mode[side].nr_boots; i++) {
			fputc(' ', f);
			escape_html(f, c->mode[side].boots[i]->path);
		}
	}
	fputs("</pre>\n", f);
}

/* make demo, where the boots came from it. */
static void put_demo(FILE *f, const struct comparison *c, const struct boot *b)
{
	size_t boots = c->mode[COMPARE_A].nr_boots;

	if (!b->described || boots != c->mode[COMPARE_B].nr_boots)
		return;
	fprintf(f, "<pre>make demo BOOTS=%zu DURATION=%.0f VCPUS=%" PRIu64 " ISOLATED=", boots,
		round((double)b->snapshot->window_ns / 1e9), b->vcpus);
	escape_html(f, b->facts->isolated);
	fputs(" BACKEND=", f);
	escape_html(f, b->backend);
	fputs("</pre>\n", f);
}

void part_setup(FILE *f, const struct comparison *c)
{
	const struct boot *b = words_first_boot(c);

	html_section(f, "setup", "Setup");
	if (!b) {
		fputs("<p>No boots.</p>\n", f);
		html_section_end(f);
		return;
	}
	html_table(f, "The first boot; the verdict needs all others to be like it");
	fputs("<tbody>\n", f);
	html_fact(f, "kernel", b->facts->release);
	html_fact(f, "kernel build", b->facts->version);
	html_fact(f, "machine", b->facts->machine);
	html_fact(f, "backend", words_backend(c));
	html_fact(f, "host CPU", b->host_cpu);
	html_fact(f, "host kernel", b->host_kernel);
	html_fact(f, "QEMU", b->qemu);
	html_fact(f, "online CPUs", b->facts->online);
	html_fact(f, "isolated CPUs", b->facts->isolated);
	html_fact(f, "nohz_full CPUs", b->facts->nohz_full);
	html_fact(f, "watched CPUs", b->facts->watched);
	html_fact(f, "clocksource", b->facts->clocksource);
	html_fact(f, "started", b->started);
	html_fact(f, "tool version", b->facts->tool_version);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		const struct compare_mode *m = &c->mode[side];

		if (!m->nr_boots)
			continue;
		fputs("<tr><th class=\"t\" scope=\"row\">command line of ", f);
		escape_html(f, m->name);
		fputs("</th><td class=\"t w\"><code>", f);
		escape_html(f, m->boots[0]->facts->cmdline);
		fputs("</code></td></tr>\n", f);
		if (!m->boots[0]->facts->mode_reason[0])
			continue;
		fputs("<tr><th class=\"t\" scope=\"row\">mode of ", f);
		escape_html(f, m->name);
		fputs("</th><td class=\"t w\"><code>", f);
		escape_html(f, m->boots[0]->facts->mode_reason);
		fputs("</code></td></tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
	put_command(f, c);
	put_demo(f, c, b);
	html_section_end(f);
}

static void put_warnings(FILE *f, const struct comparison *c)
{
	struct warning_row *rows;
	size_t nr = compare_warning_rows(c, &rows);
	char words[WORDS_MAX];

	for (size_t i = 0; i < nr; i++) {
		words_warning(c, &rows[i], words, sizeof(words));
		fputs("<li>Found on the machine when the boots began: ", f);
		escape_html(f, words);
		fputs(".</li>\n", f);
	}
	free(rows);
}

static void put_probes(FILE *f, const struct compare_mode *m)
{
	for (size_t i = 0; i < m->merged->nr_probes; i++) {
		const struct snap_probe *p = &m->merged->probes[i];

		if (p->state != QPW_PROBE_MISSING)
			continue;
		fputs("<li>Probe <code>", f);
		escape_html(f, p->name);
		fputs("</code> was missing in ", f);
		escape_html(f, m->name);
		if (p->error) {
			fputs(" (", f);
			escape_html(f, strerror(p->error < 0 ? -p->error : p->error));
			fputs(")", f);
		}
		fputs(": without ", f);
		escape_html(f, p->loses);
		fputs(".</li>\n", f);
	}
}

static void put_notes(FILE *f, const struct compare_mode *m)
{
	for (size_t i = 0; i < m->nr_boots; i++) {
		const struct boot *b = m->boots[i];

		for (size_t j = 0; j < b->nr_notes; j++) {
			fputs("<li>", f);
			escape_html(f, b->label);
			fputs(": <code>", f);
			escape_html(f, b->notes[j].file);
			fputs("</code>: ", f);
			escape_html(f, b->notes[j].why);
			fputs(".</li>\n", f);
		}
		if (b->cyclictest.nr_overflow) {
			fputs("<li>", f);
			escape_html(f, b->label);
			fprintf(f,
				": cyclictest’s histogram left out %" PRIu64
				" samples; they are counted at its bound, the largest at its maximum."
				"</li>\n",
				b->cyclictest.nr_overflow);
		}
	}
}

void part_limits(FILE *f, const struct comparison *c)
{
	char words[WORDS_MAX];

	html_section(f, "limits", "What this measurement omits");
	fputs("<ul>\n", f);
	for (size_t i = 0; i < c->nr_reasons; i++) {
		words_reason(c, &c->reasons[i], words, sizeof(words));
		fputs("<li><b>No verdict:</b> ", f);
		escape_html(f, words);
		fputs(".</li>\n", f);
	}
	words_caveat(c, words, sizeof(words));
	if (words[0])
		fprintf(f, "<li>%s</li>\n", words);
	words_effect(c, words, sizeof(words));
	fprintf(f,
		"<li>Lost events: %" PRIu64 " and %" PRIu64 ".</li>\n"
		"<li>Only a difference of at least %s counts.</li>\n",
		c->mode[COMPARE_A].merged->nr_lost, c->mode[COMPARE_B].merged->nr_lost, words);
	put_warnings(f, c);
	for (int side = 0; side < COMPARE_SIDES; side++)
		put_probes(f, &c->mode[side]);
	for (int side = 0; side < COMPARE_SIDES; side++)
		put_notes(f, &c->mode[side]);
	fputs("</ul>\n", f);
	html_section_end(f);
}
