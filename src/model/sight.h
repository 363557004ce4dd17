/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a recording had an eye on: which probes a kind of figure hangs on. What nobody looked at is
 * not nothing. Pure; knows neither figures nor sentences.
 */
#ifndef QPW_MODEL_SIGHT_H
#define QPW_MODEL_SIGHT_H

#include "model/snapshot.h"

/*
 * Below SNAP_NR_CLASSES: interruptions of that class (enum snap_class), how many, and how long
 * unless it is named here.
 */
enum sight {
	SIGHT_STOLEN = SNAP_NR_CLASSES, /* time of all classes together */
	SIGHT_WORK_TIME,		/* how long works ran */
	SIGHT_REMOTE,			/* which of them another CPU queued */
	SIGHT_INLINE,			/* works that their caller ran */
	SIGHT_FLUSHES,			/* waits in flushes and drains */
	SIGHT_SAMPLES,			/* the victim's wake-ups */
	SIGHT_OTHERS,			/* what hangs on no probe of ours */
	SIGHT_NR,
};

/*
 * Name of the first probe for want of which s lacks some of that; NULL where it saw all of it. A
 * probe that the recording does not name was there. One that the kernel does not have is missed
 * only where the thing exists without it.
 */
const char *sight_lacks(const struct snapshot *s, enum sight what);

/* Whether a class has no interruptions because nobody could see all of them: its 0 is none. */
bool sight_blind(const struct snapshot *s, enum snap_class which);

/* "runs of threads": interruptions of a class, as an object of "not seen". */
const char *sight_class_words(enum snap_class class);

#endif
