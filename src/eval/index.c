/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins without squares: `for a in S, b in T where b.f == a.g` looks b up by b.f instead of trying
 * every member of T. The index of a binding is made when it is first needed, when all columns that
 * its key reads are complete. Buckets keep the order of the set.
 */
#include <string.h>
#include "base/mem.h"
#include "eval/world.h"

/* The members of one binding's set, linked by equal hash of their keys. */
struct indexed {
	struct value value;
	uint64_t hash;
	uint32_t next; /* in the bucket; 0: last */
};

struct index {
	struct vec members; /* struct indexed, dummy first */
	struct table64 *heads, *tails;
	bool incomplete;
};

static uint64_t
keys_hash(struct world *w, struct frame *f, uint32_t ties, uint32_t side, bool *ok)
{
	uint32_t count = NUMBER_AT(w->p, ties);
	uint64_t h = 1;

	for (uint32_t i = 0; i < count; i++) {
		struct value v = eval_expr(w, f, NUMBER_AT(w->p, ties + 1 + 2 * i + side));

		if (v.kind == VALUE_OPEN || value_is_poison(&v)) {
			*ok = false;
			return 0;
		}
		h = hash_mix(h, value_hash(w, &v));
	}
	return h;
}

static struct index *
index_new(struct world *w, struct frame *f, node_id b, const struct value *set)
{
	struct index *x = ARENA_NEW(&w->arena, struct index);
	uint32_t slot = VAR_AT(w->p, NODE_AT(w->p, b)->ref)->slot, ties = NODE_AT(w->p, b)->aux;
	struct iter it;
	struct indexed m;

	memset(&m, 0, sizeof m);
	vec_init(&x->members, sizeof m, true);
	x->heads = table64_new();
	x->tails = table64_new();
	iter_begin(w, &it, set);
	while (iter_next(w, &it, &m.value)) {
		bool ok = true;
		uint32_t at, tail;

		f->vars[slot] = m.value;
		m.hash = keys_hash(w, f, ties, 0, &ok);
		if (!ok) {
			x->incomplete = true;
			continue;
		}
		at = vec_push(&x->members, &m);
		tail = table64_get(x->tails, m.hash);
		if (tail)
			VEC_AT(&x->members, struct indexed, tail)->next = at;
		else
			table64_set(x->heads, m.hash, at);
		table64_set(x->tails, m.hash, at);
	}
	return x;
}

bool
index_begin(struct world *w, struct frame *f, node_id b, struct value *set, struct iter *it)
{
	uint32_t number = table64_get(w->indexes, b);
	struct index *x;
	bool ok = true;
	uint64_t hash;
	uint32_t n = 0;
	struct list *l;

	if (set->kind != VALUE_SET && set->kind != VALUE_OBJECTS)
		return false;
	if (!number) {
		x = index_new(w, f, b, set);
		number = w->index_list.count;
		vec_push(&w->index_list, &x);
		table64_set(w->indexes, b, number);
	}
	x = *VEC_AT(&w->index_list, struct index *, number);
	set->incomplete |= x->incomplete;
	hash = keys_hash(w, f, NODE_AT(w->p, b)->aux, 1, &ok);
	if (!ok)
		return false;
	for (uint32_t m = table64_get(x->heads, hash); m;
		m = VEC_AT(&x->members, struct indexed, m)->next)
		n++;
	l = list_new(w, n);
	n = 0;
	for (uint32_t m = table64_get(x->heads, hash); m;
		m = VEC_AT(&x->members, struct indexed, m)->next)
		l->items[n++] = VEC_AT(&x->members, struct indexed, m)->value;
	struct value v = list_value(l, 0);

	iter_begin(w, it, &v);
	return true;
}

void
index_release_all(struct world *w)
{
	for (uint32_t i = 1; i < w->index_list.count; i++) {
		struct index *x = *VEC_AT(&w->index_list, struct index *, i);

		vec_release(&x->members);
		table64_free(x->heads);
		table64_free(x->tails);
	}
	vec_release(&w->index_list);
}
