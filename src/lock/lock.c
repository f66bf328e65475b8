/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: a stage and the facts of a build become egm.lock and both lists of sums. The format
 * stands in lock.h. */
#include "lock/lock.h"

#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "lock/lock_text.h"

#define PATH_MOST 4096

/* Neither empty, nor `.`, nor `..`. */
static bool
part_fits(const char *part, size_t len)
{
	return len && !(len == 1 && part[0] == '.') &&
		!(len == 2 && part[0] == '.' && part[1] == '.');
}

bool
lock_path_fits(const char *path, size_t len)
{
	size_t start = 0;

	if (len > PATH_MOST)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (i < len &&
			((unsigned char)path[i] < 0x20 || path[i] == 0x7f || path[i] == '\\'))
			return false;
		if (i < len && path[i] != '/')
			continue;
		if (!part_fits(path + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

void
lock_add_sum(struct str *out, const char *hex, const char *path)
{
	str_puts(out, hex);
	str_puts(out, "  ");
	str_puts(out, path);
	str_putc(out, '\n');
}

void
lock_tree_hash(const struct lock_file *files, size_t count, char hex[SHA256_HEX])
{
	struct str lines = STR_INIT;

	for (size_t i = 0; i < count; i++)
		lock_add_sum(&lines, files[i].sha256, files[i].path);
	hash_sha256(str_text(&lines), lines.len, hex);
	str_release(&lines);
}

void
lock_add_sums(const struct lock_file *files, size_t count, const struct lock_file *lock,
	struct str *sha256, struct str *xxh128)
{
	bool told = false;

	for (size_t i = 0; i <= count; i++) {
		if (!told && (i == count || strcmp(lock->path, files[i].path) < 0)) {
			lock_add_sum(sha256, lock->sha256, lock->path);
			lock_add_sum(xxh128, lock->xxh128, lock->path);
			told = true;
		}
		if (i < count) {
			lock_add_sum(sha256, files[i].sha256, files[i].path);
			lock_add_sum(xxh128, files[i].xxh128, files[i].path);
		}
	}
}

/* --- lines ---------------------------------------------------------------------------------- */

static void
add_escaped(struct str *out, const char *text, bool spaces)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f || *text == '\\' ||
			(spaces && *text == ' '))
			str_format(out, "\\x%02x", (unsigned)(unsigned char)*text);
		else
			str_putc(out, *text);
}

/* A field with another one behind it. */
static void
add_field(struct str *out, const char *text)
{
	if (strcmp(text, "-") == 0)
		str_puts(out, "\\x2d");
	else if (!*text)
		str_putc(out, '-');
	else
		add_escaped(out, text, true);
	str_putc(out, ' ');
}

static void
add_fact(struct str *out, const char *word, const char *text)
{
	str_puts(out, word);
	str_putc(out, ' ');
	add_escaped(out, text, false);
	str_putc(out, '\n');
}

static void
add_file(struct str *out, const char *word, const struct lock_file *f)
{
	str_format(out, "%s %s %s ", word, f->sha256, f->xxh128);
	add_escaped(out, f->path, false);
	str_putc(out, '\n');
}

static void
add_object(struct str *out, const struct lock_object *o)
{
	str_puts(out, "object ");
	add_field(out, o->kind);
	add_field(out, o->namespace);
	add_field(out, o->name);
	str_puts(out, o->path);
	str_putc(out, '\n');
}

/* --- files ---------------------------------------------------------------------------------- */

static int
by_path(const void *left, const void *right)
{
	return strcmp(
		((const struct lock_file *)left)->path, ((const struct lock_file *)right)->path);
}

static void
hash_file(struct lock_file *f, const char *path, const char *bytes, size_t len)
{
	f->path = path;
	hash_sha256(bytes, len, f->sha256);
	hash_xxh128(bytes, len, f->xxh128);
}

static struct lock_file *
hash_stage(const struct stage *s, size_t *count)
{
	struct lock_file *files = mem_new(s->files.count * sizeof(*files));

	*count = s->files.count;
	for (uint32_t i = 0; i < s->files.count; i++) {
		const struct stage_file *f = VEC_AT(&s->files, const struct stage_file, i);

		if (!lock_path_fits(f->path, strlen(f->path)))
			BUG("a file that no lock can name: %s", f->path);
		hash_file(&files[i], f->path, f->bytes, f->len);
	}
	qsort(files, *count, sizeof(*files), by_path);
	return files;
}

static void
add_inputs(struct str *out, const struct lock_facts *facts)
{
	struct lock_file *inputs = mem_new(facts->input_count * sizeof(*inputs));

	for (size_t i = 0; i < facts->input_count; i++)
		hash_file(&inputs[i], facts->inputs[i].path, facts->inputs[i].bytes,
			facts->inputs[i].len);
	qsort(inputs, facts->input_count, sizeof(*inputs), by_path);
	for (size_t i = 0; i < facts->input_count; i++)
		add_file(out, "input", &inputs[i]);
	mem_free(inputs);
}

static int
by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void
add_options(struct str *out, const struct lock_facts *facts)
{
	const char **sorted = mem_new(facts->option_count * sizeof(*sorted));

	for (size_t i = 0; i < facts->option_count; i++)
		sorted[i] = facts->options[i];
	qsort(sorted, facts->option_count, sizeof(*sorted), by_text);
	for (size_t i = 0; i < facts->option_count; i++)
		add_fact(out, "option", sorted[i]);
	mem_free(sorted);
}

static void
add_objects(struct str *out, const struct lock_facts *facts, const struct lock_file *files,
	size_t count)
{
	for (size_t i = 0; i < facts->object_count; i++) {
		const struct lock_object *o = &facts->objects[i];
		struct lock_file key = { .path = o->path };

		if (!bsearch(&key, files, count, sizeof(key), by_path))
			BUG("an object in %s, which is not written", o->path);
		add_object(out, o);
	}
}

static void
add_lock(struct str *out, const struct lock_facts *facts, const struct lock_file *files,
	size_t count)
{
	char tree[SHA256_HEX];

	str_puts(out, LOCK_HEAD "\n");
	add_fact(out, "tool", facts->tool);
	add_fact(out, "library", facts->library);
	add_fact(out, "edition", facts->edition);
	add_fact(out, "site", facts->site);
	add_fact(out, "target", facts->target);
	add_options(out, facts);
	add_inputs(out, facts);
	add_objects(out, facts, files, count);
	for (size_t i = 0; i < count; i++)
		add_file(out, "file", &files[i]);
	lock_tree_hash(files, count, tree);
	add_fact(out, "tree", tree);
}

void
lock_write(struct stage *out, const struct lock_facts *facts)
{
	struct str lock = STR_INIT, sha256 = STR_INIT, xxh128 = STR_INIT;
	struct lock_file self;
	size_t count;
	struct lock_file *files = hash_stage(out, &count);

	add_lock(&lock, facts, files, count);
	hash_file(&self, LOCK_FILE, lock.bytes, lock.len);
	lock_add_sums(files, count, &self, &sha256, &xxh128);
	stage_add(out, LOCK_FILE, lock.bytes, lock.len, false);
	stage_add(out, LOCK_SHA256, sha256.bytes, sha256.len, false);
	stage_add(out, LOCK_XXH128, xxh128.bytes, xxh128.len, false);
	str_release(&lock);
	str_release(&sha256);
	str_release(&xxh128);
	mem_free(files);
}
