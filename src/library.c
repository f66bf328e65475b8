/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comes in: bytes inside the program, or a folder. Goes out: a checked program that knows the
 * domain. Refused: a folder that cannot be read or holds no library, whatever does not parse or
 * check, and `use` and `include`, since a library is all of its files and nothing else.
 */
#include "library.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/embedded.h"
#include "base/files.h"
#include "base/hash.h"
#include "check/check.h"
#include "check/image.h"
#include "grammar/grammar.h"

#define PREFIX     "<std>/"
#define SUFFIX     ".egm"
#define DEPTH_MOST 32 /* of folders: more is a link that leads back up */

static const struct span nowhere = { 0, 0, 0 };

/* Folders */

struct folder {
	struct program *p;
	const char *dir;
	struct arena arena;
	struct vec paths; /* const char *, below dir */
	bool failed;
};

static void
cannot_read(struct folder *f, const char *path, const char *why)
{
	diag_add(&f->p->diags, EGM0901, nowhere, "cannot read `%s`: %s", path, why);
	f->failed = true;
}

static void
cannot_read_now(struct folder *f, const char *path)
{
	struct str why = STR_INIT;

	files_why(&why, errno);
	cannot_read(f, path, str_text(&why));
	str_release(&why);
}

static bool
is_library_file(const char *name)
{
	size_t n = strlen(name), m = strlen(SUFFIX);

	return n > m && strcmp(name + n - m, SUFFIX) == 0;
}

static void
list(struct folder *f, const char *below, unsigned depth);

/* One name of a folder: a file of the library, a folder, or nothing of ours. */
static void
look_at(struct folder *f, const char *below, const char *name, unsigned depth)
{
	const char *path = arena_format(&f->arena, "%s%s%s", below, *below ? "/" : "", name);
	const char *whole = arena_format(&f->arena, "%s/%s", f->dir, path);
	struct stat st;

	if (stat(whole, &st))
		cannot_read_now(f, whole);
	else if (S_ISDIR(st.st_mode))
		list(f, path, depth + 1);
	else if (is_library_file(name))
		vec_push(&f->paths, &path);
}

static void
list(struct folder *f, const char *below, unsigned depth)
{
	const char *whole = arena_format(&f->arena, "%s%s%s", f->dir, *below ? "/" : "", below);
	struct dirent *e;
	DIR *dir;

	if (depth > DEPTH_MOST) {
		cannot_read(f, whole, "folders are nested too deeply");
		return;
	}
	dir = opendir(whole);
	if (!dir) {
		cannot_read_now(f, whole);
		return;
	}
	while (!f->failed && (errno = 0, e = readdir(dir)))
		if (e->d_name[0] != '.')
			look_at(f, below, e->d_name, depth);
	if (!f->failed && errno)
		cannot_read_now(f, whole);
	closedir(dir);
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Files */

static void
refuse_uses(struct program *p, const struct ast_file *f)
{
	for (node_id n = f->first; n; n = NODE_AT(p, n)->next)
		if (NODE_AT(p, n)->kind == NODE_USE || NODE_AT(p, n)->kind == NODE_INCLUDE)
			diag_add(&p->diags, EGM0008, NODE_AT(p, n)->span,
				"%s cannot stand in the library, which is all of its files anyway",
				ast_kind_name((enum node_kind)NODE_AT(p, n)->kind));
}

static uint32_t
add_source(struct program *p, const char *path, const char *bytes, size_t len, bool keep)
{
	struct str name = STR_INIT;
	uint32_t file;

	str_format(&name, PREFIX "%s", path);
	file = source_add(&p->source, str_text(&name), bytes, len, true, keep);
	str_release(&name);
	return file;
}

static void
parse(struct program *p, const char *path, const char *bytes, size_t len, bool keep)
{
	struct grammar_input in = { &p->atoms, &p->source, &p->diags, &p->ast };
	struct ast_file file;

	grammar_parse(&in, add_source(p, path, bytes, len, keep), &file);
	refuse_uses(p, &file);
	vec_push(&p->files, &file);
}

static void
parse_embedded(struct program *p)
{
	for (size_t i = 0; i < embedded_library_count; i++) {
		const struct embedded *e = &embedded_library[i];

		parse(p, e->path, (const char *)e->bytes, e->len, true);
	}
}

static void
parse_listed(struct folder *f)
{
	struct str text = STR_INIT, why = STR_INIT;

	for (uint32_t i = 0; !f->failed && i < f->paths.count; i++) {
		const char *path = *VEC_AT(&f->paths, const char *, i);
		const char *whole = arena_format(&f->arena, "%s/%s", f->dir, path);

		str_clear(&text);
		if (files_read(whole, &text, &why) != FILES_OK)
			cannot_read(f, whole, str_text(&why));
		else
			parse(f->p, path, str_text(&text), text.len, false);
	}
	str_release(&text);
	str_release(&why);
}

static void
parse_folder(struct program *p, const char *dir)
{
	struct folder f = { .p = p, .dir = dir };

	arena_init(&f.arena);
	vec_init(&f.paths, sizeof(const char *), false);
	list(&f, "", 0);
	if (!f.failed && !f.paths.count)
		cannot_read(&f, dir, "it holds no file of a library (" SUFFIX ")");
	if (!f.failed) {
		qsort(f.paths.data, f.paths.count, sizeof(const char *), compare_paths);
		parse_listed(&f);
	}
	vec_release(&f.paths);
	arena_release(&f.arena);
}

/* The default of the site's `as-of`: the day up to which the library knows the releases. */
static node_id
find_date(const struct program *p)
{
	for (uint32_t f = 0; f < p->files.count; f++)
		for (node_id n = VEC_AT(&p->files, struct ast_file, f)->first; n;
			n = NODE_AT(p, n)->next) {
			if (NODE_AT(p, n)->kind != NODE_DECL_BLOCK ||
				NODE_AT(p, n)->a != p->words_.site)
				continue;
			for (node_id m = NODE_AT(p, n)->kid[2]; m; m = NODE_AT(p, m)->next)
				if (NODE_AT(p, m)->kind == NODE_MEMBER &&
					NODE_AT(p, m)->a == p->words_.as_of)
					return NODE_AT(p, m)->kid[2];
		}
	return 0;
}

/* The library as it was checked when egmc was built. False if this program holds none that fits. */
static bool
take_image(struct program *p)
{
	if (!&embedded_image)
		return false;
	for (size_t i = 0; i < embedded_library_count; i++)
		add_source(p, embedded_library[i].path, (const char *)embedded_library[i].bytes,
			embedded_library[i].len, true);
	if (image_read(p, embedded_image.bytes, embedded_image.len))
		return true;
	source_release(&p->source);
	source_init(&p->source);
	return false;
}

bool
library_load(struct program *p, const char *dir)
{
	if (!dir && take_image(p))
		return true;
	if (dir)
		parse_folder(p, dir);
	else
		parse_embedded(p);
	p->library_files = p->files.count;
	p->library_nodes = ast_count(&p->ast);
	p->library_date = find_date(p);
	if (!p->diags.errors)
		check_files(p, 0, true);
	p->library_nodes = ast_count(&p->ast); /* checking writes nodes of its own */
	return !p->diags.errors;
}

/* What it is called */

static void
add_sum(struct str *lines, const char *path, const char *bytes, size_t len)
{
	char hex[SHA256_HEX];

	hash_sha256(bytes, len, hex);
	str_format(lines, "%s  %s\n", hex, path);
}

void
library_hash(const struct program *p, struct str *out)
{
	struct str lines = STR_INIT;
	char hex[SHA256_HEX];

	if (!p && &embedded_image) {
		str_puts(out, embedded_image.hash);
		return;
	}
	for (uint32_t i = 0; p && i < p->library_files; i++) {
		const struct source_file *s =
			source_file(&p->source, VEC_AT(&p->files, struct ast_file, i)->file);

		add_sum(&lines, s->name + strlen(PREFIX), s->bytes, s->len);
	}
	for (size_t i = 0; !p && i < embedded_library_count; i++)
		add_sum(&lines, embedded_library[i].path, (const char *)embedded_library[i].bytes,
			embedded_library[i].len);
	hash_sha256(str_text(&lines), lines.len, hex);
	str_puts(out, hex);
	str_release(&lines);
}

void
library_date(struct str *out)
{
	struct program p;

	program_init(&p);
	if (!take_image(&p)) {
		parse_embedded(&p);
		p.library_date = find_date(&p);
	}
	str_puts(out, program_text(&p, NODE_AT(&p, p.library_date)->a));
	program_release(&p);
}
