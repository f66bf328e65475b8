/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The new tree, beside the old one. It is synced once, as a whole, by syncing its file system: on
 * ordinary disks a tenth of the time of one sync for each file and folder. The price is that what
 * others have just written there is waited for as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "base/stage_internal.h"

struct writer {
	struct stage_work *work;
	int fd; /* the new tree */
};

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
	bool good;
	int fd = -1;

	if (!stage_blocked(w->work, "create", f->path))
		fd = openat(
			w->fd, f->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return stage_fails(w->work, "create", f->path);
	good = !stage_blocked(w->work, "write", f->path) && write_all(fd, f->bytes, f->len) &&
		!fchmod(fd, f->executable ? 0755 : 0644);
	if (!good)
		stage_fails(w->work, "write", f->path);
	/* Some file systems say only now that there was no room. */
	if (close(fd) && good)
		good = stage_fails(w->work, "write", f->path);
	w->work->counts->written += good;
	return good;
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
	good = write_files(&w);
	if (good && (stage_blocked(work, "sync", name) || syncfs(w.fd)))
		good = stage_fails(work, "sync", name);
	close(w.fd);
	return good;
}
