/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the built-in functions compute: one function each, in a table in the order of builtin.def.
 * Arguments are neither poison nor open.
 */
#include "check/builtin.h"

#include <stdlib.h>
#include <string.h>
#include "base/certificate.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "eval/inside.h"
#include "eval/world.h"

struct call {
	struct world *w;
	struct frame *f;
	node_id node;
	struct value args[3];
};

typedef struct value
builtin_fn(struct call *c);

static const char *
text_at(struct call *c, int i, size_t *len)
{
	atom a = c->args[i].as.text.a;

	if (c->args[i].kind != VALUE_TEXT) { /* YAML of a kind that does not say what this is */
		struct str s = STR_INIT;

		value_print(c->w, &c->args[i], &s);
		a = atom_of(&c->w->p->atoms, str_text(&s), s.len);
		str_release(&s);
	}
	*len = atom_len(&c->w->p->atoms, a);
	return atom_text(&c->w->p->atoms, a);
}

static struct value
new_text(struct call *c, const char *bytes, size_t len)
{
	struct value v = value_text(atom_of(&c->w->p->atoms, bytes, len), c->args[0].src);

	v.as.text.todo = c->args[0].kind == VALUE_TEXT ? c->args[0].as.text.todo : 0;
	return v;
}

/* All members of the first (or i-th) argument. */
static uint32_t
members(struct call *c, int i, struct value **out)
{
	struct iter it;
	struct value v;
	uint32_t n = 0;
	struct list *l;

	if (c->args[i].kind == VALUE_LIST) {
		*out = c->args[i].as.list->items;
		return c->args[i].as.list->count;
	}
	iter_begin(c->w, &it, &c->args[i]);
	while (iter_next(c->w, &it, &v))
		n++;
	l = list_new(c->w, n);
	n = 0;
	iter_begin(c->w, &it, &c->args[i]);
	while (iter_next(c->w, &it, &v))
		l->items[n++] = v.kind == VALUE_TREE ? tree_value(c->w, v.as.tree, 0) : v;
	*out = l->items;
	return n;
}

/* A result that missing members could change is poison. */
static struct value
unless_incomplete(struct call *c, struct value v)
{
	return c->args[0].incomplete ? value_poison() : v;
}

static node_id
members_src(const struct call *c, const struct value *items, uint32_t n)
{
	node_id src = c->args[0].src;

	for (uint32_t i = 0; i < n && !src; i++)
		src = items[i].src;
	return src;
}

static struct value
fn_count(struct call *c)
{
	struct value *items;
	struct iter it;
	struct value v;
	int64_t n = 0;
	node_id src = c->args[0].src;

	v = value_as_map(c->w, c->args[0]);
	if (v.kind == VALUE_MAP)
		return value_int(v.as.map->count, src);
	if (c->args[0].kind == VALUE_LIST) {
		n = members(c, 0, &items);
		return unless_incomplete(c, value_int(n, members_src(c, items, (uint32_t)n)));
	}
	iter_begin(c->w, &it, &c->args[0]);
	while (iter_next(c->w, &it, &v)) {
		n++;
		src = src ? src : v.src;
	}
	return unless_incomplete(c, value_int(n, src));
}

static struct value
fold_numbers(struct call *c, int64_t start, bool product)
{
	struct value *items, v;
	uint32_t n = members(c, 0, &items);
	int64_t total = start;

	for (uint32_t i = 0; i < n; i++)
		if (product ? __builtin_mul_overflow(total, items[i].as.n, &total)
			    : __builtin_add_overflow(total, items[i].as.n, &total)) {
			world_fault(c->w, c->f, EGM0502, &items[i], c->node,
				"this number leaves 64 bits");
			return value_poison();
		}
	v = value_int(total, members_src(c, items, n));
	v.kind = n ? items[0].kind : VALUE_INT;
	return unless_incomplete(c, v);
}

static struct value
fn_sum(struct call *c)
{
	return fold_numbers(c, 0, false);
}

static struct value
fn_product(struct call *c)
{
	return fold_numbers(c, 1, true);
}

static struct value
extreme(struct call *c, int sign)
{
	struct value *items;
	uint32_t n = members(c, 0, &items), best = 0;

	if (!n)
		return unless_incomplete(c, value_absent());
	for (uint32_t i = 1; i < n; i++)
		if (value_compare(c->w, &items[i], &items[best], false) * sign > 0)
			best = i;
	return unless_incomplete(c, items[best]);
}

static struct value
fn_max(struct call *c)
{
	return extreme(c, 1);
}

static struct value
fn_min(struct call *c)
{
	return extreme(c, -1);
}

static struct value
fn_first(struct call *c)
{
	struct iter it;
	struct value v;

	iter_begin(c->w, &it, &c->args[0]);
	if (iter_next(c->w, &it, &v))
		return v.kind == VALUE_TREE ? tree_value(c->w, v.as.tree, 0) : v;
	return unless_incomplete(c, value_absent());
}

static struct value
quantifier(struct call *c, bool looked_for)
{
	struct value *items;
	uint32_t n = members(c, 0, &items);

	for (uint32_t i = 0; i < n; i++)
		if ((items[i].as.n != 0) == looked_for)
			return value_bool(looked_for, items[i].src);
	return unless_incomplete(c, value_bool(!looked_for, members_src(c, items, n)));
}

static struct value
fn_any(struct call *c)
{
	return quantifier(c, true);
}

static struct value
fn_all(struct call *c)
{
	return quantifier(c, false);
}

/* Stable merge sort: qsort's order of equals is nobody's promise. */
static void
merge_sort(struct call *c, struct value *items, struct value *spare, uint32_t n)
{
	uint32_t half = n / 2, i = 0, j = half, k = 0;

	if (n < 2)
		return;
	merge_sort(c, items, spare, half);
	merge_sort(c, items + half, spare, n - half);
	while (i < half && j < n)
		spare[k++] = value_compare(c->w, &items[j], &items[i], false) < 0 ? items[j++]
										  : items[i++];
	while (i < half)
		spare[k++] = items[i++];
	while (j < n)
		spare[k++] = items[j++];
	memcpy(items, spare, n * sizeof *items);
}

static struct value
copied(struct call *c, uint32_t *n)
{
	struct value *items;
	struct list *l;

	*n = members(c, 0, &items);
	l = list_new(c->w, *n);
	if (*n)
		memcpy(l->items, items, *n * sizeof *items);
	struct value v = list_value(l, members_src(c, items, *n));

	v.incomplete = c->args[0].incomplete;
	return v;
}

static struct value
fn_sort(struct call *c)
{
	uint32_t n;
	struct value v = copied(c, &n);
	struct value *spare = mem_new((n + 1) * sizeof *spare);

	merge_sort(c, v.as.list->items, spare, n);
	mem_free(spare);
	return unless_incomplete(c, v);
}

void
list_drop_repetitions(struct world *w, struct list *l)
{
	uint32_t kept = 0;
	struct table64 *seen = table64_new();
	struct value *items = l->items;

	for (uint32_t i = 0; i < l->count; i++) {
		uint64_t h = hash_mix(value_hash(w, &items[i]), 2);
		uint32_t at = table64_get(seen, h);

		while (at && !value_equal(w, &items[at - 1], &items[i])) {
			h = hash_mix(h, 3);
			at = table64_get(seen, h);
		}
		if (at)
			continue;
		items[kept++] = items[i];
		table64_set(seen, h, kept);
	}
	l->count = kept;
	table64_free(seen);
}

static struct value
fn_unique(struct call *c)
{
	uint32_t n;
	struct value v = copied(c, &n);

	list_drop_repetitions(c->w, v.as.list);
	return v;
}

static struct value
fn_values(struct call *c)
{
	struct value m = value_as_map(c->w, c->args[0]), v = { .kind = VALUE_LIST, .src = m.src };
	uint32_t n = m.kind == VALUE_MAP ? m.as.map->count : 0;

	v.as.list = list_new(c->w, n);
	for (uint32_t i = 0; i < n; i++)
		v.as.list->items[i] = m.as.map->entries[i].value;
	return v;
}

static struct value
fn_join(struct call *c)
{
	struct value *items, v;
	uint32_t n = members(c, 1, &items);
	struct str s = STR_INIT;
	size_t len;
	const char *sep = text_at(c, 0, &len);

	for (uint32_t i = 0; i < n; i++) {
		if (i)
			str_add(&s, sep, len);
		value_print(c->w, &items[i], &s);
	}
	v = new_text(c, str_text(&s), s.len);
	for (uint32_t i = 0; i < n && !v.src; i++)
		v.src = items[i].src;
	str_release(&s);
	return c->args[1].incomplete ? value_poison() : v;
}

static struct value
fn_default(struct call *c)
{
	struct iter it;
	struct value v;

	if (c->args[0].kind == VALUE_CHILDREN) {
		iter_begin(c->w, &it, &c->args[0]);
		return iter_next(c->w, &it, &v) ? v : unless_incomplete(c, c->args[1]);
	}
	return value_is_absent(&c->args[0]) ? c->args[1] : c->args[0];
}

static uint32_t
made(struct call *c, int i)
{
	const struct value *v = &c->args[i];

	return v->kind == VALUE_RECORD    ? RECORD_AT(c->w, v->as.id)->order
		: v->kind == VALUE_OBJECT ? BUILDING_AT(c->w, v->as.id)->order
					  : 0;
}

static struct value
fn_earlier(struct call *c)
{
	return value_bool(made(c, 0) < made(c, 1), c->args[0].src);
}

static struct value
mapped(struct call *c, char from, char to, int shift)
{
	size_t len;
	const char *text = text_at(c, 0, &len);
	struct str s = STR_INIT;
	struct value v;

	for (size_t i = 0; i < len; i++)
		str_putc(&s, (char)(text[i] >= from && text[i] <= to ? text[i] + shift : text[i]));
	v = new_text(c, str_text(&s), s.len);
	str_release(&s);
	return v;
}

static struct value
fn_upper(struct call *c)
{
	return mapped(c, 'a', 'z', 'A' - 'a');
}

static struct value
fn_lower(struct call *c)
{
	return mapped(c, 'A', 'Z', 'a' - 'A');
}

static struct value
fn_cut(struct call *c)
{
	size_t len;
	const char *text = text_at(c, 0, &len);
	int64_t n = c->args[1].as.n < 0 ? 0 : c->args[1].as.n;

	len = (uint64_t)n < len ? (size_t)n : len;
	while (len && ((unsigned char)text[len] & 0xC0) == 0x80) /* not inside a character */
		len--;
	return new_text(c, text, len);
}

static struct value
fn_trim_end(struct call *c)
{
	size_t len, n;
	const char *text = text_at(c, 0, &len), *chars = text_at(c, 1, &n);

	while (len && memchr(chars, text[len - 1], n))
		len--;
	return new_text(c, text, len);
}

static struct value
fn_matches(struct call *c)
{
	size_t len, n, at;
	const char *text = text_at(c, 0, &len), *re = text_at(c, 1, &n), *fault;
	const struct pattern *p = pattern_compile(&c->w->scratch, re, n, &fault, &at);

	return value_bool(p && pattern_matches(p, text, len, &c->w->scratch), c->args[0].src);
}

static struct value
fn_split(struct call *c)
{
	size_t len, n;
	const char *text = text_at(c, 0, &len), *sep = text_at(c, 1, &n), *end = text + len;
	uint32_t count = 1;
	struct list *l;

	if (!n) {
		l = list_new(c->w, 1);
		l->items[0] = c->args[0];
		return list_value(l, c->args[0].src);
	}
	for (const char *at = text; at + n <= end; at++)
		if (!memcmp(at, sep, n)) {
			count++;
			at += n - 1;
		}
	l = list_new(c->w, count);
	count = 0;
	for (const char *at = text; at + n <= end; at++)
		if (!memcmp(at, sep, n)) {
			l->items[count++] = new_text(c, text, (size_t)(at - text));
			text = at + n;
			at += n - 1;
		}
	l->items[count] = new_text(c, text, (size_t)(end - text));
	return list_value(l, c->args[0].src);
}

static struct value
fn_replace(struct call *c)
{
	size_t len, n, m;
	const char *text = text_at(c, 0, &len), *from = text_at(c, 1, &n), *to = text_at(c, 2, &m);
	struct str s = STR_INIT;
	struct value v;

	for (size_t i = 0; i < len && s.len <= WORLD_TEXT_MAX;) {
		if (n && i + n <= len && !memcmp(text + i, from, n)) {
			str_add(&s, to, m);
			i += n;
		} else {
			str_putc(&s, text[i++]);
		}
	}
	if (s.len > WORLD_TEXT_MAX) {
		world_fault(c->w, c->f, EGM0501, &c->args[0], c->node,
			"a text grows beyond %u bytes", WORLD_TEXT_MAX);
		str_release(&s);
		return value_poison();
	}
	v = new_text(c, str_text(&s), s.len);
	str_release(&s);
	return v;
}

static struct value
fn_length(struct call *c)
{
	size_t len;

	text_at(c, 0, &len);
	return value_int((int64_t)len, c->args[0].src);
}

static bool
all_digits(struct call *c, int64_t *n)
{
	size_t len;
	const char *text = text_at(c, 0, &len);

	*n = 0;
	for (size_t i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(*n, 10, n) ||
			__builtin_add_overflow(*n, text[i] - '0', n))
			return false;
	return len > 0;
}

static struct value
fn_number(struct call *c)
{
	int64_t n;

	if (c->args[0].kind == VALUE_PERCENT) {
		if (c->args[0].as.n % 1000 == 0)
			return value_int(c->args[0].as.n / 1000, c->args[0].src);
		world_fault(c->w, c->f, EGM0121, &c->args[0], c->node,
			"a whole percentage is needed here");
		return value_poison();
	}
	if (all_digits(c, &n))
		return value_int(n, c->args[0].src);
	world_fault(c->w, c->f, EGM0121, &c->args[0], c->node, "`%s` is not a number",
		program_text(c->w->p, c->args[0].as.text.a));
	return value_poison();
}

static struct value
fn_whole(struct call *c)
{
	return value_bool(c->args[0].as.n % 1000 == 0, c->args[0].src);
}

static struct value
fn_is_number(struct call *c)
{
	int64_t n;

	return value_bool(all_digits(c, &n), c->args[0].src);
}

static struct value
fn_thousandths(struct call *c)
{
	return value_int(c->args[0].as.n, c->args[0].src);
}

static struct value
fn_sha256(struct call *c)
{
	char hex[SHA256_HEX];
	size_t len;
	const char *text = text_at(c, 0, &len);

	hash_sha256(text, len, hex);
	return new_text(c, hex, SHA256_HEX - 1);
}

static struct value
fn_certificate_end(struct call *c)
{
	char day[CERTIFICATE_DAY];
	size_t len;
	const char *text = text_at(c, 0, &len);

	return certificate_end(text, len, day) ? new_text(c, day, strlen(day)) : value_absent();
}

typedef bool
pair_fn(const char *a, size_t alen, const char *b, size_t blen);

static struct value
pair(struct call *c, pair_fn *fn)
{
	size_t n, m;
	const char *a = text_at(c, 0, &n), *b = text_at(c, 1, &m);

	return value_bool(fn(a, n, b, m), c->args[0].src ? c->args[0].src : c->args[1].src);
}

static struct value
fn_hosts_meet(struct call *c)
{
	return pair(c, hosts_meet);
}

static struct value
fn_host_inside(struct call *c)
{
	return pair(c, host_inside);
}

static struct value
fn_cidr_inside(struct call *c)
{
	return pair(c, cidr_inside);
}

static struct value
fn_cidr_meet(struct call *c)
{
	return pair(c, cidr_meet);
}

static struct value
fn_nearest(struct call *c)
{
	struct value *items;
	uint32_t n = members(c, 1, &items);
	struct suggest s;
	size_t len;
	const char *word = text_at(c, 0, &len);

	suggest_init(&s, word, len);
	for (uint32_t i = 0; i < n; i++)
		if (items[i].kind == VALUE_TEXT)
			suggest_offer(&s, program_text(c->w->p, items[i].as.text.a));
	return s.best ? new_text(c, s.best, strlen(s.best)) : value_absent();
}

/* A value to be filled in: told once for each place in the source. */
static struct value
fn_todo(struct call *c)
{
	struct world *w = c->w;
	struct value v = value_text(w->p->words_.todo, is_user_node(w, c->node) ? c->node : 0);
	bool known = false;

	v.as.text.todo = c->args[0].as.text.a;
	for (uint32_t i = 0; i < w->todos.count && !known; i++)
		known = *VEC_AT(&w->todos, node_id, i) == c->node;
	if (!known) {
		vec_push(&w->todos, &c->node);
		world_fault(w, c->f, EGM0190, &v, c->node, "still to be filled in: %s",
			program_text(w->p, v.as.text.todo));
	}
	return v;
}

/* ORDER: builtin.def. */
static builtin_fn *const functions[BUILTIN_COUNT_OF_ALL] = {
	NULL,
	fn_count,
	fn_sum,
	fn_product,
	fn_max,
	fn_min,
	fn_first,
	fn_any,
	fn_all,
	fn_sort,
	fn_unique,
	fn_values,
	fn_join,
	fn_default,
	fn_earlier,
	fn_upper,
	fn_lower,
	fn_cut,
	fn_trim_end,
	fn_matches,
	fn_split,
	fn_replace,
	fn_length,
	fn_number,
	fn_whole,
	fn_is_number,
	fn_thousandths,
	fn_sha256,
	fn_certificate_end,
	fn_hosts_meet,
	fn_host_inside,
	fn_cidr_inside,
	fn_cidr_meet,
	fn_nearest,
	fn_todo,
};

static struct value
apply_open(struct world *w, struct value a, struct value b, void *data)
{
	struct call c = *(struct call *)data;

	(void)b;
	c.args[0] = a;
	if (value_is_poison(&a))
		return a;
	return functions[NODE_AT(w->p, c.node)->ref](&c);
}

/* Functions that take absent values; for the others absent in gives absent out, which only
 * lenient places let through. */
static bool
takes_absent(enum builtin b)
{
	return b == BUILTIN_COUNT || b == BUILTIN_FIRST || b == BUILTIN_DEFAULT;
}

struct value
eval_builtin(struct world *w, struct frame *f, node_id n)
{
	struct call c = { w, f, n, { value_absent(), value_absent(), value_absent() } };
	enum builtin b = (enum builtin)NODE_AT(w->p, n)->ref;
	int i = 0;

	for (node_id a = NODE_AT(w->p, n)->kid[1]; a; a = NODE_AT(w->p, a)->next, i++) {
		c.args[i] = eval_expr(w, f, a);
		if (c.args[i].kind == VALUE_OPEN && i)
			c.args[i] = open_report(w, &c.args[i], a);
		if (value_is_poison(&c.args[i]))
			return value_poison();
		if (value_is_absent(&c.args[i]) && !takes_absent(b))
			return value_absent();
	}
	if (c.args[0].kind == VALUE_OPEN)
		return open_map(w, c.args[0], c.args[0], apply_open, &c);
	return functions[b](&c);
}
