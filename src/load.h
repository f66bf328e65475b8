/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of an input become part of a program: those that the command line names, then all that
 * they use or include. A file is read once, however many ask for it, and comes before those that
 * use it. Nothing outside the project root is read but what the command line names.
 *
 * What a file says is wrong only with itself is EGM0009 (edition) or a fault of syntax; a file that
 * cannot be had is EGM0011 to EGM0013, at the `use`, `include` or `file`, or EGM0901 without a place for
 * one of the command line.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/atom.h"
#include "base/str.h"
#include "base/vec.h"
#include "check/program.h"

#define LOAD_EDITION    2026
#define LOAD_FILES_MOST 20000 /* in one run */
#define LOAD_DEPTH_MOST 100 /* of files that use each other */
#define LOAD_TEXT_MOST  1048576 /* bytes of a file that `file` names: what a text may have */

enum load_state { LOAD_NEW, LOAD_BEGUN, LOAD_DONE };

struct load_file {
	const char *path; /* below the root, '/' between parts; "<stdin>" in its folder */
	const char *shown; /* as people see it */
	uint32_t file; /* in program.source; 0: it could not be read */
	uint8_t state; /* enum load_state */
	bool manifest; /* taken in by `include` */
	bool sites_only; /* declares sites, and nothing that others than their heirs could notice */
	struct str text; /* its bytes, which program.source only refers to */
};

struct load {
	struct program *p;
	struct arena arena;
	const char *root; /* absolute and without links; NULL until something was loaded */
	struct atoms paths; /* of files; their number is the file's in `files` */
	struct vec files; /* struct load_file, in order of first mention */
	struct vec begun; /* uint32_t: files that are being loaded, each used by the one before */
	bool incomplete; /* a file is missing: what it would say must not be missed */
};

void
load_init(struct load *l, struct program *p);
/* After program_release(): the program's sources lie in here. */
void
load_release(struct load *l);
/* Reads and parses the files at `paths` ("-" is stdin) with all that they need, into p->files and
 * p->includes. root NULL: the project root of the first one's folder. False if checking makes no
 * sense, since a file is missing; syntax faults alone do not hinder it. */
bool
load_input(struct load *l, const char *const *paths, size_t count, const char *root);

#endif
