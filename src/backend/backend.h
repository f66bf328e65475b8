/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Const graph to files. A back end is a row of the table: name, what it is for, and a function that
 * adds files to a stage.
 */
#ifndef BACKEND_BACKEND_H
#define BACKEND_BACKEND_H

#include <stdbool.h>
#include "base/stage.h"
#include "base/str.h"
#include "graph/graph.h"

struct backend {
	const char *name; /* of --target */
	const char *split; /* of --split: what the folders of manifests/ and adopt/ go by */
	const char *about;
	void (*emit)(const struct graph *g, struct stage *out);
	/* The file that an object of graph.order lands in, for the lock. */
	void (*path)(const struct graph *g, const struct object *o, struct str *out);
};

#define BACKEND_SPLIT "phase" /* the split that every target has */

/* NULL if there is none of that name and split. backend_at(i) is NULL behind the last. */
const struct backend *
backend_find(const char *name, const char *split);
const struct backend *
backend_at(size_t i);

/* The path of an object's own file below the output directory:
 * manifests/20-gateway/gateway-gateway-system-ingress-gw.yaml, adopt/namespace-shop.yaml,
 * with the split by namespace manifests/gateway-system/..., adopt/_cluster/..., and always
 * values/CHART.yaml. Stable under insertion: no running numbers. Distinct objects have distinct
 * paths, on case-insensitive file systems too: see object_slug() in graph.h; so only after
 * graph_sort(). */
void
backend_path(const struct graph *g, const struct object *o, struct str *out);
void
backend_path_by_namespace(const struct graph *g, const struct object *o, struct str *out);

/* One document in canonical form; ends with a newline, no `---`. Texts stand in double quotes
 * exactly where a reader could take them for something else (graph/plain.h, and what YAML's own
 * signs demand).
 *
 * Comments: what is still to be filled in, at the end of the line of its value; a reason on a line
 * of its own above the first line of the outermost node that carries it. Neighbours with one reason
 * share the comment. Control characters and line breaks of a comment become spaces.
 *
 * A partial object also gets the annotations that keep GitOps tools from pruning it, and from
 * replacing what others wrote. What the tree itself says there wins.
 *
 * lines, if not NULL, is a vec of struct tree const * made by the caller; for each line one is
 * appended: the innermost node that starts there, on a comment's line the node that it speaks of,
 * and NULL where no node of the graph is shown (the annotations above). */
void
yaml_write(const struct graph *g, const struct object *o, struct str *out, struct vec *lines);
/* All written objects as one stream, in order, separated by `---`. Partial objects and values are
 * not in it. */
void
yaml_stream(const struct graph *g, struct str *out);

#endif
