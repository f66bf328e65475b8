/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree that the parser builds. Nodes are plain data in one pool and refer to each other by
 * 32-bit index, so that a checked library can be written out as bytes and taken in again. Index 0
 * is "no node". Lists are linked by `next`. A node is made once by the parser; afterwards only the
 * checker writes to `type`, `ref` and `aux`.
 */
#ifndef AST_AST_H
#define AST_AST_H

#include <stdbool.h>
#include <stdint.h>
#include "base/atom.h"
#include "base/source.h"
#include "base/str.h"
#include "base/vec.h"

typedef uint32_t node_id;

enum node_kind {
	NODE_NONE,
#define NODE(kind, name, shape) NODE_##kind,
#include "ast/ast.def"
#undef NODE
	NODE_KIND_COUNT
};

enum op {
	OP_NONE,
	OP_ASSIGN,
	OP_ADD, /* of a FIELD: = and += */
	OP_OR,
	OP_AND,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_IN,
	OP_IS,
	OP_PLUS,
	OP_MINUS,
	OP_TIMES,
	OP_OVER,
	BLOCK_PLAIN,
	BLOCK_EXTEND,
	BLOCK_MAYBE,
	BLOCK_ASSUME,
	LABEL_LABEL,
	LABEL_ANNOTATION
};

enum node_flag {
	FLAG_QUOTED = 1,
	FLAG_OPTIONAL = 2,
	FLAG_SCOPE = 4,
	FLAG_ELSE = 8,
	FLAG_ONCE = 16,
	FLAG_WEAKENS = 32,
	FLAG_BODILESS = 64,
	FLAG_BROKEN = 128, /* something inside did not parse: later stages keep silent about it */
	FLAG_INDEX = 256, /* a WORD of a path that is an index: n */
	FLAG_PARAM = 1024, /* a FIELD of a site that gives a parameter its value */
	FLAG_FAILED =
		2048, /* a FIELD whose value did not check: it counts as written, with no value */
	FLAG_UNKNOWN = 4096 /* a FIELD that nobody knows: any may have been meant */
};

struct node {
	uint8_t kind; /* enum node_kind */
	uint8_t op; /* enum op */
	uint16_t flags;
	node_id next;
	struct span span; /* of the whole construct, without a trailing separator */
	atom a;
	atom doc; /* the `##` comment above a declaration or member; 0 if none */
	node_id kid[4];
	int64_t n;
	/* Written by the checker; zero before. */
	uint32_t type;
	uint32_t ref;
	uint32_t aux;
};

/* The first nodes may be somebody else's, who checked them long ago: they are read where they lie
 * and never written. The others follow them. */
struct ast {
	const struct node *adopted;
	uint32_t adopted_count;
	struct vec nodes; /* struct node */
};

/* One parsed file: `first` is its list of statements. Scopes without a body have taken what
 * follows as their body. */
struct ast_file {
	uint32_t file;
	node_id first;
	int64_t edition; /* 0 if none was written */
};

void
ast_init(struct ast *t);
void
ast_release(struct ast *t);
/* Into a fresh tree: its first nodes, number 0 among them. They are not copied and must outlive it. */
void
ast_adopt(struct ast *t, const struct node *nodes, uint32_t count);
node_id
ast_new(struct ast *t, enum node_kind kind, struct span span);
/* Adds a copy; returns its index. */
node_id
ast_add(struct ast *t, const struct node *n);
const char *
ast_kind_name(enum node_kind kind);
const char *
ast_op_text(enum op op);
/* An S-expression of the list, one node a line, for --dump=ast. */
void
ast_dump(const struct ast *t, const struct atoms *atoms, node_id list, struct str *out);

/* Makes the adopted nodes its own, to be written. */
void
ast_own(struct ast *t);
/* How many there are, number 0 included: the number of the next. */
static inline uint32_t
ast_count(const struct ast *t)
{
	return t->adopted_count + t->nodes.count;
}

static inline struct node *
ast_node(const struct ast *t, node_id id)
{
	return id < t->adopted_count ? (struct node *)t->adopted + id
				     : VEC_AT(&t->nodes, struct node, id - t->adopted_count);
}

#endif
