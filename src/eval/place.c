/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where to point. A user never sees a bare place of the library: every value leads back to
 * something that he wrote, at least to the head of his site; the library's own line follows as a
 * note.
 */
#include <stdarg.h>
#include "eval/world.h"

bool
is_user_node(const struct world *w, node_id n)
{
	return n >= w->p->library_nodes;
}

node_id
frame_src(struct frame *f)
{
	while (f && !f->src)
		f = f->up;
	return f ? f->src : 0;
}

static struct span
site_span(struct world *w)
{
	return program_head(w->p, SITE_AT(w->p, w->site_number)->node);
}

node_id
place_head(struct world *w, uint32_t record)
{
	for (uint32_t r = record; r; r = RECORD_AT(w, r)->owner)
		if (RECORD_AT(w, r)->user_head)
			return RECORD_AT(w, r)->user_head;
	return SITE_AT(w->p, w->site_number)->node;
}

struct span
place_of_record(struct world *w, uint32_t record)
{
	return program_head(w->p, place_head(w, record));
}

struct span
place_of(struct world *w, struct frame *f, const struct value *v)
{
	node_id src = v ? v->src : 0;

	if (!src)
		src = frame_src(f);
	if (src)
		return program_head(w->p, src);
	for (; f; f = f->up)
		if (f->record)
			return place_of_record(w, f->record);
	return site_span(w);
}

struct diag *
world_fault(struct world *w, struct frame *f, enum diag_code code, const struct value *v,
	node_id node, const char *fmt, ...)
{
	struct diags *d = &w->p->diags;
	bool own = node && is_user_node(w, node);
	struct span span = own && !(v && v->src) ? program_head(w->p, node) : place_of(w, f, v);
	struct diag *g;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vformat(&d->arena, fmt, ap);
	va_end(ap);
	g = diag_add(d, code, span, "%s", text);
	if (node && !own)
		diag_note_at(d, g, program_head(w->p, node), "the library needs it here");
	return g;
}

void
world_limit(struct world *w, struct frame *f, node_id node, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!w->stopped)
		world_fault(w, f, EGM0501, NULL, node, "%s",
			arena_vformat(&w->p->diags.arena, fmt, ap));
	va_end(ap);
	w->stopped = true;
}
