/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front end, stage after stage. A file that is no text at all (UTF-16, NUL bytes) is refused
 * before scanning; one wrong byte in a text is reported and read over.
 */
#include "grammar/grammar.h"

#include <string.h>
#include "base/utf8.h"
#include "grammar/tokens.h"
#include "grammar/parse.h"

void
grammar_begin(struct grammar *g, const struct grammar_input *in, uint32_t file)
{
	const struct source_file *f = source_file(in->source, file);

	*g = (struct grammar){ .in = *in, .file = file, .bytes = f->bytes, .len = f->len };
	vec_init(&g->tokens, sizeof(struct token), false);
	vec_init(&g->docs, sizeof(struct doc), false);
	vec_init(&g->faults, sizeof(uint32_t), false);
	vec_init(&g->open, sizeof(struct open), false);
}

void
grammar_end(struct grammar *g)
{
	vec_release(&g->tokens);
	vec_release(&g->docs);
	vec_release(&g->faults);
	vec_release(&g->open);
	str_release(&g->text);
}

/* False if it makes no sense to go on. Skips a byte order mark. */
static bool
check_encoding(struct grammar *g)
{
	const char *nul;
	size_t bad;

	if (g->len >= 2 && (!memcmp(g->bytes, "\xff\xfe", 2) || !memcmp(g->bytes, "\xfe\xff", 2))) {
		grammar_fault(g, EGM0005, 0, 2, "save it as UTF-8", "the file is UTF-16");
		return false;
	}
	if (g->len >= 3 && !memcmp(g->bytes, "\xef\xbb\xbf", 3)) {
		grammar_fault(g, EGM0005, 0, 3, "save it as UTF-8 without one",
			"the file begins with a byte order mark");
		g->next = 3;
	}
	nul = memchr(g->bytes, 0, g->len);
	if (nul) {
		uint32_t at = (uint32_t)(nul - g->bytes);

		grammar_fault(g, EGM0005, at, at + 1, NULL, "a NUL byte: this is no text file");
		return false;
	}
	bad = utf8_check(g->bytes, g->len);
	if (bad < g->len)
		grammar_fault(g, EGM0005, (uint32_t)bad, (uint32_t)bad + 1,
			"save the file as UTF-8", "the byte 0x%02x is no UTF-8",
			(unsigned char)g->bytes[bad]);
	return true;
}

bool
grammar_tokenize(struct grammar *g)
{
	if (!check_encoding(g) || !grammar_scan(g))
		return false;
	grammar_match(g);
	grammar_layout(g);
	return true;
}

static int64_t
edition_of(const struct grammar *g)
{
	for (node_id n = g->first; n; n = ast_node(g->in.ast, n)->next)
		if (ast_node(g->in.ast, n)->kind == NODE_EDITION)
			return ast_node(g->in.ast, n)->n;
	return 0;
}

bool
grammar_parse(const struct grammar_input *in, uint32_t file, struct ast_file *out)
{
	struct grammar g;
	bool fine;

	grammar_begin(&g, in, file);
	if (grammar_tokenize(&g)) {
		grammar_build(&g);
		grammar_finish(&g);
	}
	*out = (struct ast_file){ .file = file, .first = g.first, .edition = edition_of(&g) };
	fine = !g.faults.count;
	grammar_end(&g);
	return fine;
}

static const char *
kind_name(int kind)
{
	switch (kind) {
	case LAYOUT_NEWLINE:
		return "newline";
	case LAYOUT_COMMENT:
		return "comment";
	case LAYOUT_DOC:
		return "documentation";
	case LAYOUT_SKIPPED:
		return "skipped";
	default:
		return grammar_token_name(kind);
	}
}

/* line:column, what it is, and its text unless that says the same. */
static void
dump_token(const struct grammar *g, const struct token *t, struct str *out)
{
	struct place p = source_place(g->in.source, g->file, t->start);
	const char *name = kind_name(t->kind);
	uint32_t end = t->end;

	while (end > t->start && (g->bytes[end - 1] == '\n' || g->bytes[end - 1] == '\r'))
		end--;
	str_format(out, "%u:%u\t", p.line, p.column);
	if (*name != '`')
		str_puts(out, name);
	if (end > t->start) {
		if (*name != '`')
			str_putc(out, ' ');
		str_add(out, g->bytes + t->start, end - t->start);
	}
	str_putc(out, '\n');
}

void
grammar_dump_tokens(const struct grammar_input *in, uint32_t file, struct str *out)
{
	struct grammar g;

	grammar_begin(&g, in, file);
	if (grammar_tokenize(&g))
		for (uint32_t i = 0; i < g.tokens.count; i++)
			dump_token(&g, token_at(&g, i), out);
	grammar_end(&g);
}
