/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pools of a program, its built-in types and words, and the look-ups by name that every later
 * stage uses.
 */
#include "check/program.h"

#include <string.h>
#include "base/mem.h"

static void
intern_words(struct program *p)
{
	struct words *w = &p->words_;
	const struct {
		atom *at;
		const char *text;
	} rows[] = {
		{ &w->site, "site" },
		{ &w->name, "name" },
		{ &w->namespace, "namespace" },
		{ &w->metadata, "metadata" },
		{ &w->labels, "labels" },
		{ &w->annotations, "annotations" },
		{ &w->to, "to" },
		{ &w->group, "group" },
		{ &w->kind, "kind" },
		{ &w->apiVersion, "apiVersion" },
		{ &w->scope, "scope" },
		{ &w->phase, "phase" },
		{ &w->before, "before" },
		{ &w->chart, "chart" },
		{ &w->namespaced, "namespaced" },
		{ &w->cluster, "cluster" },
		{ &w->spec, "spec" },
		{ &w->exact, "exact" },
		{ &w->host, "host" },
		{ &w->port, "port" },
		{ &w->service, "service" },
		{ &w->version, "version" },
		{ &w->crossing, "crossing" },
		{ &w->any, "any" },
		{ &w->todo, "todo" },
		{ &w->owned, "owned" },
		{ &w->reason, "reason" },
		{ &w->pod_selector, "pod-selector" },
		{ &w->pod_template, "pod-template" },
		{ &w->immutable, "immutable" },
		{ &w->as_of, "as-of" },
		{ &w->error, "error" },
		{ &w->warning, "warning" },
		{ &w->note, "note" },
		{ &w->none, "none" },
		{ &w->matchLabels, "matchLabels" },
		{ &w->pods, "pods" },
		{ &w->Pod, "Pod" },
		{ &w->Namespace, "Namespace" },
		{ &w->v1, "v1" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		*rows[i].at = atom_of_text(&p->atoms, rows[i].text);
}

static void
add_scalar_types(struct program *p)
{
	uint32_t first = vec_add(&p->types, SCALAR_TYPE_COUNT);

	if (first != TYPE_SCALARS)
		BUG("scalar types start at %u", first);
	for (uint32_t s = 0; s < SCALAR_TYPE_COUNT; s++) {
		struct type *t = TYPE_AT(p, first + s);

		t->kind = TYPE_SCALAR;
		t->scalar = (uint8_t)s;
		t->hi = INT64_MAX;
	}
}

void
program_init(struct program *p)
{
	memset(p, 0, sizeof *p);
	arena_init(&p->arena);
	atoms_init(&p->atoms);
	source_init(&p->source);
	diags_init(&p->diags);
	ast_init(&p->ast);
	vec_init(&p->types, sizeof(struct type), true);
	vec_init(&p->rtypes, sizeof(struct rtype), true);
	vec_init(&p->members, sizeof(struct member), true);
	vec_init(&p->refers, sizeof(struct refers), true);
	vec_init(&p->tables, sizeof(struct table), true);
	vec_init(&p->rows, sizeof(struct row), true);
	vec_init(&p->fns, sizeof(struct fn), true);
	vec_init(&p->labels, sizeof(struct well_known), true);
	vec_init(&p->rules, sizeof(struct rule), true);
	vec_init(&p->contexts, sizeof(struct context), true);
	vec_init(&p->vars, sizeof(struct var), true);
	vec_init(&p->parts, sizeof(struct part), true);
	vec_init(&p->columns, sizeof(struct column), true);
	vec_init(&p->edges, sizeof(struct edge), true);
	vec_init(&p->objects, sizeof(struct object_statement), true);
	vec_init(&p->sites, sizeof(struct site), true);
	vec_init(&p->symbols, sizeof(struct symbol), true);
	vec_init(&p->words, sizeof(atom), true);
	vec_init(&p->numbers, sizeof(uint32_t), true);
	vec_init(&p->order, sizeof(uint32_t), false);
	vec_init(&p->files, sizeof(struct ast_file), false);
	vec_init(&p->failed, sizeof(uint32_t), false);
	vec_init(&p->includes, sizeof(struct include), false);
	vec_init(&p->patterns, sizeof(const struct pattern *), false);
	intern_words(p);
	add_scalar_types(p);
}

void
program_release(struct program *p)
{
	struct vec *pools[] = {
		&p->types,
		&p->rtypes,
		&p->members,
		&p->refers,
		&p->tables,
		&p->rows,
		&p->fns,
		&p->labels,
		&p->rules,
		&p->contexts,
		&p->vars,
		&p->parts,
		&p->columns,
		&p->edges,
		&p->objects,
		&p->sites,
		&p->symbols,
		&p->words,
		&p->numbers,
		&p->order,
		&p->files,
		&p->patterns,
		&p->includes,
		&p->failed,
	};

	for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++)
		vec_release(pools[i]);
	ast_release(&p->ast);
	diags_release(&p->diags);
	source_release(&p->source);
	atoms_release(&p->atoms);
	arena_release(&p->arena);
}

struct symbol
program_symbol(const struct program *p, atom name)
{
	static const struct symbol none = { 0, 0, 0, 0, 0 };

	return name < p->symbols.count ? *VEC_AT(&p->symbols, struct symbol, name) : none;
}

struct symbol *
program_symbol_at(struct program *p, atom name)
{
	if (name >= p->symbols.count)
		vec_add(&p->symbols, name + 1 - p->symbols.count);
	return VEC_AT(&p->symbols, struct symbol, name);
}

uint32_t
program_struct_member(const struct program *p, uint32_t first, atom name)
{
	uint32_t m = first;

	while (m && MEMBER_AT(p, m)->name != name)
		m = MEMBER_AT(p, m)->next;
	return m;
}

uint32_t
program_member(const struct program *p, uint32_t rtype, atom name)
{
	const struct rtype *t = RTYPE_AT(p, rtype);
	uint32_t m = program_struct_member(p, t->members, name);

	if (!m && t->choice)
		m = program_struct_member(p, RTYPE_AT(p, t->choice)->members, name);
	return m;
}
