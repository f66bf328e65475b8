/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the tree what its lock says? Comes in: a folder that may have been changed by anybody. Goes
 * out: faults, file by file. Refuses nothing: each trouble is a fault of its own.
 *
 * The lock is believed as far as it holds together; that it is the lock that egmc wrote, only a
 * signature over SHA256SUMS can tell.
 */
#include "lock/lock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/mem.h"
#include "lock/folder.h"
#include "lock/lock_text.h"

#define OTHERS_MOST     10000 /* files beyond those of the lock that are looked at */
#define SUM_FAULTS_MOST 20

struct checking {
	int dir;
	struct arena *arena;
	struct vec *faults;
	struct lock lock;
	struct lock_file self; /* egm.lock as it is */
};

/* Names in a foreign folder or list may hold what a terminal should not get. */
static const char *
printable(struct checking *c, const char *text)
{
	char *copy = arena_copy(c->arena, text, strlen(text));

	for (char *p = copy; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return copy;
}

static void
add_fault(struct checking *c, const char *path, const char *what)
{
	struct lock_fault f = { printable(c, path), printable(c, what) };

	vec_push(c->faults, &f);
}

static const char *
error_text(struct checking *c, int error)
{
	return arena_format(c->arena, "cannot be read: %s", strerror(error));
}

/* --- files ---------------------------------------------------------------------------------- */

/* NULL if the file is what the lock says. */
static const char *
compare_file(struct checking *c, const struct lock_file *f, struct str *text)
{
	char hex[SHA256_HEX];
	int error;

	str_clear(text);
	error = folder_read(c->dir, f->path, text);
	if (error)
		return error_text(c, error);
	hash_sha256(str_text(text), text->len, hex);
	if (strcmp(hex, f->sha256) != 0)
		return "changed";
	hash_xxh128(str_text(text), text->len, hex);
	return strcmp(hex, f->xxh128) != 0 ? "unchanged, but its XXH128 in the lock is wrong"
					   : NULL;
}

static const char *
compare_entry(struct checking *c, const struct lock_file *f, const struct folder_entry *e,
	struct str *text)
{
	switch (e->kind) {
	case FOLDER_FILE:
		return compare_file(c, f, text);
	case FOLDER_FOLDER:
		return "is a folder";
	case FOLDER_LINK:
		return "is a symbolic link";
	case FOLDER_SPECIAL:
		return "is no plain file";
	case FOLDER_UNREADABLE:
		return error_text(c, e->error);
	}
	return NULL;
}

static const char *
foreign_entry(struct checking *c, const struct folder_entry *e)
{
	switch (e->kind) {
	case FOLDER_FILE:
		return "not in the lock";
	case FOLDER_FOLDER:
		return NULL;
	case FOLDER_LINK:
		return "not in the lock, and a symbolic link";
	case FOLDER_SPECIAL:
		return "not in the lock, and no plain file";
	case FOLDER_UNREADABLE:
		return error_text(c, e->error);
	}
	return NULL;
}

static bool
is_sums(const char *path)
{
	return strcmp(path, LOCK_FILE) == 0 || strcmp(path, LOCK_SHA256) == 0 ||
		strcmp(path, LOCK_XXH128) == 0;
}

/* Both lists are sorted. */
static void
compare_lists(struct checking *c, const struct vec *entries)
{
	const struct vec *files = &c->lock.files;
	struct str text = STR_INIT;

	for (uint32_t i = 0, j = 0; i < files->count || j < entries->count;) {
		const struct lock_file *f =
			i < files->count ? VEC_AT(files, const struct lock_file, i) : NULL;
		const struct folder_entry *e =
			j < entries->count ? VEC_AT(entries, const struct folder_entry, j) : NULL;
		int order = !f ? 1 : !e ? -1 : strcmp(f->path, e->path);
		const char *path = f ? f->path : "", *what = "missing";

		if (e && order == 0)
			what = compare_entry(c, f, e, &text);
		else if (e && order > 0)
			what = is_sums(path = e->path) ? NULL : foreign_entry(c, e);
		if (what)
			add_fault(c, path, what);
		i += order <= 0;
		j += order >= 0;
	}
	str_release(&text);
}

static void
check_files(struct checking *c)
{
	size_t most = (size_t)c->lock.files.count * 2 + OTHERS_MOST;
	struct vec entries;

	vec_init(&entries, sizeof(struct folder_entry), false);
	if (folder_list(c->dir, most, c->arena, &entries))
		compare_lists(c, &entries);
	else
		add_fault(c, ".", "holds so many other files that they are not looked at");
	vec_release(&entries);
}

/* --- sums ----------------------------------------------------------------------------------- */

/* One list of sums while it is read. */
struct sums {
	struct checking *c;
	const char *name;
	size_t digits;
	bool wide; /* SHA-256, not XXH128 */
	bool *seen; /* by index of the file; the last is the lock */
	unsigned faults;
};

static void
sum_fault(struct sums *s, const char *what)
{
	if (++s->faults <= SUM_FAULTS_MOST)
		add_fault(s->c, s->name, what);
	else if (s->faults == SUM_FAULTS_MOST + 1)
		add_fault(s->c, s->name, "and more of this kind");
}

/* What the line should say about a path, and where it is counted. */
static const struct lock_file *
sum_file(struct sums *s, const char *path, size_t *index)
{
	const struct lock *l = &s->c->lock;
	const struct lock_file *f = lock_find(l, path);

	*index = f ? (size_t)(f - VEC_AT(&l->files, const struct lock_file, 0)) : l->files.count;
	if (!f && strcmp(path, LOCK_FILE) == 0)
		f = &s->c->self;
	return f;
}

/* A line without its end; it may be changed. */
static void
check_sum(struct sums *s, size_t number, char *line)
{
	struct arena *a = s->c->arena;
	const struct lock_file *f;
	size_t index;
	char *path;

	if (strspn(line, "0123456789abcdef") != s->digits ||
		strncmp(line + s->digits, "  ", 2) != 0 || !line[s->digits + 2]) {
		sum_fault(s, arena_format(a, "line %zu is no sum", number));
		return;
	}
	line[s->digits] = '\0';
	path = line + s->digits + 2;
	f = sum_file(s, path, &index);
	if (!f)
		sum_fault(s,
			arena_format(a, "line %zu names a file that is not in the lock: %s", number,
				path));
	else if (s->seen[index])
		sum_fault(s, arena_format(a, "line %zu names %s again", number, path));
	else if (strcmp(line, s->wide ? f->sha256 : f->xxh128) != 0)
		sum_fault(s, arena_format(a, "the sum of %s is not the one in the lock", path));
	if (f)
		s->seen[index] = true;
}

static void
check_sums_text(struct sums *s, struct str *text)
{
	const struct lock *l = &s->c->lock;
	size_t number = 0;

	s->seen = mem_new(l->files.count + (size_t)1);
	for (char *line = text->bytes, *end; line < text->bytes + text->len; line = end + 1) {
		end = line + strcspn(line, "\n");
		*end = '\0';
		check_sum(s, ++number, line);
	}
	for (uint32_t i = 0; i <= l->files.count; i++)
		if (!s->seen[i])
			sum_fault(s,
				arena_format(s->c->arena, "says nothing about %s",
					i < l->files.count
						? VEC_AT(&l->files, const struct lock_file, i)->path
						: LOCK_FILE));
	if (!s->faults)
		sum_fault(s, "is not written as egmc writes it");
	mem_free(s->seen);
}

static void
check_sums(struct checking *c, bool wide, const struct str *want)
{
	struct sums s = { .c = c, .wide = wide, .name = wide ? LOCK_SHA256 : LOCK_XXH128 };
	struct str text = STR_INIT;
	int error = folder_read(c->dir, s.name, &text);

	s.digits = wide ? SHA256_HEX - 1 : XXH128_HEX - 1;
	if (error == ENOENT)
		add_fault(c, s.name, "missing");
	else if (error)
		add_fault(c, s.name, error == ELOOP ? "is a symbolic link" : error_text(c, error));
	else if (text.len != want->len ||
		(text.len && memcmp(text.bytes, want->bytes, text.len) != 0))
		check_sums_text(&s, (str_text(&text), &text));
	str_release(&text);
}

/* --- the lock ------------------------------------------------------------------------------- */

static void
check_tree_hash(struct checking *c)
{
	char hex[SHA256_HEX];

	lock_tree_hash(c->lock.files.data, c->lock.files.count, hex);
	if (strcmp(hex, c->lock.tree) != 0)
		add_fault(c, LOCK_FILE, "the hash of the tree is not that of its files");
}

static int
by_path(const void *left, const void *right)
{
	const struct lock_fault *a = left, *b = right;
	int c = strcmp(a->path, b->path);

	return c ? c : strcmp(a->what, b->what);
}

static bool
read_lock(struct checking *c)
{
	struct str text = STR_INIT, why = STR_INIT;
	int error = folder_read(c->dir, LOCK_FILE, &text);
	bool fine = false;

	if (error == ENOENT)
		add_fault(c, LOCK_FILE, "missing");
	else if (error)
		add_fault(
			c, LOCK_FILE, error == ELOOP ? "is a symbolic link" : error_text(c, error));
	else if (!(fine = lock_parse(str_text(&text), text.len, c->arena, &c->lock, &why)))
		add_fault(c, LOCK_FILE,
			arena_format(c->arena, "cannot be read as a lock: %s", str_text(&why)));
	c->self.path = LOCK_FILE;
	hash_sha256(str_text(&text), text.len, c->self.sha256);
	hash_xxh128(str_text(&text), text.len, c->self.xxh128);
	str_release(&text);
	str_release(&why);
	return fine;
}

static void
check_all(struct checking *c)
{
	struct str sha256 = STR_INIT, xxh128 = STR_INIT;

	if (read_lock(c)) {
		check_tree_hash(c);
		check_files(c);
		lock_add_sums(c->lock.files.data, c->lock.files.count, &c->self, &sha256, &xxh128);
		check_sums(c, true, &sha256);
		check_sums(c, false, &xxh128);
	}
	lock_release(&c->lock);
	str_release(&sha256);
	str_release(&xxh128);
}

bool
lock_check(const char *dir, struct arena *a, struct vec *faults)
{
	struct checking c = { .arena = a, .faults = faults };
	uint32_t first = faults->count;

	c.dir = folder_open(dir);
	if (c.dir < 0) {
		add_fault(&c, ".", error_text(&c, errno));
		return false;
	}
	check_all(&c);
	close(c.dir);
	if (faults->count > first)
		qsort(VEC_AT(faults, struct lock_fault, first), faults->count - first, faults->size,
			by_path);
	return faults->count == first;
}
