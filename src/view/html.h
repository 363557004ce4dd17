/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all pages share: head, style, sections, tables. A page stands alone: no script, no request
 * whatever (the policy in its head forbids them), readable light, dark, narrow, wide and printed.
 * Knows nothing of what a page tells.
 */
#ifndef QPW_VIEW_HTML_H
#define QPW_VIEW_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/snapshot.h"

/* The style sheet of every page. */
extern const char html_style[];

/* Colours of the classes of interruptions, as names of CSS classes. */
extern const char *const html_class_css[SNAP_NR_CLASSES];

/*
 * Up to <body> and a link past the header to the element "main"; title is foreign text, style adds
 * to html_style.
 */
void html_begin(FILE *f, const char *title, const char *style);
void html_end(FILE *f);

/* <section> with its heading, and its end. */
void html_section(FILE *f, const char *id, const char *heading);
void html_section_end(FILE *f);

/* A table that scrolls sideways by itself on a narrow screen. */
void html_table(FILE *f, const char *caption);
void html_table_end(FILE *f);

struct html_column {
	const char *title;
	bool left; /* else figures, to the right */
};

/* The head of a table, and the begin of its body. */
void html_columns(FILE *f, const struct html_column *columns, size_t nr);

/* What the colours mean: a paragraph of the classes, and the residual. */
void html_class_key(FILE *f);

/* <td> with a figure: a time ("–" for NAN), a count. */
void html_ns(FILE *f, double ns);
void html_count(FILE *f, uint64_t count);

/* <td> with a name as it stands in the kernel. */
void html_name(FILE *f, const char *name);

/* A row of a thing and foreign text about it; nothing for an empty text. */
void html_fact(FILE *f, const char *what, const char *text);

#endif
