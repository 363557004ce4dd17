// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpwlat compare: care that no file is given twice and that none is written over. Knows names and
 * files, nothing of what is in them.
 */
#include "cmd/compare_files.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/trace_input.h"
#include "store/trace.h"
#include "util/array.h"
#include "util/text.h"

static const char *const boot_files[] = {
	"trace.qpw",	 "boot.json",	    "witness.txt",
	"triggers.json", "cyclictest.json", "stress-ng.yaml",
};

static int refuse(const char *path, const char *why)
{
	fprintf(stderr, "qpwlat compare: %s: %s\n", text_shown(path), why);
	return CMD_USAGE;
}

/* Of a boot that is a directory its file number i, of one that is a trace that alone. */
static bool boot_file(const char *boot, size_t i, char *path, size_t size)
{
	struct stat st;
	bool directory = !stat(boot, &st) && S_ISDIR(st.st_mode);

	snprintf(path, size, "%s%s%s", boot, directory ? "/" : "", directory ? boot_files[i] : "");
	return directory || !i;
}

int compare_check_inputs(char *const *boots, size_t nr)
{
	char a[PATH_MAX], b[PATH_MAX];

	for (size_t i = 0; i < nr; i++) {
		boot_file(boots[i], 0, a, sizeof(a));
		for (size_t j = 0; j < i; j++) {
			boot_file(boots[j], 0, b, sizeof(b));
			if (trace_same_file(a, b))
				return refuse(boots[i], "this boot is given twice; give each once");
		}
	}
	return 0;
}

static bool is_file(const char *output)
{
	return output && !output_is_stdout(output);
}

static int check_output(char *const *boots, size_t nr, const char *output)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < nr; i++)
		for (size_t j = 0; j < ARRAY_SIZE(boot_files); j++)
			if (boot_file(boots[i], j, path, sizeof(path)) &&
			    trace_same_file(path, output))
				return refuse(output, "a file of a boot that is compared can't be "
						      "the output; give another file");
	if (trace_is_at(output))
		return refuse(output,
			      "is a recording, which is not written over; give another file");
	return 0;
}

int compare_check_outputs(char *const *boots, size_t nr, const char *const *outputs,
			  size_t nr_outputs)
{
	for (size_t i = 0; i < nr_outputs; i++) {
		int code = is_file(outputs[i]) ? check_output(boots, nr, outputs[i]) : 0;

		if (code)
			return code;
		for (size_t j = 0; is_file(outputs[i]) && j < i; j++)
			if (is_file(outputs[j]) && trace_same_file(outputs[i], outputs[j]))
				return refuse(
					outputs[i],
					"two formats can't go to one file; give another file");
	}
	return 0;
}
