/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running over the members of anything that is a set: lists, children, all records of a type,
 * objects, words, an optional value.
 */
#include "eval/object.h"

#include <string.h>

void
iter_begin(struct world *w, struct iter *it, const struct value *set)
{
	memset(it, 0, sizeof *it);
	it->set = *set;
	if (set->kind == VALUE_CHILDREN) {
		uint32_t choice = RTYPE_AT(w->p, set->as.pair.rtype)->choice;
		uint64_t key = pair_key(set->as.pair.owner, choice ? choice : set->as.pair.rtype);

		it->record = table64_get(w->children, key);
	} else if (set->kind == VALUE_SET) {
		it->count = VEC_AT(&w->sets, struct vec, set->as.id)->count;
	} else if (set->kind == VALUE_OBJECTS) {
		it->count = w->objects.count;
	} else if (set->kind == VALUE_TREE && set->as.tree->kind == TREE_LIST) {
		it->tree = set->as.tree->first;
	}
}

static bool
next_child(struct world *w, struct iter *it, struct value *out)
{
	while (it->record) {
		const struct record *r = RECORD_AT(w, it->record);
		uint32_t id = it->record;

		it->record = r->next_child;
		if (r->dropped || !record_is(w, id, it->set.as.pair.rtype))
			continue;
		*out = value_record(id, r->user_head);
		return true;
	}
	return false;
}

static bool
next_record(struct world *w, struct iter *it, struct value *out)
{
	const struct vec *set = VEC_AT(&w->sets, struct vec, it->set.as.id);

	while (it->at < it->count) {
		uint32_t id = *VEC_AT(set, uint32_t, it->at++);

		if (RECORD_AT(w, id)->dropped)
			continue;
		*out = value_record(id, RECORD_AT(w, id)->user_head);
		return true;
	}
	return false;
}

static bool
next_object(struct world *w, struct iter *it, struct value *out)
{
	while (it->at < it->count) {
		uint32_t id = it->at++;

		if (BUILDING_AT(w, id)->kind != it->set.as.id || BUILDING_AT(w, id)->poisoned ||
			BUILDING_AT(w, id)->same_as)
			continue;
		memset(out, 0, sizeof *out);
		out->kind = VALUE_OBJECT;
		out->as.id = id;
		return true;
	}
	return false;
}

static bool
next_word(struct world *w, struct iter *it, struct value *out)
{
	const struct type *t = TYPE_AT(w->p, it->set.as.id);

	if (it->at >= t->count)
		return false;
	*out = value_text(WORD_AT(w->p, t->first + it->at++), it->set.src);
	return true;
}

static bool
next_tree(struct iter *it, struct value *out)
{
	if (!it->tree)
		return false;
	memset(out, 0, sizeof *out);
	out->kind = VALUE_TREE;
	out->as.tree = it->tree;
	it->tree = it->tree->next;
	return true;
}

bool
iter_next(struct world *w, struct iter *it, struct value *out)
{
	switch ((enum value_kind)it->set.kind) {
	case VALUE_LIST:
		if (it->at >= it->set.as.list->count)
			return false;
		*out = it->set.as.list->items[it->at++];
		return true;
	case VALUE_CHILDREN:
		return next_child(w, it, out);
	case VALUE_SET:
		return next_record(w, it, out);
	case VALUE_OBJECTS:
		return next_object(w, it, out);
	case VALUE_WORDS:
		return next_word(w, it, out);
	case VALUE_TREE:
		if (it->set.as.tree->kind == TREE_LIST)
			return next_tree(it, out);
		break;
	case VALUE_ABSENT:
	case VALUE_POISON:
		return false;
	default:
		break;
	}
	if (it->done) /* an optional value is a set of at most one */
		return false;
	it->done = true;
	*out = it->set;
	return true;
}
