// SPDX-License-Identifier: GPL-2.0-only
/*
 * Choosing, ordering and drawing the rows of a view. Knows columns and values, not what they mean.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "view/top_table.h"

/* ------------------------------------------------------------------ filter */

static int parse_class(const char *text, size_t len, struct top_filter *f)
{
	for (int c = 0; c < SNAP_NR_CLASSES; c++) {
		const char *name = snap_class_name((enum snap_class)c);

		if (strlen(name) == len && !strncasecmp(name, text, len)) {
			f->by_class = true;
			f->class = (enum snap_class)c;
			return 0;
		}
	}
	return -EINVAL;
}

static int parse_part(const char *text, size_t len, struct top_filter *f)
{
	static const char cpu[] = "cpu=", class[] = "class=";
	char list[TOP_FILTER_WORDS] = "";
	size_t used = strlen(f->words);

	if (len >= sizeof(list) - 1)
		return -EINVAL;
	if (!strncasecmp(text, cpu, sizeof(cpu) - 1)) {
		memcpy(list, text + sizeof(cpu) - 1, len - (sizeof(cpu) - 1));
		f->by_cpu = true;
		return cpulist_parse(list, &f->cpus) || !cpulist_count(&f->cpus) ? -EINVAL : 0;
	}
	if (!strncasecmp(text, class, sizeof(class) - 1))
		return parse_class(text + sizeof(class) - 1, len - (sizeof(class) - 1), f);
	if (used + len + 2 > sizeof(f->words))
		return -EINVAL;
	if (used)
		f->words[used++] = ' ';
	memcpy(f->words + used, text, len);
	return 0;
}

int top_filter_parse(const char *text, struct top_filter *out)
{
	struct top_filter f;
	size_t len;

	memset(&f, 0, sizeof(f));
	for (; *text; text += len) {
		text += strspn(text, " ");
		len = strcspn(text, " ");
		if (len && parse_part(text, len, &f))
			return -EINVAL;
	}
	*out = f;
	return 0;
}

struct top_filter top_filter_cpus(const struct top_filter *f)
{
	struct top_filter cpus = { 0 };

	if (f && f->by_cpu) {
		cpus.by_cpu = true;
		cpus.cpus = f->cpus;
	}
	return cpus;
}

static bool has_word(const struct top_view *view, const struct top_data *data, size_t row,
		     const char *word)
{
	struct top_value v;

	for (unsigned int c = 0; c < view->nr_columns; c++) {
		if (!view->columns[c].name)
			continue;
		view->value(data, row, c, &v);
		if (v.type == TOP_WORDS && strcasestr(v.text, word))
			return true;
	}
	return false;
}

/* All of them, each in whatever column. */
static bool has_words(const struct top_view *view, const struct top_data *data, size_t row,
		      const char *words)
{
	char word[TOP_FILTER_WORDS];

	for (; *words; words += strspn(words, " ")) {
		size_t len = strcspn(words, " ");

		snprintf(word, sizeof(word), "%.*s", (int)len, words);
		if (!has_word(view, data, row, word))
			return false;
		words += len;
	}
	return true;
}

static bool passes(const struct top_view *view, const struct top_data *data, size_t row,
		   const struct top_filter *f)
{
	struct top_ids ids;

	if (!f)
		return true;
	view->ids(data, row, &ids);
	if (f->by_cpu && ids.cpu != SNAP_CPU_ALL && !cpulist_has(&f->cpus, ids.cpu))
		return false;
	if (f->by_class && ids.class >= 0 && ids.class != (int)f->class)
		return false;
	return has_words(view, data, row, f->words);
}

/* ------------------------------------------------------------------ order */

struct key {
	size_t row;
	double number;
	char text[QPW_SYMBOL_LEN];
	bool nothing; /* last, in either direction */
	bool names;   /* a number that is one; before words in such a column: the sum of CPUs */
	bool reverse;
};

static int by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int ret = 0;

	if (x->nothing != y->nothing)
		return x->nothing ? 1 : -1;
	if (x->names != y->names)
		ret = x->names ? -1 : 1;
	else if (x->number != y->number)
		ret = (x->number > y->number) == x->names ? 1 : -1;
	else
		ret = strcmp(x->text, y->text);
	if (ret)
		return x->reverse ? -ret : ret;
	return x->row < y->row ? -1 : x->row > y->row;
}

static void fill_key(struct key *k, const struct top_view *view, const struct top_data *data,
		     size_t row, const struct top_order *order)
{
	struct top_value v = { .type = TOP_NOTHING };

	if (order->column != TOP_AS_THEY_ARE)
		view->value(data, row, order->column, &v);
	k->row = row;
	k->reverse = order->reverse;
	k->nothing = v.type == TOP_NOTHING;
	if (v.type == TOP_NUMBER) {
		k->number = v.number;
		k->names = v.names;
	}
	if (v.type == TOP_WORDS)
		memcpy(k->text, v.text, strnlen(v.text, sizeof(k->text) - 1));
}

int top_table_init(struct top_table *t, const struct top_view *view, const struct top_data *data,
		   const struct top_filter *filter, const struct top_order *order)
{
	const struct top_order usual = { .column = view->sort };
	size_t all = view->nr_rows(data);
	struct key *keys = calloc(all + 1, sizeof(*keys));

	*t = (struct top_table){ .view = view, .data = data };
	t->rows = calloc(all + 1, sizeof(*t->rows));
	if (!t->rows || !keys) {
		free(keys);
		top_table_finish(t);
		return -ENOMEM;
	}
	for (size_t i = 0; i < all; i++)
		if (passes(view, data, i, filter))
			fill_key(&keys[t->nr++], view, data, i, order ? order : &usual);
	qsort(keys, t->nr, sizeof(*keys), by_key);
	for (size_t i = 0; i < t->nr; i++)
		t->rows[i] = keys[i].row;
	free(keys);
	return 0;
}

void top_table_finish(struct top_table *t)
{
	free(t->rows);
	t->rows = NULL;
	t->nr = 0;
}

/* ------------------------------------------------------------------ drawing */

bool top_column_fits(const struct top_column *c, unsigned int columns)
{
	return c->from <= columns;
}

static void value_text(const struct top_value *v, const struct top_column *c, char *buf,
		       size_t size)
{
	if (v->type == TOP_NUMBER)
		snprintf(buf, size, "%.*f", c->decimals, v->number);
	else
		snprintf(buf, size, "%s", v->type == TOP_WORDS ? v->text : "-");
}

/* What is too long loses decimals, then thousands: half a number would be another number. */
static void fit_number(double number, unsigned int decimals, unsigned int width, char *buf,
		       size_t size)
{
	static const char *const units[] = { "", "k", "M", "G", "T" };

	for (unsigned int i = 0; i < ARRAY_SIZE(units); i++, number /= 1000) {
		do
			snprintf(buf, size, "%.*f%s", (int)decimals, number, units[i]);
		while (strlen(buf) > width && decimals--);
		if (strlen(buf) <= width)
			return;
		decimals = 0;
	}
}

/* Where a column is on a screen. */
struct place {
	unsigned int at;
	unsigned int width; /* 0 = not there */
};

/* Columns give way in the order of their list, and grow together, a cell each in turn. */
static void stretch(const struct top_view *v, struct place places[TOP_COLUMNS_MAX],
		    unsigned int used, unsigned int columns)
{
	bool grows = true;

	for (unsigned int i = 0; i < v->nr_stretch; i++) {
		struct place *p = &places[v->stretch[i].column];
		unsigned int over = used > columns ? used - columns : 0;
		unsigned int spare =
			p->width > v->stretch[i].least ? p->width - v->stretch[i].least : 0;

		p->width -= over < spare ? over : spare;
		used -= over < spare ? over : spare;
	}
	while (grows && used < columns) {
		grows = false;
		for (unsigned int i = 0; i < v->nr_stretch && used < columns; i++) {
			struct place *p = &places[v->stretch[i].column];

			if (!p->width || p->width >= v->stretch[i].most)
				continue;
			p->width++;
			used++;
			grows = true;
		}
	}
}

static void place_columns(const struct top_view *v, unsigned int columns,
			  struct place places[TOP_COLUMNS_MAX])
{
	unsigned int used = 0, at = 0;

	for (unsigned int i = 0; i < v->nr_columns; i++) {
		const struct top_column *c = &v->columns[i];

		places[i].width = !top_column_fits(c, columns) ? 0 :
				  c->width		       ? c->width :
								 TOP_REST_WIDTH;
		used += places[i].width + !!places[i].width;
	}
	stretch(v, places, used - 1, columns);
	for (unsigned int i = 0; i < v->nr_columns; i++) {
		const struct top_column *c = &v->columns[i];
		unsigned int left = at < columns ? columns - at : 0;
		struct place *p = &places[i];

		p->at = at;
		if (p->width && (!c->width || (c->left && p->width > left)))
			p->width = left;
		else if (p->width > left)
			p->width = 0; /* a number */
		at += p->width + !!p->width;
	}
}

static void draw_names(const struct top_table *t, struct canvas *c, unsigned int at, int sorted,
		       const struct place places[TOP_COLUMNS_MAX])
{
	canvas_style_row(c, at, 0, CANVAS_HEADER);
	for (unsigned int i = 0; i < t->view->nr_columns; i++) {
		const struct top_column *col = &t->view->columns[i];
		enum canvas_style style = (int)i == sorted ? CANVAS_PICKED : CANVAS_HEADER;

		if (col->left)
			canvas_put(c, at, places[i].at, places[i].width, style, col->title);
		else
			canvas_put_right(c, at, places[i].at, places[i].width, style, col->title);
	}
}

static void draw_row(const struct top_table *t, struct canvas *c, unsigned int at, size_t row,
		     bool picked, const struct place places[TOP_COLUMNS_MAX])
{
	enum canvas_style style = picked ? CANVAS_PICKED : CANVAS_PLAIN;
	char text[TOP_TEXT];
	struct top_value v;

	if (picked)
		canvas_style_row(c, at, 0, style);
	for (unsigned int i = 0; i < t->view->nr_columns; i++) {
		const struct top_column *col = &t->view->columns[i];
		const struct place *p = &places[i];

		if (!p->width)
			continue;
		if (!col->name) {
			t->view->graph(t->data, row, i, c, at, p->at, p->width);
			continue;
		}
		t->view->value(t->data, row, i, &v);
		value_text(&v, col, text, sizeof(text));
		if (v.type == TOP_NUMBER)
			fit_number(v.number, col->decimals, p->width, text, sizeof(text));
		if (col->left)
			canvas_put(c, at, p->at, p->width, style, text);
		else
			canvas_put_right(c, at, p->at, p->width, style, text);
	}
}

unsigned int top_table_draw(const struct top_table *t, struct canvas *c, unsigned int at,
			    unsigned int nr_rows, size_t first, int sorted, long picked)
{
	struct place places[TOP_COLUMNS_MAX];
	unsigned int used = 0;

	if (!nr_rows)
		return 0;
	place_columns(t->view, c->columns, places);
	draw_names(t, c, at, sorted, places);
	for (used = 1; used < nr_rows && first + used - 1 < t->nr; used++) {
		size_t i = first + used - 1;

		draw_row(t, c, at + used, t->rows[i], picked >= 0 && i == (size_t)picked, places);
	}
	return used;
}

#define LABEL_WIDTH 13

void top_table_draw_whole(const struct top_view *view, const struct top_data *data, size_t row,
			  struct canvas *c)
{
	char text[TOP_TEXT];
	struct top_value v;
	unsigned int at = 0;

	for (unsigned int i = 0; i < view->nr_columns; i++) {
		const struct top_column *col = &view->columns[i];

		if (!col->name)
			continue;
		view->value(data, row, i, &v);
		value_text(&v, col, text, sizeof(text));
		canvas_put(c, at, 0, LABEL_WIDTH, CANVAS_DIM, col->title);
		at += canvas_put_lines(c, at, LABEL_WIDTH, CANVAS_PLAIN, text);
	}
}

/* ------------------------------------------------------------------ text and JSON */

/* A blank within a column would be taken for its end. */
static void without_blanks(const char *text, char *buf, size_t size)
{
	static const char blank[] = "\\x20";
	size_t len = 0;

	for (; *text && len + sizeof(blank) <= size; text++) {
		if (*text != ' ') {
			buf[len++] = *text;
			continue;
		}
		memcpy(buf + len, blank, sizeof(blank) - 1);
		len += sizeof(blank) - 1;
	}
	buf[len] = '\0';
}

static void print_cell(FILE *f, const struct top_column *c, bool last, const char *text)
{
	char one[TOP_TEXT * 4];
	int pad;

	without_blanks(text, one, sizeof(one));
	text = one;
	pad = (int)c->width - (int)canvas_width(text);
	if (!c->left && pad > 0)
		fprintf(f, "%*s", pad, "");
	fputs(text, f);
	if (c->left && pad > 0 && !last)
		fprintf(f, "%*s", pad, "");
	fputs(last ? "\n" : " ", f);
}

/* The last column that text has. */
static unsigned int last_in_text(const struct top_view *v)
{
	unsigned int last = v->nr_columns - 1;

	while (!v->columns[last].name)
		last--;
	return last;
}

void top_table_print(const struct top_table *t, FILE *f, size_t max)
{
	unsigned int last = last_in_text(t->view);
	char text[TOP_TEXT];
	struct top_value v;

	for (unsigned int i = 0; i <= last; i++)
		if (t->view->columns[i].name)
			print_cell(f, &t->view->columns[i], i == last, t->view->columns[i].title);
	for (size_t row = 0; row < t->nr && row < max; row++) {
		for (unsigned int i = 0; i <= last; i++) {
			if (!t->view->columns[i].name)
				continue;
			t->view->value(t->data, t->rows[row], i, &v);
			value_text(&v, &t->view->columns[i], text, sizeof(text));
			print_cell(f, &t->view->columns[i], i == last, text);
		}
	}
}

static json_t *value_json(const struct top_value *v, const struct top_column *c)
{
	if (v->type == TOP_NUMBER)
		return c->decimals ? json_real(v->number) : json_integer((json_int_t)v->number);
	return v->type == TOP_WORDS ? json_string(v->text) : json_null();
}

json_t *top_table_json(const struct top_table *t)
{
	json_t *list = json_array();
	struct top_value v;
	int failed = !list;

	for (size_t row = 0; !failed && row < t->nr; row++) {
		json_t *object = json_object();

		failed |= json_array_append_new(list, object);
		for (unsigned int i = 0; !failed && i < t->view->nr_columns; i++) {
			if (!t->view->columns[i].name)
				continue;
			t->view->value(t->data, t->rows[row], i, &v);
			failed |= json_object_set_new(object, t->view->columns[i].name,
						      value_json(&v, &t->view->columns[i]));
		}
		if (!failed && t->view->extra)
			failed |= t->view->extra(t->data, t->rows[row], object);
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}
