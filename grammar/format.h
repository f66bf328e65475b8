/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the formatter share: format.c makes lines of tokens, spacing.c knows what
 * stands between two tokens and whether a body fits on its line, align.c pads the lines of a run.
 */
#ifndef GRAMMAR_FORMAT_H
#define GRAMMAR_FORMAT_H

#include "grammar/tokens.h"
#include "grammar/parse.h"

#define FORMAT_STEP 2 /* blanks of one level */
#define NO_TOKEN    UINT32_MAX

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

static inline int
format_kind(const struct format *f, uint32_t i)
{
	return i == NO_TOKEN ? TOK_SEP : token_at(f->g, i)->kind;
}

static inline struct line *
format_line(const struct format *f, uint32_t i)
{
	return VEC_AT(&f->lines, struct line, i);
}

/* --- spacing.c --- */
/* Columns that a terminal gives the text. */
uint32_t
format_width(const char *text, uint32_t len);
/* Whether the body that opens there takes several lines. */
bool
format_is_spread(const struct format *f, uint32_t brace);
/* Whether a space stands between two tokens that follow each other on a line of the statement that
 * begins at `first`. */
bool
format_has_space(const struct format *f, uint32_t first, uint32_t before, uint32_t i);
/* Spreads bodies of the statement, from left to right, until its lines fit or there is none left to
 * spread. A statement inside a body that is spread is measured when it is printed. */
void
format_fit(struct format *f, uint32_t first, uint32_t indent);

/* --- align.c --- */
/* Where the statement may be aligned with its neighbours. */
void
format_find_columns(const struct format *f, struct spot *p);
/* Pads all lines, and the comments behind them. */
void
format_align(struct format *f);

#endif
