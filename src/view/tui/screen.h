/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A terminal that shows pages and gives keys. The one door to curses; knows nothing of what is
 * shown.
 */
#ifndef QPW_VIEW_TUI_SCREEN_H
#define QPW_VIEW_TUI_SCREEN_H

#include "view/page.h"

enum screen_key {
	SCREEN_NONE,
	SCREEN_QUIT,
	SCREEN_PAUSE,
	SCREEN_HELP,
	SCREEN_RESIZE,
	SCREEN_OTHER,
};

/*
 * Take the terminal of stdin and stdout. It is given back by screen_close(), at exit() and when the
 * process dies of a fault. Returns 0; -ENOTTY when they are none, or one that can't place a cursor.
 */
int screen_open(void);

/* The present size. */
void screen_size(unsigned int *columns, unsigned int *rows);

/* Show a page, with the keys below it when there is a row for them. */
void screen_show(const struct page *p);

/* The next key that was pressed; does not wait. */
enum screen_key screen_key(void);

/* Give the terminal back as it was. Does nothing when it is not taken. */
void screen_close(void);

#endif
