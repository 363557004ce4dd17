/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Foreign text inside HTML, Markdown, JSON and metrics. Names of tasks, functions and machines are
 * hostile: they pass here wherever a view prints them.
 */
#ifndef QPW_VIEW_ESCAPE_H
#define QPW_VIEW_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/* Text for element content and quoted attributes: text_escape(), then & < > " '. */
void escape_html(FILE *f, const char *text);

/* The same, at most columns > 0 characters: what is longer ends in "…", which is one of them. */
void escape_html_cut(FILE *f, const char *text, size_t columns);

/* escape_html() of what has passed text_escape() already: its \xNN stay as they are. */
void escape_html_safe(FILE *f, const char *safe);

/* Text as a Markdown code span that ends neither itself nor a table cell; "" as nothing. */
void escape_markdown_code(FILE *f, const char *text);

/* Plain words in Markdown: what could start markup or HTML is escaped by a backslash. */
void escape_markdown(FILE *f, const char *text);

/* The same for words that have passed text_escape() already: its \xNN stay as they are. */
void escape_markdown_safe(FILE *f, const char *safe);

/*
 * At most max bytes of text, which need not be terminated, in double quotes: text_escape(), then a
 * backslash before each " and backslash. A string of JSON, and the value of a label.
 */
void escape_quoted(FILE *f, const char *text, size_t max);

#endif
