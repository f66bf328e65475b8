/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to tree. grammar_scan() makes the tokens of a whole file (comments included, for fmt); the
 * layout pass decides which newlines end a statement and which words are declaration words;
 * grammar_parse() builds the tree. The parser builds, it does not judge. Every fault of a file is
 * reported: strings and blocks that are never closed point at their opening; after a fault in a
 * statement parsing goes on with the next statement.
 */
#ifndef GRAMMAR_GRAMMAR_H
#define GRAMMAR_GRAMMAR_H

#include <stdbool.h>
#include "ast/ast.h"
#include "base/atom.h"
#include "base/diag.h"
#include "base/source.h"
#include "base/str.h"

#define GRAMMAR_DEPTH_MAX 200 /* nesting of braces, brackets, parentheses and interpolations */

struct grammar_input {
	struct atoms *atoms;
	struct source *source;
	struct diags *diags;
	struct ast *ast;
};

/* Parses one file that is already in `source`. False if anything was reported; the tree then
 * holds what could be read. */
bool
grammar_parse(const struct grammar_input *in, uint32_t file, struct ast_file *out);
/* One token a line, for --dump=tokens. */
void
grammar_dump_tokens(const struct grammar_input *in, uint32_t file, struct str *out);
/* Canonical form: lossless (comments, blank lines folded to one), idempotent. False (and nothing
 * added) if the file has syntax faults. */
bool
grammar_format(const struct grammar_input *in, uint32_t file, struct str *out);

#endif
