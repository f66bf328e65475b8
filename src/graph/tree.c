/* SPDX-License-Identifier: Apache-2.0 */
/* Ordered trees. Nothing here recurses: a tree is as deep as somebody's input. */
#include "graph/graph.h"

#include <string.h>

struct tree *
tree_new(struct graph *g, enum tree_kind kind)
{
	struct tree *t = ARENA_NEW(&g->arena, struct tree);

	t->kind = (uint8_t)kind;
	return t;
}

struct tree *
tree_find(const struct tree *map, atom key)
{
	for (struct tree *t = map->first; t; t = t->next)
		if (t->key == key)
			return t;
	return NULL;
}

void
tree_add(struct tree *parent, struct tree *child)
{
	child->next = NULL;
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
	parent->count++;
}

/* [12]: the child with that number; *path moves behind the bracket. */
static struct tree *
walk_index(const struct tree *t, const char **path)
{
	const char *p = *path + 1;
	struct tree *child = t->first;
	uint64_t n = 0;

	if (t->kind != TREE_LIST || *p < '0' || *p > '9')
		return NULL;
	for (; *p >= '0' && *p <= '9'; p++)
		if ((n = n * 10 + (uint64_t)(*p - '0')) >= t->count)
			return NULL;
	if (*p != ']')
		return NULL;
	*path = p + 1;
	for (; n; n--)
		child = child->next;
	return child;
}

/* A key, plain or quoted; *path moves behind it. */
static struct tree *
walk_key(const struct graph *g, const struct tree *t, const char **path)
{
	const char *p = *path;
	bool quoted = *p == '"';
	size_t len = quoted ? strcspn(++p, "\"") : strcspn(p, ".[\"");
	atom key = atom_find(g->atoms, p, len);

	if (t->kind != TREE_MAP || !key || (quoted && p[len] != '"'))
		return NULL;
	*path = p + len + quoted;
	return tree_find(t, key);
}

struct tree *
tree_walk(const struct graph *g, const struct tree *root, const char *path)
{
	struct tree *t = (struct tree *)root; /* given back as it came */

	for (const char *p = path; t && *p;) {
		if (*p == '[')
			t = walk_index(t, &p);
		else if (p == path || *p++ == '.')
			t = walk_key(g, t, &p);
		else
			return NULL;
	}
	return t;
}

void
path_add_key(struct str *out, const char *key, size_t len)
{
	bool quoted = !len || strcspn(key, ".[]\" ") < len;

	if (out->len)
		str_putc(out, '.');
	if (quoted)
		str_putc(out, '"');
	str_add(out, key, len);
	if (quoted)
		str_putc(out, '"');
}

void
steps_init(struct steps *s, const struct tree *root)
{
	*s = (struct steps){ .at = root };
	vec_init(&s->above, sizeof(const struct tree *), false);
}

void
steps_release(struct steps *s)
{
	vec_release(&s->above);
}

const struct tree *
steps_next(struct steps *s)
{
	if (!s->begun) {
		s->begun = true;
		return s->at;
	}
	if (!s->at)
		return NULL;
	if (s->at->first) {
		vec_push(&s->above, &s->at);
		return s->at = s->at->first;
	}
	while (s->above.count && !s->at->next) {
		s->at = *VEC_AT(&s->above, const struct tree *, s->above.count - 1);
		vec_cut(&s->above, s->above.count - 1);
	}
	return s->at = s->above.count ? s->at->next : NULL;
}

/* Without the children but with their number, and so, node by node of two walks, the shape. */
static bool
same_node(const struct tree *a, const struct tree *b)
{
	return a->kind == b->kind && a->key == b->key && a->count == b->count &&
		(a->kind != TREE_SCALAR || (a->scalar == b->scalar && a->text == b->text));
}

bool
tree_equal(const struct tree *a, const struct tree *b)
{
	struct steps one, two;
	bool same = true;

	steps_init(&one, a);
	steps_init(&two, b);
	for (;;) {
		const struct tree *x = steps_next(&one), *y = steps_next(&two);

		if (!x || !y) {
			same = x == y;
			break;
		}
		if (!same_node(x, y)) {
			same = false;
			break;
		}
	}
	steps_release(&one);
	steps_release(&two);
	return same;
}
