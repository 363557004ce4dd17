/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page of styled text lines, cut to a size: what live views lay out on, before a screen or a file
 * shows it. Knows no terminal.
 */
#ifndef QPW_VIEW_PAGE_H
#define QPW_VIEW_PAGE_H

#define PAGE_COLUMNS_MAX 300
#define PAGE_BYTES (PAGE_COLUMNS_MAX * 4 + 1)

enum page_style {
	PAGE_PLAIN,
	PAGE_TITLE,  /* what the view is of */
	PAGE_HEADER, /* names of columns */
	PAGE_WARN,   /* what makes the figures doubtful */
};

struct page_line {
	enum page_style style;
	char text[PAGE_BYTES]; /* valid UTF-8, at most the page's columns */
};

struct page {
	unsigned int columns;
	unsigned int rows;
	unsigned int nr_lines;
	struct page_line *lines; /* [rows] */
};

/* Empty page on the heap; columns are cut to PAGE_COLUMNS_MAX. NULL when out of memory. */
struct page *page_create(unsigned int columns, unsigned int rows);
void page_destroy(struct page *p);
void page_clear(struct page *p);

/*
 * Append a line, cut at the page's width, without blanks at its end; a full page takes no more.
 * Foreign text in the arguments must have gone through text_escape().
 */
void page_add(struct page *p, enum page_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
