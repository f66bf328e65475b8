/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder use of each other, by the file that holds it. Nobody else
 * includes this. */
#ifndef EVAL_INSIDE_H
#define EVAL_INSIDE_H

#include "eval/object.h"

/* --- body.c --- */

atom
object_group(struct world *w, atom api_version);
void
objects_run_bodies(struct world *w, bool after_crossing);
void
objects_run_patches(struct world *w);

/* --- builtin.c --- */

/* Each element once, at its first place. */
void
list_drop_repetitions(struct world *w, struct list *l);

/* --- expr.c --- */

struct node *
world_node(const struct world *w, node_id n);
node_id
world_literal_src(const struct world *w, node_id n);
node_id
world_first_src(node_id a, node_id b);
struct value
eval_settled(struct world *w, struct frame *f, struct value v);
struct value
eval_var(struct world *w, struct frame *f, node_id n);
struct value
eval_no_such(struct world *w, struct frame *f, const struct value *owner, uint32_t rtype,
	atom label, node_id n);

/* --- field.c --- */

void
record_run_column(struct world *w, uint32_t column);
void
record_check_conditions(struct world *w);

/* --- instance.c --- */

struct value
record_label(struct world *w, struct frame *f, const struct context *c, uint32_t owner);
void
record_mark_incomplete(struct world *w, uint32_t rtype);
struct value
record_block_owner(struct world *w, struct frame *f, const struct context *c);
void
record_add_instance(struct world *w, uint32_t context, struct frame *f);

/* --- literal.c --- */

struct value
eval_text_as(struct world *w, node_id n, uint32_t type);
struct value
eval_interp(struct world *w, struct frame *f, node_id n);
struct value
eval_int(struct world *w, node_id n);
struct value
eval_list(struct world *w, struct frame *f, node_id n);
struct value
eval_struct(struct world *w, struct frame *f, node_id n);

/* --- loop.c --- */

struct value
eval_comp(struct world *w, struct frame *f, node_id n);

/* --- object.c --- */

atom
object_block_label(struct world *w, struct frame *f, node_id n, bool *ok);
struct value
object_block_owner(struct world *w, struct frame *f, node_id n);
struct frame *
object_frame(struct world *w, const struct object_statement *s, struct frame *up);

/* --- operator.c --- */

struct value
eval_presence(struct world *w, struct value a, struct value b, void *data);
struct value
eval_binary(struct world *w, struct frame *f, node_id n);
struct value
eval_negated(struct world *w, struct value a, struct value b, void *data);
struct value
eval_overflow(struct world *w, struct frame *f, const struct value *v, node_id n);
struct value
eval_cond(struct world *w, struct frame *f, node_id n);

/* --- path.c --- */

struct value
eval_name(struct world *w, struct frame *f, node_id n);
struct value
eval_index(struct world *w, struct frame *f, node_id n);
struct value
eval_of(struct world *w, struct frame *f, node_id n);

/* --- record.c --- */

const char *
record_rtype_name(const struct world *w, uint32_t rtype);
/* For people: app `cart`, `mode ambient`, `ports` of app `cart`. */
void
record_show(const struct world *w, uint32_t record, struct str *out);
uint32_t
record_choice_of(const struct world *w, uint32_t rtype);

/* --- tree_value.c --- */

struct tree *
tree_scalar(struct world *w, enum scalar_kind kind, atom text, atom todo);

#endif
