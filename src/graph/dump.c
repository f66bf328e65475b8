/* SPDX-License-Identifier: Apache-2.0 */
/* The graph and its order as text, for people and for tests. Everything in it is printable,
 * whatever a text holds. */
#include "graph/graph.h"

#include <string.h>

static void
add_quoted(const struct graph *g, atom a, struct str *out)
{
	const char *text = atom_text(g->atoms, a);

	str_putc(out, '"');
	for (uint32_t i = 0; i < atom_len(g->atoms, a); i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			str_format(out, "\\x%02x", (unsigned)(unsigned char)text[i]);
		else if (text[i] == '"' || text[i] == '\\')
			str_format(out, "\\%c", text[i]);
		else
			str_putc(out, text[i]);
	str_putc(out, '"');
}

/* Outlines are read line by line: `file:line`, of the library with a `<` before it. */
static void
add_place(struct source *source, struct span span, struct str *out)
{
	const struct source_file *f;

	if (!span.file)
		return;
	f = source_file(source, span.file);
	str_format(out, "  %s%s:%u", f->library ? "<" : "", f->name,
		(unsigned)source_place(source, span.file, span.start).line);
}

static void
add_origin(const struct graph *g, struct source *source, const struct origin *o, struct str *out)
{
	add_place(source, o->user, out);
	if (memcmp(&o->library, &o->user, sizeof(o->user)) != 0)
		add_place(source, o->library, out);
	if (o->reason) {
		str_puts(out, "  because ");
		add_quoted(g, o->reason, out);
	}
}

static void
add_node(const struct graph *g, struct source *source, const struct tree *t, uint32_t depth,
	struct str *out)
{
	str_repeat(out, ' ', 2 + 2 * (size_t)depth);
	if (t->key) {
		size_t start = out->len;
		struct str key = STR_INIT;

		path_add_key(&key, atom_text(g->atoms, t->key), atom_len(g->atoms, t->key));
		str_add(out, key.bytes, key.len);
		str_release(&key);
		for (size_t i = start; i < out->len; i++)
			if ((unsigned char)out->bytes[i] < 0x20)
				out->bytes[i] = '?';
	} else {
		str_putc(out, '-');
	}
	if (t->kind == TREE_SCALAR) {
		str_putc(out, ' ');
		if (t->scalar == SCALAR_TEXT)
			add_quoted(g, t->text, out);
		else
			str_puts(out, atom_text(g->atoms, t->text));
	} else if (!t->count) {
		str_puts(out, t->kind == TREE_MAP ? " {}" : " []");
	}
	if (t->todo) {
		str_puts(out, "  todo ");
		add_quoted(g, t->todo, out);
	}
	add_origin(g, source, &t->origin, out);
	str_putc(out, '\n');
}

static void
add_tree(const struct graph *g, struct source *source, const struct tree *root, struct str *out)
{
	const struct tree *t;
	struct steps s;

	steps_init(&s, root);
	steps_next(&s);
	while ((t = steps_next(&s)))
		add_node(g, source, t, s.above.count - 1, out);
	steps_release(&s);
}

static const char *
form_word(const struct object *o)
{
	static const char *const words[] = { "owned", "assumed", "partial", "values", "opaque" };

	return words[o->form];
}

static void
add_object(const struct graph *g, struct source *source, const struct object *o, struct str *out)
{
	object_label(g, o, out);
	str_format(out, "  %s", form_word(o));
	if (o->form != OBJECT_ASSUMED) {
		str_puts(out, "  ");
		object_phase(g, o, out);
	}
	add_origin(g, source, &o->origin, out);
	str_putc(out, '\n');
	for (const struct object_ref *r = o->refs; r; r = r->next) {
		str_puts(out, "  after ");
		object_label(g, graph_object(g, r->to), out);
		add_origin(g, source, &r->origin, out);
		str_putc(out, '\n');
	}
	if (o->root)
		add_tree(g, source, o->root, out);
}

void
graph_dump(const struct graph *g, struct source *source, struct str *out)
{
	for (uint32_t i = 0; i < g->order.count; i++)
		add_object(g, source, graph_object(g, *VEC_AT(&g->order, uint32_t, i)), out);
	for (uint32_t i = 0; i < g->objects.count; i++)
		if (graph_object(g, i)->position == OBJECT_NONE)
			add_object(g, source, graph_object(g, i), out);
}

void
graph_dump_order(const struct graph *g, struct str *out)
{
	for (uint32_t i = 0; i < g->order.count; i++) {
		const struct object *o = graph_object(g, *VEC_AT(&g->order, uint32_t, i));
		const char *before = "  after ";

		str_format(out, "%u  ", (unsigned)i);
		object_phase(g, o, out);
		str_puts(out, "  ");
		object_label(g, o, out);
		for (const struct object_ref *r = o->refs; r; r = r->next) {
			str_puts(out, before);
			object_label(g, graph_object(g, r->to), out);
			before = ", ";
		}
		str_putc(out, '\n');
	}
}
