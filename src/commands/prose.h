/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of Markdown made from source text. All append. */
#ifndef COMMANDS_PROSE_H
#define COMMANDS_PROSE_H

#include <stdbool.h>
#include "base/str.h"
#include "check/program.h"

/* The bytes from the start of the first node to the end of the last one of its list, without line
 * breaks: every run of white space is one blank. Nothing for node 0. */
void
prose_slice(const struct program *p, node_id list, struct str *out);
/* From the start of a to the end of list b, which may be 0. */
void
prose_slice_to(const struct program *p, node_id a, node_id b, struct str *out);
/* The text of a STRING, or that of an INTERP as it was written, without quotes. */
void
prose_text(const struct program *p, node_id text, struct str *out);
/* A text as code, whatever signs it holds. */
void
prose_code(struct str *out, const char *text);
/* The same in a cell of a table. */
void
prose_code_cell(struct str *out, const char *text);
/* The same for a slice; nothing for node 0. */
void
prose_code_slice(const struct program *p, node_id a, node_id b, struct str *out);
/* Running text on one line, for a cell. */
void
prose_cell(struct str *out, const char *text);
/* Running text that ends with a full stop. */
void
prose_sentence(struct str *out, const char *text);
/* `name` linked to its heading. */
void
prose_link(struct str *out, const char *name, const char *heading);
/* Empties s after its text was copied to out by one of the above. */
void
prose_take(struct str *s, struct str *out, void (*put)(struct str *out, const char *text));

#endif
