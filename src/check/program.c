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

/* --- places --- */

static struct span
block_head(const struct program *p, const struct node *block)
{
	node_id last = block->kid[2] ? block->kid[2] : block->kid[1]; /* also of a PATCH */
	struct span s = block->span;

	if (!last)
		for (node_id word = block->kid[0]; word; word = NODE_AT(p, word)->next)
			last = word;
	if (last)
		s.end = NODE_AT(p, last)->span.end;
	return s;
}

/* Up to the brace, without the blanks before it. */
static struct span
declaration_head(const struct program *p, const struct node *site)
{
	struct span s = site->span;
	const char *bytes = source_file(&p->source, s.file)->bytes;
	uint32_t end = s.start;

	while (end < s.end && bytes[end] != '{' && bytes[end] != '\n')
		end++;
	while (end > s.start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\r'))
		end--;
	s.end = end;
	return s;
}

struct span
program_head(const struct program *p, node_id n)
{
	const struct node *x = NODE_AT(p, n);

	switch ((enum node_kind)x->kind) {
	case NODE_BLOCK:
	case NODE_PATCH:
		return block_head(p, x);
	case NODE_SITE:
	case NODE_PROFILE:
	case NODE_TEST:
	case NODE_FAILS:
	case NODE_PASSES:
	case NODE_DECL_BLOCK:
	case NODE_EXTEND_DECL:
	case NODE_RECORD:
	case NODE_CONTRACT:
	case NODE_CHOICE:
	case NODE_CASE:
	case NODE_TABLE:
	case NODE_KIND:
	case NODE_VALUES:
	case NODE_RULE:
	case NODE_MEMBER_STRUCT:
	case NODE_MEMBER_LIST:
	case NODE_FOR:
	case NODE_IF:
		return declaration_head(p, x);
	default:
		return x->span;
	}
}

node_id
program_conditions(const struct program *p, node_id decl)
{
	const struct node *n = NODE_AT(p, decl);

	return n->kind == NODE_MEMBER || n->kind == NODE_MEMBER_LIST ? n->kid[3]
		: n->kind == NODE_MEMBER_STRUCT                      ? n->kid[1]
								     : 0;
}

/* Up to its first full stop, on one line. */
static void
first_sentence(struct str *out, const char *doc)
{
	for (; *doc && !(*doc == '.' && (!doc[1] || doc[1] == ' ' || doc[1] == '\n')); doc++)
		str_putc(out, *doc == '\n' ? ' ' : *doc);
}

void
program_list_cases(struct program *p, struct diag *g, uint32_t choice)
{
	const struct rtype *of = RTYPE_AT(p, choice);

	for (uint32_t i = 1; i < p->rtypes.count; i++)
		if (RTYPE_AT(p, i)->choice == choice) {
			const struct rtype *t = RTYPE_AT(p, i);
			struct str about = STR_INIT;

			if (NODE_AT(p, t->decl)->doc)
				first_sentence(&about, program_text(p, NODE_AT(p, t->decl)->doc));
			diag_line(&p->diags, g, LINE_HELP, "%s %s%s%s", program_text(p, of->name),
				program_text(p, t->name), about.len ? ": " : "", str_text(&about));
			str_release(&about);
		}
	if (!of->lo)
		diag_line(&p->diags, g, LINE_HELP, "or none of them: leave `%s` out",
			program_text(p, of->name));
}
