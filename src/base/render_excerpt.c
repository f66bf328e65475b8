/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Excerpts of sources with marks below their lines, for terminals. What comes in are byte ranges;
 * lines, columns and the part of a long line that matters are found here. Nothing of the source
 * reaches the terminal but printable characters.
 */
#include <stdlib.h>
#include <string.h>
#include "base/render_internal.h"
#include "base/utf8.h"
#include "base/vec.h"

#define TAB_COLUMNS      4u
#define COLUMNS_LEAST    30u
#define ELLIPSIS         "..."
#define ELLIPSIS_COLUMNS 3u
#define REPLACEMENT      "\xEF\xBF\xBD"

/* A marked range on one line of an excerpt. */
struct mark {
	struct span span;
	const char *text; /* may be NULL */
	bool primary;
	uint32_t group; /* excerpts come in the order in which their files are first named */
	uint32_t order;
	uint32_t line;
	size_t from, to; /* columns of the terminal, from 0; never empty */
};

/* Columns of a line that are shown: [left, right). */
struct window {
	size_t left, right;
	bool cut_left, cut_right;
};

static bool
is_hidden(uint32_t scalar)
{
	return scalar < 0x20 || (scalar >= 0x7F && scalar < 0xA0) ||
		(scalar >= 0x200E && scalar <= 0x200F) || (scalar >= 0x2028 && scalar <= 0x202E) ||
		(scalar >= 0x2066 && scalar <= 0x2069) || scalar == 0x061C || scalar == 0xFEFF ||
		scalar == 0xFFFD;
}

/* One character of a source as a terminal may see it. */
struct glyph {
	const char *bytes;
	size_t len; /* of bytes */
	size_t taken; /* bytes of the source */
	size_t columns;
};

static struct glyph
glyph_at(const char *bytes, size_t len)
{
	struct glyph g = { .bytes = bytes };
	uint32_t scalar = utf8_decode(bytes, len, &g.taken);

	if (scalar == '\t')
		return (struct glyph){ "    ", TAB_COLUMNS, 1, TAB_COLUMNS };
	if (is_hidden(scalar))
		return (struct glyph){ REPLACEMENT, sizeof(REPLACEMENT) - 1, g.taken, 1 };
	g.len = g.taken;
	g.columns = utf8_width(scalar);
	return g;
}

/* Columns that the first len bytes take. */
static size_t
columns_of(const char *bytes, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len;) {
		struct glyph g = glyph_at(bytes + i, len - i);

		columns += g.columns;
		i += g.taken;
	}
	return columns;
}

void
render_clean(struct str *out, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len;) {
		struct glyph g = glyph_at(text + i, len - i);

		if (text[i] == '\n' || text[i] == '\t')
			str_putc(out, ' ');
		else
			str_add(out, g.bytes, g.len);
		i += g.taken;
	}
}

void
render_place(struct str *out, struct source *s, struct span span, bool column)
{
	struct place p = source_place(s, span.file, span.start);

	render_clean(out, source_file(s, span.file)->name);
	str_format(out, ":%u", p.line);
	if (column)
		str_format(out, ":%u", p.column);
}

/* "   |", without a space behind it. */
static void
put_gutter(struct renderer *r)
{
	str_repeat(r->out, ' ', r->gutter + 1);
	render_painted(r, COLOUR_GUTTER, "|");
}

static void
put_line_number(struct renderer *r, uint32_t line)
{
	render_paint(r, COLOUR_GUTTER);
	str_format(r->out, "%*u |", (int)r->gutter, line);
	render_paint(r, COLOUR_NONE);
}

/* What of the line is to be seen for the sake of these marks. */
static struct window
choose_window(const struct renderer *r, const struct mark *marks, size_t count, size_t total)
{
	const struct mark *chief = marks;
	size_t inner = r->columns - 2 * ELLIPSIS_COLUMNS;
	size_t low = SIZE_MAX, high = 0, left, label;

	if (total <= r->columns || !count)
		return (struct window){ 0, total < r->columns ? total : r->columns, false,
			total > r->columns };
	for (size_t i = 0; i < count; i++) {
		low = marks[i].from < low ? marks[i].from : low;
		high = marks[i].to > high ? marks[i].to : high;
		if (marks[i].primary)
			chief = &marks[i];
	}
	if (high - low > inner) {
		low = chief->from;
		high = chief->to - low > inner ? low + inner : chief->to;
	}
	label = chief->text ? columns_of(chief->text, strlen(chief->text)) + 1 : 0;
	if (high - low + label > inner)
		label = inner - (high - low);
	left = (r->columns - (high - low + label)) / 2;
	left = low > left ? low - left : 0;
	if (left + r->columns > total + label)
		left = total + label - r->columns;
	return (struct window){ left, left + r->columns, left > 0, left + r->columns < total };
}

/* The line as the window shows it; what a cut goes through is blank, so that columns stay true. */
static void
put_window(struct str *out, const char *text, size_t len, const struct window *w)
{
	size_t low = w->left + (w->cut_left ? ELLIPSIS_COLUMNS : 0);
	size_t high = w->right - (w->cut_right ? ELLIPSIS_COLUMNS : 0);
	size_t column = 0;

	if (w->cut_left)
		str_puts(out, ELLIPSIS);
	for (size_t i = 0; i < len;) {
		struct glyph g = glyph_at(text + i, len - i);
		size_t end = column + g.columns;

		if (column >= high && g.columns)
			break;
		if (g.columns ? column >= low && end <= high : column > low || !w->cut_left)
			str_add(out, g.bytes, g.len);
		else if (end > low)
			str_repeat(out, ' ',
				(end < high ? end : high) - (column > low ? column : low));
		column = end;
		i += g.taken;
	}
	if (w->cut_right)
		str_puts(out, ELLIPSIS);
}

static void
put_source_line(
	struct renderer *r, uint32_t line, const char *text, size_t len, const struct window *w)
{
	size_t start;

	put_line_number(r, line);
	start = r->out->len;
	str_putc(r->out, ' ');
	put_window(r->out, text, len, w);
	while (r->out->len > start && r->out->bytes[r->out->len - 1] == ' ')
		r->out->bytes[--r->out->len] = '\0';
	str_putc(r->out, '\n');
}

/* One line below the source: cells of ' ', '-', '^' and '|', then, at that column, the text of a
 * mark, if any. */
static void
put_cells(struct renderer *r, const char *cells, size_t count, size_t column, const struct mark *m)
{
	while (count && cells[count - 1] == ' ')
		count--;
	put_gutter(r);
	str_putc(r->out, ' ');
	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && cells[i + n] == cells[i]; n++)
			;
		if (cells[i] != ' ')
			render_paint(r, cells[i] == '^' ? r->marks : COLOUR_GUTTER);
		str_add(r->out, cells + i, n);
		if (cells[i] != ' ')
			render_paint(r, COLOUR_NONE);
	}
	if (m) {
		str_repeat(r->out, ' ', column - count);
		render_paint(r, m->primary ? r->marks : COLOUR_GUTTER);
		render_clean(r->out, m->text);
		render_paint(r, COLOUR_NONE);
	}
	str_putc(r->out, '\n');
}

/* Where the window shows a mark; one outside is seen at its edge. */
static void
clip(struct mark *m, const struct window *w, size_t columns)
{
	m->from = m->from > w->left ? m->from - w->left : 0;
	m->to = m->to > w->left ? m->to - w->left : 0;
	if (m->from >= columns)
		m->from = columns - 1;
	if (m->to > columns)
		m->to = columns;
	if (m->to <= m->from)
		m->to = m->from + 1;
}

/* Rightmost first, of equals the primary one, then the later one. */
static int
compare_hanging(const void *x, const void *y)
{
	const struct mark *a = x, *b = y;

	if (a->from != b->from)
		return a->from > b->from ? -1 : 1;
	if (a->primary != b->primary)
		return a->primary ? -1 : 1;
	return a->order > b->order ? -1 : a->order < b->order;
}

/* Texts that found no room beside their marks hang below them, the rightmost first. */
static void
put_hanging(struct renderer *r, const struct mark *marks, size_t count)
{
	char cells[RENDER_COLUMNS];

	memset(cells, ' ', sizeof(cells));
	for (size_t i = 0; i < count; i++)
		if (marks[i].text)
			cells[marks[i].from] = '|';
	put_cells(r, cells, sizeof(cells), 0, NULL);
	for (size_t i = 0; i < count; i++) {
		if (!marks[i].text)
			continue;
		put_cells(r, cells, marks[i].from, marks[i].from, &marks[i]);
		if (i + 1 < count && marks[i + 1].from < marks[i].from)
			cells[marks[i].from] = ' ';
	}
}

/* Whether the text of the first can stand beside its mark: nothing else may be marked there. */
static bool
fits_beside(const struct mark *marks, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (marks[i].to > marks[0].to)
			return false;
	return marks[0].text;
}

static void
put_marks(struct renderer *r, struct mark *marks, size_t count, const struct window *w)
{
	char cells[RENDER_COLUMNS];
	size_t end = 0;
	bool beside;

	memset(cells, ' ', sizeof(cells));
	for (size_t i = 0; i < count; i++) {
		clip(&marks[i], w, r->columns);
		end = marks[i].to > end ? marks[i].to : end;
	}
	qsort(marks, count, sizeof(*marks), compare_hanging);
	for (int primary = 0; primary < 2; primary++)
		for (size_t i = 0; i < count; i++)
			if (marks[i].primary == primary)
				memset(cells + marks[i].from, primary ? '^' : '-',
					marks[i].to - marks[i].from);
	beside = fits_beside(marks, count);
	put_cells(r, cells, end, end + 1, beside ? marks : NULL);
	for (size_t i = beside; i < count; i++) {
		if (marks[i].text) {
			put_hanging(r, marks + i, count - i);
			break;
		}
	}
}

/* One line of the excerpt, with what is marked on it (count may be 0). */
static void
put_line(struct renderer *r, uint32_t file, uint32_t line, struct mark *marks, size_t count)
{
	uint32_t len;
	const char *text = source_line(r->source, file, line, &len);
	uint32_t start = (uint32_t)(text - source_file(r->source, file)->bytes);
	size_t total = columns_of(text, len);
	struct window w;

	for (size_t i = 0; i < count; i++) {
		struct mark *m = &marks[i];
		uint32_t end = m->span.end < start + len ? m->span.end : start + len;

		m->from =
			columns_of(text, m->span.start < end ? m->span.start - start : end - start);
		m->to = columns_of(text, end - start);
		if (m->to <= m->from)
			m->to = m->from + 1;
		total = m->to > total ? m->to : total;
	}
	w = choose_window(r, marks, count, total);
	put_source_line(r, line, text, len, &w);
	if (count)
		put_marks(r, marks, count, &w);
}

/* Between two lines of an excerpt: nothing, the one line, or dots. */
static void
put_gap(struct renderer *r, uint32_t file, uint32_t above, uint32_t below)
{
	if (below - above == 2)
		put_line(r, file, above + 1, NULL, 0);
	else if (below - above > 2)
		render_painted(r, COLOUR_GUTTER, "...\n");
}

/* All marks of one file. The first excerpt is headed by the primary place. */
static void
put_excerpt(struct renderer *r, struct mark *marks, size_t count)
{
	const struct mark *head = marks;

	for (size_t i = 0; i < count; i++)
		if (marks[i].primary)
			head = &marks[i];
	str_repeat(r->out, ' ', r->gutter);
	render_painted(r, COLOUR_GUTTER, head->primary ? "--> " : "::: ");
	render_place(r->out, r->source, head->span, true);
	str_putc(r->out, '\n');
	put_gutter(r);
	str_putc(r->out, '\n');
	for (size_t i = 0, n; i < count; i += n) {
		uint32_t line = marks[i].line;

		for (n = 1; i + n < count && marks[i + n].line == line; n++)
			;
		if (i)
			put_gap(r, marks[i].span.file, marks[i - 1].line, line);
		put_line(r, marks[i].span.file, line, marks + i, n);
	}
}

static int
compare_marks(const void *x, const void *y)
{
	const struct mark *a = x, *b = y;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void
add_mark(struct vec *marks, struct source *s, struct span span, const char *text, bool primary)
{
	struct mark m = { .span = span, .text = text, .primary = primary, .order = marks->count };

	if (!span.file)
		return;
	if (text && !text[0])
		m.text = NULL;
	m.line = source_place(s, span.file, span.start).line;
	m.group = marks->count;
	for (uint32_t i = marks->count; i-- > 0;)
		if (VEC_AT(marks, struct mark, i)->span.file == span.file)
			m.group = VEC_AT(marks, struct mark, i)->group;
	vec_push(marks, &m);
}

static unsigned
digits_of(uint32_t n)
{
	unsigned digits = 1;

	for (; n >= 10; n /= 10)
		digits++;
	return digits;
}

/* Sets what depends on the marks: the gutter, and the columns that are left beside it. */
static void
lay_out(struct renderer *r, const struct vec *marks, unsigned width)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < marks->count; i++)
		if (VEC_AT(marks, struct mark, i)->line > most)
			most = VEC_AT(marks, struct mark, i)->line;
	r->gutter = digits_of(most);
	if (!width || width > RENDER_COLUMNS)
		width = RENDER_COLUMNS;
	r->columns = width > COLUMNS_LEAST + r->gutter + 3 ? width - r->gutter - 3 : COLUMNS_LEAST;
}

void
render_excerpts(struct renderer *r, const struct diag *g, unsigned width)
{
	struct vec marks;
	struct mark *m;

	vec_init(&marks, sizeof(struct mark), false);
	add_mark(&marks, r->source, g->span, g->label, true);
	for (const struct diag_label *l = g->labels; l; l = l->next)
		add_mark(&marks, r->source, l->span, l->text, false);
	lay_out(r, &marks, width);
	m = marks.data;
	if (m)
		qsort(m, marks.count, sizeof(*m), compare_marks);
	for (uint32_t i = 0, n; m && i < marks.count; i += n) {
		for (n = 1; i + n < marks.count && m[i + n].group == m[i].group; n++)
			;
		put_excerpt(r, m + i, n);
	}
	vec_release(&marks);
}
