/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions. A user's line such as "1.30" is an interval of releases. What is the same for all of
 * them is decided; what differs stays open, as a list of (first release, value), until it is
 * folded again or somebody needs it decided: then the patch release is asked for, at the literal,
 * once.
 */
#include <string.h>
#include "eval/world.h"

static struct open *
open_new(struct world *w, node_id axis, node_id asked, uint32_t count)
{
	struct open *o = arena_alloc(&w->arena, sizeof *o + count * sizeof o->at[0]);

	o->axis = axis;
	o->asked = asked;
	o->count = count;
	return o;
}

/* One value if all alternatives are equal. */
static struct value
fold(struct world *w, struct open *o, node_id src)
{
	struct value v = { .kind = VALUE_OPEN, .src = src };

	for (uint32_t i = 1; i < o->count; i++)
		if (!value_equal(w, &o->at[0].value, &o->at[i].value)) {
			v.as.open = o;
			return v;
		}
	return o->at[0].value;
}

struct value
open_map(struct world *w, struct value a, struct value b, value_fn *fn, void *data)
{
	bool a_open = a.kind == VALUE_OPEN, b_open = b.kind == VALUE_OPEN, same;
	struct open *over, *o;

	if (!a_open && !b_open)
		return fn(w, a, b, data);
	over = a_open ? a.as.open : b.as.open;
	/* The same axis on both sides moves together, or an expression would be open that is
	 * not. */
	same = a_open && b_open && a.as.open->axis == b.as.open->axis;
	if (same)
		return open_zip(w, a, b, fn, data);
	o = open_new(w, over->axis, over->asked, over->count);
	for (uint32_t i = 0; i < over->count; i++) {
		struct value x = a_open ? over->at[i].value : a,
			     y = b_open && !a_open ? over->at[i].value : b;

		o->at[i].release = over->at[i].release;
		o->at[i].value = open_map(w, x, y, fn, data);
	}
	return fold(w, o, over->axis);
}

/* The alternative that holds at a release: the last one that begins at or before it. */
static struct value
value_at(const struct open *o, uint64_t release)
{
	uint32_t i = o->count - 1;

	while (i && o->at[i].release > release)
		i--;
	return o->at[i].value;
}

struct value
open_zip(struct world *w, struct value a, struct value b, value_fn *fn, void *data)
{
	const struct open *x = a.as.open, *y = b.as.open;
	struct open *o = open_new(w, x->axis, x->asked, x->count + y->count);
	uint32_t i = 0, j = 0, n = 0;

	while (i < x->count || j < y->count) {
		uint64_t next =
			i < x->count && (j >= y->count || x->at[i].release <= y->at[j].release)
			? x->at[i].release
			: y->at[j].release;

		while (i < x->count && x->at[i].release == next)
			i++;
		while (j < y->count && y->at[j].release == next)
			j++;
		o->at[n].release = next;
		o->at[n++].value = fn(w, value_at(x, next), value_at(y, next), data);
	}
	o->count = n;
	return fold(w, o, x->axis);
}

/* true from `split` on (or before it, if `below`). */
static struct value
split_bool(struct world *w, const struct version_value *line, uint64_t split, bool below,
	node_id asked)
{
	struct open *o = open_new(w, line->src, asked, 2);
	struct value v = { .kind = VALUE_OPEN, .src = line->src };

	o->at[0].release = line->range.lo;
	o->at[0].value = value_bool(below, line->src);
	o->at[1].release = split;
	o->at[1].value = value_bool(!below, line->src);
	v.as.open = o;
	return v;
}

/* a >= b, where b means its first release. */
static struct value
at_least(struct world *w, const struct version_value *a, uint64_t first, bool negate, node_id asked)
{
	if (a->range.lo >= first || a->range.hi < first)
		return value_bool((a->range.lo >= first) != negate, a->src);
	return split_bool(w, a, first, negate, asked);
}

static struct value
within(struct world *w, const struct version_value *a, const struct version *b, bool negate,
	node_id asked)
{
	if (a->range.lo >= b->lo && a->range.hi <= b->hi)
		return value_bool(!negate, a->src);
	if (a->range.hi < b->lo || a->range.lo > b->hi)
		return value_bool(negate, a->src);
	return split_bool(w, a, b->lo > a->range.lo ? b->lo : b->hi + 1,
		(b->lo <= a->range.lo) != negate, asked);
}

static enum op
flipped(enum op op)
{
	switch (op) {
	case OP_LT:
		return OP_GT;
	case OP_LE:
		return OP_GE;
	case OP_GT:
		return OP_LT;
	case OP_GE:
		return OP_LE;
	default:
		return op;
	}
}

/* A literal in the comparison itself means all of its line. What was written elsewhere, by a user,
 * is one release of its line that he has not told. */
enum literal { LITERAL_NONE, LITERAL_LEFT, LITERAL_RIGHT };

static enum literal
literal_side(struct world *w, node_id comparison)
{
	const struct node *n = NODE_AT(w->p, comparison);

	if (n->kind != NODE_BINARY)
		return LITERAL_NONE;
	if (NODE_AT(w->p, n->kid[1])->kind == NODE_STRING)
		return LITERAL_RIGHT;
	return NODE_AT(w->p, n->kid[0])->kind == NODE_STRING ? LITERAL_LEFT : LITERAL_NONE;
}

struct value
version_compare(
	struct world *w, enum op op, const struct value *a, const struct value *b, node_id asked)
{
	const struct version_value *x = a->as.version, *y = b->as.version;

	if (literal_side(w, asked) == LITERAL_LEFT ||
		(literal_side(w, asked) == LITERAL_NONE && !x->src && y->src)) {
		op = flipped(op);
		x = b->as.version;
		y = a->as.version;
	}
	switch (op) {
	case OP_GE:
		return at_least(w, x, y->range.lo, false, asked);
	case OP_LT:
		return at_least(w, x, y->range.lo, true, asked);
	case OP_GT:
		return at_least(w, x, y->range.hi + 1, false, asked);
	case OP_LE:
		return at_least(w, x, y->range.hi + 1, true, asked);
	default:
		return within(w, x, &y->range, op == OP_NE, asked);
	}
}

/* --- tables --- */

static struct value
cell_value(struct world *w, uint32_t row, const struct member *column)
{
	node_id cell = NUMBER_AT(w->p, ROW_AT(w->p, row)->cells + column->slot);
	struct value v;

	if (!cell)
		return value_absent();
	v = eval_expr(w, NULL, cell);
	v.src = is_user_node(w, cell) ? cell : 0;
	return v;
}

/* The last row that is not above a release. */
static uint32_t
row_of(const struct program *p, const struct table *t, uint64_t release)
{
	uint32_t lo = 0, hi = t->row_count;

	while (lo + 1 < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (ROW_AT(p, t->first_row + mid)->release <= release)
			lo = mid;
		else
			hi = mid;
	}
	return t->first_row + lo;
}

struct value
row_cell(struct world *w, const struct value *row, uint32_t member, node_id asked)
{
	const struct row_value *r = row->as.row;
	const struct table *t = TABLE_AT(w->p, r->table);
	const struct member *column = MEMBER_AT(w->p, member);
	const struct version_value *v;
	uint32_t first, last;
	struct open *o;
	struct value x;

	if (!t->by_version)
		return cell_value(w, r->row, column);
	v = r->version.as.version;
	first = row_of(w->p, t, v->range.lo);
	last = row_of(w->p, t, v->range.hi);
	if (first == last) {
		x = cell_value(w, first, column);
		x.src = x.src ? x.src : row->src;
		return x;
	}
	o = open_new(w, v->src, asked, last - first + 1);
	for (uint32_t i = first; i <= last; i++) {
		o->at[i - first].release = i == first ? v->range.lo : ROW_AT(w->p, i)->release;
		o->at[i - first].value = cell_value(w, i, column);
		o->at[i - first].value.src = v->src;
	}
	return fold(w, o, v->src);
}

bool
version_known(struct world *w, uint32_t table, const struct value *v)
{
	struct program *p = w->p;
	const struct table *t = TABLE_AT(p, table);
	const struct version_value *x = v->as.version;
	uint64_t first = ROW_AT(p, t->first_row)->release,
		 last = ROW_AT(p, t->first_row + t->row_count - 1)->release;
	struct str text = STR_INIT;

	if (x->range.hi < first) {
		version_print(first, &text);
		struct diag *g = world_fault(w, NULL, EGM0161, v, 0,
			"%s is older than the first release that egmc knows",
			program_text(p, x->text));

		diag_line(&p->diags, g, LINE_HELP, "%s knows releases from %s on",
			program_text(p, t->name), str_text(&text));
	} else if (x->src && x->range.lo >> VERSION_PATCH_BITS > last >> VERSION_PATCH_BITS) {
		version_print(last, &text);
		struct diag *g = world_fault(w, NULL, EGM0162, v, 0,
			"%s is newer than the last release that egmc knows",
			program_text(p, x->text));

		diag_line(&p->diags, g, LINE_NOTE, "what %s says of %s is taken over",
			program_text(p, t->name), str_text(&text));
	}
	str_release(&text);
	return x->range.hi >= first;
}

/* --- asking for the patch release --- */

static void
asked_name(struct world *w, node_id asked, struct str *out)
{
	const struct node *n = NODE_AT(w->p, asked);
	const struct source_file *file = source_file(&w->p->source, n->span.file);

	if (n->kind == NODE_DOT)
		str_format(out, "`%s`", program_text(w->p, n->a));
	else
		str_format(out, "`%.*s`", (int)(n->span.end - n->span.start),
			file->bytes + n->span.start);
}

struct value
open_report(struct world *w, const struct value *v, node_id reader)
{
	struct program *p = w->p;
	const struct open *o = v->as.open;
	struct str text = STR_INIT;
	struct diag *g;
	struct value at = value_absent();

	at.src = o->axis;
	g = world_fault(w, NULL, EGM0160, &at, 0,
		"\"%s\" is not exact enough: the answer changes inside this line",
		program_text(p, NODE_AT(p, o->axis)->a));
	diag_here(&p->diags, g, "write the patch release");
	asked_name(w, o->asked, &text);
	str_puts(&text, " is ");
	for (uint32_t i = 0, shown = 0; i < o->count && shown < 4; i++) {
		if (i && value_equal(w, &o->at[i].value, &o->at[i - 1].value))
			continue;
		str_puts(&text, shown++ ? ", and " : "");
		value_show(w, &o->at[i].value, &text);
		str_puts(&text, i ? " from " : " in ");
		version_print(o->at[i].release, &text);
		str_puts(&text, i ? " on" : "");
	}
	diag_line(&p->diags, g, LINE_SHOW, "%s", str_text(&text));
	if (!is_user_node(w, reader))
		diag_note_at(&p->diags, g, NODE_AT(p, reader)->span, "asked for by the library");
	str_clear(&text);
	version_print(o->at[o->count - 1].release, &text);
	diag_line(&p->diags, g, LINE_HELP, "\"%s\" is the newest that makes a difference",
		str_text(&text));
	str_release(&text);
	return value_poison();
}

struct value
version_exact(struct world *w, const struct value *v, node_id reader)
{
	const struct version_value *x = v->as.version;
	struct diag *g;

	if (x->range.lo == x->range.hi)
		return value_text(x->text, v->src);
	g = world_fault(w, NULL, EGM0160, v, 0,
		"\"%s\" is a line of releases; here one of them is needed",
		program_text(w->p, x->text));
	diag_here(&w->p->diags, g, "write the patch release");
	if (!is_user_node(w, reader))
		diag_note_at(
			&w->p->diags, g, NODE_AT(w->p, reader)->span, "asked for by the library");
	return value_poison();
}
