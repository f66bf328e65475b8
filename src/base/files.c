/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names to bytes. Refused: what is no regular file, what is too large, and below a root what lies
 * outside it. Nothing here waits: FIFOs are opened without blocking and then refused. What vanishes
 * between two calls is an ordinary fault.
 */
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef SYS_openat2
#include <linux/openat2.h>
#endif
#include "base/source.h"
#include "base/vec.h"

#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define LINKS_MOST 40 /* as the kernel */
#define TRIES      16 /* of a call that lost a race against a rename */

static const char special_text[] = "not a regular file";

void
files_why(struct str *why, int error)
{
	const char *text = strerror(error);
	size_t at = why->len;

	str_puts(why, text);
	/* "Permission denied" reads better inside a sentence; "RPC ..." stays. */
	if (text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z')
		why->bytes[at] = (char)(text[0] - 'A' + 'a');
}

static enum files_fault
fault(enum files_fault f, const char *text, struct str *why)
{
	str_puts(why, text);
	return f;
}

static enum files_fault
fault_of_open(int error, struct str *why)
{
	if (error == EXDEV)
		return fault(FILES_OUTSIDE, "lies outside the project root", why);
	if (error == ENXIO || error == ENODEV)
		return fault(FILES_SPECIAL, special_text, why);
	files_why(why, error);
	return FILES_MISSING;
}

/* Everything up to the end of the file, at most SOURCE_MAX bytes. */
static enum files_fault
read_all(int fd, size_t expected, struct str *out, struct str *why)
{
	size_t start = out->len;

	for (;;) {
		/* One byte more than expected shows the end without another allocation. */
		size_t room =
			expected >= out->len - start ? expected - (out->len - start) + 1 : 65536;
		ssize_t n = read(fd, str_room(out, room), room);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			files_why(why, errno);
			return FILES_UNREADABLE;
		}
		str_grew(out, (size_t)n);
		if (!n)
			return FILES_OK;
		if (out->len - start > SOURCE_MAX)
			return fault(FILES_TOO_LARGE, "larger than 256 MiB", why);
	}
}

/* Reads and closes fd. Unless `any`, it has to be a regular file. */
static enum files_fault
read_and_close(int fd, bool any, struct str *out, struct str *why)
{
	size_t start = out->len;
	enum files_fault result;
	struct stat st;

	if (fstat(fd, &st)) {
		files_why(why, errno);
		result = FILES_UNREADABLE;
	} else if (S_ISDIR(st.st_mode)) {
		result = fault(FILES_SPECIAL, "a directory", why);
	} else if (!any && !S_ISREG(st.st_mode)) {
		result = fault(FILES_SPECIAL, special_text, why);
	} else if (S_ISREG(st.st_mode) && st.st_size > (off_t)SOURCE_MAX) {
		result = fault(FILES_TOO_LARGE, "larger than 256 MiB", why);
	} else {
		result = read_all(fd, S_ISREG(st.st_mode) ? (size_t)st.st_size : 0, out, why);
	}
	close(fd);
	if (result != FILES_OK && out->bytes) {
		out->len = start;
		out->bytes[start] = '\0';
	}
	return result;
}

/* The descriptor that "-", "/dev/stdin" or "/dev/fd/N" name, else -1. A shell's <(command) is such
 * a name. */
static int
named_descriptor(const char *path)
{
	static const char prefix[] = "/dev/fd/";
	int fd = 0;

	if (!strcmp(path, "-") || !strcmp(path, "/dev/stdin"))
		return STDIN_FILENO;
	if (strncmp(path, prefix, sizeof(prefix) - 1) || !path[sizeof(prefix) - 1])
		return -1;
	for (const char *p = path + sizeof(prefix) - 1; *p; p++) {
		if (*p < '0' || *p > '9' || fd > 100000)
			return -1;
		fd = fd * 10 + (*p - '0');
	}
	return fd;
}

enum files_fault
files_read(const char *path, struct str *out, struct str *why)
{
	int given = named_descriptor(path);
	int fd;

	if (given >= 0)
		fd = fcntl(given, F_DUPFD_CLOEXEC, 0);
	else
		fd = open(path, OPEN_FLAGS);
	if (fd < 0)
		return fault_of_open(errno, why);
	return read_and_close(fd, given >= 0, out, why);
}

/* A walk below a root, where the kernel does not do it for us. */
struct walk {
	struct vec dirs; /* int: open directories, the root first */
	struct str rest; /* what is still to be walked */
	unsigned links;
};

static int
walk_top(const struct walk *w)
{
	return *VEC_AT(&w->dirs, int, w->dirs.count - 1);
}

static bool
walk_up(struct walk *w)
{
	if (w->dirs.count < 2)
		return false;
	close(walk_top(w));
	vec_cut(&w->dirs, w->dirs.count - 1);
	return true;
}

/* Takes the first part off the rest; false if there is none. */
static bool
walk_part(struct walk *w, struct str *part)
{
	char *p = w->rest.bytes;
	size_t n;

	while (*p == '/')
		p++;
	n = strcspn(p, "/");
	str_clear(part);
	str_add(part, p, n);
	p += n;
	w->rest.len -= (size_t)(p - w->rest.bytes);
	memmove(w->rest.bytes, p, w->rest.len + 1);
	return n > 0;
}

/* Puts the target of a symbolic link before the rest. */
static int
walk_link(struct walk *w, int link)
{
	char target[4096];
	ssize_t n = readlinkat(link, "", target, sizeof(target) - 1);
	struct str whole = STR_INIT;

	if (n < 0)
		return errno;
	if (++w->links > LINKS_MOST)
		return ELOOP;
	if (target[0] == '/')
		return EXDEV;
	str_add(&whole, target, (size_t)n);
	str_puts(&whole, w->rest.bytes);
	str_release(&w->rest);
	w->rest = whole;
	return 0;
}

/* One part: up, into a directory, along a link, or (*file) to the end. An errno, or 0. */
static int
walk_step(struct walk *w, const char *part, int *file)
{
	struct stat st;
	int error = 0;
	int fd;

	if (!strcmp(part, "."))
		return 0;
	if (!strcmp(part, ".."))
		return walk_up(w) ? 0 : EXDEV;
	fd = openat(walk_top(w), part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (fstat(fd, &st)) {
		error = errno;
	} else if (S_ISLNK(st.st_mode)) {
		error = walk_link(w, fd);
	} else if (S_ISDIR(st.st_mode)) {
		vec_push(&w->dirs, &fd);
		return 0;
	} else if (w->rest.bytes[0]) {
		error = ENOTDIR;
	} else {
		*file = openat(walk_top(w), part, OPEN_FLAGS | O_NOFOLLOW);
		error = *file < 0 ? errno : 0;
	}
	close(fd);
	return error;
}

/* A descriptor, or -1 with errno. */
static int
open_walking(int root, const char *path)
{
	struct walk w = { .rest = STR_INIT };
	struct str part = STR_INIT;
	int start = fcntl(root, F_DUPFD_CLOEXEC, 0);
	int file = -1;
	int error = start < 0 ? errno : path[0] == '/' ? EXDEV : path[0] ? 0 : ENOENT;

	vec_init(&w.dirs, sizeof(int), false);
	if (start >= 0)
		vec_push(&w.dirs, &start);
	str_puts(&w.rest, path);
	while (!error && file < 0 && walk_part(&w, &part))
		error = walk_step(&w, part.bytes, &file);
	if (!error && file < 0)
		error = EISDIR;
	while (walk_up(&w))
		;
	if (start >= 0)
		close(start);
	vec_release(&w.dirs);
	str_release(&w.rest);
	str_release(&part);
	errno = error;
	return error ? -1 : file;
}

/* A descriptor, or -1 with errno; ENOSYS or EPERM if the kernel (or a filter before it) has no such
 * call. */
static int
open_beneath(int root, const char *path)
{
#ifdef SYS_openat2
	struct open_how how = { .flags = OPEN_FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	long fd = -1;

	for (int i = 0; i < TRIES; i++) {
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return (int)fd;
#else
	(void)root, (void)path;
	errno = ENOSYS;
	return -1;
#endif
}

static enum files_fault
read_below(const char *root, const char *path, bool walk, struct str *out, struct str *why)
{
	int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = -1;
	int error;

	if (dir < 0)
		return fault_of_open(errno, why);
	if (!walk)
		fd = open_beneath(dir, path);
	if (walk || (fd < 0 && (errno == ENOSYS || errno == EPERM)))
		fd = open_walking(dir, path);
	error = errno;
	close(dir);
	if (fd >= 0)
		return read_and_close(fd, false, out, why);
	if (error == EISDIR)
		return fault(FILES_SPECIAL, "a directory", why);
	return fault_of_open(error, why);
}

enum files_fault
files_read_below(const char *root, const char *path, struct str *out, struct str *why)
{
	return read_below(root, path, false, out, why);
}

enum files_fault
files_read_walking(const char *root, const char *path, struct str *out, struct str *why)
{
	return read_below(root, path, true, out, why);
}

static bool
is_root(const char *dir)
{
	static const char *const marks[] = { ".egm-root", ".git", ".hg", ".jj" };
	struct str path = STR_INIT;
	struct stat st;
	bool found = false;

	for (size_t i = 0; !found && i < sizeof(marks) / sizeof(marks[0]); i++) {
		str_clear(&path);
		str_format(&path, "%s/%s", dir, marks[i]);
		found = !lstat(path.bytes, &st);
	}
	str_release(&path);
	return found;
}

void
files_project_root(const char *dir, struct str *out)
{
	char *start = realpath(dir, NULL);
	struct str at = STR_INIT;
	bool found;

	str_puts(&at, start ? start : "");
	found = start && is_root(at.bytes);
	/* "/" itself is looked at as the empty text. */
	while (!found && at.len > 1) {
		at.len = (size_t)(strrchr(at.bytes, '/') - at.bytes);
		at.bytes[at.len] = '\0';
		found = is_root(at.bytes);
	}
	if (found)
		str_puts(out, at.len ? at.bytes : "/");
	else
		str_puts(out, start ? start : dir);
	free(start);
	str_release(&at);
}

/* Takes the last part off what stands behind start; false if there is none, or if it is `..`
 * itself. */
static bool
fold_up(struct str *out, size_t start)
{
	size_t at = out->len;

	while (at > start && out->bytes[at - 1] != '/')
		at--;
	if (out->len == start || !strcmp(out->bytes + at, ".."))
		return false;
	out->len = at > start ? at - 1 : start;
	out->bytes[out->len] = '\0';
	return true;
}

enum fold { FOLD_DIR, FOLD_ABSOLUTE_DIR, FOLD_PATH };

static void
add_part(struct str *out, size_t start, const char *part, size_t n)
{
	if (out->len > start)
		str_putc(out, '/');
	str_add(out, part, n);
}

/* Adds the parts of path behind out. Where nothing is left to fold, `..` stays in a relative
 * folder, means nothing in an absolute one, and is a fault in what is joined to them. */
static bool
fold(struct str *out, size_t start, const char *path, enum fold kind)
{
	for (size_t n; *path; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (n == 2 && !memcmp(path, "..", 2)) {
			if (fold_up(out, start))
				continue;
			if (kind == FOLD_PATH)
				return false;
			if (kind == FOLD_ABSOLUTE_DIR)
				continue;
		}
		if (n && !(n == 1 && path[0] == '.'))
			add_part(out, start, path, n);
	}
	return true;
}

bool
files_join(const char *dir, const char *path, struct str *out)
{
	bool absolute = dir[0] == '/';
	size_t start;

	if (path[0] == '/')
		return false;
	str_puts(out, absolute ? "/" : "");
	start = out->len;
	fold(out, start, dir, absolute ? FOLD_ABSOLUTE_DIR : FOLD_DIR);
	if (!fold(out, start, path, FOLD_PATH))
		return false;
	if (out->len == start && !absolute)
		str_putc(out, '.');
	return true;
}
