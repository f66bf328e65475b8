/* SPDX-License-Identifier: Apache-2.0 */
/* Comes in: a folder, which may hold anything. One folder is open at a time, so depth costs names
 * and no descriptors. */
#include "lock/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/source.h"

#define READ_STEP 65536

int
folder_open(const char *dir)
{
	return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static enum folder_kind
kind_of(int folder, const char *name, int *error)
{
	struct stat st;

	*error = 0;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		*error = errno;
		return FOLDER_UNREADABLE;
	}
	return S_ISREG(st.st_mode)    ? FOLDER_FILE
		: S_ISDIR(st.st_mode) ? FOLDER_FOLDER
		: S_ISLNK(st.st_mode) ? FOLDER_LINK
				      : FOLDER_SPECIAL;
}

/* The entries of one folder, "" for the topmost. False if there were too many. */
static bool
list_one(DIR *d, const char *path, size_t most, struct arena *a, struct vec *entries)
{
	struct dirent *e;

	while ((e = readdir(d))) {
		struct folder_entry entry;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (entries->count >= most)
			return false;
		entry.path = arena_format(a, "%s%s%s", path, *path ? "/" : "", e->d_name);
		entry.kind = kind_of(dirfd(d), e->d_name, &entry.error);
		vec_push(entries, &entry);
	}
	return true;
}

static DIR *
open_below(int dir, const char *path)
{
	int fd = openat(dir, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	int error = errno;

	if (!d && fd >= 0)
		close(fd);
	errno = error;
	return d;
}

static int
by_path(const void *left, const void *right)
{
	return strcmp(((const struct folder_entry *)left)->path,
		((const struct folder_entry *)right)->path);
}

bool
folder_list(int dir, size_t most, struct arena *a, struct vec *entries)
{
	uint32_t first = entries->count, next = first;
	const char *path = "";
	bool all = true;

	most += first;
	for (;;) {
		DIR *d = open_below(dir, path);

		if (d) {
			all = list_one(d, path, most, a, entries);
			closedir(d);
		} else if (next > first) {
			VEC_AT(entries, struct folder_entry, next - 1)->error = errno;
			VEC_AT(entries, struct folder_entry, next - 1)->kind = FOLDER_UNREADABLE;
		}
		while (next < entries->count &&
			VEC_AT(entries, struct folder_entry, next)->kind != FOLDER_FOLDER)
			next++;
		if (!all || next == entries->count)
			break;
		path = VEC_AT(entries, struct folder_entry, next++)->path;
	}
	if (entries->count > first)
		qsort(VEC_AT(entries, struct folder_entry, first), entries->count - first,
			entries->size, by_path);
	return all;
}

static int
read_all(int fd, struct str *out)
{
	size_t start = out->len;

	for (;;) {
		ssize_t n = read(fd, str_room(out, READ_STEP), READ_STEP);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		str_grew(out, (size_t)n);
		if (!n)
			return 0;
		if (out->len - start > SOURCE_MAX)
			return EFBIG;
	}
}

int
folder_read(int dir, const char *path, struct str *out)
{
	int fd = openat(dir, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int error;

	if (fd < 0)
		return errno;
	error = fstat(fd, &st) != 0 ? errno : S_ISREG(st.st_mode) ? read_all(fd, out) : EINVAL;
	close(fd);
	return error;
}
