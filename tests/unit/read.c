/* SPDX-License-Identifier: Apache-2.0 */
/* YAML to trees: what is taken over, what is refused and where, and that no byte breaks the
 * reader. */
#include "tests/unit/tap.h"

#include <stdlib.h>
#include "graph/read.h"

struct bed {
	struct atoms atoms;
	struct graph g;
	struct diags diags;
	struct source source;
	struct vec documents;
	struct str said;
};

static void
bed_init(struct bed *b)
{
	*b = (struct bed){ .said = STR_INIT };
	atoms_init(&b->atoms);
	graph_init(&b->g, &b->atoms);
	diags_init(&b->diags);
	source_init(&b->source);
	vec_init(&b->documents, sizeof(struct tree *), false);
}

static void
bed_release(struct bed *b)
{
	str_release(&b->said);
	vec_release(&b->documents);
	source_release(&b->source);
	diags_release(&b->diags);
	graph_release(&b->g);
	atoms_release(&b->atoms);
}

static bool
read_bytes(struct bed *b, const char *bytes, size_t len)
{
	return yaml_read(&b->g, &b->source,
		source_add(&b->source, "x.yaml", bytes, len, false, false), &b->diags,
		&b->documents);
}

static struct tree *
document(struct bed *b, uint32_t i)
{
	return i < b->documents.count ? *VEC_AT(&b->documents, struct tree *, i) : NULL;
}

/* The bytes of a node. */
static const char *
place(struct bed *b, const struct tree *t)
{
	const struct source_file *f = source_file(&b->source, t->origin.user.file);

	str_clear(&b->said);
	str_add(&b->said, f->bytes + t->origin.user.start,
		t->origin.user.end - t->origin.user.start);
	return str_text(&b->said);
}

static void
takes_over(struct tap *t)
{
	static const char text[] = "# head\n"
				   "---\n"
				   "---\n"
				   "kind: A\n"
				   "gr\xc3\xbc\xc3\x9f: \xe2\x82\xac \xf0\x9f\x98\x80 # comment\n"
				   "list:\n"
				   "- 12\n"
				   "- True\n"
				   "- -0.5\n"
				   "- 'no'\n"
				   "- \"a\\nb\"\n"
				   "- |\n"
				   "  one\n"
				   "  two\n"
				   "- !!str 5\n"
				   "- !!int 5\n"
				   "map: {a: [], b: {}}\n"
				   "...\n"
				   "---\n"
				   "kind: B\n"
				   "---\n";
	struct bed b;
	struct tree *list, *at;

	bed_init(&b);
	ok(t, read_bytes(&b, text, sizeof(text) - 1));
	is_int(t, b.documents.count, 2);
	list = tree_walk(&b.g, document(&b, 0), "list");
	is_int(t, list->count, 8);
	at = list->first;
	ok(t, at->scalar == SCALAR_INT && strcmp(atom_text(&b.atoms, at->text), "12") == 0);
	at = at->next;
	ok(t, at->scalar == SCALAR_BOOL && strcmp(atom_text(&b.atoms, at->text), "true") == 0);
	at = at->next;
	ok(t, at->scalar == SCALAR_NUMBER && strcmp(atom_text(&b.atoms, at->text), "-0.5") == 0);
	at = at->next;
	ok(t, at->scalar == SCALAR_TEXT && strcmp(atom_text(&b.atoms, at->text), "no") == 0);
	is_text(t, place(&b, at), "'no'");
	is_text(t, place(&b, at->next), "\"a\\nb\"");
	is_text(t, atom_text(&b.atoms, at->next->next->text), "one\ntwo\n");
	ok(t, at->next->next->next->scalar == SCALAR_TEXT && list->last->scalar == SCALAR_INT);
	is_text(t, place(&b, tree_walk(&b.g, document(&b, 0), "gr\xc3\xbc\xc3\x9f")),
		"\xe2\x82\xac \xf0\x9f\x98\x80");
	is_text(t, place(&b, tree_walk(&b.g, document(&b, 0), "map")), "{a: [], b: {}}");
	is_text(t, place(&b, document(&b, 1)), "kind: B");
	ok(t, strncmp(place(&b, list), "- 12\n", 5) == 0);
	bed_release(&b);
}

/* The places of a file that is not ASCII alone, far beyond the first marks. */
static void
places_of_long_files(struct tap *t)
{
	struct bed b;
	struct str text = STR_INIT;
	bool right = true;

	bed_init(&b);
	for (int i = 0; i < 3000; i++)
		str_format(&text, "k%d: \xc3\xa9\xe2\x82\xacv%d\r\n", i, i);
	ok(t, read_bytes(&b, text.bytes, text.len));
	for (const struct tree *c = document(&b, 0)->first; c; c = c->next)
		right &= strcmp(place(&b, c), atom_text(&b.atoms, c->text)) == 0;
	ok_that(t, right, "every value has the bytes that it was written as");
	str_release(&text);
	bed_release(&b);
}

/* "1:3 message" for each fault, parted by "; ". */
static const char *
faults(struct bed *b, const char *bytes, size_t len)
{
	bool fine = read_bytes(b, bytes, len);

	str_clear(&b->said);
	diags_sort(&b->diags);
	for (uint32_t i = 0; i < b->diags.all.count; i++) {
		const struct diag *d = *VEC_AT(&b->diags.all, struct diag *, i);
		struct place at = source_place(&b->source, d->span.file, d->span.start);

		str_format(&b->said, "%s%u:%u %s", i ? "; " : "", (unsigned)at.line,
			(unsigned)at.column, d->message);
		if (strcmp(d->code, "EGM0015") != 0 || d->span.end < d->span.start)
			str_puts(&b->said, " (with a wrong code or span)");
	}
	if (fine != !b->diags.all.count)
		str_puts(&b->said, " (and the answer is wrong)");
	return str_text(&b->said);
}

static void
refuses(struct tap *t)
{
	static const struct {
		const char *text, *faults;
	} cases[] = {
		{ "a: &x b", "1:4 an anchor in YAML that is to be taken over" },
		{ "a: &x [1]\nb: *x\n",
			"1:4 an anchor in YAML that is to be taken over; 2:4 an alias in YAML that "
			"is to be taken over" },
		{ "<<: {a: b}", "1:1 a merge key in YAML that is to be taken over" },
		{ "a: !secret b", "1:4 a tag in YAML that no object needs" },
		{ "a: !!binary aGVq", "1:4 a tag in YAML that no object needs" },
		{ "a: !!int x", "1:4 a value that is not what its tag says" },
		{ "a: !!map [x]", "1:4 a value that is not what its tag says" },
		{ "%TAG !e! tag:example.com,2026:\n---\na: b\n", "1:1 a %TAG directive in YAML" },
		{ "a: ~", "1:4 null in YAML that is to be taken over" },
		{ "a:\nb: null\n",
			"1:3 null in YAML that is to be taken over; 2:4 null in YAML that is to be "
			"taken over" },
		{ "on: 1", "1:1 the key `on` is not text for every tool" },
		{ "80: 1", "1:1 the key `80` is not text for every tool" },
		{ "\"\": 1", "1:1 an empty key" },
		{ "? [a]\n: b\n", "1:3 a key that is not text" },
		{ "a: 1\nb: 2\na: 3\n", "3:1 the key `a` stands twice in one map" },
		{ "a: 0644", "1:4 plain `0644` is read differently by different tools" },
		{ "a: [yes, 1e3, 2026-01-02, .inf, 1_0]",
			"1:5 plain `yes` is read differently by different tools; 1:10 plain `1e3` "
			"is read differently by different tools; "
			"1:15 plain `2026-01-02` is read differently by different tools; 1:27 "
			"plain `.inf` is read differently by different tools; "
			"1:33 plain `1_0` is read differently by different tools" },
		{ "a: \"b\\0c\"", "1:4 a NUL byte in a text" },
		{ "- a", "1:1 a document that is not an object" },
		{ "text", "1:1 a document that is not an object" },
		{ "\xef\xbb\xbf"
		  "a: b",
			"1:1 YAML that begins with a byte order mark" },
		{ "a: \xff", "1:4 YAML that is not valid UTF-8" },
		{ "a: b: c",
			"1:5 this is not YAML: mapping values are not allowed in this context" },
		{ "a: \"b",
			"1:6 this is not YAML: found unexpected end of stream while scanning a "
			"quoted scalar" },
		{ "a: [b",
			"1:6 this is not YAML: did not find expected ',' or ']' while parsing a "
			"flow sequence" },
		{ "a: \x01", "1:4 this is not YAML: control characters are not allowed" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bed b;

		bed_init(&b);
		is_text(t, faults(&b, cases[i].text, strlen(cases[i].text)), cases[i].faults);
		bed_release(&b);
	}
}

static void
limits(struct tap *t)
{
	struct yaml_limits few = { .bytes = 100, .nodes = 3, .depth = 2 };
	struct str text = STR_INIT;
	struct bed b;
	uint32_t file;

	bed_init(&b);
	is_text(t, faults(&b, "a\0: b", 5), "1:2 a NUL byte in YAML");
	bed_release(&b);
	bed_init(&b);
	for (int i = 0; i < 99; i++)
		str_puts(&text, "{a: ");
	str_puts(&text, "{}");
	str_repeat(&text, '}', 99);
	ok(t, read_bytes(&b, text.bytes, text.len));
	str_clear(&text);
	str_repeat(&text, '[', 100000);
	is_text(t, faults(&b, text.bytes, text.len), "1:1 a document that is not an object");
	bed_release(&b);
	bed_init(&b);
	str_clear(&text);
	str_puts(&text, "a: ");
	str_repeat(&text, '[', 100000);
	is_text(t, faults(&b, text.bytes, text.len), "1:103 YAML that is nested too deeply");
	bed_release(&b);
	bed_init(&b);
	file = source_add(&b.source, "x", "a: [1]\n", 7, false, true);
	ok(t, yaml_read_within(&b.g, &b.source, file, &few, &b.diags, &b.documents));
	file = source_add(&b.source, "x", "a: [1, 2]\n", 10, false, true);
	ok(t, !yaml_read_within(&b.g, &b.source, file, &few, &b.diags, &b.documents));
	str_clear(&text);
	str_repeat(&text, ' ', 101);
	file = source_add(&b.source, "x", text.bytes, text.len, false, true);
	ok(t, !yaml_read_within(&b.g, &b.source, file, &few, &b.diags, &b.documents));
	str_release(&text);
	bed_release(&b);
}

static void
stops_after_twenty(struct tap *t)
{
	struct str text = STR_INIT;
	struct bed b;

	bed_init(&b);
	for (int i = 0; i < 1000; i++)
		str_format(&text, "k%d: ~\n", i);
	ok(t, !read_bytes(&b, text.bytes, text.len));
	is_int(t, b.diags.errors, 20);
	str_release(&text);
	bed_release(&b);
}

/* Many keys in one map: doubles are found without comparing each with each. */
static void
large_maps(struct tap *t)
{
	struct str text = STR_INIT;
	struct bed b;

	bed_init(&b);
	for (int i = 0; i < 200000; i++)
		str_format(&text, "k%d: 1\n", i);
	ok(t, read_bytes(&b, text.bytes, text.len));
	str_puts(&text, "k0: 2\n");
	ok(t, !read_bytes(&b, text.bytes, text.len));
	str_release(&text);
	bed_release(&b);
}

static void
survives(struct tap *t)
{
	static const char text[] = "a: &x [1, {b: *x}]\n? - c\n: !!str \"\\x41\\u20ac\"\n--- |\n  "
				   "d\n...\n%YAML 1.2\n---\n'e': >-\n f\n# g\n";

	for (size_t i = 0; i < sizeof(text); i++)
		for (int byte = 0; byte < 256; byte += 7) {
			struct bed b;
			char copy[sizeof(text)];

			memcpy(copy, text, sizeof(text));
			copy[i] = (char)byte;
			bed_init(&b);
			read_bytes(&b, copy, sizeof(text) - 1);
			read_bytes(&b, copy, i);
			bed_release(&b);
		}
	ok_that(t, true, "no byte breaks the reader");
}

int
main(void)
{
	struct tap t = { 0 };

	takes_over(&t);
	places_of_long_files(&t);
	refuses(&t);
	limits(&t);
	stops_after_twenty(&t);
	large_maps(&t);
	survives(&t);
	return tap_done(&t);
}
