/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: the lock, the exchange of old and new, what a killed process left, and the removal of
 * trees. All calls are relative to the parent folder, which stays open.
 *
 * What may be found after a kill, and what it means: NEW without journal               an
 * unfinished new tree, or the old one after the exchange: goes journal, TARGET
 * the first rename did not happen, or both did: the rest goes journal, NEW, no TARGET
 * between the renames: NEW is whole and becomes TARGET, OLD goes OLD, neither TARGET nor NEW
 * somebody removed the new tree: OLD comes back journal, TARGET, NEW and OLD      somebody made a
 * target between the renames: nobody but him knows which one counts
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/stage_internal.h"

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif
#define TRIES 16 /* at a lock file that others remove */

/* Whether the name that was locked is still this file: its last owner removes it. */
static bool
is_current(const struct stage_work *w, int fd)
{
	struct stat mine, named;

	return !fstat(fd, &mine) &&
		!fstatat(w->parent, w->names[NAME_LOCK], &named, AT_SYMLINK_NOFOLLOW) &&
		mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

static enum stage_result
try_lock(struct stage_work *w, int *fd)
{
	const char *name = w->names[NAME_LOCK];
	struct stat st;

	*fd = -1;
	if (!stage_blocked(w, "lock", name))
		*fd = openat(w->parent, name,
			O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
	if (*fd < 0 || fstat(*fd, &st)) {
		stage_fails(w, "lock", name);
		return STAGE_FAILED;
	}
	if (!S_ISREG(st.st_mode)) {
		str_format(w->why, "`%s` is not a regular file", name);
		return STAGE_UNFIT;
	}
	if (!flock(*fd, LOCK_EX | LOCK_NB))
		return is_current(w, *fd) ? STAGE_WRITTEN : STAGE_SAME;
	if (errno == EWOULDBLOCK)
		return STAGE_BUSY;
	stage_fails(w, "lock", name);
	return STAGE_FAILED;
}

enum stage_result
stage_lock(struct stage_work *w)
{
	enum stage_result result = STAGE_SAME;
	int fd = -1;

	for (int i = 0; i < TRIES && result == STAGE_SAME; i++) {
		result = try_lock(w, &fd);
		if (result != STAGE_WRITTEN && fd >= 0)
			close(fd);
	}
	if (result == STAGE_WRITTEN)
		w->lock = fd;
	if (result == STAGE_SAME)
		result = STAGE_BUSY;
	if (result == STAGE_BUSY)
		str_format(w->why, "another process is writing `%s`", w->dir);
	return result;
}

void
stage_unlock(struct stage_work *w)
{
	if (w->lock < 0)
		return;
	/* Removed while it is still held, so that nobody can hold a name that is about to go. */
	unlinkat(w->parent, w->names[NAME_LOCK], 0);
	close(w->lock);
	w->lock = -1;
}

static bool
exists(const struct stage_work *w, enum stage_name name)
{
	struct stat st;

	return !fstatat(w->parent, w->names[name], &st, AT_SYMLINK_NOFOLLOW);
}

static bool
sync_parent(struct stage_work *w)
{
	if (!stage_blocked(w, "sync", ".") &&
		(!fsync(w->parent) || errno == EINVAL || errno == ENOTSUP))
		return true;
	return stage_fails(w, "sync", "the folder above");
}

static bool
move(struct stage_work *w, enum stage_name from, enum stage_name to)
{
	if (!stage_blocked(w, "rename", w->names[from]) &&
		!renameat(w->parent, w->names[from], w->parent, w->names[to]))
		return true;
	return stage_fails(w, "rename", w->names[from]);
}

/* Removes these entries and the folder itself; false with the first errno. What came in the
 * meantime stays, and with it the folder (ENOTEMPTY). */
static bool
remove_entries(struct stage_work *w, const char *name, const struct stage_tree *t)
{
	int error = 0;

	for (uint32_t i = t->entries.count; i-- > 0;) {
		const struct stage_entry *e = VEC_AT(&t->entries, const struct stage_entry, i);

		if (stage_blocked(w, "remove", e->path))
			return false;
		if (unlinkat(t->fd, e->path, S_ISDIR(e->mode) ? AT_REMOVEDIR : 0) &&
			errno != ENOENT && !error)
			error = errno;
	}
	if (!error && (stage_blocked(w, "remove", name) || unlinkat(w->parent, name, AT_REMOVEDIR)))
		error = errno;
	errno = error;
	return !error;
}

bool
stage_remove(struct stage_work *w, const char *name)
{
	struct stage_tree t;
	bool gone;

	if (!unlinkat(w->parent, name, 0) || errno == ENOENT)
		return true;
	gone = stage_scan(w, name, 0, &t) && remove_entries(w, name, &t);
	if (!gone)
		stage_fails(w, "remove", name);
	stage_tree_release(&t);
	return gone;
}

static bool
remove_journal(struct stage_work *w)
{
	const char *name = w->names[NAME_JOURNAL];

	if (!stage_blocked(w, "remove", name) && (!unlinkat(w->parent, name, 0) || errno == ENOENT))
		return true;
	return stage_fails(w, "remove", name);
}

bool
stage_has_remains(const struct stage_work *w)
{
	return exists(w, NAME_NEW) || exists(w, NAME_OLD) || exists(w, NAME_JOURNAL);
}

/* Gives the target its name back, if it has none. */
static bool
restore(struct stage_work *w, struct str *did)
{
	if (exists(w, NAME_TARGET))
		return true;
	if (exists(w, NAME_JOURNAL) && exists(w, NAME_NEW)) {
		str_format(did, "completed an interrupted write of `%s`", w->dir);
		return move(w, NAME_NEW, NAME_TARGET);
	}
	if (exists(w, NAME_OLD)) {
		str_format(did, "took back an interrupted write of `%s`", w->dir);
		return move(w, NAME_OLD, NAME_TARGET);
	}
	return true;
}

enum stage_result
stage_repair(struct stage_work *w, struct str *did)
{
	if (!stage_has_remains(w))
		return STAGE_SAME;
	if (exists(w, NAME_JOURNAL) && exists(w, NAME_TARGET) && exists(w, NAME_NEW) &&
		exists(w, NAME_OLD)) {
		str_format(w->why,
			"an interrupted write left `%s` and `%s`: remove them if `%s` is right",
			w->names[NAME_NEW], w->names[NAME_OLD], w->dir);
		return STAGE_UNFIT;
	}
	if (!restore(w, did) || !sync_parent(w))
		return STAGE_FAILED;
	if (!remove_journal(w) || !stage_remove(w, w->names[NAME_NEW]) ||
		!stage_remove(w, w->names[NAME_OLD]))
		return STAGE_FAILED;
	if (!did->len)
		str_format(did, "removed what an interrupted write of `%s` left", w->dir);
	return STAGE_WRITTEN;
}

/* 1: done, 0: failed, -1: this system cannot. */
static int
exchange(struct stage_work *w)
{
	const char *name = w->names[NAME_TARGET];

	if (w->stage->no_exchange)
		return -1;
	if (stage_blocked(w, "exchange", name))
		return stage_fails(w, "exchange", name);
#ifdef SYS_renameat2
	if (!syscall(
		    SYS_renameat2, w->parent, w->names[NAME_NEW], w->parent, name, RENAME_EXCHANGE))
		return 1;
	if (errno != ENOSYS && errno != EINVAL && errno != ENOTSUP)
		return stage_fails(w, "exchange", name);
#endif
	return -1;
}

/* That the journal is there says all; it is not read. */
static bool
write_journal(struct stage_work *w)
{
	const char *name = w->names[NAME_JOURNAL];
	int fd = -1;

	if (!stage_blocked(w, "journal", name))
		fd = openat(w->parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0644);
	if (fd < 0)
		return stage_fails(w, "create", name);
	if (close(fd))
		return stage_fails(w, "close", name);
	return sync_parent(w);
}

static bool
rename_twice(struct stage_work *w)
{
	if (!write_journal(w) || !move(w, NAME_TARGET, NAME_OLD))
		return false;
	if (!sync_parent(w) || !move(w, NAME_NEW, NAME_TARGET)) {
		move(w, NAME_OLD, NAME_TARGET);
		return false;
	}
	return true;
}

/* The old tree goes. If something came into it meanwhile, that is kept under another name. */
static void
remove_old(struct stage_work *w, enum stage_name name)
{
	int error;

	if (remove_entries(w, w->names[name], &w->there))
		return;
	error = errno;
	if (error == ENOTEMPTY && !exists(w, NAME_KEPT) &&
		!renameat(w->parent, w->names[name], w->parent, w->names[NAME_KEPT])) {
		str_format(w->why, "files that came while `%s` was written are kept in `%s`",
			w->dir, w->names[NAME_KEPT]);
		return;
	}
	errno = error;
	stage_fails(w, "remove", w->names[name]);
}

/* The names change here. True if they did; *old is what the old tree is called then. */
static bool
change_names(struct stage_work *w, enum stage_name *old)
{
	int done;

	*old = NAME_NEW;
	if (w->there.fd < 0)
		return move(w, NAME_NEW, NAME_TARGET);
	done = exchange(w);
	if (done >= 0)
		return done;
	*old = NAME_OLD;
	return rename_twice(w);
}

bool
stage_swap(struct stage_work *w)
{
	enum stage_name old;

	if (!change_names(w, &old))
		return false;
	w->swapped = true;
	if (!sync_parent(w)) {
		/* Without knowing that the exchange will last, nothing of the old tree may go. */
		str_puts(w->why, "; the new tree stands");
		return false;
	}
	if (w->there.fd >= 0 && (old == NAME_NEW || remove_journal(w)))
		remove_old(w, old);
	return true;
}

void
stage_give_up(struct stage_work *w)
{
	/* Between the two renames only stage_repair() knows what to do. */
	if (w->swapped || (w->there.fd >= 0 && !exists(w, NAME_TARGET)))
		return;
	if (remove_journal(w))
		stage_remove(w, w->names[NAME_NEW]);
}
