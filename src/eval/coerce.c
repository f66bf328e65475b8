/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fitting a value to the type of the place where it is written. The checker has seen that it can
 * fit; here the value itself is looked at: its text, its range, how many entries it has. Faults
 * are told at the user's text that the value came from.
 */
#include <string.h>
#include "base/suggest.h"
#include "check/check.h"
#include "check/checker.h"
#include "eval/inside.h"
#include "eval/world.h"

struct fit {
	struct world *w;
	struct frame *f;
	node_id node;
	const char *what;
};

static struct value
fit(struct fit *c, uint32_t type, struct value v);

static struct value
duration_text(struct fit *c, struct value v)
{
	struct str s = STR_INIT;

	duration_print(v.as.n, &s);
	struct value t = value_text(atom_of(&c->w->p->atoms, str_text(&s), s.len), v.src);

	str_release(&s);
	return t;
}

static struct value
fit_text(struct fit *c, uint32_t type, struct value v)
{
	struct program *p = c->w->p;
	struct str why = STR_INIT;

	if (v.kind == VALUE_DURATION && TYPE_AT(p, type)->scalar != SCALAR_TYPE_DURATION)
		v = duration_text(c, v);
	if (v.kind != VALUE_TEXT || v.as.text.todo)
		return v;
	if (!check_text(p, type, program_text(p, v.as.text.a), atom_len(&p->atoms, v.as.text.a),
		    &why)) {
		struct diag *g = world_fault(c->w, c->f, EGM0121, &v, c->node,
			"`%s` cannot be the `%s`: it %s", program_text(p, v.as.text.a), c->what,
			str_text(&why));

		(void)g;
		v = value_poison();
	}
	str_release(&why);
	return v;
}

static struct value
fit_number(struct fit *c, uint32_t type, struct value v)
{
	const struct type *t = TYPE_AT(c->w->p, type);
	int64_t lo = t->flags & TYPE_FLAG_RANGED ? t->lo : INT64_MIN,
		hi = t->flags & TYPE_FLAG_RANGED ? t->hi : INT64_MAX;

	if (t->scalar == SCALAR_TYPE_PORT) {
		lo = lo < 1 ? 1 : lo;
		hi = hi > 65535 ? 65535 : hi;
	}
	if (v.kind != VALUE_INT || (v.as.n >= lo && v.as.n <= hi))
		return v;
	if (hi == INT64_MAX)
		world_fault(c->w, c->f, EGM0121, &v, c->node,
			"%lld cannot be the `%s`: it is at least %lld", (long long)v.as.n, c->what,
			(long long)lo);
	else
		world_fault(c->w, c->f, EGM0121, &v, c->node,
			"%lld cannot be the `%s`: %lld to %lld are possible", (long long)v.as.n,
			c->what, (long long)lo, (long long)hi);
	return value_poison();
}

static struct value
fit_word(struct fit *c, uint32_t type, struct value v)
{
	struct program *p = c->w->p;
	struct str s = STR_INIT;

	if (v.kind != VALUE_TEXT || type_has_word(p, type, v.as.text.a) || v.as.text.todo)
		return v;
	type_describe(p, type, &s);
	world_fault(c->w, c->f, EGM0141, &v, c->node, "`%s` cannot be the `%s`: it is %s",
		program_text(p, v.as.text.a), c->what, str_text(&s));
	str_release(&s);
	return value_poison();
}

static struct value
counted(struct fit *c, uint32_t type, struct value v, uint32_t n)
{
	const struct type *t = TYPE_AT(c->w->p, type);

	if (!(t->flags & TYPE_FLAG_RANGED) || v.incomplete)
		return v;
	if (n == 0 && t->lo > 0)
		world_fault(c->w, c->f, EGM0170, &v, c->node, "`%s` may not be empty", c->what);
	else if (n < t->lo)
		world_fault(c->w, c->f, EGM0132, &v, c->node,
			"`%s` needs at least %lld entries, here are %u", c->what, (long long)t->lo,
			n);
	else if (n > t->hi)
		world_fault(c->w, c->f, EGM0132, &v, c->node,
			"`%s` takes at most %lld entries, here are %u", c->what, (long long)t->hi,
			n);
	else
		return v;
	return value_poison();
}

static struct value
fit_list(struct fit *c, uint32_t type, struct value v)
{
	const struct type *t = TYPE_AT(c->w->p, type);
	bool set = t->kind == TYPE_SET;
	uint32_t elem = t->elem, n = 0, kept = 0;
	struct iter it;
	struct value x;
	struct list *l;

	iter_begin(c->w, &it, &v);
	while (iter_next(c->w, &it, &x))
		n++;
	l = list_new(c->w, n);
	iter_begin(c->w, &it, &v);
	while (iter_next(c->w, &it, &x)) {
		if (x.kind == VALUE_TREE)
			x = tree_value(c->w, x.as.tree, elem);
		x = fit(c, elem, x);
		if (value_is_poison(&x))
			return x;
		l->items[kept++] = x;
	}
	l->count = kept;
	if (set)
		list_drop_repetitions(c->w, l);
	x = list_value(l, v.src);
	x.incomplete = v.incomplete;
	return counted(c, type, x, l->count);
}

static bool
key_fits(struct fit *c, uint32_t type, const struct map_entry *entry, const struct value *map)
{
	struct program *p = c->w->p;
	uint32_t key = TYPE_AT(p, type)->key;
	struct value v = value_text(entry->key, entry->value.src ? entry->value.src : map->src);
	struct fit of_key = { c->w, c->f, entry->node ? entry->node : c->node, "key" };

	if (!key)
		return true;
	v = fit(&of_key, key, v);
	return !value_is_poison(&v);
}

static struct value
fit_map(struct fit *c, uint32_t type, struct value v)
{
	struct program *p = c->w->p;
	struct map *m;
	uint32_t n;

	if (v.kind != VALUE_MAP)
		return v;
	n = v.as.map->count;
	m = arena_alloc(&c->w->arena, sizeof *m + (n + 8) * sizeof m->entries[0]);
	memcpy(m, v.as.map, sizeof *m + n * sizeof m->entries[0]);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t elem = TYPE_AT(p, type)->elem;

		if (!key_fits(c, type, &m->entries[i], &v))
			return value_poison();
		if (TYPE_AT(p, type)->kind == TYPE_STRUCT) {
			uint32_t member = program_struct_member(
				p, TYPE_AT(p, type)->members, m->entries[i].key);

			elem = TYPE_ID(MEMBER_AT(p, member)->type);
		}
		m->entries[i].value = fit(c, elem, m->entries[i].value);
		if (value_is_poison(&m->entries[i].value))
			return value_poison();
	}
	v.as.map = m;
	return TYPE_AT(p, type)->kind == TYPE_MAP ? counted(c, type, v, n) : v;
}

/* Members of a struct that were not written take their defaults. */
static struct value
fit_struct(struct fit *c, uint32_t type, struct value v)
{
	struct program *p = c->w->p;
	uint32_t missing = 0;
	struct map *m;

	v = fit_map(c, type, v);
	if (v.kind != VALUE_MAP)
		return v;
	for (uint32_t i = TYPE_AT(p, type)->members; i; i = MEMBER_AT(p, i)->next)
		missing += MEMBER_AT(p, i)->value != 0;
	if (!missing)
		return v;
	m = arena_alloc(
		&c->w->arena, sizeof *m + (v.as.map->count + missing) * sizeof m->entries[0]);
	memcpy(m, v.as.map, sizeof *m + v.as.map->count * sizeof m->entries[0]);
	for (uint32_t i = TYPE_AT(p, type)->members; i; i = MEMBER_AT(p, i)->next) {
		struct value given = map_get(m, MEMBER_AT(p, i)->name);

		if (!MEMBER_AT(p, i)->value || !value_is_absent(&given))
			continue;
		m->entries[m->count].key = MEMBER_AT(p, i)->name;
		m->entries[m->count].node = MEMBER_AT(p, i)->decl;
		m->entries[m->count++].value = fit(c, TYPE_ID(MEMBER_AT(p, i)->type),
			eval_expr(c->w, c->f, MEMBER_AT(p, i)->value));
	}
	v.as.map = m;
	return v;
}

static struct value
fit_ref(struct fit *c, struct value v)
{
	struct iter it;
	struct value one;

	if (v.kind != VALUE_CHILDREN && v.kind != VALUE_SET)
		return v;
	iter_begin(c->w, &it, &v);
	return iter_next(c->w, &it, &one) ? one : value_absent();
}

static struct value
fit(struct fit *c, uint32_t type, struct value v)
{
	struct program *p = c->w->p;

	if (v.kind == VALUE_OPEN)
		v = open_report(c->w, &v, c->node);
	if (value_is_poison(&v) || value_is_absent(&v))
		return v;
	switch ((enum type_kind)TYPE_AT(p, type)->kind) {
	case TYPE_SCALAR:
		/* Nothing is said of a release that the table does not know. */
		if (v.kind == VALUE_VERSION && TYPE_AT(p, type)->versions &&
			!version_known(c->w, TYPE_AT(p, type)->versions, &v))
			return value_poison();
		return type_is_number(p, type) ? fit_number(c, type, v) : fit_text(c, type, v);
	case TYPE_WORDS:
		return fit_word(c, type, v);
	case TYPE_LIST:
	case TYPE_SET:
		return fit_list(c, type, v);
	case TYPE_MAP:
		return fit_map(c, type, v);
	case TYPE_STRUCT:
		return fit_struct(c, type, v);
	case TYPE_REF:
		return fit_ref(c, v);
	default:
		return v;
	}
}

struct value
coerce(struct world *w, struct frame *f, uint32_t type, struct value v, node_id node,
	const char *what)
{
	struct fit c = { w, f, node, what };

	return fit(&c, TYPE_ID(type), v);
}
