/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of checking, in order: names, owners, meanings, values, statements, the order of
 * columns, and what the whole must fulfil. Each step goes over all files before the next begins,
 * so that files may speak of each other in any order.
 */
#include "check/check.h"

#include <stdarg.h>
#include <string.h>
#include "base/mem.h"
#include "base/suggest.h"
#include "check/checker.h"

void
checker_init(struct checker *ck, struct program *p)
{
	memset(ck, 0, sizeof *ck);
	ck->p = p;
	vec_init(&ck->reads, sizeof(struct read), false);
	vec_init(&ck->facts, sizeof(struct fact), false);
	ck->edges = mem_new(sizeof *ck->edges);
}

void
checker_release(struct checker *ck)
{
	vec_release(&ck->reads);
	vec_release(&ck->facts);
	mem_free(ck->edges->slots);
	mem_free(ck->edges);
}

static struct diag *
fault_at(struct checker *ck, enum diag_code code, struct span span, const char *fmt, va_list ap)
{
	char *text = arena_vformat(&ck->p->diags.arena, fmt, ap);

	return diag_add(&ck->p->diags, code, span, "%s", text);
}

struct diag *
check_fault(struct checker *ck, enum diag_code code, node_id n, const char *fmt, ...)
{
	struct diag *g;
	va_list ap;

	va_start(ap, fmt);
	g = fault_at(ck, code, program_head(ck->p, n), fmt, ap);
	va_end(ap);
	return g;
}

struct diag *
check_fault_at(struct checker *ck, enum diag_code code, struct span span, const char *fmt, ...)
{
	struct diag *g;
	va_list ap;

	va_start(ap, fmt);
	g = fault_at(ck, code, span, fmt, ap);
	va_end(ap);
	return g;
}

struct span
check_word_span(const struct program *p, node_id n)
{
	struct span s = NODE_AT(p, n)->span;

	if (NODE_AT(p, n)->kind == NODE_DOT)
		s.start = (uint32_t)NODE_AT(p, n)->n;
	return s;
}

/* --- files --- */

typedef void
step_fn(struct checker *ck, node_id n);

/* Runs one step over the declarations of all files. */
static void
for_declarations(struct checker *ck, uint32_t first, const uint32_t *contexts, step_fn *step)
{
	struct program *p = ck->p;

	for (uint32_t f = first; f < p->files.count; f++) {
		ck->context = contexts[f - first];
		for (node_id n = VEC_AT(&p->files, struct ast_file, f)->first; n;
			n = NODE_AT(p, n)->next)
			if (!(NODE_AT(p, n)->flags & FLAG_BROKEN) ||
				NODE_AT(p, n)->kind == NODE_SITE ||
				NODE_AT(p, n)->kind == NODE_PROFILE)
				step(ck, n);
	}
	ck->context = 0;
}

static void
meaning_types(struct checker *ck, node_id n)
{
	declare_meaning(ck, n, true);
}

static void
meaning_rest(struct checker *ck, node_id n)
{
	declare_meaning(ck, n, false);
}

static void
file_lets(struct checker *ck, uint32_t first, const uint32_t *contexts)
{
	struct program *p = ck->p;

	for (uint32_t f = first; f < p->files.count; f++) {
		ck->context = contexts[f - first];
		check_file_lets(ck, VEC_AT(&p->files, struct ast_file, f)->first);
	}
	ck->context = 0;
}

static void
file_bodies(struct checker *ck, uint32_t first, const uint32_t *contexts)
{
	struct program *p = ck->p;

	for (uint32_t f = first; f < p->files.count; f++) {
		ck->context = contexts[f - first];
		check_file(ck, VEC_AT(&p->files, struct ast_file, f)->first);
		vec_cut(&ck->reads, 0);
		vec_cut(&ck->facts, 0);
	}
	ck->context = 0;
}

static void
declare_all(struct checker *ck, uint32_t first, const uint32_t *contexts)
{
	struct program *p = ck->p;
	uint32_t members, columns = p->columns.count, rtypes = p->rtypes.count, fns = p->fns.count;

	if (!p->crossing_rtype)
		declare_crossing(ck);
	for_declarations(ck, first, contexts, declare_name);
	for_declarations(ck, first, contexts, declare_owner);
	for_declarations(ck, first, contexts, declare_existence);
	for_declarations(ck, first, contexts, meaning_types);
	members = p->members.count;
	file_lets(ck, first, contexts);
	for_declarations(ck, first, contexts, meaning_rest);
	for_declarations(ck, first, contexts, declare_rows);
	declare_bounds(ck);
	declare_edges(ck, columns);
	declare_values(ck, members, p->members.count);
	for (uint32_t t = rtypes; t < p->rtypes.count; t++)
		if (RTYPE_AT(p, t)->form == FORM_KIND)
			declare_api_version(ck, t);
	for (uint32_t f = fns; f < p->fns.count; f++)
		check_fn(ck, f, FN_AT(p, f)->decl);
}

/* Key material in any text of the user's. */
static void
refuse_secrets(struct checker *ck)
{
	struct program *p = ck->p;

	for (node_id n = p->library_nodes; n < ast_count(&p->ast); n++) {
		atom a = NODE_AT(p, n)->a;
		const char *what = NODE_AT(p, n)->kind == NODE_STRING
			? secret_looks_like(program_text(p, a), atom_len(&p->atoms, a))
			: NULL;

		if (!what)
			continue;
		diag_line(&p->diags, check_fault(ck, EGM0016, n, "this looks like %s", what),
			LINE_HELP, "refer to a Secret by its name");
	}
}

bool
check_files(struct program *p, uint32_t first, bool library)
{
	struct checker ck;
	uint32_t errors = p->diags.errors, count = p->files.count - first;
	uint32_t *contexts = mem_new((count + 1) * sizeof *contexts), objects = p->objects.count;

	checker_init(&ck, p);
	ck.user = !library;
	for (uint32_t i = 0; i < count; i++)
		contexts[i] = context_new(p, CONTEXT_FILE, 0, 0);
	declare_all(&ck, first, contexts);
	file_bodies(&ck, first, contexts);
	order_columns(&ck);
	guard_objects(&ck, objects);
	check_conflicts(&ck);
	check_targets(&ck);
	if (!p->diags.errors)
		guard_vocabulary(&ck);
	if (!library)
		refuse_secrets(&ck);
	checker_release(&ck);
	mem_free(contexts);
	return p->diags.errors == errors;
}

/* --- sites --- */

node_id
site_body(const struct program *p, uint32_t site)
{
	const struct node *n = NODE_AT(p, SITE_AT(p, site)->node);

	return n->kid[1];
}

static bool
is_param(const struct program *p, node_id body, atom name)
{
	for (node_id n = body; n; n = NODE_AT(p, n)->next)
		if (NODE_AT(p, n)->kind == NODE_PARAM && NODE_AT(p, n)->a == name)
			return true;
	return false;
}

/* The field of a body that gives the parameter its value; 0 if there is none. */
static node_id
param_field(struct program *p, node_id body, atom name)
{
	for (node_id n = body; n; n = NODE_AT(p, n)->next) {
		node_id word = NODE_AT(p, n)->kind == NODE_FIELD ? NODE_AT(p, n)->kid[0] : 0;

		if (word && !NODE_AT(p, word)->next && NODE_AT(p, word)->a == name)
			return n;
	}
	return 0;
}

/* The value that one body gives; a second one in the same body is a conflict. */
static node_id
param_value_in(struct checker *ck, node_id body, atom name)
{
	struct program *p = ck->p;
	node_id first = param_field(p, body, name), other;
	struct diag *g;

	if (!first)
		return 0;
	NODE_AT(p, first)->flags |= FLAG_PARAM;
	for (node_id n = first; (other = param_field(p, NODE_AT(p, n)->next, name)); n = other) {
		NODE_AT(p, other)->flags |= FLAG_PARAM;
		if (check_same(p, NODE_AT(p, first)->kid[1], NODE_AT(p, other)->kid[1]))
			continue;
		g = check_fault(ck, EGM0301, other, "two values for the parameter `%s`",
			program_text(p, name));
		diag_label(&p->diags, g, NODE_AT(p, first)->span, "the other here");
	}
	return NODE_AT(p, first)->kid[1];
}

/* The nearest body that gives the parameter a value, from the site outwards. */
static node_id
param_value(struct checker *ck, const uint32_t *chain, uint32_t count, atom name)
{
	node_id value = 0;

	for (uint32_t i = 0; i < count; i++) {
		node_id v = param_value_in(ck, site_body(ck->p, chain[i]), name);

		value = value ? value : v;
	}
	return value;
}

/* Is there a field that probably means the parameter? It is reported as unknown. */
static bool
is_misspelt(struct program *p, node_id body, atom name)
{
	struct suggest s;

	for (node_id n = body; n; n = NODE_AT(p, n)->next) {
		node_id word = NODE_AT(p, n)->kind == NODE_FIELD ? NODE_AT(p, n)->kid[0] : 0;
		atom a = word ? NODE_AT(p, word)->a : 0;

		if (!word || NODE_AT(p, n)->flags & FLAG_PARAM ||
			program_member(p, p->site_rtype, a))
			continue;
		suggest_init(&s, program_text(p, a), atom_len(&p->atoms, a));
		suggest_offer(&s, program_text(p, name));
		if (s.best)
			return true;
	}
	return false;
}

static void
missing_param(struct checker *ck, const uint32_t *chain, uint32_t count, node_id param)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, param)->a;
	struct diag *g;

	for (uint32_t i = 0; i < count; i++)
		if (is_misspelt(p, site_body(p, chain[i]), name))
			return;
	g = check_fault(ck, EGM0131, SITE_AT(p, chain[0])->node,
		"the site gives no value to the parameter `%s`", program_text(p, name));
	diag_label(&p->diags, g, NODE_AT(p, param)->span, "declared here");
}

static void
declare_param(struct checker *ck, const uint32_t *chain, uint32_t count, node_id n)
{
	struct program *p = ck->p;
	node_id value = param_value(ck, chain, count, NODE_AT(p, n)->a);
	uint32_t type = type_parse(ck, NODE_AT(p, n)->kid[0], NODE_AT(p, n)->kid[1]), v, errors;

	value = value ? value : NODE_AT(p, n)->kid[2];
	v = var_new(p, ck->context, NODE_AT(p, n)->a, value ? type : 0);
	VAR_AT(p, v)->let = value;
	VAR_AT(p, v)->state = 2;
	errors = p->diags.errors;
	if (value)
		check_value(ck, value, type, false);
	else
		missing_param(ck, chain, count, n);
	if (p->diags.errors > errors) /* nothing follows from a value that it cannot have */
		VAR_AT(p, v)->type = 0;
	vec_cut(&ck->reads, 0);
}

/* Parameters are variables of a context around all bodies: their value is the nearest one that a
 * body gives, or their default. */
static void
declare_params(struct checker *ck, const uint32_t *chain, uint32_t count)
{
	struct program *p = ck->p;

	for (uint32_t i = count; i-- > 0;)
		for (node_id n = site_body(p, chain[i]); n; n = NODE_AT(p, n)->next) {
			bool again = false;

			if (NODE_AT(p, n)->kind != NODE_PARAM)
				continue;
			for (uint32_t j = i + 1; j < count; j++)
				again |= is_param(p, site_body(p, chain[j]), NODE_AT(p, n)->a);
			if (again)
				check_fault(ck, EGM0104, n,
					"the parameter `%s` is declared by the profile it comes "
					"from, too",
					program_text(p, NODE_AT(p, n)->a));
			else
				declare_param(ck, chain, count, n);
		}
}

/* The context of one body: within that of the parameters, and with the `let`s of its own file. */
static uint32_t
body_scope(struct program *p, uint32_t base, const struct site *site)
{
	uint32_t lets = site->context ? CONTEXT_AT(p, site->context)->lets : 0, c;

	if (!lets)
		return base;
	c = context_new(p, CONTEXT_SITE, base, 0);
	CONTEXT_AT(p, c)->rtype = p->site_rtype;
	for (uint32_t v = lets; v; v = VAR_AT(p, v)->next) {
		uint32_t own = var_new(p, c, VAR_AT(p, v)->name, 0);

		VAR_AT(p, own)->let = VAR_AT(p, v)->let;
	}
	return c;
}

bool
check_site(struct program *p, const uint32_t *chain, uint32_t count, struct site_mark *mark)
{
	struct checker ck;
	uint32_t errors = p->diags.errors, base;
	enum site_role role = (enum site_role)SITE_AT(p, chain[0])->role;

	*mark = (struct site_mark){ p->contexts.count, p->vars.count, p->parts.count,
		p->objects.count, p->edges.count, p->numbers.count, p->types.count, p->words.count,
		false };
	/* What the library itself holds of sites (profiles, tests, examples) is checked only now. */
	for (uint32_t i = 0; i < count; i++)
		if (SITE_AT(p, chain[i])->library)
			ast_own(&p->ast);
	checker_init(&ck, p);
	vec_cut(&p->failed, 0);
	ck.user = true;
	ck.test = role == SITE_TEST || role == SITE_FAILS || role == SITE_PASSES;
	base = context_new(p, CONTEXT_SITE, 0, SITE_AT(p, chain[0])->node);
	CONTEXT_AT(p, base)->site = true;
	CONTEXT_AT(p, base)->rtype = p->site_rtype;
	ck.context = ck.params = base;
	declare_params(&ck, chain, count);
	for (uint32_t i = count; i-- > 0;) {
		struct site site = *SITE_AT(p, chain[i]);
		uint32_t c = context_new(p, CONTEXT_SITE, body_scope(p, base, &site), site.node);

		CONTEXT_AT(p, c)->rtype = p->site_rtype;
		CONTEXT_AT(p, c)->rank = (uint8_t)(i ? RANK_PROFILE + (count - 1 - i) : RANK_SITE);
		ck.context = c;
		check_site_body(&ck, site_body(p, chain[i]));
		vec_cut(&ck.reads, 0);
		vec_cut(&ck.facts, 0);
	}
	if (p->edges.count != mark->edges)
		mark->reordered = true, order_columns(&ck);
	checker_release(&ck);
	return p->diags.errors == errors;
}

/* Takes a site's edges off the columns again. */
static void
cut_edges(struct program *p, uint32_t edges)
{
	for (uint32_t c = 1; c < p->columns.count; c++) {
		uint32_t e = COLUMN_AT(p, c)->edges;

		while (e >= edges)
			e = EDGE_AT(p, e)->next;
		COLUMN_AT(p, c)->edges = e;
		COLUMN_AT(p, c)->site_first = COLUMN_AT(p, c)->site_last = 0;
	}
}

void
check_site_cut(struct program *p, const struct site_mark *mark)
{
	struct checker ck;

	cut_edges(p, mark->edges);
	vec_cut(&p->contexts, mark->contexts);
	vec_cut(&p->vars, mark->vars);
	vec_cut(&p->parts, mark->parts);
	vec_cut(&p->objects, mark->objects);
	vec_cut(&p->edges, mark->edges);
	vec_cut(&p->numbers, mark->numbers);
	if (p->patterns.count > mark->types)
		vec_cut(&p->patterns, mark->types);
	vec_cut(&p->types, mark->types);
	vec_cut(&p->words, mark->words);
	if (mark->reordered) {
		checker_init(&ck, p);
		order_columns(&ck);
		checker_release(&ck);
	}
}
