/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generated skeletons, which the warnings for our own code don't apply to. Only src/collect
 * includes this.
 */
#ifndef QPW_COLLECT_SKELETONS_H
#define QPW_COLLECT_SKELETONS_H

#pragma GCC system_header
#include <linux/types.h>

#include "qpw/victim.h" /* they name its types */

#include "qpw.skel.h"
#include "running.skel.h"
#include "trial.skel.h"

#endif
