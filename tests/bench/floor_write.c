/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of writing: a program that knows all bytes and only writes them, as safely as egmc does:
 * a new tree beside the old one, synced once, then renamed. Usage:
 *   floor_write pack TREE FILE   puts a tree into one file
 *   floor_write FILE TREE        writes it out as a tree that is not there yet
 * In FILE each entry is "d PATH\n" or "f SIZE PATH\n" and the bytes; folders come before what they
 * hold. Ends with 1 if anything fails; it is a measure, not a tool.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void
need(int held, const char *what)
{
	if (held)
		return;
	perror(what);
	exit(1);
}

/* nftw() hands nothing on to its callback. */
static FILE *packed;
static size_t root_len;

static int
pack_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const char *below = path + root_len + 1;
	char buffer[1 << 16];
	size_t n;
	FILE *in;

	if (!at->level)
		return 0;
	if (type == FTW_D) {
		fprintf(packed, "d %s\n", below);
		return 0;
	}
	fprintf(packed, "f %lld %s\n", (long long)st->st_size, below);
	in = fopen(path, "rb");
	need(in != NULL, path);
	while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		fwrite(buffer, 1, n, packed);
	fclose(in);
	return 0;
}

static int
pack(const char *tree, const char *file)
{
	packed = fopen(file, "wb");
	root_len = strlen(tree);
	need(packed != NULL, file);
	need(!nftw(tree, pack_one, 16, FTW_PHYS), tree);
	need(!fclose(packed), file);
	return 0;
}

static void
write_one(int dir, const char *path, const char *bytes, size_t len)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	need(fd >= 0, path);
	while (len) {
		ssize_t n = write(fd, bytes, len);

		need(n > 0, path);
		bytes += n;
		len -= (size_t)n;
	}
	need(!fchmod(fd, 0644) && !close(fd), path);
}

/* Writes the entry at `at` and returns the next. */
static const char *
unpack_one(int dir, const char *at)
{
	const char *newline = strchr(at, '\n');
	char path[4096];
	char *rest;
	size_t len;

	if (*at == 'd') {
		snprintf(path, sizeof(path), "%.*s", (int)(newline - at - 2), at + 2);
		need(!mkdirat(dir, path, 0755), path);
		return newline + 1;
	}
	len = strtoul(at + 2, &rest, 10);
	snprintf(path, sizeof(path), "%.*s", (int)(newline - rest - 1), rest + 1);
	write_one(dir, path, newline + 1, len);
	return newline + 1 + len;
}

static int
unpack(const char *file, const char *tree)
{
	char beside[4096], above[4096];
	int in = open(file, O_RDONLY | O_CLOEXEC), dir, parent;
	struct stat st;
	const char *bytes, *at;

	need(in >= 0 && !fstat(in, &st), file);
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, in, 0);
	need(bytes != MAP_FAILED, file);
	snprintf(beside, sizeof(beside), "%s.new", tree);
	snprintf(above, sizeof(above), "%s", tree);
	parent = open(dirname(above), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	need(parent >= 0 && !mkdir(beside, 0755), beside);
	dir = open(beside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (at = bytes; at < bytes + st.st_size;)
		at = unpack_one(dir, at);
	need(!syncfs(dir), "sync");
	need(!rename(beside, tree), tree);
	need(!fsync(parent) || errno == EINVAL, "sync");
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "pack"))
		return pack(argv[2], argv[3]);
	if (argc == 3)
		return unpack(argv[1], argv[2]);
	fputs("usage: floor_write pack TREE FILE | floor_write FILE TREE\n", stderr);
	return 1;
}
