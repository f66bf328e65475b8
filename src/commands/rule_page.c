/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain, for the codes of rules: a page as those of the language's own codes have it, made from
 * the rule. Its examples are printed as somebody would write them into a file.
 */
#include <string.h>
#include "commands/doc.h"
#include "commands/prose.h"
#include "driver.h"
#include "grammar/grammar.h"

struct page {
	struct driver d;
	struct str *out;
};

static const char *
severity_word(uint8_t severity)
{
	switch ((enum severity)severity) {
	case SEVERITY_ERROR:
		return "An error";
	case SEVERITY_WARNING:
		return "A warning";
	case SEVERITY_NOTE:
		return "A note";
	}
	return "";
}

/* One clause with words before it. */
static void
add_clause(struct page *g, const struct rule *r, enum node_kind kind, const char *before)
{
	const struct program *p = &g->d.program;
	node_id n = doc_clause(p, r, kind);
	struct str text = STR_INIT;

	if (!n)
		return;
	str_format(g->out, "%s", before);
	prose_text(p, NODE_AT(p, n)->kid[0], &text);
	prose_take(&text, g->out, prose_sentence);
	str_puts(g->out, "\n\n");
	str_release(&text);
}

/* Bytes from the first to the last statement of a body. */
static void
add_body(const struct program *p, node_id body, struct str *out)
{
	struct span s = NODE_AT(p, body)->span;
	uint32_t end = s.end;

	for (node_id n = body; n; n = NODE_AT(p, n)->next)
		end = NODE_AT(p, n)->span.end;
	str_add(out, source_file(&p->source, s.file)->bytes + s.start, end - s.start);
}

/* A body of an example as a whole site. */
static void
add_example(struct page *g, node_id n)
{
	struct program *p = &g->d.program;
	struct grammar_input in = { &p->atoms, &p->source, &p->diags, &p->ast };
	struct str text = STR_INIT, formatted = STR_INIT;
	node_id body = NODE_AT(p, n)->kid[1];
	uint32_t file;

	str_format(&text, "site example from %s {\n",
		program_text(p, NODE_AT(p, NODE_AT(p, n)->kid[0])->a));
	if (body)
		add_body(p, body, &text);
	str_puts(&text, "\n}\n");
	file = source_add(&p->source, "<example>", str_text(&text), text.len, true, false);
	if (!grammar_format(&in, file, &formatted))
		str_puts(&formatted, str_text(&text));
	str_format(g->out, "```egm\n%s```\n", str_text(&formatted));
	str_release(&formatted);
	str_release(&text);
}

static void
add_examples(struct page *g, const struct rule *r, enum node_kind kind, const char *title)
{
	const struct program *p = &g->d.program;

	for (node_id n = doc_clause(p, r, kind); n; n = NODE_AT(p, n)->next)
		if (NODE_AT(p, n)->kind == kind) {
			str_format(g->out, "\n## %s\n\n", title);
			add_example(g, n);
		}
}

/* The profile that stands after `from`; 0 if there is none. */
static uint32_t
profile_after(const struct program *p, node_id n)
{
	node_id from = NODE_AT(p, n)->kid[0];

	return from ? program_symbol(p, NODE_AT(p, from)->a).site : 0;
}

/* What the examples begin with: the profile and its parents, as they stand in the library. */
static void
add_profile(struct page *g, const struct rule *r)
{
	const struct program *p = &g->d.program;
	node_id example = doc_clause(p, r, NODE_FAILS);
	uint32_t site = example ? profile_after(p, example) : 0;

	if (!site)
		return;
	str_format(g->out, "\n## What `%s` is\n", program_text(p, SITE_AT(p, site)->name));
	for (; site; site = profile_after(p, SITE_AT(p, site)->node)) {
		struct span s = NODE_AT(p, SITE_AT(p, site)->node)->span;

		str_format(g->out, "\n```egm\n%.*s\n```\n", (int)(s.end - s.start),
			source_file(&p->source, s.file)->bytes + s.start);
	}
}

static void
add_sources(struct page *g, const struct rule *r)
{
	const struct program *p = &g->d.program;
	node_id see = doc_clause(p, r, NODE_SEE);

	if (!see)
		return;
	str_puts(g->out, "\n## See\n\n");
	for (node_id n = NODE_AT(p, see)->kid[0]; n; n = NODE_AT(p, n)->next)
		str_format(g->out, "- %s\n", program_text(p, NODE_AT(p, n)->a));
}

static void
add_page(struct page *g, const struct rule *r)
{
	struct program *p = &g->d.program;
	const struct node *n = NODE_AT(p, r->node);
	struct span s = n->span;
	struct str text = STR_INIT;

	str_format(g->out, "# %s: %s\n\n", program_text(p, r->code),
		program_text(p, NODE_AT(p, n->kid[2])->a));
	str_format(g->out, "%s. The law stands in `%s`, line %u, and holds where\n\n    ",
		severity_word(r->severity), source_file(&p->source, s.file)->name,
		source_place(&p->source, s.file, s.start).line);
	prose_slice_to(p, r->must, r->must, &text);
	str_format(g->out, "%s\n\n", str_text(&text));
	add_clause(g, r, NODE_BECAUSE, "Because ");
	add_clause(g, r, NODE_HELP, "The way out: ");
	g->out->bytes[--g->out->len] = '\0';
	add_examples(g, r, NODE_FAILS, "Wrong");
	add_examples(g, r, NODE_PASSES, "Right");
	add_profile(g, r);
	add_sources(g, r);
	str_release(&text);
}

static void
find_rule(struct page *g, const char *code, struct arena *a, struct suggest *near)
{
	const struct program *p = &g->d.program;

	for (uint32_t i = 1; i < p->rules.count; i++) {
		const char *own = program_text(p, RULE_AT(p, i)->code);

		if (strcmp(own, code) == 0) {
			add_page(g, RULE_AT(p, i));
			return;
		}
		suggest_offer(near, arena_copy(a, own, strlen(own)));
	}
}

int
driver_explain(const struct options *o, const char *code, struct arena *a, struct str *page,
	struct suggest *near)
{
	const char *const *operands = (const char *const *)o->operands;
	struct page g = { .out = page };

	if (driver_open(&g.d, o) && driver_input(&g.d, operands + 1, o->operand_count - 1))
		find_rule(&g, code, a, near);
	driver_hush(&g.d);
	return driver_close(&g.d);
}
