/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comes in: names of files. Goes out: trees and bytes in a program. Refused: what cannot be read,
 * what lies outside the root, circles, editions that nobody knows.
 *
 * Texts of files are put into the tree where `file("...")` stands, so that nobody later knows.
 *
 * A path below the root is a file's identity: two names that links lead to the same bytes are two
 * files.
 */
#include "load.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/files.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "grammar/grammar.h"

#define NAMES_MOST 1000 /* of a folder, looked at for a near one */

static const struct span nowhere = { 0, 0, 0 };

void
load_init(struct load *l, struct program *p)
{
	*l = (struct load){ .p = p };
	arena_init(&l->arena);
	atoms_init(&l->paths);
	vec_init(&l->files, sizeof(struct load_file), true);
	vec_init(&l->begun, sizeof(uint32_t), false);
}

static struct load_file *
file_at(const struct load *l, uint32_t i)
{
	return VEC_AT(&l->files, struct load_file, i);
}

void
load_release(struct load *l)
{
	for (uint32_t i = 1; i < l->files.count; i++)
		str_release(&file_at(l, i)->text);
	vec_release(&l->files);
	vec_release(&l->begun);
	atoms_release(&l->paths);
	arena_release(&l->arena);
}

/* The number of a file, known from now on. */
static uint32_t
file_of(struct load *l, const char *path)
{
	atom a = atom_of_text(&l->paths, path);

	if (a == l->files.count)
		file_at(l, vec_add(&l->files, 1))->path = atom_text(&l->paths, a);
	return a;
}

/* Places and faults */

/* The quoted path of a `use` or `include`. */
static struct span
string_span(const struct load *l, node_id n)
{
	struct span s = NODE_AT(l->p, n)->span;
	const char *bytes = source_file(&l->p->source, s.file)->bytes;

	while (s.start < s.end && bytes[s.start] != '"')
		s.start++;
	return s.start < s.end ? s : NODE_AT(l->p, n)->span;
}

static struct diag *
fault(struct load *l, enum diag_code code, node_id n, const char *message)
{
	l->incomplete = true;
	return diag_add(&l->p->diags, code, string_span(l, n), "%s", message);
}

static void
cannot_read(struct load *l, const char *path, const char *why)
{
	l->incomplete = true;
	diag_add(&l->p->diags, EGM0901, nowhere, "cannot read `%s`: %s", path, why);
}

/* Editions */

static void
suggest_edition(struct load *l, struct diag *g, struct span at, const char *tail)
{
	diag_line(&l->p->diags, g, LINE_HELP, "write `edition %d`", LOAD_EDITION);
	diag_fix(&l->p->diags, g, at, "edition %d%s", LOAD_EDITION, tail);
}

static void
late_edition(struct load *l, node_id n, node_id first)
{
	struct diags *d = &l->p->diags;
	bool twice = NODE_AT(l->p, first)->kind == NODE_EDITION;
	struct diag *g = diag_add(d, EGM0009, NODE_AT(l->p, n)->span,
		twice ? "the edition was said before" : "the edition is not the first statement");

	diag_label(d, g, program_head(l->p, first), twice ? "here" : "this comes before it");
}

static void
miss_edition(struct load *l, const struct ast_file *f)
{
	struct diags *d = &l->p->diags;
	struct span at = { f->file, 0, 0 };
	struct diag *g;

	if (f->first)
		at = NODE_AT(l->p, f->first)->span;
	g = diag_add(d, EGM0009, at,
		f->first ? "the file says no edition" : "the file holds no statement");
	diag_line(d, g, LINE_BECAUSE,
		"the first statement says for which edition of the language the file was written");
	at.end = at.start;
	suggest_edition(l, g, at, "\n");
}

/* Does the file begin with what was to be its edition? Then the fault of that was reported. */
static bool
begins_with_slip(const struct load *l, uint32_t file)
{
	static const char word[] = "edit";
	const struct source_file *s = source_file(&l->p->source, file);
	uint32_t at = 0;

	while (at < s->len && strchr(" \t\r\n#", s->bytes[at])) {
		if (s->bytes[at] == '#')
			while (at < s->len && s->bytes[at] != '\n')
				at++;
		at += at < s->len;
	}
	return s->len - at >= sizeof word - 1 && memcmp(s->bytes + at, word, sizeof word - 1) == 0;
}

static void
refuse_edition(struct load *l, node_id n)
{
	struct span at = NODE_AT(l->p, n)->span;
	struct diag *g = diag_add(
		&l->p->diags, EGM0009, at, "unknown edition %lld", (long long)NODE_AT(l->p, n)->n);

	l->incomplete = true;
	diag_here(&l->p->diags, g, "this egmc knows %d", LOAD_EDITION);
	suggest_edition(l, g, at, "");
}

/* parsed: nothing of the file was lost to faults of syntax. */
static void
check_edition(struct load *l, const struct ast_file *f, bool parsed)
{
	node_id first = f->first;
	bool said = false;

	for (node_id n = first; n; n = NODE_AT(l->p, n)->next) {
		if (NODE_AT(l->p, n)->kind != NODE_EDITION)
			continue;
		said = true;
		if (n == first && NODE_AT(l->p, n)->n != LOAD_EDITION)
			refuse_edition(l, n);
		if (n != first)
			late_edition(l, n, first);
	}
	if (!said && (parsed || (first && !begins_with_slip(l, f->file))))
		miss_edition(l, f);
}

/* Names of files */

/* The folder of a path: its length without the slash; 0 if there is none. */
static size_t
folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

/* Do two names lead to the same file? */
static bool
is_same_file(const char *a, const char *b)
{
	struct stat st, other;

	return stat(a, &st) == 0 && stat(b, &other) == 0 && st.st_dev == other.st_dev &&
		st.st_ino == other.st_ino;
}

/* How to show what file `from` calls `path`: as somebody would type it who typed the first. */
static const char *
show(struct load *l, uint32_t from, const char *path)
{
	const char *by = file_at(l, from)->shown;
	const char *plain = arena_format(
		&l->arena, "%.*s%s", (int)(strrchr(by, '/') ? folder_len(by) + 1 : 0), by, path);
	struct str folded = STR_INIT;

	if (files_join(plain[0] == '/' ? "/" : ".", plain + (plain[0] == '/'), &folded) &&
		is_same_file(plain, str_text(&folded)))
		plain = arena_copy(&l->arena, folded.bytes, folded.len);
	str_release(&folded);
	return plain;
}

/* The number of what file `from` calls `path`; 0, with a report, if it lies outside the root. */
static uint32_t
resolve(struct load *l, uint32_t from, node_id n)
{
	const char *path = program_text(l->p, NODE_AT(l->p, n)->a);
	const char *by = file_at(l, from)->path;
	const char *dir = arena_copy(&l->arena, by, folder_len(by));
	struct str whole = STR_INIT;
	uint32_t i = 0;

	if (files_join(dir, path, &whole)) {
		i = file_of(l, str_text(&whole));
		if (!file_at(l, i)->shown)
			file_at(l, i)->shown = show(l, from, path);
	} else {
		struct diag *g = fault(l, EGM0012, n,
			arena_format(&l->arena, "`%s` lies outside the project root", path));

		diag_line(&l->p->diags, g, LINE_NOTE, "the project root is `%s`", l->root);
		diag_line(&l->p->diags, g, LINE_HELP,
			path[0] == '/' ? "name it relative to this file"
				       : "--root names another folder");
	}
	str_release(&whole);
	return i;
}

/* A near name */

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder below the root, in an order of their own. */
static void
list_names(struct load *l, const char *path, struct vec *names)
{
	const char *whole =
		arena_format(&l->arena, "%s/%.*s", l->root, (int)folder_len(path), path);
	struct dirent *e;
	DIR *dir = opendir(whole);

	while (dir && names->count < NAMES_MOST && (e = readdir(dir))) {
		const char *name = arena_copy(&l->arena, e->d_name, strlen(e->d_name));

		vec_push(names, &name);
	}
	if (dir)
		closedir(dir);
	if (names->count)
		qsort(names->data, names->count, sizeof(const char *), compare_names);
}

static void
suggest_name(struct load *l, struct diag *g, node_id n, const char *path)
{
	const char *written = program_text(l->p, NODE_AT(l->p, n)->a);
	const char *name = path + (strrchr(path, '/') ? folder_len(path) + 1 : 0);
	size_t len = strlen(name), written_len = strlen(written);
	struct suggest s;
	struct vec names;

	vec_init(&names, sizeof(const char *), false);
	list_names(l, path, &names);
	suggest_init(&s, name, len);
	for (uint32_t i = 0; i < names.count; i++)
		suggest_offer(&s, *VEC_AT(&names, const char *, i));
	if (s.best && strcmp(s.best, name) != 0 && written_len >= len) {
		int before = (int)(written_len - len);

		diag_line(&l->p->diags, g, LINE_HELP, "did you mean `%.*s%s`?", before, written,
			s.best);
		diag_fix(&l->p->diags, g, string_span(l, n), "\"%.*s%s\"", before, written, s.best);
	}
	vec_release(&names);
}

/* Reading */

static void
add_source(struct load *l, uint32_t i)
{
	struct load_file *f = file_at(l, i);

	f->file = source_add(&l->p->source, f->shown, str_text(&f->text), f->text.len, false, true);
}

static void
report_unreadable(struct load *l, uint32_t i, node_id n, enum files_fault why, const char *text)
{
	const struct load_file *f = file_at(l, i);
	struct diag *g;

	if (why == FILES_OUTSIDE) {
		g = fault(l, EGM0012, n,
			arena_format(
				&l->arena, "`%s` is a link out of the project root", f->shown));
		diag_line(&l->p->diags, g, LINE_NOTE, "the project root is `%s`", l->root);
		return;
	}
	g = fault(l, EGM0011, n, arena_format(&l->arena, "cannot read `%s`: %s", f->shown, text));
	if (why == FILES_MISSING)
		suggest_name(l, g, n, f->path);
}

/* Reads a file that statement n names, below the root. */
static void
read_below(struct load *l, uint32_t i, node_id n)
{
	struct load_file *f = file_at(l, i);
	struct str why = STR_INIT;
	enum files_fault result = files_read_below(l->root, f->path, &f->text, &why);

	if (result == FILES_OK)
		add_source(l, i);
	else
		report_unreadable(l, i, n, result, str_text(&why));
	str_release(&why);
}

/* Files of files */

static void
load_tree(struct load *l, uint32_t i);

/* "`site.egm` uses `policy.egm`, which uses `site.egm`" */
static void
report_circle(struct load *l, uint32_t i, node_id n)
{
	struct diag *g;
	struct str chain = STR_INIT;
	uint32_t at = 0;

	while (*VEC_AT(&l->begun, uint32_t, at) != i)
		at++;
	str_format(&chain, "`%s`", file_at(l, i)->shown);
	while (++at < l->begun.count)
		str_format(&chain, "%s uses `%s`", strchr(str_text(&chain), ' ') ? ", which" : "",
			file_at(l, *VEC_AT(&l->begun, uint32_t, at))->shown);
	str_format(&chain, "%s uses `%s`", strchr(str_text(&chain), ' ') ? ", which" : "",
		file_at(l, i)->shown);
	g = fault(l, EGM0013, n, "files use each other in a circle");
	diag_line(&l->p->diags, g, LINE_NOTE, "%s", str_text(&chain));
	diag_line(&l->p->diags, g, LINE_HELP, "move what both need into a file of its own");
	str_release(&chain);
}

static bool
has_suffix(const char *path, const char *suffix)
{
	size_t n = strlen(path), m = strlen(suffix);

	return n >= m && strcmp(path + n - m, suffix) == 0;
}

/* False, with a report, if a statement names no file, or one of the other kind. */
static bool
is_of_kind(struct load *l, node_id n, bool manifest)
{
	const char *path = program_text(l->p, NODE_AT(l->p, n)->a);
	struct diag *g;

	if (!*path) {
		fault(l, EGM0011, n, "no file has an empty name");
		return false;
	}
	if (has_suffix(path, ".egm") != manifest)
		return true;
	g = fault(l, EGM0011, n,
		arena_format(&l->arena,
			manifest ? "`%s` holds no manifests" : "`%s` is not named as a file of egm",
			path));
	diag_line(&l->p->diags, g, LINE_HELP,
		manifest ? "`use` takes files of egm"
			 : "`include` takes manifests; files of egm end in .egm");
	return false;
}

static bool
is_too_much(struct load *l, node_id n)
{
	struct diag *g;

	if (l->begun.count < LOAD_DEPTH_MOST && l->files.count <= LOAD_FILES_MOST)
		return false;
	g = fault(l, EGM0501, n,
		l->files.count > LOAD_FILES_MOST ? "too many files"
						 : "files use each other too deeply");
	diag_line(&l->p->diags, g, LINE_NOTE, "at most %d files, %d deep", LOAD_FILES_MOST,
		LOAD_DEPTH_MOST);
	return true;
}

static void
use(struct load *l, uint32_t from, node_id n)
{
	uint32_t i;

	if (!is_of_kind(l, n, false) || is_too_much(l, n))
		return;
	i = resolve(l, from, n);
	if (!i || file_at(l, i)->state == LOAD_DONE)
		return;
	if (file_at(l, i)->state == LOAD_BEGUN) {
		report_circle(l, i, n);
		return;
	}
	read_below(l, i, n);
	if (file_at(l, i)->file)
		load_tree(l, i);
}

static void
include(struct load *l, uint32_t from, node_id n)
{
	uint32_t i;

	if (!is_of_kind(l, n, true) || is_too_much(l, n))
		return;
	i = resolve(l, from, n);
	if (!i || file_at(l, i)->state == LOAD_DONE)
		return;
	read_below(l, i, n);
	if (file_at(l, i)->file) {
		struct include inc = { n, file_at(l, i)->file,
			NODE_AT(l->p, n)->op == BLOCK_ASSUME };

		file_at(l, i)->manifest = true;
		file_at(l, i)->state = LOAD_DONE;
		vec_push(&l->p->includes, &inc);
	}
}

/* Texts of files */

/* NULL, or why the bytes of a file cannot be a text of the language. */
static const char *
why_no_text(const struct str *text)
{
	if (text->len > LOAD_TEXT_MOST)
		return "longer than a text can be";
	if (!text->len)
		return "empty";
	if (utf8_check(text->bytes, text->len) != text->len || memchr(text->bytes, 0, text->len))
		return "not UTF-8";
	return NULL;
}

/* `file("ca.pem")` is the text of that file, from here on as if it stood there. */
static void
take_text(struct load *l, uint32_t from, node_id call)
{
	struct node *n = NODE_AT(l->p, call);
	node_id name = n->kid[1];
	const char *why;
	uint32_t i;

	if (!name || NODE_AT(l->p, name)->next || NODE_AT(l->p, name)->kind != NODE_STRING) {
		fault(l, EGM0011, call, "`file` takes one name, as a literal text");
		return;
	}
	if (is_too_much(l, call) || !(i = resolve(l, from, name)))
		return;
	if (file_at(l, i)->state == LOAD_NEW) {
		read_below(l, i, name);
		file_at(l, i)->state = LOAD_DONE;
	}
	if (!file_at(l, i)->file)
		return;
	why = why_no_text(&file_at(l, i)->text);
	if (why) {
		fault(l, EGM0011, name,
			arena_format(&l->arena, "`%s` holds no text: it is %s", file_at(l, i)->shown, why));
		return;
	}
	n = NODE_AT(l->p, call);
	n->kind = NODE_STRING;
	n->kid[0] = n->kid[1] = 0;
	n->a = atom_of(&l->p->atoms, str_text(&file_at(l, i)->text), file_at(l, i)->text.len);
}

static void
take_texts(struct load *l, uint32_t from, node_id first)
{
	for (node_id n = first; n < ast_count(&l->p->ast); n++) {
		const struct node *call = NODE_AT(l->p, n);
		const struct node *name = NODE_AT(l->p, call->kid[0]);

		if (call->kind == NODE_CALL && name->kind == NODE_NAME &&
			!strcmp(program_text(l->p, name->a), "file"))
			take_text(l, from, n);
	}
}

/* Sites and profiles, and what they are made with, are all that the file has. */
static bool
has_sites_only(const struct load *l, node_id first)
{
	bool sites = false;

	for (node_id n = first; n; n = NODE_AT(l->p, n)->next)
		switch ((enum node_kind)NODE_AT(l->p, n)->kind) {
		case NODE_SITE:
			sites = true;
			break;
		case NODE_EDITION:
		case NODE_USE:
		case NODE_INCLUDE:
		case NODE_PROFILE:
		case NODE_LET:
			break;
		default:
			return false;
		}
	return sites;
}

/* Parses a file that was read, and loads what it names before it. */
static void
load_tree(struct load *l, uint32_t i)
{
	struct program *p = l->p;
	struct grammar_input in = { &p->atoms, &p->source, &p->diags, &p->ast };
	struct ast_file tree;
	node_id first = ast_count(&p->ast);
	bool fine;

	file_at(l, i)->state = LOAD_BEGUN;
	vec_push(&l->begun, &i);
	fine = grammar_parse(&in, file_at(l, i)->file, &tree);
	take_texts(l, i, first);
	check_edition(l, &tree, fine);
	for (node_id n = tree.first; n; n = NODE_AT(p, n)->next) {
		if (NODE_AT(p, n)->flags & FLAG_BROKEN)
			continue;
		if (NODE_AT(p, n)->kind == NODE_USE)
			use(l, i, n);
		else if (NODE_AT(p, n)->kind == NODE_INCLUDE)
			include(l, i, n);
	}
	vec_cut(&l->begun, l->begun.count - 1);
	file_at(l, i)->sites_only = has_sites_only(l, tree.first);
	file_at(l, i)->state = LOAD_DONE;
	vec_push(&p->files, &tree);
}

/* Files of the command line */

static bool
is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* The folder that a file of the command line stands in, absolute and without links; NULL, with a
 * report. */
static const char *
folder_of(struct load *l, const char *path)
{
	size_t n = is_stdin(path) ? 0 : folder_len(path);
	const char *dir = n ? arena_copy(&l->arena, path, n) : path[0] == '/' ? "/" : ".";
	char *real = realpath(dir, NULL);
	const char *kept = NULL;

	if (real) {
		kept = arena_copy(&l->arena, real, strlen(real));
	} else {
		struct str why = STR_INIT;

		files_why(&why, errno);
		cannot_read(l, path, str_text(&why));
		str_release(&why);
	}
	free(real);
	return kept;
}

static bool
settle_root(struct load *l, const char *folder, const char *wanted)
{
	struct str root = STR_INIT, why = STR_INIT;
	struct stat st;
	char *real;

	if (!wanted) {
		files_project_root(folder, &root);
		l->root = arena_copy(&l->arena, str_text(&root), root.len);
		str_release(&root);
		return true;
	}
	real = realpath(wanted, NULL);
	if (!real || stat(real, &st))
		files_why(&why, errno);
	else if (!S_ISDIR(st.st_mode))
		str_puts(&why, "not a folder");
	else
		l->root = arena_copy(&l->arena, real, strlen(real));
	if (!l->root)
		cannot_read(l, wanted, str_text(&why));
	str_release(&why);
	free(real);
	return l->root;
}

/* The part of a folder's path below the root; NULL if it lies elsewhere. */
static const char *
below_root(const struct load *l, const char *folder)
{
	size_t n = strlen(l->root);

	if (n == 1) /* "/" */
		return folder + 1;
	if (strncmp(folder, l->root, n) != 0 || (folder[n] && folder[n] != '/'))
		return NULL;
	return folder + n + (folder[n] == '/');
}

/* The number of a file of the command line; 0, with a report, if it lies outside the root. */
static uint32_t
place(struct load *l, const char *path, const char *folder)
{
	const char *dir = below_root(l, folder), *slash = strrchr(path, '/');
	const char *name = is_stdin(path) ? "<stdin>" : slash ? slash + 1 : path;
	uint32_t i;

	if (!dir) {
		struct diag *g = diag_add(&l->p->diags, EGM0012, nowhere,
			"`%s` lies outside the project root `%s`", path, l->root);

		diag_line(&l->p->diags, g, LINE_HELP, "--root names a folder that holds all files");
		l->incomplete = true;
		return 0;
	}
	i = file_of(l, arena_format(&l->arena, "%s%s%s", dir, *dir ? "/" : "", name));
	if (!file_at(l, i)->shown)
		file_at(l, i)->shown = is_stdin(path) ? name : path;
	return i;
}

static void
load_named(struct load *l, const char *path, const char *root)
{
	const char *folder = folder_of(l, path);
	struct str why = STR_INIT;
	uint32_t i;

	if (!folder || (!l->root && !settle_root(l, folder, root)))
		return;
	i = place(l, path, folder);
	if (!i || file_at(l, i)->state != LOAD_NEW)
		return;
	if (files_read(path, &file_at(l, i)->text, &why) == FILES_OK) {
		add_source(l, i);
		load_tree(l, i);
	} else {
		cannot_read(l, path, str_text(&why));
	}
	str_release(&why);
}

bool
load_input(struct load *l, const char *const *paths, size_t count, const char *root)
{
	for (size_t i = 0; i < count; i++)
		load_named(l, paths[i], root);
	return !l->incomplete;
}
