/* SPDX-License-Identifier: Apache-2.0 */
/* The files in memory, and the order of what is done with them: look, lock, repair, look again if
 * need be, write, swap. */
#include "base/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/files.h"
#include "base/mem.h"
#include "base/stage_internal.h"

static const char *const suffixes[NAME_COUNT] = {
	[NAME_TARGET] = "",
	[NAME_NEW] = ".egmc-new",
	[NAME_OLD] = ".egmc-old",
	[NAME_JOURNAL] = ".egmc-journal",
	[NAME_LOCK] = ".egmc-lock",
	[NAME_KEPT] = ".egmc-kept",
};

void
stage_init(struct stage *s)
{
	*s = (struct stage){ 0 };
	arena_init(&s->arena);
	vec_init(&s->files, sizeof(struct stage_file), false);
}

void
stage_release(struct stage *s)
{
	arena_release(&s->arena);
	vec_release(&s->files);
}

static bool
is_sound(const char *path)
{
	for (size_t n;; path += n + 1) {
		n = strcspn(path, "/");
		if (!n || (n <= 2 && !memcmp(path, "..", n)))
			return false;
		if (!path[n])
			return true;
	}
}

void
stage_add(struct stage *s, const char *path, const char *bytes, size_t len, bool executable)
{
	struct stage_file f = { .len = len, .executable = executable };

	if (!is_sound(path))
		BUG("`%s` is no path of an output file", path);
	f.path = arena_copy(&s->arena, path, strlen(path));
	f.bytes = arena_copy(&s->arena, bytes, len);
	vec_push(&s->files, &f);
}

bool
stage_blocked(const struct stage_work *w, const char *what, const char *name)
{
	const struct stage *s = w->stage;

	errno = s && s->before ? s->before(s->before_data, what, name) : 0;
	return errno != 0;
}

bool
stage_fails(struct stage_work *w, const char *what, const char *name)
{
	int error = errno;

	str_format(w->why, "%scannot %s `%s`: ", w->why->len ? "; " : "", what, name);
	files_why(w->why, error);
	return false;
}

static int
compare_files(const void *x, const void *y)
{
	const struct stage_file *a = x, *b = y;

	return strcmp(a->path, b->path);
}

int
stage_compare_texts(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

uint32_t
stage_find(const struct stage *s, const char *path)
{
	struct stage_file key = { .path = path };
	const struct stage_file *f = NULL;

	if (s->files.count)
		f = bsearch(&key, s->files.data, s->files.count, sizeof(key), compare_files);
	return f ? (uint32_t)(f - (const struct stage_file *)s->files.data) : UINT32_MAX;
}

/* Sorts the files. Two of one name, or a file where another needs a folder, are bugs of a back
 * end. */
static void
settle_files(struct stage *s)
{
	struct str folder = STR_INIT;

	if (s->files.count)
		qsort(s->files.data, s->files.count, s->files.size, compare_files);
	for (uint32_t i = 0; i < s->files.count; i++) {
		const struct stage_file *f = VEC_AT(&s->files, const struct stage_file, i);

		if (i && !strcmp(f[-1].path, f->path))
			BUG("`%s` is made twice", f->path);
		for (const char *p = strchr(f->path, '/'); p; p = strchr(p + 1, '/')) {
			str_clear(&folder);
			str_add(&folder, f->path, (size_t)(p - f->path));
			if (stage_find(s, folder.bytes) != UINT32_MAX)
				BUG("`%s` is a file and a folder", folder.bytes);
		}
	}
	str_release(&folder);
}

/* Opens the parent; makes it, with its own parents, if asked to. False with errno. */
static bool
open_parent(struct stage_work *w, const char *path, bool make)
{
	struct str part = STR_INIT;
	const char *p = path;
	bool good = true;

	while (make && good && *p) {
		p += strspn(p, "/");
		p += strcspn(p, "/");
		str_clear(&part);
		str_add(&part, path, (size_t)(p - path));
		good = !stage_blocked(w, "mkdir", part.bytes) &&
			(!mkdir(part.bytes, 0777) || errno == EEXIST);
	}
	str_release(&part);
	if (good)
		w->parent = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return w->parent >= 0;
}

/* Splits dir into the folder above (returned, in the arena) and the names in it; NULL if it has no
 * name of its own. */
static const char *
split(struct stage_work *w, const char *dir)
{
	size_t len = strlen(dir);
	const char *base;

	while (len > 1 && dir[len - 1] == '/')
		len--;
	w->dir = arena_copy(&w->arena, dir, len);
	base = strrchr(w->dir, '/');
	base = base ? base + 1 : w->dir;
	if (!base[0] || !strcmp(base, ".") || !strcmp(base, ".."))
		return NULL;
	for (int i = 0; i < NAME_COUNT; i++)
		w->names[i] = arena_format(&w->arena, "%s%s", base, suffixes[i]);
	if (base == w->dir)
		return ".";
	return base == w->dir + 1 ? "/"
				  : arena_copy(&w->arena, w->dir, (size_t)(base - w->dir) - 1);
}

static void
begin(struct stage_work *w, struct stage *s, struct str *why)
{
	*w = (struct stage_work){
		.stage = s, .why = why, .parent = -1, .lock = -1, .there = { .fd = -1 }
	};
	arena_init(&w->arena);
}

static void
end(struct stage_work *w)
{
	stage_unlock(w);
	stage_tree_release(&w->there);
	if (w->parent >= 0)
		close(w->parent);
	arena_release(&w->arena);
}

static void
sort_owned(struct stage_work *w, const char *const *paths, size_t count)
{
	w->owned = ARENA_ARRAY(&w->arena, const char *, count);
	w->owned_count = count;
	if (!count)
		return;
	memcpy(w->owned, paths, count * sizeof(*paths));
	qsort(w->owned, count, sizeof(*w->owned), stage_compare_texts);
}

static void
count_removed(struct stage_work *w)
{
	for (uint32_t i = 0; i < w->there.entries.count; i++) {
		const struct stage_entry *e =
			VEC_AT(&w->there.entries, const struct stage_entry, i);

		w->counts->removed +=
			S_ISREG(e->mode) && stage_find(w->stage, e->path) == UINT32_MAX;
	}
}

static enum stage_result
write_and_swap(struct stage_work *w)
{
	if (stage_write(w) && stage_swap(w)) {
		count_removed(w);
		return STAGE_WRITTEN;
	}
	stage_give_up(w);
	return STAGE_FAILED;
}

/* With the lock: what was interrupted is completed, and what was seen without the lock is looked at
 * again if it moved. */
static enum stage_result
write_locked(struct stage_work *w, bool looked)
{
	struct str did = STR_INIT;
	enum stage_result result = stage_repair(w, &did);

	str_release(&did);
	if (result != STAGE_SAME && result != STAGE_WRITTEN)
		return result;
	if (!looked || stage_is_moved(w)) {
		result = stage_look(w);
		if (result != STAGE_WRITTEN)
			return result;
	}
	return write_and_swap(w);
}

static enum stage_result
commit(struct stage_work *w, const char *dir)
{
	const char *above = split(w, dir);
	enum stage_result result = STAGE_WRITTEN;
	bool looked = false;

	if (!above) {
		str_format(w->why, "`%s` cannot be replaced: name a folder inside it", dir);
		return STAGE_UNFIT;
	}
	if (open_parent(w, above, false)) {
		if (!stage_has_remains(w)) {
			result = stage_look(w);
			looked = true;
		}
	} else if (errno != ENOENT || !open_parent(w, above, true)) {
		stage_fails(w, "open", above);
		result = STAGE_FAILED;
	}
	if (result == STAGE_WRITTEN)
		result = stage_lock(w);
	return result == STAGE_WRITTEN ? write_locked(w, looked) : result;
}

enum stage_result
stage_commit(struct stage *s, const char *dir, const char *const *owned, size_t owned_count,
	struct stage_counts *counts, struct str *why)
{
	enum stage_result result;
	struct stage_work w;

	*counts = (struct stage_counts){ 0 };
	settle_files(s);
	begin(&w, s, why);
	w.counts = counts;
	sort_owned(&w, owned, owned_count);
	result = commit(&w, dir);
	if (result != STAGE_WRITTEN)
		*counts = (struct stage_counts){ 0 };
	end(&w);
	return result;
}

enum stage_result
stage_recover(const char *dir, struct str *why)
{
	enum stage_result result = STAGE_SAME;
	struct str did = STR_INIT;
	struct stage_work w;
	const char *above;

	begin(&w, NULL, why);
	above = split(&w, dir);
	if (above && open_parent(&w, above, false) && stage_has_remains(&w)) {
		result = stage_lock(&w);
		if (result == STAGE_WRITTEN)
			result = stage_repair(&w, &did);
		if (result == STAGE_WRITTEN)
			str_puts(why, str_text(&did));
	}
	str_release(&did);
	end(&w);
	return result;
}
