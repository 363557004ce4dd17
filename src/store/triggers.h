/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What provoked the boot's remote work and what got done beside it: the churn driver's
 * triggers.json and stress-ng's YAML metrics. Knows text, no directories.
 */
#ifndef QPW_STORE_TRIGGERS_H
#define QPW_STORE_TRIGGERS_H

#include <stdio.h>

#include "model/boot.h"

/* 0; -EINVAL for what is no "qpwlat.triggers" version 1; -ENOMEM. *out is empty on error. */
int triggers_parse(const char *text, size_t len, struct boot_triggers *out);

/*
 * The "metrics:" list of stress-ng --yaml: name, bogo-ops and wall-clock-time of each stressor, by
 * name, into *rows (freed by the caller). 0; -EINVAL for text of another form; -ENOMEM.
 */
int stressors_parse(const char *text, size_t len, struct boot_stressor **rows, size_t *nr);

#endif
