/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The library becomes part of a program: the built-in one, or all `.egm` files below a folder. Its
 * files are shown as `<std>/core/site.egm`, and load in the order of the bytes of their paths.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <stdbool.h>
#include "base/str.h"
#include "check/program.h"

/* Fills a fresh program: files, library_files, library_nodes, library_date and all that checking
 * gives. dir NULL: the built-in library. False if anything was reported (EGM0901 without a place if
 * the folder cannot be read). */
bool
library_load(struct program *p, const char *dir);
/* Appends the SHA-256, in hex, of the lines `SHA-256 of a file, two spaces, its path`, in the order
 * of loading: what `sha256sum` prints of them. Of the program's library, or the built-in one for
 * NULL. */
void
library_hash(const struct program *p, struct str *out);
/* Appends the day on which the built-in library was last right, "2026-08-22": the default of its
 * site's `as-of`. Nothing if it has none. */
void
library_date(struct str *out);

#endif
