/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects and the references between them. Comes in: what evaluation makes. Goes out: struct graph.
 * Refuses nothing: what an object must have is said where it is made.
 */
#include "graph/graph.h"

#include <string.h>
#include "base/hash.h"
#include "base/mem.h"

#define FEW_REFS 16 /* so many are compared one by one */
#define SLUG_MAX 200 /* a file name has 255 bytes, of which a mark and the suffix take some */

void
graph_init(struct graph *g, struct atoms *atoms)
{
	*g = (struct graph){ .atoms = atoms };
	arena_init(&g->arena);
	vec_init(&g->objects, sizeof(struct object), false);
	vec_init(&g->phases, sizeof(atom), false);
	vec_init(&g->kinds, sizeof(struct kind_info), false);
	vec_init(&g->remarks, sizeof(struct remark), false);
	vec_init(&g->order, sizeof(uint32_t), false);
}

void
graph_release(struct graph *g)
{
	vec_release(&g->objects);
	vec_release(&g->phases);
	vec_release(&g->kinds);
	vec_release(&g->remarks);
	vec_release(&g->order);
	pairs_release(&g->hubs);
	arena_release(&g->arena);
}

uint32_t
graph_add(struct graph *g)
{
	uint32_t i = vec_add(&g->objects, 1);

	graph_object(g, i)->position = OBJECT_NONE;
	return i;
}

static bool
refers_already(struct graph *g, uint32_t from, uint32_t to)
{
	struct object *o = graph_object(g, from);

	if (o->ref_count > FEW_REFS)
		return !pairs_add(&g->hubs, from, to);
	for (const struct object_ref *r = o->refs; r; r = r->next)
		if (r->to == to)
			return true;
	if (o->ref_count == FEW_REFS) {
		for (const struct object_ref *r = o->refs; r; r = r->next)
			pairs_add(&g->hubs, from, r->to);
		pairs_add(&g->hubs, from, to);
	}
	return false;
}

void
graph_refer(struct graph *g, uint32_t from, uint32_t to, struct origin origin)
{
	struct object *o = graph_object(g, from);
	struct object_ref *r;

	if (refers_already(g, from, to))
		return;
	r = ARENA_NEW(&g->arena, struct object_ref);
	r->to = to;
	r->origin = origin;
	if (o->refs_last)
		o->refs_last->next = r;
	else
		o->refs = r;
	o->refs_last = r;
	o->ref_count++;
}

/* A name of an included object may hold anything, and a label goes to terminals. */
static void
add_atom(const struct graph *g, atom a, struct str *out)
{
	const char *text = atom_text(g->atoms, a);

	for (uint32_t i = 0; i < atom_len(g->atoms, a); i++)
		str_putc(out, (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i]);
}

void
object_label(const struct graph *g, const struct object *o, struct str *out)
{
	add_atom(g, o->kind, out);
	str_putc(out, ' ');
	if (o->namespace) {
		add_atom(g, o->namespace, out);
		str_putc(out, '/');
	}
	add_atom(g, o->name, out);
}

static void
slug_add(const struct graph *g, atom a, struct str *out)
{
	const char *text = atom_text(g->atoms, a);

	for (uint32_t i = 0; i < atom_len(g->atoms, a); i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'))
			c = '-';
		str_putc(out, c);
	}
}

/* What makes an object this one: parts that hold no NUL, or at least end with one. */
static void
identity(const struct graph *g, const struct object *o, char hex[SHA256_HEX])
{
	const atom parts[] = { o->api_version, o->kind, o->namespace, o->name, o->chart };
	struct str text = STR_INIT;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		str_add(&text, atom_text(g->atoms, parts[i]), atom_len(g->atoms, parts[i]) + 1);
	hash_sha256(text.bytes, text.len, hex);
	str_release(&text);
}

void
object_slug(const struct graph *g, const struct object *o, struct str *out)
{
	size_t start = out->len;
	char hex[SHA256_HEX];

	if (o->form == OBJECT_VALUES) {
		slug_add(g, o->chart, out);
	} else {
		slug_add(g, o->kind, out);
		if (o->namespace) {
			str_putc(out, '-');
			slug_add(g, o->namespace, out);
		}
		str_putc(out, '-');
		slug_add(g, o->name, out);
	}
	if (out->len - start > SLUG_MAX - (size_t)o->mark) {
		out->len = start + SLUG_MAX - (size_t)o->mark;
		out->bytes[out->len] = '\0';
	}
	if (o->mark) {
		identity(g, o, hex);
		str_format(out, "-%.*s", (int)o->mark, hex);
	}
}

void
object_phase(const struct graph *g, const struct object *o, struct str *out)
{
	uint32_t last = g->phases.count * 10;
	uint32_t number = o->form == OBJECT_OPAQUE ? last : o->phase * 10;
	int digits = 2;

	if (o->form == OBJECT_VALUES) {
		str_puts(out, "values");
		return;
	}
	for (uint32_t n = last; n >= 100; n /= 10)
		digits++;
	str_format(out, "%0*u-", digits, (unsigned)number);
	if (o->form == OBJECT_OPAQUE)
		str_puts(out, "included");
	else if (o->phase < g->phases.count)
		slug_add(g, *VEC_AT(&g->phases, atom, o->phase), out);
	else
		BUG("an object of phase %u of %u", (unsigned)o->phase, (unsigned)g->phases.count);
}
