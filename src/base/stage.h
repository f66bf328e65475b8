/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree of files that replaces another one whole. Files are added in memory; stage_commit() then
 *  - compares with what is there (by bytes): if nothing differs, touches nothing;
 *  - refuses foreign files (in the way of nothing, but not ours: not in the `owned` list and not made now), symbolic links, special
 *    files, and a target that is a file, before the first write, naming them all;
 *  - else writes the new tree beside the old one (DIR.egmc-new), hard-linking files that did not change, syncs files and folders,
 *    exchanges both names in one call (renameat2 RENAME_EXCHANGE), or, where a system cannot, by two renames and a journal
 *    (DIR.egmc-journal) that the next stage_commit() or stage_recover() completes; then removes the old tree.
 * A process that dies at any moment leaves the old tree or the new tree, whole. Two at once: the second waits or says so (a lock
 * file DIR.egmc-lock with flock; stale ones are harmless). Modes are 0644 and 0755 whatever the umask; times are not set.
 */
#ifndef BASE_STAGE_H
#define BASE_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"

struct stage_file {
	const char *path; /* relative, `/` between parts, no `.` or `..` */
	const char *bytes;
	size_t len;
	bool executable;
};

struct stage {
	struct arena arena;
	struct vec files; /* struct stage_file */
};

enum stage_result {
	STAGE_SAME,    /* nothing to do, nothing touched */
	STAGE_WRITTEN,
	STAGE_REFUSED, /* foreign files or the like; `why` says which */
	STAGE_BUSY,    /* another process is writing there */
	STAGE_FAILED   /* a system call failed; the old tree stands */
};

struct stage_counts { unsigned written, linked, removed; };

void
stage_init(struct stage *s);
void
stage_release(struct stage *s);
/* Copies path and bytes. A path that is already there is a BUG. */
void
stage_add(struct stage *s, const char *path, const char *bytes, size_t len, bool executable);
/* owned: paths that an earlier run wrote there (from its lock), count of them. */
enum stage_result
stage_commit(struct stage *s, const char *dir, const char *const *owned, size_t owned_count,
	     struct stage_counts *counts, struct str *why);
/* Completes or undoes what a killed process left; says what it did in `why` (empty: nothing to do). */
enum stage_result
stage_recover(const char *dir, struct str *why);

#endif
