/* SPDX-License-Identifier: Apache-2.0 */
/* Objects, references, paths, and the apply order. */
#include "tests/unit/tap.h"

#include <stdlib.h>
#include "graph/graph.h"

struct bed {
	struct atoms atoms;
	struct graph g;
	struct diags diags;
	struct source source;
	uint32_t file;
};

static void
bed_init(struct bed *b)
{
	static const char *const phases[] = { "namespaces", "gateway", "routes" };

	*b = (struct bed){ 0 };
	atoms_init(&b->atoms);
	graph_init(&b->g, &b->atoms);
	diags_init(&b->diags);
	source_init(&b->source);
	b->file = source_add(&b->source, "site.egm", "a\nb\nc\nd\ne\n", 10, false, true);
	for (size_t i = 0; i < sizeof(phases) / sizeof(*phases); i++) {
		atom phase = atom_of_text(&b->atoms, phases[i]);

		vec_push(&b->g.phases, &phase);
	}
}

static void
bed_release(struct bed *b)
{
	source_release(&b->source);
	diags_release(&b->diags);
	graph_release(&b->g);
	atoms_release(&b->atoms);
}

static uint32_t
add(struct bed *b, enum object_form form, uint32_t phase, const char *kind, const char *name)
{
	uint32_t i = graph_add(&b->g);
	struct object *o = graph_object(&b->g, i);

	o->form = (uint8_t)form;
	o->phase = phase;
	o->kind = atom_of_text(&b->atoms, kind);
	o->name = atom_of_text(&b->atoms, name);
	return i;
}

static void
refer(struct bed *b, uint32_t from, uint32_t to)
{
	struct span at = { b->file, 2 * (from % 5), 2 * (from % 5) + 1 };

	graph_refer(&b->g, from, to, (struct origin){ at, at, 0 });
}

/* The names in order. */
static const char *
order(struct bed *b)
{
	struct str out = STR_INIT;
	const char *text;

	for (uint32_t i = 0; i < b->g.order.count; i++)
		str_puts(&out,
			atom_text(&b->atoms,
				graph_object(&b->g, *VEC_AT(&b->g.order, uint32_t, i))->name));
	text = arena_copy(&b->g.arena, str_text(&out), out.len);
	str_release(&out);
	return text;
}

static void
phases_come_first(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	add(&b, OBJECT_OWNED, 2, "A", "f");
	add(&b, OBJECT_OWNED, 0, "Z", "b");
	add(&b, OBJECT_OWNED, 1, "B", "d");
	add(&b, OBJECT_OPAQUE, 0, "A", "g");
	add(&b, OBJECT_OWNED, 1, "A", "c");
	add(&b, OBJECT_PARTIAL, 1, "A", "e");
	add(&b, OBJECT_VALUES, 0, "A", "a");
	add(&b, OBJECT_ASSUMED, 0, "A", "x");
	ok(t, graph_sort(&b.g, &b.diags));
	is_text(t, order(&b), "abcdefg");
	is_int(t, graph_object(&b.g, 1)->position, 1);
	is_int(t, graph_object(&b.g, 7)->position, OBJECT_NONE);
	bed_release(&b);
}

static void
references_hold_inside_a_phase(struct tap *t)
{
	struct bed b;
	uint32_t o[5];

	bed_init(&b);
	for (int i = 0; i < 5; i++)
		o[i] = add(&b, OBJECT_OWNED, 1, "A", (const char[]){ (char)('a' + i), '\0' });
	refer(&b, o[0], o[4]);
	refer(&b, o[0], o[4]);
	refer(&b, o[2], o[0]);
	refer(&b, o[1], o[1]);
	refer(&b, o[3], add(&b, OBJECT_ASSUMED, 2, "A", "x"));
	ok(t, graph_sort(&b.g, &b.diags));
	is_text(t, order(&b), "bdeac");
	is_int(t, graph_object(&b.g, o[0])->ref_count, 1);
	bed_release(&b);
}

/* Its own phase is the first, but what it refers to comes in the last. */
static void
partial_objects_follow(struct tap *t)
{
	struct bed b;
	uint32_t label, gateway, route;

	bed_init(&b);
	label = add(&b, OBJECT_PARTIAL, 0, "Namespace", "p");
	gateway = add(&b, OBJECT_OWNED, 1, "Gateway", "g");
	route = add(&b, OBJECT_OWNED, 2, "Route", "r");
	refer(&b, label, gateway);
	refer(&b, gateway, label);
	refer(&b, route, label);
	ok(t, graph_sort(&b.g, &b.diags));
	is_text(t, order(&b), "gpr");
	bed_release(&b);
}

static const struct diag *
diag(struct bed *b, uint32_t i)
{
	return i < b->diags.all.count ? *VEC_AT(&b->diags.all, struct diag *, i) : NULL;
}

static void
a_later_phase_is_refused(struct tap *t)
{
	struct bed b;
	uint32_t route;

	bed_init(&b);
	route = add(&b, OBJECT_OWNED, 2, "Route", "r");
	refer(&b, add(&b, OBJECT_OWNED, 0, "Namespace", "n"), route);
	ok(t, !graph_sort(&b.g, &b.diags));
	is_int(t, b.diags.errors, 1);
	is_text(t, diag(&b, 0)->code, "EGM0210");
	is_text(t, diag(&b, 0)->message, "`Namespace n` needs `Route r`, which is applied later");
	is_text(t, diag(&b, 0)->label, "phase 00-namespaces refers to phase 20-routes");
	is_text(t, order(&b), "nr");
	bed_release(&b);
}

static void
circles_are_drawn(struct tap *t)
{
	struct bed b;
	uint32_t o[5];

	bed_init(&b);
	for (int i = 0; i < 5; i++)
		o[i] = add(&b, OBJECT_OWNED, 1, "A", (const char[]){ (char)('a' + i), '\0' });
	refer(&b, o[0], o[1]); /* a waits for the circle b, c, d; e is free */
	refer(&b, o[1], o[2]);
	refer(&b, o[2], o[3]);
	refer(&b, o[3], o[1]);
	ok(t, !graph_sort(&b.g, &b.diags));
	is_int(t, b.diags.errors, 1);
	is_text(t, diag(&b, 0)->code, "EGM0211");
	is_text(t, diag(&b, 0)->message,
		"3 objects wait for each other, so none can be applied first");
	is_text(t, diag(&b, 0)->label, "`A b` needs `A c`");
	is_text(t, diag(&b, 0)->texts->text, "A b -> A c -> A d -> A b");
	is_text(t, diag(&b, 0)->labels->text, "`A c` needs `A d`");
	is_text(t, diag(&b, 0)->labels->next->text, "`A d` needs `A b`");
	is_int(t, diag(&b, 0)->labels->next->span.start, 6);
	is_text(t, order(&b), "eabcd");
	bed_release(&b);
}

static void
two_circles_are_two_faults(struct tap *t)
{
	struct bed b;
	uint32_t o[4];

	bed_init(&b);
	for (int i = 0; i < 4; i++)
		o[i] = add(&b, OBJECT_OWNED, 1, "A", (const char[]){ (char)('a' + i), '\0' });
	refer(&b, o[0], o[1]);
	refer(&b, o[1], o[0]);
	refer(&b, o[2], o[3]);
	refer(&b, o[3], o[2]);
	ok(t, !graph_sort(&b.g, &b.diags));
	is_int(t, b.diags.errors, 2);
	bed_release(&b);
}

/* A hub with many references, a long chain against the order of names, and a long circle. */
static void
large_graphs(struct tap *t)
{
	struct bed b;
	uint32_t n = 100000, hub;
	char name[16];
	bool chained = true;

	bed_init(&b);
	hub = add(&b, OBJECT_OWNED, 0, "Hub", "hub");
	for (uint32_t i = 1; i < n; i++) {
		snprintf(name, sizeof(name), "n%06u", (unsigned)(n - i));
		add(&b, OBJECT_OWNED, 0, "A", name);
		refer(&b, hub, i);
		refer(&b, hub, i);
		if (i > 1)
			refer(&b, i, i - 1);
	}
	is_int(t, graph_object(&b.g, hub)->ref_count, n - 1);
	ok(t, graph_sort(&b.g, &b.diags));
	for (uint32_t i = 0; i + 1 < n; i++)
		chained &= *VEC_AT(&b.g.order, uint32_t, i) == i + 1;
	ok_that(t, chained, "a chain of 100000 objects is put in its order");
	is_int(t, graph_object(&b.g, hub)->position, n - 1);
	refer(&b, 1, n - 1);
	ok(t, !graph_sort(&b.g, &b.diags));
	is_int(t, b.diags.errors, 1);
	ok(t, strstr(diag(&b, 0)->texts->text, "... (99987 more) -> A "));
	bed_release(&b);
}

/* --- trees ---------------------------------------------------------------------------------- */

static struct tree *
node(struct bed *b, struct tree *parent, const char *key, enum tree_kind kind)
{
	struct tree *t = tree_new(&b->g, kind);

	if (key)
		t->key = atom_of_text(&b->atoms, key);
	if (parent)
		tree_add(parent, t);
	return t;
}

static void
paths(struct tap *t)
{
	struct bed b;
	struct tree *root, *list, *item, *dotted;
	struct str out = STR_INIT;

	bed_init(&b);
	root = node(&b, NULL, NULL, TREE_MAP);
	list = node(&b, node(&b, root, "spec", TREE_MAP), "list", TREE_LIST);
	node(&b, list, NULL, TREE_SCALAR);
	item = node(&b, node(&b, list, NULL, TREE_MAP), "x", TREE_SCALAR);
	dotted = node(&b, root, "a.b/c", TREE_SCALAR);
	ok(t, tree_walk(&b.g, root, "") == root);
	ok(t, tree_walk(&b.g, root, "spec.list") == list);
	ok(t, tree_walk(&b.g, root, "spec.list[1].x") == item);
	ok(t, tree_walk(&b.g, root, "\"a.b/c\"") == dotted);
	ok(t, !tree_walk(&b.g, root, "spec.list[2]"));
	ok(t, !tree_walk(&b.g, root, "spec.list[99999999999999999999]"));
	ok(t, !tree_walk(&b.g, root, "spec.list[]"));
	ok(t, !tree_walk(&b.g, root, "spec.list[1"));
	ok(t, !tree_walk(&b.g, root, "spec.list.x"));
	ok(t, !tree_walk(&b.g, root, "spec[0]"));
	ok(t, !tree_walk(&b.g, root, "spec."));
	ok(t, !tree_walk(&b.g, root, "\"a.b/c"));
	ok(t, !tree_walk(&b.g, root, "nothing"));
	path_add_key(&out, "spec", 4);
	path_add_key(&out, "a.b/c", 5);
	is_text(t, str_text(&out), "spec.\"a.b/c\"");
	str_release(&out);
	bed_release(&b);
}

static void
steps(struct tap *t)
{
	struct bed b;
	struct tree *root, *map;
	const struct tree *at;
	struct steps s;
	struct str seen = STR_INIT;

	bed_init(&b);
	root = node(&b, NULL, NULL, TREE_MAP);
	map = node(&b, root, "a", TREE_MAP);
	node(&b, map, "b", TREE_SCALAR);
	node(&b, node(&b, map, "c", TREE_LIST), NULL, TREE_MAP);
	node(&b, root, "d", TREE_SCALAR);
	steps_init(&s, root);
	while ((at = steps_next(&s)))
		str_format(&seen, "%u%s ", (unsigned)s.above.count, atom_text(&b.atoms, at->key));
	is_text(t, str_text(&seen), "0 1a 2b 2c 3 1d ");
	ok(t, !steps_next(&s));
	steps_release(&s);
	str_clear(&seen);
	steps_init(&s, map);
	while ((at = steps_next(&s)))
		str_format(&seen, "%u%s ", (unsigned)s.above.count, atom_text(&b.atoms, at->key));
	is_text(t, str_text(&seen), "0a 1b 1c 2 ");
	steps_release(&s);
	str_release(&seen);
	bed_release(&b);
}

static void
deep_trees(struct tap *t)
{
	struct bed b;
	struct tree *one, *two, *at[2];

	bed_init(&b);
	at[0] = one = node(&b, NULL, NULL, TREE_LIST);
	at[1] = two = node(&b, NULL, NULL, TREE_LIST);
	for (int i = 0; i < 200000; i++)
		for (int j = 0; j < 2; j++)
			at[j] = node(&b, at[j], NULL, TREE_LIST);
	ok(t, tree_equal(one, two));
	node(&b, at[0], NULL, TREE_SCALAR);
	ok(t, !tree_equal(one, two));
	ok(t, !tree_equal(two, one));
	bed_release(&b);
}

static void
dumps(struct tap *t)
{
	struct bed b;
	struct str out = STR_INIT;
	struct tree *leaf;
	uint32_t gateway;

	bed_init(&b);
	gateway = add(&b, OBJECT_OWNED, 1, "Gateway", "gw");
	refer(&b, add(&b, OBJECT_OWNED, 2, "Route", "r"), gateway);
	graph_object(&b.g, gateway)->root = node(&b, NULL, NULL, TREE_MAP);
	leaf = node(&b, graph_object(&b.g, gateway)->root, "a.b", TREE_SCALAR);
	leaf->text = atom_of_text(&b.atoms, "x\n\"");
	leaf->todo = atom_of_text(&b.atoms, "fill in");
	leaf->origin =
		(struct origin){ { b.file, 4, 5 }, { b.file, 6, 7 }, atom_of_text(&b.atoms, "so") };
	node(&b, graph_object(&b.g, gateway)->root, "list", TREE_LIST);
	graph_sort(&b.g, &b.diags);
	graph_dump(&b.g, &b.source, &out);
	is_text(t, str_text(&out),
		"Gateway gw  owned  10-gateway\n"
		"  \"a.b\" \"x\\x0a\\\"\"  todo \"fill in\"  site.egm:3  site.egm:4  because "
		"\"so\"\n"
		"  list []\n"
		"Route r  owned  20-routes\n"
		"  after Gateway gw  site.egm:2\n");
	str_clear(&out);
	graph_dump_order(&b.g, &out);
	is_text(t, str_text(&out),
		"0  10-gateway  Gateway gw\n1  20-routes  Route r  after Gateway gw\n");
	str_release(&out);
	bed_release(&b);
}

int
main(void)
{
	struct tap t = { 0 };

	phases_come_first(&t);
	references_hold_inside_a_phase(&t);
	partial_objects_follow(&t);
	a_later_phase_is_refused(&t);
	circles_are_drawn(&t);
	two_circles_are_two_faults(&t);
	large_graphs(&t);
	paths(&t);
	steps(&t);
	deep_trees(&t);
	dumps(&t);
	return tap_done(&t);
}
