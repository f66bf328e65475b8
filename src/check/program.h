/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checked program: what the declarations say, and the statements in the form that evaluation
 * runs. Everything is plain data in pools, addressed by 32-bit index with 0 as "none", so that a
 * checked library can be written out as bytes and taken in at start.
 *
 * Words used here:
 *   rtype    a type of records: a block, record, contract, choice, case, kind or values declaration, or the site itself
 *   member   what a record (or a struct) of a type has: a field, a computed field (`let`), a set of child records
 *   column   the unit of evaluation: the existence of all records of an rtype, or one field of all of them
 *   context  a place where statements stand: a chain of for, if and record bodies up to the file or site
 *   part     one field statement in its context, run at its column
 */
#ifndef CHECK_PROGRAM_H
#define CHECK_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include "ast/ast.h"
#include "base/arena.h"
#include "base/atom.h"
#include "base/diag.h"
#include "base/source.h"
#include "base/vec.h"
#include "check/scalar.h"

/* --- types --- */

enum type_kind {
	TYPE_POISON, /* something failed before: compatible with all, silent */
	TYPE_SCALAR,
	TYPE_WORDS, /* a set of words, in order */
	TYPE_REF, /* one record of one of some rtypes */
	TYPE_OBJECT, /* one object of one of some kinds */
	TYPE_LIST, /* with keys: a keyed list of structs; FLAG_ENTRIES: each statement adds an entry */
	TYPE_SET,
	TYPE_MAP, /* key to elem */
	TYPE_STRUCT,
	TYPE_RECORDS, /* a set of records of one of some rtypes; hi: how many at the most by declaration (0: no bound) */
	TYPE_OBJECTS, /* all objects of a kind */
	TYPE_ROW, /* a row of a table */
	TYPE_TABLE,
	TYPE_EMPTY, /* `[]` and `{}` before the target's type is known, and `absent` */
	TYPE_TODO /* todo("..."): any text-like target */
};

enum type_flag {
	TYPE_FLAG_ENTRIES = 1,
	TYPE_FLAG_POD_SELECTOR = 2,
	TYPE_FLAG_POD_TEMPLATE = 4,
	TYPE_FLAG_IMMUTABLE = 8,
	TYPE_FLAG_RANGED = 16, /* lo and hi hold; hi INT64_MAX if open */
	TYPE_FLAG_LEXICAL = 32 /* TYPE_WORDS that are quoted when written ("1.0") */
};

/* A type where a value may be absent. */
#define TYPE_OPTIONAL 0x80000000u
#define TYPE_ID(t)    ((t) & ~TYPE_OPTIONAL)

struct type {
	uint8_t kind;
	uint8_t scalar; /* enum scalar_type */
	uint16_t flags;
	atom name; /* of a declared type */
	uint32_t elem; /* list, set, map: a type; row, table: the table */
	uint32_t key; /* map: the type of its keys; 0: any text */
	uint32_t first,
		count; /* words: in program.words; ref, records, object: rtypes in program.numbers; list: key atoms in program.words */
	uint32_t members; /* struct: the first member */
	uint32_t refers; /* struct: index in program.refers or 0 */
	int64_t lo, hi; /* range of an int; cardinality of a list, set or map */
	uint32_t max; /* length of a text; 0: no limit of its own */
	atom pattern, shape; /* of a text */
	uint32_t versions; /* `version of T`: the table */
	uint8_t state; /* of a declared type: 0 unseen, 1 being read, 2 read */
	node_id decl;
};

/* Types that are always there: scalar s is type TYPE_SCALARS + s. */
#define TYPE_SCALARS 1u
#define TYPE_T(s)    (TYPE_SCALARS + (uint32_t)SCALAR_TYPE_##s)

struct refers {
	uint32_t first, count; /* kinds, as rtypes in program.numbers */
	bool has_group, has_kind, has_namespace;
	uint32_t across; /* the kind of the grant, or 0 */
};

/* --- records --- */

enum rtype_form {
	FORM_NONE,
	FORM_SITE,
	FORM_BLOCK,
	FORM_RECORD,
	FORM_CONTRACT,
	FORM_CHOICE,
	FORM_CASE,
	FORM_KIND,
	FORM_VALUES,
	FORM_CROSSING /* the built-in set `crossing` */
};

struct rtype {
	atom name;
	uint8_t form;
	bool once; /* exactly one per owner, always */
	bool any_owner;
	bool weakens;
	bool library; /* declared by the library (or a file that is used), not by the site's file */
	bool namespaced; /* kinds */
	bool read; /* something reads it */
	node_id decl;
	uint32_t owner; /* rtype; 0 for the site and for `of any` */
	uint32_t choice; /* of a case */
	int64_t lo, hi; /* per owner; hi INT64_MAX if open */
	uint32_t members, members_last;
	uint32_t slots; /* fields and lets */
	uint32_t label_words; /* `by T`: a TYPE_WORDS */
	uint32_t existence; /* column; cases share their choice's */
	uint32_t body; /* kinds and values: TYPE_STRUCT of the document */
	node_id api_version; /* kinds: expression */
	uint32_t phase; /* kinds: index of the word in type `phase` */
	uint32_t before_first, before_count; /* kinds, in program.numbers */
	atom chart; /* values */
	bool after_crossing; /* kinds: some statement that makes it reads `crossing` */
	uint32_t ref_type; /* TYPE_REF or TYPE_OBJECT of it alone */
	uint32_t set_type; /* TYPE_RECORDS or TYPE_OBJECTS of it alone */
	uint32_t bound; /* records in one site at the most, by declaration; 0: unbounded */
	uint32_t self; /* CONTEXT_SELF of its declarations */
};

enum member_form { MEMBER_NONE, MEMBER_FIELD, MEMBER_LET, MEMBER_CHILD };

struct member {
	atom name;
	uint8_t form;
	bool optional;
	bool read;
	uint8_t state; /* of a let: 0 unseen, 1 being checked, 2 checked */
	bool part_of_ref; /* group, kind, name, namespace of a `refers to` struct: filled in */
	uint32_t owner; /* rtype, or 0 in a struct */
	uint32_t
		type; /* with TYPE_OPTIONAL for optional fields; a child's is TYPE_RECORDS or, if once, TYPE_REF */
	node_id decl;
	node_id value; /* default, or the expression of a let */
	uint32_t slot;
	uint32_t column;
	uint32_t child; /* rtype of a MEMBER_CHILD */
	uint32_t next;
	uint32_t context; /* in which value and conditions are evaluated */
	uint32_t siblings; /* in a struct: its first member */
};

/* --- tables, functions, well-known labels, rules --- */

struct table {
	atom name;
	node_id decl;
	bool by_version;
	bool library;
	uint32_t members; /* columns */
	uint32_t column_count;
	uint32_t first_row, row_count; /* in program.rows, ascending */
};

struct row {
	uint64_t release; /* of the key, if by version */
	atom key;
	node_id node;
	uint32_t
		cells; /* first of column_count node ids in program.numbers: expression, or 0 for absent */
};

struct fn {
	atom name;
	node_id decl;
	uint32_t result;
	uint32_t context; /* its parameters are the context's variables */
	uint32_t reads_first, reads_count; /* columns that its body reads, in program.numbers */
	uint8_t state; /* 0 unseen, 1 being checked, 2 done */
};

struct well_known {
	atom key;
	bool annotation;
	uint32_t kinds_first, kinds_count; /* rtypes in program.numbers */
	uint32_t type;
	atom namespace_key;
	node_id decl;
};

struct rule {
	atom code;
	uint8_t severity;
	bool library;
	node_id node;
	node_id must;
	uint32_t context; /* with its bindings */
};

/* Expressions in each other, also through the names in them: what is checked and evaluated by
 * recursion stays far from the end of the stack. */
#define EXPRESSION_LEVELS_MAX 2000

/* --- statements --- */

/* Who wrote something; higher wins among the user's own (SPEC 4). */
enum rank {
	RANK_DEFAULT = 0,
	RANK_LIBRARY = 1,
	RANK_PROFILE =
		2, /* the outermost ancestor; each child one more, the site itself at most RANK_SITE */
	RANK_SITE = 200,
	RANK_PATCH = 255
};

enum context_kind {
	CONTEXT_NONE,
	CONTEXT_FILE, /* a file of the library; its lets are variables */
	CONTEXT_SITE, /* the body of a site, profile or test; the site's record is the owner */
	CONTEXT_FOR, /* one instance for each combination of bindings */
	CONTEXT_IF, /* one instance if the condition holds (negate: if it does not) */
	CONTEXT_RECORD, /* the body of a block: one instance for each record made or extended */
	CONTEXT_OBJECT, /* the body of an object; run whole, not by columns */
	CONTEXT_SELF, /* expressions in a declaration: the record itself is variable 0 */
	CONTEXT_FN,
	CONTEXT_RULE
};

struct context {
	uint8_t kind;
	uint8_t rank;
	uint8_t mode; /* RECORD, OBJECT: enum op, BLOCK_PLAIN ... */
	bool negate;
	bool site; /* a site's own text: bare words may be labels */
	bool by_variable; /* RECORD: the head is a variable, which stands as the owner expression */
	bool reads_crossing; /* FOR: runs over the built-in set */
	bool lost; /* RECORD: makes none, which was reported */
	uint32_t parent;
	uint32_t
		owner; /* RECORD: the context of the owner, if the head does not say it; 0: the site */
	node_id node; /* FOR, IF, BLOCK ... */
	uint32_t rtype; /* RECORD, OBJECT, SELF: of the record; 0 if the head is a variable */
	uint32_t var_first, var_count; /* in program.vars */
	uint32_t reads_first,
		reads_count; /* columns, in program.numbers: those of this level alone */
	uint32_t lets; /* first `let` var declared at this level (linked by var.next) */
};

struct var {
	atom name;
	uint32_t type;
	uint32_t context;
	uint32_t slot; /* among the variables of its context */
	node_id let; /* the expression of a `let`; 0 for bindings */
	uint8_t state; /* of a let: 0 unseen, 1 being checked, 2 checked */
	uint32_t next; /* older variable of the same context */
	uint32_t reads_first, reads_count; /* what a let reads */
};

struct part {
	uint32_t context;
	node_id node; /* FIELD, or 0: the existence part of a RECORD context */
	node_id path; /* the WORD at which the path within the column's value starts, or 0 */
	uint32_t next;
};

struct column {
	uint32_t rtype;
	uint32_t member; /* 0: existence */
	uint32_t library_first, library_last; /* parts */
	uint32_t site_first, site_last; /* parts of the site being evaluated */
	uint32_t edges; /* first edge: what it depends on */
	uint32_t position; /* in program.order, from 1 */
};

struct edge {
	uint32_t to;
	node_id because; /* the statement or declaration that reads */
	uint32_t next;
	uint32_t reader; /* context whose reads carry this edge, for messages */
};

/* An object statement: run whole. */
struct object_statement {
	uint32_t context; /* CONTEXT_OBJECT */
	node_id node; /* BLOCK or PATCH */
	node_id name,
		namespace_; /* expressions of metadata.name and .namespace, for plain and assume; the name's context in name_context */
	uint32_t name_context, namespace_context;
};

struct site {
	atom name;
	node_id node; /* SITE, PROFILE, TEST, FAILS or PASSES */
	uint32_t parent; /* profile (index in program.sites), or 0 */
	bool profile;
	bool library;
	uint8_t role; /* enum site_role */
	uint32_t context; /* of its file, whose `let`s it may use */
	atom code; /* of the rule, for FAILS and PASSES */
};
enum site_role { SITE_PLAIN, SITE_PROFILE, SITE_TEST, SITE_FAILS, SITE_PASSES };

/* What a bare word means, by the atom. */
struct symbol {
	uint32_t rtype, type, table, fn, site;
};

/* What node.aux says of a NAME (and of an OF, DOT, CALL ...) after checking; node.ref is its
 * index. */
enum meaning {
	MEANING_NONE,
	MEANING_VAR, /* program.vars */
	MEANING_WORD, /* a word of an enum: node.a */
	MEANING_LABEL, /* a path of labels, to be found among the records of node.type */
	MEANING_FIELD, /* member of the record at hand (SELF or the record body around) */
	MEANING_OWNER, /* the owner of the record at hand, of rtype ref */
	MEANING_SELF, /* the record at hand */
	MEANING_ONCE, /* the one record of rtype ref in the site */
	MEANING_SET, /* all records of rtype ref */
	MEANING_OBJECTS, /* all objects of kind ref */
	MEANING_TABLE,
	MEANING_PARAM, /* a site's parameter: site param index */
	MEANING_WORDS, /* a declared word type, as the list of its words */
	MEANING_CHILDREN, /* DOT: the records of rtype ref that belong to the base */
	MEANING_MEMBER, /* DOT: program.members */
	MEANING_OWNER_OF, /* DOT: the owner of rtype ref of the base */
	MEANING_NAME_OF, /* DOT: the label of the base */
	MEANING_CELL, /* DOT: a column of a row */
	MEANING_EXACT, /* DOT: version.exact */
	MEANING_ENDPOINT_PART,
	MEANING_STRUCT_MEMBER, /* DOT: a member of a struct value */
	MEANING_MAP_KEY,
	MEANING_BUILTIN,
	MEANING_FN,
	MEANING_CASE, /* right side of `is` */
	MEANING_OBJECT_META,
	MEANING_CODE /* expect EGM1234 */
};

/* Names that C itself must know; interned once. */
struct words {
	atom site, name, namespace, metadata, labels, annotations, to, group, kind, apiVersion,
		scope, phase, before, chart, namespaced, cluster, spec, exact, host, port, service,
		version, crossing, any, todo, owned, reason, pod_selector, pod_template, immutable,
		as_of, error, warning, note, none, matchLabels, pods, Pod, Namespace, v1;
};

/* `include "extra.yaml"` or `assume "cluster.yaml"`: the statement, and the file in program.source. */
struct include {
	node_id node;
	uint32_t file;
	bool assumed; /* somebody else makes the objects */
};

struct program {
	struct arena
		arena; /* compiled patterns and the like: made again when needed, never written out */
	struct atoms atoms;
	struct source source;
	struct diags diags;
	struct ast ast;
	struct words words_;
	struct vec types, rtypes, members, refers, tables, rows, fns, labels, rules, contexts, vars,
		parts, columns, edges, objects, sites;
	struct vec symbols; /* struct symbol by atom; shorter than the atoms: none */
	struct vec words; /* atom */
	struct vec numbers; /* uint32_t */
	struct vec order; /* uint32_t: columns in the order of evaluation; no dummy */
	struct vec files; /* struct ast_file, in load order; no dummy */
	struct vec
		failed; /* uint32_t: rtypes of which a block of the site at hand did not check; no dummy */
	struct vec
		includes; /* struct include: YAML files whose objects belong to every site; no dummy */
	struct vec
		patterns; /* const struct pattern *, by type; made on first use, never written out */
	uint32_t library_files; /* how many of them are the library's */
	uint32_t library_nodes; /* nodes below this index are the library's */
	uint32_t phase_type; /* TYPE_WORDS `phase`, once declared */
	uint32_t site_rtype, crossing_rtype;
	node_id library_date;
};

#define TYPE_AT(p, i)    VEC_AT(&(p)->types, struct type, TYPE_ID(i))
#define RTYPE_AT(p, i)   VEC_AT(&(p)->rtypes, struct rtype, i)
#define MEMBER_AT(p, i)  VEC_AT(&(p)->members, struct member, i)
#define LABEL_AT(p, i)   VEC_AT(&(p)->labels, struct well_known, i)
#define TABLE_AT(p, i)   VEC_AT(&(p)->tables, struct table, i)
#define ROW_AT(p, i)     VEC_AT(&(p)->rows, struct row, i)
#define FN_AT(p, i)      VEC_AT(&(p)->fns, struct fn, i)
#define RULE_AT(p, i)    VEC_AT(&(p)->rules, struct rule, i)
#define CONTEXT_AT(p, i) VEC_AT(&(p)->contexts, struct context, i)
#define VAR_AT(p, i)     VEC_AT(&(p)->vars, struct var, i)
#define PART_AT(p, i)    VEC_AT(&(p)->parts, struct part, i)
#define COLUMN_AT(p, i)  VEC_AT(&(p)->columns, struct column, i)
#define EDGE_AT(p, i)    VEC_AT(&(p)->edges, struct edge, i)
#define OBJECT_AT(p, i)  VEC_AT(&(p)->objects, struct object_statement, i)
#define SITE_AT(p, i)    VEC_AT(&(p)->sites, struct site, i)
#define REFERS_AT(p, i)  VEC_AT(&(p)->refers, struct refers, i)
#define NUMBER_AT(p, i)  (*VEC_AT(&(p)->numbers, uint32_t, i))
#define WORD_AT(p, i)    (*VEC_AT(&(p)->words, atom, i))
#define NODE_AT(p, i)    ast_node(&(p)->ast, i)

void
program_init(struct program *p);
void
program_release(struct program *p);

/* The symbol of a name, or a zeroed one. */
struct symbol
program_symbol(const struct program *p, atom name);
/* For writing; grows the table. */
struct symbol *
program_symbol_at(struct program *p, atom name);

/* The member of an rtype (cases also have their choice's) or of a list of members; 0 if there is
 * none. */
uint32_t
program_member(const struct program *p, uint32_t rtype, atom name);
uint32_t
program_struct_member(const struct program *p, uint32_t first, atom name);

/* The head of a block, a site or a declaration: its words, without the body. The whole of any
 * other node. */
struct span
program_head(const struct program *p, node_id n);

/* The `required when` and `only when` of a member, linked; 0 if it has none. */
node_id
program_conditions(const struct program *p, node_id decl);

/* Help lines for a choice: each case with the first sentence of its documentation. */
void
program_list_cases(struct program *p, struct diag *g, uint32_t choice);

static inline const char *
program_text(const struct program *p, atom a)
{
	return atom_text(&p->atoms, a);
}
/* Is this node part of the library's text? */
static inline bool
program_is_library(const struct program *p, node_id n)
{
	return n < p->library_nodes;
}

#endif
