/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An `extend` whose target no statement ever makes. That a target is missing in some sites only is
 * found when such a site is evaluated.
 */
#include "check/checker.h"

/* Are there records or objects of this type only if a statement makes them? */
static bool
needs_maker(const struct rtype *t)
{
	return t->form == FORM_KIND || t->form == FORM_VALUES ||
		(t->form == FORM_RECORD && !t->once);
}

static bool
is_made(const struct program *p, uint32_t rtype)
{
	for (uint32_t c = 1; c < p->contexts.count; c++) {
		const struct context *x = CONTEXT_AT(p, c);

		if ((x->kind == CONTEXT_RECORD || x->kind == CONTEXT_OBJECT) && x->rtype == rtype &&
			(x->mode == BLOCK_PLAIN || x->mode == BLOCK_ASSUME))
			return true;
	}
	return false;
}

void
check_targets(struct checker *ck)
{
	struct program *p = ck->p;

	for (uint32_t c = 1; c < p->contexts.count; c++) {
		const struct context *x = CONTEXT_AT(p, c);

		if ((x->kind != CONTEXT_RECORD && x->kind != CONTEXT_OBJECT) || x->site ||
			x->mode != BLOCK_EXTEND || !x->rtype || !check_is_own(ck, x->node) ||
			!needs_maker(RTYPE_AT(p, x->rtype)) || is_made(p, x->rtype))
			continue;
		check_fault(ck, EGM0202, x->node,
			"no statement makes a `%s` that this could extend",
			program_text(p, RTYPE_AT(p, x->rtype)->name));
	}
}
