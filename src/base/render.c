/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics as text and as short lines: which of them, what stands above and below their
 * excerpts, and the count. */
#include <string.h>
#include "base/render_internal.h"
#include "base/vec.h"

static const char *const colour_codes[] = {
	[COLOUR_NONE] = "\x1b[0m",
	[COLOUR_STRONG] = "\x1b[1m",
	[COLOUR_GUTTER] = "\x1b[1;34m",
	[COLOUR_ERROR] = "\x1b[1;31m",
	[COLOUR_WARNING] = "\x1b[1;33m",
	[COLOUR_NOTE] = "\x1b[1;36m",
};

static const enum colour severity_colours[] = {
	[SEVERITY_ERROR] = COLOUR_ERROR,
	[SEVERITY_WARNING] = COLOUR_WARNING,
	[SEVERITY_NOTE] = COLOUR_NOTE,
};

const char *const render_severities[] = {
	[SEVERITY_ERROR] = "error",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_NOTE] = "note",
};

static const char *const line_heads[] = {
	[LINE_MUST] = "must: ",
	[LINE_SHOW] = "",
	[LINE_BECAUSE] = "because ",
	[LINE_NOTE] = "note: ",
	[LINE_HELP] = "help: ",
	[LINE_SEE] = "see: ",
};

void
render_paint(struct renderer *r, enum colour c)
{
	if (r->colour)
		str_puts(r->out, colour_codes[c]);
}

void
render_painted(struct renderer *r, enum colour c, const char *text)
{
	render_paint(r, c);
	str_puts(r->out, text);
	render_paint(r, COLOUR_NONE);
}

/* Text of several lines goes on below its beginning. */
static void
put_text(struct renderer *r, const struct diag_text *t)
{
	const char *head = line_heads[t->line];
	struct str part = STR_INIT;
	size_t n;

	str_repeat(r->out, ' ', r->gutter + 1);
	render_painted(r, COLOUR_GUTTER, "=");
	str_putc(r->out, ' ');
	render_painted(r, COLOUR_STRONG, head);
	for (const char *p = t->text;; p += n + 1) {
		n = strcspn(p, "\n");
		str_clear(&part);
		str_add(&part, p, n);
		render_clean(r->out, part.bytes);
		if (!p[n])
			break;
		str_putc(r->out, '\n');
		str_repeat(r->out, ' ', r->gutter + 3 + strlen(head));
	}
	str_release(&part);
	if (t->span.file) {
		str_puts(r->out, " (");
		render_place(r->out, r->source, t->span, false);
		str_putc(r->out, ')');
	}
	str_putc(r->out, '\n');
}

static void
put_head(struct renderer *r, const struct diag *g)
{
	render_paint(r, r->marks);
	str_format(r->out, "%s[%s]", render_severities[g->severity], g->code);
	render_paint(r, COLOUR_NONE);
	render_paint(r, COLOUR_STRONG);
	str_puts(r->out, ": ");
	render_clean(r->out, g->message);
	render_paint(r, COLOUR_NONE);
	str_putc(r->out, '\n');
}

void
render_diag(struct str *out, const struct diag *g, struct source *s, const struct render_options *o)
{
	struct renderer r = {
		.out = out,
		.source = s,
		.colour = o->colour,
		.marks = severity_colours[g->severity],
	};

	put_head(&r, g);
	render_excerpts(&r, g, o->width);
	for (enum diag_line line = LINE_MUST; line <= LINE_SEE; line++)
		for (const struct diag_text *t = g->texts; t; t = t->next)
			if (t->line == line)
				put_text(&r, t);
}

static void
put_short(struct str *out, const struct diag *g, struct source *s)
{
	if (g->span.file) {
		render_place(out, s, g->span, true);
		str_puts(out, ": ");
	}
	str_format(out, "%s[%s]: ", render_severities[g->severity], g->code);
	render_clean(out, g->message);
	str_putc(out, '\n');
}

struct render_choice
render_choose(const struct diags *d, const struct render_options *o)
{
	struct render_choice c = { .left = { d->errors, d->warnings, d->notes } };
	uint32_t most = o->most ? o->most : UINT32_MAX;

	for (int i = SEVERITY_ERROR; i <= SEVERITY_NOTE; i++) {
		uint32_t taken = c.left[i] < most ? c.left[i] : most;

		c.not_shown += c.left[i] - taken;
		c.left[i] = taken;
		most -= taken;
	}
	return c;
}

bool
render_takes(struct render_choice *c, const struct diag *g)
{
	if (g->dropped || !c->left[g->severity])
		return false;
	c->left[g->severity]--;
	return true;
}

static void
put_count(struct str *out, uint32_t n, const char *word)
{
	if (!n)
		return;
	if (out->len && out->bytes[out->len - 1] != '\n')
		str_puts(out, ", ");
	str_format(out, "%u %s%s", n, word, n == 1 ? "" : "s");
}

static void
put_counts(struct str *out, const struct diags *d, uint32_t not_shown)
{
	put_count(out, d->errors, "error");
	put_count(out, d->warnings, "warning");
	put_count(out, d->notes, "note");
	if (not_shown)
		str_format(out, " (%u not shown)", not_shown);
	str_putc(out, '\n');
}

void
render_diags(struct str *out, struct diags *d, struct source *s, const struct render_options *o)
{
	struct render_choice choice = render_choose(d, o);
	uint32_t not_shown = choice.not_shown;

	diags_sort(d);
	if (o->format == RENDER_JSON) {
		render_json(out, d, s, o);
		return;
	}
	for (uint32_t i = 0; i < d->all.count; i++) {
		const struct diag *g = *VEC_AT(&d->all, struct diag *, i);

		if (!render_takes(&choice, g))
			continue;
		if (o->format == RENDER_SHORT) {
			put_short(out, g, s);
		} else {
			render_diag(out, g, s, o);
			str_putc(out, '\n');
		}
	}
	if (d->errors + d->warnings + d->notes && (o->format == RENDER_TEXT || not_shown))
		put_counts(out, d, not_shown);
}
