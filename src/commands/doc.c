/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc: the reference of the library as Markdown, file by file in the order of loading. Everything
 * in it stands in the library; nothing is written by hand.
 */
#include "commands/doc.h"

#include <stdio.h>
#include <string.h>
#include "commands/prose.h"
#include "driver.h"

struct doc {
	struct driver d;
	struct str out;
};

/* Files */

static const char *
file_name(const struct program *p, uint32_t i)
{
	const char *name =
		source_file(&p->source, VEC_AT(&p->files, struct ast_file, i)->file)->name;
	const char *slash = strchr(name, '/');

	return slash ? slash + 1 : name; /* without <std>/ */
}

/* The comment at a file's head, as a paragraph. */
static void
add_head(const struct program *p, uint32_t i, struct str *out)
{
	const struct source_file *s =
		source_file(&p->source, VEC_AT(&p->files, struct ast_file, i)->file);
	const char *at = s->bytes, *end = s->bytes + s->len;
	struct str text = STR_INIT;

	while (at < end && *at == '#') {
		size_t n = strcspn(at, "\r\n"), skip = strspn(at, "# ");

		if (text.len)
			str_putc(&text, ' ');
		if (skip < n)
			str_add(&text, at + skip, n - skip);
		at += n;
		at += strspn(at, "\r\n");
	}
	if (text.len) {
		prose_take(&text, out, prose_cell);
		str_puts(out, "\n\n");
	}
	str_release(&text);
}

/* Declarations one by one */

static void
add_type(const struct program *p, node_id id, struct str *out)
{
	const struct node *n = NODE_AT(p, id);
	struct str text = STR_INIT;

	str_format(out, "### type %s\n\n", program_text(p, n->a));
	if (NODE_AT(p, n->kid[0])->kind == NODE_TYPE_STRUCT) {
		doc_comment(p, id, out);
		doc_members(p, NODE_AT(p, n->kid[0])->kid[0], out);
		return;
	}
	prose_slice_to(p, n->kid[0], n->kid[1], &text);
	prose_take(&text, out, prose_code);
	str_puts(out, "\n\n");
	doc_comment(p, id, out);
	str_release(&text);
}

static void
add_fn(const struct program *p, node_id id, struct str *out)
{
	const struct node *n = NODE_AT(p, id);
	struct str signature = STR_INIT;
	const char *comma = "";

	str_format(out, "### fn %s\n\n", program_text(p, n->a));
	str_format(&signature, "%s(", program_text(p, n->a));
	for (node_id q = n->kid[0]; q; q = NODE_AT(p, q)->next) {
		str_format(&signature, "%s%s : ", comma, program_text(p, NODE_AT(p, q)->a));
		prose_slice_to(p, NODE_AT(p, q)->kid[0], 0, &signature);
		comma = ", ";
	}
	str_puts(&signature, ") : ");
	prose_slice_to(p, n->kid[1], 0, &signature);
	prose_take(&signature, out, prose_code);
	str_puts(out, "\n\n");
	doc_comment(p, id, out);
	str_release(&signature);
}

static void
add_table(const struct program *p, node_id id, struct str *out)
{
	const struct node *n = NODE_AT(p, id);
	uint32_t t = program_symbol(p, n->a).table;

	str_format(out, "### table %s\n\n", program_text(p, n->a));
	doc_comment(p, id, out);
	doc_members(p, n->kid[1], out);
	if (t)
		doc_rows(p, t, out);
}

static void
add_declaration(const struct program *p, node_id id, struct str *out)
{
	const struct node *n = NODE_AT(p, id);

	switch ((enum node_kind)n->kind) {
	case NODE_DECL_BLOCK:
	case NODE_RECORD:
	case NODE_CONTRACT:
	case NODE_CHOICE:
	case NODE_CASE:
		if (n->ref)
			doc_rtype(p, n->ref, out);
		break;
	case NODE_EXTEND_DECL:
		doc_extension(p, id, out);
		break;
	case NODE_TYPE:
		add_type(p, id, out);
		break;
	case NODE_FN:
		add_fn(p, id, out);
		break;
	case NODE_TABLE:
		add_table(p, id, out);
		break;
	default:
		break;
	}
}

/* What comes in lists: kinds, labels, rules */

static bool
is_field(const struct program *p, const struct node *n, atom name)
{
	return n->kind == NODE_FIELD && NODE_AT(p, n->kid[0])->a == name && n->kid[1];
}

/* The text of a field of a kind's body. */
static void
add_kind_field(const struct program *p, node_id body, atom name, struct str *out)
{
	for (node_id n = body; n; n = NODE_AT(p, n)->next)
		if (is_field(p, NODE_AT(p, n), name))
			prose_code_slice(p, NODE_AT(p, n)->kid[1], NODE_AT(p, n)->kid[1], out);
}

static void
add_kind(const struct program *p, node_id id, struct str *out)
{
	const struct node *n = NODE_AT(p, id);
	const struct words *w = &p->words_;

	str_format(out, "| `%s` | ", program_text(p, n->a));
	add_kind_field(p, n->kid[0], n->kind == NODE_KIND ? w->apiVersion : w->chart, out);
	str_puts(out, " | ");
	add_kind_field(p, n->kid[0], w->scope, out);
	str_puts(out, " | ");
	add_kind_field(p, n->kid[0], w->phase, out);
	str_puts(out, " | ");
	prose_cell(out, program_text(p, n->doc));
	str_puts(out, " |\n");
}

static void
add_label(const struct program *p, node_id id, struct str *out)
{
	const struct node *n = NODE_AT(p, id);
	const char *comma = "";

	str_format(out, "| `%s` | %s of ", program_text(p, n->a),
		n->op == LABEL_LABEL ? "label" : "annotation");
	for (node_id k = n->kid[0]; k; k = NODE_AT(p, k)->next) {
		str_format(out, "%s`%s`", comma, program_text(p, NODE_AT(p, k)->a));
		comma = ", ";
	}
	str_puts(out, " | ");
	prose_code_slice(p, n->kid[1], n->kid[2], out);
	str_puts(out, " | ");
	prose_cell(out, program_text(p, n->doc));
	str_puts(out, " |\n");
}

static void
add_rule(const struct program *p, node_id id, struct str *out)
{
	const struct node *n = NODE_AT(p, id);

	str_format(out, "| %s | %s | ", program_text(p, NODE_AT(p, n->kid[0])->a),
		program_text(p, NODE_AT(p, n->kid[1])->a));
	prose_cell(out, program_text(p, NODE_AT(p, n->kid[2])->a));
	str_puts(out, " |\n");
}

struct listing {
	enum node_kind kind, other;
	const char *head;
	void (*add)(const struct program *p, node_id n, struct str *out);
};

static const struct listing listings[] = {
	{ NODE_KIND, NODE_VALUES,
		"| kind | apiVersion or chart | scope | phase | |\n|---|---|---|---|---|\n",
		add_kind },
	{ NODE_LABEL, NODE_LABEL, "| key | | value | |\n|---|---|---|---|\n", add_label },
	{ NODE_RULE, NODE_RULE, "| rule | | law |\n|---|---|---|\n", add_rule },
};

/* Rules may stand below scopes. */
static void
add_listed(const struct program *p, const struct listing *l, node_id list, struct str *out)
{
	for (node_id id = list; id; id = NODE_AT(p, id)->next) {
		const struct node *n = NODE_AT(p, id);
		enum node_kind kind = (enum node_kind)n->kind;

		if (kind == l->kind || kind == l->other)
			l->add(p, id, out);
		else if (kind == NODE_FOR)
			add_listed(p, l, n->kid[2], out);
		else if (kind == NODE_IF)
			add_listed(p, l, n->kid[1], out);
	}
}

static void
add_listings(const struct program *p, node_id list, struct str *out)
{
	struct str rows = STR_INIT;

	for (size_t i = 0; i < sizeof listings / sizeof *listings; i++) {
		str_clear(&rows);
		add_listed(p, &listings[i], list, &rows);
		if (rows.len)
			str_format(out, "%s%s\n", listings[i].head, str_text(&rows));
	}
	str_release(&rows);
}

/* The whole */

/* The blocks of every file, to find one's way. */
static void
add_contents(const struct program *p, struct str *out)
{
	struct str heading = STR_INIT;

	for (uint32_t i = 0; i < p->library_files; i++) {
		const char *before = ": ";

		str_format(out, "- ");
		prose_link(out, file_name(p, i), file_name(p, i));
		for (node_id n = VEC_AT(&p->files, struct ast_file, i)->first; n;
			n = NODE_AT(p, n)->next) {
			enum node_kind kind = (enum node_kind)NODE_AT(p, n)->kind;

			if ((kind != NODE_DECL_BLOCK && kind != NODE_CHOICE && kind != NODE_CASE) ||
				!NODE_AT(p, n)->ref)
				continue;
			str_puts(out, before);
			str_clear(&heading);
			doc_heading(p, NODE_AT(p, n)->ref, &heading);
			prose_link(out, str_text(&heading), str_text(&heading));
			before = ", ";
		}
		str_putc(out, '\n');
	}
	str_release(&heading);
}

static void
add_file(const struct program *p, uint32_t i, struct str *out)
{
	node_id first = VEC_AT(&p->files, struct ast_file, i)->first;

	str_format(out, "\n## %s\n\n", file_name(p, i));
	add_head(p, i, out);
	for (node_id n = first; n; n = NODE_AT(p, n)->next)
		add_declaration(p, n, out);
	add_listings(p, first, out);
	while (out->len > 1 && out->bytes[out->len - 1] == '\n' && out->bytes[out->len - 2] == '\n')
		out->bytes[--out->len] = '\0';
}

static void
add_all(const struct program *p, struct str *out)
{
	str_puts(out, "# The library\n\n");
	str_puts(out,
		"Every block and field that a site may hold, what the library derives from them, "
		"and "
		"the laws that it knows, file by file. Made by `egmc doc`. `egmc explain CODE` "
		"tells "
		"more about a rule.\n\n");
	str_format(out, "The library is that of %s.\n\n",
		program_text(p, NODE_AT(p, p->library_date)->a));
	add_contents(p, out);
	for (uint32_t i = 0; i < p->library_files; i++)
		add_file(p, i, out);
}

/* The first sentence of the comment at a file's head says what its subject is. */
static void
add_subject(const struct program *p, uint32_t i, struct str *out)
{
	struct str head = STR_INIT;
	const char *text, *stop;

	add_head(p, i, &head);
	text = str_text(&head);
	stop = strstr(text, ". ");
	if (stop)
		str_format(out, "%.*s\n\n", (int)(stop + 1 - text), text);
	str_release(&head);
}

static void
add_traps(const struct program *p, struct str *out)
{
	struct str rows = STR_INIT;

	for (uint32_t i = 0; i < p->library_files; i++) {
		doc_traps(p, VEC_AT(&p->files, struct ast_file, i)->file, &rows);
		if (rows.len) {
			const char *name = file_name(p, i);

			str_format(out, "\n### %.*s\n\n", (int)strcspn(name, "."), name);
			add_subject(p, i, out);
			str_puts(out, str_text(&rows));
			str_clear(&rows);
		}
	}
	str_release(&rows);
}

int
driver_doc(const struct options *o)
{
	struct doc doc = { .out = STR_INIT };

	if (driver_open(&doc.d, o)) {
		if (o->traps)
			add_traps(&doc.d.program, &doc.out);
		else
			add_all(&doc.d.program, &doc.out);
	}
	fwrite(str_text(&doc.out), 1, doc.out.len, stdout);
	str_release(&doc.out);
	return driver_close(&doc.d);
}
