/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The number of elements of an array whose size the compiler knows.
 */
#ifndef QPW_UTIL_ARRAY_H
#define QPW_UTIL_ARRAY_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
