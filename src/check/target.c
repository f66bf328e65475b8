/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An `extend` whose target no statement ever makes. That a target is missing in some sites only is
 * found when such a site is evaluated.
 */
#include "check/checker.h"

#include "base/mem.h"

/* Are there records or objects of this type only if a statement makes them? */
static bool
needs_maker(const struct rtype *t)
{
	return t->form == FORM_KIND || t->form == FORM_VALUES ||
		(t->form == FORM_RECORD && !t->once);
}

static bool
is_statement(const struct context *c)
{
	return (c->kind == CONTEXT_RECORD || c->kind == CONTEXT_OBJECT) && c->rtype;
}

void
check_targets(struct checker *ck)
{
	struct program *p = ck->p;
	bool *made = mem_new(p->rtypes.count * sizeof *made);

	for (uint32_t c = 1; c < p->contexts.count; c++) {
		const struct context *x = CONTEXT_AT(p, c);

		if (is_statement(x) && (x->mode == BLOCK_PLAIN || x->mode == BLOCK_ASSUME))
			made[x->rtype] = true;
	}
	for (uint32_t c = 1; c < p->contexts.count; c++) {
		const struct context *x = CONTEXT_AT(p, c);

		if (is_statement(x) && x->mode == BLOCK_EXTEND && !x->site && !made[x->rtype] &&
			needs_maker(RTYPE_AT(p, x->rtype)) && check_is_own(ck, x->node))
			check_fault(ck, EGM0202, x->node,
				"no statement makes a `%s` that this could extend",
				program_text(p, RTYPE_AT(p, x->rtype)->name));
	}
	mem_free(made);
}
