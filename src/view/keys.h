/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys by number: printable ASCII is itself, the others have numbers of their own. Knows no
 * terminal.
 */
#ifndef QPW_VIEW_KEYS_H
#define QPW_VIEW_KEYS_H

enum key {
	KEY_CODE_NONE = 0,
	KEY_CODE_TAB = 9,
	KEY_CODE_ENTER = 13,
	KEY_CODE_ESCAPE = 27,
	KEY_CODE_UP = 256,
	KEY_CODE_DOWN,
	KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN,
	KEY_CODE_HOME,
	KEY_CODE_END,
	KEY_CODE_BACK_TAB,
	KEY_CODE_ERASE,
	KEY_CODE_RESIZE,
	KEY_CODE_MOUSE, /* no key: the mouse did something */
	KEY_CODE_OTHER, /* known to nobody */
};

/*
 * The next key of a text like "2jj<Enter>/drain<Enter>", which moves on behind it. Names are Tab
 * Enter Esc Up Down PageUp PageDown Home End BackTab Backspace lt. KEY_CODE_NONE at the end,
 * KEY_CODE_OTHER for a name that is none of them.
 */
int keys_next(const char **text);

#endif
