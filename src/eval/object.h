/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files about objects share: object.c names them, statement.c runs what is said of them,
 * body.c one body, form.c looks at what is included, link.c knows their references, merge.c puts
 * what bodies made together, finish.c gives objects their final form.
 */
#ifndef EVAL_OBJECT_H
#define EVAL_OBJECT_H

#include "eval/world.h"

/* Of a list tree: it came from `+=` and adds to what is there. */
#define TREE_ADDS 1
#define TREE_FAULTY 2 /* a reference of which something was said already */

/* --- object.c --- */

/* The user's node that a value written by `node` comes from; 0 if none. */
node_id
origin_src(const struct world *w, struct frame *f, const struct value *v, node_id node);
struct origin
origin_of(struct world *w, struct frame *f, const struct value *v, node_id node, atom reason);
/* NULL for absent. */
struct tree *
value_tree(struct world *w, const struct value *v, const struct origin *origin);
/* Index + 1 of the object of this name; 0 if the site knows none. */
uint32_t
object_named(struct world *w, atom kind, atom namespace_, atom name);

/* --- body.c --- */

/* Runs a statement's body for one object and merges what it made. added: into what others add to
 * an assumed object. */
void
body_run(struct world *w, uint32_t object, struct frame *f, node_id n, uint8_t rank, bool added);
void
report_conflict(struct world *w, uint32_t object, const struct tree *old, const struct tree *new);

/* --- link.c --- */

/* An edge of the order, unless the kinds say otherwise. */
void
refer(struct world *w, uint32_t from, uint32_t to, struct origin origin);
/* `to = Service of a` in a struct that `refers to`: its parts are filled in at `at`. */
void
write_reference(struct world *w, uint32_t object, struct frame *f, struct tree *at,
	uint32_t struct_type, const struct value *v, node_id node, atom reason);
/* Edges of the order, once all objects are finished. */
void
objects_link(struct world *w);
/* References of included objects that leave their namespace, before grants are made. */
void
objects_link_included(struct world *w);

/* --- merge.c --- */

/* Merges src into dst, both maps of type `type` (a struct or map); src is used up. */
void
merge_map(struct world *w, uint32_t object, struct tree *dst, struct tree *src, uint32_t type);
/* Adds an entry to a list of type `type`: by its keys, or unless the same statement added an
 * equal one. replace: a patch, which overrides. */
void
merge_entry(struct world *w, uint32_t object, struct tree *list, struct tree *entry, uint32_t type,
	bool replace);
/* Moves the items of src behind those of dst; into a set, only those that it lacks. */
void
append_items(struct tree *dst, struct tree *src, bool set);
/* Takes a part out of its map or list; NULL: nothing. */
void
tree_remove(struct tree *from, const struct tree *part);
/* Puts the content of `with` in the place of `old`, keeping its key and place among siblings. */
void
tree_replace(struct tree *old, struct tree *with);
struct tree *
tree_copy(struct graph *g, const struct tree *t);
uint64_t
tree_hash(const struct tree *t);

/* --- form.c --- */

/* Is every value of an included manifest of the form that its kind declares? kind: 0 if none does.
 * Says what is not. */
bool
object_has_form(struct world *w, const struct tree *t, const struct tree *metadata, uint32_t kind);

/* --- finish.c --- */

atom
api_version_of(struct world *w, uint32_t object);
atom
kind_api_version(struct world *w, uint32_t kind);
/* Lists that merge by one key, for the OpenAPI file. */
void
add_merge_keys(struct world *w, struct kind_info *info, uint32_t members, struct str *path);
void
objects_finish(struct world *w);

#endif
