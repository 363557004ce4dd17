// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading ftrace's text. A line carries a task's name, which may imitate anything: the event is
 * therefore searched from the end of the line, where the kernel alone writes.
 */
#include "store/witness.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EVENT ": workqueue_execute_start: work struct "
#define FUNCTION ": function "

struct window {
	uint64_t start_us;
	uint64_t end_us;
};

/* Last occurrence of needle in text, or NULL. */
static const char *find_last(const char *text, const char *needle)
{
	const char *found = NULL;

	for (const char *at = strstr(text, needle); at; at = strstr(at + 1, needle))
		found = at;
	return found;
}

/* "12.345678" right before end, in microseconds. The kernel prints six digits. */
static int parse_time(const char *line, const char *end, uint64_t *us)
{
	const char *start = end;
	uint64_t seconds, micros;
	char *dot, *rest;

	while (start > line && (isdigit((unsigned char)start[-1]) || start[-1] == '.'))
		start--;
	if (start == end || start == line || start[-1] != ' ')
		return -EINVAL;
	seconds = strtoull(start, &dot, 10);
	if (*dot != '.' || seconds > UINT64_MAX / 2000000)
		return -EINVAL;
	micros = strtoull(dot + 1, &rest, 10);
	if (rest != end || rest - dot != 7)
		return -EINVAL;
	*us = seconds * 1000000 + micros;
	return 0;
}

/* One event. 0, -EINVAL for a line of another form, -ENOMEM. */
static int take_event(const char *line, const struct window *window, struct boot_witness *out)
{
	const char *event = find_last(line, EVENT);
	const char *function = event ? strstr(event, FUNCTION) : NULL;
	uint64_t us;

	if (!function || !function[strlen(FUNCTION)] || parse_time(line, event, &us))
		return -EINVAL;
	if (us < window->start_us || us > window->end_us) {
		out->nr_outside++;
		return 0;
	}
	return boot_count_add(&out->functions, &out->nr_functions, function + strlen(FUNCTION), 1);
}

/* "# cpu N entries E overrun O dropped D"; any other comment is skipped. */
static void take_comment(const char *line, struct boot_witness *out, uint64_t *entries)
{
	uint64_t cpu, here, overrun, dropped;

	if (sscanf(line,
		   "# cpu %" SCNu64 " entries %" SCNu64 " overrun %" SCNu64 " dropped %" SCNu64,
		   &cpu, &here, &overrun, &dropped) != 4)
		return;
	out->nr_cpus++;
	*entries += here;
	out->nr_overrun += overrun;
	out->nr_dropped += dropped;
}

/* ftrace's own "CPU:1 [LOST 5 EVENTS]" or, without a number, "CPU:1 [LOST EVENTS]". */
static bool take_lost(const char *line, struct boot_witness *out)
{
	uint64_t lost = 1;
	int cpu;

	if (strncmp(line, "CPU:", 4) != 0 || !strstr(line, " [LOST "))
		return false;
	if (sscanf(line, "CPU:%d [LOST %" SCNu64, &cpu, &lost) < 1)
		return false;
	out->nr_dropped += lost;
	return true;
}

/* 0; -EINVAL for a file of another form; -ENOMEM; -EIO. */
static int parse_lines(FILE *f, const struct window *window, struct boot_witness *out)
{
	uint64_t entries = 0, nr_lines = 0, nr_events = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int ret = 0;

	while (!ret && (len = getline(&line, &room, f)) > 0) {
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		if (!nr_lines++) {
			ret = strcmp(line, "# witness 1") != 0 ? -EINVAL : 0;
		} else if (line[0] == '#') {
			take_comment(line, out, &entries);
		} else if (len && !take_lost(line, out)) {
			ret = take_event(line, window, out);
			nr_events++;
		}
	}
	free(line);
	if (ret)
		return ret;
	if (ferror(f))
		return -EIO;
	/* fewer lines than the buffer held: the file was cut off */
	return nr_lines && out->nr_cpus && nr_events >= entries ? 0 : -EINVAL;
}

int witness_parse(FILE *f, uint64_t start_ns, uint64_t end_ns, struct boot_witness *out)
{
	/*
	 * The kernel rounds to the nearest microsecond (ns2usecs() in kernel/trace/trace.c), and so
	 * are the edges: rounding keeps order, so nothing inside falls out.
	 */
	struct window window = {
		.start_us = start_ns / 1000 + (start_ns % 1000 >= 500),
		.end_us = end_ns / 1000 + (end_ns % 1000 >= 500),
	};
	int ret;

	memset(out, 0, sizeof(*out));
	ret = parse_lines(f, &window, out);
	if (ret) {
		free(out->functions);
		memset(out, 0, sizeof(*out));
		if (ret == -EINVAL)
			out->state = BOOT_WITNESS_UNREADABLE;
		return ret == -EINVAL ? 0 : ret;
	}
	boot_count_sort(out->functions, out->nr_functions);
	out->state = out->nr_overrun || out->nr_dropped ? BOOT_WITNESS_LOSSY : BOOT_WITNESS_OK;
	return 0;
}
