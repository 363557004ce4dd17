/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The options of qpwlat report. Knows words on a command line, no files.
 */
#ifndef QPW_CMD_REPORT_OPTIONS_H
#define QPW_CMD_REPORT_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "util/cpulist.h"

enum report_format {
	REPORT_TEXT,
	REPORT_JSON,
	REPORT_MARKDOWN,
	REPORT_HTML,
	REPORT_CSV,
	REPORT_NR_FORMATS,
};

struct report_args {
	char **inputs; /* nr_inputs paths */
	size_t nr_inputs;
	const char *output[REPORT_NR_FORMATS]; /* path, "-" for stdout, NULL when not asked for */
	double outlier_percent; /* explain samples from this percentile on; 0: from outlier_ns on */
	uint64_t outlier_ns;
	unsigned int top;
	uint64_t from_ns; /* of the window; to_ns 0 = to its end */
	uint64_t to_ns;
	const char *cpus_text; /* NULL = all */
	struct cpulist cpus;
};

/* Name of a format as in its option: "text", "json", … */
const char *report_format_name(enum report_format format);

/*
 * Fill *args from the command line, with defaults where it says nothing. Returns 0, an exit code
 * after a message, or 'h' when help is asked for. inputs is on the heap.
 */
int report_parse_args(int argc, char **argv, struct report_args *args);

extern const char report_help[];

#endif
