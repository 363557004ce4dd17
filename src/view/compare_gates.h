/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gates of a comparison in its formats; text and JSON have their own loops over the words.
 */
#ifndef QPW_VIEW_COMPARE_GATES_H
#define QPW_VIEW_COMPARE_GATES_H

#include <stdio.h>

#include "model/compare_gate.h"

/* Why it can't be judged, if so, and the figures seen; plain text, names as they came. */
void compare_gate_words(const struct comparison *c, const struct compare_gate_result *r, char *buf,
			size_t size);

/* "passed", "failed" or "not judged". */
const char *compare_gate_shown(const struct compare_gate_result *r);

/* A section each; nothing where there are no gates. */
void compare_gates_markdown(FILE *f, const struct comparison *c);
void compare_gates_html(FILE *f, const struct comparison *c);

#endif
