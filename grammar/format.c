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
#include "grammar/format.h"

/* What stands between two tokens that are printed. */
struct gap {
	uint32_t from, next; /* tokens from..next - 1 lie between; next is printed next */
	bool separates; /* a statement ended */
	bool newline;
	bool between; /* it lies between statements on lines of their own, or at an edge of
			 their body */
};

static struct line *
last_line(const struct format *f)
{
	return format_line(f, f->lines.count - 1);
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

	if (last_line(f)->len && format_has_space(f, f->now.first, f->last, i))
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

static void
begin_statement(struct format *f, uint32_t first, uint32_t indent, bool own_line)
{
	f->now = (struct spot){ .first = first, .indent = indent, .line = f->lines.count };
	for (int c = 0; c < COLUMNS; c++)
		f->now.column[c].token = NO_TOKEN;
	if (own_line) {
		format_fit(f, first, indent);
		format_find_columns(f, &f->now);
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
	bool brace = format_kind(f, i) == TOK_LBRACE;
	/* The body of a statement hangs on the statement, even where its head takes several
	 * lines. */
	bool of_statement = brace && (!around || format_kind(f, around->token) == TOK_LBRACE);
	uint32_t base = of_statement ? f->now.indent : last_line(f)->indent;
	struct bracket b = {
		.token = i,
		.spread = brace && format_is_spread(f, i),
		.inside = base + FORMAT_STEP,
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

	for (; token_is_space(token_at(f->g, gap.next)) || format_kind(f, gap.next) == TOK_SEP;
		gap.next++) {
		gap.separates |= format_kind(f, gap.next) == TOK_SEP;
		gap.newline |= token_is_newline(f->g, token_at(f->g, gap.next));
	}
	edge = f->last == NO_TOKEN || format_kind(f, gap.next) == TOK_END ||
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
	if (b && format_kind(f, b->token) != TOK_LBRACE)
		return b->inside;
	return f->now.indent + (format_kind(f, gap->next) == TOK_ELSE ? 0 : FORMAT_STEP);
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
	if (format_kind(f, gap->next) == TOK_END)
		return;
	if (gap->separates && !gap->between && !closes && f->last != b->token)
		add_text(f, ";", 1);
	if (gap->between && !closes)
		begin_statement(f, gap->next, indent, true);
	else if (b && format_kind(f, b->token) == TOK_LBRACE && !closes &&
		(gap->separates || f->last == b->token))
		begin_statement(f, gap->next, f->now.indent, false);
	if (closes && (gap->between || gap->newline) &&
		!(format_kind(f, b->token) == TOK_LBRACE && !b->spread))
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
		int kind = format_kind(f, gap.next);

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

/* --- output --- */

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
	format_align(&f);
	for (uint32_t i = 0; i < f.lines.count; i++)
		print_line(&f, format_line(&f, i), out);
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
