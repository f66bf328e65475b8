/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The new tree, beside the old one. Files are synced in groups: the first sync of a group carries
 * most of the others, so that a tree costs a few commits of the file system's journal, not one for
 * each file.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "base/stage_internal.h"

#define GROUP 64

struct writer {
	struct stage_work *work;
	int fd; /* the new tree */
	struct vec folders; /* const char *: those made, parents first */
	int files[GROUP]; /* written and not yet synced */
	unsigned count;
};

/* Some file systems cannot sync a folder and need not. */
static bool
sync_failed(int fd)
{
	return fsync(fd) && errno != EINVAL && errno != ENOTSUP;
}

/* A file that cannot be synced is as bad as one that cannot be written. */
static bool
sync_file(struct writer *w, int fd)
{
	if (!stage_blocked(w->work, "sync", "a new file") && !fsync(fd))
		return true;
	return stage_fails(w->work, "sync", "a new file");
}

/* Closes the files of the group; syncs them first, as long as all is `good`. */
static bool
end_group(struct writer *w, bool good)
{
	for (unsigned i = 0; i < w->count; i++) {
		good = good && sync_file(w, w->files[i]);
		if (close(w->files[i]) && good)
			good = stage_fails(w->work, "close", "a new file");
	}
	w->count = 0;
	return good;
}

static bool
write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
write_file(struct writer *w, const struct stage_file *f)
{
	int fd = -1;

	if (!stage_blocked(w->work, "create", f->path))
		fd = openat(
			w->fd, f->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return stage_fails(w->work, "create", f->path);
	/* From here on the descriptor belongs to the group, whatever happens. */
	w->files[w->count++] = fd;
	if (stage_blocked(w->work, "write", f->path) || !write_all(fd, f->bytes, f->len) ||
		fchmod(fd, f->executable ? 0755 : 0644))
		return stage_fails(w->work, "write", f->path);
	w->work->counts->written++;
	return w->count < GROUP || end_group(w, true);
}

/* A file that cannot be linked (too many links, not our own) is written like a new one. */
static bool
link_or_write(struct writer *w, const struct stage_file *f)
{
	if (stage_blocked(w->work, "link", f->path) ||
		linkat(w->work->there.fd, f->path, w->fd, f->path, 0))
		return write_file(w, f);
	w->work->counts->linked++;
	return true;
}

static bool
make_folder(struct writer *w, const char *path)
{
	if (stage_blocked(w->work, "mkdir", path) || mkdirat(w->fd, path, 0755) ||
		fchmodat(w->fd, path, 0755, 0))
		return stage_fails(w->work, "create", path);
	vec_push(&w->folders, &path);
	return true;
}

/* The folders of path that the file before it, in order, does not share. */
static bool
make_folders(struct writer *w, const char *path, const char *before)
{
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		size_t n = (size_t)(p - path);

		if (strncmp(path, before, n + 1) &&
			!make_folder(w, arena_copy(&w->work->arena, path, n)))
			return false;
	}
	return true;
}

static bool
write_files(struct writer *w)
{
	const struct stage *s = w->work->stage;
	const char *before = "";

	for (uint32_t i = 0; i < s->files.count; i++) {
		const struct stage_file *f = VEC_AT(&s->files, const struct stage_file, i);

		if (!make_folders(w, f->path, before))
			return false;
		if (!(w->work->same[i] ? link_or_write(w, f) : write_file(w, f)))
			return false;
		before = f->path;
	}
	return true;
}

static bool
sync_folder(struct writer *w, const char *path)
{
	int fd = openat(w->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && !stage_blocked(w->work, "sync", path) && !sync_failed(fd);

	if (!good)
		stage_fails(w->work, "sync", path);
	if (fd >= 0)
		close(fd);
	return good;
}

static bool
sync_folders(struct writer *w)
{
	for (uint32_t i = w->folders.count; i-- > 0;)
		if (!sync_folder(w, *VEC_AT(&w->folders, const char *, i)))
			return false;
	return sync_folder(w, ".");
}

bool
stage_write(struct stage_work *work)
{
	const char *name = work->names[NAME_NEW];
	struct writer w = { .work = work, .fd = -1 };
	bool good;

	if (stage_blocked(work, "mkdir", name) || mkdirat(work->parent, name, 0755) ||
		(w.fd = openat(work->parent, name,
			 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0 ||
		fchmod(w.fd, 0755)) {
		stage_fails(work, "create", name);
		if (w.fd >= 0)
			close(w.fd);
		return false;
	}
	vec_init(&w.folders, sizeof(const char *), false);
	good = end_group(&w, write_files(&w)) && sync_folders(&w);
	vec_release(&w.folders);
	close(w.fd);
	return good;
}
