/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical form: what it makes of some texts, and that for every .egm file of the project it
 * has the same tree, loses no comment, and is its own canonical form.
 */
#include <dirent.h>
#include <stdlib.h>
#include "base/mem.h"
#include "grammar/grammar.h"
#include "tests/unit/tap.h"

struct front {
	struct atoms atoms;
	struct source source;
	struct diags diags;
	struct ast ast;
	struct grammar_input in;
};

static void
front_init(struct front *f)
{
	atoms_init(&f->atoms);
	source_init(&f->source);
	diags_init(&f->diags);
	ast_init(&f->ast);
	f->in = (struct grammar_input){ &f->atoms, &f->source, &f->diags, &f->ast };
}

static void
front_release(struct front *f)
{
	ast_release(&f->ast);
	diags_release(&f->diags);
	source_release(&f->source);
	atoms_release(&f->atoms);
}

static bool
format(struct front *f, const char *text, size_t len, struct str *out)
{
	return grammar_format(
		&f->in, source_add(&f->source, "a.egm", text, len, false, false), out);
}

static bool
dump(struct front *f, const char *text, size_t len, struct str *out)
{
	struct ast_file file;
	bool fine = grammar_parse(
		&f->in, source_add(&f->source, "a.egm", text, len, false, false), &file);

	ast_dump(&f->ast, &f->atoms, file.first, out);
	return fine;
}

/* --- texts --- */

static const struct {
	const char *about, *text, *want;
} cases[] = {
	{ "an empty file", "", "" },
	{ "only blank lines", "\n\n\n", "" },
	{ "only a comment", "\n\n  # a", "# a\n" },
	{ "spaces", "a=b . c+ - 1*( d )\nmust(a)\ne=f( g )[ 0 ] ?\n",
		"a = b.c + -1 * (d)\nmust (a)\ne = f(g)[0]?\n" },
	{ "members", "x? :text 1 .. 4 max 3\nports[name]1..64{ }\nports ? [ ]{a:b}\n",
		"x? : text 1..4 max 3\nports [name] 1..64 {}\nports? [] { a : b }\n" },
	{ "an index in a path is no list of keys", "a [0] .b = 1\nc.d [ 1 ] = 2\n",
		"a[0].b = 1\nc.d[1] = 2\n" },
	{ "one statement a line", "a = 1; b = 2;; c { d = 1\ne = 2 }",
		"a = 1\nb = 2\nc {\n  d = 1\n  e = 2\n}\n" },
	{ "bodies on one line stay", "a {b=1;c=2;}\nd{ e { } ; }\n",
		"a { b = 1; c = 2 }\nd { e {} }\n" },
	{ "empty bodies", "a {\n\n}\nb { ; }\nc {\n# d\n}\n", "a {}\nb {}\nc {\n  # d\n}\n" },
	{ "one blank line at most", "\n\na = 1\n\n\n\nb {\n\n  c = 1\n\n\n  d = 2\n\n}\n\n",
		"a = 1\n\nb {\n  c = 1\n\n  d = 2\n}\n" },
	{ "runs are aligned", "a = 1\nbcd = 2\n# e\nef = 3\n\ng = 4\nhi += 5\nj = 6\n",
		"a   = 1\nbcd = 2\n# e\nef  = 3\n\ng = 4\nhi += 5\nj = 6\n" },
	{ "members are aligned at the colon", "a : text = \"x\"\nbc? : int\n",
		"a   : text = \"x\"\nbc? : int\n" },
	{ "what takes several lines is not aligned", "a = 1\nbcd = [\n1,\n2\n]\nef = 2\n",
		"a = 1\nbcd = [\n  1,\n  2\n]\nef = 2\n" },
	{ "bodies on one line keep their alignment", "a   { x = 1 }\nbcd { x = 1 }\nef { x = 1 }\n",
		"a   { x = 1 }\nbcd { x = 1 }\nef { x = 1 }\n" },
	{ "clauses keep theirs",
		"rule A error \"b\" {\n  must a\n  at   a   \"b\"\n  at   abc \"d\"\n  because "
		"\"e\"\n}\n",
		"rule A error \"b\" {\n  must a\n  at   a   \"b\"\n  at   abc \"d\"\n  because "
		"\"e\"\n}\n" },
	{ "comments behind lines", "a = 1 # b\ncde = 2     # f\ng { # h\n i = 1 } # j\n",
		"a   = 1  # b\ncde = 2  # f\ng {  # h\n  i = 1\n}  # j\n" },
	{ "comments on lines of their own", "# a\n\n  # b\nc {\n# d\n  e = 1\n  # f\n\n# g\n}\n# h",
		"# a\n\n# b\nc {\n  # d\n  e = 1\n  # f\n\n  # g\n}\n# h\n" },
	{ "comments inside expressions", "a = [ # b\n 1, # c\n # d\n 2 ] # e\n",
		"a = [  # b\n  1,  # c\n  # d\n  2]  # e\n" },
	{ "lines that go on",
		"a = b and\nc\n    or d\nrule A error \"b\"\nfor c in d {\nmust e\n}\n",
		"a = b and\n  c\n  or d\nrule A error \"b\"\n  for c in d {\n  must e\n}\n" },
	{ "else", "if a { b = 1 }\n  else if c {\n d = 1 } else { e = 1 }\n",
		"if a { b = 1 }\nelse if c {\n  d = 1\n} else { e = 1 }\n" },
	{ "text is kept", "a = \"b  ${c+1}  \\n\"\n", "a = \"b  ${c + 1}  \\n\"\n" },
	{ "carriage returns go", "a = 1\r\n# b \r\n", "a = 1\n# b\n" },
	{ "a body that does not fit is spread",
		"application { aaaaaaaaaaaaaaaaaaaa = 1; bbbbbbbbbbbbbbbbbbbb = 2; "
		"cccccccccccccccccccc { d = 3 }; "
		"eeeeeeeeeeeeeeeeeeeeeeeee = 4 }\n",
		"application {\n  aaaaaaaaaaaaaaaaaaaa = 1\n  bbbbbbbbbbbbbbbbbbbb = 2\n"
		"  cccccccccccccccccccc { d = 3 }\n  eeeeeeeeeeeeeeeeeeeeeeeee = 4\n}\n" },
};

static void
texts(struct tap *t)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct front f;
		struct str once = STR_INIT, twice = STR_INIT;

		front_init(&f);
		ok_that(t, format(&f, cases[i].text, strlen(cases[i].text), &once), cases[i].about);
		is_text(t, str_text(&once), cases[i].want);
		format(&f, str_text(&once), once.len, &twice);
		is_text(t, str_text(&twice), str_text(&once));
		str_release(&once);
		str_release(&twice);
		front_release(&f);
	}
}

static void
nothing_is_made_of_a_file_with_faults(struct tap *t)
{
	struct front f;
	struct str out = STR_INIT;

	front_init(&f);
	ok(t, !format(&f, "a = = 1\n", 8, &out));
	is_int(t, out.len, 0);
	is_int(t, f.diags.errors, 1);
	front_release(&f);
	str_release(&out);
}

/* --- the project's own files --- */

static bool
read_file(const char *path, struct str *out)
{
	FILE *file = fopen(path, "rb");
	char bytes[4096];
	size_t n;

	if (!file)
		return false;
	while ((n = fread(bytes, 1, sizeof(bytes), file)))
		str_add(out, bytes, n);
	return fclose(file) == 0;
}

static unsigned
comments(const struct str *text)
{
	unsigned count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += text->bytes[i] == '#';
	return count;
}

/* A file with faults has no canonical form; whether it should have some is not asked here. */
static void
check_file(struct tap *t, const char *path)
{
	struct front f;
	struct str text = STR_INIT, once = STR_INIT, twice = STR_INIT, tree = STR_INIT,
		   same = STR_INIT;

	front_init(&f);
	if (read_file(path, &text) && dump(&f, str_text(&text), text.len, &tree)) {
		format(&f, text.bytes, text.len, &once);
		ok_that(t,
			format(&f, str_text(&once), once.len, &twice) &&
				!strcmp(once.bytes, str_text(&twice)),
			path);
		dump(&f, once.bytes, once.len, &same);
		ok_that(t, !strcmp(str_text(&tree), str_text(&same)), path);
		is_int(t, comments(&once), comments(&text));
	}
	front_release(&f);
	str_release(&text);
	str_release(&once);
	str_release(&twice);
	str_release(&tree);
	str_release(&same);
}

static bool
is_egm(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && !strcmp(name + len - 4, ".egm");
}

static void
check_folder(struct tap *t, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		struct str path = STR_INIT;

		str_format(&path, "%s/%s", folder, entries[i]->d_name);
		if (is_egm(entries[i]->d_name))
			check_file(t, str_text(&path));
		else if (entries[i]->d_name[0] != '.' && entries[i]->d_type == DT_DIR)
			check_folder(t, str_text(&path));
		str_release(&path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

int
main(void)
{
	static const char *const folders[] = { "stdlib", "examples", "tests/stage", "tests/diag",
		"tests/golden" };
	const char *root = getenv("srcdir") ? getenv("srcdir") : ".";
	struct tap t = { 0 };

	texts(&t);
	nothing_is_made_of_a_file_with_faults(&t);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		struct str path = STR_INIT;

		str_format(&path, "%s/%s", root, folders[i]);
		check_folder(&t, str_text(&path));
		str_release(&path);
	}
	return tap_done(&t);
}
