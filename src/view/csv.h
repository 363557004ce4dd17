/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cells of comma-separated values that neither break out of their row nor run as a formula in a
 * spreadsheet. Knows no columns.
 */
#ifndef QPW_VIEW_CSV_H
#define QPW_VIEW_CSV_H

#include <stddef.h>
#include <stdio.h>

/*
 * Text that has passed text_escape(), cut to size: a start that a spreadsheet would take for a
 * formula becomes \xNN, and so do semicolons, at which some split cells.
 */
void csv_text(const char *safe, char *out, size_t size);

/* A cell, quoted as RFC 4180 has it where it must be. */
void csv_cell(FILE *f, const char *text);

#endif
