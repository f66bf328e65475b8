/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The waist: Kubernetes objects as ordered trees, where every value knows where it came from.
 * Evaluation fills it (tree.h functions); afterwards it is const: orders, analyses, back ends and
 * the lock only read.
 *
 * Trees keep the order in which they are to be written. A map has no two children with equal keys.
 * No null, no empty key.
 */
#ifndef GRAPH_GRAPH_H
#define GRAPH_GRAPH_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/atom.h"
#include "base/diag.h"
#include "base/source.h"
#include "base/str.h"
#include "base/vec.h"
#include "graph/pairs.h"

enum tree_kind { TREE_SCALAR, TREE_MAP, TREE_LIST };

/* How a scalar is written. TEXT is quoted where a YAML 1.1 or 1.2 reader could retype it; the
 * others are written bare. */
enum scalar_kind { SCALAR_TEXT, SCALAR_INT, SCALAR_BOOL, SCALAR_NUMBER };

/* Where a value came from. A span with file 0 is absent. */
struct origin {
	struct span user; /* the user's text that the value was written as or depends on */
	struct span library; /* the statement that wrote it; equal to user if the user wrote it */
	atom reason; /* the innermost `because` around it; 0 if none */
};

struct tree {
	uint8_t kind; /* enum tree_kind */
	uint8_t scalar; /* enum scalar_kind */
	uint8_t rank; /* of who wrote it: evaluation's business */
	uint8_t flags; /* evaluation's business */
	atom key; /* in a map; 0 in a list and at the root */
	atom text; /* of a scalar: as written, without quotes ("true", "8080", "10.5", any text) */
	atom todo; /* what is still to be filled in here; 0 if nothing */
	uint32_t count; /* children */
	uint32_t mark; /* evaluation's business */
	struct origin origin;
	struct tree *next;
	struct tree *first;
	struct tree *last;
};

enum object_form {
	OBJECT_OWNED, /* written under manifests/ */
	OBJECT_ASSUMED, /* somebody else's: never written */
	OBJECT_PARTIAL, /* somebody else's, to which we add: written under adopt/ */
	OBJECT_VALUES, /* a fragment for a chart: written under values/ */
	OBJECT_OPAQUE /* included, of a kind that is not declared: written under manifests/, last */
};

#define OBJECT_NONE UINT32_MAX

struct object_ref {
	uint32_t to; /* the object that is referred to */
	struct origin origin;
	struct object_ref *next;
};

struct object {
	uint8_t form; /* enum object_form */
	bool namespaced;
	atom api_version;
	atom kind;
	atom name;
	atom namespace; /* 0 for cluster-scoped objects */
	uint32_t phase; /* index into graph.phases */
	atom chart; /* of a values object */
	struct tree *
		root; /* a whole manifest: apiVersion, kind, metadata, ...; of a chart the values */
	struct tree *whole; /* of a partial object: what was stated of it, and what we add */
	struct origin origin; /* the statement that made it */
	struct object_ref *refs; /* objects that must come before this one */
	struct object_ref *refs_last;
	uint32_t ref_count;
	uint32_t position; /* in graph.order; OBJECT_NONE if not written */
	uint8_t mark; /* hex digits in the name of its file, since others have the same; 0: none */
};

/* One kind that occurs, for the kustomize OpenAPI file. Filled from declarations. */
struct kind_key { /* a list that merges by key: path with dots, key */
	const char *path; /* such as "spec.listeners" */
	const char *key; /* such as "name" */
	struct kind_key *next;
};
struct kind_info {
	atom api_version;
	atom kind;
	bool namespaced;
	bool builtin; /* kustomize knows it (core groups of Kubernetes) */
	struct kind_key *keys;
};

/* What a back end wants to say beside objects: a waiver, a checklist row. */
struct remark {
	atom what; /* "todo", "waiver", "assumed", "unchecked" */
	atom subject;
	atom text;
	struct span place;
};

struct graph {
	struct arena arena;
	struct atoms *atoms; /* shared */
	atom site; /* its name */
	struct vec objects; /* struct object; no dummy */
	struct vec phases; /* atom: the names of the phases, in order */
	struct vec kinds; /* struct kind_info; no dummy */
	struct vec remarks; /* struct remark; no dummy */
	struct vec order; /* uint32_t: indexes of written objects, in apply order */
	struct pairs hubs; /* (from, to) of objects with many references */
};

void
graph_init(struct graph *g, struct atoms *atoms);
void
graph_release(struct graph *g);
uint32_t
graph_add(struct graph *g);
static inline struct object *
graph_object(const struct graph *g, uint32_t i)
{
	return VEC_AT(&g->objects, struct object, i);
}
/* The object must come after `to`. Twice the same is kept once, with the first origin. */
void
graph_refer(struct graph *g, uint32_t from, uint32_t to, struct origin origin);
/* Where to point a user: his own text, else the library's. */
static inline struct span
origin_span(const struct origin *o)
{
	return o->user.file ? o->user : o->library;
}
/* "Gateway gateway-system/ingress-gw", "GatewayClass eg": how an object is named to people. */
void
object_label(const struct graph *g, const struct object *o, struct str *out);
/* "gateway-gateway-system-ingress-gw": lower case, only [a-z0-9.-], at most 200 bytes; of a values
 * object the chart. Two objects may share it; then graph_sort() gave them a mark, and `-` with so
 * many hex digits of their identity's SHA-256 is appended here. */
void
object_slug(const struct graph *g, const struct object *o, struct str *out);

struct tree *
tree_new(struct graph *g, enum tree_kind kind);
/* The child with this key, or NULL. */
struct tree *
tree_find(const struct tree *map, atom key);
/* Appends. */
void
tree_add(struct tree *parent, struct tree *child);
/* Follows a dotted path with [i] indexes from the root, such as spec.rules[0].name; a part that
 * holds a dot or bracket is quoted: metadata.labels."app.example/name". NULL where it ends early,
 * or is not a path. */
struct tree *
tree_walk(const struct graph *g, const struct tree *root, const char *path);
/* Deep equality of kinds, scalars, texts and order. */
bool
tree_equal(const struct tree *a, const struct tree *b);

/* Appends `.key`, or `."key"` where the key needs it (without the dot if out is empty): a part of a
 * path as tree_walk() reads it. */
void
path_add_key(struct str *out, const char *key, size_t len);

/* A walk over a tree, every node before its children, in order, without recursion. `above` holds
 * the nodes (struct tree const *) that the current one lies in, the root first. Start with
 * steps_init(); steps_next() gives the root, then all others, then NULL. */
struct steps {
	const struct tree *at;
	struct vec above;
	bool begun;
};
void
steps_init(struct steps *s, const struct tree *root);
void
steps_release(struct steps *s);
const struct tree *
steps_next(struct steps *s);

/* Computes g->order: written objects by phase; inside a phase an object comes after those it refers
 * to; ties by form, kind, namespace and name (bytes). References into a later phase and cycles are
 * reported (EGM0210, EGM0211: drawn object by object, with places).
 *
 * Values come before all phases, opaque objects after them. What is somebody else's exists already:
 * references to assumed and partial objects bind nobody. A partial object lies in no folder of its
 * phase, so it moves behind into the last phase that it refers to. False if something was reported;
 * the order then holds every written object, but is not to be used. */
bool
graph_sort(struct graph *g, struct diags *d);
/* An outline of all objects with values, origins and references, for --dump=graph. `source` turns
 * spans into file:line. */
void
graph_dump(const struct graph *g, struct source *source, struct str *out);
/* The folder part of a phase: "20-gateway" for the third, "values" and "included" for what stands
 * before and behind. */
void
object_phase(const struct graph *g, const struct object *o, struct str *out);
/* One line per written object: position, phase, kind, namespace/name, what it comes after; for
 * --dump=order. */
void
graph_dump_order(const struct graph *g, struct str *out);

#endif
