/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical form of a file, made from its tokens. What the author decides: the order of
 * everything, which bodies stand on one line, where a long expression is broken, comments, single
 * blank lines. What is decided here: indentation by two spaces, spaces between tokens, one
 * statement a line (`;` only in bodies on one line). A body on one line that does not fit is spread
 * over several.
 *
 * Runs of fields, of members and of comments behind lines are aligned. Bodies on one line, and what
 * follows the word of a clause, are aligned where the author did so. Widths are judged before
 * alignment: a second run finds nothing to do.
 */
#include <string.h>
#include "base/utf8.h"
#include "grammar/tokens.h"
#include "grammar/parse.h"

#define WIDTH_MAX 120
#define STEP      2
#define NO_TOKEN  UINT32_MAX

/* Lines that follow each other are aligned at tokens of the same kind; KEPT: if the author
 * aligned them. */
enum align {
	ALIGN_NONE,
	ALIGN_FIELD,
	ALIGN_LET,
	ALIGN_TYPE,
	ALIGN_MEMBER,
	ALIGN_PARAM,
	ALIGN_KEPT
};

#define COLUMNS 2 /* places of one line that may be aligned */

struct column {
	enum align align;
	uint32_t token;
	uint32_t at; /* bytes of the line's text before the token */
	uint32_t pad; /* blanks to put there */
};

struct line {
	uint32_t indent;
	uint32_t text, len; /* bytes of format.text */
	struct column column[COLUMNS];
	uint32_t comment; /* the comment behind it, or NO_TOKEN */
	uint32_t comment_pad; /* blanks before that */
	bool blank; /* a blank line stands before it */
	bool is_comment; /* it holds nothing else */
};

/* The statement that is being printed. */
struct spot {
	uint32_t first; /* its first token */
	uint32_t indent;
	uint32_t line; /* on which it begins */
	struct column column[COLUMNS];
};

struct bracket {
	uint32_t token;
	bool spread; /* a body over several lines */
	uint32_t inside; /* indentation of lines inside */
	uint32_t closer; /* of the line that begins with the closer */
	struct spot around;
};

struct format {
	struct grammar *g;
	struct str text;
	struct vec lines; /* struct line */
	struct vec open; /* struct bracket */
	struct spot now;
	uint32_t last; /* the token printed last, or NO_TOKEN */
};

/* What stands between two tokens that are printed. */
struct gap {
	uint32_t from, next; /* tokens from..next - 1 lie between; next is printed next */
	bool separates; /* a statement ended */
	bool newline;
	bool between; /* it lies between statements on lines of their own, or at an edge of
			 their body */
};

static int
kind_at(const struct format *f, uint32_t i)
{
	return i == NO_TOKEN ? TOK_SEP : token_at(f->g, i)->kind;
}

static struct line *
last_line(const struct format *f)
{
	return VEC_AT(&f->lines, struct line, f->lines.count - 1);
}

static const struct bracket *
innermost(const struct format *f)
{
	return f->open.count ? VEC_AT(&f->open, struct bracket, f->open.count - 1) : NULL;
}

static bool
is_comment(int kind)
{
	return kind == LAYOUT_COMMENT || kind == LAYOUT_DOC;
}

static uint32_t
columns(const char *text, uint32_t len)
{
	uint32_t width = 0;
	size_t n;

	for (uint32_t i = 0; i < len; i += (uint32_t)n)
		width += utf8_width(utf8_decode(text + i, len - i, &n));
	return width;
}

static uint32_t
token_width(const struct format *f, uint32_t i)
{
	const struct token *t = token_at(f->g, i);

	return columns(f->g->bytes + t->start, t->end - t->start);
}

/* --- bodies --- */

static bool
is_empty(const struct format *f, uint32_t brace)
{
	const struct token *t = token_at(f->g, brace);

	for (uint32_t i = brace + 1; i < t->link; i++)
		if (kind_at(f, i) != TOK_SEP && kind_at(f, i) != LAYOUT_NEWLINE)
			return false;
	return true;
}

static bool
is_spread(const struct format *f, uint32_t brace)
{
	const struct token *t = token_at(f->g, brace);

	if (t->flags & TOKEN_SPREAD)
		return true;
	return memchr(f->g->bytes + t->start, '\n', token_at(f->g, t->link)->start - t->start) &&
		!is_empty(f, brace);
}

/* --- spaces --- */

static bool
ends_value(int kind)
{
	switch (kind) {
	case TOK_NAME:
	case TOK_STRING:
	case TOK_OF_STRING:
	case TOK_TAIL:
	case TOK_INT:
	case TOK_UNIT:
	case TOK_TRUE:
	case TOK_FALSE:
	case TOK_ABSENT:
	case TOK_RPAREN:
	case TOK_RBRACKET:
	case TOK_RBRACE:
	case TOK_QUESTION:
		return true;
	default:
		return false;
	}
}

/* The token before i that is no space, or NO_TOKEN. */
static uint32_t
solid_before(const struct format *f, uint32_t i)
{
	while (i--)
		if (!token_is_space(token_at(f->g, i)))
			return i;
	return NO_TOKEN;
}

/* `ports [name] { }` and `ports? [] { }` declare a list; everywhere else a bracket behind a
 * value is an index. */
static bool
declares_list(const struct format *f, uint32_t first, uint32_t before, uint32_t bracket)
{
	bool at_head = before == first ||
		(kind_at(f, before) == TOK_QUESTION && solid_before(f, before) == first);

	return at_head && kind_at(f, grammar_solid(f->g, bracket + 1)) != TOK_INT;
}

static bool
space_before_bracket(const struct format *f, uint32_t first, uint32_t before, uint32_t i)
{
	switch (kind_at(f, before)) {
	case TOK_NAME:
	case TOK_STRING:
	case TOK_QUESTION:
	case TOK_RPAREN:
	case TOK_RBRACKET:
		return declares_list(f, first, before, i);
	default:
		return true;
	}
}

/* Whether a space stands between two tokens that follow each other on a line of the statement
 * that begins at `first`. */
static bool
has_space(const struct format *f, uint32_t first, uint32_t before, uint32_t i)
{
	int a = kind_at(f, before), b = kind_at(f, i);

	switch (a) {
	case TOK_LPAREN:
	case TOK_LBRACKET:
	case TOK_DOT:
	case TOK_HEAD:
	case TOK_MIDDLE:
		return false;
	case TOK_LBRACE:
		return b != TOK_RBRACE;
	case TOK_DOTS:
		if (b == TOK_INT)
			return false;
		break;
	case TOK_MINUS:
		if (!ends_value(kind_at(f, solid_before(f, before))))
			return false;
		break;
	default:
		break;
	}
	switch (b) {
	case TOK_COMMA:
	case TOK_SEP:
	case TOK_RPAREN:
	case TOK_RBRACKET:
	case TOK_DOT:
	case TOK_DOTS:
	case TOK_QUESTION:
	case TOK_MIDDLE:
	case TOK_TAIL:
		return false;
	case TOK_LPAREN:
		return a != TOK_NAME;
	case TOK_LBRACKET:
		return space_before_bracket(f, first, before, i);
	default:
		return true;
	}
}

/* --- widths --- */

/* Spreads bodies of the statement, from left to right, until its lines fit or there is none left
 * to spread. A statement inside a body that is spread is measured when it is printed. */
static void
fit(struct format *f, uint32_t first, uint32_t indent)
{
	uint32_t width = indent, before = NO_TOKEN, candidate = NO_TOKEN, depth = 0;

	for (uint32_t i = first;; i++) {
		int kind = kind_at(f, i);

		if (!depth && (kind == TOK_SEP || kind == TOK_RBRACE || kind == TOK_END))
			return;
		if (token_is_space(token_at(f->g, i))) {
			if (kind == LAYOUT_NEWLINE) {
				width = indent + STEP;
				before = candidate = NO_TOKEN;
			}
			continue;
		}
		if (kind == TOK_LBRACE && !depth && is_spread(f, i)) {
			i = before = token_at(f->g, i)->link;
			width = indent + 1;
			candidate = NO_TOKEN;
			continue;
		}
		if (kind == TOK_LBRACE && !depth && candidate == NO_TOKEN && !is_empty(f, i))
			candidate = i;
		depth += grammar_closer(kind) != 0;
		depth -= grammar_opener(kind) != 0;
		width += token_width(f, i) + (before != NO_TOKEN && has_space(f, first, before, i));
		before = i;
		if (width > WIDTH_MAX && candidate != NO_TOKEN) {
			token_at(f->g, candidate)->flags |= TOKEN_SPREAD;
			i = candidate - 1;
			depth = 0;
			candidate = NO_TOKEN;
		}
	}
}

/* --- lines --- */

static void
begin_line(struct format *f, uint32_t indent, bool blank)
{
	struct line l = {
		.indent = indent, .text = (uint32_t)f->text.len, .comment = NO_TOKEN, .blank = blank
	};

	vec_push(&f->lines, &l);
}

static void
add_text(struct format *f, const char *text, uint32_t len)
{
	str_add(&f->text, text, len);
	last_line(f)->len += len;
}

static void
add_token(struct format *f, uint32_t i)
{
	const struct token *t = token_at(f->g, i);

	if (last_line(f)->len && has_space(f, f->now.first, f->last, i))
		add_text(f, " ", 1);
	for (int c = 0; c < COLUMNS; c++)
		if (i == f->now.column[c].token)
			f->now.column[c].at = last_line(f)->len;
	add_text(f, f->g->bytes + t->start, t->end - t->start);
}

/* The text of a comment without blanks at its end. */
static uint32_t
comment_len(const struct format *f, uint32_t i)
{
	const struct token *t = token_at(f->g, i);
	uint32_t end = t->end;

	while (end > t->start && strchr(" \t\r", f->g->bytes[end - 1]))
		end--;
	return end - t->start;
}

/* --- statements --- */

static enum align
align_class(int lead, int sign)
{
	switch (lead) {
	case TOK_LET:
		return sign == TOK_ASSIGN ? ALIGN_LET : ALIGN_NONE;
	case TOK_TYPE:
		return sign == TOK_ASSIGN ? ALIGN_TYPE : ALIGN_NONE;
	case TOK_PARAM:
		return sign == TOK_COLON ? ALIGN_PARAM : ALIGN_NONE;
	default:
		return sign == TOK_ASSIGN   ? ALIGN_FIELD
			: sign == TOK_COLON ? ALIGN_MEMBER
					    : ALIGN_NONE;
	}
}

/* The token behind the path or name at i: the sign that says what the statement is. */
static uint32_t
sign_behind(const struct format *f, uint32_t i)
{
	for (;; i = grammar_solid(f->g, i + 1))
		switch (kind_at(f, i)) {
		case TOK_NAME:
		case TOK_STRING:
		case TOK_DOT:
		case TOK_QUESTION:
		case TOK_LBRACKET:
		case TOK_INT:
		case TOK_RBRACKET:
			break;
		default:
			return i;
		}
}

/* The brace of the statement's body, or NO_TOKEN. */
static uint32_t
body_of(const struct format *f, uint32_t i)
{
	for (;; i = grammar_solid(f->g, i + 1)) {
		int kind = kind_at(f, i);

		if (kind == TOK_LBRACE)
			return i;
		if (kind == TOK_SEP || kind == TOK_END || grammar_opener(kind))
			return NO_TOKEN;
		if (grammar_closer(kind))
			i = token_at(f->g, i)->link;
	}
}

/* The text behind the expression of `at`, or NO_TOKEN. */
static uint32_t
label_of(const struct format *f, uint32_t at)
{
	uint32_t i = grammar_solid(f->g, at + 1), before = at;

	for (; kind_at(f, i) != TOK_SEP && !grammar_opener(kind_at(f, i)) &&
		kind_at(f, i) != TOK_END;
		i = grammar_solid(f->g, i + 1)) {
		int kind = kind_at(f, i);

		if ((kind == TOK_STRING || kind == TOK_HEAD) && before != at &&
			kind_at(f, before) != TOK_DOT)
			return i;
		before = grammar_closer(kind) ? token_at(f->g, i)->link : i;
		i = before;
	}
	return NO_TOKEN;
}

static uint32_t
next_of_kind(const struct format *f, uint32_t i, int kind)
{
	while (kind_at(f, i) != kind && kind_at(f, i) != TOK_SEP && kind_at(f, i) != TOK_END)
		i = grammar_solid(f->g, i + 1);
	return kind_at(f, i) == kind ? i : NO_TOKEN;
}

static void
keep_column(struct spot *p, int c, uint32_t token)
{
	if (token != NO_TOKEN)
		p->column[c] = (struct column){ .align = ALIGN_KEPT, .token = token };
}

/* Where the statement may be aligned with its neighbours. */
static void
find_columns(const struct format *f, struct spot *p)
{
	int lead = kind_at(f, p->first);
	uint32_t second = lead == TOK_END ? p->first : grammar_solid(f->g, p->first + 1);
	uint32_t sign = sign_behind(
		f, lead == TOK_LET || lead == TOK_TYPE || lead == TOK_PARAM ? second : p->first);
	enum align align = align_class(lead, kind_at(f, sign));

	if (align != ALIGN_NONE) {
		p->column[0] = (struct column){ .align = align, .token = sign };
	} else if ((lead >= TOK_MUST && lead <= TOK_PASSES) || lead == TOK_BECAUSE) {
		keep_column(p, 0, second);
		if (lead == TOK_AT)
			keep_column(p, 1, label_of(f, p->first));
	} else if (lead == TOK_LABEL || lead == TOK_ANNOTATION) {
		keep_column(p, 0, next_of_kind(f, second, TOK_OF));
		keep_column(p, 1, next_of_kind(f, second, TOK_COLON));
	} else {
		keep_column(p, 0, body_of(f, p->first));
	}
}

static void
begin_statement(struct format *f, uint32_t first, uint32_t indent, bool own_line)
{
	f->now = (struct spot){ .first = first, .indent = indent, .line = f->lines.count };
	for (int c = 0; c < COLUMNS; c++)
		f->now.column[c].token = NO_TOKEN;
	if (own_line) {
		fit(f, first, indent);
		find_columns(f, &f->now);
	}
}

/* Only a statement that stands on one line takes part in an alignment. */
static void
end_statement(struct format *f)
{
	if (f->last != NO_TOKEN && f->now.line + 1 == f->lines.count)
		memcpy(last_line(f)->column, f->now.column, sizeof(f->now.column));
}

static void
open_bracket(struct format *f, uint32_t i)
{
	const struct bracket *around = innermost(f);
	bool brace = kind_at(f, i) == TOK_LBRACE;
	/* The body of a statement hangs on the statement, even where its head takes several
	 * lines. */
	bool of_statement = brace && (!around || kind_at(f, around->token) == TOK_LBRACE);
	uint32_t base = of_statement ? f->now.indent : last_line(f)->indent;
	struct bracket b = {
		.token = i,
		.spread = brace && is_spread(f, i),
		.inside = base + STEP,
		.closer = base,
		.around = f->now,
	};

	vec_push(&f->open, &b);
}

static void
close_bracket(struct format *f)
{
	f->now = innermost(f)->around;
	f->open.count--;
}

/* --- between tokens --- */

static struct gap
gap_behind(const struct format *f, uint32_t from)
{
	const struct bracket *b = innermost(f);
	struct gap gap = { .from = from, .next = from };
	bool edge;

	for (; token_is_space(token_at(f->g, gap.next)) || kind_at(f, gap.next) == TOK_SEP;
		gap.next++) {
		gap.separates |= kind_at(f, gap.next) == TOK_SEP;
		gap.newline |= token_is_newline(f->g, token_at(f->g, gap.next));
	}
	edge = f->last == NO_TOKEN || kind_at(f, gap.next) == TOK_END ||
		(b && (f->last == b->token || token_at(f->g, b->token)->link == gap.next));
	gap.between = (!b || b->spread) && (gap.separates || edge);
	return gap;
}

/* The indentation of a line that begins inside the gap. */
static uint32_t
indent_in(const struct format *f, const struct gap *gap)
{
	const struct bracket *b = innermost(f);

	if (gap->between)
		return b ? b->inside : 0;
	if (b && kind_at(f, b->token) != TOK_LBRACE)
		return b->inside;
	return f->now.indent + (kind_at(f, gap->next) == TOK_ELSE ? 0 : STEP);
}

/* Prints the comments of a gap. Returns whether a blank line stands before what follows. */
static bool
print_comments(struct format *f, const struct gap *gap)
{
	uint32_t newlines = f->last == NO_TOKEN ? 1 : 0;
	bool first = f->last == NO_TOKEN || (f->open.count && f->last == innermost(f)->token);

	for (uint32_t i = gap->from; i < gap->next; i++) {
		const struct token *t = token_at(f->g, i);

		newlines += token_is_newline(f->g, t);
		if (!is_comment(t->kind))
			continue;
		if (!newlines) {
			last_line(f)->comment = i;
		} else {
			begin_line(f, indent_in(f, gap), gap->between && !first && newlines > 1);
			add_text(f, f->g->bytes + t->start, comment_len(f, i));
			last_line(f)->is_comment = true;
			first = false;
		}
		newlines = 0;
	}
	return gap->between && !first && newlines > 1;
}

/* Ends or begins lines and statements as the gap asks for, so that the next token can be added. */
static void
cross(struct format *f, const struct gap *gap)
{
	const struct bracket *b = innermost(f);
	bool closes = b && token_at(f->g, b->token)->link == gap->next;
	uint32_t indent = indent_in(f, gap);
	bool blank;

	if (gap->between && !(b && f->last == b->token))
		end_statement(f);
	blank = print_comments(f, gap);
	if (kind_at(f, gap->next) == TOK_END)
		return;
	if (gap->separates && !gap->between && !closes && f->last != b->token)
		add_text(f, ";", 1);
	if (gap->between && !closes)
		begin_statement(f, gap->next, indent, true);
	else if (b && kind_at(f, b->token) == TOK_LBRACE && !closes &&
		(gap->separates || f->last == b->token))
		begin_statement(f, gap->next, f->now.indent, false);
	if (closes && (gap->between || gap->newline) &&
		!(kind_at(f, b->token) == TOK_LBRACE && !b->spread))
		begin_line(f, b->closer, false);
	else if (gap->between || (gap->newline && !closes))
		begin_line(f, indent, blank && !closes);
}

static void
print_tokens(struct format *f)
{
	uint32_t i = 0;

	for (;;) {
		struct gap gap = gap_behind(f, i);
		int kind = kind_at(f, gap.next);

		cross(f, &gap);
		if (kind == TOK_END)
			break;
		add_token(f, gap.next);
		if (grammar_closer(kind))
			open_bracket(f, gap.next);
		else if (grammar_opener(kind))
			close_bracket(f);
		f->last = gap.next;
		i = gap.next + 1;
	}
}

/* --- alignment and output --- */

static struct line *
line_at(const struct format *f, uint32_t i)
{
	return VEC_AT(&f->lines, struct line, i);
}

/* Columns of the line's text up to the c-th place, or all of it, with what was padded before. */
static uint32_t
width_before(const struct format *f, const struct line *l, int c)
{
	uint32_t width = l->indent +
		columns(f->text.bytes + l->text, c < COLUMNS ? l->column[c].at : l->len);

	for (int k = 0; k < c; k++)
		width += l->column[k].pad;
	return width;
}

#define FAR 1000

/* Where the token stands on the author's line, in bytes; FAR if that is too far to say. */
static uint32_t
author_column(const struct format *f, uint32_t token)
{
	uint32_t at = token_at(f->g, token)->start, start = at;

	while (start && at - start < FAR && f->g->bytes[start - 1] != '\n')
		start--;
	return at - start;
}

static bool
same_class(const struct format *f, const struct line *above, const struct line *l, int c)
{
	const struct column *a = &above->column[c], *b = &l->column[c];

	if (b->align != a->align || l->indent != above->indent)
		return false;
	return b->align != ALIGN_KEPT ||
		(author_column(f, b->token) == author_column(f, a->token) &&
			author_column(f, a->token) < FAR);
}

/* The next line of the run that line i is in, or the number of lines. Comments in between do not
 * end a run. */
static uint32_t
next_in_run(const struct format *f, uint32_t i, int c)
{
	uint32_t next = i + 1;

	while (next < f->lines.count && line_at(f, next)->is_comment && !line_at(f, next)->blank)
		next++;
	if (next < f->lines.count && !line_at(f, next)->blank &&
		same_class(f, line_at(f, i), line_at(f, next), c))
		return next;
	return f->lines.count;
}

static void
align_column(struct format *f, int c)
{
	uint32_t i = 0;

	while (i < f->lines.count) {
		uint32_t widest = 0, last = i;

		if (line_at(f, i)->column[c].align == ALIGN_NONE) {
			i++;
			continue;
		}
		for (uint32_t k = i; k < f->lines.count; k = next_in_run(f, k, c)) {
			uint32_t width = width_before(f, line_at(f, k), c);

			widest = width > widest ? width : widest;
			last = k;
		}
		for (uint32_t k = i; k <= last; k++)
			if (!line_at(f, k)->is_comment)
				line_at(f, k)->column[c].pad =
					widest - width_before(f, line_at(f, k), c);
		i = last + 1;
	}
}

/* A line that opens a body stands apart from its neighbours. */
static bool
takes_part(const struct format *f, const struct line *l)
{
	return l->comment != NO_TOKEN && f->text.bytes[l->text + l->len - 1] != '{';
}

static bool
both_commented(const struct format *f, const struct line *above, const struct line *l)
{
	return takes_part(f, above) && takes_part(f, l) && l->indent == above->indent && !l->blank;
}

static void
align_comments(struct format *f)
{
	for (uint32_t i = 0, end; i < f->lines.count; i = end) {
		uint32_t widest = 0;

		for (end = i; end < f->lines.count; end++) {
			uint32_t width = width_before(f, line_at(f, end), COLUMNS);

			if (end > i && !both_commented(f, line_at(f, end - 1), line_at(f, end)))
				break;
			widest = width > widest ? width : widest;
		}
		for (uint32_t k = i; k < end; k++)
			line_at(f, k)->comment_pad =
				widest - width_before(f, line_at(f, k), COLUMNS) + 2;
	}
}

static void
print_line(const struct format *f, const struct line *l, struct str *out)
{
	uint32_t from = 0;

	if (l->blank)
		str_putc(out, '\n');
	str_repeat(out, ' ', l->indent);
	for (int c = 0; c < COLUMNS; c++) {
		if (!l->column[c].pad)
			continue;
		str_add(out, f->text.bytes + l->text + from, l->column[c].at - from);
		str_repeat(out, ' ', l->column[c].pad);
		from = l->column[c].at;
	}
	str_add(out, f->text.bytes + l->text + from, l->len - from);
	if (l->comment != NO_TOKEN) {
		str_repeat(out, ' ', l->comment_pad);
		str_add(out, f->g->bytes + token_at(f->g, l->comment)->start,
			comment_len(f, l->comment));
	}
	str_putc(out, '\n');
}

static void
print(struct grammar *g, struct str *out)
{
	struct format f = { .g = g, .last = NO_TOKEN };

	vec_init(&f.lines, sizeof(struct line), false);
	vec_init(&f.open, sizeof(struct bracket), false);
	print_tokens(&f);
	for (int c = 0; c < COLUMNS; c++)
		align_column(&f, c);
	align_comments(&f);
	for (uint32_t i = 0; i < f.lines.count; i++)
		print_line(&f, line_at(&f, i), out);
	vec_release(&f.lines);
	vec_release(&f.open);
	str_release(&f.text);
}

/* Parses first: what is no egm is not formatted. The tree is thrown away. */
bool
grammar_format(const struct grammar_input *in, uint32_t file, struct str *out)
{
	uint32_t nodes = in->ast->nodes.count;
	struct grammar g;
	bool fine;

	grammar_begin(&g, in, file);
	if (grammar_tokenize(&g)) {
		grammar_build(&g);
		grammar_finish(&g);
	}
	fine = !g.faults.count;
	if (fine)
		print(&g, out);
	vec_cut(&in->ast->nodes, nodes);
	grammar_end(&g);
	return fine;
}
