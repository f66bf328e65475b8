/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts to atoms and back. Open addressing with linear steps, at most two thirds full; a slot holds
 * the atom itself, 0 if free, so that growing rehashes nothing.
 */
#include "base/atom.h"

#include <string.h>
#include "base/hash.h"
#include "base/mem.h"

#define SLOTS_FIRST 1024u

static const struct atom_entry *
entry_of(const struct atoms *t, atom a)
{
	if (a >= t->entries.count)
		BUG("atom %u of %u", a, t->entries.count);
	return VEC_AT(&t->entries, const struct atom_entry, a);
}

void
atoms_init(struct atoms *t)
{
	arena_init(&t->texts);
	vec_init(&t->entries, sizeof(struct atom_entry), true);
	VEC_AT(&t->entries, struct atom_entry, 0)->text = "";
	t->slots = NULL;
	t->slot_count = 0;
}

void
atoms_release(struct atoms *t)
{
	arena_release(&t->texts);
	vec_release(&t->entries);
	mem_free(t->slots);
	t->slots = NULL;
	t->slot_count = 0;
}

void
atoms_adopt(struct atoms *t, const struct atom_record *records, uint32_t count, const char *texts,
	const uint32_t *slots, uint32_t slot_count)
{
	struct atom_entry *e;

	vec_cut(&t->entries, 0);
	vec_add(&t->entries, count);
	e = VEC_AT(&t->entries, struct atom_entry, 0);
	for (uint32_t i = 0; i < count; i++)
		e[i] = (struct atom_entry){ texts + records[i].at, records[i].len,
			records[i].hash };
	mem_free(t->slots);
	t->slots = mem_new(slot_count * sizeof(*slots));
	memcpy(t->slots, slots, slot_count * sizeof(*slots));
	t->slot_count = slot_count;
}

static uint32_t
hash_of(const char *text, size_t len)
{
	return (uint32_t)hash_fast(text, len);
}

/* The slot that holds the text, or the free one where it belongs. There is a free one. */
static uint32_t *
slot_of(const struct atoms *t, const char *text, size_t len, uint32_t hash)
{
	uint32_t mask = t->slot_count - 1;

	for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
		const struct atom_entry *e = entry_of(t, t->slots[i]);

		if (!t->slots[i] ||
			(e->hash == hash && e->len == len && !memcmp(e->text, text, len)))
			return &t->slots[i];
	}
}

static void
grow(struct atoms *t)
{
	uint32_t count = t->slot_count ? t->slot_count * 2 : SLOTS_FIRST;
	uint32_t *slots = mem_new(count * sizeof(*slots));

	for (atom a = 1; a < t->entries.count; a++) {
		uint32_t i = entry_of(t, a)->hash & (count - 1);

		while (slots[i])
			i = (i + 1) & (count - 1);
		slots[i] = a;
	}
	mem_free(t->slots);
	t->slots = slots;
	t->slot_count = count;
}

atom
atom_of(struct atoms *t, const char *text, size_t len)
{
	uint32_t hash = hash_of(text, len);
	struct atom_entry e;
	uint32_t *slot;

	if (len > UINT32_MAX)
		BUG("a text of %zu bytes", len);
	if (t->entries.count >= t->slot_count / 3 * 2)
		grow(t);
	slot = slot_of(t, text, len, hash);
	if (!*slot) {
		e = (struct atom_entry){ arena_copy(&t->texts, text, len), (uint32_t)len, hash };
		*slot = vec_push(&t->entries, &e);
	}
	return *slot;
}

atom
atom_of_text(struct atoms *t, const char *text)
{
	return atom_of(t, text, strlen(text));
}

atom
atom_find(const struct atoms *t, const char *text, size_t len)
{
	return t->slot_count ? *slot_of(t, text, len, hash_of(text, len)) : 0;
}

const char *
atom_text(const struct atoms *t, atom a)
{
	return entry_of(t, a)->text;
}

uint32_t
atom_len(const struct atoms *t, atom a)
{
	return entry_of(t, a)->len;
}

int
atom_compare(const struct atoms *t, atom a, atom b)
{
	const struct atom_entry *x = entry_of(t, a);
	const struct atom_entry *y = entry_of(t, b);
	int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}
