/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generated skeletons, which our warnings don't apply to. Only src/collect includes this.
 */
#ifndef QPW_COLLECT_SKELETONS_H
#define QPW_COLLECT_SKELETONS_H

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wunused-function"
#include "qpw.skel.h"
#include "trial.skel.h"
#pragma GCC diagnostic pop

#endif
