/* SPDX-License-Identifier: Apache-2.0 */
/* The pool of nodes, and the names of what is in it. */
#include "ast/ast.h"

void
ast_init(struct ast *t)
{
	t->adopted = NULL;
	t->adopted_count = 0;
	vec_init(&t->nodes, sizeof(struct node), true);
}

void
ast_adopt(struct ast *t, const struct node *nodes, uint32_t count)
{
	t->adopted = nodes;
	t->adopted_count = count;
	vec_cut(&t->nodes, 0);
}

void
ast_release(struct ast *t)
{
	vec_release(&t->nodes);
}

void
ast_own(struct ast *t)
{
	struct vec all;
	uint32_t own = t->nodes.count;

	if (!t->adopted_count)
		return;
	vec_init(&all, sizeof(struct node), false);
	vec_take(&all, t->adopted, t->adopted_count);
	for (uint32_t i = 0; i < own; i++)
		vec_push(&all, VEC_AT(&t->nodes, struct node, i));
	vec_release(&t->nodes);
	*t = (struct ast){ .nodes = all };
}

node_id
ast_add(struct ast *t, const struct node *n)
{
	return t->adopted_count + vec_push(&t->nodes, n);
}

node_id
ast_new(struct ast *t, enum node_kind kind, struct span span)
{
	struct node n = { .kind = (uint8_t)kind, .span = span };

	return ast_add(t, &n);
}

const char *
ast_kind_name(enum node_kind kind)
{
	static const char *const names[NODE_KIND_COUNT] = {
		[NODE_NONE] = "nothing",
#define NODE(kind, name, shape) [NODE_##kind] = name,
#include "ast/ast.def"
#undef NODE
	};

	return names[kind];
}

const char *
ast_op_text(enum op op)
{
	static const char *const texts[] = {
		[OP_NONE] = "",
		[OP_ASSIGN] = "=",
		[OP_ADD] = "+=",
		[OP_OR] = "or",
		[OP_AND] = "and",
		[OP_EQ] = "==",
		[OP_NE] = "!=",
		[OP_LT] = "<",
		[OP_LE] = "<=",
		[OP_GT] = ">",
		[OP_GE] = ">=",
		[OP_IN] = "in",
		[OP_IS] = "is",
		[OP_PLUS] = "+",
		[OP_MINUS] = "-",
		[OP_TIMES] = "*",
		[OP_OVER] = "/",
		[BLOCK_PLAIN] = "",
		[BLOCK_EXTEND] = "extend",
		[BLOCK_MAYBE] = "extend?",
		[BLOCK_ASSUME] = "assume",
		[LABEL_LABEL] = "label",
		[LABEL_ANNOTATION] = "annotation",
	};

	return texts[op];
}
