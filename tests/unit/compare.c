/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about a folder that differs from what a site gives. */
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <unistd.h>
#include "graph/compare.h"

struct bed {
	struct stage stage;
	struct arena arena;
	struct str said;
	char dir[64];
};

static void
bed_init(struct bed *b)
{
	*b = (struct bed){ .dir = "compare-test.XXXXXX", .said = STR_INIT };
	stage_init(&b->stage);
	arena_init(&b->arena);
	if (!mkdtemp(b->dir))
		perror("mkdtemp");
}

static void
bed_release(struct bed *b)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", b->dir);
	if (system(command) != 0)
		perror(command);
	str_release(&b->said);
	stage_release(&b->stage);
	arena_release(&b->arena);
}

/* A file as the site gives it, and as it lies in the folder; NULL: not there. */
static void
file(struct bed *b, const char *path, const char *ours, const char *theirs)
{
	char *name = arena_format(&b->arena, "%s/%s", b->dir, path);
	FILE *f;

	if (ours)
		stage_add(&b->stage, path, ours, strlen(ours), false);
	if (!theirs)
		return;
	f = fopen(name, "wb");
	if (!f || fwrite(theirs, 1, strlen(theirs), f) != strlen(theirs) || fclose(f) != 0)
		perror(name);
}

static const char *
differences(struct bed *b)
{
	static const char *const owned[] = { "a.yaml", "gone.yaml", "left.yaml" };
	struct vec found;
	bool same;

	vec_init(&found, sizeof(struct difference), false);
	same = compare_tree(&b->stage, b->dir, owned, 3, &b->arena, &found);
	str_clear(&b->said);
	for (uint32_t i = 0; i < found.count; i++) {
		const struct difference *d = VEC_AT(&found, struct difference, i);

		str_format(&b->said, "%s:%u [%s] [%s] %s\n", d->file, (unsigned)d->line, d->object,
			d->path, d->what);
	}
	if (same != !found.count)
		str_puts(&b->said, "(and the answer is wrong)");
	vec_release(&found);
	return str_text(&b->said);
}

#define HEAD "apiVersion: v1\nkind: A\nmetadata:\n  name: x\n  namespace: shop\n"

static void
one_object(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	file(&b, "a.yaml", HEAD "spec:\n  replicas: 2\n  keep: true\n  new: [1]\n",
		HEAD "spec:\n  keep: \"true\"\n  replicas: 3\n  old: {}\n");
	is_text(t, differences(&b),
		"a.yaml:7 [A shop/x] [spec.keep] \"true\" in the tree, true from the site\n"
		"a.yaml:0 [A shop/x] [spec.new] nothing in the tree, a list of 1 from the site\n"
		"a.yaml:9 [A shop/x] [spec.old] a map of 0 in the tree, nothing from the site\n"
		"a.yaml:8 [A shop/x] [spec.replicas] 3 in the tree, 2 from the site\n");
	bed_release(&b);
}

static void
lists(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	file(&b, "a.yaml", HEAD "l:\n- a\n- {name: b, v: 1}\n- c\n",
		HEAD "l:\n- a\n- {name: b, v: 2}\n- x\n- c\n");
	is_text(t, differences(&b),
		"a.yaml:8 [A shop/x] [l[1].v] 2 in the tree, 1 from the site\n"
		"a.yaml:9 [A shop/x] [l[2]] x in the tree, nothing from the site\n");
	bed_release(&b);
}

static void
layout_alone(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	file(&b, "a.yaml", HEAD, "# mine\n" HEAD);
	file(&b, "b.yaml", HEAD, HEAD);
	is_text(t, differences(&b),
		"a.yaml:0 [] [] only comments, layout or the order of keys differ\n");
	bed_release(&b);
}

#define DOC(name) "apiVersion: v1\nkind: A\nmetadata: {name: " name "}\n"

static void
streams(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	file(&b, "a.yaml", DOC("a") "---\n" DOC("b") "---\n" DOC("c"),
		DOC("c") "x: 1\n---\n" DOC("d") "---\n" DOC("a"));
	is_text(t, differences(&b),
		"a.yaml:0 [A b] [] missing in the tree\n"
		"a.yaml:4 [A c] [x] 1 in the tree, nothing from the site\n"
		"a.yaml:6 [A d] [] in the tree, but not from the site\n");
	bed_release(&b);
	bed_init(&b);
	file(&b, "a.yaml", DOC("a") "---\n" DOC("b"), DOC("b") "---\n" DOC("a"));
	is_text(t, differences(&b), "a.yaml:0 [] [] the objects stand in another order\n");
	bed_release(&b);
}

static void
files(struct tap *t)
{
	struct bed b;
	char *name;

	bed_init(&b);
	file(&b, "b.yaml", HEAD, NULL);
	file(&b, "a.txt", "one\ntwo\n", "one\ntw\x1bo");
	file(&b, "left.yaml", NULL, HEAD);
	file(&b, "bad.yaml", HEAD, HEAD "a: *x\n");
	is_text(t, differences(&b),
		"a.txt:2 [] [] `tw o` in the tree, `two` from the site\n"
		"b.yaml:0 [] [] missing in the tree\n"
		"bad.yaml:6 [] [] cannot be compared value by value: an alias in YAML that is to "
		"be taken over\n"
		"left.yaml:0 [] [] in the tree, but not from the site\n");
	bed_release(&b);
	bed_init(&b);
	file(&b, "a.yaml",
		HEAD "x: a long text that goes on and on, further than what anybody wants to see "
		     "in a line\n",
		HEAD "x: a\n");
	is_text(t, differences(&b),
		"a.yaml:6 [A shop/x] [x] a in the tree, a long text that goes on and on, further "
		"than what anybody w... from the site\n");
	name = arena_format(&b.arena, "%s/a.yaml", b.dir);
	unlink(name);
	ok(t, symlink("/etc/passwd", name) == 0);
	ok(t, strstr(differences(&b), "a.yaml:0 [] [] "));
	bed_release(&b);
}

static void
many(struct tap *t)
{
	struct str ours = STR_INIT, theirs = STR_INIT;
	struct bed b;
	unsigned lines = 0;

	bed_init(&b);
	for (int i = 0; i < 50000; i++) {
		str_format(&ours, "k%d: 1\n", i);
		str_format(&theirs, "k%d: 2\n", 49999 - i);
	}
	file(&b, "a.yaml", str_text(&ours), str_text(&theirs));
	for (const char *at = differences(&b); (at = strchr(at, '\n')); at++)
		lines++;
	is_int(t, lines, 21);
	ok(t, strstr(str_text(&b.said), "and more\n"));
	str_release(&ours);
	str_release(&theirs);
	bed_release(&b);
}

int
main(void)
{
	struct tap t = { 0 };

	one_object(&t);
	lists(&t);
	layout_alone(&t);
	streams(&t);
	files(&t);
	many(&t);
	return tap_done(&t);
}
