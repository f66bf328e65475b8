/* SPDX-License-Identifier: Apache-2.0 */
/* Comes in: a declaration of vocabulary. Goes out: its part of the reference: a line that says what
 * it is, its comment, and a table of its members. */
#include "commands/doc.h"

#include <string.h>
#include "commands/prose.h"

void
doc_comment(const struct program *p, node_id n, struct str *out)
{
	atom doc = NODE_AT(p, n)->doc;

	if (!doc)
		return;
	prose_cell(out, program_text(p, doc));
	str_puts(out, "\n\n");
}

void
doc_heading(const struct program *p, uint32_t rtype, struct str *out)
{
	const struct rtype *t = RTYPE_AT(p, rtype);

	if (t->choice)
		str_format(out, "%s ", program_text(p, RTYPE_AT(p, t->choice)->name));
	str_puts(out, program_text(p, t->name));
}

static void
add_link(const struct program *p, uint32_t rtype, struct str *out)
{
	struct str heading = STR_INIT;

	doc_heading(p, rtype, &heading);
	prose_link(out, program_text(p, RTYPE_AT(p, rtype)->name), str_text(&heading));
	str_release(&heading);
}

/* Members */

/* "Required when `x`. Only when `y`: because of z." */
static void
add_conditions(const struct program *p, node_id list, struct str *out)
{
	for (node_id n = list; n; n = NODE_AT(p, n)->next) {
		bool only = NODE_AT(p, n)->kind == NODE_ONLY;

		if (out->bytes[out->len - 1] != ' ')
			str_putc(out, ' ');
		str_puts(out, only ? "Only when " : "Required when ");
		prose_code_slice(p, NODE_AT(p, n)->kid[0], NODE_AT(p, n)->kid[0], out);
		if (only) {
			struct str reason = STR_INIT;

			str_puts(out, ", because ");
			prose_text(p, NODE_AT(p, n)->kid[1], &reason);
			prose_take(&reason, out, prose_cell);
			str_release(&reason);
		}
		str_putc(out, '.');
	}
}

static void
add_default(const struct program *p, const struct node *n, struct str *out)
{
	if (n->kid[2])
		prose_code_slice(p, n->kid[2], n->kid[2], out);
	else
		str_puts(out, n->flags & FLAG_OPTIONAL ? "*absent*" : "*must be given*");
}

/* "1 to 16 " of a list's entries */
static void
add_range(const struct program *p, node_id card, struct str *out)
{
	const struct node *c = NODE_AT(p, card);

	if (!card)
		return;
	str_format(out, "%lld", c->kid[0] ? (long long)NODE_AT(p, c->kid[0])->n : 0LL);
	if (c->kid[1])
		str_format(out, " to %lld ", (long long)NODE_AT(p, c->kid[1])->n);
	else
		str_puts(out, " or more ");
}

static void
add_struct_type(const struct program *p, const struct node *n, struct str *out)
{
	if (n->kind == NODE_MEMBER_STRUCT) {
		str_puts(out, "fields");
		return;
	}
	add_range(p, n->kid[1], out);
	str_puts(out, "entries");
	for (node_id key = n->kid[0]; key; key = NODE_AT(p, key)->next) {
		str_puts(out, key == n->kid[0] ? ", known by " : ", ");
		prose_code(out, program_text(p, NODE_AT(p, key)->a));
	}
}

static void
add_rows(const struct program *p, node_id body, const char *prefix, struct str *out);

/* One row, and below it those of what stands inside. */
static void
add_row(const struct program *p, node_id id, const char *prefix, struct str *out)
{
	const struct node *n = NODE_AT(p, id);
	struct str path = STR_INIT;
	node_id conditions = n->kid[3], inside = 0;

	str_format(&path, "%s%s", prefix, program_text(p, n->a));
	str_puts(out, "| ");
	prose_code(out, str_text(&path));
	str_puts(out, " | ");
	switch ((enum node_kind)n->kind) {
	case NODE_MEMBER:
		if (NODE_AT(p, n->kid[0])->kind == NODE_TYPE_STRUCT) {
			str_puts(out, "fields");
			inside = NODE_AT(p, n->kid[0])->kid[0];
		} else {
			prose_code_slice(p, n->kid[0], n->kid[1], out);
		}
		str_puts(out, " | ");
		add_default(p, n, out);
		break;
	case NODE_LET:
		str_puts(out, "computed | ");
		prose_code_slice(p, n->kid[0], n->kid[0], out);
		conditions = 0;
		break;
	case NODE_MEMBER_STRUCT:
		conditions = n->kid[1];
		inside = n->kid[0];
		add_struct_type(p, n, out);
		str_puts(out, n->flags & FLAG_OPTIONAL ? " | *absent*" : " | ");
		break;
	default: /* NODE_MEMBER_LIST */
		inside = n->kid[2];
		add_struct_type(p, n, out);
		str_puts(out, n->flags & FLAG_OPTIONAL ? " | *absent*" : " | ");
	}
	str_puts(out, " | ");
	prose_cell(out, program_text(p, n->doc));
	add_conditions(p, conditions, out);
	str_puts(out, " |\n");
	str_putc(&path, '.');
	add_rows(p, inside, str_text(&path), out);
	str_release(&path);
}

static bool
is_member(enum node_kind kind)
{
	return kind == NODE_MEMBER || kind == NODE_MEMBER_STRUCT || kind == NODE_MEMBER_LIST ||
		kind == NODE_LET;
}

static void
add_rows(const struct program *p, node_id body, const char *prefix, struct str *out)
{
	for (node_id n = body; n; n = NODE_AT(p, n)->next)
		if (is_member((enum node_kind)NODE_AT(p, n)->kind))
			add_row(p, n, prefix, out);
}

static const char member_head[] = "| field | type | default | |\n|---|---|---|---|\n";

void
doc_members(const struct program *p, node_id body, struct str *out)
{
	struct str rows = STR_INIT;

	add_rows(p, body, "", &rows);
	if (rows.len)
		str_format(out, "%s%s\n", member_head, str_text(&rows));
	str_release(&rows);
}

/* The fields of a type, from whatever file. */
static void
add_fields(const struct program *p, uint32_t first, struct str *out)
{
	struct str rows = STR_INIT;

	for (uint32_t m = first; m; m = MEMBER_AT(p, m)->next)
		if (MEMBER_AT(p, m)->form != MEMBER_CHILD)
			add_row(p, MEMBER_AT(p, m)->decl, "", &rows);
	if (rows.len)
		str_format(out, "%s%s\n", member_head, str_text(&rows));
	str_release(&rows);
}

void
doc_extension(const struct program *p, node_id id, struct str *out)
{
	const struct node *n = NODE_AT(p, id);
	uint32_t t = program_symbol(p, n->a).rtype;
	const char *comma = "";

	str_puts(out, "Adds to ");
	if (t)
		add_link(p, t, out);
	str_puts(out, ": ");
	for (node_id m = n->kid[0]; m; m = NODE_AT(p, m)->next)
		if (is_member((enum node_kind)NODE_AT(p, m)->kind)) {
			str_puts(out, comma);
			prose_code(out, program_text(p, NODE_AT(p, m)->a));
			comma = ", ";
		}
	str_puts(out, ".\n\n");
}

/* What it is, where it stands, how many */

static void
add_count(const struct rtype *t, struct str *out)
{
	if (t->once)
		str_puts(out, ", exactly one");
	else if (t->hi == INT64_MAX && t->lo == 0)
		str_puts(out, ", any number");
	else if (t->hi == INT64_MAX)
		str_format(out, ", %lld or more", (long long)t->lo);
	else
		str_format(out, ", %lld to %lld", (long long)t->lo, (long long)t->hi);
}

static const char *
form_word(enum rtype_form form)
{
	switch (form) {
	case FORM_SITE:
		return "The site itself";
	case FORM_BLOCK:
		return "A block";
	case FORM_RECORD:
	case FORM_CONTRACT:
		return "A record";
	case FORM_CHOICE:
		return "A choice";
	case FORM_CASE:
		return "A case of";
	case FORM_NONE:
	case FORM_KIND:
	case FORM_VALUES:
	case FORM_CROSSING:
		break;
	}
	return "";
}

static void
add_place(const struct program *p, uint32_t rtype, struct str *out)
{
	const struct rtype *t = RTYPE_AT(p, rtype);

	str_puts(out, form_word((enum rtype_form)t->form));
	if (t->choice) {
		str_putc(out, ' ');
		add_link(p, t->choice, out);
	} else if (t->owner) {
		str_puts(out, t->form == FORM_BLOCK || t->form == FORM_CHOICE ? " in " : " of ");
		add_link(p, t->owner, out);
		add_count(t, out);
	} else if (t->any_owner) {
		str_puts(out, " of anything");
	}
	if (t->label_words) {
		str_puts(out, ", one for each word of ");
		prose_code(out, program_text(p, TYPE_AT(p, t->label_words)->name));
	}
	if (t->form == FORM_RECORD || t->form == FORM_CONTRACT)
		str_puts(out, "; the library writes it");
	if (t->weakens)
		str_puts(out, "; it weakens a guarantee, so it needs a `because`");
	str_puts(out, ".\n\n");
}

/* Cases of a choice, or blocks inside a block: a line of links. */
static void
add_cases(const struct program *p, uint32_t rtype, struct str *out)
{
	const char *before = "Cases: ";

	for (uint32_t t = 1; t < p->rtypes.count; t++)
		if (RTYPE_AT(p, t)->choice == rtype) {
			str_puts(out, before);
			add_link(p, t, out);
			before = ", ";
		}
	if (*before == ',')
		str_puts(out, ".\n\n");
}

static bool
is_written_by_users(const struct rtype *t)
{
	return t->form == FORM_BLOCK || t->form == FORM_CHOICE;
}

static void
add_children(const struct program *p, uint32_t rtype, struct str *out)
{
	const char *before = "Blocks in it: ";

	for (uint32_t m = RTYPE_AT(p, rtype)->members; m; m = MEMBER_AT(p, m)->next) {
		uint32_t child = MEMBER_AT(p, m)->child;

		if (MEMBER_AT(p, m)->form != MEMBER_CHILD ||
			!is_written_by_users(RTYPE_AT(p, child)))
			continue;
		str_puts(out, before);
		add_link(p, child, out);
		before = ", ";
	}
	if (*before == ',')
		str_puts(out, ".\n\n");
}

void
doc_rtype(const struct program *p, uint32_t rtype, struct str *out)
{
	const struct rtype *t = RTYPE_AT(p, rtype);

	str_puts(out, "### ");
	doc_heading(p, rtype, out);
	str_puts(out, "\n\n");
	add_place(p, rtype, out);
	doc_comment(p, t->decl, out);
	add_cases(p, rtype, out);
	add_children(p, rtype, out);
	add_fields(p, t->members, out);
}
