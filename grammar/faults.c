/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages about syntax. The parser tells which tokens would have fitted; here they are put into a
 * few words, and what stands around the fault is compared with the slips that people make.
 */
#include <stdarg.h>
#include <string.h>
#include "base/utf8.h"
#include "grammar/tokens.h"
#include "grammar/parse.h"

#define QUOTED_MAX   32 /* bytes of the file that a message repeats */
#define EXPECTED_MAX 4
#define LOOK_AHEAD   64 /* tokens */

const char *
grammar_quoted(const struct grammar *g, uint32_t start, uint32_t end)
{
	struct str s = STR_INIT;
	bool cut = end - start > QUOTED_MAX;
	const char *text;

	if (cut)
		for (end = start + QUOTED_MAX; end > start && (g->bytes[end] & 0xc0) == 0x80; end--)
			;
	str_putc(&s, '`');
	for (uint32_t i = start; i < end; i++) {
		unsigned char c = (unsigned char)g->bytes[i];

		if (c < ' ' || c == 0x7f)
			str_format(&s, "\\x%02x", c);
		else
			str_putc(&s, (char)c);
	}
	str_puts(&s, cut ? "...`" : "`");
	text = arena_copy(&g->in.diags->arena, str_text(&s), s.len);
	str_release(&s);
	return text;
}

struct diag *
grammar_fault(struct grammar *g, enum diag_code code, uint32_t start, uint32_t end,
	const char *help, const char *fmt, ...)
{
	struct diag *d;
	va_list ap;

	if (g->full)
		return NULL;
	vec_push(&g->faults, &start);
	va_start(ap, fmt);
	d = diag_add(g->in.diags, code, grammar_span(g, start, end), "%s",
		arena_vformat(&g->in.diags->arena, fmt, ap));
	va_end(ap);
	if (help)
		diag_line(g->in.diags, d, LINE_HELP, "%s", help);
	g->full = g->faults.count >= GRAMMAR_FAULTS_MAX;
	if (g->full)
		diag_line(g->in.diags, d, LINE_NOTE,
			"with %d faults found, the rest of this file is not read",
			GRAMMAR_FAULTS_MAX);
	return d;
}

/* --- what would have fitted --- */

struct expected {
	bool token[TOK_RBRACE + 1];
	bool any;
	const char *words[EXPECTED_MAX];
	int count;
};

static void
drop(struct expected *e, const int *tokens)
{
	for (; *tokens >= 0; tokens++)
		e->token[*tokens] = false;
}

static void
say(struct expected *e, const char *word)
{
	for (int i = 0; i < e->count; i++)
		if (!strcmp(e->words[i], word))
			return;
	if (e->count < EXPECTED_MAX)
		e->words[e->count++] = word;
}

static const int statement_tokens[] = { TOK_LET, TOK_EXTEND, TOK_ASSUME, TOK_FOR, TOK_IF,
	TOK_BECAUSE, TOK_EDITION, TOK_USE, TOK_INCLUDE, TOK_SITE, TOK_PROFILE, TOK_PARAM, TOK_ALLOW,
	TOK_TEST, TOK_EXPECT, TOK_PATCH, TOK_BLOCK, TOK_RECORD, TOK_CONTRACT, TOK_CHOICE, TOK_CASE,
	TOK_TYPE, TOK_TABLE, TOK_ROW, TOK_FN, TOK_KIND, TOK_VALUES, TOK_LABEL, TOK_ANNOTATION,
	TOK_RULE, TOK_REFERS, TOK_MUST, TOK_AT, TOK_SAYS, TOK_HELP, TOK_SHOWS, TOK_SEE, TOK_FIX,
	TOK_FAILS, TOK_PASSES, TOK_NAME, TOK_STRING, TOK_HEAD, TOK_SEP, -1 };
static const int value_tokens[] = { TOK_UNIT, TOK_NAME, TOK_STRING, TOK_HEAD, TOK_INT, TOK_TRUE,
	TOK_FALSE, TOK_ABSENT, TOK_LPAREN, TOK_LBRACKET, TOK_LBRACE, TOK_NOT, TOK_MINUS, TOK_IF,
	-1 };
static const int type_tokens[] = { TOK_LIST, TOK_NAME, TOK_STRING, TOK_REF, TOK_OBJECT, TOK_SET,
	TOK_MAP, TOK_LBRACE, -1 };
static const int operator_tokens[] = { TOK_OR, TOK_AND, TOK_EQ, TOK_NE, TOK_LT, TOK_LE, TOK_GT,
	TOK_GE, TOK_IN, TOK_IS, TOK_PLUS, TOK_MINUS, TOK_TIMES, TOK_OVER, TOK_DOT, TOK_QUESTION,
	TOK_LPAREN, TOK_LBRACKET, TOK_OF, TOK_OF_STRING, TOK_NAME, -1 };
static const int mark_tokens[] = { TOK_MAX, TOK_MATCHING, TOK_IS, TOK_STRING, TOK_INT, TOK_BAR,
	TOK_OF, TOK_REQUIRED, TOK_ONLY, -1 };
static const int path_tokens[] = { TOK_ADD, TOK_DOT, TOK_COLON, TOK_QUESTION, TOK_LBRACKET, TOK_OF,
	TOK_NAME, TOK_STRING, TOK_OF_STRING, TOK_HEAD, TOK_BAR, -1 };
static const int end_tokens[] = { TOK_SEP, TOK_RBRACE, TOK_END, -1 };
static const int string_tokens[] = { TOK_STRING, TOK_HEAD, TOK_OF_STRING, -1 };

/* A group of tokens that has a name of its own. It is meant if its first token is expected;
 * `word` NULL: the group is not worth a word, as long as anything else is left. */
static const struct {
	const int *tokens;
	int also; /* and this one */
	const char *word;
} groups[] = {
	{ statement_tokens, TOK_BECAUSE, "a statement" },
	{ value_tokens, TOK_TRUE, "a value" },
	{ type_tokens, TOK_REF, "a type" },
	{ operator_tokens, TOK_AND, NULL },
	{ mark_tokens, TOK_MATCHING, NULL },
	{ path_tokens, TOK_ASSIGN, NULL },
	{ string_tokens, TOK_HEAD, "a string" },
};

/* In words, most telling first. */
static void
put_into_words(struct expected *e)
{
	bool ends = e->token[TOK_SEP] && !e->token[TOK_LET];
	const char *operators = e->token[TOK_OR] ? "an operator" : NULL;

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		if (e->token[groups[i].tokens[0]] && e->token[groups[i].also]) {
			drop(e, groups[i].tokens);
			if (groups[i].word)
				say(e, groups[i].word);
		}
	if (ends)
		drop(e, end_tokens);
	if (e->token[TOK_COMMA])
		e->token[TOK_FOR] = false;
	for (int t = 0; t <= TOK_RBRACE; t++)
		if (e->token[t])
			say(e, grammar_token_name(t));
	if (ends)
		say(e, "the end of the statement");
	if (!e->count && operators)
		say(e, operators);
}

static void
print_expected(const struct expected *e, struct str *out)
{
	for (int i = 0; i < e->count; i++)
		str_format(out, "%s%s",
			i == 0                     ? "expected "
				: i + 1 < e->count ? ", "
						   : " or ",
			e->words[i]);
}

/* --- what was meant --- */

/* The surroundings of a fault, in kinds of tokens. */
struct slip {
	const bool *expected;
	int first, second; /* of the statement */
	int before, here, behind;
	int around; /* the innermost bracket, or 0 */
	bool new_line; /* `here` begins a line */
};

static bool
is_reserved(int kind)
{
	return kind >= TOK_FOR && kind <= TOK_REQUIRED;
}

static bool
is_value_end(int kind)
{
	switch (kind) {
	case TOK_NAME:
	case TOK_STRING:
	case TOK_TAIL:
	case TOK_INT:
	case TOK_UNIT:
	case TOK_TRUE:
	case TOK_FALSE:
	case TOK_RPAREN:
	case TOK_RBRACKET:
	case TOK_RBRACE:
		return true;
	default:
		return false;
	}
}

static bool
is_value_start(int kind)
{
	return kind == TOK_NAME || kind == TOK_STRING || kind == TOK_HEAD || kind == TOK_INT ||
		kind == TOK_UNIT || kind == TOK_LBRACE;
}

static bool
reserved_name(const struct slip *s)
{
	return is_reserved(s->first) &&
		(s->second == TOK_ASSIGN || s->second == TOK_COLON || s->second == TOK_ADD) &&
		(s->here == s->first || s->here == s->second);
}

static bool
yaml_list(const struct slip *s)
{
	return s->here == TOK_MINUS && s->expected[TOK_LET];
}

static bool
yaml_field(const struct slip *s)
{
	return (s->second == TOK_COLON && s->before == TOK_COLON) ||
		(s->here == TOK_COLON && s->expected[TOK_ASSIGN] && s->expected[TOK_LBRACE]);
}

static bool
slash_in_key(const struct slip *s)
{
	return s->here == TOK_OVER && s->expected[TOK_ASSIGN];
}

static bool
free_text(const struct slip *s)
{
	return (s->here == TOK_OVER || s->here == TOK_TIMES || s->here == TOK_COLON ||
		       s->here == TOK_DOT) &&
		s->second == TOK_ASSIGN;
}

static bool
compared_field(const struct slip *s)
{
	return s->here == TOK_EQ && s->expected[TOK_ASSIGN];
}

static bool
assigned_condition(const struct slip *s)
{
	return s->here == TOK_ASSIGN && s->expected[TOK_EQ];
}

static bool
commas_in_block(const struct slip *s)
{
	return s->here == TOK_COMMA && s->around != TOK_LPAREN && s->around != TOK_LBRACKET &&
		s->expected[TOK_SEP];
}

static bool
missing_comma(const struct slip *s)
{
	return s->expected[TOK_COMMA] && is_value_end(s->before) && is_value_start(s->here) &&
		(s->around == TOK_LBRACKET || s->around == TOK_LPAREN);
}

static bool
missing_value(const struct slip *s)
{
	return s->before == TOK_ASSIGN && s->here == TOK_SEP;
}

static bool
two_statements(const struct slip *s)
{
	return s->expected[TOK_SEP] && !s->new_line && s->here == TOK_NAME && s->behind != TOK_SEP;
}

static bool
brace_on_next_line(const struct slip *s)
{
	return s->here == TOK_LBRACE && s->new_line && s->expected[TOK_LET];
}

static bool
waiver_without_reason(const struct slip *s)
{
	return s->first == TOK_ALLOW && s->expected[TOK_BECAUSE];
}

static bool
reserved_inside(const struct slip *s)
{
	return is_reserved(s->here) && s->expected[TOK_NAME] && !s->expected[TOK_LET];
}

static bool
unit_apart(const struct slip *s)
{
	return s->before == TOK_INT && s->here == TOK_NAME && !s->new_line &&
		s->expected[TOK_SEP] && (s->behind == TOK_SEP || s->behind == TOK_RBRACE);
}

static bool
quoted_name(const struct slip *s)
{
	return s->here == TOK_STRING && s->expected[TOK_NAME] && !s->expected[TOK_STRING];
}

static bool
words_without_quotes(const struct slip *s)
{
	return s->second == TOK_ASSIGN && s->before == TOK_NAME && s->here == TOK_NAME;
}

/* The first that fits is shown. */
static const struct {
	bool (*fits)(const struct slip *s);
	const char *help;
} advice[] = {
	{ reserved_name,
		"this is a word of the language; as a name it is quoted, as in \"for\" = 5m" },
	{ yaml_list, "a list is written in brackets: name = [a, b]" },
	{ slash_in_key, "a key with a slash is quoted: \"example.com/key\" = ..." },
	{ yaml_field, "a field is written name = value" },
	{ compared_field, "a field is set with a single `=`" },
	{ assigned_condition, "to compare, write `==`" },
	{ missing_comma, "items are separated by commas" },
	{ commas_in_block, "in braces, fields are separated by `;` or a new line" },
	{ missing_value,
		"to leave a field out, leave out its line; `absent` takes away what a profile "
		"wrote" },
	{ brace_on_next_line, "the brace stands on the line of what it belongs to" },
	{ waiver_without_reason, "a waiver says why: allow CODE because \"...\"" },
	{ free_text, "free text such as a path, a host or an address is quoted" },
	{ unit_apart, "a unit stands right behind its number, as in 5s" },
	{ quoted_name, "this is a name, and stands without quotes" },
	{ words_without_quotes, "free text is quoted" },
	{ two_statements, "statements are separated by `;` or a new line" },
	{ reserved_inside, "this is a word of the language; as a name it is quoted" },
};

#define NO_TOKEN UINT32_MAX

/* The token before i that is no space, or NO_TOKEN. */
static uint32_t
solid_before(const struct grammar *g, uint32_t i)
{
	while (i--)
		if (!token_is_space(token_at(g, i)))
			return i;
	return NO_TOKEN;
}

/* The kind; NO_TOKEN counts as the end of a statement. */
static int
kind_at(const struct grammar *g, uint32_t i)
{
	return i == NO_TOKEN ? TOK_SEP : token_at(g, i)->kind;
}

static int
kind_behind(const struct grammar *g, uint32_t i)
{
	return kind_at(g, i) == TOK_END ? TOK_END : kind_at(g, grammar_solid(g, i + 1));
}

static bool
begins_line(const struct grammar *g, uint32_t before, uint32_t here)
{
	uint32_t start = before == NO_TOKEN ? 0 : token_at(g, before)->start,
		 end = token_at(g, here)->start;

	return before == NO_TOKEN || memchr(g->bytes + start, '\n', end - start);
}

static const char *
advice_for(const struct grammar *g, const bool *expected, uint32_t here)
{
	uint32_t first = grammar_solid(g, g->around), before = solid_before(g, here);
	struct slip s = {
		.expected = expected,
		.first = kind_at(g, first),
		.second = kind_behind(g, first),
		.before = kind_at(g, before),
		.here = kind_at(g, here),
		.behind = kind_behind(g, here),
		.around = g->bracket,
		.new_line = begins_line(g, before, here),
	};

	for (size_t i = 0; i < sizeof(advice) / sizeof(*advice); i++)
		if (advice[i].fits(&s))
			return advice[i].help;
	return NULL;
}

/* `a b` was taken for the beginning of `a b of c`, which does not come: the fault is `b`, where
 * the value had ended. */
static bool
is_second_name(const struct grammar *g, const struct expected *e, int count, uint32_t here)
{
	uint32_t name = solid_before(g, here);

	return count == 1 && e->token[TOK_OF] && kind_at(g, name) == TOK_NAME &&
		kind_at(g, solid_before(g, name)) == TOK_NAME;
}

static void
expect_end_of_value(const struct grammar *g, struct expected *e)
{
	*e = (struct expected){ .count = 0 };
	if (g->bracket == TOK_LPAREN || g->bracket == TOK_LBRACKET) {
		e->token[TOK_COMMA] = true;
		e->token[grammar_closer(g->bracket)] = true;
	} else {
		e->token[TOK_SEP] = true;
	}
}

/* A place at the end of a line is the end of what stands on it. */
static void
report(struct grammar *g, const struct expected *e, uint32_t here, const char *help)
{
	const struct token *t = token_at(g, here);
	uint32_t before = solid_before(g, here);
	bool at_end = t->kind == TOK_END || (t->kind == TOK_SEP && token_is_newline(g, t));
	struct str text = STR_INIT;

	print_expected(e, &text);
	str_puts(&text, e->count ? " before " : "unexpected ");
	if (!at_end)
		str_puts(&text, grammar_quoted(g, t->start, t->end));
	else
		str_puts(&text, t->kind == TOK_END ? "the end of the file" : "the end of the line");
	if (at_end && before != NO_TOKEN)
		grammar_fault(g, EGM0001, token_at(g, before)->end, token_at(g, before)->end, help,
			"%s", str_text(&text));
	else
		grammar_fault(g, EGM0001, t->start, t->end, help, "%s", str_text(&text));
	str_release(&text);
}

/* Whether the statement has a token that was reported: before `here`, where it may be the cause, or
 * a little behind. One fault is told of each statement. */
static bool
is_faulty(const struct grammar *g)
{
	uint32_t end =
		g->here + LOOK_AHEAD < g->tokens.count ? g->here + LOOK_AHEAD : g->tokens.count;

	if (g->fault > grammar_solid(g, g->around))
		return true;
	for (uint32_t i = g->here; i < end; i++) {
		int kind = token_at(g, i)->kind;

		if (kind == TOK_SEP || kind == TOK_LBRACE || kind == TOK_RBRACE)
			break;
		if (token_at(g, i)->flags & TOKEN_FAULT)
			return true;
	}
	return false;
}

void
grammar_unexpected(struct grammar *g, const int *expected, int count)
{
	struct expected e = { .count = 0 };
	uint32_t here = g->here;
	const char *help;

	/* What follows from a fault that was reported is silent. */
	if (g->missing || g->full || is_faulty(g))
		return;
	for (int i = 0; i < count; i++)
		if (expected[i] >= 0 && expected[i] <= TOK_RBRACE)
			e.token[expected[i]] = true;
	if (is_second_name(g, &e, count, here)) {
		here = solid_before(g, here);
		expect_end_of_value(g, &e);
	}
	help = advice_for(g, e.token, here);
	put_into_words(&e);
	report(g, &e, here, help);
}
