/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One site, from its profiles to a sorted graph.
 */
#include "eval/eval.h"

#include <string.h>
#include "base/mem.h"
#include "base/suggest.h"
#include "check/check.h"
#include "eval/world.h"

#define PROFILES_MAX 64

/* --- the chain of profiles --- */

static void
unknown_profile(struct program *p, node_id word)
{
	struct diag *g = diag_add(&p->diags, EGM0180, NODE_AT(p, word)->span,
		"there is no profile `%s`", program_text(p, NODE_AT(p, word)->a));
	struct suggest s;

	if (program_symbol(p, NODE_AT(p, word)->a).site) {
		diag_here(&p->diags, g, "this is a site");
		diag_line(&p->diags, g, LINE_HELP,
			"what two sites share stands in a profile that both are from");
		return;
	}

	suggest_init(
		&s, program_text(p, NODE_AT(p, word)->a), atom_len(&p->atoms, NODE_AT(p, word)->a));
	for (uint32_t i = 1; i < p->sites.count; i++)
		if (SITE_AT(p, i)->profile && !SITE_AT(p, i)->library)
			suggest_offer(&s, program_text(p, SITE_AT(p, i)->name));
	if (s.best)
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
}

/* The site and its profiles, nearest first. 0 if one of them is unknown. */
static uint32_t
profile_chain(struct program *p, uint32_t site, uint32_t *chain)
{
	uint32_t count = 0;

	for (uint32_t s = site; s;) {
		node_id from = NODE_AT(p, SITE_AT(p, s)->node)->kid[0];

		chain[count++] = s;
		if (!from)
			return count;
		s = program_symbol(p, NODE_AT(p, from)->a).site;
		if (!s || !SITE_AT(p, s)->profile) {
			unknown_profile(p, from);
			return 0;
		}
		for (uint32_t i = 0; i < count; i++)
			if (chain[i] == s || count == PROFILES_MAX) {
				diag_add(&p->diags, EGM0180, NODE_AT(p, from)->span,
					"profile `%s` comes from itself",
					program_text(p, NODE_AT(p, from)->a));
				return 0;
			}
	}
	return count;
}

/* --- the world --- */

static struct world *
world_new(struct program *p, struct graph *g, uint32_t site, const uint32_t *chain, uint32_t count)
{
	struct world *w = mem_new(sizeof *w);

	w->p = p;
	w->g = g;
	arena_init(&w->arena);
	arena_init(&w->scratch);
	vec_init(&w->records, sizeof(struct record), true);
	vec_init(&w->sets, sizeof(struct vec), false);
	vec_init(&w->instances, sizeof(struct instances), false);
	vec_init(&w->objects, sizeof(struct building), false);
	vec_init(&w->crossings, sizeof(struct crossing), false);
	vec_init(&w->index_list, sizeof(void *), true);
	vec_init(&w->entry_list, 2 * sizeof(void *), true);
	vec_init(&w->rtype_incomplete, sizeof(bool), false);
	vec_init(&w->todos, sizeof(node_id), false);
	vec_init(&w->api_versions, sizeof(atom), false);
	vec_add(&w->sets, p->rtypes.count);
	for (uint32_t t = 0; t < p->rtypes.count; t++)
		vec_init(VEC_AT(&w->sets, struct vec, t), sizeof(uint32_t), false);
	vec_add(&w->instances, p->contexts.count);
	vec_init(&w->frames, sizeof(struct frame *), false);
	vec_add(&w->frames, p->contexts.count);
	vec_add(&w->rtype_incomplete, p->rtypes.count);
	for (uint32_t i = 0; i < p->failed.count; i++)
		*VEC_AT(&w->rtype_incomplete, bool, *VEC_AT(&p->failed, uint32_t, i)) = true;
	w->identities = table64_new();
	w->children = table64_new();
	w->last_children = table64_new();
	w->labels = table64_new();
	w->object_ids = table64_new();
	w->object_names = table64_new();
	w->indexes = table64_new();
	w->entries = table64_new();
	w->site_number = site;
	w->chain = arena_alloc(&w->arena, count * sizeof *chain);
	memcpy((void *)(uintptr_t)w->chain, chain, count * sizeof *chain);
	w->chain_count = count;
	w->rules_silent = ARENA_ARRAY(&w->arena, bool, p->rules.count);
	w->diags_from = p->diags.all.count;
	return w;
}

static void
world_free(struct world *w)
{
	struct table64 *tables[] = { w->identities, w->children, w->last_children, w->labels,
		w->object_ids, w->object_names, w->indexes, w->entries };

	index_release_all(w);
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		table64_free(tables[i]);
	for (uint32_t t = 0; t < w->sets.count; t++)
		vec_release(VEC_AT(&w->sets, struct vec, t));
	vec_release(&w->sets);
	vec_release(&w->records);
	vec_release(&w->instances);
	vec_release(&w->frames);
	vec_release(&w->objects);
	vec_release(&w->crossings);
	vec_release(&w->entry_list);
	vec_release(&w->rtype_incomplete);
	vec_release(&w->todos);
	vec_release(&w->api_versions);
	arena_release(&w->arena);
	arena_release(&w->scratch);
	mem_free(w);
}

static void
note_todos(struct world *w)
{
	for (uint32_t i = 0; i < w->todos.count; i++) {
		node_id n = *VEC_AT(&w->todos, node_id, i);
		struct remark r;

		memset(&r, 0, sizeof r);
		r.what = atom_of_text(&w->p->atoms, "todo");
		r.text = NODE_AT(w->p, NODE_AT(w->p, n)->kid[1])->a;
		r.place = NODE_AT(w->p, n)->span;
		vec_push(&w->g->remarks, &r);
	}
}

bool
eval_run(struct eval *e, struct program *p, uint32_t site)
{
	uint32_t chain[PROFILES_MAX + 1], count, errors = p->diags.errors;
	enum site_role role = (enum site_role)SITE_AT(p, site)->role;

	memset(e, 0, sizeof *e);
	e->p = p;
	graph_init(&e->graph, &p->atoms);
	e->graph.site = SITE_AT(p, site)->name;
	count = profile_chain(p, site, chain);
	if (!count)
		return false;
	e->checked = true;
	check_site(p, chain, count, &e->mark);
	e->world = world_new(p, &e->graph, site, chain, count);
	e->world->diags_from = e->world->diags_from > 0 ? e->world->diags_from : 0;
	records_run(e->world);
	if (!e->world->stopped)
		objects_run(e->world);
	if (!e->world->stopped)
		rules_run(e->world);
	waivers_run(e->world);
	note_todos(e->world);
	if (role == SITE_TEST)
		expects_run(e->world);
	if (p->diags.errors == errors)
		graph_sort(&e->graph, &p->diags);
	e->ok = p->diags.errors == errors;
	return e->ok;
}

void
eval_release(struct eval *e)
{
	if (e->world)
		world_free(e->world);
	if (e->checked)
		check_site_cut(e->p, &e->mark);
	graph_release(&e->graph);
}

/* --- looking at it --- */

static void
dump_slot(struct world *w, uint32_t r, uint32_t m, struct str *out)
{
	struct program *p = w->p;
	const struct member *member = MEMBER_AT(p, m);
	struct value v;
	const struct slot *slot;
	struct place place;

	if (member->form == MEMBER_CHILD)
		return;
	v = eval_slot(w, r, m);
	if (value_is_absent(&v))
		return;
	slot = record_slot(w, r, member);
	str_format(out, "  %s = ", program_text(p, member->name));
	value_show(w, &v, out);
	if (slot->node) {
		struct span s = NODE_AT(p, slot->node)->span;

		place = source_place(&p->source, s.file, s.start);
		str_format(out, "  # %s:%u%s", source_file(&p->source, s.file)->name, place.line,
			slot->state == SLOT_DEFAULT          ? ", default"
				: member->form == MEMBER_LET ? ", computed"
							     : "");
	}
	str_putc(out, '\n');
}

static void
dump_record(struct world *w, uint32_t r, struct str *out)
{
	const struct record *x = RECORD_AT(w, r);
	const struct rtype *t = RTYPE_AT(w->p, x->rtype);

	if (t->choice)
		str_format(out, "%s %s", program_text(w->p, RTYPE_AT(w->p, t->choice)->name),
			program_text(w->p, t->name));
	else
		str_format(out, "%s %s", program_text(w->p, t->name), program_text(w->p, x->label));
	if (x->owner && x->owner != w->site)
		str_format(out, " of %s", program_text(w->p, RECORD_AT(w, x->owner)->label));
	str_putc(out, '\n');
	for (uint32_t m = t->choice ? RTYPE_AT(w->p, t->choice)->members : 0; m;
		m = MEMBER_AT(w->p, m)->next)
		dump_slot(w, r, m, out);
	for (uint32_t m = t->members; m; m = MEMBER_AT(w->p, m)->next)
		dump_slot(w, r, m, out);
}

void
eval_dump_site(const struct eval *e, struct str *out)
{
	struct world *w = e->world;

	for (uint32_t r = 1; w && r < w->records.count; r++)
		if (!RECORD_AT(w, r)->dropped)
			dump_record(w, r, out);
}

static void
why_place(struct program *p, const char *title, struct span s, struct str *out)
{
	struct place place = source_place(&p->source, s.file, s.start);
	uint32_t len;
	const char *line;

	if (!s.file)
		return;
	line = source_line(&p->source, s.file, place.line, &len);
	while (len && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	str_format(out, "  %s %s:%u:%u\n      %.*s\n", title, source_file(&p->source, s.file)->name,
		place.line, place.column, (int)len, line);
}

void
eval_why(struct program *p, const struct object *o, const struct tree *t, struct str *out)
{
	const struct tree *at = t ? t : o->root;

	str_format(out, "%s %s%s%s", program_text(p, o->kind), program_text(p, o->namespace),
		o->namespace ? "/" : "", program_text(p, o->name));
	if (at->key)
		str_format(out, ": %s", program_text(p, at->key));
	if (at->kind == TREE_SCALAR)
		str_format(out, "%s%s", at->key ? " = " : ": ", program_text(p, at->text));
	str_putc(out, '\n');
	why_place(p, "from   ", at->origin.user, out);
	if (memcmp(&at->origin.user, &at->origin.library, sizeof at->origin.user))
		why_place(p, "through", at->origin.library, out);
	if (at->origin.reason)
		str_format(out, "  because %s\n", program_text(p, at->origin.reason));
	if (at->todo)
		str_format(out, "  to do   %s\n", program_text(p, at->todo));
}

/* --- tests --- */

static uint32_t
count_code(const struct diags *d, uint32_t from, const char *code, const struct diag **other)
{
	uint32_t n = 0;

	*other = NULL;
	for (uint32_t i = from; i < d->all.count; i++) {
		const struct diag *g = *VEC_AT(&d->all, struct diag *, i);

		if (g->dropped)
			continue;
		if (code && !strcmp(g->code, code))
			n++;
		else if (!*other || g->severity < (*other)->severity)
			*other = g;
	}
	return n;
}

static void
tell(struct program *p, const struct diag *g, struct str *why)
{
	struct place place = source_place(&p->source, g->span.file, g->span.start);

	str_format(why, "%s:%u:%u: %s[%s]: %s", source_file(&p->source, g->span.file)->name,
		place.line, place.column, g->severity == SEVERITY_ERROR ? "error" : "warning",
		g->code, g->message);
	for (const struct diag_text *t = g->texts; t; t = t->next)
		if (t->line == LINE_SHOW)
			str_format(why, " (%s)", t->text);
}

bool
eval_test(struct program *p, uint32_t site, struct str *why)
{
	struct eval e;
	const struct site *s = SITE_AT(p, site);
	uint32_t from = p->diags.all.count, found;
	enum site_role role = (enum site_role)s->role;
	const char *code = role == SITE_TEST ? NULL : program_text(p, s->code);
	const struct diag *other;

	eval_run(&e, p, site);
	found = count_code(&p->diags, from, code, &other);
	if (role == SITE_FAILS && !found)
		str_format(why, "%s is not reported", code);
	else if (role == SITE_PASSES && found)
		str_format(why, "%s is reported", code);
	else if (other &&
		(other->severity == SEVERITY_ERROR ||
			(role == SITE_FAILS && other->severity == SEVERITY_WARNING)))
		tell(p, other, why);
	diags_rewind(&p->diags, from);
	eval_release(&e);
	return why->len == 0;
}
