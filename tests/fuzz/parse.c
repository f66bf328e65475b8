/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a source file: tokens, tree, canonical form. What parsed is parsed again from its
 * canonical form, which must be the same tree, and its own canonical form.
 */
#include "ast/ast.h"
#include "grammar/grammar.h"
#include "tests/fuzz/fuzz.h"

/* The front end with the tables that it fills. */
struct front {
	struct atoms atoms;
	struct source source;
	struct diags diags;
	struct ast ast;
	struct grammar_input in;
};

static void
front_init(struct front *f)
{
	atoms_init(&f->atoms);
	source_init(&f->source);
	diags_init(&f->diags);
	ast_init(&f->ast);
	f->in = (struct grammar_input){ &f->atoms, &f->source, &f->diags, &f->ast };
}

static void
front_release(struct front *f)
{
	ast_release(&f->ast);
	diags_release(&f->diags);
	source_release(&f->source);
	atoms_release(&f->atoms);
}

static void
demand_nodes(const struct front *f)
{
	for (node_id n = 1; n < f->ast.nodes.count; n++) {
		const struct node *node = ast_node(&f->ast, n);

		fuzz_demand(node->kind < NODE_KIND_COUNT, "a node has a kind");
		fuzz_demand(node->next < f->ast.nodes.count, "the next node is one");
		for (int i = 0; i < 4; i++)
			fuzz_demand(node->kid[i] < f->ast.nodes.count, "a child is a node");
		fuzz_demand_span(&f->source, node->span);
	}
}

/* Parses a text as one more file and appends its tree to `tree`. */
static bool
parse(struct front *f, const char *bytes, size_t len, struct str *tree, uint32_t *file)
{
	struct ast_file parsed;
	uint32_t before = f->diags.errors;
	bool fine;

	*file = source_add(&f->source, "fuzz.egm", bytes, len, false, false);
	fine = grammar_parse(&f->in, *file, &parsed);
	fuzz_demand(
		fine == (f->diags.errors == before), "false if, and only if, a fault is reported");
	demand_nodes(f);
	ast_dump(&f->ast, &f->atoms, parsed.first, tree);
	return fine;
}

static void
format(struct front *f, uint32_t file, const struct str *tree)
{
	struct str once = STR_INIT, twice = STR_INIT, again = STR_INIT;

	fuzz_demand(grammar_format(&f->in, file, &once), "what parses has a canonical form");
	fuzz_demand(
		parse(f, str_text(&once), once.len, &again, &file), "the canonical form parses");
	fuzz_demand(tree->len == again.len && !memcmp(str_text(&again), tree->bytes, tree->len),
		"the canonical form is the same tree");
	fuzz_demand(grammar_format(&f->in, file, &twice), "the canonical form has one");
	fuzz_demand(once.len == twice.len && !memcmp(str_text(&twice), once.bytes, once.len),
		"the canonical form is its own");
	str_release(&once);
	str_release(&twice);
	str_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct front f;
	struct str tokens = STR_INIT, tree = STR_INIT;
	uint32_t file;

	front_init(&f);
	if (parse(&f, (const char *)bytes, len, &tree, &file)) {
		str_text(&tree);
		format(&f, file, &tree);
	}
	fuzz_diags(&f.diags, &f.source);
	grammar_dump_tokens(&f.in, file, &tokens);
	str_release(&tokens);
	str_release(&tree);
	front_release(&f);
	return 0;
}
