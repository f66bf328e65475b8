/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules: their parts, their bindings, their examples.
 */
#include "check/checker.h"

#include <string.h>
#include "check/inside.h"

struct rule_parts {
	node_id must, says, because, see, fails, passes, help;
	uint32_t musts;
};

static void
check_rule_at(struct checker *ck, node_id n)
{
	struct program *p = ck->p;

	ck->lenient = true;
	check_expr(ck, NODE_AT(p, n)->kid[0], 0);
	if (NODE_AT(p, n)->kid[1])
		check_expr(ck, NODE_AT(p, n)->kid[1], TYPE_T(TEXT));
	ck->lenient = false;
}

/* `fix a.b = value`: the path is an expression over the rule's variables. */
static void
check_rule_fix(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id path = 0;
	uint32_t type;

	for (node_id w = NODE_AT(p, n)->kid[0]; w; w = NODE_AT(p, w)->next) {
		node_id e = ast_new(&p->ast, path ? NODE_DOT : NODE_NAME, NODE_AT(p, w)->span);

		NODE_AT(p, e)->a = NODE_AT(p, w)->a;
		NODE_AT(p, e)->kid[0] = path;
		NODE_AT(p, e)->n = NODE_AT(p, w)->span.start;
		path = e;
	}
	NODE_AT(p, n)->ref = path;
	ck->lenient = true;
	type = check_expr(ck, path, 0);
	if (TYPE_AT(p, type)->kind == TYPE_REF) { /* a choice: the value is one of its cases */
		node_id v = NODE_AT(p, n)->kid[1];
		struct symbol s = program_symbol(p, NODE_AT(p, v)->a);

		if (NODE_AT(p, v)->kind != NODE_NAME || !s.rtype ||
			RTYPE_AT(p, s.rtype)->form != FORM_CASE)
			check_fault(ck, EGM0402, v, "the value of a choice is one of its cases");
		else
			NODE_AT(p, v)->aux = MEANING_CASE;
	} else if (type) {
		check_value(ck, NODE_AT(p, n)->kid[1], type, true);
	}
	ck->lenient = false;
}

static uint32_t
file_context(const struct checker *ck)
{
	uint32_t c = ck->context;

	while (c && CONTEXT_AT(ck->p, c)->kind != CONTEXT_FILE)
		c = CONTEXT_AT(ck->p, c)->parent;
	return c;
}

static void
add_rule_site(struct checker *ck, node_id n, atom code, enum site_role role)
{
	struct program *p = ck->p;
	uint32_t s = vec_add(&p->sites, 1);

	SITE_AT(p, s)->name = code;
	SITE_AT(p, s)->node = n;
	SITE_AT(p, s)->role = (uint8_t)role;
	SITE_AT(p, s)->library = !ck->user;
	SITE_AT(p, s)->code = code;
	SITE_AT(p, s)->context = file_context(ck);
	NODE_AT(p, n)->ref = s;
}

static void
check_clause(struct checker *ck, node_id n, atom code, struct rule_parts *parts)
{
	struct program *p = ck->p;
	struct node node = *NODE_AT(p, n);

	switch ((enum node_kind)node.kind) {
	case NODE_LET:
		check_declare_let(ck, n);
		check_finish_let(ck, n);
		break;
	case NODE_MUST:
		ck->in_must = true;
		check_condition(ck, node.kid[0]);
		ck->in_must = false;
		parts->must = node.kid[0];
		parts->musts++;
		break;
	case NODE_AT:
		check_rule_at(ck, n);
		break;
	case NODE_SAYS:
		ck->lenient = true;
		check_value(ck, node.kid[0], TYPE_T(TEXT), false);
		ck->lenient = false;
		parts->says = n;
		break;
	case NODE_HELP:
		ck->lenient = true;
		check_value(ck, node.kid[0], TYPE_T(TEXT), true);
		ck->lenient = false;
		parts->help = n;
		break;
	case NODE_SHOWS:
		ck->lenient = true;
		check_expr(ck, node.kid[0], type_of_elem(p, TYPE_LIST, TYPE_T(TEXT)));
		ck->lenient = false;
		break;
	case NODE_BECAUSE:
		check_value(ck, node.kid[0], TYPE_T(TEXT), false);
		parts->because = n;
		break;
	case NODE_SEE:
		parts->see = n;
		break;
	case NODE_FIX:
		check_rule_fix(ck, n);
		break;
	case NODE_FAILS:
		add_rule_site(ck, n, code, SITE_FAILS);
		parts->fails = n;
		break;
	case NODE_PASSES:
		add_rule_site(ck, n, code, SITE_PASSES);
		parts->passes = n;
		break;
	default:
		check_misplaced(ck, n, "in a rule");
	}
}

static void
check_rule_parts(struct checker *ck, node_id n, const struct rule_parts *parts)
{
	static const char *const missing = "rule %s has no `%s`";
	const char *code = check_node_text(ck, NODE_AT(ck->p, n)->kid[0]);
	const struct {
		bool there;
		const char *name;
		bool library_only;
	} rows[] = {
		{ parts->must != 0, "must", false },
		{ parts->says != 0, "says", false },
		{ parts->because != 0, "because", false },
		{ parts->see != 0, "see", true },
		{ parts->fails != 0, "fails", true },
		{ parts->passes != 0, "passes", true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (!rows[i].there && !(rows[i].library_only && ck->user))
			check_fault(ck, EGM0406, NODE_AT(ck->p, n)->kid[0], missing, code,
				rows[i].name);
	if (parts->musts > 1)
		check_fault(ck, EGM0406, n, "rule %s has more than one `must`", code);
}

static bool
rule_code_ok(struct checker *ck, node_id code)
{
	struct program *p = ck->p;
	const char *text = check_node_text(ck, code);
	size_t len = strlen(text), letters = 0, digits;

	while (text[letters] >= 'A' && text[letters] <= 'Z')
		letters++;
	digits = strspn(text + letters, "0123456789");
	if (letters < 2 || letters > 8 || digits != 4 || letters + digits != len) {
		check_fault(
			ck, EGM0401, code, "a code is letters and four digits, such as CORP1001");
		return false;
	}
	if (!strncmp(text, "EGM0", 4)) {
		check_fault(ck, EGM0401, code, "EGM0001 to EGM0999 are the language's own");
		return false;
	}
	for (uint32_t r = 1; r < p->rules.count; r++)
		if (RULE_AT(p, r)->code == NODE_AT(p, code)->a) {
			struct diag *g =
				check_fault(ck, EGM0104, code, "rule %s is declared twice", text);

			diag_label(&p->diags, g,
				NODE_AT(p, NODE_AT(p, RULE_AT(p, r)->node)->kid[0])->span,
				"first here");
			return false;
		}
	return true;
}

void
check_rule(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id code = NODE_AT(p, n)->kid[0], severity = NODE_AT(p, n)->kid[1],
		f = NODE_AT(p, n)->kid[3];
	struct rule_parts parts;
	uint32_t outer = ck->context, from = ck->reads.count, facts = ck->facts.count, r;
	atom s = NODE_AT(p, severity)->a;
	bool ok = rule_code_ok(ck, code);

	memset(&parts, 0, sizeof parts);
	if (s != p->words_.error && s != p->words_.warning && s != p->words_.note)
		check_fault(ck, EGM0141, severity, "a rule is an error, a warning or a note");
	r = vec_add(&p->rules, 1);
	RULE_AT(p, r)->code = NODE_AT(p, code)->a;
	RULE_AT(p, r)->severity = (uint8_t)(s == p->words_.warning ? SEVERITY_WARNING
			: s == p->words_.note                      ? SEVERITY_NOTE
								   : SEVERITY_ERROR);
	RULE_AT(p, r)->library = !ck->user;
	RULE_AT(p, r)->node = n;
	uint32_t context = check_for(ck, NODE_AT(p, f)->kid[0] ? f : 0, CONTEXT_RULE);

	RULE_AT(p, r)->context = context;
	for (node_id c = NODE_AT(p, f)->next; c; c = NODE_AT(p, c)->next)
		if (!(NODE_AT(p, c)->flags & FLAG_BROKEN))
			check_clause(ck, c, NODE_AT(p, code)->a, &parts);
	RULE_AT(p, r)->must = parts.must;
	if (ok && !(NODE_AT(p, n)->flags & FLAG_BROKEN))
		check_rule_parts(ck, n, &parts);
	vec_cut(&ck->reads, from);
	vec_cut(&ck->facts, facts);
	ck->context = outer;
}
