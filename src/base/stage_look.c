/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands on disk, compared with the files in memory. Nothing is changed here; refused is
 * everything that somebody else may miss.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/stage_internal.h"

#define NAMES_MOST   20 /* listed in a refusal */
#define FOREIGN_MOST 10000 /* entries beyond ours after which nobody needs to look further */

static int
compare_entries(const void *x, const void *y)
{
	const struct stage_entry *a = x, *b = y;

	return strcmp(a->path, b->path);
}

static const struct stage_entry *
find_entry(const struct stage_tree *t, const char *path)
{
	struct stage_entry key = { .path = path };

	if (!t->entries.count)
		return NULL;
	return bsearch(&key, t->entries.data, t->entries.count, sizeof(key), compare_entries);
}

/* The path of an entry of a folder below the tree. */
static char *
entry_path(struct stage_work *w, const char *folder, const char *name)
{
	return arena_format(&w->arena, "%s%s%s", folder, folder[0] ? "/" : "", name);
}

/* Adds the entries of one open folder; closes it. */
static bool
scan_folder(struct stage_work *w, DIR *dir, const char *folder, struct stage_tree *t)
{
	struct dirent *d;
	struct stat st;
	int error;

	for (errno = 0; (d = readdir(dir)); errno = 0) {
		struct stage_entry e;

		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		/* What is gone by now is none of ours. */
		if (fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		e = (struct stage_entry){ entry_path(w, folder, d->d_name), st.st_mode };
		vec_push(&t->entries, &e);
	}
	error = errno;
	closedir(dir);
	errno = error;
	return !error;
}

static DIR *
open_folder(int tree, const char *folder)
{
	int fd = openat(
		tree, folder[0] ? folder : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

bool
stage_scan(struct stage_work *w, const char *name, size_t most, struct stage_tree *t)
{
	const char *folder = "";

	vec_init(&t->entries, sizeof(struct stage_entry), false);
	t->fd = openat(w->parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (t->fd < 0)
		return false;
	/* Folders that were found are walked in their turn; no depth can hurt. */
	for (uint32_t i = 0;; i++) {
		DIR *dir = open_folder(t->fd, folder);

		if (!dir || !scan_folder(w, dir, folder, t))
			return false;
		if (most && t->entries.count > most) {
			errno = E2BIG;
			return false;
		}
		while (i < t->entries.count &&
			!S_ISDIR(VEC_AT(&t->entries, struct stage_entry, i)->mode))
			i++;
		if (i >= t->entries.count)
			break;
		folder = VEC_AT(&t->entries, struct stage_entry, i)->path;
	}
	if (t->entries.count)
		qsort(t->entries.data, t->entries.count, t->entries.size, compare_entries);
	return true;
}

void
stage_tree_release(struct stage_tree *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	vec_release(&t->entries);
}

static bool
has_bytes(int fd, const char *bytes, size_t len)
{
	char buffer[65536];

	for (;;) {
		ssize_t n = read(fd, buffer, sizeof(buffer));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return !n && !len;
		if ((size_t)n > len || memcmp(buffer, bytes, (size_t)n))
			return false;
		bytes += n;
		len -= (size_t)n;
	}
}

/* A file that cannot be read is not the same: it is written anew. */
static bool
is_same(const struct stage_tree *t, const struct stage_file *f)
{
	const struct stage_entry *e = find_entry(t, f->path);
	struct stat st;
	bool same;
	int fd;

	if (!e || !S_ISREG(e->mode) || !(e->mode & S_IXUSR) == f->executable)
		return false;
	fd = openat(t->fd, f->path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	same = !fstat(fd, &st) && S_ISREG(st.st_mode) && (size_t)st.st_size == f->len &&
		has_bytes(fd, f->bytes, f->len);
	close(fd);
	return same;
}

/* How many folders the files need. */
static uint32_t
count_folders(const struct stage *s)
{
	const char *before = "";
	uint32_t count = 0;

	for (uint32_t i = 0; i < s->files.count; i++) {
		const char *path = VEC_AT(&s->files, const struct stage_file, i)->path;

		for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/'))
			count += strncmp(path, before, (size_t)(p - path) + 1) != 0;
		before = path;
	}
	return count;
}

/* Compares all files; true if nothing is to be done. */
static bool
compare(struct stage_work *w)
{
	const struct stage *s = w->stage;
	bool all = true;

	w->same = ARENA_ARRAY(&w->arena, bool, s->files.count);
	for (uint32_t i = 0; i < s->files.count; i++) {
		w->same[i] = is_same(&w->there, VEC_AT(&s->files, const struct stage_file, i));
		all = all && w->same[i];
	}
	/* All of ours are there, so what is more is a stale file or an empty folder. */
	return all && w->there.entries.count == s->files.count + count_folders(s);
}

static bool
is_foreign(const struct stage_work *w, const char *path)
{
	uint32_t made = stage_find(w->stage, path);

	if (made != UINT32_MAX && (w->owned_count || w->same[made]))
		return false;
	return !w->owned_count ||
		!bsearch(&path, w->owned, w->owned_count, sizeof(*w->owned), stage_compare_texts);
}

/* A list of names that ends somewhere. */
struct listing {
	struct str text;
	size_t count;
};

static void
list(struct listing *l, const char *name)
{
	if (l->count++ < NAMES_MOST)
		str_format(&l->text, "%s`%s`", l->text.len ? ", " : "", name);
}

static void
report(struct stage_work *w, struct listing *l, const char *what)
{
	if (l->count) {
		str_format(w->why, "%s`%s` holds %s: %s", w->why->len ? "; " : "", w->dir, what,
			l->text.bytes);
		if (l->count > NAMES_MOST)
			str_format(w->why, " and %zu more", l->count - NAMES_MOST);
	}
	str_release(&l->text);
}

/* False, with the names, if something there is not ours. */
static bool
judge(struct stage_work *w)
{
	struct listing foreign = { .text = STR_INIT }, special = { .text = STR_INIT };
	bool good;

	for (uint32_t i = 0; i < w->there.entries.count; i++) {
		const struct stage_entry *e =
			VEC_AT(&w->there.entries, const struct stage_entry, i);

		if (S_ISREG(e->mode)) {
			if (is_foreign(w, e->path))
				list(&foreign, e->path);
		} else if (!S_ISDIR(e->mode)) {
			list(&special, e->path);
		}
	}
	good = !foreign.count && !special.count;
	report(w, &foreign, "files that egmc did not write");
	report(w, &special, "symbolic links or special files");
	return good;
}

/* Whether a target of this kind can be replaced. */
static bool
is_replaceable(struct stage_work *w, const struct stat *st)
{
	struct stat parent, here;

	if (S_ISLNK(st->st_mode))
		str_format(w->why, "`%s` is a symbolic link", w->dir);
	else if (!S_ISDIR(st->st_mode))
		str_format(w->why, "`%s` is not a folder", w->dir);
	else if (!fstat(w->parent, &parent) && parent.st_dev != st->st_dev)
		str_format(w->why,
			"`%s` is a mount point, which cannot be replaced: name a folder inside it",
			w->dir);
	else if (!stat(".", &here) && here.st_dev == st->st_dev && here.st_ino == st->st_ino)
		str_format(w->why,
			"`%s` is the current folder, which cannot be replaced: go elsewhere",
			w->dir);
	else
		return true;
	return false;
}

static enum stage_result
scan_target(struct stage_work *w)
{
	size_t most = (size_t)w->stage->files.count + count_folders(w->stage) + 2 * w->owned_count +
		FOREIGN_MOST;

	if (stage_scan(w, w->names[NAME_TARGET], most, &w->there))
		return STAGE_WRITTEN;
	if (errno == E2BIG) {
		str_format(w->why, "`%s` holds thousands of files that egmc did not write", w->dir);
		return STAGE_FOREIGN;
	}
	stage_fails(w, "read", w->dir);
	return STAGE_FAILED;
}

enum stage_result
stage_look(struct stage_work *w)
{
	enum stage_result result;
	struct stat st;

	stage_tree_release(&w->there);
	if (fstatat(w->parent, w->names[NAME_TARGET], &st, AT_SYMLINK_NOFOLLOW)) {
		w->same = ARENA_ARRAY(&w->arena, bool, w->stage->files.count);
		if (errno == ENOENT)
			return STAGE_WRITTEN;
		stage_fails(w, "read", w->dir);
		return STAGE_FAILED;
	}
	if (!is_replaceable(w, &st))
		return STAGE_UNFIT;
	result = scan_target(w);
	if (result != STAGE_WRITTEN)
		return result;
	if (compare(w))
		return STAGE_SAME;
	return judge(w) ? STAGE_WRITTEN : STAGE_FOREIGN;
}

bool
stage_is_moved(const struct stage_work *w)
{
	struct stat seen, now;
	bool there = !fstatat(w->parent, w->names[NAME_TARGET], &now, AT_SYMLINK_NOFOLLOW);

	if (w->there.fd < 0 || !there)
		return there || w->there.fd >= 0;
	return fstat(w->there.fd, &seen) || seen.st_dev != now.st_dev || seen.st_ino != now.st_ino;
}
