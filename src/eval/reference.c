/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References by label: the record that a path of labels names, seen from where it is written.
 */
#include "eval/object.h"

#include <string.h>
#include "base/suggest.h"
#include "eval/inside.h"

static uint32_t
path_words(struct world *w, node_id n, atom *words, uint32_t most)
{
	uint32_t count = 0;

	for (; NODE_AT(w->p, n)->kind == NODE_DOT; n = NODE_AT(w->p, n)->kid[0])
		if (count < most)
			words[count++] = NODE_AT(w->p, n)->a;
	if (count < most)
		words[count++] = NODE_AT(w->p, n)->a;
	return count; /* last word first */
}

/* Do the owners of a record carry the other words of the path, up to the site? */
static bool
path_fits(const struct world *w, uint32_t record, const atom *words, uint32_t count)
{
	uint32_t r = record;

	for (uint32_t i = 0; i < count; i++, r = RECORD_AT(w, r)->owner)
		if (!r || RECORD_AT(w, r)->label != words[i])
			return false;
	return true;
}

static bool
path_is_full(const struct world *w, uint32_t record, uint32_t count)
{
	uint32_t r = record;

	for (uint32_t i = 0; i < count; i++)
		r = RECORD_AT(w, r)->owner;
	return r == w->site;
}

/* Is `owner` the record at hand, or one that it belongs to? */
static bool
is_around(const struct world *w, uint32_t record, uint32_t owner)
{
	while (record && record != owner)
		record = RECORD_AT(w, record)->owner;
	return record == owner;
}

/* A type whose records belong to a record that is around: a bare label means the one there,
 * never another's. */
static bool
scoped_here(const struct world *w, uint32_t rtype, uint32_t here)
{
	uint32_t owner = RTYPE_AT(w->p, rtype)->owner;

	for (uint32_t r = here; r && r != w->site; r = RECORD_AT(w, r)->owner)
		if (record_is(w, r, owner))
			return true;
	return false;
}

struct match {
	uint32_t best, count;
	int rank;
};

static void
offer_match(struct world *w, struct match *m, uint32_t r, const atom *words, uint32_t count,
	uint32_t here)
{
	int rank;

	if (RECORD_AT(w, r)->dropped || !path_fits(w, r, words, count))
		return;
	if (count == 1 && scoped_here(w, RECORD_AT(w, r)->rtype, here))
		rank = is_around(w, here, RECORD_AT(w, r)->owner) ? 3 : 0;
	else
		rank = path_is_full(w, r, count) ? 2 : 1;
	if (!rank || rank < m->rank)
		return;
	if (rank > m->rank) {
		m->rank = rank;
		m->count = 0;
	}
	m->best = r;
	m->count++;
}

static void
find_matches(struct world *w, struct match *m, uint32_t rtype, const atom *words, uint32_t count,
	uint32_t here)
{
	uint64_t key = pair_key(record_choice_of(w, rtype), words[0]);

	for (uint32_t r = table64_get(w->labels, key); r; r = RECORD_AT(w, r)->next_labelled)
		if (RECORD_AT(w, r)->label == words[0] && record_is(w, r, rtype))
			offer_match(w, m, r, words, count, here);
}

/* The cases of choices around it are left out: nothing else could be meant. */
static void
record_path(struct world *w, uint32_t record, struct str *out)
{
	uint32_t owner = RECORD_AT(w, record)->owner;

	if (owner && owner != w->site && !RTYPE_AT(w->p, RECORD_AT(w, owner)->rtype)->choice) {
		record_path(w, owner, out);
		str_putc(out, '.');
	}
	str_puts(out, program_text(w->p, RECORD_AT(w, record)->label));
}

/* What could have been written here for record r, or NULL. */
static const char *
path_here(struct world *w, uint32_t r, const char *written, uint32_t here)
{
	uint32_t owner = RECORD_AT(w, r)->owner;
	const char *dot = strrchr(written, '.');
	bool around = is_around(w, here, owner);
	struct str path = STR_INIT;
	const char *kept;

	if (around && owner != w->site && !dot)
		str_puts(&path, program_text(w->p, RECORD_AT(w, r)->label));
	else
		record_path(w, r, &path);
	kept = arena_copy(&w->arena, str_text(&path), path.len);
	str_release(&path);
	/* Elsewhere, what is known here alone is named by its whole path. */
	if (scoped_here(w, RECORD_AT(w, r)->rtype, here) && !around &&
		(!dot || strncmp(kept, written, (size_t)(dot - written) + 1) != 0))
		return NULL;
	return kept;
}

/* The blocks of these types are all missing: how one is made. */
static void
help_declare(struct world *w, struct diag *g, const struct type *t, const char *written)
{
	struct program *p = w->p;

	for (uint32_t i = 0; i < t->count; i++) {
		const struct rtype *x = RTYPE_AT(p, NUMBER_AT(p, t->first + i));
		uint32_t owner = x->owner;

		if (x->form != FORM_BLOCK || strchr(written, '.'))
			continue;
		if (!owner || owner == p->site_rtype)
			diag_line(&p->diags, g, LINE_HELP, "declare it: %s %s { ... }",
				program_text(p, x->name), written);
		else
			diag_line(&p->diags, g, LINE_HELP,
				"declare it in the braces of `%s`: %s %s { ... }",
				program_text(p, RTYPE_AT(p, owner)->name), program_text(p, x->name),
				written);
		return;
	}
}

#define PATHS_MOST 8 /* more are a page to read, not a help */

static void
suggest_paths(struct world *w, struct diag *g, uint32_t type, const char *written, uint32_t here)
{
	struct program *p = w->p;
	const struct type *t = TYPE_AT(p, type);
	const char *dot = strrchr(written, '.');
	size_t head = dot ? (size_t)(dot - written) + 1 : 0;
	struct suggest s;
	uint32_t shown[2] = { 0, 0 }, total = 0; /* all, and those that begin as it is written */
	struct str all[2] = { STR_INIT, STR_INIT };
	bool close;

	suggest_init(&s, written, strlen(written));
	for (uint32_t i = 0; i < t->count; i++) {
		const struct vec *set = VEC_AT(&w->sets, struct vec, NUMBER_AT(p, t->first + i));

		for (uint32_t j = 0; j < set->count && total < 1000; j++, total++) {
			const char *path = path_here(w, *VEC_AT(set, uint32_t, j), written, here);

			if (!path)
				continue;
			suggest_offer(&s, path);
			for (int k = 0; k < (head && !strncmp(path, written, head) ? 2 : 1); k++)
				if (shown[k]++ < PATHS_MOST)
					str_format(&all[k], "%s`%s`", all[k].len ? ", " : "", path);
		}
	}
	close = shown[1] > 0;
	if (s.best) {
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
		diag_fix(&p->diags, g, g->span, "%s", s.best);
	} else if (shown[close] && shown[close] <= PATHS_MOST) {
		diag_line(&p->diags, g, LINE_HELP, "there %s %s",
			shown[close] == 1 ? "is only" : "are", str_text(&all[close]));
	} else if (!shown[0]) {
		help_declare(w, g, t, written);
	}
	str_release(&all[0]);
	str_release(&all[1]);
}

static void
type_names(const struct world *w, const struct type *t, struct str *out)
{
	for (uint32_t i = 0; i < t->count; i++)
		str_format(out, "%s%s", i ? " or " : "",
			record_rtype_name(w, NUMBER_AT(w->p, t->first + i)));
}

static struct value
no_match(struct world *w, struct frame *f, node_id n, uint32_t type, const struct match *m,
	uint32_t here)
{
	struct program *p = w->p;
	const struct node *x = NODE_AT(p, n);
	const struct source_file *file = source_file(&p->source, x->span.file);
	const char *written =
		arena_copy(&w->arena, file->bytes + x->span.start, x->span.end - x->span.start);
	struct str names = STR_INIT;
	struct value at = { .kind = VALUE_ABSENT, .src = n };
	struct diag *g;

	type_names(w, TYPE_AT(p, type), &names);
	if (m->count > 1) {
		g = world_fault(w, f, EGM0111, &at, 0, "`%s` fits %u records", written, m->count);
		diag_line(
			&p->diags, g, LINE_HELP, "write the whole path, from the top of the site");
	} else {
		g = world_fault(
			w, f, EGM0110, &at, 0, "there is no %s `%s`", str_text(&names), written);
		diag_here(&p->diags, g, "no such %s", str_text(&names));
		suggest_paths(w, g, type, written, here);
	}
	str_release(&names);
	return value_poison();
}

/* Any block of the site that has this path, where no type is expected: `Service of cart`. */
static void
find_any(struct world *w, struct match *m, const atom *words, uint32_t count)
{
	for (uint32_t t = 1; t < w->p->rtypes.count; t++)
		if (RTYPE_AT(w->p, t)->form == FORM_BLOCK)
			find_matches(w, m, t, words, count, w->site);
}

struct value
record_by_path(struct world *w, struct frame *f, node_id n)
{
	uint32_t type = NODE_AT(w->p, n)->type, count, here = w->site;
	const struct type *t = TYPE_AT(w->p, type);
	struct match m = { 0, 0, 0 };
	bool incomplete = false;
	atom words[16];

	for (struct frame *x = f; x && here == w->site; x = x->up)
		here = x->record ? x->record : here;
	count = path_words(w, n, words, 16);
	for (uint32_t i = 0; i < t->count; i++) {
		find_matches(w, &m, NUMBER_AT(w->p, t->first + i), words, count, here);
		incomplete |= *VEC_AT(&w->rtype_incomplete, bool, NUMBER_AT(w->p, t->first + i));
	}
	if (!t->count)
		find_any(w, &m, words, count);
	if (m.count == 1)
		return value_record(m.best, n);
	return incomplete && !m.count ? value_poison() : no_match(w, f, n, type, &m, here);
}
