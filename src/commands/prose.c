/* SPDX-License-Identifier: Apache-2.0 */
/* Comes in: nodes and texts. Goes out: Markdown in which none of their signs means anything. */
#include "commands/prose.h"

#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Bytes on one line. Comments between them go. */
static void
add_folded(struct str *out, const char *bytes, size_t len)
{
	bool quoted = false, pending = false;

	for (size_t i = 0; i < len; i++) {
		if (!quoted && bytes[i] == '#')
			while (i < len && bytes[i] != '\n')
				i++;
		if (i < len && is_blank(bytes[i]) && !quoted) {
			pending = true;
			continue;
		}
		if (i == len)
			break;
		if (pending)
			str_putc(out, ' ');
		pending = false;
		if (bytes[i] == '"')
			quoted = !quoted;
		str_putc(out, bytes[i]);
		if (quoted && bytes[i] == '\\' && i + 1 < len)
			str_putc(out, bytes[++i]);
	}
}

static struct span
last_span(const struct program *p, node_id list)
{
	while (NODE_AT(p, list)->next)
		list = NODE_AT(p, list)->next;
	return NODE_AT(p, list)->span;
}

void
prose_slice_to(const struct program *p, node_id a, node_id b, struct str *out)
{
	struct span s = NODE_AT(p, a)->span;
	uint32_t end = b ? last_span(p, b).end : s.end;

	if (a)
		add_folded(out, source_file(&p->source, s.file)->bytes + s.start, end - s.start);
}

void
prose_slice(const struct program *p, node_id list, struct str *out)
{
	prose_slice_to(p, list, list, out);
}

void
prose_text(const struct program *p, node_id text, struct str *out)
{
	const struct node *n = NODE_AT(p, text);

	if (n->kind == NODE_STRING)
		str_puts(out, program_text(p, n->a));
	else if (text)
		for (uint32_t i = n->span.start + 1; i + 1 < n->span.end; i++) {
			const char *c = source_file(&p->source, n->span.file)->bytes + i;

			if (c[0] != '\\' || c[1] != '"')
				str_putc(out, *c);
		}
}

static void
add_code(struct str *out, const char *text, bool cell)
{
	bool ticks = strchr(text, '`');

	str_puts(out, ticks ? "`` " : "`");
	for (; *text; text++)
		str_format(out, cell && *text == '|' ? "\\%c" : "%c", *text);
	str_puts(out, ticks ? " ``" : "`");
}

void
prose_code(struct str *out, const char *text)
{
	add_code(out, text, false);
}

void
prose_code_cell(struct str *out, const char *text)
{
	add_code(out, text, true);
}

void
prose_code_slice(const struct program *p, node_id a, node_id b, struct str *out)
{
	struct str text = STR_INIT;

	if (a) {
		prose_slice_to(p, a, b, &text);
		prose_code_cell(out, str_text(&text));
	}
	str_release(&text);
}

void
prose_cell(struct str *out, const char *text)
{
	for (; *text; text++)
		if (is_blank(*text))
			str_putc(out, ' ');
		else
			str_format(out, *text == '|' ? "\\%c" : "%c", *text);
}

void
prose_sentence(struct str *out, const char *text)
{
	str_puts(out, text);
	if (*text && !strchr(".?!:", out->bytes[out->len - 1]))
		str_putc(out, '.');
}

/* As the usual renderers make anchors of headings. */
void
prose_link(struct str *out, const char *name, const char *heading)
{
	str_format(out, "[`%s`](#", name);
	for (const char *c = heading; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			str_putc(out, (char)(*c - 'A' + 'a'));
		else if (*c == ' ')
			str_putc(out, '-');
		else if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-' ||
			*c == '_')
			str_putc(out, *c);
	str_putc(out, ')');
}

void
prose_take(struct str *s, struct str *out, void (*put)(struct str *out, const char *text))
{
	put(out, str_text(s));
	str_clear(s);
}
