/* SPDX-License-Identifier: Apache-2.0 */
/* Comes in: a path and bytes. Goes out: the file with these bytes, or the file as it was and a
 * reason. */
#include "commands/replace.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/files.h"

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

/* Somebody else's file becomes ours where we may not give files away. */
static bool
take_over(int fd, const struct stat *old)
{
	struct stat own;

	if (fstat(fd, &own) != 0)
		return false;
	if ((own.st_uid != old->st_uid || own.st_gid != old->st_gid) &&
		fchown(fd, old->st_uid, old->st_gid) != 0 && errno != EPERM)
		return false;
	return fchmod(fd, old->st_mode & 07777) == 0;
}

static bool
fill(int fd, const struct stat *old, const char *bytes, size_t len)
{
	bool filled = write_all(fd, bytes, len) && take_over(fd, old) && fsync(fd) == 0;
	int error = errno;

	if (close(fd) != 0 && filled)
		return false;
	errno = error;
	return filled;
}

/* The name beside the file under which the new bytes are written. */
static void
name_beside(const char *path, struct str *name)
{
	const char *slash = strrchr(path, '/');

	str_add(name, path, slash ? (size_t)(slash - path) + 1 : 0);
	str_puts(name, ".egmc-XXXXXX");
}

static bool
replace_resolved(const char *path, const char *bytes, size_t len)
{
	struct stat old;
	struct str beside = STR_INIT;
	bool replaced;
	int fd, error;

	/* A name can be taken over whatever the mode of its file says; what its owner protected
	 * stays. */
	if (stat(path, &old) != 0 || access(path, W_OK) != 0)
		return false;
	name_beside(path, &beside);
	fd = mkstemp(beside.bytes);
	if (fd < 0) {
		str_release(&beside);
		return false;
	}
	replaced = fill(fd, &old, bytes, len) && rename(beside.bytes, path) == 0;
	error = errno;
	if (!replaced)
		unlink(beside.bytes);
	str_release(&beside);
	errno = error;
	return replaced;
}

bool
replace_file(const char *path, const char *bytes, size_t len, struct str *why)
{
	char resolved[PATH_MAX];

	if (realpath(path, resolved) && replace_resolved(resolved, bytes, len))
		return true;
	files_why(why, errno);
	return false;
}
