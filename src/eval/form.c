/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form of what an included manifest says: a text where its kind has a text, a list where it has
 * a list. An API server refuses anything else, and rules that read such a value would misread it.
 * Names that a kind does not declare are left alone, and so are words: kinds hold what is written
 * here, and clusters know more.
 */
#include "eval/object.h"

#include <string.h>
#include "eval/inside.h"

static const char a_text[] = "a text";

/* What the type wants in YAML; NULL if the value has it. */
static const char *
scalar_wanted(const struct type *y, const struct tree *t)
{
	if (y->kind == TYPE_WORDS || y->kind == TYPE_REF || y->kind == TYPE_OBJECT)
		return t->scalar == SCALAR_TEXT ? NULL : a_text;
	if (y->kind != TYPE_SCALAR)
		return NULL;
	switch ((enum scalar_type)y->scalar) {
	case SCALAR_TYPE_INT: /* a cluster may take a name in its place */
	case SCALAR_TYPE_PORT:
	case SCALAR_TYPE_PERCENT:
	case SCALAR_TYPE_QUANTITY:
		return t->scalar == SCALAR_BOOL ? "a number" : NULL;
	case SCALAR_TYPE_BOOL:
		return t->scalar == SCALAR_BOOL ? NULL : "true or false";
	default:
		return t->scalar == SCALAR_TEXT ? NULL : a_text;
	}
}

static const char *
wanted(const struct type *y, const struct tree *t)
{
	switch ((enum type_kind)y->kind) {
	case TYPE_STRUCT:
	case TYPE_MAP:
		return t->kind == TREE_MAP ? NULL : "a map";
	case TYPE_LIST:
	case TYPE_SET:
		return t->kind == TREE_LIST ? NULL : "a list";
	case TYPE_SCALAR:
	case TYPE_WORDS:
	case TYPE_REF:
	case TYPE_OBJECT:
		return t->kind == TREE_SCALAR ? scalar_wanted(y, t) : "a single value";
	default:
		return NULL;
	}
}

static bool
check_form(struct world *w, const struct tree *t, atom name, uint32_t type)
{
	struct program *p = w->p;
	const struct type *y = TYPE_AT(p, type);
	const char *want = wanted(y, t);
	bool ok = !want;

	if (want) {
		struct diag *d = diag_add(&p->diags, EGM0208, t->origin.user, "`%s` must be %s",
			program_text(p, name), want);

		if (want == a_text)
			diag_line(&p->diags, d, LINE_HELP, "put it into quotes");
		return false;
	}
	if (t->kind == TREE_SCALAR)
		return true;
	if (y->kind == TYPE_STRUCT) {
		for (uint32_t m = y->members; m; m = MEMBER_AT(p, m)->next) {
			const struct member *member = MEMBER_AT(p, m);
			const struct tree *c = tree_find(t, member->name);

			if (c && !check_form(w, c, member->name, TYPE_ID(member->type)))
				ok = false;
		}
	} else if (y->elem) {
		for (const struct tree *c = t->first; c; c = c->next)
			if (!check_form(w, c, c->key ? c->key : name, y->elem))
				ok = false;
	}
	return ok;
}

/* Labels and annotations hold text, whatever kind they stand on. */
static bool
check_metadata(struct world *w, const struct tree *metadata)
{
	static const char *const maps[] = { "labels", "annotations" };
	bool ok = true;

	for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
		atom name = atom_of(&w->p->atoms, maps[i], strlen(maps[i]));
		const struct tree *t = tree_find(metadata, name);

		for (const struct tree *c = t && t->kind == TREE_MAP ? t->first : NULL; c;
			c = c->next)
			if (!check_form(w, c, c->key, TYPE_T(TEXT)))
				ok = false;
	}
	return ok;
}

bool
object_has_form(struct world *w, const struct tree *t, const struct tree *metadata, uint32_t kind)
{
	bool ok = check_metadata(w, metadata);

	return (!kind || check_form(w, t, 0, RTYPE_AT(w->p, kind)->body)) && ok;
}
