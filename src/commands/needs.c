/* SPDX-License-Identifier: Apache-2.0 */
/*
 * needs FILE...: the objects that a site relies on and somebody else makes, as manifests: what is
 * known of each, and above it who refers to it. The stream can be kept as a file of manifests and
 * taken for an `assume`, or compared with a cluster.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backend/backend.h"
#include "driver.h"

/* One object of somebody else's. */
struct need {
	uint32_t object;
	const struct graph *g; /* for qsort() */
};

struct referrer {
	uint32_t to, from;
	struct span place;
};

static int
compare_text(const struct graph *g, atom a, atom b)
{
	return a == b ? 0 : strcmp(atom_text(g->atoms, a), atom_text(g->atoms, b));
}

/* By kind, namespace and name; of one object that several assume, the first. */
static int
compare_needs(const void *a, const void *b)
{
	const struct need *x = a, *y = b;
	const struct object *o = graph_object(x->g, x->object), *other = graph_object(y->g, y->object);
	int c = compare_text(x->g, o->kind, other->kind);

	if (!c)
		c = compare_text(x->g, o->namespace, other->namespace);
	if (!c)
		c = compare_text(x->g, o->name, other->name);
	return c ? c : (x->object > y->object) - (x->object < y->object);
}

static bool
same_object(const struct graph *g, uint32_t a, uint32_t b)
{
	const struct object *x = graph_object(g, a), *y = graph_object(g, b);

	return x->kind == y->kind && x->namespace == y->namespace && x->name == y->name;
}

static int
compare_referrers(const void *a, const void *b)
{
	const struct referrer *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

static bool
is_needed(const struct object *o)
{
	return !o->chart && o->root &&
		(o->form == OBJECT_ASSUMED || (o->form == OBJECT_PARTIAL && o->whole));
}

static void
find_needs(const struct graph *g, struct vec *needs, struct vec *referrers)
{
	for (uint32_t i = 0; i < g->objects.count; i++) {
		const struct object *o = graph_object(g, i);
		struct need n = { i, g };

		if (is_needed(o))
			vec_push(needs, &n);
		for (const struct object_ref *r = o->refs; r; r = r->next) {
			struct referrer ref = { r->to, i, origin_span(&r->origin) };

			if (is_needed(graph_object(g, r->to)))
				vec_push(referrers, &ref);
		}
	}
	if (needs->count)
		qsort(needs->data, needs->count, needs->size, compare_needs);
	if (referrers->count)
		qsort(referrers->data, referrers->count, referrers->size, compare_referrers);
}

/* The place in a user's file; a library's statement says nothing to him. */
static void
add_place(struct program *p, struct span at, struct str *out)
{
	const struct source_file *f = at.file ? source_file(&p->source, at.file) : NULL;

	if (f && !f->library)
		str_format(out, ", %s:%u", f->name,
			(unsigned)source_place(&p->source, at.file, at.start).line);
}

/* The first of the sorted list that refers to this object or a later one. */
static uint32_t
first_referrer(const struct vec *all, uint32_t to)
{
	uint32_t low = 0, high = all->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (VEC_AT(all, struct referrer, middle)->to < to)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
add_referrers(struct program *p, const struct need *n, const struct vec *all, struct str *out)
{
	for (uint32_t i = first_referrer(all, n->object); i < all->count; i++) {
		const struct referrer *r = VEC_AT(all, struct referrer, i);

		if (r->to != n->object)
			break;
		str_puts(out, "# needed by ");
		object_label(n->g, graph_object(n->g, r->from), out);
		add_place(p, r->place, out);
		str_putc(out, '\n');
	}
}

static void
add_need(struct program *p, const struct need *n, const struct vec *referrers, struct str *out)
{
	struct object shown = *graph_object(n->g, n->object);

	str_puts(out, "---\n");
	add_referrers(p, n, referrers, out);
	if (shown.form == OBJECT_PARTIAL) {
		str_puts(out, "# as it is with what the tree adds: ");
		backend_path(n->g, &shown, out);
		str_putc(out, '\n');
		shown.root = shown.whole;
		shown.form = OBJECT_ASSUMED;
	}
	yaml_write(n->g, &shown, out, NULL);
}

static void
print_needs(struct program *p, const struct graph *g)
{
	struct vec needs, referrers;
	struct str out = STR_INIT;

	vec_init(&needs, sizeof(struct need), false);
	vec_init(&referrers, sizeof(struct referrer), false);
	find_needs(g, &needs, &referrers);
	str_format(&out, "# What site %s relies on and does not make.\n", atom_text(g->atoms, g->site));
	for (uint32_t i = 0; i < needs.count; i++) {
		const struct need *n = VEC_AT(&needs, struct need, i);

		if (!i || !same_object(g, n[-1].object, n->object))
			add_need(p, n, &referrers, &out);
	}
	fwrite(str_text(&out), 1, out.len, stdout);
	str_release(&out);
	vec_release(&needs);
	vec_release(&referrers);
}

int
driver_needs(const struct options *o)
{
	const char *const *operands = (const char *const *)o->operands;
	struct driver d;

	if (driver_open(&d, o) && driver_input(&d, operands, o->operand_count) &&
		driver_sites(&d)) {
		for (uint32_t i = 0; i < d.sites.count; i++) {
			struct eval e;

			if (eval_run(&e, &d.program, *VEC_AT(&d.sites, uint32_t, i)))
				print_needs(&d.program, &e.graph);
			eval_release(&e);
		}
		driver_hush(&d);
	}
	return driver_close(&d);
}
