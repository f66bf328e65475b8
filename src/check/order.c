/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of columns: an edge for everything that a column waits for, then one numbering. What
 * is refused: a circle, drawn in source lines.
 */
#include "check/checker.h"

#include <string.h>
#include "base/mem.h"
#include "check/check.h"

/* --- the set of edges --- */

static uint32_t
edge_slot(const struct edge_set *s, uint64_t key)
{
	uint32_t i = (uint32_t)(key * 0x9E3779B97F4A7C15u >> 32) & (s->room - 1);

	while (s->slots[i] && s->slots[i] != key)
		i = (i + 1) & (s->room - 1);
	return i;
}

static void
edges_grow(struct edge_set *s)
{
	struct edge_set old = *s;

	s->room = old.room ? old.room * 2 : 1024;
	s->slots = mem_new(s->room * sizeof *s->slots);
	for (uint32_t i = 0; i < old.room; i++)
		if (old.slots[i])
			s->slots[edge_slot(s, old.slots[i])] = old.slots[i];
	mem_free(old.slots);
}

/* False if the pair was there. */
static bool
edges_add(struct edge_set *s, uint32_t from, uint32_t to)
{
	uint64_t key = (uint64_t)from << 32 | to;
	uint32_t slot;

	if (s->count * 2 >= s->room)
		edges_grow(s);
	slot = edge_slot(s, key);
	if (s->slots[slot])
		return false;
	s->slots[slot] = key;
	s->count++;
	return true;
}

/* What earlier checkers linked. Most have nothing to add, so it is not looked up before it must be. */
static void
learn_edges(struct checker *ck)
{
	const struct program *p = ck->p;

	for (uint32_t c = 1; c < p->columns.count; c++)
		for (uint32_t e = COLUMN_AT(p, c)->edges; e; e = EDGE_AT(p, e)->next)
			edges_add(ck->edges, c, EDGE_AT(p, e)->to);
}

void
order_edge(struct checker *ck, uint32_t from, uint32_t to, node_id because)
{
	struct program *p = ck->p;
	uint32_t e;

	if (!from || !to)
		return;
	if (!ck->edges->count)
		learn_edges(ck);
	if (!edges_add(ck->edges, from, to))
		return;
	e = vec_add(&p->edges, 1);
	EDGE_AT(p, e)->to = to;
	EDGE_AT(p, e)->because = because;
	EDGE_AT(p, e)->next = COLUMN_AT(p, from)->edges;
	COLUMN_AT(p, from)->edges = e;
}

/* --- numbering --- */

struct visit {
	uint32_t column;
	uint32_t edge; /* the next to follow */
};

static void
column_name(const struct program *p, uint32_t c, struct str *out)
{
	const struct column *x = COLUMN_AT(p, c);

	str_puts(out, program_text(p, RTYPE_AT(p, x->rtype)->name));
	if (x->member)
		str_format(out, ".%s", program_text(p, MEMBER_AT(p, x->member)->name));
}

/* The columns of a circle stand on the path from `first` on; each waits for the next, the last
 * for the first. */
static void
report_cycle(struct checker *ck, const struct vec *path, uint32_t first, uint32_t edge)
{
	struct program *p = ck->p;
	struct str text = STR_INIT;
	struct diag *g;

	for (uint32_t i = first; i < path->count; i++) {
		column_name(p, VEC_AT(path, struct visit, i)->column, &text);
		str_puts(&text, " -> ");
	}
	column_name(p, VEC_AT(path, struct visit, first)->column, &text);
	g = check_fault(ck, EGM0403, EDGE_AT(p, edge)->because,
		"values depend on each other in a circle: %s", str_text(&text));
	for (uint32_t i = first; i + 1 < path->count; i++) {
		uint32_t to = VEC_AT(path, struct visit, i + 1)->column;

		for (uint32_t e = COLUMN_AT(p, VEC_AT(path, struct visit, i)->column)->edges; e;
			e = EDGE_AT(p, e)->next)
			if (EDGE_AT(p, e)->to == to && EDGE_AT(p, e)->because) {
				str_clear(&text);
				column_name(p, VEC_AT(path, struct visit, i)->column, &text);
				str_puts(&text, " waits here for ");
				column_name(p, to, &text);
				diag_label(&p->diags, g, NODE_AT(p, EDGE_AT(p, e)->because)->span,
					"%s", str_text(&text));
			}
	}
	str_release(&text);
}

/* position: 0 unseen, UINT32_MAX on the path, else numbered. */
static bool
visit_column(struct checker *ck, uint32_t start)
{
	struct program *p = ck->p;
	struct vec path;
	struct visit v = { start, COLUMN_AT(p, start)->edges };
	bool ok = true;

	vec_init(&path, sizeof v, false);
	vec_push(&path, &v);
	COLUMN_AT(p, start)->position = UINT32_MAX;
	while (path.count) {
		struct visit *top = VEC_AT(&path, struct visit, path.count - 1);
		uint32_t edge = top->edge, to = edge ? EDGE_AT(p, edge)->to : 0;

		if (!edge) {
			vec_push(&p->order, &top->column);
			COLUMN_AT(p, top->column)->position = p->order.count;
			vec_cut(&path, path.count - 1);
			continue;
		}
		top->edge = EDGE_AT(p, edge)->next;
		if (COLUMN_AT(p, to)->position == UINT32_MAX) {
			uint32_t i = path.count - 1;

			while (VEC_AT(&path, struct visit, i)->column != to)
				i--;
			report_cycle(ck, &path, i, edge);
			ok = false;
		} else if (!COLUMN_AT(p, to)->position) {
			COLUMN_AT(p, to)->position = UINT32_MAX;
			v.column = to;
			v.edge = COLUMN_AT(p, to)->edges;
			vec_push(&path, &v);
		}
	}
	vec_release(&path);
	return ok;
}

bool
order_columns(struct checker *ck)
{
	struct program *p = ck->p;
	bool ok = true;

	vec_cut(&p->order, 0);
	for (uint32_t c = 1; c < p->columns.count; c++)
		COLUMN_AT(p, c)->position = 0;
	for (uint32_t c = 1; c < p->columns.count; c++)
		if (!COLUMN_AT(p, c)->position)
			ok &= visit_column(ck, c);
	return ok;
}

void
check_dump_columns(const struct program *p, struct str *out)
{
	for (uint32_t i = 0; i < p->order.count; i++) {
		uint32_t c = *VEC_AT(&p->order, uint32_t, i);
		const char *joint = " <- ";

		str_format(out, "%u ", i + 1);
		column_name(p, c, out);
		for (uint32_t e = COLUMN_AT(p, c)->edges; e; e = EDGE_AT(p, e)->next) {
			str_puts(out, joint);
			column_name(p, EDGE_AT(p, e)->to, out);
			joint = ", ";
		}
		str_putc(out, '\n');
	}
}
