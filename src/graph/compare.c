/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comes in: files in memory, a folder that anybody may have edited. Goes out: differences. Refuses
 * nothing: a file that cannot be read as YAML is a difference, with the reason.
 *
 * Both versions of a file that differs are read into one small graph of their own, so that equal
 * texts are equal atoms. Documents are matched by their object, members of maps by key, entries of
 * lists from both ends. Recursion goes no deeper than the reader allows.
 */
#include "graph/compare.h"

#include <stdlib.h>
#include <string.h>
#include "base/files.h"
#include "base/mem.h"
#include "graph/plain.h"
#include "graph/read.h"

#define OBJECT_MOST 20
#define SHOWN_MOST  60

/* Output of our own may be larger than what somebody includes. */
static const struct yaml_limits own_limits = {
	.bytes = SOURCE_MAX, .nodes = 64u << 20, .depth = 250
};

struct comparing {
	struct arena *arena;
	struct vec *found;
	const char *file;
	struct atoms atoms;
	struct graph g;
	struct source source;
	struct diags diags;
	uint32_t theirs; /* file of the folder */
	const char *object;
	unsigned told; /* about the object */
	struct str path;
};

static const char *
keep(struct comparing *c, struct str *text)
{
	return arena_copy(c->arena, str_text(text), text->len);
}

/* Releases the text. */
static void
add_found(struct comparing *c, const char *path, uint32_t line, struct str *what)
{
	struct difference d = { c->file, c->object, path, keep(c, what), line };

	str_release(what);
	if (++c->told > OBJECT_MOST + 1)
		return;
	if (c->told == OBJECT_MOST + 1)
		d = (struct difference){ c->file, c->object, "", "and more", 0 };
	vec_push(c->found, &d);
}

static void
add_text(struct comparing *c, uint32_t line, const char *what)
{
	struct str text = STR_INIT;

	str_puts(&text, what);
	add_found(c, "", line, &text);
}

/* One line, not too long, nothing for the terminal. */
static void
add_printable(struct str *out, const char *text, size_t len)
{
	size_t shown = len > SHOWN_MOST ? SHOWN_MOST : len;

	while (shown < len && shown && ((unsigned char)text[shown] & 0xc0) == 0x80)
		shown--;
	for (size_t i = 0; i < shown; i++)
		str_putc(out, (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i]);
	if (shown < len)
		str_puts(out, "...");
}

/* --- values --------------------------------------------------------------------------------- */

static void
add_value(struct comparing *c, const struct tree *t, struct str *out)
{
	const char *text = atom_text(&c->atoms, t->text);
	size_t len = atom_len(&c->atoms, t->text);
	bool quoted = t->scalar == SCALAR_TEXT && plain_kind(text, len) != PLAIN_TEXT;

	if (t->kind != TREE_SCALAR) {
		str_format(out, "a %s of %u", t->kind == TREE_MAP ? "map" : "list",
			(unsigned)t->count);
		return;
	}
	str_puts(out, quoted ? "\"" : "");
	add_printable(out, text, len);
	str_puts(out, quoted ? "\"" : "");
}

static uint32_t
line_of(struct comparing *c, const struct tree *theirs)
{
	return source_place(&c->source, c->theirs, theirs->origin.user.start).line;
}

/* Either may be NULL. */
static void
differ(struct comparing *c, const struct tree *ours, const struct tree *theirs)
{
	struct str what = STR_INIT;

	if (theirs)
		add_value(c, theirs, &what);
	else
		str_puts(&what, "nothing");
	str_puts(&what, " in the tree, ");
	if (ours)
		add_value(c, ours, &what);
	else
		str_puts(&what, "nothing");
	str_puts(&what, " from the site");
	add_found(c, keep(c, &c->path), theirs ? line_of(c, theirs) : 0, &what);
}

static void
compare_nodes(struct comparing *c, const struct tree *ours, const struct tree *theirs);

/* Compares with a longer path. */
static void
compare_below(
	struct comparing *c, size_t path_len, const struct tree *ours, const struct tree *theirs)
{
	if (ours && theirs)
		compare_nodes(c, ours, theirs);
	else
		differ(c, ours, theirs);
	c->path.len = path_len;
	c->path.bytes[path_len] = '\0';
}

static int
by_key(const void *left, const void *right, void *atoms)
{
	return atom_compare(atoms, (*(const struct tree *const *)left)->key,
		(*(const struct tree *const *)right)->key);
}

static const struct tree **
sorted_members(struct comparing *c, const struct tree *map)
{
	const struct tree **members = mem_new(map->count * sizeof(*members));
	size_t n = 0;

	for (const struct tree *t = map->first; t; t = t->next)
		members[n++] = t;
	qsort_r(members, n, sizeof(*members), by_key, &c->atoms);
	return members;
}

static void
compare_maps(struct comparing *c, const struct tree *ours, const struct tree *theirs)
{
	const struct tree **a = sorted_members(c, ours), **b = sorted_members(c, theirs);
	size_t path_len = c->path.len;

	for (uint32_t i = 0, j = 0; i < ours->count || j < theirs->count;) {
		int order = i == ours->count ? 1
			: j == theirs->count ? -1
					     : by_key(&a[i], &b[j], &c->atoms);
		atom key = order <= 0 ? a[i]->key : b[j]->key;

		path_add_key(&c->path, atom_text(&c->atoms, key), atom_len(&c->atoms, key));
		compare_below(c, path_len, order <= 0 ? a[i] : NULL, order >= 0 ? b[j] : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	mem_free(a);
	mem_free(b);
}

static const struct tree **
entries(const struct tree *list)
{
	const struct tree **all = mem_new(list->count * sizeof(*all));
	size_t n = 0;

	for (const struct tree *t = list->first; t; t = t->next)
		all[n++] = t;
	return all;
}

/* What is equal at either end is left out; the rest is compared entry by entry. */
static void
compare_lists(struct comparing *c, const struct tree *ours, const struct tree *theirs)
{
	const struct tree **a = entries(ours), **b = entries(theirs);
	uint32_t first = 0, n = ours->count, m = theirs->count;
	size_t path_len = c->path.len;

	while (first < n && first < m && tree_equal(a[first], b[first]))
		first++;
	while (n > first && m > first && tree_equal(a[n - 1], b[m - 1]))
		n--, m--;
	for (uint32_t i = first; i < n || i < m; i++) {
		str_format(&c->path, "[%u]", (unsigned)i);
		compare_below(c, path_len, i < n ? a[i] : NULL, i < m ? b[i] : NULL);
	}
	mem_free(a);
	mem_free(b);
}

static void
compare_nodes(struct comparing *c, const struct tree *ours, const struct tree *theirs)
{
	if (ours->kind != theirs->kind)
		differ(c, ours, theirs);
	else if (ours->kind == TREE_MAP)
		compare_maps(c, ours, theirs);
	else if (ours->kind == TREE_LIST)
		compare_lists(c, ours, theirs);
	else if (ours->scalar != theirs->scalar || ours->text != theirs->text)
		differ(c, ours, theirs);
}

/* --- documents ------------------------------------------------------------------------------ */

struct document {
	const char *name; /* apiVersion, kind, namespace and name in one text, for matching */
	const char *label;
	const struct tree *root;
	uint32_t place; /* in its stream */
};

static void
add_at(struct comparing *c, const struct tree *root, const char *path, struct str *out)
{
	const struct tree *t = tree_walk(&c->g, root, path);

	if (t && t->kind == TREE_SCALAR)
		add_printable(out, atom_text(&c->atoms, t->text), atom_len(&c->atoms, t->text));
}

static struct document
describe(struct comparing *c, const struct tree *root, uint32_t place)
{
	struct document d = { .root = root, .place = place };
	struct str text = STR_INIT;
	size_t bare;

	add_at(c, root, "kind", &text);
	str_putc(&text, ' ');
	bare = text.len;
	add_at(c, root, "metadata.namespace", &text);
	if (text.len > bare)
		str_putc(&text, '/');
	add_at(c, root, "metadata.name", &text);
	d.label = keep(c, &text);
	str_putc(&text, ' ');
	add_at(c, root, "apiVersion", &text);
	d.name = keep(c, &text);
	str_release(&text);
	return d;
}

static struct document *
describe_all(struct comparing *c, const struct vec *roots)
{
	struct document *all = mem_new(roots->count * sizeof(*all));

	for (uint32_t i = 0; i < roots->count; i++)
		all[i] = describe(c, *VEC_AT(roots, struct tree *, i), i);
	return all;
}

static int
by_name(const void *left, const void *right)
{
	const struct document *a = left, *b = right;
	int c = strcmp(a->name, b->name);

	return c ? c : a->place < b->place ? -1 : a->place > b->place;
}

/* Either may be NULL. */
static void
compare_documents(struct comparing *c, const struct document *ours, const struct document *theirs)
{
	c->object = (ours ? ours : theirs)->label;
	c->told = 0;
	if (!theirs) {
		add_text(c, 0, "missing in the tree");
	} else if (!ours) {
		add_text(c, line_of(c, theirs->root), "in the tree, but not from the site");
	} else {
		str_clear(&c->path);
		str_puts(&c->path, "");
		compare_nodes(c, ours->root, theirs->root);
	}
}

static bool
same_order(const struct document *ours, const struct document *theirs, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (ours[i].place != theirs[i].place)
			return false;
	return true;
}

static void
compare_streams(struct comparing *c, const struct vec *ours, const struct vec *theirs)
{
	struct document *a = describe_all(c, ours), *b = describe_all(c, theirs);
	uint32_t before = c->found->count;

	/* One object that was given another name is still this object. */
	if (ours->count == 1 && theirs->count == 1)
		b->name = a->name;
	qsort(a, ours->count, sizeof(*a), by_name);
	qsort(b, theirs->count, sizeof(*b), by_name);
	for (uint32_t i = 0, j = 0; i < ours->count || j < theirs->count;) {
		int order = i == ours->count ? 1
			: j == theirs->count ? -1
					     : strcmp(a[i].name, b[j].name);

		compare_documents(c, order <= 0 ? &a[i] : NULL, order >= 0 ? &b[j] : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	c->object = "";
	c->told = 0;
	if (before == c->found->count)
		add_text(c, 0,
			same_order(a, b, ours->count)
				? "only comments, layout or the order of keys differ"
				: "the objects stand in another order");
	mem_free(a);
	mem_free(b);
}

/* --- files ---------------------------------------------------------------------------------- */

/* The first line that differs. */
static void
compare_lines(struct comparing *c, const char *ours, size_t ours_len, const char *theirs,
	size_t theirs_len)
{
	struct str what = STR_INIT;
	size_t start = 0;
	uint32_t line = 1;

	for (size_t i = 0; i < ours_len && i < theirs_len && ours[i] == theirs[i]; i++)
		if (ours[i] == '\n') {
			start = i + 1;
			line++;
		}
	str_putc(&what, '`');
	add_printable(&what, theirs + start, strcspn(theirs + start, "\n"));
	str_puts(&what, "` in the tree, `");
	add_printable(&what, ours + start, strcspn(ours + start, "\n"));
	str_puts(&what, "` from the site");
	add_found(c, "", line, &what);
}

static void
unreadable(struct comparing *c)
{
	const struct diag *first;
	struct str what = STR_INIT;
	uint32_t line;

	diags_sort(&c->diags);
	first = *VEC_AT(&c->diags.all, struct diag *, 0);
	line = source_place(&c->source, c->theirs, first->span.start).line;
	str_format(&what, "cannot be compared value by value: ");
	add_printable(&what, first->message, strlen(first->message));
	add_found(c, "", line, &what);
}

static void
begin(struct comparing *c)
{
	atoms_init(&c->atoms);
	graph_init(&c->g, &c->atoms);
	source_init(&c->source);
	diags_init(&c->diags);
}

static void
finish(struct comparing *c)
{
	diags_release(&c->diags);
	source_release(&c->source);
	graph_release(&c->g);
	atoms_release(&c->atoms);
}

static bool
read_stream(struct comparing *c, uint32_t file, struct vec *roots)
{
	vec_init(roots, sizeof(struct tree *), false);
	return yaml_read_within(&c->g, &c->source, file, &own_limits, &c->diags, roots);
}

static void
compare_yaml(struct comparing *c, const struct stage_file *ours, struct str *theirs)
{
	struct vec our_roots, their_roots;
	uint32_t file;

	begin(c);
	file = source_add(&c->source, "site", ours->bytes, ours->len, false, true);
	c->theirs = source_add(&c->source, c->file, str_text(theirs), theirs->len, false, true);
	if (!read_stream(c, file, &our_roots) || theirs->len > SOURCE_MAX) {
		compare_lines(c, ours->bytes, ours->len, str_text(theirs), theirs->len);
		vec_init(&their_roots, sizeof(struct tree *), false);
	} else if (!read_stream(c, c->theirs, &their_roots)) {
		unreadable(c);
	} else {
		compare_streams(c, &our_roots, &their_roots);
	}
	vec_release(&our_roots);
	vec_release(&their_roots);
	finish(c);
}

static bool
is_yaml(const char *path)
{
	size_t len = strlen(path);

	return len >= 5 && strcmp(path + len - 5, ".yaml") == 0;
}

static void
compare_file(struct comparing *c, const char *dir, const struct stage_file *f)
{
	struct str theirs = STR_INIT, why = STR_INIT;
	enum files_fault fault = files_read_below(dir, f->path, &theirs, &why);

	c->file = f->path;
	c->object = "";
	c->told = 0;
	if (fault == FILES_MISSING)
		add_text(c, 0, "missing in the tree");
	else if (fault != FILES_OK)
		add_found(c, "", 0, &why);
	else if (theirs.len == f->len && (!f->len || memcmp(theirs.bytes, f->bytes, f->len) == 0))
		;
	else if (is_yaml(f->path))
		compare_yaml(c, f, &theirs);
	else
		compare_lines(c, f->bytes, f->len, str_text(&theirs), theirs.len);
	str_release(&theirs);
	str_release(&why);
}

static int
by_path(const void *left, const void *right)
{
	return strcmp((*(const struct stage_file *const *)left)->path,
		(*(const struct stage_file *const *)right)->path);
}

static const struct stage_file **
sorted_files(const struct stage *s)
{
	const struct stage_file **files = mem_new(s->files.count * sizeof(*files));

	for (uint32_t i = 0; i < s->files.count; i++)
		files[i] = VEC_AT(&s->files, const struct stage_file, i);
	qsort(files, s->files.count, sizeof(*files), by_path);
	return files;
}

/* A file of an earlier build that the site does not give any more. */
static void
check_owned(struct comparing *c, const struct stage_file *const *files, size_t count,
	const char *dir, const char *path)
{
	struct stage_file key = { .path = path };
	const struct stage_file *at = &key;
	struct str bytes = STR_INIT, why = STR_INIT;

	if (!bsearch(&at, files, count, sizeof(*files), by_path) &&
		files_read_below(dir, path, &bytes, &why) == FILES_OK) {
		c->file = path;
		c->object = "";
		c->told = 0;
		add_text(c, 0, "in the tree, but not from the site");
	}
	str_release(&bytes);
	str_release(&why);
}

bool
compare_tree(const struct stage *expected, const char *dir, const char *const *owned,
	size_t owned_count, struct arena *a, struct vec *differences)
{
	struct comparing c = { .arena = a, .found = differences, .path = STR_INIT };
	const struct stage_file **files = sorted_files(expected);
	uint32_t before = differences->count;

	for (uint32_t i = 0; i < expected->files.count; i++)
		compare_file(&c, dir, files[i]);
	for (size_t i = 0; i < owned_count; i++)
		check_owned(&c, files, expected->files.count, dir, owned[i]);
	mem_free(files);
	str_release(&c.path);
	return before == differences->count;
}
