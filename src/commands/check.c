/* SPDX-License-Identifier: Apache-2.0 */
/* check FILE...: everything that build does but the writing; and with --dump, what one stage
 * made. A dump of a stage that did not come about is empty. */
#include <stdio.h>
#include "base/files.h"
#include "check/check.h"
#include "driver.h"
#include "grammar/grammar.h"

static const struct span nowhere = { 0, 0, 0 };

static void
put(struct str *text)
{
	fwrite(str_text(text), 1, text->len, stdout);
	str_release(text);
}

/* Tokens or tree of one file, which need neither the library nor what the file uses. */
static void
dump_text(struct driver *d, const char *path)
{
	struct program *p = &d->program;
	struct grammar_input in = { &p->atoms, &p->source, &p->diags, &p->ast };
	struct str text = STR_INIT, why = STR_INIT, out = STR_INIT;
	struct ast_file tree;
	uint32_t file;

	if (files_read(path, &text, &why) != FILES_OK) {
		diag_add(&p->diags, EGM0901, nowhere, "cannot read `%s`: %s", path, str_text(&why));
	} else {
		file = source_add(&p->source, path, str_text(&text), text.len, false, false);
		if (d->o->dump == DUMP_TOKENS) {
			grammar_dump_tokens(&in, file, &out);
		} else {
			grammar_parse(&in, file, &tree);
			ast_dump(&p->ast, &p->atoms, tree.first, &out);
		}
	}
	put(&out);
	str_release(&text);
	str_release(&why);
}

static void
dump_eval(struct driver *d, const struct eval *e)
{
	struct str out = STR_INIT;

	switch ((enum dump)d->o->dump) {
	case DUMP_SITE:
		eval_dump_site(e, &out);
		break;
	case DUMP_GRAPH:
		graph_dump(&e->graph, &d->program.source, &out);
		break;
	case DUMP_ORDER:
		graph_dump_order(&e->graph, &out);
		break;
	case DUMP_NONE:
	case DUMP_TOKENS:
	case DUMP_AST:
	case DUMP_COLUMNS:
		break;
	}
	put(&out);
}

static void
check_sites(struct driver *d)
{
	for (uint32_t i = 0; i < d->sites.count; i++) {
		struct eval e;

		if (eval_run(&e, &d->program, *VEC_AT(&d->sites, uint32_t, i)))
			dump_eval(d, &e);
		eval_release(&e);
	}
	driver_approves(d);
}

static void
dump_columns(struct driver *d)
{
	struct str out = STR_INIT;

	check_dump_columns(&d->program, &out);
	put(&out);
}

int
driver_check(const struct options *o)
{
	const char *const *operands = (const char *const *)o->operands;
	struct driver d;

	if (o->dump == DUMP_TOKENS || o->dump == DUMP_AST) {
		driver_begin(&d, o);
		for (size_t i = 0; i < o->operand_count; i++)
			dump_text(&d, o->operands[i]);
		return driver_close(&d);
	}
	if (driver_open(&d, o) && driver_input(&d, operands, o->operand_count) &&
		driver_sites(&d)) {
		if (o->dump == DUMP_COLUMNS)
			dump_columns(&d);
		check_sites(&d);
	}
	return driver_close(&d);
}
