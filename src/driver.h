/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that run the pipeline, and what they share: a program with its library and input,
 * the choice of sites, and the end at which all diagnostics are printed.
 *
 * Each command prints its results on stdout and its diagnostics on stderr, leaves no file
 * half-written, and returns an enum status.
 */
#ifndef DRIVER_H
#define DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/suggest.h"
#include "base/vec.h"
#include "check/program.h"
#include "eval/eval.h"
#include "load.h"
#include "options.h"

int
driver_build(const struct options *o);
int
driver_check(const struct options *o);
int
driver_why(const struct options *o);
int
driver_needs(const struct options *o);
int
driver_doc(const struct options *o);
int
driver_test(const struct options *o);

/* Rebuilds the site of o->against in memory and compares it with the tree in o->operands[0]. */
int
driver_against(const struct options *o);

/* Appends the page of a rule, of the library or of the file in o->operands[1] if there is one. If
 * no rule has the code, appends nothing and offers all codes to `near` (copied into the arena).
 * Anything but STATUS_FINE: something cannot be read, which has been said. */
int
driver_explain(const struct options *o, const char *code, struct arena *a, struct str *page,
	struct suggest *near);

/* One run of the pipeline. */
struct driver {
	const struct options *o;
	struct program program;
	struct load load;
	struct vec sites; /* uint32_t: the sites that count; no dummy */
	int status; /* of what was said without a diagnostic */
};

/* With an empty program. */
void
driver_begin(struct driver *d, const struct options *o);
/* The same, with the library. False if that has faults; driver_close() tells them. */
bool
driver_open(struct driver *d, const struct options *o);
/* Prints all diagnostics and gives everything back. Returns the status of the command. */
int
driver_close(struct driver *d);
/* Loads and checks the files of the command line. False: nothing is there that could be
 * evaluated. */
bool
driver_input(struct driver *d, const char *const *paths, size_t count);
/* Chooses the sites: all of the input, or the one of --site. False, with a message, if there is
 * none; but a file of laws (vocabulary, rules, tests) can be checked without a site. */
bool
driver_sites(struct driver *d);
/* The i-th site that was chosen. */
struct site *
driver_site(const struct driver *d, uint32_t i);
/* Makes errors of what --deny names. False if there is an error, of whatever stage. */
bool
driver_approves(struct driver *d);

/* Drops warnings and notes, where the command is not about them. */
void
driver_hush(struct driver *d);

#endif
