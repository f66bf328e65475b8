/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics as one JSON object, a line for each; render.h describes its members. */
#include "base/json.h"
#include "base/render_internal.h"

#define FORMAT_VERSION 1

static const char *const kinds[] = {
	[LINE_MUST] = "must",
	[LINE_SHOW] = "show",
	[LINE_BECAUSE] = "because",
	[LINE_NOTE] = "note",
	[LINE_HELP] = "help",
	[LINE_SEE] = "see",
};

static void
put_end(struct str *out, struct source *s, uint32_t file, uint32_t offset)
{
	struct place p = source_place(s, file, offset);

	str_format(out, "{\"byte\":%u,\"line\":%u,\"column\":%u,\"utf16_column\":%u}", offset,
		p.line, p.column, p.utf16_column);
}

static void
put_span(struct str *out, struct source *s, struct span span)
{
	if (!span.file) {
		str_puts(out, "null");
		return;
	}
	str_puts(out, "{\"file\":");
	json_text(out, source_file(s, span.file)->name);
	str_puts(out, ",\"start\":");
	put_end(out, s, span.file, span.start);
	str_puts(out, ",\"end\":");
	put_end(out, s, span.file, span.end);
	str_putc(out, '}');
}

static void
put_labels(struct str *out, struct source *s, const struct diag *g)
{
	str_puts(out, ",\"labels\":[");
	for (const struct diag_label *l = g->labels; l; l = l->next) {
		str_puts(out, l == g->labels ? "{\"span\":" : ",{\"span\":");
		put_span(out, s, l->span);
		str_puts(out, ",\"text\":");
		json_text(out, l->text);
		str_putc(out, '}');
	}
	str_putc(out, ']');
}

static void
put_texts(struct str *out, struct source *s, const struct diag *g)
{
	str_puts(out, ",\"texts\":[");
	for (const struct diag_text *t = g->texts; t; t = t->next) {
		str_format(out, "%s{\"kind\":\"%s\",\"text\":", t == g->texts ? "" : ",",
			kinds[t->line]);
		json_text(out, t->text);
		str_puts(out, ",\"span\":");
		put_span(out, s, t->span);
		str_putc(out, '}');
	}
	str_putc(out, ']');
}

static void
put_fix(struct str *out, struct source *s, const struct diag *g)
{
	str_puts(out, ",\"fix\":");
	if (!g->fix_span.file || !g->fix) {
		str_puts(out, "null");
		return;
	}
	str_puts(out, "{\"span\":");
	put_span(out, s, g->fix_span);
	str_puts(out, ",\"text\":");
	json_text(out, g->fix);
	str_putc(out, '}');
}

static void
put_diag(struct str *out, struct source *s, const struct diag *g, const struct render_options *o)
{
	struct render_options plain = { .format = RENDER_TEXT, .width = o->width };
	struct str rendered = STR_INIT;

	str_puts(out, "{\"code\":");
	json_text(out, g->code);
	str_format(out, ",\"severity\":\"%s\",\"message\":", render_severities[g->severity]);
	json_text(out, g->message);
	str_puts(out, ",\"span\":");
	put_span(out, s, g->span);
	str_puts(out, ",\"label\":");
	json_text(out, g->label);
	put_labels(out, s, g);
	put_texts(out, s, g);
	put_fix(out, s, g);
	render_diag(&rendered, g, s, &plain);
	str_puts(out, ",\"rendered\":");
	json_string(out, rendered.bytes, rendered.len);
	str_putc(out, '}');
	str_release(&rendered);
}

void
render_json(
	struct str *out, const struct diags *d, struct source *s, const struct render_options *o)
{
	struct render_choice choice = render_choose(d, o);
	uint32_t not_shown = choice.not_shown;
	const char *before = "\n";

	str_format(out, "{\"format_version\":%d,\"diagnostics\":[", FORMAT_VERSION);
	for (uint32_t i = 0; i < d->all.count; i++) {
		const struct diag *g = *VEC_AT(&d->all, struct diag *, i);

		if (!render_takes(&choice, g))
			continue;
		str_puts(out, before);
		put_diag(out, s, g, o);
		before = ",\n";
	}
	str_format(out, "],\"errors\":%u,\"warnings\":%u,\"notes\":%u,\"not_shown\":%u}\n",
		d->errors, d->warnings, d->notes, not_shown);
}
