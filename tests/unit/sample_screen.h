/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A screen for tests of the live view: keys pressed, rows read. After cmocka's includes.
 */
#ifndef QPW_TESTS_SAMPLE_SCREEN_H
#define QPW_TESTS_SAMPLE_SCREEN_H

#include <string.h>

#include "sample_top.h"
#include "view/keys.h"
#include "view/top_screen.h"

/* A row as text, blanks at its end removed. */
static inline const char *row_text(const struct canvas *c, unsigned int row)
{
	static char text[CANVAS_COLUMNS_MAX * 12 + 1];
	size_t len = 0;

	for (unsigned int i = 0; i < c->columns; i++) {
		const char *cell = canvas_cell(c, row, i)->text;

		memcpy(text + len, cell, strlen(cell));
		len += strlen(cell);
	}
	while (len && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return text;
}

static const struct host_facts facts = { .hostname = "ho\033[31mst",
					 .release = "7.2",
					 .watched = "1",
					 .victim = "evil\033/42",
					 .mode = HOST_MODE_QPW_ON,
					 .mode_reason = "qpw=1\033c" };

static const struct cpulist cpu_1 = { { 1U << 1 } };

static inline void fill_data(struct top_data *d, const struct snapshot *s)
{
	*d = (struct top_data){ .facts = &facts,
				.state = "live",
				.view_ns = 3 * SECOND,
				.now = s,
				.cost = { 0.5, 210 } };
	assert_int_equal(top_rates_init(&d->rates, NULL, s, SECOND, &cpu_1, NULL), 0);
}

static inline void press(struct top_screen *s, const struct top_data *d, struct canvas *c,
			 const char *keys)
{
	int key;

	while ((key = keys_next(&keys)) != KEY_CODE_NONE) {
		top_screen_key(s, key);
		assert_int_equal(top_screen_draw(s, d, c), 0);
	}
}

static inline bool shows(const struct canvas *c, const char *text)
{
	for (unsigned int row = 0; row < c->rows; row++)
		if (strstr(row_text(c, row), text))
			return true;
	return false;
}

#endif
