/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The apply order. Comes in: objects with phases and references. Goes out: graph.order, positions,
 * marks of files. Refuses references into a later phase and circles.
 *
 * One sort gives every written object a rank: stage first, then form, kind, namespace, name. Then
 * Kahn's algorithm with a heap of ranks. Since an edge never leads to a later stage, the object of
 * the lowest stage that is left always has a way into the heap: no stage has to be treated on its
 * own. O((objects + references) log objects).
 */
#include "graph/graph.h"

#include <stdlib.h>
#include <string.h>
#include "base/hash.h"
#include "base/mem.h"

#define CYCLE_DRAWN 12 /* objects of one circle that are drawn */

struct sorting {
	const struct graph *g;
	struct diags *d;
	uint32_t count; /* of written objects */
	uint32_t *stage; /* by object */
	uint32_t *object_at; /* by rank */
	uint32_t *rank; /* by object; OBJECT_NONE if not written */
	uint32_t *waits; /* by rank: references not yet placed */
	uint32_t *edges; /* ranks that wait, grouped by what they wait for */
	uint32_t *edges_of; /* by rank, and one more: where its edges start */
	uint32_t *heap; /* ranks that wait for nothing */
	uint32_t heap_count;
	bool ok;
};

/* Does a reference to it hold anything back? */
static bool
binds(const struct object *o)
{
	return o->form == OBJECT_OWNED || o->form == OBJECT_OPAQUE;
}

static uint32_t
own_stage(const struct graph *g, const struct object *o)
{
	if (o->form == OBJECT_VALUES)
		return 0;
	return o->form == OBJECT_OPAQUE ? g->phases.count + 1 : o->phase + 1;
}

static void
find_stages(struct sorting *s)
{
	for (uint32_t i = 0; i < s->g->objects.count; i++)
		s->stage[i] = own_stage(s->g, graph_object(s->g, i));
	for (uint32_t i = 0; i < s->g->objects.count; i++) {
		const struct object *o = graph_object(s->g, i);

		for (const struct object_ref *r = o->refs; r && o->form == OBJECT_PARTIAL;
			r = r->next)
			if (binds(graph_object(s->g, r->to)) && s->stage[r->to] > s->stage[i])
				s->stage[i] = s->stage[r->to];
	}
}

static int
by_rank(const void *left, const void *right, void *data)
{
	const struct sorting *s = data;
	uint32_t i = *(const uint32_t *)left, j = *(const uint32_t *)right;
	const struct object *a = graph_object(s->g, i), *b = graph_object(s->g, j);
	int c;

	if (s->stage[i] != s->stage[j])
		return s->stage[i] < s->stage[j] ? -1 : 1;
	if (a->form != b->form)
		return a->form < b->form ? -1 : 1;
	if ((c = atom_compare(s->g->atoms, a->kind, b->kind)) ||
		(c = atom_compare(s->g->atoms, a->namespace, b->namespace)) ||
		(c = atom_compare(s->g->atoms, a->name, b->name)) ||
		(c = atom_compare(s->g->atoms, a->api_version, b->api_version)))
		return c;
	return i < j ? -1 : i > j;
}

static void
find_ranks(struct sorting *s)
{
	for (uint32_t i = 0; i < s->g->objects.count; i++) {
		s->rank[i] = OBJECT_NONE;
		if (graph_object(s->g, i)->form != OBJECT_ASSUMED)
			s->object_at[s->count++] = i;
	}
	qsort_r(s->object_at, s->count, sizeof(uint32_t), by_rank, s);
	for (uint32_t r = 0; r < s->count; r++)
		s->rank[s->object_at[r]] = r;
}

static void
report_phase(struct sorting *s, uint32_t from, const struct object_ref *r)
{
	struct str a = STR_INIT, b = STR_INIT, early = STR_INIT, late = STR_INIT;
	const struct object *to = graph_object(s->g, r->to);
	const struct object *o = graph_object(s->g, from);
	struct diag *diag;

	object_label(s->g, o, &a);
	object_label(s->g, to, &b);
	object_phase(s->g, o, &early);
	object_phase(s->g, to, &late);
	diag = diag_add(s->d, EGM0210, origin_span(&r->origin),
		"`%s` needs `%s`, which is applied later", str_text(&a), str_text(&b));
	diag_here(s->d, diag, "phase %s refers to phase %s", str_text(&early), str_text(&late));
	diag_label(s->d, diag, origin_span(&to->origin), "`%s` is made here", str_text(&b));
	s->ok = false;
	str_release(&a);
	str_release(&b);
	str_release(&early);
	str_release(&late);
}

/* An edge inside a stage. One to an earlier stage always holds. */
static bool
is_edge(const struct sorting *s, uint32_t from, const struct object_ref *r)
{
	return r->to != from && s->stage[r->to] == s->stage[from] &&
		binds(graph_object(s->g, r->to));
}

static void
check_phases(struct sorting *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t from = s->object_at[i];
		const struct object *o = graph_object(s->g, from);

		for (const struct object_ref *r = o->refs; r && binds(o); r = r->next)
			if (binds(graph_object(s->g, r->to)) && s->stage[r->to] > s->stage[from])
				report_phase(s, from, r);
	}
}

/* edges_of first counts, then holds the ends of the groups, and after filling from the back their
 * starts. */
static void
find_edges(struct sorting *s)
{
	uint32_t total = 0;

	s->edges_of = mem_new(((size_t)s->count + 1) * sizeof(uint32_t));
	for (uint32_t rank = 0; rank < s->count; rank++)
		for (const struct object_ref *r = graph_object(s->g, s->object_at[rank])->refs; r;
			r = r->next)
			if (is_edge(s, s->object_at[rank], r)) {
				s->edges_of[s->rank[r->to]]++;
				s->waits[rank]++;
				total++;
			}
	s->edges = mem_new(total * sizeof(uint32_t));
	for (uint32_t rank = 1; rank <= s->count; rank++)
		s->edges_of[rank] += s->edges_of[rank - 1];
	for (uint32_t rank = s->count; rank-- > 0;)
		for (const struct object_ref *r = graph_object(s->g, s->object_at[rank])->refs; r;
			r = r->next)
			if (is_edge(s, s->object_at[rank], r))
				s->edges[--s->edges_of[s->rank[r->to]]] = rank;
}

static void
heap_put(struct sorting *s, uint32_t rank)
{
	uint32_t i = s->heap_count++;

	for (; i && s->heap[(i - 1) / 2] > rank; i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = rank;
}

static uint32_t
heap_take(struct sorting *s)
{
	uint32_t least = s->heap[0], last = s->heap[--s->heap_count], i = 0;

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child + 1 < s->heap_count && s->heap[child + 1] < s->heap[child])
			child++;
		if (child >= s->heap_count || s->heap[child] >= last)
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = last;
	return least;
}

static void
place(struct sorting *s, struct graph *g, uint32_t rank)
{
	uint32_t i = s->object_at[rank];

	graph_object(g, i)->position = g->order.count;
	vec_push(&g->order, &i);
	for (uint32_t e = s->edges_of[rank]; e < s->edges_of[rank + 1]; e++)
		if (!--s->waits[s->edges[e]])
			heap_put(s, s->edges[e]);
}

/* The first object not yet placed that this one waits for, with the reference. */
static uint32_t
waits_for(const struct sorting *s, uint32_t rank, const struct object_ref **why)
{
	uint32_t least = OBJECT_NONE, from = s->object_at[rank];

	for (const struct object_ref *r = graph_object(s->g, from)->refs; r; r = r->next)
		if (is_edge(s, from, r) && s->waits[s->rank[r->to]] && s->rank[r->to] < least) {
			least = s->rank[r->to];
			*why = r;
		}
	if (least == OBJECT_NONE)
		BUG("an object waits for nobody");
	return least;
}

static void
draw_step(struct sorting *s, struct diag *diag, uint32_t rank, bool first)
{
	const struct object_ref *why = NULL;
	uint32_t next = waits_for(s, rank, &why);
	struct str a = STR_INIT, b = STR_INIT;

	object_label(s->g, graph_object(s->g, s->object_at[rank]), &a);
	object_label(s->g, graph_object(s->g, s->object_at[next]), &b);
	if (first)
		diag_here(s->d, diag, "`%s` needs `%s`", str_text(&a), str_text(&b));
	else
		diag_label(s->d, diag, origin_span(&why->origin), "`%s` needs `%s`", str_text(&a),
			str_text(&b));
	str_release(&a);
	str_release(&b);
}

/* `A` -> `B` -> `A` in a line, and each arrow at its place. */
static void
report_cycle(struct sorting *s, uint32_t start)
{
	const struct object_ref *why = NULL;
	struct str line = STR_INIT;
	struct diag *diag;
	uint32_t rank = start, drawn = 0, length = 0;

	do {
		if (drawn++ < CYCLE_DRAWN) {
			object_label(s->g, graph_object(s->g, s->object_at[rank]), &line);
			str_puts(&line, " -> ");
		}
		length++;
		rank = waits_for(s, rank, &why);
	} while (rank != start);
	if (length > CYCLE_DRAWN)
		str_format(&line, "... (%u more) -> ", (unsigned)(length - CYCLE_DRAWN));
	object_label(s->g, graph_object(s->g, s->object_at[start]), &line);

	waits_for(s, start, &why);
	diag = diag_add(s->d, EGM0211, origin_span(&why->origin),
		"%u objects wait for each other, so none can be applied first", (unsigned)length);
	for (drawn = 0; drawn < length && drawn < CYCLE_DRAWN; drawn++) {
		draw_step(s, diag, rank, !drawn);
		rank = waits_for(s, rank, &why);
	}
	diag_line(s->d, diag, LINE_SHOW, "%s", str_text(&line));
	s->ok = false;
	str_release(&line);
}

/* Whoever is left stands in a circle or waits for one. Each walk follows one reference of each
 * object, so that it runs into itself (a circle) or into where an earlier walk has been. */
static void
find_cycles(struct sorting *s)
{
	const struct object_ref *why;
	uint32_t *walk = mem_new(s->count * sizeof(*walk));

	for (uint32_t start = 0; start < s->count; start++) {
		uint32_t rank = start;

		if (!s->waits[start] || walk[start])
			continue;
		while (!walk[rank]) {
			walk[rank] = start + 1;
			rank = waits_for(s, rank, &why);
		}
		if (walk[rank] == start + 1)
			report_cycle(s, rank);
	}
	mem_free(walk);
}

/* Places what is left after a fault, so that the order holds every object. */
static void
place_rest(struct sorting *s, struct graph *g)
{
	for (uint32_t rank = 0; rank < s->count; rank++)
		if (s->waits[rank]) {
			graph_object(g, s->object_at[rank])->position = g->order.count;
			vec_push(&g->order, &s->object_at[rank]);
		}
}

/* Objects by the folder and name of their files, so that equals stand together. */
struct named {
	uint64_t hash;
	uint32_t object;
};

static int
by_hash(const void *left, const void *right)
{
	const struct named *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->object < b->object ? -1 : a->object > b->object;
}

/* Two names with one 64-bit hash would be marked as well: harmless, and the same on every
 * machine. */
static uint64_t
name_hash(const struct graph *g, const struct object *o, struct str *scratch)
{
	str_clear(scratch);
	if (o->form == OBJECT_PARTIAL)
		str_puts(scratch, "adopt");
	else
		object_phase(g, o, scratch);
	str_putc(scratch, '/');
	object_slug(g, o, scratch);
	return hash_fast(scratch->bytes, scratch->len);
}

/* 8 digits tell twins apart, unless somebody has tried for long to make them meet; then all 64. */
static bool
lengthen_mark(struct object *o)
{
	if (o->mark == 64)
		return false;
	o->mark = o->mark ? 64 : 8;
	return true;
}

/* Lengthens the marks of all whose names meet; true if there was one. */
static bool
mark_twins(struct graph *g, struct named *names, uint32_t count)
{
	struct str scratch = STR_INIT;
	bool any = false;

	for (uint32_t i = 0; i < count; i++) {
		names[i].object = *VEC_AT(&g->order, uint32_t, i);
		names[i].hash = name_hash(g, graph_object(g, names[i].object), &scratch);
	}
	qsort(names, count, sizeof(*names), by_hash);
	for (uint32_t i = 0; i < count; i++)
		if ((i && names[i - 1].hash == names[i].hash) ||
			(i + 1 < count && names[i + 1].hash == names[i].hash))
			any |= lengthen_mark(graph_object(g, names[i].object));
	str_release(&scratch);
	return any;
}

/* Again after a change, since a name with a mark may meet somebody's plain name. */
static void
mark_files(struct graph *g)
{
	struct named *names = mem_new(g->order.count * sizeof(*names));

	for (uint32_t i = 0; i < g->order.count; i++)
		graph_object(g, *VEC_AT(&g->order, uint32_t, i))->mark = 0;
	while (mark_twins(g, names, g->order.count))
		;
	mem_free(names);
}

static void
sorting_init(struct sorting *s, const struct graph *g, struct diags *d)
{
	size_t n = g->objects.count;

	*s = (struct sorting){ .g = g, .d = d, .ok = true };
	s->stage = mem_new(n * sizeof(uint32_t));
	s->object_at = mem_new(n * sizeof(uint32_t));
	s->rank = mem_new(n * sizeof(uint32_t));
	s->waits = mem_new(n * sizeof(uint32_t));
	s->heap = mem_new(n * sizeof(uint32_t));
}

static void
sorting_release(struct sorting *s)
{
	mem_free(s->stage);
	mem_free(s->object_at);
	mem_free(s->rank);
	mem_free(s->waits);
	mem_free(s->heap);
	mem_free(s->edges);
	mem_free(s->edges_of);
}

bool
graph_sort(struct graph *g, struct diags *d)
{
	struct sorting s;

	sorting_init(&s, g, d);
	vec_cut(&g->order, 0);
	for (uint32_t i = 0; i < g->objects.count; i++)
		graph_object(g, i)->position = OBJECT_NONE;
	find_stages(&s);
	find_ranks(&s);
	check_phases(&s);
	find_edges(&s);
	for (uint32_t rank = 0; rank < s.count; rank++)
		if (!s.waits[rank])
			heap_put(&s, rank);
	while (s.heap_count)
		place(&s, g, heap_take(&s));
	if (g->order.count < s.count) {
		find_cycles(&s);
		place_rest(&s, g);
	}
	mark_files(g);
	sorting_release(&s);
	return s.ok;
}
