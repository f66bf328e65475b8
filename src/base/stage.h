/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree of files that replaces another one whole. Files are added in memory; stage_commit() then
 *  - compares with what is there (by bytes, and whether a file is executable): if nothing differs,
 *    touches nothing;
 *  - refuses foreign files, symbolic links, special files, a target that is a file, a link, a mount
 *    point or the current folder, before the first write, naming them. Foreign is a file that is
 *    neither in the `owned` list nor made now; where nothing is owned, also one that would be made
 *    now with other bytes;
 *  - else writes the new tree beside the old one (DIR.egmc-new), hard-linking files that did not
 *    change, syncs it, exchanges both names in one call (renameat2 RENAME_EXCHANGE),
 *    or, where a system cannot, by two renames (over DIR.egmc-old) and a journal (DIR.egmc-journal)
 *    that the next stage_commit() or stage_recover() completes; then removes the old tree.
 *
 * A process that dies at any moment leaves the old tree or the new tree, whole; only between the
 * two renames does it stand under another name until the next of these calls. Two at once: the
 * second one is told so (DIR.egmc-lock, with flock(); one that a dead process left is harmless).
 * Missing parents of DIR are made. Modes of what is written are 0644 and 0755 whatever the umask;
 * times are not set. A file that comes into the old tree while the new one is being written is
 * kept, in DIR.egmc-kept.
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
	struct vec files; /* struct stage_file; sorted by path from stage_commit() on */
	bool no_exchange; /* always take the way of two renames */
	/* For tests: asked before each call that changes the file system, with its kind and name.
	 * An errno makes the call fail as if the system had said so; 0 lets it go on. */
	int (*before)(void *data, const char *what, const char *name);
	void *before_data;
};

enum stage_result {
	STAGE_SAME, /* nothing to do, nothing touched */
	STAGE_WRITTEN, /* the new tree stands; `why` says if the old one is still there */
	STAGE_FOREIGN, /* files, links or the like that are not ours are in the way; `why` names them */
	STAGE_UNFIT, /* the target, or a name beside it, is nothing to be replaced; `why` says why */
	STAGE_BUSY, /* another process is writing there */
	STAGE_FAILED /* the old tree stands, unless `why` says that the new one does */
};

struct stage_counts {
	unsigned written, linked, removed;
};

void
stage_init(struct stage *s);
void
stage_release(struct stage *s);
/* Copies path and bytes. A path that is already there, or is both a file and a folder, is a BUG of
 * stage_commit(). */
void
stage_add(struct stage *s, const char *path, const char *bytes, size_t len, bool executable);
/* owned: paths that an earlier run wrote there (from its lock), count of them. Sets all counts;
 * appends to why. */
enum stage_result
stage_commit(struct stage *s, const char *dir, const char *const *owned, size_t owned_count,
	struct stage_counts *counts, struct str *why);
/* Completes or undoes what a killed process left; says what it did in `why` (STAGE_SAME and empty:
 * nothing to do). */
enum stage_result
stage_recover(const char *dir, struct str *why);

#endif
