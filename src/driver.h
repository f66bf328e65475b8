/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that run the pipeline. Each prints its results on stdout and its diagnostics on
 * stderr, leaves no file half-written, and returns an enum status.
 */
#ifndef DRIVER_H
#define DRIVER_H

#include "base/arena.h"
#include "base/str.h"
#include "base/suggest.h"
#include "options.h"

int
driver_build(const struct options *o);
int
driver_check(const struct options *o);
int
driver_why(const struct options *o);
int
driver_doc(const struct options *o);
int
driver_test(const struct options *o);

/* Rebuilds the site of o->against in memory and compares it with the tree in o->operands[0]. */
int
driver_against(const struct options *o);

/* Appends the page of a rule of the library. If no rule has the code, appends nothing and offers
 * all codes to `near` (copied into the arena). Anything but STATUS_FINE: the library cannot be
 * read, which has been said. */
int
driver_explain(const struct options *o, const char *code, struct arena *a, struct str *page,
	struct suggest *near);

/* The day on which the built-in library was last right, such as "2026-08-22". */
const char *
driver_library_date(void);
/* Appends the SHA-256 of the built-in library in hex. */
void
driver_library_hash(struct str *out);

#endif
