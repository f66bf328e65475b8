/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a lock, from whoever wrote it. Comes in: any bytes. Goes out: struct lock. Refuses
 * whatever the format in lock.h does not say: lines out of order, paths that lead elsewhere, a last
 * line without its end. One pass, no recursion, memory in the size of the file.
 *
 * The table says which words there are, in their order, how often each may come, and who reads its
 * line.
 */
#include "lock/lock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lock/folder.h"
#include "lock/lock_text.h"

struct parsing {
	const char *at, *end; /* of the current line, what is left of it */
	struct arena *arena;
	struct lock *lock;
	const char *why; /* what is wrong */
};

typedef bool
parse_line(struct parsing *p, size_t member);

struct word {
	const char *text;
	bool many; /* any number of lines; else exactly one */
	size_t member; /* of struct lock */
	parse_line *parse;
};

static bool
refuse(struct parsing *p, const char *why)
{
	p->why = why;
	return false;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes \xHH. NULL if something cannot be undone, or gives a NUL. */
static const char *
unescape(struct parsing *p, const char *text, size_t len)
{
	char *out = arena_copy(p->arena, text, len);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int high, low;

		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return NULL;
		out[n++] = text[i];
		if (text[i] != '\\')
			continue;
		if (len - i < 4 || text[i + 1] != 'x' || (high = hex_digit(text[i + 2])) < 0 ||
			(low = hex_digit(text[i + 3])) < 0 || !(high * 16 + low))
			return NULL;
		out[n - 1] = (char)(high * 16 + low);
		i += 3;
	}
	out[n] = '\0';
	return out;
}

/* The text up to the next space, which is taken too; NULL if there is none. */
static const char *
take_field(struct parsing *p, size_t *len)
{
	const char *field = p->at, *space = memchr(field, ' ', (size_t)(p->end - field));

	if (!space)
		return NULL;
	*len = (size_t)(space - field);
	p->at = space + 1;
	return field;
}

static const char *
take_name(struct parsing *p)
{
	size_t len = 0;
	const char *field = take_field(p, &len);

	if (!field || !len)
		return NULL;
	return len == 1 && *field == '-' ? "" : unescape(p, field, len);
}

static bool
is_hex(const char *text, size_t len, size_t want)
{
	if (len != want)
		return false;
	for (size_t i = 0; i < len; i++)
		if (hex_digit(text[i]) < 0)
			return false;
	return true;
}

static bool
take_hash(struct parsing *p, char *hex, size_t digits)
{
	size_t len = 0;
	const char *field = take_field(p, &len);

	if (!field || !is_hex(field, len, digits))
		return refuse(p, "a hash is missing or malformed");
	memcpy(hex, field, digits);
	hex[digits] = '\0';
	return true;
}

/* What is left of the line. */
static const char *
take_rest(struct parsing *p)
{
	return unescape(p, p->at, (size_t)(p->end - p->at));
}

static struct vec *
member_vec(struct parsing *p, size_t member)
{
	return (struct vec *)((char *)p->lock + member);
}

static bool
parse_fact(struct parsing *p, size_t member)
{
	const char *text = take_rest(p);

	if (!text)
		return refuse(p, "a text is malformed");
	*(const char **)((char *)p->lock + member) = text;
	return true;
}

static bool
parse_hash(struct parsing *p, size_t member)
{
	if (!is_hex(p->at, (size_t)(p->end - p->at), SHA256_HEX - 1))
		return refuse(p, "a hash is missing or malformed");
	return parse_fact(p, member);
}

static bool
parse_option(struct parsing *p, size_t member)
{
	const char *text = take_rest(p);

	if (!text)
		return refuse(p, "a text is malformed");
	vec_push(member_vec(p, member), &text);
	return true;
}

static bool
take_file(struct parsing *p, struct lock_file *f)
{
	if (!take_hash(p, f->sha256, SHA256_HEX - 1) || !take_hash(p, f->xxh128, XXH128_HEX - 1))
		return false;
	f->path = take_rest(p);
	return f->path || refuse(p, "a path is malformed");
}

static bool
parse_input(struct parsing *p, size_t member)
{
	struct lock_file f;

	if (!take_file(p, &f))
		return false;
	vec_push(member_vec(p, member), &f);
	return true;
}

static bool
is_reserved(const char *path)
{
	return strcmp(path, LOCK_FILE) == 0 || strcmp(path, LOCK_SHA256) == 0 ||
		strcmp(path, LOCK_XXH128) == 0;
}

static bool
parse_file(struct parsing *p, size_t member)
{
	struct vec *files = member_vec(p, member);
	struct lock_file f;

	if (!take_file(p, &f))
		return false;
	if (!lock_path_fits(f.path, strlen(f.path)) || is_reserved(f.path))
		return refuse(p, "a path that cannot be a file of the tree");
	if (files->count &&
		strcmp(VEC_AT(files, struct lock_file, files->count - 1)->path, f.path) >= 0)
		return refuse(p, "files are not sorted");
	vec_push(files, &f);
	return true;
}

static bool
parse_object(struct parsing *p, size_t member)
{
	struct lock_object o;

	o.kind = take_name(p);
	o.namespace = o.kind ? take_name(p) : NULL;
	o.name = o.namespace ? take_name(p) : NULL;
	o.path = o.name ? take_rest(p) : NULL;
	if (!o.path)
		return refuse(p, "an object is malformed");
	vec_push(member_vec(p, member), &o);
	return true;
}

#define MEMBER(name) offsetof(struct lock, name)

static const struct word words[] = {
	{ "tool", false, MEMBER(tool), parse_fact },
	{ "library", false, MEMBER(library), parse_hash },
	{ "edition", false, MEMBER(edition), parse_fact },
	{ "site", false, MEMBER(site), parse_fact },
	{ "target", false, MEMBER(target), parse_fact },
	{ "option", true, MEMBER(options), parse_option },
	{ "input", true, MEMBER(inputs), parse_input },
	{ "object", true, MEMBER(objects), parse_object },
	{ "file", true, MEMBER(files), parse_file },
	{ "tree", false, MEMBER(tree), parse_hash },
};
#define WORD_COUNT (sizeof(words) / sizeof(*words))

/* The word that a line starts with, and the space behind it. */
static bool
starts_with(const char *at, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - at) > len && memcmp(at, word, len) == 0 && at[len] == ' ';
}

/* `next` is the first row of the table that may still come. */
static bool
parse_body_line(struct parsing *p, size_t *next)
{
	for (; *next < WORD_COUNT; ++*next) {
		const struct word *w = &words[*next];

		if (starts_with(p->at, p->end, w->text)) {
			p->at += strlen(w->text) + 1;
			*next += !w->many;
			return w->parse(p, w->member);
		}
		if (!w->many)
			break;
	}
	return refuse(p, "a line that cannot stand here");
}

static bool
parse_lines(struct parsing *p, const char *bytes, const char *end, struct str *why)
{
	size_t line = 0, next = 0;

	for (const char *at = bytes; at < end; at = p->end + 1) {
		bool fine;

		p->at = at;
		p->end = memchr(at, '\n', (size_t)(end - at));
		line++;
		if (!p->end) {
			str_format(why, "line %zu: the end of the file is missing", line);
			return false;
		}
		if (line == 1)
			fine = ((size_t)(p->end - at) == strlen(LOCK_HEAD) &&
				       memcmp(at, LOCK_HEAD, strlen(LOCK_HEAD)) == 0) ||
				refuse(p, "not a lock of this version (" LOCK_HEAD ")");
		else
			fine = parse_body_line(p, &next);
		if (!fine) {
			str_format(why, "line %zu: %s", line, p->why);
			return false;
		}
	}
	if (next < WORD_COUNT)
		str_puts(why, line ? "the end of the file is missing" : "the file is empty");
	return next == WORD_COUNT;
}

static bool
check_objects(const struct lock *l, struct str *why)
{
	for (uint32_t i = 0; i < l->objects.count; i++) {
		const char *path = VEC_AT(&l->objects, struct lock_object, i)->path;

		if (!lock_find(l, path)) {
			str_puts(why, "an object lies in a file that is not listed");
			return false;
		}
	}
	return true;
}

bool
lock_parse(const char *bytes, size_t len, struct arena *a, struct lock *out, struct str *why)
{
	struct parsing p = { .arena = a, .lock = out };

	*out = (struct lock){ 0 };
	vec_init(&out->options, sizeof(const char *), false);
	vec_init(&out->inputs, sizeof(struct lock_file), false);
	vec_init(&out->objects, sizeof(struct lock_object), false);
	vec_init(&out->files, sizeof(struct lock_file), false);
	return parse_lines(&p, bytes, bytes + len, why) && check_objects(out, why);
}

void
lock_release(struct lock *l)
{
	vec_release(&l->options);
	vec_release(&l->inputs);
	vec_release(&l->objects);
	vec_release(&l->files);
}

static int
by_path(const void *path, const void *file)
{
	return strcmp(path, ((const struct lock_file *)file)->path);
}

const struct lock_file *
lock_find(const struct lock *l, const char *path)
{
	if (!l->files.count)
		return NULL;
	return bsearch(path, l->files.data, l->files.count, sizeof(struct lock_file), by_path);
}

/* The paths of the files, and of the three that are not listed. */
static const char *const *
owned_paths(const struct lock *l, struct arena *a, size_t *count)
{
	const char **paths = ARENA_ARRAY(a, const char *, l->files.count + 3);

	for (uint32_t i = 0; i < l->files.count; i++)
		paths[i] = VEC_AT(&l->files, struct lock_file, i)->path;
	paths[l->files.count] = LOCK_FILE;
	paths[l->files.count + 1] = LOCK_SHA256;
	paths[l->files.count + 2] = LOCK_XXH128;
	*count = l->files.count + 3;
	return paths;
}

bool
lock_owned(
	const char *dir, struct arena *a, const char *const **paths, size_t *count, struct str *why)
{
	int folder = folder_open(dir), error = folder < 0 ? errno : 0;
	struct str text = STR_INIT;
	struct lock l = { 0 };
	bool fine = false;

	*paths = NULL;
	*count = 0;
	if (!error) {
		error = folder_read(folder, LOCK_FILE, &text);
		close(folder);
	}
	if (!error)
		fine = lock_parse(str_text(&text), text.len, a, &l, why);
	else if (error != ENOENT)
		str_puts(why, strerror(error));
	if (fine)
		*paths = owned_paths(&l, a, count);
	lock_release(&l);
	str_release(&text);
	return fine;
}
