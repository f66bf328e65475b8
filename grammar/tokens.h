/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the stages of the front end share: the tokens of one file and the state of reading it.
 *
 * scan.l fills `tokens` with everything that stands in the file, comments and newlines included,
 * and links brackets to each other. layout.c then changes kinds in place: a newline that ends a
 * statement becomes a TOK_SEP, a name that is a word of the language at its place becomes that
 * word. After that the array is read-only, but for format.c's mark. cursor.c hands it to the
 * parser; format.c prints it.
 *
 * Brackets are always balanced for the parser: an opener that is never closed is closed by the
 * cursor where its `link` says, a closer without an opener is LAYOUT_SKIPPED. Both have been
 * reported then.
 */
#ifndef GRAMMAR_TOKENS_H
#define GRAMMAR_TOKENS_H

#include <stdbool.h>
#include "base/diag.h"
#include "grammar/grammar.h"

/* Kinds that the parser never sees; all others are TOK_ values of parse.h. */
enum layout_kind {
	LAYOUT_NEWLINE = 1000, /* a newline that is a space */
	LAYOUT_COMMENT, /* `# ...`, without the newline */
	LAYOUT_DOC, /* `## ...` */
	LAYOUT_SKIPPED /* reported, and better not parsed */
};

enum token_flag {
	TOKEN_FAULT = 1, /* it was reported: a syntax error that follows from it is silent */
	TOKEN_ENDS = 2, /* before it, openers that are linked to it end */
	TOKEN_CLOSED = 4, /* an opener with a closer of its own */
	TOKEN_SPREAD = 8 /* format.c: a body that is too long for one line */
};

struct token {
	uint32_t start, end; /* bytes of the file */
	atom a; /* name, unit, or text of a string or of a piece of one after escapes; else 0 */
	uint32_t link; /* of an opener: the token that closes it or before which it ends;
			* of a closer: its opener */
	uint16_t kind;
	uint16_t word; /* of a name that may be a word of the language: that TOK_; else 0 */
	uint16_t flags; /* enum token_flag */
};

/* The `##` lines above the statement that starts at byte `start`. */
struct doc {
	uint32_t start;
	atom text;
};

/* An open bracket, as the cursor sees it. */
struct open {
	uint32_t token;
	uint32_t statement; /* the statement around it */
	bool broken; /* the parser went on inside; the rest of the statement is skipped */
};

#define GRAMMAR_FAULTS_MAX 100 /* of one file; after that reading ends */
#define GRAMMAR_TOKENS_MAX 5000000 /* of one file, comments and newlines included */

struct grammar {
	struct grammar_input in;
	uint32_t file;
	const char *bytes;
	uint32_t len;
	struct vec tokens; /* struct token; the last one is TOK_END */
	struct vec docs; /* struct doc, by start */
	struct vec faults; /* uint32_t: where something was reported, in bytes */
	bool full; /* GRAMMAR_FAULTS_MAX is reached */
	struct vec open; /* scanner: uint32_t; cursor: struct open */
	/* Scanner. */
	uint32_t start, next; /* bytes of the current match */
	struct str text; /* of the piece of a string that is being read */
	uint32_t piece; /* where that piece starts */
	bool in_pieces; /* the string had a ${ already */
	bool spoilt; /* a fault in the string was reported */
	bool skip_to_brace; /* the expression cannot be read, but has an end */
	uint32_t no_brace; /* up to here no brace closes a ${ */
	/* Cursor. */
	uint32_t at; /* the next token */
	uint32_t here; /* the token that the parser got last */
	int kind; /* what the parser took it for */
	bool missing; /* it got a closer that is not there */
	uint32_t statement; /* first token of the statement that what follows `here` belongs to */
	uint32_t around; /* the same, for `here` itself */
	int bracket; /* the kind of bracket around `here`, or 0 */
	uint32_t fault; /* the last token with TOKEN_FAULT that was passed, + 1 */
	bool skipping; /* on the way to the end of the statement */
	bool entering; /* the next token is a brace that recovery goes into */
	/* Result. */
	node_id first;
	bool cut; /* the tree was too deep somewhere, which was reported */
};

static inline struct token *
token_at(const struct grammar *g, uint32_t i)
{
	return VEC_AT(&g->tokens, struct token, i);
}

/* Spaces of the parser: newlines that are spaces, comments, what is skipped. */
static inline bool
token_is_space(const struct token *t)
{
	return t->kind >= LAYOUT_NEWLINE;
}

/* Any newline, whether it ends a statement or not. */
static inline bool
token_is_newline(const struct grammar *g, const struct token *t)
{
	return t->end > t->start && g->bytes[t->end - 1] == '\n';
}

static inline struct span
grammar_span(const struct grammar *g, uint32_t start, uint32_t end)
{
	return (struct span){ g->file, start, end };
}

/* --- scan.l --- */
/* False if there were too many tokens, which was reported. */
bool
grammar_scan(struct grammar *g);

/* --- slip.c --- */
/* Indices of tokens; UINT32_MAX: none. */
struct slip_of_braces {
	uint32_t unclosed; /* a brace that lacks its partner */
	uint32_t extra; /* a closing brace that is one too many */
	uint32_t partner; /* what `extra` would close */
};
/* What the lines of the file say about a brace too few or too many. */
struct slip_of_braces
grammar_slip_of_braces(const struct grammar *g);
/* Does the line that this token begins show that the block of `opener` has ended? */
bool
grammar_ends_block(const struct grammar *g, uint32_t opener, uint32_t i);

/* --- match.c --- */
/* Links brackets and reports those without a partner. */
void
grammar_match(struct grammar *g);
/* The next token that is no space, at or after i. */
uint32_t
grammar_solid(const struct grammar *g, uint32_t i);
/* What closes this kind of token, or 0: ( [ { and a string before its first ${. */
int
grammar_closer(int kind);
/* What opens it, or 0. */
int
grammar_opener(int kind);

/* --- layout.c --- */
void
grammar_layout(struct grammar *g);
/* The `##` lines directly above the statement that starts there, joined by newlines, or 0. */
atom
grammar_doc(const struct grammar *g, uint32_t start);

/* --- cursor.c --- */
/* The next token for the parser; its place in *span. */
int
grammar_next(struct grammar *g, struct span *span);
/* After a fault at the last token: what comes next is a place where the parser can go on. */
void
grammar_recover(struct grammar *g);
/* The value of a number; the scanner has seen that it fits. */
int64_t
grammar_number(const struct grammar *g, const struct token *t);

/* --- grammar.c --- */
void
grammar_begin(struct grammar *g, const struct grammar_input *in, uint32_t file);
void
grammar_end(struct grammar *g);
/* Bytes to tokens with their final kinds, links included. False if the file is no text or too
 * large, which was reported. */
bool
grammar_tokenize(struct grammar *g);

/* --- parse.y --- */
/* Builds the tree; the statements of the file are in g->first. */
void
grammar_build(struct grammar *g);
/* How a token is called in messages. */
const char *
grammar_token_name(int kind);

/* --- faults.c --- */
/* Reports a fault and remembers its place. `help` may be NULL. NULL when there were too many. */
struct diag *
grammar_fault(struct grammar *g, enum diag_code code, uint32_t start, uint32_t end,
	const char *help, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* Bytes of the file for a message: in backticks, shortened, without control characters. Lives as
 * long as the diagnostics. */
const char *
grammar_quoted(const struct grammar *g, uint32_t start, uint32_t end);
/* The token that the parser got last does not fit: says what would, and what may have been
 * meant. */
void
grammar_unexpected(struct grammar *g, const int *expected, int count);

/* --- tree.c --- */
/* What is left to do when the parser is through: scopes take what follows, deep trees are cut,
 * faults are marked. */
void
grammar_finish(struct grammar *g);

#endif
