/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line diff of Myers ("An O(ND) Difference Algorithm and Its Variations", 1986) in its
 * linear-space form: find a point that a shortest edit passes through, searching from both ends,
 * and split the texts there. Lines are compared by hash first. Goes out: a unified diff with
 * three lines of context.
 */
#include "commands/diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "base/hash.h"
#include "base/mem.h"
#include "base/vec.h"

#define CONTEXT  3
#define COST_MAX 2000 /* edits from each end after which a part counts as rewritten */

struct line {
	const char *text;
	size_t len; /* with its newline, if it has one */
	uint64_t hash;
};

/* Lines [a0, a1) of the one text against [b0, b1) of the other. */
struct part {
	long a0, a1, b0, b1;
};

/* One text with a mark at each line that the other does not have. */
struct side {
	struct vec lines; /* struct line */
	bool *changed;
};

struct diff {
	struct side a, b;
	/* By diagonal (a line's number minus b's): how far the search from the start, and that
	 * from the end, came in a. They point into one block, at diagonal 0. */
	long *forth, *back;
};

static const struct line *
line_at(const struct side *s, long i)
{
	return VEC_AT(&s->lines, const struct line, i);
}

static bool
is_same(const struct diff *d, long i, long j)
{
	const struct line *x = line_at(&d->a, i), *y = line_at(&d->b, j);

	return x->hash == y->hash && x->len == y->len && memcmp(x->text, y->text, x->len) == 0;
}

static void
split_lines(struct side *s, const char *text, size_t len)
{
	vec_init(&s->lines, sizeof(struct line), false);
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) + 1 : len;
		struct line line = { text, n, hash_fast(text, n) };

		vec_push(&s->lines, &line);
		text += n;
		len -= n;
	}
	s->changed = mem_new(s->lines.count);
}

/* The search */

/* The diagonals that one direction looks at; they grow by one on each side with each edit, up to
 * those of the part. */
struct band {
	long low, high;
};

/* Prepares the next edit: diagonals just outside the band are out of reach. */
static void
widen(struct band *band, const struct part *p, long *reach, long unreachable)
{
	if (band->low > p->a0 - p->b1)
		reach[--band->low - 1] = unreachable;
	else
		++band->low;
	if (band->high < p->a1 - p->b0)
		reach[++band->high + 1] = unreachable;
	else
		--band->high;
}

/* One more edit from the start. True if a path met one from the end, at line *at of a on
 * diagonal *diagonal. */
static bool
search_forth(const struct diff *d, const struct part *p, struct band *own, const struct band *other,
	bool meets, long *at, long *diagonal)
{
	widen(own, p, d->forth, -1);
	for (long k = own->high; k >= own->low; k -= 2) {
		long i = d->forth[k - 1] >= d->forth[k + 1] ? d->forth[k - 1] + 1 : d->forth[k + 1];

		while (i < p->a1 && i - k < p->b1 && is_same(d, i, i - k))
			i++;
		d->forth[k] = i;
		if (meets && other->low <= k && k <= other->high && d->back[k] <= i) {
			*at = i;
			*diagonal = k;
			return true;
		}
	}
	return false;
}

static bool
search_back(const struct diff *d, const struct part *p, struct band *own, const struct band *other,
	bool meets, long *at, long *diagonal)
{
	widen(own, p, d->back, INT32_MAX);
	for (long k = own->high; k >= own->low; k -= 2) {
		long i = d->back[k - 1] < d->back[k + 1] ? d->back[k - 1] : d->back[k + 1] - 1;

		while (i > p->a0 && i - k > p->b0 && is_same(d, i - 1, i - 1 - k))
			i--;
		d->back[k] = i;
		if (meets && other->low <= k && k <= other->high && i <= d->forth[k]) {
			*at = i;
			*diagonal = k;
			return true;
		}
	}
	return false;
}

/* A point on a shortest edit; false if the texts have too little in common. Neither end of the
 * part is equal. */
static bool
find_middle(const struct diff *d, const struct part *p, long *a, long *b)
{
	struct band forth = { p->a0 - p->b0, p->a0 - p->b0 },
		    back = { p->a1 - p->b1, p->a1 - p->b1 };
	bool odd = (forth.low - back.low) % 2 != 0;
	long diagonal;

	d->forth[forth.low] = p->a0;
	d->back[back.low] = p->a1;
	for (int cost = 0; cost < COST_MAX; cost++)
		if (search_forth(d, p, &forth, &back, odd, a, &diagonal) ||
			search_back(d, p, &back, &forth, !odd, a, &diagonal)) {
			*b = *a - diagonal;
			return true;
		}
	return false;
}

static void
mark(struct side *s, long from, long to)
{
	for (long i = from; i < to; i++)
		s->changed[i] = true;
}

static void
compare(struct diff *d, struct part p)
{
	long a, b;

	while (p.a0 < p.a1 && p.b0 < p.b1 && is_same(d, p.a0, p.b0)) {
		p.a0++;
		p.b0++;
	}
	while (p.a0 < p.a1 && p.b0 < p.b1 && is_same(d, p.a1 - 1, p.b1 - 1)) {
		p.a1--;
		p.b1--;
	}
	if (p.a0 == p.a1 || p.b0 == p.b1 || !find_middle(d, &p, &a, &b)) {
		mark(&d->a, p.a0, p.a1);
		mark(&d->b, p.b0, p.b1);
		return;
	}
	compare(d, (struct part){ p.a0, a, p.b0, b });
	compare(d, (struct part){ a, p.a1, b, p.b1 });
}

/* Printing */

/* The next change at or behind (i, j); false if there is none. Lines between are equal. */
static bool
next_change(const struct diff *d, long i, long j, struct part *change)
{
	long m = d->a.lines.count, n = d->b.lines.count;

	while (i < m && j < n && !d->a.changed[i] && !d->b.changed[j]) {
		i++;
		j++;
	}
	*change = (struct part){ i, i, j, j };
	while (change->a1 < m && d->a.changed[change->a1])
		change->a1++;
	while (change->b1 < n && d->b.changed[change->b1])
		change->b1++;
	return change->a0 < change->a1 || change->b0 < change->b1;
}

static void
put_line(struct str *out, char sign, const struct line *line)
{
	str_putc(out, sign);
	str_add(out, line->text, line->len);
	if (line->text[line->len - 1] != '\n')
		str_puts(out, "\n\\ No newline at end of file\n");
}

/* "3" for one line, "3,2" for others; an empty range lies behind the line it names. */
static void
put_range(struct str *out, char sign, long from, long to)
{
	str_format(out, " %c%ld", sign, from + (to > from));
	if (to - from != 1)
		str_format(out, ",%ld", to - from);
}

/* The equal lines from (i, ...) to the change, then its own. */
static void
put_change(const struct diff *d, struct str *out, long i, const struct part *change)
{
	for (; i < change->a0; i++)
		put_line(out, ' ', line_at(&d->a, i));
	for (long k = change->a0; k < change->a1; k++)
		put_line(out, '-', line_at(&d->a, k));
	for (long k = change->b0; k < change->b1; k++)
		put_line(out, '+', line_at(&d->b, k));
}

/* Changes whose contexts touch share a hunk. Starts at *change, which becomes the first change
 * behind the hunk; false if there is none. */
static bool
put_hunk(const struct diff *d, struct str *out, struct part *change)
{
	long lead = change->a0 < CONTEXT ? change->a0 : CONTEXT, tail, count = d->a.lines.count;
	long start = change->a0 - lead;
	struct part last = *change, next;
	struct str body = STR_INIT;
	bool more;

	put_change(d, &body, start, change);
	while ((more = next_change(d, last.a1, last.b1, &next)) &&
		next.a0 - last.a1 <= 2 * CONTEXT) {
		put_change(d, &body, last.a1, &next);
		last = next;
	}
	tail = count - last.a1 < CONTEXT ? count - last.a1 : CONTEXT;
	for (long i = 0; i < tail; i++)
		put_line(&body, ' ', line_at(&d->a, last.a1 + i));
	str_puts(out, "@@");
	put_range(out, '-', start, last.a1 + tail);
	put_range(out, '+', change->b0 - lead, last.b1 + tail);
	str_puts(out, " @@\n");
	str_add(out, str_text(&body), body.len);
	str_release(&body);
	*change = next;
	return more;
}

void
diff_unified(struct str *out, const char *name, const char *before, size_t before_len,
	const char *after, size_t after_len)
{
	struct diff d;
	struct part change;
	size_t diagonals;
	long *reach;

	split_lines(&d.a, before, before_len);
	split_lines(&d.b, after, after_len);
	diagonals = (size_t)d.a.lines.count + d.b.lines.count + 3;
	reach = mem_new(2 * diagonals * sizeof *reach);
	d.forth = reach + d.b.lines.count + 1;
	d.back = d.forth + diagonals;
	compare(&d, (struct part){ 0, d.a.lines.count, 0, d.b.lines.count });
	if (next_change(&d, 0, 0, &change)) {
		str_format(out, "--- %s\n+++ %s\n", name, name);
		while (put_hunk(&d, out, &change))
			;
	}
	mem_free(reach);
	mem_free(d.a.changed);
	mem_free(d.b.changed);
	vec_release(&d.a.lines);
	vec_release(&d.b.lines);
}
