/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A terminal that shows a canvas and gives keys. The one door to curses; knows nothing of what is
 * shown.
 */
#ifndef QPW_VIEW_TUI_SCREEN_H
#define QPW_VIEW_TUI_SCREEN_H

#include <stdbool.h>

#include "view/canvas.h"
#include "view/mouse.h"

/*
 * Take the terminal of stdin and stdout. It is given back by screen_close(), at exit() and when the
 * process dies of a fault. Returns 0; -ENOTTY when they are none, or one that can't place a cursor.
 */
int screen_open(void);

/* The present size. */
void screen_size(unsigned int *columns, unsigned int *rows);

/* Whether it shows characters beyond ASCII, as the locale says. */
bool screen_has_utf8(void);

/* Show a canvas, as much of it as the terminal has cells for. */
void screen_show(const struct canvas *c);

/* The next key that was pressed (enum key); KEY_CODE_NONE for none: does not wait. */
int screen_key(void);

/* Have the mouse told, or leave it to the terminal, which then selects text with it. */
void screen_use_mouse(bool on);

/* After KEY_CODE_MOUSE: what it did; false: nothing that is told. */
bool screen_mouse(struct mouse *m);

/* Give the terminal back as it was. Does nothing when it is not taken. */
void screen_close(void);

#endif
