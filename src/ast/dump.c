/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree as text, one node a line: `slot kind flags op "text" number doc`, indented under the
 * node whose slot it is. Places are left out, so that two texts of one meaning have one dump. For
 * --dump=ast and for tests.
 */
#include "ast/ast.h"

#include <inttypes.h>

struct dump {
	const struct ast *ast;
	const struct atoms *atoms;
	struct str *out;
};

static const struct {
	unsigned flag;
	const char *name;
} flag_names[] = {
	{ FLAG_QUOTED, "quoted" },
	{ FLAG_OPTIONAL, "optional" },
	{ FLAG_SCOPE, "scope" },
	{ FLAG_ELSE, "else" },
	{ FLAG_ONCE, "once" },
	{ FLAG_WEAKENS, "weakens" },
	{ FLAG_BODILESS, "bodiless" },
	{ FLAG_BROKEN, "broken" },
	{ FLAG_INDEX, "index" },
};

static void
dump_text(struct dump *d, atom a)
{
	const char *text = atom_text(d->atoms, a);

	str_putc(d->out, '"');
	for (uint32_t i = 0; i < atom_len(d->atoms, a); i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			str_format(d->out, "\\%c", c);
		else if (c < ' ')
			str_format(d->out, "\\x%02x", c);
		else
			str_putc(d->out, (char)c);
	}
	str_putc(d->out, '"');
}

/* The number of a DOT is a place. */
static bool
has_number(const struct node *n)
{
	return n->n != 0 ? n->kind != NODE_DOT : n->kind == NODE_INT || n->flags & FLAG_INDEX;
}

static void
dump_node(struct dump *d, const struct node *n, unsigned depth, int slot)
{
	str_repeat(d->out, ' ', (size_t)2 * depth);
	if (slot >= 0)
		str_format(d->out, "%d ", slot);
	str_puts(d->out, ast_kind_name(n->kind));
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(*flag_names); i++)
		if (n->flags & flag_names[i].flag)
			str_format(d->out, " %s", flag_names[i].name);
	if (*ast_op_text(n->op))
		str_format(d->out, " %s", ast_op_text(n->op));
	if (n->a) {
		str_putc(d->out, ' ');
		dump_text(d, n->a);
	}
	if (has_number(n))
		str_format(d->out, " %" PRId64, n->n);
	if (n->doc) {
		str_puts(d->out, " doc ");
		dump_text(d, n->doc);
	}
	str_putc(d->out, '\n');
}

static void
dump_list(struct dump *d, node_id list, unsigned depth, int slot)
{
	for (; list; list = ast_node(d->ast, list)->next) {
		const struct node *n = ast_node(d->ast, list);

		dump_node(d, n, depth, slot);
		for (int i = 0; i < 4; i++)
			dump_list(d, n->kid[i], depth + 1, i);
	}
}

void
ast_dump(const struct ast *t, const struct atoms *atoms, node_id list, struct str *out)
{
	struct dump d = { t, atoms, out };

	dump_list(&d, list, 0, -1);
}
