/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contributions to one object come together here: maps by key, keyed lists by their keys, sets
 * without doubles, other lists entry by entry.
 */
#include <string.h>
#include "check/checker.h"
#include "eval/object.h"

void
tree_remove(struct tree *from, const struct tree *part)
{
	struct tree **at = &from->first, *previous = NULL;

	while (*at && *at != part) {
		previous = *at;
		at = &(*at)->next;
	}
	if (!*at)
		return;
	if (from->last == *at)
		from->last = previous;
	*at = (*at)->next;
	from->count--;
}

void
tree_replace(struct tree *old, struct tree *with)
{
	struct tree *next = old->next;
	atom key = old->key;

	*old = *with;
	old->next = next;
	old->key = key;
}

struct tree *
tree_copy(struct graph *g, const struct tree *t)
{
	struct tree *copy = tree_new(g, (enum tree_kind)t->kind);

	*copy = *t;
	copy->next = copy->first = copy->last = NULL;
	copy->count = 0;
	for (const struct tree *c = t->first; c; c = c->next)
		tree_add(copy, tree_copy(g, c));
	return copy;
}

uint64_t
tree_hash(const struct tree *t)
{
	uint64_t h = hash_mix((uint64_t)t->kind << 8 | t->scalar, (uint64_t)t->key << 32 | t->text);

	for (const struct tree *c = t->first; c; c = c->next)
		h = hash_mix(h, tree_hash(c));
	return h;
}

/* --- lists --- */

static const struct tree *
key_of(const struct tree *entry, atom key)
{
	return tree_find(entry, key);
}

static bool
keys_equal(
	const struct program *p, const struct type *t, const struct tree *a, const struct tree *b)
{
	for (uint32_t i = 0; i < t->count; i++) {
		const struct tree *x = key_of(a, WORD_AT(p, t->first + i)),
				  *y = key_of(b, WORD_AT(p, t->first + i));

		if (!x != !y || (x && !tree_equal(x, y)))
			return false;
	}
	return true;
}

/* The keys of a list of references are all their parts, not the declared ones alone. */
static bool
parts_equal(const struct program *p, const struct type *elem, const struct tree *a,
	const struct tree *b)
{
	const atom parts[] = { p->words_.group, p->words_.kind, p->words_.namespace };

	if (!elem->refers)
		return true;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		const struct tree *x = key_of(a, parts[i]), *y = key_of(b, parts[i]);

		if (!x != !y || (x && !tree_equal(x, y)))
			return false;
	}
	return true;
}

struct added_entry {
	const struct tree *list, *entry;
};

/* Was an equal entry added to this list by the same statement? */
static bool
added_before(struct world *w, const struct tree *list, const struct tree *entry)
{
	uint64_t key = hash_mix(hash_mix((uint64_t)(uintptr_t)list, entry->mark), tree_hash(entry));

	for (;; key = hash_mix(key, 17)) {
		uint32_t i = table64_get(w->entries, key);

		if (!i) {
			struct added_entry added = { list, entry };

			table64_set(w->entries, key, vec_push(&w->entry_list, &added));
			return false;
		}
		const struct added_entry *other = VEC_AT(&w->entry_list, struct added_entry, i);

		if (other->list == list && other->entry->mark == entry->mark &&
			tree_equal(other->entry, entry))
			return true;
	}
}

/* What a patch writes wins, part by part. */
static void
override_map(struct tree *dst, struct tree *src)
{
	for (struct tree *c = src->first, *next; c; c = next) {
		struct tree *old = tree_find(dst, c->key);

		next = c->next;
		c->next = NULL;
		if (!old)
			tree_add(dst, c);
		else if (old->kind == TREE_MAP && c->kind == TREE_MAP)
			override_map(old, c);
		else
			tree_replace(old, c);
	}
}

void
merge_entry(struct world *w, uint32_t object, struct tree *list, struct tree *entry, uint32_t type,
	bool replace)
{
	const struct type *t = TYPE_AT(w->p, type);

	if (!t->count) {
		if (!added_before(w, list, entry))
			tree_add(list, entry);
		return;
	}
	for (struct tree *c = list->first; c; c = c->next)
		if (keys_equal(w->p, t, c, entry) &&
			parts_equal(w->p, TYPE_AT(w->p, t->elem), c, entry)) {
			if (replace)
				override_map(c, entry);
			else
				merge_map(w, object, c, entry, t->elem);
			return;
		}
	tree_add(list, entry);
}

static bool
has_equal(const struct tree *list, const struct tree *x)
{
	for (const struct tree *c = list->first; c; c = c->next)
		if (tree_equal(c, x))
			return true;
	return false;
}

void
append_items(struct tree *dst, struct tree *src, bool set)
{
	for (struct tree *c = src->first, *next; c; c = next) {
		next = c->next;
		c->next = NULL;
		if (!set || !has_equal(dst, c))
			tree_add(dst, c);
	}
}

static void
merge_lists(struct world *w, uint32_t object, struct tree *dst, struct tree *src, uint32_t type)
{
	const struct type *t = TYPE_AT(w->p, type);
	bool set = t->kind == TYPE_SET;

	if (t->flags & TYPE_FLAG_ENTRIES) {
		for (struct tree *c = src->first, *next; c; c = next) {
			next = c->next;
			c->next = NULL;
			merge_entry(w, object, dst, c, type, false);
		}
	} else if (src->flags & TREE_ADDS) {
		append_items(dst, src, set);
	} else if (dst->flags & TREE_ADDS) {
		struct tree old = *dst;

		tree_replace(dst, src);
		append_items(dst, &old, set);
	} else if (!tree_equal(dst, src)) {
		report_conflict(w, object, dst, src);
	}
}

static uint32_t
child_type(const struct program *p, uint32_t type, atom key)
{
	const struct type *t = TYPE_AT(p, type);

	if (t->kind == TYPE_MAP)
		return t->elem;
	return t->kind == TYPE_STRUCT
		? TYPE_ID(MEMBER_AT(p, program_struct_member(p, t->members, key))->type)
		: 0;
}

static void
merge_child(struct world *w, uint32_t object, struct tree *dst, struct tree *src, uint32_t type)
{
	/* What two statements share is explained by neither; their own lines keep their reasons. */
	if (dst->origin.reason != src->origin.reason)
		dst->origin.reason = 0;
	if (dst->kind == TREE_MAP && src->kind == TREE_MAP)
		merge_map(w, object, dst, src, type);
	else if (dst->kind == TREE_LIST && src->kind == TREE_LIST)
		merge_lists(w, object, dst, src, type);
	else if (!tree_equal(dst, src))
		report_conflict(w, object, dst, src);
}

void
merge_map(struct world *w, uint32_t object, struct tree *dst, struct tree *src, uint32_t type)
{
	for (struct tree *c = src->first, *next; c; c = next) {
		struct tree *old = tree_find(dst, c->key);

		next = c->next;
		c->next = NULL;
		if (!old && c->kind == TREE_LIST &&
			TYPE_AT(w->p, child_type(w->p, type, c->key))->flags & TYPE_FLAG_ENTRIES) {
			/* A new list, so that the entries are known to have been added to this
			 * one. */
			old = tree_new(w->g, TREE_LIST);
			old->key = c->key;
			old->origin = c->origin;
			old->rank = c->rank;
			tree_add(dst, old);
		}
		if (old)
			merge_child(w, object, old, c, child_type(w->p, type, c->key));
		else
			tree_add(dst, c);
	}
}
