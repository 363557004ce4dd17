/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzz targets share: hostile bytes as a file, a trace read and shown as the programs do
 * it, and what must hold whatever was in it. Knows no single format.
 */
#ifndef QPW_TESTS_FUZZ_H
#define QPW_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Called by libFuzzer with each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What does not hold is a finding: the input is kept. */
#define FUZZ_ASSERT(condition)                                                            \
	do {                                                                              \
		if (!(condition)) {                                                       \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, \
				#condition);                                              \
			abort();                                                          \
		}                                                                         \
	} while (0)

/* A file that holds these bytes, the same one each time; its path. */
const char *fuzz_file(const void *data, size_t size);

/*
 * Read the trace at path as far as it goes; feed, snapshot, and write it out in every format. Text
 * must not steer a terminal, sums must hold.
 */
void fuzz_trace(const char *path);

#endif
