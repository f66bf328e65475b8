/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files for tests: a folder that is made for the run and removed with all that is in it. Paths are
 * kept short and formatted; a call that fails ends the program, since the test would prove nothing.
 */
#ifndef TESTS_UNIT_DISK_H
#define TESTS_UNIT_DISK_H

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DISK_PATH 600

static inline void
disk_need(int held, const char *what)
{
	if (held)
		return;
	printf("Bail out! %s\n", what);
	perror(what);
	exit(1);
}

/* A new folder, below $TMPDIR or /tmp. */
static inline void
disk_open(char root[DISK_PATH])
{
	const char *above = getenv("TMPDIR");

	snprintf(root, DISK_PATH, "%s/egmc-unit-XXXXXX", above && above[0] ? above : "/tmp");
	disk_need(mkdtemp(root) != NULL, root);
}

static inline int
disk_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static inline void
disk_close(const char *root)
{
	nftw(root, disk_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* root/name; the text is good until the eighth call after it. */
static inline const char *
disk_path(const char *root, const char *name)
{
	static char paths[8][2 * DISK_PATH];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", root, name);
	return path;
}

static inline void
disk_mkdir(const char *root, const char *name)
{
	disk_need(!mkdir(disk_path(root, name), 0755), name);
}

static inline void
disk_write(const char *root, const char *name, const char *text)
{
	FILE *f = fopen(disk_path(root, name), "w");

	disk_need(f && fputs(text, f) >= 0 && !fclose(f), name);
}

static inline void
disk_link(const char *root, const char *name, const char *target)
{
	disk_need(!symlink(target, disk_path(root, name)), name);
}

static inline int
disk_exists(const char *root, const char *name)
{
	struct stat st;

	return !lstat(disk_path(root, name), &st);
}

#endif
