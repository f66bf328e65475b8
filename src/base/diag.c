/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects diagnostics. What comes in are findings in any order; what goes out is a sorted list
 * without doubles. Nothing is printed here.
 */
#include "base/diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/hash.h"
#include "base/mem.h"

static const struct diag_info infos[DIAG_CODE_COUNT] = {
	[DIAG_NONE] = { "", SEVERITY_ERROR, "", "" },
#define DIAG(code, severity, name, about) [code] = { #code, SEVERITY_##severity, name, about },
#include "base/diag.def"
#undef DIAG
};

void
diags_init(struct diags *d)
{
	*d = (struct diags){ 0 };
	arena_init(&d->arena);
	vec_init(&d->all, sizeof(struct diag *), false);
}

void
diags_release(struct diags *d)
{
	arena_release(&d->arena);
	vec_release(&d->all);
	mem_free(d->slots);
	*d = (struct diags){ 0 };
}

static struct diag *
diag_at(const struct diags *d, uint32_t i)
{
	return *VEC_AT(&d->all, struct diag *, i);
}

static uint32_t *
counter(struct diags *d, enum severity severity)
{
	switch (severity) {
	case SEVERITY_ERROR:
		return &d->errors;
	case SEVERITY_WARNING:
		return &d->warnings;
	case SEVERITY_NOTE:
		break;
	}
	return &d->notes;
}

static bool
is_double(const struct diag *a, const struct diag *b)
{
	return a->span.file == b->span.file && a->span.start == b->span.start &&
		a->span.end == b->span.end && !strcmp(a->code, b->code);
}

/* The slot of the first diagnostic with this code and span, or the free one where it belongs. */
static uint32_t *
slot_of(struct diags *d, const struct diag *g)
{
	uint32_t mask = d->slot_count - 1;
	uint32_t i = (uint32_t)hash_fast(&g->span, sizeof(g->span)) & mask;

	while (d->slots[i] && !is_double(diag_at(d, d->slots[i] - 1), g))
		i = (i + 1) & mask;
	return &d->slots[i];
}

static void
grow(struct diags *d)
{
	uint32_t count = 64;

	while (count / 4 <= d->all.count)
		count *= 2;
	d->slot_count = count;
	mem_free(d->slots);
	d->slots = mem_new(d->slot_count * sizeof(*d->slots));
	for (uint32_t i = 0; i < d->all.count; i++) {
		uint32_t *slot = slot_of(d, diag_at(d, i));

		if (!*slot)
			*slot = i + 1;
	}
}

/* Faults of the environment have no place, so equal places say nothing about them: the message has
 * to differ. */
static bool
is_known(const struct diags *d, uint32_t slot, const struct diag *g)
{
	return slot && (g->span.file || !strcmp(diag_at(d, slot - 1)->message, g->message));
}

static struct diag *
add(struct diags *d, const char *code, enum severity severity, struct span span,
	const char *message)
{
	struct diag *g = ARENA_NEW(&d->arena, struct diag);
	uint32_t *slot;

	snprintf(g->code, sizeof(g->code), "%s", code);
	g->severity = severity;
	g->span = span;
	g->message = message;
	g->order = d->all.count;
	if (d->all.count >= d->slot_count / 2)
		grow(d);
	slot = slot_of(d, g);
	g->dropped = is_known(d, *slot, g);
	vec_push(&d->all, &g);
	if (!*slot)
		*slot = d->all.count;
	if (!g->dropped)
		(*counter(d, severity))++;
	return g;
}

struct diag *
diag_add(struct diags *d, enum diag_code code, struct span span, const char *fmt, ...)
{
	const struct diag_info *info = diag_info(code);
	va_list ap;
	char *message;

	va_start(ap, fmt);
	message = arena_vformat(&d->arena, fmt, ap);
	va_end(ap);
	return add(d, info->code, info->severity, span, message);
}

struct diag *
diag_add_rule(struct diags *d, const char *code, enum severity severity, struct span span,
	const char *message)
{
	return add(d, code, severity, span, arena_copy(&d->arena, message, strlen(message)));
}

void
diag_here(struct diags *d, struct diag *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	g->label = arena_vformat(&d->arena, fmt, ap);
	va_end(ap);
}

void
diag_label(struct diags *d, struct diag *g, struct span span, const char *fmt, ...)
{
	struct diag_label *label = ARENA_NEW(&d->arena, struct diag_label);
	struct diag_label **end = &g->labels;
	va_list ap;

	va_start(ap, fmt);
	label->text = arena_vformat(&d->arena, fmt, ap);
	va_end(ap);
	label->span = span;
	while (*end)
		end = &(*end)->next;
	*end = label;
}

static void
add_text(struct diags *d, struct diag *g, enum diag_line line, struct span span, const char *text)
{
	struct diag_text *t = ARENA_NEW(&d->arena, struct diag_text);
	struct diag_text **end = &g->texts;

	t->line = line;
	t->text = text;
	t->span = span;
	while (*end)
		end = &(*end)->next;
	*end = t;
}

void
diag_line(struct diags *d, struct diag *g, enum diag_line line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_text(d, g, line, (struct span){ 0 }, arena_vformat(&d->arena, fmt, ap));
	va_end(ap);
}

void
diag_note_at(struct diags *d, struct diag *g, struct span span, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_text(d, g, LINE_NOTE, span, arena_vformat(&d->arena, fmt, ap));
	va_end(ap);
}

void
diag_fix(struct diags *d, struct diag *g, struct span span, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	g->fix = arena_vformat(&d->arena, fmt, ap);
	va_end(ap);
	g->fix_span = span;
}

void
diag_drop(struct diags *d, struct diag *g)
{
	if (!g->dropped)
		(*counter(d, g->severity))--;
	g->dropped = true;
}

void
diags_rewind(struct diags *d, uint32_t count)
{
	for (uint32_t i = count; i < d->all.count; i++)
		diag_drop(d, diag_at(d, i));
	vec_cut(&d->all, count);
	grow(d);
}

void
diag_regrade(struct diags *d, struct diag *g, enum severity severity)
{
	if (!g->dropped) {
		(*counter(d, g->severity))--;
		(*counter(d, severity))++;
	}
	g->severity = severity;
}

const struct diag_info *
diag_info(enum diag_code code)
{
	if (code >= DIAG_CODE_COUNT)
		BUG("diagnostic %u of %u", (unsigned)code, (unsigned)DIAG_CODE_COUNT);
	return &infos[code];
}

enum diag_code
diag_find(const char *code)
{
	unsigned i = DIAG_CODE_COUNT;

	while (--i > DIAG_NONE && strcmp(infos[i].code, code))
		;
	return (enum diag_code)i;
}

static int
compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int
compare(const void *x, const void *y)
{
	const struct diag *a = *(struct diag *const *)x;
	const struct diag *b = *(struct diag *const *)y;
	int order = compare_numbers(a->span.file, b->span.file);

	if (!order)
		order = compare_numbers(a->span.start, b->span.start);
	if (!order)
		order = strcmp(a->code, b->code);
	return order ? order : compare_numbers(a->order, b->order);
}

void
diags_sort(struct diags *d)
{
	if (d->all.count)
		qsort(d->all.data, d->all.count, d->all.size, compare);
	d->slot_count = 0; /* they hold indexes: made anew by the next diagnostic */
}
