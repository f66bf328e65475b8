/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluation of one site: from a checked program to a graph of objects. Records come first, column
 * by column; then objects; then rules. Faults go to program.diags, at the user's own text wherever
 * there is some; waivers are applied to what rules said.
 */
#ifndef EVAL_EVAL_H
#define EVAL_EVAL_H

#include <stdbool.h>
#include "check/check.h"
#include "graph/graph.h"

struct world;

struct eval {
	struct program *p;
	struct graph graph; /* complete and sorted if `ok` */
	struct world *world; /* the records; see eval_dump_site() */
	bool ok; /* no error was reported */
	bool checked; /* `mark` is to be taken back */
	struct site_mark mark;
};

/* Evaluates site number `site` of p->sites (role SITE_PLAIN, or any for tests). Always pair with
 * eval_release(), in reverse order of runs: it takes the site's statements off the program
 * again. */
bool
eval_run(struct eval *e, struct program *p, uint32_t site);
void
eval_release(struct eval *e);
/* The evaluated records with their fields and where each value came from, for --dump=site. */
void
eval_dump_site(const struct eval *e, struct str *out);

/* Runs one in-language test or example (role SITE_TEST, SITE_FAILS, SITE_PASSES) and takes back
 * all it reported. True if it holds; else `why` says what was expected and what came. */
bool
eval_test(struct program *p, uint32_t site, struct str *why);

/* The finding-out of one value for `egmc why`: "manifests/...yaml:14" is resolved by the caller
 * to a tree; this writes what it is, the user's text, the library's line, and the reason. */
void
eval_why(struct program *p, const struct object *o, const struct tree *t, struct str *out);

#endif
