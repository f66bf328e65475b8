/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the checking files share: where expressions stand, what they read, and how faults are
 * reported. Not used by later stages. Every function that reports a fault goes on; the failed part
 * gets TYPE_POISON, which silences what follows from it.
 */
#ifndef CHECK_CHECKER_H
#define CHECK_CHECKER_H

#include "check/program.h"

/* A column that an expression reads, and the node that does. */
struct read {
	uint32_t column;
	node_id node;
};

/* While a branch is checked: `expr` is (or is not) `word`. */
struct fact {
	node_id expr;
	atom word;
	bool is;
};

struct edge_set {
	uint64_t *slots; /* open addressing; 0 is empty */
	uint32_t room, count;
};

struct checker {
	struct program *p;
	uint32_t context; /* where expressions are checked now; 0: only constants */
	struct vec reads; /* struct read; no dummy */
	struct vec facts; /* struct fact; no dummy */
	bool lenient; /* `at`, `expect`: absent values may be walked through */
	bool test; /* the body of a test or of a rule's examples: may write what libraries write */
	bool in_must; /* the condition of a rule, not one of its texts */
	uint32_t depth; /* of expressions, through what they name */
	uint32_t params; /* the context of the site's parameters; 0 outside of a site */
	bool user; /* faults are the user's: a file that is not the library's */
	struct edge_set *edges; /* pairs of columns that are linked already */
};

void
checker_init(struct checker *ck, struct program *p);
void
checker_release(struct checker *ck);

/* Reports at a node, of a block at its head. Never NULL. */
struct diag *
check_fault(struct checker *ck, enum diag_code code, node_id n, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
struct diag *
check_fault_at(struct checker *ck, enum diag_code code, struct span span, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The place of the last word of a DOT, or of the node. */
struct span
check_word_span(const struct program *p, node_id n);

/* --- type.c --- */

uint32_t
type_new(struct program *p, enum type_kind kind);
uint32_t
type_of_elem(struct program *p, enum type_kind kind, uint32_t elem);
uint32_t
type_of_rtypes(
	struct program *p, enum type_kind kind, const uint32_t *rtypes, uint32_t count, int64_t hi);
/* The set of records of t; `hi` bounds it (0: by t's own declaration). */
uint32_t
type_records(struct program *p, uint32_t rtype, int64_t hi);
/* Reads a type that is written down, with its marks. */
uint32_t
type_parse(struct checker *ck, node_id type, node_id marks);
/* Reads members (of a block, kind or struct) into a list; `owner` is an rtype or 0. Returns the
 * first. */
uint32_t
type_members(struct checker *ck, node_id body, uint32_t owner, uint32_t context);
/* For people: "a port", "one of http, https", "a list of references to app". */
void
type_describe(const struct program *p, uint32_t type, struct str *out);
/* May a value of type `from` stand where `to` is wanted (values may still have to be checked
 * when they are known)? */
bool
type_fits(struct checker *ck, uint32_t to, uint32_t from, node_id n);
/* What two branches have in common; TYPE_POISON and false if nothing. */
bool
type_common(struct checker *ck, uint32_t a, uint32_t b, uint32_t *out);
bool
type_is_text(const struct program *p, uint32_t type);
bool
type_is_number(const struct program *p, uint32_t type);
/* The element of a list, set, map, records, objects, optional or words; TYPE_POISON if it has
 * none. */
uint32_t
type_elem(struct program *p, uint32_t type);
bool
type_has_word(const struct program *p, uint32_t type, atom word);

/* --- expr.c --- */

/* Checks an expression where a value of type `expected` is wanted (0: nothing known). Returns
 * its type; reads go to ck->reads. */
uint32_t
check_expr(struct checker *ck, node_id n, uint32_t expected);
/* The same for a value that is assigned: reports what does not fit. `optional`: an absent value
 * is fine. */
uint32_t
check_value(struct checker *ck, node_id n, uint32_t target, bool optional);
/* What follows `of`: a record of type rtype, or of any if 0. */
uint32_t
check_owner(struct checker *ck, node_id n, uint32_t rtype);
/* A condition: bool. */
void
check_condition(struct checker *ck, node_id n);
/* Notes the facts that hold where `n` is true (or false), until facts.count is cut back. */
void
check_narrow(struct checker *ck, node_id n, bool holds);
/* Binds the variables of a FOR in a new context below the present one, which it makes the
 * present one. Returns it. */
uint32_t
check_for(struct checker *ck, node_id n, enum context_kind kind);
uint32_t
context_new(struct program *p, enum context_kind kind, uint32_t parent, node_id n);
uint32_t
var_new(struct program *p, uint32_t context, atom name, uint32_t type);
/* Stores ck->reads[from..] as the reads of the present context. */
void
check_keep_reads(struct checker *ck, uint32_t from);
void
check_read(struct checker *ck, uint32_t column, node_id n);
/* Does the expression depend on this variable? */
bool
check_uses(const struct program *p, node_id n, uint32_t var);
bool
check_same(const struct program *p, node_id a, node_id b);

/* Checks the body of a function once; `from` is the call that asks for it. */
void
check_fn(struct checker *ck, uint32_t fn, node_id from);

/* Finds out the type of a `let`. */
void
check_let(struct checker *ck, uint32_t var, node_id from);
/* Finds out the type of a computed field. */
void
check_member(struct checker *ck, uint32_t member, node_id from);

/* --- declare.c: the steps of declaring, each over all files before the next --- */

void
declare_name(struct checker *ck, node_id n);
void
declare_type(struct checker *ck, node_id n);
void
declare_owner(struct checker *ck, node_id n);
void
declare_existence(struct checker *ck, node_id n);
void
declare_meaning(struct checker *ck, node_id n, bool types);
void
declare_rows(struct checker *ck, node_id n);
void
declare_crossing(struct checker *ck);
void
declare_bounds(struct checker *ck);
void
declare_values(struct checker *ck, uint32_t from, uint32_t to);
void
declare_api_version(struct checker *ck, uint32_t rtype);
void
declare_edges(struct checker *ck, uint32_t from);

/* --- builtin.c --- */

/* A call of a built-in; false if there is none of that name. *type gets the result. */
bool
check_builtin(struct checker *ck, node_id call, uint32_t *type);

/* --- stmt.c --- */

/* The `let`s at the top of a file, which its declarations may use, too. */
void
check_file_lets(struct checker *ck, node_id first);
/* The statements of a file: contexts, parts, objects, rules. Declarations are passed over. */
void
check_file(struct checker *ck, node_id first);
/* The body of a site, profile or test, in the present context. */
void
check_site_body(struct checker *ck, node_id first);

/* --- order.c --- */

void
order_edge(struct checker *ck, uint32_t from, uint32_t to, node_id because);
/* Numbers the columns; reports a cycle. */
bool
order_columns(struct checker *ck);

/* --- guard.c --- */

/* Joins that compare everything with everything; called for each FOR once its condition is
 * checked. Ties go to the BIND nodes. */
void
guard_join(struct checker *ck, uint32_t context);
/* What every object must be given, for the object statements from `from` on. */
void
guard_objects(struct checker *ck, uint32_t from);
/* Vocabulary that nothing reads. For files without a fault: what is at fault may have been its
 * reader. */
void
guard_vocabulary(struct checker *ck);
/* Declared by the files that are checked now: the library's, or the user's. */
bool
check_is_own(const struct checker *ck, node_id n);

/* --- conflict.c --- */

void
check_conflicts(struct checker *ck);

/* --- target.c --- */

void
check_targets(struct checker *ck);

#endif
