/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the mouse did, and on which cell. Knows no terminal.
 */
#ifndef QPW_VIEW_MOUSE_H
#define QPW_VIEW_MOUSE_H

enum mouse_act {
	MOUSE_PRESS, /* the first button */
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};

struct mouse {
	enum mouse_act act;
	unsigned int row; /* from 0 */
	unsigned int column;
};

#endif
