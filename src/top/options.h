/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * qpwtop's command line. Knows words, no files and no figures.
 */
#ifndef QPW_TOP_OPTIONS_H
#define QPW_TOP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/cpulist.h"
#include "view/top_screen.h"
#include "view/top_text.h"

struct top_options {
	bool has_cpus; /* else isolated and nohz_full ones, or those of the recording */
	struct cpulist cpus;
	const char *replay; /* NULL = live */
	uint64_t delay_ns;
	uint64_t iterations; /* 0 = no end */
	bool batch;
	bool json;
	bool ascii;
	bool no_mouse;
	unsigned int print_columns; /* 0 = don't print one screen at the end */
	unsigned int print_rows;
	const char *keys; /* to press before it is printed */
	bool views[TOP_VIEWS];
	unsigned int first_view; /* the one on the screen */
	const char *sort;	 /* NULL = as each view does */
	const char *filter_text; /* "" */
	struct top_filter filter;
	uint64_t threshold_ns; /* 0 = none */
	uint64_t event_ns;
	uint32_t victim;	 /* process to measure, 0 = those that are found */
	bool no_victim;		 /* not even these */
	const char *openmetrics; /* NULL; a file, or ADDR:PORT */
};

/* 0 to go on, -1 when all is done (--help), an exit code when it was wrong, which was then said. */
int top_options_parse(int argc, char **argv, struct top_options *o);

/* What is chosen of text and JSON, but for the filter and the number of rows. */
void top_options_text(const struct top_options *o, struct top_text *text);

/* The order that --sort asks for, or the view's own. */
struct top_order top_options_order(const struct top_options *o, unsigned int view);
struct top_order top_options_cpu_order(const struct top_options *o);

#endif
