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

/* The head of a block: its words, without the body. */
static struct span
head_span(struct world *w, node_id n)
{
	const struct node *x = NODE_AT(w->p, n);
	struct span s = x->span;

	if (x->kind == NODE_BLOCK) {
		node_id last = x->kid[2] ? x->kid[2] : x->kid[1] ? x->kid[1] : x->kid[0];

		for (node_id word = last; word;
			word = last == x->kid[0] ? NODE_AT(w->p, word)->next : 0)
			s.end = NODE_AT(w->p, word)->span.end;
	} else if (x->kind == NODE_SITE || x->kind == NODE_PROFILE || x->kind == NODE_TEST ||
		x->kind == NODE_FAILS || x->kind == NODE_PASSES) {
		const struct source_file *file = source_file(&w->p->source, s.file);
		uint32_t end = s.start;

		while (end < s.end && file->bytes[end] != '{' && file->bytes[end] != '\n')
			end++;
		while (end > s.start &&
			(file->bytes[end - 1] == ' ' || file->bytes[end - 1] == '\r'))
			end--;
		s.end = end;
	}
	return s;
}

static struct span
site_span(struct world *w)
{
	return head_span(w, SITE_AT(w->p, w->site_number)->node);
}

struct span
place_of_record(struct world *w, uint32_t record)
{
	for (uint32_t r = record; r; r = RECORD_AT(w, r)->owner)
		if (RECORD_AT(w, r)->user_head)
			return head_span(w, RECORD_AT(w, r)->user_head);
	return site_span(w);
}

static struct span
node_span(struct world *w, node_id n)
{
	uint8_t kind = NODE_AT(w->p, n)->kind;

	return kind == NODE_BLOCK || kind == NODE_SITE ? head_span(w, n) : NODE_AT(w->p, n)->span;
}

struct span
place_of(struct world *w, struct frame *f, const struct value *v)
{
	node_id src = v ? v->src : 0;

	if (!src)
		src = frame_src(f);
	if (src)
		return node_span(w, src);
	for (; f; f = f->up)
		if (f->record)
			return place_of_record(w, f->record);
	return site_span(w);
}

struct span
place_of_node(struct world *w, struct frame *f, node_id n)
{
	return is_user_node(w, n) ? node_span(w, n) : place_of(w, f, NULL);
}

struct diag *
world_fault(struct world *w, struct frame *f, enum diag_code code, const struct value *v,
	node_id node, const char *fmt, ...)
{
	struct diags *d = &w->p->diags;
	bool own = node && is_user_node(w, node);
	struct span span = own && !(v && v->src) ? node_span(w, node) : place_of(w, f, v);
	struct diag *g;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vformat(&d->arena, fmt, ap);
	va_end(ap);
	g = diag_add(d, code, span, "%s", text);
	if (node && !own)
		diag_note_at(d, g, head_span(w, node), "the library needs it here");
	return g;
}
