/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules: laws about the records and objects of a site. One diagnostic for each case in which
 * `must` is false. Texts are made only then. After them waivers take away what the user accepts,
 * with a reason; a waiver that waives nothing is an error itself.
 */
#include <string.h>
#include "base/mem.h"
#include "base/suggest.h"
#include "eval/world.h"

/* --- the text of a failed condition --- */

static void
source_text(struct world *w, node_id n, struct str *out)
{
	struct span s = NODE_AT(w->p, n)->span;
	const char *bytes = source_file(&w->p->source, s.file)->bytes;
	bool space = false;

	for (uint32_t i = s.start; i < s.end; i++) {
		bool blank =
			bytes[i] == ' ' || bytes[i] == '\n' || bytes[i] == '\t' || bytes[i] == '\r';

		if (blank && !space)
			str_putc(out, ' ');
		else if (!blank)
			str_putc(out, bytes[i]);
		space = blank;
	}
}

static bool
is_literal(const struct world *w, node_id n)
{
	const struct node *x = NODE_AT(w->p, n);

	return x->kind == NODE_STRING || x->kind == NODE_INT || x->kind == NODE_UNIT ||
		x->kind == NODE_TRUE || x->kind == NODE_FALSE || x->kind == NODE_LIST ||
		x->kind == NODE_COMP_LIST || x->kind == NODE_COMP || x->kind == NODE_ABSENT ||
		(x->kind == NODE_NAME &&
			(x->aux == MEANING_WORD || x->aux == MEANING_CASE ||
				x->aux == MEANING_TABLE));
}

/* Is this one of the items, with commas between them? */
static bool
is_listed(const char *list, const char *item)
{
	size_t len = strlen(item);

	for (const char *at = list; (at = strstr(at, item)); at++)
		if ((at == list || at[-1] == ' ') && (!at[len] || at[len] == ','))
			return true;
	return false;
}

/* `name is value` for each operand of a comparison, once. */
static void
show_operands(struct world *w, struct frame *f, node_id n, struct str *out)
{
	struct str text = STR_INIT;
	const struct node *x = NODE_AT(w->p, n);
	node_id second = x->kid[1];

	switch ((enum node_kind)x->kind) {
	case NODE_BINARY:
		if (x->op == OP_IS) {
			show_operands(w, f, x->kid[0], out);
			return;
		}
		show_operands(w, f, x->kid[0], out);
		show_operands(w, f, second, out);
		return;
	case NODE_NOT:
	case NODE_TEST_PRESENT:
		show_operands(w, f, x->kid[0], out);
		return;
	case NODE_CALL:
		for (node_id a = second; a; a = NODE_AT(w->p, a)->next)
			show_operands(w, f, a, out);
		return;
	case NODE_NAME:
	case NODE_DOT:
	case NODE_INDEX:
		break;
	default:
		return;
	}
	if (is_literal(w, n))
		return;
	struct value v = eval_expr(w, f, n);

	if (value_is_poison(&v) || v.kind == VALUE_ROW || v.kind == VALUE_TABLE)
		return;
	source_text(w, n, &text);
	str_puts(&text, " is ");
	if (v.kind == VALUE_RECORD && RTYPE_AT(w->p, RECORD_AT(w, v.as.id)->rtype)->choice)
		str_puts(&text,
			program_text(w->p, RTYPE_AT(w->p, RECORD_AT(w, v.as.id)->rtype)->name));
	else
		value_show(w, &v, &text);
	if (!is_listed(str_text(out), str_text(&text)))
		str_format(out, "%s%s", out->len ? ", " : "", str_text(&text));
	str_release(&text);
}

/* Of a conjunction, the conjuncts that are false. */
static void
show_must(struct world *w, struct frame *f, struct diag *g, node_id n)
{
	struct str text = STR_INIT, values = STR_INIT;
	struct value v;

	if (NODE_AT(w->p, n)->kind == NODE_BINARY && NODE_AT(w->p, n)->op == OP_AND) {
		node_id second = NODE_AT(w->p, n)->kid[1];

		show_must(w, f, g, NODE_AT(w->p, n)->kid[0]);
		show_must(w, f, g, second);
		return;
	}
	v = eval_expr(w, f, n);
	if (v.kind == VALUE_BOOL && v.as.n)
		return;
	source_text(w, n, &text);
	show_operands(w, f, n, &values);
	diag_line(&w->p->diags, g, LINE_SHOW, "  %s%s%s", str_text(&text),
		values.len ? "     " : "", str_text(&values));
	str_release(&text);
	str_release(&values);
}

/* --- one case --- */

struct failing {
	const struct rule *rule;
};

/* NULL for a text that is not there, or that speaks of what has its own error already. */
static const char *
text_of(struct world *w, struct frame *f, node_id n)
{
	struct value v = eval_expr(w, f, n);
	struct str s = STR_INIT;
	const char *text;

	value_print(w, &v, &s);
	text = arena_copy(&w->p->diags.arena, str_text(&s), s.len);
	str_release(&s);
	return v.kind == VALUE_ABSENT || value_is_poison(&v) ? NULL : text;
}

/* Where an `at` points: the record's head, or the value's place. */
static struct span
at_place(struct world *w, struct frame *f, node_id expr)
{
	struct value v = eval_expr(w, f, expr);
	struct iter it;
	struct value one;
	struct span none = { 0, 0, 0 };

	if (v.kind == VALUE_CHILDREN || v.kind == VALUE_SET) {
		iter_begin(w, &it, &v);
		v = iter_next(w, &it, &one) ? one : value_absent();
	}
	/* A reference that was written is shown where it was written; one that was bound by a
	 * loop at its block. */
	if (v.kind == VALUE_RECORD && NODE_AT(w->p, expr)->aux == MEANING_MEMBER && v.src &&
		NODE_AT(w->p, v.src)->kind != NODE_BLOCK)
		return NODE_AT(w->p, v.src)->span;
	if (v.kind == VALUE_RECORD)
		return place_of_record(w, v.as.id);
	if (v.kind == VALUE_TREE && v.as.tree->origin.user.file)
		return v.as.tree->origin.user;
	if (v.kind == VALUE_OBJECT)
		return graph_object(w->g, v.as.id)->origin.user;
	if (v.src)
		return place_of(w, f, &v);
	if (value_is_absent(&v) &&
		NODE_AT(w->p, expr)->kind ==
			NODE_DOT) { /* an absent field: the block that lacks it */
		struct value base = eval_expr(w, f, NODE_AT(w->p, expr)->kid[0]);

		if (base.kind == VALUE_RECORD)
			return place_of_record(w, base.as.id);
		return none;
	}
	if (NODE_AT(w->p, expr)->kind == NODE_DOT) { /* a default: the block it belongs to */
		struct value base = eval_expr(w, f, NODE_AT(w->p, expr)->kid[0]);

		if (base.kind == VALUE_RECORD)
			return place_of_record(w, base.as.id);
	}
	return value_is_absent(&v) ? none : place_of(w, f, &v);
}

static void
add_fix(struct world *w, struct frame *f, struct diag *g, node_id n)
{
	const struct node *x = NODE_AT(w->p, n);
	struct value old = eval_expr(w, f, x->ref), v;
	struct str s = STR_INIT;
	node_id value = NODE_AT(w->p, n)->kid[1];
	struct span span;

	if (NODE_AT(w->p, value)->aux == MEANING_CASE) {
		source_text(w, value, &s);
		if (old.kind == VALUE_RECORD && RECORD_AT(w, old.as.id)->user_head) {
			node_id head = RECORD_AT(w, old.as.id)->user_head;

			diag_fix(&w->p->diags, g, NODE_AT(w->p, head)->span, "%s %s",
				program_text(w->p, NODE_AT(w->p, NODE_AT(w->p, head)->kid[0])->a),
				str_text(&s));
		}
		str_release(&s);
		return;
	}
	v = eval_expr(w, f, value);
	if (old.src && NODE_AT(w->p, old.src)->kind != NODE_BLOCK && v.kind != VALUE_POISON &&
		v.kind != VALUE_ABSENT) {
		bool quoted = NODE_AT(w->p, old.src)->kind == NODE_STRING;

		span = NODE_AT(w->p, old.src)->span;
		value_show(w, &v, &s);
		diag_fix(&w->p->diags, g, span, quoted ? "\"%s\"" : "%s", str_text(&s));
	}
	str_release(&s);
}

static void
add_shows(struct world *w, struct frame *f, struct diag *g, node_id list)
{
	struct value v = eval_expr(w, f, list), item;
	struct iter it;
	uint32_t n = 0, more = 0;
	struct str s = STR_INIT;

	iter_begin(w, &it, &v);
	while (iter_next(w, &it, &item)) {
		if (++n > 5) {
			more++;
			continue;
		}
		str_clear(&s);
		value_show(w, &item, &s);
		diag_line(&w->p->diags, g, LINE_SHOW, "%s", str_text(&s));
	}
	if (more)
		diag_line(&w->p->diags, g, LINE_SHOW, "... and %u more", more);
	str_release(&s);
}

static void
add_see(struct world *w, struct diag *g, node_id n)
{
	for (node_id s = NODE_AT(w->p, n)->kid[0]; s; s = NODE_AT(w->p, s)->next)
		diag_line(&w->p->diags, g, LINE_SEE, "%s", program_text(w->p, NODE_AT(w->p, s)->a));
}

static void
add_clause(struct world *w, struct frame *f, struct diag *g, node_id n)
{
	struct diags *d = &w->p->diags;
	const struct node *x = NODE_AT(w->p, n);
	const char *text;

	switch ((enum node_kind)x->kind) {
	case NODE_SHOWS:
		add_shows(w, f, g, x->kid[0]);
		break;
	case NODE_BECAUSE:
		text = text_of(w, f, x->kid[0]);
		if (text)
			diag_line(d, g, LINE_BECAUSE, "%s", text);
		break;
	case NODE_HELP:
		text = text_of(w, f, x->kid[0]);
		if (text)
			diag_line(d, g, LINE_HELP, "%s", text);
		break;
	case NODE_FIX:
		add_fix(w, f, g, n);
		break;
	default:
		break;
	}
}

static void
fail(struct world *w, const struct rule *r, struct frame *f)
{
	struct diags *d = &w->p->diags;
	const struct node *rule = NODE_AT(w->p, r->node);
	node_id clauses = NODE_AT(w->p, rule->kid[3])->next, law = rule->kid[2];
	const char *says = NULL, *label = NULL;
	struct span primary = { 0, 0, 0 };
	struct diag *g;
	bool first = true;

	for (node_id c = clauses; c; c = NODE_AT(w->p, c)->next) {
		if (NODE_AT(w->p, c)->kind == NODE_SAYS)
			says = text_of(w, f, NODE_AT(w->p, c)->kid[0]);
		if (NODE_AT(w->p, c)->kind == NODE_AT && !primary.file) {
			primary = at_place(w, f, NODE_AT(w->p, c)->kid[0]);
			label = primary.file && NODE_AT(w->p, c)->kid[1]
				? text_of(w, f, NODE_AT(w->p, c)->kid[1])
				: NULL;
		}
	}
	if (!primary.file)
		primary = place_of(w, f, NULL);
	g = diag_add_rule(d, program_text(w->p, r->code), (enum severity)r->severity, primary,
		says ? says : program_text(w->p, NODE_AT(w->p, law)->a));
	if (label)
		diag_here(d, g, "%s", label);
	for (node_id c = clauses; c; c = NODE_AT(w->p, c)->next) {
		struct span s;

		if (NODE_AT(w->p, c)->kind != NODE_AT)
			continue;
		s = at_place(w, f, NODE_AT(w->p, c)->kid[0]);
		if (first && s.file == primary.file && s.start == primary.start) {
			first = false;
			continue;
		}
		if (s.file && (s.file != primary.file || s.start != primary.start)) {
			const char *text = NODE_AT(w->p, c)->kid[1]
				? text_of(w, f, NODE_AT(w->p, c)->kid[1])
				: NULL;

			diag_label(d, g, s, "%s", text ? text : "");
		}
	}
	diag_line(d, g, LINE_MUST, "%s", program_text(w->p, NODE_AT(w->p, law)->a));
	show_must(w, f, g, r->must);
	for (node_id c = clauses; c; c = NODE_AT(w->p, c)->next)
		add_clause(w, f, g, c);
	if (r->library)
		diag_line(d, g, LINE_SEE, "egmc explain %s", program_text(w->p, r->code));
	else
		for (node_id c = clauses; c; c = NODE_AT(w->p, c)->next)
			if (NODE_AT(w->p, c)->kind == NODE_SEE)
				add_see(w, g, c);
}

static bool
check_case(struct world *w, struct frame *f, void *data)
{
	uint32_t rule = *(const uint32_t *)data;
	struct rule r = *RULE_AT(w->p, rule);
	struct value v = eval_expr(w, f, r.must);

	if (v.kind == VALUE_OPEN)
		v = open_report(w, &v, r.must);
	w->rules_silent[rule] |= v.kind != VALUE_BOOL;
	if (v.kind == VALUE_BOOL && !v.as.n)
		fail(w, &r, f);
	return !w->stopped;
}

void
rules_run(struct world *w)
{
	for (uint32_t r = 1; r < w->p->rules.count && !w->stopped; r++) {
		uint32_t context = RULE_AT(w->p, r)->context;
		struct instances *up = record_instances(w, CONTEXT_AT(w->p, context)->parent);

		w->rules_silent[r] |= up->incomplete;
		for (uint32_t i = 0; i < up->count && !w->stopped; i++)
			if (!eval_for(w, up->items[i], context, check_case, &r))
				w->rules_silent[r] = true;
	}
}

/* --- consequences --- */

static bool
span_inside(struct span inner, struct span outer)
{
	return inner.file == outer.file && inner.start >= outer.start && inner.end <= outer.end;
}

/* In the text of the site or of its profiles. */
static bool
in_chain(const struct world *w, struct span s)
{
	for (uint32_t i = 0; i < w->chain_count; i++)
		if (span_inside(s, NODE_AT(w->p, SITE_AT(w->p, w->chain[i])->node)->span))
			return true;
	return false;
}

static bool
same_span(struct span a, struct span b)
{
	return a.file == b.file && a.start == b.start && a.end == b.end;
}

/* Does an error stand at the place of g? */
static bool
error_there(const struct world *w, const struct diag *g)
{
	const struct vec *all = &w->p->diags.all;

	if (same_span(g->span, program_head(w->p, SITE_AT(w->p, w->chain[0])->node)))
		return false; /* where everything stands that has no place of its own */
	for (uint32_t i = w->diags_from; i < all->count; i++) {
		const struct diag *e = *VEC_AT(all, struct diag *, i);

		if (!e->dropped && e->severity == SEVERITY_ERROR && same_span(e->span, g->span))
			return true;
	}
	return false;
}

/* Is the whole block wrong in which g lies? */
static bool
error_around(const struct world *w, const struct diag *g)
{
	struct diag head = *g;

	for (uint32_t r = 1; r < w->records.count; r++) {
		node_id n = RECORD_AT(w, r)->user_head;

		if (!n || r == w->site || !span_inside(g->span, NODE_AT(w->p, n)->span))
			continue;
		head.span = program_head(w->p, n);
		if (error_there(w, &head))
			return true;
	}
	return false;
}

/* Syntax, names and values that the language itself refused: the site is not the one that its author meant. */
static bool
is_misread(const struct world *w)
{
	const struct vec *all = &w->p->diags.all;

	for (uint32_t i = 0; i < all->count; i++) {
		const struct diag *e = *VEC_AT(all, struct diag *, i);

		if (!e->dropped && e->severity == SEVERITY_ERROR && !e->inside &&
			(!strncmp(e->code, "EGM00", 5) || !strncmp(e->code, "EGM01", 5)) &&
			(i >= w->diags_from || in_chain(w, e->span)))
			return true;
	}
	return false;
}

static bool
may_follow(const struct world *w, const struct diag *g, bool misread)
{
	if (g->severity == SEVERITY_ERROR)
		return misread && g->inside;
	if (diag_find(g->code) != DIAG_NONE)
		return g->severity == SEVERITY_NOTE && error_around(w, g);
	return misread || error_there(w, g);
}

/* What may well follow from an error waits until it is mended: warnings and notes at the same
 * place, and in a site that was not understood all of them, and what the library could not do. */
static void
drop_consequences(struct world *w)
{
	const struct vec *all = &w->p->diags.all;
	bool misread;

	if (!w->p->diags.errors) /* then nothing follows from any */
		return;
	misread = is_misread(w);
	for (uint32_t i = w->diags_from; i < all->count; i++) {
		struct diag *g = *VEC_AT(all, struct diag *, i);

		if (!g->dropped && may_follow(w, g, misread))
			diag_drop(&w->p->diags, g);
	}
}

/* --- waivers --- */

static bool
diag_inside(const struct diag *g, struct span block)
{
	if (span_inside(g->span, block))
		return true;
	for (const struct diag_label *l = g->labels; l; l = l->next)
		if (span_inside(l->span, block))
			return true;
	return false;
}

static void
note_waiver(struct world *w, node_id allow)
{
	struct remark r;

	memset(&r, 0, sizeof r);
	r.what = atom_of_text(&w->p->atoms, "waiver");
	r.subject = NODE_AT(w->p, allow)->a;
	r.text = NODE_AT(w->p, NODE_AT(w->p, allow)->kid[0])->a;
	r.place = NODE_AT(w->p, allow)->span;
	vec_push(&w->g->remarks, &r);
}

/* The rule of this code, or 0. */
static uint32_t
find_rule(const struct program *p, const char *code)
{
	for (uint32_t r = 1; r < p->rules.count; r++)
		if (!strcmp(program_text(p, RULE_AT(p, r)->code), code))
			return r;
	return 0;
}

/* A code that nothing has. */
static void
waives_no_code(struct world *w, node_id allow, const char *code)
{
	struct diags *d = &w->p->diags;
	struct diag *g = diag_add(
		d, EGM0191, NODE_AT(w->p, allow)->span, "there is no code `%s` to allow", code);
	struct suggest s;

	suggest_init(&s, code, strlen(code));
	for (uint32_t r = 1; r < w->p->rules.count; r++)
		suggest_offer(&s, program_text(w->p, RULE_AT(w->p, r)->code));
	for (int c = DIAG_NONE + 1; c < DIAG_CODE_COUNT; c++)
		suggest_offer(&s, diag_info((enum diag_code)c)->code);
	if (s.best)
		diag_line(d, g, LINE_HELP, "did you mean `%s`?", s.best);
}

/* Is anything wrong with this site? */
static bool
has_errors(const struct world *w)
{
	const struct vec *all = &w->p->diags.all;

	for (uint32_t i = w->diags_from; i < all->count; i++) {
		const struct diag *g = *VEC_AT(all, struct diag *, i);

		if (!g->dropped && g->severity == SEVERITY_ERROR && strcmp(g->code, "EGM0191") != 0)
			return true;
	}
	return is_misread(w);
}

/* Nothing was reported that this waiver allows. Where the reason may be that another fault kept it
 * silent, so is the waiver. */
static void
waives_nothing(struct world *w, node_id allow)
{
	struct diags *d = &w->p->diags;
	struct span span = NODE_AT(w->p, allow)->span;
	const char *code = program_text(w->p, NODE_AT(w->p, allow)->a);
	uint32_t rule = find_rule(w->p, code);
	enum diag_code own = diag_find(code);

	if (!rule && own == DIAG_NONE)
		waives_no_code(w, allow, code);
	else if ((rule ? (enum severity)RULE_AT(w->p, rule)->severity : diag_info(own)->severity) ==
		SEVERITY_ERROR)
		diag_add(d, EGM0191, span, "%s is an error, and errors cannot be waived", code);
	else if (!w->stopped && !has_errors(w) && (rule ? !w->rules_silent[rule] : !d->errors))
		diag_line(d, diag_add(d, EGM0191, span, "nothing here needs `allow %s`", code),
			LINE_HELP, "remove it; a waiver for nothing hides the next fault");
}

static void
apply_waiver(struct world *w, node_id allow, struct span block, bool whole)
{
	struct diags *d = &w->p->diags;
	const char *code = program_text(w->p, NODE_AT(w->p, allow)->a);
	bool used = false;

	for (uint32_t i = w->diags_from; i < d->all.count; i++) {
		struct diag *g = *VEC_AT(&d->all, struct diag *, i);

		if (g->dropped || strcmp(g->code, code) || g->severity == SEVERITY_ERROR ||
			(!whole && !diag_inside(g, block)))
			continue;
		diag_drop(d, g);
		used = true;
	}
	if (used)
		note_waiver(w, allow);
	else
		waives_nothing(w, allow);
}

static void
waivers_in(struct world *w, node_id body, struct span block, bool whole)
{
	for (node_id n = body; n; n = NODE_AT(w->p, n)->next) {
		const struct node *x = NODE_AT(w->p, n);

		if (x->kind == NODE_ALLOW && !(x->flags & FLAG_BROKEN))
			apply_waiver(w, n, block, whole);
		else if (x->kind == NODE_BLOCK)
			waivers_in(w, x->kid[3], x->span, false);
		else if (x->kind == NODE_FOR)
			waivers_in(w, x->kid[2], block, whole);
		else if (x->kind == NODE_IF) {
			node_id otherwise = x->kid[2];

			waivers_in(w, x->kid[1], block, whole);
			waivers_in(w, otherwise, block, whole);
		}
	}
}

void
waivers_run(struct world *w)
{
	drop_consequences(w);
	for (uint32_t i = 0; i < w->chain_count; i++) {
		node_id site = SITE_AT(w->p, w->chain[i])->node;

		waivers_in(w, NODE_AT(w->p, site)->kid[1], NODE_AT(w->p, site)->span, true);
	}
}

/* --- expectations of tests --- */

static void
expect_code(struct world *w, node_id n, node_id name)
{
	struct diags *d = &w->p->diags;
	const char *code = program_text(w->p, NODE_AT(w->p, name)->a);
	bool found = false;

	for (uint32_t i = w->diags_from; i < d->all.count; i++) {
		struct diag *g = *VEC_AT(&d->all, struct diag *, i);

		if (strcmp(g->code, code))
			continue;
		found = true;
		if (!g->dropped)
			diag_drop(d, g);
	}
	if (!found)
		diag_add(d, EGM0195, NODE_AT(w->p, n)->span, "%s was expected and is not reported",
			code);
}

static void
expect_value(struct world *w, struct frame *f, node_id n, node_id expr)
{
	struct value v = eval_expr(w, f, expr);
	struct diag *g;
	struct str s = STR_INIT;

	if (v.kind == VALUE_BOOL && v.as.n)
		return;
	g = diag_add(&w->p->diags, EGM0195, NODE_AT(w->p, n)->span, "this does not hold");
	if (NODE_AT(w->p, expr)->kind == NODE_BINARY) {
		node_id sides[2] = { NODE_AT(w->p, expr)->kid[0], NODE_AT(w->p, expr)->kid[1] };

		for (int i = 0; i < 2; i++) {
			if (is_literal(w, sides[i]))
				continue;
			v = eval_expr(w, f, sides[i]);
			str_clear(&s);
			source_text(w, sides[i], &s);
			str_puts(&s, " is ");
			value_show(w, &v, &s);
			diag_line(&w->p->diags, g, LINE_SHOW, "%s", str_text(&s));
		}
	}
	str_release(&s);
}

/* An expectation in a loop holds for every round, and there must be one. */
static void
expect_all(struct world *w, node_id n)
{
	uint32_t context = NODE_AT(w->p, n)->ref;
	const struct instances *frames = record_instances(w, context);
	bool conditional = false;

	for (uint32_t c = context; c; c = CONTEXT_AT(w->p, c)->parent)
		conditional |= CONTEXT_AT(w->p, c)->kind == CONTEXT_IF;
	if (!frames->count && !conditional)
		diag_add(&w->p->diags, EGM0195, NODE_AT(w->p, n)->span,
			"this is never looked at: the loop around it has no round");
	for (uint32_t i = 0; i < frames->count; i++)
		expect_value(w, frames->items[i], n, NODE_AT(w->p, n)->kid[0]);
}

/* Codes that are expected are dropped first, so that what they say counts no more. */
static void
expects_in(struct world *w, node_id body, bool codes)
{
	for (node_id n = body; n; n = NODE_AT(w->p, n)->next) {
		const struct node *x = NODE_AT(w->p, n);
		node_id otherwise = x->kid[2];

		if (x->kind == NODE_FOR) {
			expects_in(w, x->kid[2], codes);
		} else if (x->kind == NODE_IF) {
			expects_in(w, x->kid[1], codes);
			expects_in(w, otherwise, codes);
		} else if (x->kind == NODE_EXPECT && !(x->flags & FLAG_BROKEN) &&
			codes == (NODE_AT(w->p, x->kid[0])->aux == MEANING_CODE)) {
			if (codes)
				expect_code(w, n, x->kid[0]);
			else
				expect_all(w, n);
		}
	}
}

void
expects_run(struct world *w)
{
	node_id body = NODE_AT(w->p, SITE_AT(w->p, w->chain[0])->node)->kid[1];

	expects_in(w, body, true);
	expects_in(w, body, false);
}
