/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the front end says about texts that are no egm: which faults, where, with which advice, and
 * nothing else. And how it bears texts that are large, deep or long.
 */
#include "grammar/grammar.h"
#include "tests/unit/tap.h"

struct front {
	struct atoms atoms;
	struct source source;
	struct diags diags;
	struct ast ast;
	struct ast_file file;
	bool fine;
};

static void
front_parse(struct front *f, const char *text, size_t len)
{
	struct grammar_input in = { &f->atoms, &f->source, &f->diags, &f->ast };
	uint32_t file;

	atoms_init(&f->atoms);
	source_init(&f->source);
	diags_init(&f->diags);
	ast_init(&f->ast);
	file = source_add(&f->source, "a.egm", text, len, false, true);
	f->fine = grammar_parse(&in, file, &f->file);
	diags_sort(&f->diags);
}

static void
front_release(struct front *f)
{
	ast_release(&f->ast);
	diags_release(&f->diags);
	source_release(&f->source);
	atoms_release(&f->atoms);
}

/* --- messages --- */

static void
print_place(struct front *f, struct span span, struct str *out)
{
	struct place p = source_place(&f->source, span.file, span.start);

	str_format(out, "%u:%u", p.line, p.column);
}

/* line:column code: message @ line:column: label | advice */
static void
print_fault(struct front *f, const struct diag *d, struct str *out)
{
	print_place(f, d->span, out);
	str_format(out, " %s: %s", d->code, d->message);
	for (const struct diag_label *l = d->labels; l; l = l->next) {
		str_puts(out, " @ ");
		print_place(f, l->span, out);
		str_format(out, ": %s", l->text);
	}
	for (const struct diag_text *t = d->texts; t; t = t->next)
		str_format(out, " | %s", t->text);
	str_putc(out, '\n');
}

static void
print_faults(struct front *f, struct str *out)
{
	for (uint32_t i = 0; i < f->diags.all.count; i++) {
		const struct diag *d = *VEC_AT(&f->diags.all, struct diag *, i);

		if (!d->dropped)
			print_fault(f, d, out);
	}
}

static const struct {
	const char *about, *text, *faults;
} cases[] = {
	{ "a value is missing",
		"site s {\n"
		"  a =\n"
		"  b = 3\n"
		"}\n",
		"2:6 EGM0001: expected a value before the end of the line | to leave a field out, "
		"leave out its line; `absent` takes away what a profile wrote\n" },
	{ "each statement has its own fault",
		"site s {\n"
		"  a = = 1\n"
		"  app b {\n"
		"    c = 1 2\n"
		"    d = (1\n"
		"    e = 3\n"
		"  }\n"
		"  f = [1 2]\n"
		"}\n"
		"g = )\n",
		"2:7 EGM0001: expected a value before `=`\n"
		"4:11 EGM0001: expected the end of the statement before `2`\n"
		"5:9 EGM0003: this `(` is never closed @ 7:3: comes before it is closed\n"
		"8:10 EGM0001: expected `,` or `]` before `2` | items are separated by commas\n"
		"10:5 EGM0003: this `)` closes nothing\n" },
	{ "a fault in the head leaves the body to be read",
		"site s {\n"
		"  app a b {\n"
		"    c = = 1\n"
		"    d = 2\n"
		"  }\n"
		"  e = 3\n"
		"}\n",
		"2:9 EGM0001: expected `of`, `{` or the end of the statement before `b` | "
		"statements are separated by `;` or a new line\n"
		"3:9 EGM0001: expected a value before `=`\n" },
	{ "a colon is no equals sign", "site s { port: 80 }\n",
		"1:16 EGM0001: expected a type before `80` | a field is written name = value\n" },
	{ "a dotted path has no colon", "site s { a.b: 80 }\n",
		"1:13 EGM0001: expected `=` or `{` before `:` | a field is written name = "
		"value\n" },
	{ "a list of YAML",
		"site s {\n"
		"  - a\n"
		"}\n",
		"2:3 EGM0001: expected a statement or `}` before `-` | a list is written in "
		"brackets: name = [a, b]\n" },
	{ "a field is set with one equals sign", "a == 3\n",
		"1:3 EGM0001: expected `=` or `{` before `==` | a field is set with a single "
		"`=`\n" },
	{ "a comparison has two", "if a = 3 { b = 1 }\n",
		"1:6 EGM0001: expected `{` or the end of the statement before `=` | to compare, "
		"write `==`\n" },
	{ "single quotes", "a = 'text'\n",
		"1:5 EGM0004: `'text'` is no text | text stands in double quotes: \"...\"\n" },
	{ "curly quotes",
		"a = \xe2"
		"\x80"
		"\x9c"
		"text\xe2"
		"\x80"
		"\x9d"
		"\n",
		"1:5 EGM0004: `\xe2"
		"\x80"
		"\x9c"
		"text\xe2"
		"\x80"
		"\x9d"
		"` is no text | text stands in plain double quotes: \"...\"\n" },
	{ "comments of other languages",
		"// one\n"
		"a = 1 /* two\n"
		" lines */\n"
		"b = = 2\n",
		"1:1 EGM0001: `//` begins no comment | comments begin with `#`\n"
		"2:7 EGM0001: `/*` begins no comment | comments begin with `#`\n"
		"4:5 EGM0001: expected a value before `=`\n" },
	{ "a missing comma",
		"a = [b c]\n"
		"b = [1 2]\n"
		"c = f(x y)\n",
		"1:8 EGM0001: expected `,` or `]` before `c` | items are separated by commas\n"
		"2:8 EGM0001: expected `,` or `]` before `2` | items are separated by commas\n"
		"3:9 EGM0001: expected `,` or `)` before `y` | items are separated by commas\n" },
	{ "commas between fields", "a { b = 1, c = 2 }\n",
		"1:10 EGM0001: expected the end of the statement before `,` | in braces, fields "
		"are separated by `;` or a new line\n" },
	{ "a slash in a key", "labels { app.kubernetes.io/name = 1 }\n",
		"1:27 EGM0001: expected `=` or `{` before `/` | a key with a slash is quoted: "
		"\"example.com/key\" = ...\n" },
	{ "free text without quotes",
		"a = /cart\n"
		"b = *.example.com\n"
		"c = https://example.com\n"
		"d = otel:4317\n",
		"1:5 EGM0001: expected a value before `/` | free text such as a path, a host or an "
		"address is quoted\n"
		"2:5 EGM0001: expected a value before `*` | free text such as a path, a host or an "
		"address is quoted\n"
		"3:10 EGM0001: expected the end of the statement before `:` | free text such as a "
		"path, a host or an address is quoted\n"
		"4:9 EGM0001: expected the end of the statement before `:` | free text such as a "
		"path, a host or an address is quoted\n" },
	{ "a word of the language as a name",
		"for = 5m\n"
		"in : text\n"
		"x { because = 1 }\n",
		"1:5 EGM0001: expected a name before `=` | this is a word of the language; as a "
		"name it is quoted, as in \"for\" = 5m\n"
		"2:1 EGM0001: expected a statement or the end of the file before `in` | this is a "
		"word of the language; as a name it is quoted, as in \"for\" = 5m\n"
		"3:13 EGM0001: expected a value before `=` | this is a word of the language; as a "
		"name it is quoted, as in \"for\" = 5m\n" },
	{ "statements on one line", "a = 1 b = 2\n",
		"1:7 EGM0001: expected the end of the statement before `b` | statements are "
		"separated by `;` or a new line\n" },
	{ "a brace on its own line",
		"app a\n"
		"{\n"
		"  b = 1\n"
		"}\n",
		"2:1 EGM0001: expected a statement or the end of the file before `{` | the brace "
		"stands on the line of what it belongs to\n" },
	{ "a waiver without a reason", "allow EGM4206\n",
		"1:14 EGM0001: expected `because` before the end of the line | a waiver says why: "
		"allow CODE because \"...\"\n" },
	{ "operators of other languages",
		"a = b && c\n"
		"d = e || f\n"
		"g = !h\n",
		"1:7 EGM0004: `&&` is no operator | write `and`\n"
		"2:7 EGM0004: `||` is no operator | write `or`\n"
		"3:5 EGM0004: `!` is no operator | write `not`\n" },
	{ "text without an end",
		"a = \"one\n"
		"b = \"two }\n"
		"c { d = [\"three] }\n"
		"e = = 1\n",
		"1:5 EGM0002: this string is never closed | a string ends on the line on which it "
		"begins\n"
		"2:5 EGM0002: this string is never closed | a string ends on the line on which it "
		"begins\n"
		"3:10 EGM0002: this string is never closed | a string ends on the line on which it "
		"begins\n"
		"4:5 EGM0001: expected a value before `=`\n" },
	{ "a quote inside an expression",
		"a = \"${join(\", \", b)} and\"\n"
		"b = \"${ {c} }\"\n"
		"c = \"${d\"\n"
		"d = 1\n",
		"1:13 EGM0001: `\"` cannot stand inside `${ }` | name the value with `let` before, "
		"and write ${name}\n"
		"2:9 EGM0001: `{` cannot stand inside `${ }` | name the value with `let` before, "
		"and write ${name}\n"
		"3:6 EGM0003: `${` is never closed | a dollar sign itself is written \\$\n" },
	{ "escapes", "a = \"\\d \\n\"\n",
		"1:6 EGM0006: `\\d` is no escape | there are \\n \\t \\\" \\\\ \\$; a backslash "
		"itself is written \\\\\n" },
	{ "a block without an end is found by its indentation",
		"site s {\n"
		"  app a {\n"
		"    route {\n"
		"      b = 1\n"
		"  }\n"
		"  app c {\n"
		"  }\n"
		"}\n",
		"3:11 EGM0003: this `{` is never closed @ 5:3: comes before it is closed\n" },
	{ "a block without an end, before the next statement",
		"site s {\n"
		"  mtls x {\n"
		"\n"
		"  # of the app\n"
		"  app a { b = [1, 2] }\n"
		"  app c {\n"
		"    b = 2\n"
		"  }\n"
		"}\n",
		"2:10 EGM0003: this `{` is never closed @ 5:3: comes before it is closed\n" },
	{ "a brace too many is found by its indentation",
		"site s {\n"
		"  app a {\n"
		"    b { c = 1 } }\n"
		"    d = 2\n"
		"  }\n"
		"  app c { }\n"
		"}\n",
		"5:3 EGM0003: one `}` too many, here or shortly before @ 1:8: it would close this "
		"block, further right than the block's line begins\n" },
	{ "a block without an end",
		"site s {\n"
		"  a = 1\n",
		"1:8 EGM0003: this `{` is never closed\n" },
	{ "a closing brace too many",
		"site s {\n"
		"  a = 1\n"
		"}\n"
		"}\n",
		"4:1 EGM0003: this `}` closes nothing\n" },
	{ "brackets that do not fit",
		"a = [1, 2}, 3]\n"
		"b = (1, 2]\n"
		"site s { c = [1 }\n",
		"1:10 EGM0003: this `}` closes nothing\n"
		"2:10 EGM0003: `]` does not close `(` @ 2:5: opened here\n"
		"3:14 EGM0003: this `[` is never closed @ 3:17: comes before it is closed\n" },
	{ "a bracket without an end ends where the next statement begins",
		"site s {\n"
		"  a = [1,\n"
		"    2\n"
		"  b = 3\n"
		"  c = = 4\n"
		"}\n",
		"2:7 EGM0003: this `[` is never closed @ 6:1: comes before it is closed\n"
		"5:7 EGM0001: expected a value before `=`\n" },
	{ "characters that begin nothing",
		"a = @\n"
		"b = $c\n"
		"d = `e`\n"
		"\xc3"
		"\xa4"
		" = 1\n"
		"f =\xc2"
		"\xa0"
		"1\n",
		"1:5 EGM0004: `@` cannot stand here\n"
		"2:5 EGM0004: `$` cannot stand here\n"
		"3:5 EGM0004: ``e`` is no text | text stands in double quotes: \"...\"\n"
		"4:1 EGM0004: `\xc3"
		"\xa4"
		"` (U+00E4) cannot stand here | names hold plain letters, digits, `_` and `-`; "
		"anything "
		"else is quoted\n"
		"5:4 EGM0004: `\xc2"
		"\xa0"
		"` is a no-break space | this looks like a space; write a plain one\n" },
	{ "fractions and versions",
		"a = 0.5\n"
		"b = 1.29.6\n"
		"c = 10.0.0.0/8\n"
		"d = 3scale-x\n",
		"1:5 EGM0007: `0.5` is a fraction without a unit | numbers are whole, or carry a "
		"unit such as 0.5%; a version is quoted: \"1.29\"\n"
		"2:5 EGM0007: `1.29.6` is no number | versions and addresses are quoted: "
		"\"1.29.6\", \"10.0.0.0/8\"\n"
		"3:5 EGM0007: `10.0.0.0/8` is no number | versions and addresses are quoted: "
		"\"1.29.6\", \"10.0.0.0/8\"\n"
		"4:5 EGM0007: `3scale-x` is neither a number nor a name | a number is plain "
		"digits, a name begins with a letter; anything else is quoted\n" },
	{ "the largest number",
		"a = 9223372036854775807\n"
		"b = 9223372036854775808\n",
		"2:5 EGM0007: `9223372036854775808` is beyond 9223372036854775807, the largest "
		"number\n" },
	{ "a byte order mark",
		"\xef"
		"\xbb"
		"\xbf"
		"a = = 1\n",
		"1:1 EGM0005: the file begins with a byte order mark | save it as UTF-8 without "
		"one\n"
		"1:6 EGM0001: expected a value before `=`\n" },
	{ "carriage returns",
		"a = = 1\r\n"
		"b = \"x\r\n"
		"c = 1\r\n",
		"1:5 EGM0001: expected a value before `=`\n"
		"2:5 EGM0002: this string is never closed | a string ends on the line on which it "
		"begins\n" },
	{ "a conditional value needs an else", "a = if b then c\n",
		"1:16 EGM0001: expected `else` before the end of the line\n" },
	{ "comparisons do not chain", "a = 1 < 2 < 3\n",
		"1:11 EGM0001: expected the end of the statement before `<`\n" },
	{ "two names", "a = b c\n",
		"1:7 EGM0001: expected the end of the statement before `c` | free text is "
		"quoted\n" },
	{ "a rule without a law", "rule A error { must true }\n",
		"1:14 EGM0001: expected a string before `{`\n" },
	{ "declarations say what they lack",
		"edition \"2026\"\n"
		"use policy\n"
		"site \"s\" {}\n"
		"type t : text\n"
		"record r by e {}\n"
		"fn f(a) : int = 1\n"
		"block b in s 1..2..3 {}\n"
		"label \"a\" Pod : text\n",
		"1:9 EGM0001: expected a number before `\"2026\"`\n"
		"2:5 EGM0001: expected a string before `policy`\n"
		"3:6 EGM0001: expected a name before `\"s\"` | this is a name, and stands "
		"without quotes\n"
		"4:8 EGM0001: expected `=` before `:`\n"
		"5:10 EGM0001: expected `of` before `by`\n"
		"6:7 EGM0001: expected `:` before `)`\n"
		"7:18 EGM0001: expected `weakens` or `{` before `..`\n"
		"8:11 EGM0001: expected `of` before `Pod`\n" },
	{ "semicolons inside parentheses",
		"a = f(b; c)\n"
		"d = = 1\n",
		"1:8 EGM0001: expected `,` or `)` before `;`\n"
		"2:5 EGM0001: expected a value before `=`\n" },
	{ "empty conditions",
		"if { a = 1 }\n"
		"for in b { }\n",
		"2:5 EGM0001: expected a name before `in` | this is a word of the language; as a "
		"name it is quoted\n" },
	{ "an unfinished file",
		"site s {\n"
		"  app a {\n"
		"    b =",
		"2:9 EGM0003: this `{` is never closed\n" },
};

static void
each_fault_is_told_once(struct tap *t)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct front f;
		struct str got = STR_INIT;

		front_parse(&f, cases[i].text, strlen(cases[i].text));
		print_faults(&f, &got);
		ok_that(t, !f.fine, cases[i].about);
		is_text(t, str_text(&got), cases[i].faults);
		str_release(&got);
		front_release(&f);
	}
}

/* --- encodings --- */

static void
demand_faults(struct tap *t, const char *text, size_t len, const char *faults)
{
	struct front f;
	struct str got = STR_INIT;

	front_parse(&f, text, len);
	print_faults(&f, &got);
	is_text(t, str_text(&got), faults);
	str_release(&got);
	front_release(&f);
}

static void
encodings(struct tap *t)
{
	demand_faults(t, "", 0, "");
	demand_faults(t, "# only\r\n\t \r\n", 12, "");
	demand_faults(t, "a = 1\0", 6, "1:6 EGM0005: a NUL byte: this is no text file\n");
	demand_faults(t,
		"\xff\xfe"
		"a\0",
		4, "1:1 EGM0005: the file is UTF-16 | save it as UTF-8\n");
	demand_faults(t, "a = \"x\xff\"\nb = = 1\n", 17,
		"1:7 EGM0005: the byte 0xff is no UTF-8 | save the file as UTF-8\n"
		"2:5 EGM0001: expected a value before `=`\n");
}

/* --- what a broken statement leaves --- */

static const struct node *
first_of(const struct front *f, node_id list, enum node_kind kind)
{
	for (; list; list = ast_node(&f->ast, list)->next)
		if (ast_node(&f->ast, list)->kind == kind)
			return ast_node(&f->ast, list);
	return NULL;
}

static void
what_holds_a_fault_is_marked(struct tap *t)
{
	static const char text[] = "edition 2026\nsite s {\n  app a { b = 1 }\n  app c { d = = 1 "
				   "}\n}\ntype e = text\n";
	struct front f;
	const struct node *site, *app;

	front_parse(&f, text, strlen(text));
	site = first_of(&f, f.file.first, NODE_SITE);
	app = first_of(&f, site->kid[1], NODE_BLOCK);
	is_int(t, f.file.edition, 2026);
	ok(t, site->flags & FLAG_BROKEN);
	ok(t, !(app->flags & FLAG_BROKEN));
	ok(t, ast_node(&f.ast, app->next)->flags & FLAG_BROKEN);
	ok(t, !(first_of(&f, f.file.first, NODE_TYPE)->flags & FLAG_BROKEN));
	front_release(&f);
}

/* --- sizes --- */

/* head, then part `count` times, then tail; the codes reported, each with a space behind it. */
static void
demand_codes(struct tap *t, const char *head, const char *part, unsigned count, const char *tail,
	const char *codes)
{
	struct front f;
	struct str text = STR_INIT, got = STR_INIT;

	str_puts(&text, head);
	for (unsigned i = 0; i < count; i++)
		str_puts(&text, part);
	str_puts(&text, tail);
	front_parse(&f, str_text(&text), text.len);
	for (uint32_t i = 0; i < f.diags.all.count && i < 3; i++)
		str_format(&got, "%s ", (*VEC_AT(&f.diags.all, struct diag *, i))->code);
	is_text(t, str_text(&got), codes);
	front_release(&f);
	str_release(&text);
	str_release(&got);
}

static void
nesting(struct tap *t)
{
	struct str closers = STR_INIT;

	str_repeat(&closers, '}', 200);
	demand_codes(t, "", "a {", 200, str_text(&closers), "");
	demand_codes(
		t, "a {", "a {", 200, (str_putc(&closers, '}'), str_text(&closers)), "EGM0010 ");
	str_repeat(&closers, '}', 99800 - 1);
	demand_codes(t, "", "a {", 100000, str_text(&closers), "EGM0010 ");
	str_release(&closers);
	demand_codes(t, "a = ", "(", 200, "1", "EGM0003 ");
	demand_codes(t, "", "a {", 200000, "", "EGM0010 EGM0003 ");
	demand_codes(t, "", ")\n", 200000, "", "EGM0003 EGM0003 EGM0003 ");
}

static void
chains(struct tap *t)
{
	demand_codes(t, "a = 1", " + 1", 990, "\n", "");
	demand_codes(t, "a = 1", " + 1", 1000, "\n", "EGM0010 ");
	demand_codes(t, "a = 1", " + 1", 100000, "\nb = = 1\n", "EGM0010 EGM0001 ");
	demand_codes(t, "a = ", "not ", 990, "b\n", "");
	demand_codes(t, "a = ", "not ", 200000, "b\n", "EGM0010 ");
	demand_codes(t, "if a { } ", "else if a { } ", 990, "\n", "");
	demand_codes(t, "if a { } ", "else if a { } ", 100000, "\n", "EGM0010 ");
	demand_codes(t, "", "for a in b\n", 990, "c = 1\n", "");
	demand_codes(t, "", "for a in b\n", 100000, "c = 1\n", "EGM0010 ");
}

static void
long_lists(struct tap *t)
{
	demand_codes(t, "", "a = 1\n", 1000000, "", "");
	demand_codes(t, "a = [", "1, ", 200000, "]\n", "");
	demand_codes(t, "a = f(", "b, ", 200000, "c)\n", "");
	demand_codes(t, "a { ", "b = 1; ", 200000, "}\n", "");
	demand_codes(t, "a = \"", "0123456789", 200000, "\"\n", "");
	demand_codes(t, "a = \"", "${b} \\n ", 300000, "\"\n", "");
	demand_codes(t, "", "## text\n", 200000, "a = 1\n", "");
	demand_codes(t, "", "#\n", 2600000, "", "EGM0501 ");
	demand_codes(t, "a = ", "\"${b", 200000, "\n", "EGM0003 EGM0004 EGM0003 ");
}

/* A hundred faults are enough. */
static void
many_faults(struct tap *t)
{
	struct front f;
	struct str text = STR_INIT;

	for (int i = 0; i < 100000; i++)
		str_puts(&text, "a = = 1\n");
	front_parse(&f, str_text(&text), text.len);
	is_int(t, f.diags.errors, 100);
	front_release(&f);
	str_release(&text);
}

int
main(void)
{
	struct tap t = { 0 };

	each_fault_is_told_once(&t);
	encodings(&t);
	what_holds_a_fault_is_marked(&t);
	nesting(&t);
	chains(&t);
	long_lists(&t);
	many_faults(&t);
	return tap_done(&t);
}
