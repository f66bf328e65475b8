/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking: from trees to a program that evaluation can run. What comes in: parsed files, in load
 * order. What goes out: filled pools. What is refused: everything that SPEC section 10 lists, at
 * the library's or the user's own text.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "check/program.h"

/* Declares and checks the files from index `first` on. library: they belong to the library (and
 * may use all of the language). False if an error was reported. */
bool
check_files(struct program *p, uint32_t first, bool library);

/* The statements of one site (with its profiles) become contexts, parts and objects on top of
 * the library's; site_cut() takes them away again. */
struct site_mark {
	uint32_t contexts, vars, parts, objects, edges, numbers, types, words;
	bool reordered;
};
/* Returns false if an error was reported. chain: site first, then its profiles, outermost last. */
bool
check_site(struct program *p, const uint32_t *chain, uint32_t count, struct site_mark *mark);
void
check_site_cut(struct program *p, const struct site_mark *mark);

/* The statements of a site, profile, test or example. */
node_id
site_body(const struct program *p, uint32_t site);

/* Lists the columns in order with their parts, for --dump=columns. */
void
check_dump_columns(const struct program *p, struct str *out);

/* Is the text allowed by the type? false: *why says what is wrong with
 * it: "is not a port", "has 70 characters ...". */
bool
check_text(struct program *p, uint32_t type, const char *text, size_t len, struct str *why);

#endif
