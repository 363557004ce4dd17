/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What cyclictest --json=FILE wrote (rt-tests 2.x, file_version 1). Knows text, no files.
 */
#ifndef QPW_STORE_CYCLICTEST_JSON_H
#define QPW_STORE_CYCLICTEST_JSON_H

#include <stddef.h>

#include "model/boot.h"

/*
 * All threads' histograms as one, in nanoseconds. Samples beyond cyclictest's own histogram are
 * in no bucket of it: they are counted at its bound and, the largest of them, at the thread's max.
 * 0; -EINVAL for what is no such file or contradicts itself; -ENOMEM. *out is empty on error.
 */
int cyclictest_json_parse(const char *text, size_t len, struct boot_cyclictest *out);

#endif
