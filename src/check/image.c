/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Header, sections one after the other, each 16-byte aligned: the pools, the nodes, the entries of
 * the atoms, their hash slots and their texts. The nodes are most of it; they are read where they lie.
 */
#include "check/image.h"

#include <string.h>
#include "base/hash.h"

#define MAGIC 0x65676d31u /* reads otherwise in another byte order */

struct header {
	uint32_t magic;
	uint32_t shape; /* of all structs: a hash of their sizes */
	uint32_t library_files, library_nodes, phase_type, site_rtype, crossing_rtype, library_date;
	uint32_t node_count, atom_count, slot_count, text_bytes;
	uint32_t counts[32]; /* of each pool */
};

/* ORDER: the same in writing and reading. */
static uint32_t
pools_of(struct program *p, struct vec **out)
{
	struct vec *pools[] = {
		&p->types,
		&p->rtypes,
		&p->members,
		&p->refers,
		&p->tables,
		&p->rows,
		&p->fns,
		&p->labels,
		&p->rules,
		&p->contexts,
		&p->vars,
		&p->parts,
		&p->columns,
		&p->edges,
		&p->objects,
		&p->sites,
		&p->symbols,
		&p->words,
		&p->numbers,
		&p->order,
		&p->files,
	};
	uint32_t count = (uint32_t)(sizeof pools / sizeof pools[0]);

	memcpy(out, pools, sizeof pools);
	return count;
}

static uint32_t
shape(struct vec **pools, uint32_t count)
{
	uint32_t sizes[40] = { sizeof(struct header), sizeof(struct atom_record), NODE_KIND_COUNT,
		sizeof(struct node) };

	for (uint32_t i = 0; i < count; i++)
		sizes[4 + i] = pools[i]->size;
	return (uint32_t)hash_fast(sizes, sizeof sizes);
}

static void
align(struct str *out)
{
	str_repeat(out, '\0', (16 - out->len % 16) % 16);
}

static void
section(struct str *out, const void *bytes, size_t len)
{
	align(out);
	str_add(out, bytes, len);
}

static void
write_atoms(const struct atoms *t, struct str *out)
{
	struct atom_record e = { 0, 0, 0 };

	align(out);
	for (atom a = 0; a < t->entries.count; a++) {
		const struct atom_entry *x = VEC_AT(&t->entries, struct atom_entry, a);

		e.len = x->len;
		e.hash = x->hash;
		str_add(out, (const char *)&e, sizeof e);
		e.at += x->len + 1;
	}
	section(out, t->slots, t->slot_count * sizeof *t->slots);
	align(out);
	for (atom a = 0; a < t->entries.count; a++)
		str_add(out, atom_text(t, a), atom_len(t, a) + 1);
}

void
image_write(const struct program *p, struct str *out)
{
	struct program q = *p; /* pools_of() hands out what may be written to; nothing is */
	struct vec *pools[32];
	struct header h;

	memset(&h, 0, sizeof h);
	h.magic = MAGIC;
	uint32_t count = pools_of(&q, pools);

	h.shape = shape(pools, count);
	h.library_files = p->library_files;
	h.library_nodes = p->library_nodes;
	h.phase_type = p->phase_type;
	h.site_rtype = p->site_rtype;
	h.crossing_rtype = p->crossing_rtype;
	h.library_date = p->library_date;
	h.node_count = ast_count(&p->ast);
	h.atom_count = p->atoms.entries.count;
	h.slot_count = p->atoms.slot_count;
	for (atom a = 0; a < h.atom_count; a++)
		h.text_bytes += atom_len(&p->atoms, a) + 1;
	for (uint32_t i = 0; i < count; i++)
		h.counts[i] = pools[i]->count;
	str_add(out, (const char *)&h, sizeof h);
	for (uint32_t i = 0; i < count; i++)
		section(out, pools[i]->data, (size_t)pools[i]->count * pools[i]->size);
	section(out, ast_node(&p->ast, 0), h.node_count * sizeof(struct node));
	write_atoms(&p->atoms, out);
}

/* --- back --- */

struct cursor {
	const unsigned char *bytes;
	size_t at, len;
};

static const void *
next_section(struct cursor *c, size_t len)
{
	const unsigned char *s;

	c->at = (c->at + 15) / 16 * 16;
	s = c->bytes + c->at;
	c->at += len;
	return c->at <= c->len ? s : NULL;
}

static bool
whole(const struct header *h, struct vec **pools, uint32_t count, size_t len)
{
	size_t want = sizeof *h;

	for (uint32_t i = 0; i < count; i++)
		want = (want + 15) / 16 * 16 + (size_t)h->counts[i] * pools[i]->size;
	want = (want + 15) / 16 * 16 + h->node_count * sizeof(struct node);
	want = (want + 15) / 16 * 16 + h->atom_count * sizeof(struct atom_record);
	want = (want + 15) / 16 * 16 + h->slot_count * sizeof(uint32_t);
	return (want + 15) / 16 * 16 + h->text_bytes == len;
}

bool
image_read(struct program *p, const unsigned char *bytes, size_t len)
{
	struct vec *pools[32];
	uint32_t count = pools_of(p, pools);
	const struct header *h = (const void *)bytes;
	struct cursor c = { bytes, sizeof *h, len };
	const struct atom_record *entries;
	const uint32_t *slots;

	if (len < sizeof *h || h->magic != MAGIC || h->shape != shape(pools, count) ||
		!whole(h, pools, count, len) || h->library_files + 1 != p->source.files.count)
		return false;
	for (uint32_t i = 0; i < count; i++)
		vec_take(pools[i], next_section(&c, (size_t)h->counts[i] * pools[i]->size),
			h->counts[i]);
	ast_adopt(&p->ast, next_section(&c, h->node_count * sizeof(struct node)), h->node_count);
	entries = next_section(&c, h->atom_count * sizeof *entries);
	slots = next_section(&c, h->slot_count * sizeof *slots);
	atoms_adopt(&p->atoms, entries, h->atom_count, next_section(&c, h->text_bytes), slots,
		h->slot_count);
	p->library_files = h->library_files;
	p->library_nodes = h->library_nodes;
	p->phase_type = h->phase_type;
	p->site_rtype = h->site_rtype;
	p->crossing_rtype = h->crossing_rtype;
	p->library_date = h->library_date;
	return true;
}
