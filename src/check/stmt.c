/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements of files, sites and bodies, each handed to whoever knows it. What is refused:
 * statements that have no place where they stand.
 */
#include "check/checker.h"

#include <string.h>
#include "check/inside.h"

struct context *
check_here(struct checker *ck)
{
	return CONTEXT_AT(ck->p, ck->context);
}

/* A new context below the present one, which it becomes; reads made since `from` are its own. */
uint32_t
check_enter(struct checker *ck, enum context_kind kind, node_id n, uint32_t from)
{
	ck->context = context_new(ck->p, kind, ck->context, n);
	check_keep_reads(ck, from);
	return ck->context;
}

void
check_misplaced(struct checker *ck, node_id n, const char *where)
{
	check_fault(ck, EGM0008, n, "%s cannot stand %s",
		ast_kind_name((enum node_kind)NODE_AT(ck->p, n)->kind), where);
}

bool
check_in_plain_site(const struct checker *ck)
{
	const struct context *c = CONTEXT_AT(ck->p, ck->context);

	return c->site && !ck->test;
}

/* --- bodies --- */

static void
check_if(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);
	uint32_t outer = ck->context, from = ck->reads.count, facts = ck->facts.count;

	check_condition(ck, node.kid[0]);
	check_narrow(ck, node.kid[0], true);
	check_enter(ck, CONTEXT_IF, n, from);
	check_body(ck, node.kid[1]);
	vec_cut(&ck->facts, facts);
	ck->context = outer;
	if (node.kid[2]) {
		check_narrow(ck, node.kid[0], false);
		check_enter(ck, CONTEXT_IF, n, from);
		check_here(ck)->negate = true;
		check_body(ck, node.kid[2]);
	}
	vec_cut(&ck->facts, facts);
	vec_cut(&ck->reads, from);
	ck->context = outer;
}

static void
check_expect(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id e = NODE_AT(p, n)->kid[0];
	const char *text = NODE_AT(p, e)->kind == NODE_NAME ? check_node_text(ck, e) : "";
	size_t len = strlen(text);
	uint32_t from = ck->reads.count;

	if (!CONTEXT_AT(p, ck->context)->site || !ck->test ||
		CONTEXT_AT(p, check_body_context(ck))->kind != CONTEXT_SITE) {
		check_misplaced(ck, n, "outside of the body of a test");
		return;
	}
	NODE_AT(p, n)->ref = ck->context;
	if (len > 4 && strspn(text + len - 4, "0123456789") == 4 && text[0] >= 'A' &&
		text[0] <= 'Z') {
		NODE_AT(p, e)->aux = MEANING_CODE;
		return;
	}
	ck->lenient = true;
	check_condition(ck, e);
	ck->lenient = false;
	vec_cut(&ck->reads, from);
}

static void
colon_for_field(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t rtype = CONTEXT_AT(p, check_body_context(ck))->rtype;

	check_colon(ck, n);
	check_fail_field(ck, n, rtype ? program_member(p, rtype, NODE_AT(p, n)->a) : 0);
}

static void
check_statement(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t outer = ck->context, from = ck->reads.count, facts = ck->facts.count;
	bool site = CONTEXT_AT(p, ck->context)->site;

	switch ((enum node_kind)NODE_AT(p, n)->kind) {
	case NODE_FIELD:
		check_field(ck, n);
		break;
	case NODE_LET:
		if (!NODE_AT(p, n)->ref || site)
			check_declare_let(ck, n);
		check_finish_let(ck, n);
		break;
	case NODE_BLOCK:
		check_block(ck, n);
		break;
	case NODE_PATCH:
		check_patch(ck, n);
		break;
	case NODE_FOR:
		check_for(ck, n, CONTEXT_FOR);
		check_body(ck, NODE_AT(p, n)->kid[2]);
		break;
	case NODE_IF:
		check_if(ck, n);
		break;
	case NODE_BECAUSE:
		if (check_body_context(ck) &&
			CONTEXT_AT(p, check_body_context(ck))->kind != CONTEXT_FILE)
			check_value(ck, NODE_AT(p, n)->kid[0], TYPE_T(TEXT), false);
		else
			check_misplaced(ck, n, "outside of a body");
		vec_cut(&ck->reads, from);
		break;
	case NODE_RULE:
		if (site)
			check_misplaced(ck, n, "in a site");
		else
			check_rule(ck, n);
		break;
	case NODE_EXPECT:
		check_expect(ck, n);
		break;
	case NODE_ALLOW:
		if (!site)
			check_misplaced(ck, n, "outside of a site");
		break;
	case NODE_PARAM:
		if (!site)
			check_misplaced(ck, n, "outside of a profile");
		break;
	case NODE_MEMBER:
		if (site)
			colon_for_field(ck, n);
		else
			check_misplaced(ck, n, "here");
		break;
	default:
		check_misplaced(ck, n, site ? "in a site" : "here");
	}
	ck->context = outer;
	vec_cut(&ck->facts, facts);
}

/* A statement that did not parse whole. Blocks are looked into, since their other statements are
 * fine; a field counts as written. */
static void
check_broken(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t rtype = CONTEXT_AT(p, check_body_context(ck))->rtype, m;
	struct node node = *NODE_AT(p, n);

	if ((node.kind == NODE_BLOCK && node.kid[0]) || (node.kind == NODE_FOR && node.kid[0]) ||
		(node.kind == NODE_IF && node.kid[0])) {
		check_statement(ck, n);
		return;
	}
	m = node.kind == NODE_FIELD && node.kid[0] && rtype
		? program_member(p, rtype, NODE_AT(p, node.kid[0])->a)
		: 0;
	check_fail_field(ck, n, m);
}

void
check_body(struct checker *ck, node_id first)
{
	for (node_id n = first; n; n = NODE_AT(ck->p, n)->next) {
		if (NODE_AT(ck->p, n)->flags & FLAG_BROKEN)
			check_broken(ck, n);
		else
			check_statement(ck, n);
	}
}

static bool
is_declaration(enum node_kind kind)
{
	return kind >= NODE_DECL_BLOCK && kind <= NODE_LABEL && kind != NODE_CARD &&
		kind != NODE_FN_PARAM && kind != NODE_ROW;
}

/* A declaration below a scope would hold under a condition; it never does. */
static void
check_file_body(struct checker *ck, node_id first, bool scoped)
{
	struct program *p = ck->p;
	uint32_t outer, from, facts;

	for (node_id n = first; n; n = NODE_AT(p, n)->next) {
		enum node_kind kind = (enum node_kind)NODE_AT(p, n)->kind;
		bool outside = kind == NODE_SITE || kind == NODE_PROFILE || kind == NODE_TEST ||
			kind == NODE_EDITION || kind == NODE_USE || kind == NODE_INCLUDE ||
			is_declaration(kind);

		if (NODE_AT(p, n)->flags & FLAG_BROKEN)
			continue;
		if (outside && scoped)
			check_fault(ck, EGM0008, n, "%s stands above the first scope of a file",
				ast_kind_name(kind));
		if (outside)
			continue;
		if (!(NODE_AT(p, n)->flags & FLAG_SCOPE)) {
			check_statement(ck, n);
			continue;
		}
		outer = ck->context;
		from = ck->reads.count;
		facts = ck->facts.count;
		if (kind == NODE_FOR) {
			check_for(ck, n, CONTEXT_FOR);
			check_file_body(ck, NODE_AT(p, n)->kid[2], true);
		} else {
			check_condition(ck, NODE_AT(p, n)->kid[0]);
			check_narrow(ck, NODE_AT(p, n)->kid[0], true);
			check_enter(ck, CONTEXT_IF, n, from);
			check_file_body(ck, NODE_AT(p, n)->kid[1], true);
		}
		vec_cut(&ck->reads, from);
		vec_cut(&ck->facts, facts);
		ck->context = outer;
	}
}

void
check_file_lets(struct checker *ck, node_id first)
{
	for (node_id n = first; n; n = NODE_AT(ck->p, n)->next)
		if (NODE_AT(ck->p, n)->kind == NODE_LET &&
			!(NODE_AT(ck->p, n)->flags & FLAG_BROKEN))
			check_declare_let(ck, n);
}

void
check_file(struct checker *ck, node_id first)
{
	check_file_body(ck, first, false);
}

void
check_site_body(struct checker *ck, node_id first)
{
	check_body(ck, first);
}
