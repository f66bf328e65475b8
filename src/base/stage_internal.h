/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of staging share: stage.c (the order of things), stage_look.c (what is there),
 * stage_write.c (the new tree), stage_swap.c (the names).
 */
#ifndef BASE_STAGE_INTERNAL_H
#define BASE_STAGE_INTERNAL_H

#include <sys/stat.h>
#include "base/stage.h"

/* Names in the parent folder. */
enum stage_name { NAME_TARGET, NAME_NEW, NAME_OLD, NAME_JOURNAL, NAME_LOCK, NAME_KEPT, NAME_COUNT };

struct stage_entry {
	const char *path; /* below the tree */
	mode_t mode;
};

/* What stands on disk: fd is -1 if nothing does. */
struct stage_tree {
	int fd;
	struct vec entries; /* struct stage_entry, by path: a folder before what it holds */
};

/* One call of stage_commit() or stage_recover(). */
struct stage_work {
	struct stage *stage;
	const char *dir; /* as given, for messages; no slash at its end */
	const char *names[NAME_COUNT];
	struct arena arena;
	struct str *why;
	int parent; /* folder of all names; -1 if there is none yet */
	int lock; /* -1 if not held */
	struct stage_tree there;
	const char **owned; /* sorted */
	size_t owned_count;
	bool *same; /* by index of stage->files: needs no writing */
	bool swapped; /* the new tree has the name of the target */
	struct stage_counts *counts;
};

/* Whether the test's hook forbids what is about to be done; sets errno then. */
bool
stage_blocked(const struct stage_work *w, const char *what, const char *name);
/* Appends "cannot WHAT `NAME`: (errno)", after "; " if something is there; always false. */
bool
stage_fails(struct stage_work *w, const char *what, const char *name);
/* For texts in an array of pointers. */
int
stage_compare_texts(const void *x, const void *y);
/* The index of the file with that path, once they are sorted; UINT32_MAX if there is none. */
uint32_t
stage_find(const struct stage *s, const char *path);

/* Looks at the target: STAGE_WRITTEN says that something has to be written; STAGE_SAME,
 * STAGE_FOREIGN, STAGE_UNFIT, STAGE_FAILED. */
enum stage_result
stage_look(struct stage_work *w);
/* Whether the target is another one than when we looked. Who writes by these rules always changes
 * its inode. */
bool
stage_is_moved(const struct stage_work *w);
/* All entries below the folder `name` of the parent; false with errno. More than `most` entries (0:
 * any number) are E2BIG. */
bool
stage_scan(struct stage_work *w, const char *name, size_t most, struct stage_tree *t);
void
stage_tree_release(struct stage_tree *t);

/* Writes the new tree as NAME_NEW and syncs it. */
bool
stage_write(struct stage_work *w);

/* STAGE_WRITTEN if the lock is ours now, else STAGE_BUSY, STAGE_UNFIT or STAGE_FAILED. */
enum stage_result
stage_lock(struct stage_work *w);
void
stage_unlock(struct stage_work *w);
/* Whether a killed process left something. */
bool
stage_has_remains(const struct stage_work *w);
/* STAGE_WRITTEN if it did something, STAGE_SAME if nothing was to be done; what it did goes to
 * `did`. */
enum stage_result
stage_repair(struct stage_work *w, struct str *did);
/* The new tree takes the name of the target; the old one goes. */
bool
stage_swap(struct stage_work *w);
/* After a failure: removes the unfinished new tree, unless that would lose something. */
void
stage_give_up(struct stage_work *w);
/* Removes a tree of the parent folder with all that is in it; true if it is gone. */
bool
stage_remove(struct stage_work *w, const char *name);

#endif
