/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed OUT.c [NAME DIR SUFFIX]...: writes a C file with one table of files a NAME, as src/base/embedded.h
 * declares them: every file below DIR whose name ends with SUFFIX, hidden ones left out, sorted by the bytes
 * of the path. OUT.c is replaced only if it would change. Runs at build time and stops at the first fault.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct paths {
	char **at;
	size_t count, room;
};

static _Noreturn void
die(const char *what, const char *name)
{
	fprintf(stderr, "embed: %s: %s: %s\n", name, what, strerror(errno));
	exit(1);
}

static void *
checked(void *p)
{
	if (!p)
		die("memory", "allocation");
	return p;
}

/* "dir/name", or "name" below no dir. */
static char *
path_join(const char *dir, const char *name)
{
	size_t room = strlen(dir) + strlen(name) + 2;
	char *path = checked(malloc(room));

	snprintf(path, room, "%s%s%s", dir, *dir ? "/" : "", name);
	return path;
}

static void
paths_add(struct paths *all, char *path)
{
	if (all->count == all->room) {
		all->room = all->room ? 2 * all->room : 64;
		all->at = checked(realloc(all->at, all->room * sizeof *all->at));
	}
	all->at[all->count++] = path;
}

static bool
has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

/* Adds the files of root/below and of the folders in it, by their path below root. */
static void
collect(struct paths *all, const char *root, const char *below, const char *suffix)
{
	char *folder = *below ? path_join(root, below) : checked(strdup(root));
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (!dir)
		die("cannot open", folder);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		char *path = path_join(below, entry->d_name);
		char *full = path_join(folder, entry->d_name);
		struct stat st;
		if (stat(full, &st) < 0)
			die("cannot look at", full);
		if (S_ISREG(st.st_mode) && has_suffix(path, suffix)) {
			paths_add(all, path);
		} else {
			if (S_ISDIR(st.st_mode))
				collect(all, root, path, suffix);
			free(path);
		}
		free(full);
	}
	closedir(dir);
	free(folder);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The bytes of a file; a NUL follows them. */
static char *
file_read(const char *path, size_t *len)
{
	FILE *in = fopen(path, "rb");
	char *bytes = NULL;
	size_t room = 0, n = 0, got;

	if (!in)
		die("cannot open", path);
	do {
		room = room ? 2 * room : 1 << 16;
		bytes = checked(realloc(bytes, room));
		got = fread(bytes + n, 1, room - n - 1, in);
		n += got;
	} while (n == room - 1);
	if (ferror(in))
		die("cannot read", path);
	fclose(in);
	bytes[n] = '\0';
	*len = n;
	return bytes;
}

/* One string literal, a line of input a line. '?' is escaped for the sake of trigraphs. */
static void
print_literal(FILE *out, const char *bytes, size_t len)
{
	fputc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if (c == '\n')
			fputs(i + 1 < len ? "\\n\"\n\"" : "\\n", out);
		else if (c == '"' || c == '\\' || c == '?')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void
print_table(FILE *out, const char *name, const char *root, const char *suffix)
{
	struct paths all = { 0 };

	collect(&all, root, "", suffix);
	if (all.count)
		qsort(all.at, all.count, sizeof *all.at, by_bytes);
	fprintf(out, "\nconst struct embedded embedded_%s[] = {\n", name);
	for (size_t i = 0; i < all.count; i++) {
		char *full = path_join(root, all.at[i]);
		size_t len;
		char *bytes = file_read(full, &len);
		fprintf(out, "{ \"%s\", (const unsigned char *)\n", all.at[i]);
		print_literal(out, bytes, len);
		fprintf(out, ", %zu },\n", len);
		free(bytes);
		free(full);
		free(all.at[i]);
	}
	fprintf(out, "{ 0, 0, 0 },\n};\nconst size_t embedded_%s_count = %zu;\n", name, all.count);
	free(all.at);
}

static bool
file_has(const char *path, const char *bytes, size_t len)
{
	struct stat st;
	size_t old_len;

	if (stat(path, &st) < 0)
		return false;
	char *old = file_read(path, &old_len);
	bool same = old_len == len && memcmp(old, bytes, len) == 0;
	free(old);
	return same;
}

static void
file_write(const char *path, const char *bytes, size_t len)
{
	FILE *out = fopen(path, "wb");

	if (!out || fwrite(bytes, 1, len, out) != len || fclose(out) != 0) {
		int error = errno;
		remove(path);
		errno = error;
		die("cannot write", path);
	}
}

int
main(int argc, char **argv)
{
	char *bytes = NULL;
	size_t len;

	if (argc < 2 || (argc - 2) % 3 != 0) {
		fprintf(stderr, "usage: embed OUT.c [NAME DIR SUFFIX]...\n");
		return 2;
	}
	FILE *out = checked(open_memstream(&bytes, &len));
	fprintf(out,
		"/* Written by build-aux/embed; do not edit. */\n#include \"base/embedded.h\"\n");
	for (int i = 2; i < argc; i += 3)
		print_table(out, argv[i], argv[i + 1], argv[i + 2]);
	if (fclose(out) != 0)
		die("cannot make", argv[1]);
	if (!file_has(argv[1], bytes, len))
		file_write(argv[1], bytes, len);
	free(bytes);
	return 0;
}
