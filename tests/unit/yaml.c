/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees to YAML and back: what is quoted, how lines and comments lie, and that whatever is written
 * is read as the same tree. `yaml print DOCUMENTS ANSWERS` writes many texts as YAML documents and
 * as lines of JSON, for other readers to compare.
 */
#include "tests/unit/tap.h"

#include <stdlib.h>
#include "backend/backend.h"
#include "backend/yaml_quote.h"
#include "base/json.h"
#include "base/utf8.h"
#include "graph/plain.h"
#include "graph/read.h"

struct bed {
	struct atoms atoms;
	struct graph g;
	struct source source;
	struct diags diags;
	struct str out;
	uint64_t random;
};

static void
bed_init(struct bed *b)
{
	*b = (struct bed){ .out = STR_INIT, .random = 1 };
	atoms_init(&b->atoms);
	graph_init(&b->g, &b->atoms);
	source_init(&b->source);
	diags_init(&b->diags);
}

static void
bed_release(struct bed *b)
{
	str_release(&b->out);
	diags_release(&b->diags);
	source_release(&b->source);
	graph_release(&b->g);
	atoms_release(&b->atoms);
}

static atom
text(struct bed *b, const char *s)
{
	return atom_of_text(&b->atoms, s);
}

static struct tree *
node(struct bed *b, struct tree *parent, const char *key, enum tree_kind kind)
{
	struct tree *t = tree_new(&b->g, kind);

	if (key)
		t->key = text(b, key);
	if (parent)
		tree_add(parent, t);
	return t;
}

static struct tree *
leaf(struct bed *b, struct tree *parent, const char *key, enum scalar_kind scalar,
	const char *value)
{
	struct tree *t = node(b, parent, key, TREE_SCALAR);

	t->scalar = (uint8_t)scalar;
	t->text = text(b, value);
	return t;
}

static const char *
written(struct bed *b, struct tree *root, enum object_form form, struct vec *lines)
{
	struct object o = { .form = (uint8_t)form, .root = root };

	str_clear(&b->out);
	yaml_write(&b->g, &o, &b->out, lines);
	return str_text(&b->out);
}

/* --- quoting -------------------------------------------------------------------------------- */

/* clang-format off */
static const char *const quoted[] = {
	/* words */
	"", "~", "null", "Null", "NULL", "nULL", "y", "Y", "n", "N", "yes", "Yes", "YES", "yEs",
	"no", "No", "NO", "on", "On", "ON",
	"off", "Off", "OFF", "true", "True", "TRUE", "tRue", "false", "False", "FALSE", "=", "<<",
	".inf", ".Inf", ".INF", "-.inf",
	"+.inf", "+.Inf", ".nan", ".NaN", ".NAN",
	/* integers */
	"0", "1", "-1", "+1", "8080", "010", "-010", "08", "00", "0x1F", "0X1f", "-0x1f", "0o17",
	"0O17", "0b101", "-0b1", "0b-1", "1_000",
	"1_", "0_x1F", "-_5", "0x_", "0x_1", "123456789012345678901234567890", "12:30",
	"190:20:30", "1:2:3", "-12:30", "1_2:30",
	/* numbers */
	"1.29", "1.", ".5", "-.5", "+.5", "1e3", "1E3", "1e+3", "1.5e3", "1.5e-3", "1234e56",
	".5e1", "1_0.5", "._", "12:30.5", "12:30:45.",
	"0.0", "-0", "685.230_15e+03",
	/* dates */
	"2026-01-02", "2026-1-2", "2026-01-02T03:04:05Z", "2026-01-02t03:04:05",
	"2026-01-02 03:04:05", "2001-12-14 21:59:43.10 -5",
	"9999-99-99",
	/* signs */
	" a", "a ", " ", "-", "- a", "?", "? a", ":", ": a", "a: b", "a:", "a #b", "#", "#a", ",a",
	"[a", "]a", "{a", "}a", "&a", "*a", "!a",
	"|a", ">a", "'a", "\"a", "%a", "@a", "`a", "[]", "{}", "---", "--- a", "---a", "...",
	"...a",
	/* bytes */
	"a\nb", "a\n", "\n", "a\tb", "\ta", "a\rb", "a\x01" "b", "a\x7f", "a\xc2\x85" "b",
	"a\xc2\x9f", "a\xe2\x80\xa8" "b", "a\xe2\x80\xa9",
	"\xef\xbb\xbf" "a", "a\xef\xbf\xbe", "a\xef\xbf\xbf", "\xf0\x9f\x98\x80",
};
/* clang-format on */

/* clang-format off */
static const char *const bare[] = {
	"a", "shop", "ingress-gw", ".a", "yesterday", "nope", "only", "one", "offer", "truee",
	"nul", "nulls", "~a", "<", "<<<", "==", "a=b",
	"10.0.0.1", "10.0.0.0/8", "1.29.6", "v1.29", "1.29-alpha", "5s", "1m30s", "100m", "512Mi",
	"1E", "1Gi", "0xg", "0b2", "0o8", "x1F",
	"1,000", "8080:80", "80:8080", "12:60", "1:2a", "a:b", "http://a/b", "a::b", "::1x",
	"2026", "2026-01", "2026-01-02-backup", "20260102T",
	"12-30", "-a", "--flag=x", "-1a", "+a", "+", ".", "..", ".a", ".e5", "e5", "1e", "1e+",
	"a b", "a  b", "a,b", "a[b]", "a{b}", "a?", "a&b", "a*b", "a!b",
	"a|b", "a>b", "a'b", "a\"b", "a%b", "a@b", "a`b", "a#b", "a\\nb", "\\", "$x", "${x}",
	"(a)", "/a", ";a", "^a", "_", "_1", "app.kubernetes.io/name",
	"gr\xc3\xbc\xc3\x9f", "\xe6\x97\xa5\xe6\x9c\xac", "a\xc2\xa0z", "\xef\xbd\xb1", "?a",
	":a", "-0x", "1.2.3.4", "1-2", "2026-1-2x", "123-1-2",
};
/* clang-format on */

static bool
is_number(const char *s)
{
	return plain_kind(s, strlen(s)) == PLAIN_INT || strcmp(s, "2026") == 0;
}

static void
quotes_where_needed(struct tap *t)
{
	for (size_t i = 0; i < sizeof(quoted) / sizeof(*quoted); i++)
		if (!yaml_needs_quotes(quoted[i], strlen(quoted[i])))
			ok_that(t, false, quoted[i]);
	ok_that(t, true, "texts that a reader could take for something else are quoted");
	for (size_t i = 0; i < sizeof(bare) / sizeof(*bare); i++)
		if (yaml_needs_quotes(bare[i], strlen(bare[i])) != is_number(bare[i]))
			ok_that(t, false, bare[i]);
	ok_that(t, true, "no other text is quoted");
}

static void
kinds_of_plain(struct tap *t)
{
	static const struct {
		const char *text;
		enum plain_kind kind;
	} cases[] = {
		{ "true", PLAIN_BOOL },
		{ "FALSE", PLAIN_BOOL },
		{ "fAlse", PLAIN_UNSURE },
		{ "~", PLAIN_NULL },
		{ "", PLAIN_NULL },
		{ "nuLl", PLAIN_UNSURE },
		{ "0", PLAIN_INT },
		{ "-12", PLAIN_INT },
		{ "+12", PLAIN_UNSURE },
		{ "012", PLAIN_UNSURE },
		{ "999999999999999999", PLAIN_INT },
		{ "9999999999999999999", PLAIN_UNSURE },
		{ "0.5", PLAIN_NUMBER },
		{ "-10.25", PLAIN_NUMBER },
		{ "1.5e+3", PLAIN_NUMBER },
		{ "1.5e3", PLAIN_UNSURE },
		{ "00.5", PLAIN_UNSURE },
		{ "1.", PLAIN_UNSURE },
		{ ".5", PLAIN_UNSURE },
		{ "1.5e+", PLAIN_TEXT },
		{ "<<", PLAIN_UNSURE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (plain_kind(cases[i].text, strlen(cases[i].text)) != cases[i].kind)
			ok_that(t, false, cases[i].text);
	ok_that(t, true, "plain scalars have the kinds that all readers give them");
}

/* --- layout --------------------------------------------------------------------------------- */

static void
layout(struct tap *t)
{
	struct bed b;
	struct tree *root, *meta, *list, *item, *inner;

	bed_init(&b);
	root = node(&b, NULL, NULL, TREE_MAP);
	leaf(&b, root, "apiVersion", SCALAR_TEXT, "v1");
	meta = node(&b, root, "metadata", TREE_MAP);
	leaf(&b, meta, "name", SCALAR_TEXT, "on");
	leaf(&b, node(&b, meta, "labels", TREE_MAP), "y", SCALAR_TEXT, "a\nb");
	node(&b, meta, "annotations", TREE_MAP);
	list = node(&b, root, "list", TREE_LIST);
	item = node(&b, list, NULL, TREE_MAP);
	leaf(&b, item, "port", SCALAR_INT, "80");
	inner = node(&b, node(&b, list, NULL, TREE_LIST), NULL, TREE_LIST);
	leaf(&b, inner, NULL, SCALAR_BOOL, "true");
	leaf(&b, inner, NULL, SCALAR_NUMBER, "0.5");
	node(&b, list, NULL, TREE_LIST);
	is_text(t, written(&b, root, OBJECT_OWNED, NULL),
		"apiVersion: v1\n"
		"metadata:\n"
		"  name: \"on\"\n"
		"  labels:\n"
		"    \"y\": |-\n"
		"      a\n"
		"      b\n"
		"  annotations: {}\n"
		"list:\n"
		"- port: 80\n"
		"- - - true\n"
		"    - 0.5\n"
		"- []\n");
	bed_release(&b);
}

static void
comments(struct tap *t)
{
	struct bed b;
	struct tree *root, *spec, *item, *list;
	struct vec lines;
	atom why;

	bed_init(&b);
	why = text(&b, "so that\n\tit \xe2\x80\xa8 holds \x01");
	root = node(&b, NULL, NULL, TREE_MAP);
	leaf(&b, root, "kind", SCALAR_TEXT, "A");
	spec = node(&b, root, "spec", TREE_MAP);
	leaf(&b, spec, "first", SCALAR_TEXT, "x")->origin.reason = why;
	leaf(&b, spec, "second", SCALAR_TEXT, "y")->origin.reason = why;
	leaf(&b, spec, "third", SCALAR_TEXT, "z")->todo = text(&b, "choose\n# one");
	list = node(&b, spec, "list", TREE_LIST);
	list->origin.reason = text(&b, "\n \t");
	item = node(&b, list, NULL, TREE_MAP);
	item->origin.reason = why;
	item->todo = text(&b, "this");
	leaf(&b, item, "a", SCALAR_INT, "1")->origin.reason = why;
	item->first->todo = text(&b, "that");
	leaf(&b, item, "b", SCALAR_INT, "2")->origin.reason = text(&b, "of b");
	vec_init(&lines, sizeof(struct tree *), false);
	is_text(t, written(&b, root, OBJECT_OWNED, &lines),
		"kind: A\n"
		"spec:\n"
		"  # so that it holds\n"
		"  first: x\n"
		"  second: \"y\"\n"
		"  third: z # TODO: choose # one\n"
		"  list:\n"
		"  # so that it holds\n"
		"  - a: 1 # TODO: this; that\n"
		"    # of b\n"
		"    b: 2\n");
	is_int(t, lines.count, 11);
	ok(t, *VEC_AT(&lines, struct tree *, 1) == spec);
	ok(t, *VEC_AT(&lines, struct tree *, 2) == spec->first);
	ok(t, *VEC_AT(&lines, struct tree *, 3) == spec->first);
	ok(t, *VEC_AT(&lines, struct tree *, 7) == item);
	ok(t, *VEC_AT(&lines, struct tree *, 8) == item->first);
	vec_release(&lines);
	bed_release(&b);
}

/* Several lines stand as they are where that is safe; comments around them keep their places. */
static void
blocks(struct tap *t)
{
	struct bed b;
	struct tree *root, *data;
	struct vec lines;

	bed_init(&b);
	root = node(&b, NULL, NULL, TREE_MAP);
	data = node(&b, root, "data", TREE_MAP);
	leaf(&b, data, "ca", SCALAR_TEXT, "-----\nAB==\n-----\n")->origin.reason = text(&b, "why");
	leaf(&b, data, "open", SCALAR_TEXT, "# a\n\n  b: \xc3\xa9")->todo = text(&b, "choose");
	leaf(&b, data, "first", SCALAR_TEXT, " a\nb\n");
	leaf(&b, data, "last", SCALAR_TEXT, "a\nb \n");
	leaf(&b, data, "tab", SCALAR_TEXT, "a\tb\nc\n");
	leaf(&b, data, "wide", SCALAR_TEXT, "a\xe2\x80\xa8\nb\n");
	leaf(&b, data, "many", SCALAR_TEXT, "a\n\n");
	leaf(&b, data, "none", SCALAR_TEXT, "\n")->origin.reason = text(&b, "behind");
	vec_init(&lines, sizeof(struct tree *), false);
	is_text(t, written(&b, root, OBJECT_OWNED, &lines),
		"data:\n"
		"  # why\n"
		"  ca: |\n"
		"    -----\n"
		"    AB==\n"
		"    -----\n"
		"  open: |- # TODO: choose\n"
		"    # a\n"
		"\n"
		"      b: \xc3\xa9\n"
		"  first: \" a\\nb\\n\"\n"
		"  last: \"a\\nb \\n\"\n"
		"  tab: \"a\\tb\\nc\\n\"\n"
		"  wide: \"a\\L\\nb\\n\"\n"
		"  many: \"a\\n\\n\"\n"
		"  # behind\n"
		"  none: \"\\n\"\n");
	is_int(t, lines.count, 17);
	ok(t, *VEC_AT(&lines, struct tree *, 5) == data->first);
	vec_release(&lines);
	bed_release(&b);
}

static void
reason_of_the_whole(struct tap *t)
{
	struct bed b;
	struct tree *root;

	bed_init(&b);
	root = node(&b, NULL, NULL, TREE_MAP);
	root->origin.reason = text(&b, "r");
	leaf(&b, root, "kind", SCALAR_TEXT, "A")->origin.reason = root->origin.reason;
	is_text(t, written(&b, root, OBJECT_OWNED, NULL), "# r\nkind: A\n");
	bed_release(&b);
}

static void
long_keys(struct tap *t)
{
	struct bed b;
	struct tree *root, *map;
	struct vec lines;
	char key[140];

	bed_init(&b);
	memset(key, 'k', sizeof(key));
	key[129] = '\0';
	root = node(&b, NULL, NULL, TREE_MAP);
	map = node(&b, root, key, TREE_MAP);
	leaf(&b, map, "a", SCALAR_INT, "1");
	leaf(&b, map, "b", SCALAR_INT, "2")->origin.reason = text(&b, "r");
	leaf(&b, root, "x\ny", SCALAR_INT, "3");
	leaf(&b, root, "z\xc2\x85", SCALAR_INT, "4");
	key[128] = '\0';
	leaf(&b, root, key, SCALAR_INT, "5");
	vec_init(&lines, sizeof(struct tree *), false);
	written(&b, root, OBJECT_OWNED, &lines);
	is_int(t, lines.count, 9);
	ok(t, *VEC_AT(&lines, struct tree *, 0) == map);
	ok(t, *VEC_AT(&lines, struct tree *, 1) == map->first);
	ok(t, *VEC_AT(&lines, struct tree *, 8) == root->last);
	vec_release(&lines);
	bed_release(&b);
}

static void
marks_of_partial_objects(struct tap *t)
{
	struct bed b;
	struct tree *root, *meta, *notes;
	struct vec lines;

	bed_init(&b);
	root = node(&b, NULL, NULL, TREE_MAP);
	meta = node(&b, root, "metadata", TREE_MAP);
	leaf(&b, meta, "name", SCALAR_TEXT, "shop");
	node(&b, root, "spec", TREE_MAP);
	vec_init(&lines, sizeof(struct tree *), false);
	is_text(t, written(&b, root, OBJECT_PARTIAL, &lines),
		"metadata:\n"
		"  name: shop\n"
		"  annotations:\n"
		"    argocd.argoproj.io/sync-options: "
		"Prune=false,Delete=false,ServerSideApply=true\n"
		"    kustomize.toolkit.fluxcd.io/prune: disabled\n"
		"    kustomize.toolkit.fluxcd.io/ssa: Merge\n"
		"spec: {}\n");
	is_int(t, lines.count, 7);
	ok(t, !*VEC_AT(&lines, struct tree *, 2) && !*VEC_AT(&lines, struct tree *, 5));
	notes = node(&b, meta, "annotations", TREE_MAP);
	leaf(&b, notes, "argocd.argoproj.io/sync-options", SCALAR_TEXT,
		"Validate=false,Prune=confirm");
	leaf(&b, notes, "kustomize.toolkit.fluxcd.io/ssa", SCALAR_TEXT, "IfNotPresent");
	leaf(&b, node(&b, meta, "labels", TREE_MAP), "a", SCALAR_TEXT, "b");
	is_text(t, written(&b, root, OBJECT_PARTIAL, NULL),
		"metadata:\n"
		"  name: shop\n"
		"  annotations:\n"
		"    argocd.argoproj.io/sync-options: "
		"Validate=false,Prune=confirm,Delete=false,ServerSideApply=true\n"
		"    kustomize.toolkit.fluxcd.io/ssa: IfNotPresent\n"
		"    kustomize.toolkit.fluxcd.io/prune: disabled\n"
		"  labels:\n"
		"    a: b\n"
		"spec: {}\n");
	vec_release(&lines);
	bed_release(&b);
}

/* --- whatever is written can be read -------------------------------------------------------- */

static uint32_t
below(struct bed *b, uint32_t n)
{
	b->random = b->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(b->random >> 33) % n;
}

/* Pieces of what readers trip over. */
/* clang-format off */
static const char *const pieces[] = {
	"0", "1", "7", "9", "12", "08", "2026", "-01", "-", "-", "+", ".", ".", "_", ":", ":", " ",
	" ", "  ", "#", "e", "E", "x", "X", "o", "b", "T",
	"Z", "t", "y", "Y", "n", "yes", "No", "on", "off", "true", "False", "null", "~", ".inf",
	".NaN", "<<", "=", "a", "b", "shop", "f", "/",
	"\\", "\"", "'", "?", "!", "&", "*", "[", "]", "{", "}", ",", "|", ">", "%", "@", "`",
	"---", "...", "\n", "\t", "\r", "\x01", "\x1b", "\x7f",
	"\xc2\x85", "\xc2\xa0", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbb\xbf", "\xef\xbf\xbd",
	"\xef\xbf\xbe", "\xc3\xa9", "\xf0\x9f\x98\x80", "$", "(",
};
/* clang-format on */

static atom
random_text(struct bed *b, uint32_t most)
{
	struct str s = STR_INIT;
	atom a;

	for (uint32_t n = below(b, most + 1); n; n--)
		str_puts(&s, pieces[below(b, sizeof(pieces) / sizeof(*pieces))]);
	a = atom_of_text(&b->atoms, str_text(&s));
	str_release(&s);
	return a;
}

static void
random_comments(struct bed *b, struct tree *t, atom above)
{
	static const char *const reasons[] = { "r", "two words", "a\nkey: value", "# - [",
		"\xe2\x80\xa8key: x", "\x01" };

	if (below(b, 4) == 0)
		t->origin.reason = below(b, 2) ? above : text(b, reasons[below(b, 6)]);
	if (below(b, 8) == 0)
		t->todo = random_text(b, 4);
}

static void
random_scalar(struct bed *b, struct tree *t)
{
	static const char *const words[] = { "", "true", "-12", "0.5" };

	t->scalar = (uint8_t)(below(b, 3) ? SCALAR_TEXT
			: below(b, 2)     ? SCALAR_INT
			: below(b, 2)     ? SCALAR_BOOL
					  : SCALAR_NUMBER);
	t->text = t->scalar == SCALAR_TEXT
		? random_text(b, 6)
		: text(b,
			  words[t->scalar == SCALAR_BOOL            ? 1
					  : t->scalar == SCALAR_INT ? 2
								    : 3]);
}

static atom
random_key(struct bed *b, const struct tree *map)
{
	for (;;) {
		atom key = random_text(b, below(b, 20) ? 4 : 60);

		if (atom_len(&b->atoms, key) && !tree_find(map, key))
			return key;
	}
}

static struct tree *
random_tree(struct bed *b, struct tree *root, uint32_t nodes)
{
	struct tree *open[200];
	uint32_t count = 1;

	open[0] = root;
	while (nodes--) {
		struct tree *parent = open[below(b, count)];
		struct tree *t = tree_new(&b->g, (enum tree_kind)below(b, 3));

		if (parent->kind == TREE_MAP)
			t->key = random_key(b, parent);
		if (t->kind == TREE_SCALAR)
			random_scalar(b, t);
		else if (count < 200)
			open[count++] = t;
		random_comments(b, t, parent->origin.reason);
		tree_add(parent, t);
	}
	return root;
}

static struct tree *
read_back(struct bed *b, const char *bytes, size_t len)
{
	uint32_t file = source_add(&b->source, "back.yaml", bytes, len, false, false);
	struct vec documents;
	struct tree *root = NULL;

	vec_init(&documents, sizeof(struct tree *), false);
	if (yaml_read(&b->g, &b->source, file, &b->diags, &documents) && documents.count == 1)
		root = *VEC_AT(&documents, struct tree *, 0);
	vec_release(&documents);
	return root;
}

/* Its text stands in lines of their own, which show no key. */
static bool
in_block(struct bed *b, const struct tree *t)
{
	return t->kind == TREE_SCALAR && t->text &&
		yaml_is_block_text(atom_text(&b->atoms, t->text), atom_len(&b->atoms, t->text));
}

/* Each line shows a node whose key or text stands in it, if they are simple. */
static bool
lines_fit(struct bed *b, struct vec *lines)
{
	const char *at = str_text(&b->out);

	for (uint32_t i = 0; i < lines->count; i++) {
		const struct tree *t = *VEC_AT(lines, struct tree *, i);
		const char *end = strchr(at, '\n');
		struct str line = STR_INIT;
		bool fits;

		if (!end || !t)
			return false;
		str_add(&line, at, (size_t)(end - at));
		fits = at[strspn(at, " ")] == '#' || !t->key || in_block(b, t) ||
			yaml_needs_quotes(
				atom_text(&b->atoms, t->key), atom_len(&b->atoms, t->key)) ||
			*at == ':' || strstr(str_text(&line), atom_text(&b->atoms, t->key)) ||
			strstr(str_text(&line), ": ");
		str_release(&line);
		if (!fits)
			return false;
		at = end + 1;
	}
	return !*at;
}

static void
what_is_written_is_read(struct tap *t)
{
	unsigned same = 0, fitting = 0, rounds = 3000;

	for (unsigned i = 0; i < rounds; i++) {
		struct bed b;
		struct vec lines;
		struct tree *root, *back;

		bed_init(&b);
		b.random = i;
		vec_init(&lines, sizeof(struct tree *), false);
		root = random_tree(&b, node(&b, NULL, NULL, TREE_MAP), 1 + below(&b, 30));
		written(&b, root, OBJECT_OWNED, &lines);
		fitting += lines_fit(&b, &lines);
		back = read_back(&b, b.out.bytes, b.out.len);
		same += back && tree_equal(root, back);
		if (!back || !tree_equal(root, back))
			printf("# round %u\n", i);
		vec_release(&lines);
		bed_release(&b);
	}
	is_int(t, same, rounds);
	is_int(t, fitting, rounds);
}

/* A text is written plain unless the table says otherwise, whatever libyaml thinks. */
static void
libyaml_agrees(struct tap *t)
{
	struct bed b;
	unsigned wrong = 0;

	bed_init(&b);
	for (unsigned i = 0; i < 20000; i++) {
		struct tree *root = node(&b, NULL, NULL, TREE_MAP);
		struct tree *v = node(&b, root, "k", TREE_SCALAR);
		bool quotes;

		v->text = random_text(&b, 5);
		quotes = !in_block(&b, v) &&
			yaml_needs_quotes(
				atom_text(&b.atoms, v->text), atom_len(&b.atoms, v->text));
		wrong +=
			(strncmp(written(&b, root, OBJECT_OWNED, NULL), "k: \"", 4) == 0) != quotes;
		wrong += strncmp(str_text(&b.out), "k: '", 4) == 0 && quotes;
	}
	is_int(t, wrong, 0);
	bed_release(&b);
}

/* --- for other readers ---------------------------------------------------------------------- */

static bool
save(const char *path, const struct str *s)
{
	FILE *f = fopen(path, "wb");
	bool fine = f && fwrite(s->bytes, 1, s->len, f) == s->len;

	return f && fclose(f) == 0 && fine;
}

static void
print_one(struct bed *b, atom value, struct str *documents, struct str *answers)
{
	struct tree *root = node(b, NULL, NULL, TREE_MAP);
	struct tree *map = node(b, root, "key", TREE_MAP);
	struct tree *v = node(b, root, "value", TREE_SCALAR);
	struct tree *item = node(b, node(b, root, "list", TREE_LIST), NULL, TREE_SCALAR);

	v->text = item->text = value;
	v->todo = v->text;
	if (atom_len(&b->atoms, value)) {
		struct tree *k = node(b, map, NULL, TREE_SCALAR);

		k->key = value;
		k->scalar = SCALAR_INT;
		k->text = text(b, "1");
		k->origin.reason = value;
	}
	written(b, root, OBJECT_OWNED, NULL);
	str_puts(documents, "---\n");
	str_add(documents, b->out.bytes, b->out.len);
	json_string(answers, atom_text(&b->atoms, value), atom_len(&b->atoms, value));
	str_putc(answers, '\n');
}

static int
print(const char *documents_path, const char *answers_path)
{
	struct str documents = STR_INIT, answers = STR_INIT;
	struct bed b;
	bool fine;

	bed_init(&b);
	for (size_t i = 0; i < sizeof(quoted) / sizeof(*quoted); i++)
		print_one(&b, text(&b, quoted[i]), &documents, &answers);
	for (size_t i = 0; i < sizeof(bare) / sizeof(*bare); i++)
		print_one(&b, text(&b, bare[i]), &documents, &answers);
	for (unsigned i = 0; i < 3000; i++)
		print_one(&b, random_text(&b, 6), &documents, &answers);
	fine = save(documents_path, &documents) && save(answers_path, &answers);
	str_release(&documents);
	str_release(&answers);
	bed_release(&b);
	return !fine;
}

int
main(int argc, char **argv)
{
	struct tap t = { 0 };

	if (argc == 4 && strcmp(argv[1], "print") == 0)
		return print(argv[2], argv[3]);
	quotes_where_needed(&t);
	kinds_of_plain(&t);
	layout(&t);
	comments(&t);
	blocks(&t);
	reason_of_the_whole(&t);
	long_keys(&t);
	marks_of_partial_objects(&t);
	libyaml_agrees(&t);
	what_is_written_is_read(&t);
	return tap_done(&t);
}
