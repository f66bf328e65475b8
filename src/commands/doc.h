/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the reference. All append Markdown. */
#ifndef COMMANDS_DOC_H
#define COMMANDS_DOC_H

#include "base/str.h"
#include "check/program.h"

/* Blocks, records, contracts, choices, cases: what they are, where they stand, and all of their
 * members, whichever file declares these. */
void
doc_rtype(const struct program *p, uint32_t rtype, struct str *out);
/* `extend block`: which members a file adds to somebody else's block. */
void
doc_extension(const struct program *p, node_id n, struct str *out);
/* The members of a body (of a struct type or a table) as a table. */
void
doc_members(const struct program *p, node_id body, struct str *out);
/* The rows of a table, each with all of its columns. */
void
doc_rows(const struct program *p, uint32_t table, struct str *out);
/* The documentation comment of a declaration, as a paragraph. */
void
doc_comment(const struct program *p, node_id n, struct str *out);
/* How a type of records is called in its heading: "mesh ambient-mesh" for a case. */
void
doc_heading(const struct program *p, uint32_t rtype, struct str *out);

/* The first clause of a kind in a rule; 0 if there is none. */
node_id
doc_clause(const struct program *p, const struct rule *r, enum node_kind kind);
/* What goes wrong on a cluster: the rules of one file, as a table. Nothing if it has none. */
void
doc_traps(const struct program *p, uint32_t file, struct str *out);

#endif
