/* SPDX-License-Identifier: Apache-2.0 */
/* Renderings, whole: what a reader sees is what stands here. */
#include <stdlib.h>
#include "base/render.h"
#include "tests/unit/tap.h"

/* A source, its diagnostics and what came out of them. */
struct scene {
	struct source source;
	struct diags diags;
	struct str out;
	uint32_t file;
};

static void
scene_open(struct scene *s, const char *text)
{
	source_init(&s->source);
	diags_init(&s->diags);
	s->out = (struct str)STR_INIT;
	s->file = source_add(&s->source, "site.egm", text, strlen(text), false, false);
}

static void
scene_close(struct scene *s)
{
	source_release(&s->source);
	diags_release(&s->diags);
	str_release(&s->out);
}

/* The first place of a text in a file. */
static struct span
in_file(struct scene *s, uint32_t file, const char *text)
{
	const char *bytes = source_file(&s->source, file)->bytes;
	uint32_t start = (uint32_t)(strstr(bytes, text) - bytes);

	return (struct span){ file, start, start + (uint32_t)strlen(text) };
}

static struct span
in(struct scene *s, const char *text)
{
	return in_file(s, s->file, text);
}

static const char *
rendered(struct scene *s, enum render_format format, unsigned width, unsigned most)
{
	struct render_options o = { .format = format, .width = width, .most = most };

	str_clear(&s->out);
	render_diags(&s->out, &s->diags, &s->source, &o);
	return str_text(&s->out);
}

static const char *
text_of(struct scene *s)
{
	return rendered(s, RENDER_TEXT, 80, 0);
}

/* One error with a text beside its carets. */
static struct diag *
fault(struct scene *s, struct span span, const char *message, const char *here)
{
	struct diag *g = diag_add(&s->diags, EGM0001, span, "%s", message);

	diag_here(&s->diags, g, "%s", here);
	return g;
}

static void
one_place(struct tap *t)
{
	struct scene s;
	struct diag *g;

	scene_open(&s, "edition 2026\n\n  time-out = 5s\n");
	g = fault(&s, in(&s, "time-out"), "unknown field `time-out` in route",
		"not a field of route");
	diag_line(&s.diags, g, LINE_HELP, "did you mean `timeout`?");
	is_text(t, text_of(&s),
		"error[EGM0001]: unknown field `time-out` in route\n"
		" --> site.egm:3:3\n"
		"  |\n"
		"3 |   time-out = 5s\n"
		"  |   ^^^^^^^^ not a field of route\n"
		"  = help: did you mean `timeout`?\n"
		"\n"
		"1 error\n");
	is_text(t, rendered(&s, RENDER_SHORT, 80, 0),
		"site.egm:3:3: error[EGM0001]: unknown field `time-out` in route\n");
	scene_close(&s);
}

static void
texts_in_order(struct tap *t)
{
	struct scene s;
	struct diag *g;
	uint32_t library;

	scene_open(&s, "x\n");
	library = source_add(&s.source, "lib/a.egm", "one\n two\n", 9, true, false);
	g = fault(&s, in(&s, "x"), "m", "");
	diag_line(&s.diags, g, LINE_SEE, "egmc explain EGM0001");
	diag_line(&s.diags, g, LINE_HELP, "do this\nor that");
	diag_note_at(&s.diags, g, in_file(&s, library, "two"), "asked for here");
	diag_line(&s.diags, g, LINE_NOTE, "second note");
	diag_line(&s.diags, g, LINE_BECAUSE, "it is so");
	diag_line(&s.diags, g, LINE_SHOW, "      a is b     a is c");
	diag_line(&s.diags, g, LINE_MUST, "the law");
	is_text(t, text_of(&s),
		"error[EGM0001]: m\n"
		" --> site.egm:1:1\n"
		"  |\n"
		"1 | x\n"
		"  | ^\n"
		"  = must: the law\n"
		"  =       a is b     a is c\n"
		"  = because it is so\n"
		"  = note: asked for here (lib/a.egm:2)\n"
		"  = note: second note\n"
		"  = help: do this\n"
		"          or that\n"
		"  = see: egmc explain EGM0001\n"
		"\n"
		"1 error\n");
	scene_close(&s);
}

static void
labels_share_an_excerpt(struct tap *t)
{
	struct scene s;
	struct diag *g;

	scene_open(&s, "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n");
	g = fault(&s, in(&s, "four"), "m", "here");
	diag_label(&s.diags, g, in(&s, "ten"), "far");
	diag_label(&s.diags, g, in(&s, "six"), "gap of one");
	diag_label(&s.diags, g, in(&s, "three"), "next to it");
	is_text(t, text_of(&s),
		"error[EGM0001]: m\n"
		"  --> site.egm:4:1\n"
		"   |\n"
		" 3 | three\n"
		"   | ----- next to it\n"
		" 4 | four\n"
		"   | ^^^^ here\n"
		" 5 | five\n"
		" 6 | six\n"
		"   | --- gap of one\n"
		"...\n"
		"10 | ten\n"
		"   | --- far\n"
		"\n"
		"1 error\n");
	scene_close(&s);
}

static void
labels_of_other_files(struct tap *t)
{
	struct scene s;
	struct diag *g;
	uint32_t a, b;

	scene_open(&s, "mine\n");
	a = source_add(&s.source, "a.egm", "\n\n\n\n\n\n\n\n\nfirst x\n", 17, false, false);
	b = source_add(&s.source, "b.egm", "second\n", 7, true, false);
	g = fault(&s, in(&s, "mine"), "m", "here");
	diag_label(&s.diags, g, in_file(&s, b, "second"), "b");
	diag_label(&s.diags, g, in_file(&s, a, "x"), "a");
	diag_label(&s.diags, g, (struct span){ 0 }, "nowhere");
	is_text(t, text_of(&s),
		"error[EGM0001]: m\n"
		"  --> site.egm:1:1\n"
		"   |\n"
		" 1 | mine\n"
		"   | ^^^^ here\n"
		"  ::: b.egm:1:1\n"
		"   |\n"
		" 1 | second\n"
		"   | ------ b\n"
		"  ::: a.egm:10:7\n"
		"   |\n"
		"10 | first x\n"
		"   |       - a\n"
		"\n"
		"1 error\n");
	scene_close(&s);
}

static void
labels_of_one_line(struct tap *t)
{
	struct scene s;
	struct diag *g;

	scene_open(&s, "gateway g { port = 443 }\n");
	g = fault(&s, in(&s, "g {"), "m", "middle");
	diag_label(&s.diags, g, in(&s, "gateway"), "left");
	diag_label(&s.diags, g, in(&s, "443"), "right");
	is_text(t, text_of(&s),
		"error[EGM0001]: m\n"
		" --> site.egm:1:9\n"
		"  |\n"
		"1 | gateway g { port = 443 }\n"
		"  | ------- ^^^        --- right\n"
		"  | |       |\n"
		"  | |       middle\n"
		"  | left\n"
		"\n"
		"1 error\n");
	scene_close(&s);
}

static void
labels_that_overlap(struct tap *t)
{
	struct scene s;
	struct diag *g;

	scene_open(&s, "aaa bbb ccc\n");
	g = fault(&s, in(&s, "bbb"), "m", "inner");
	diag_label(&s.diags, g, in(&s, "aaa bbb ccc"), "outer");
	diag_label(&s.diags, g, in(&s, "bbb"), "twin");
	is_text(t, text_of(&s),
		"error[EGM0001]: m\n"
		" --> site.egm:1:5\n"
		"  |\n"
		"1 | aaa bbb ccc\n"
		"  | ----^^^----\n"
		"  | |   |\n"
		"  | |   inner\n"
		"  | |   twin\n"
		"  | outer\n"
		"\n"
		"1 error\n");
	scene_close(&s);
}

static void
label_without_text(struct tap *t)
{
	struct scene s;
	struct diag *g;

	scene_open(&s, "a b c\n");
	g = fault(&s, in(&s, "a"), "m", "here");
	diag_label(&s.diags, g, in(&s, "c"), "%s", "");
	is_text(t, text_of(&s),
		"error[EGM0001]: m\n"
		" --> site.egm:1:1\n"
		"  |\n"
		"1 | a b c\n"
		"  | ^   -\n"
		"  | |\n"
		"  | here\n"
		"\n"
		"1 error\n");
	scene_close(&s);
}

static void
tabs_and_wide_characters(struct tap *t)
{
	struct scene s;

	scene_open(&s, "\tx =\t\xE6\x97\xA5\xE6\x9C\xAC e\xCC\x81 end\r\n");
	fault(&s, in(&s, "\xE6\x9C\xAC"), "wide", "two columns");
	fault(&s, in(&s, "end"), "after", "here");
	is_text(t, text_of(&s),
		"error[EGM0001]: wide\n"
		" --> site.egm:1:7\n"
		"  |\n"
		"1 |     x =    \xE6\x97\xA5\xE6\x9C\xAC e\xCC\x81 end\n"
		"  |              ^^ two columns\n"
		"\n"
		"error[EGM0001]: after\n"
		" --> site.egm:1:12\n"
		"  |\n"
		"1 |     x =    \xE6\x97\xA5\xE6\x9C\xAC e\xCC\x81 end\n"
		"  |                   ^^^ here\n"
		"\n"
		"2 errors\n");
	scene_close(&s);
}

static void
nothing_of_the_input_controls_the_terminal(struct tap *t)
{
	struct scene s;

	scene_open(&s, "a\x1B[31m\xE2\x80\xAE\x7F\xC2\x9B\xFFz\n");
	fault(&s, in(&s, "z"), "mess\x1B]0;age\x07", "la\nbel\x1B");
	is_text(t, text_of(&s),
		"error[EGM0001]: mess\xEF\xBF\xBD]0;age\xEF\xBF\xBD\n"
		" --> site.egm:1:11\n"
		"  |\n"
		"1 | a\xEF\xBF\xBD[31m\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\n"
		"  |           ^ la bel\xEF\xBF\xBD\n"
		"\n"
		"1 error\n");
	scene_close(&s);
}

static void
ends_of_files(struct tap *t)
{
	struct scene s;

	scene_open(&s, "site a {\n}");
	fault(&s, (struct span){ s.file, 10, 10 }, "at the end", "here");
	is_text(t, text_of(&s),
		"error[EGM0001]: at the end\n --> site.egm:2:2\n  |\n2 | }\n  |  ^ here\n\n1 "
		"error\n");
	scene_close(&s);

	scene_open(&s, "a\n");
	fault(&s, (struct span){ s.file, 2, 2 }, "behind the last line", "here");
	fault(&s, (struct span){ s.file, 1, 2 }, "the newline", "here");
	fault(&s, (struct span){ s.file, 900, 901 }, "behind it all", "here");
	is_text(t, text_of(&s),
		"error[EGM0001]: the newline\n --> site.egm:1:2\n  |\n1 | a\n  |  ^ here\n\n"
		"error[EGM0001]: behind the last line\n --> site.egm:2:1\n  |\n2 |\n  | ^ here\n\n"
		"error[EGM0001]: behind it all\n --> site.egm:2:1\n  |\n2 |\n  | ^ here\n\n"
		"3 errors\n");
	scene_close(&s);

	scene_open(&s, "");
	fault(&s, (struct span){ s.file, 0, 0 }, "nothing", "the file is empty");
	is_text(t, text_of(&s),
		"error[EGM0001]: nothing\n --> site.egm:1:1\n  |\n1 |\n  | ^ the file is "
		"empty\n\n1 error\n");
	scene_close(&s);
}

static void
long_spans_show_their_opening(struct tap *t)
{
	struct scene s;

	scene_open(&s, "site a {\r\n  x = 1\r\n}\r\n");
	fault(&s, in(&s, "{\r\n  x = 1\r\n}"), "never closed", "opened here");
	is_text(t, text_of(&s),
		"error[EGM0001]: never closed\n --> site.egm:1:8\n  |\n1 | site a {\n  |        ^ "
		"opened here\n\n1 error\n");
	scene_close(&s);
}

static void
long_lines_are_cut(struct tap *t)
{
	struct scene s;
	struct str text = STR_INIT;

	str_repeat(&text, 'x', 1 << 20);
	str_puts(&text, " fault ");
	str_repeat(&text, 'y', 1000);
	scene_open(&s, str_text(&text));
	fault(&s, in(&s, "fault"), "in the middle", "here");
	fault(&s, (struct span){ s.file, 0, 3 }, "at the start", "here");
	fault(&s, (struct span){ s.file, (uint32_t)text.len, (uint32_t)text.len }, "at the end",
		"here");
	fault(&s, (struct span){ s.file, 5, (uint32_t)text.len }, "all of it", "here");
	is_text(t, rendered(&s, RENDER_TEXT, 44, 0),
		"error[EGM0001]: at the start\n"
		" --> site.egm:1:1\n"
		"  |\n"
		"1 | xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\n"
		"  | ^^^ here\n"
		"\n"
		"error[EGM0001]: all of it\n"
		" --> site.egm:1:6\n"
		"  |\n"
		"1 | ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\n"
		"  |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here\n"
		"\n"
		"error[EGM0001]: in the middle\n"
		" --> site.egm:1:1048578\n"
		"  |\n"
		"1 | ...xxxxxxxxxxx fault yyyyyyyyyyyyyyyy...\n"
		"  |                ^^^^^ here\n"
		"\n"
		"error[EGM0001]: at the end\n"
		" --> site.egm:1:1049584\n"
		"  |\n"
		"1 | ...yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n"
		"  |                                   ^ here\n"
		"\n"
		"4 errors\n");
	ok_that(t, strlen(rendered(&s, RENDER_TEXT, 0, 0)) < 8 * RENDER_COLUMNS,
		"without a width a line is cut as well");
	scene_close(&s);
	str_release(&text);
}

static void
wide_characters_are_cut_whole(struct tap *t)
{
	struct scene s;
	struct str text = STR_INIT;

	for (int i = 0; i < 60; i++)
		str_puts(&text, "\xE6\x97\xA5");
	str_puts(&text, "x");
	for (int i = 0; i < 60; i++)
		str_puts(&text, "\xE6\x97\xA5");
	scene_open(&s, str_text(&text));
	fault(&s, in(&s, "x"), "m", "h");
	is_text(t, rendered(&s, RENDER_TEXT, 36, 0),
		"error[EGM0001]: m\n"
		" --> site.egm:1:61\n"
		"  |\n"
		"1 | ... \xE6\x97\xA5\xE6\x97\xA5\xE6\x97\xA5\xE6\x97\xA5\xE6\x97\xA5x"
		"\xE6\x97\xA5\xE6\x97\xA5\xE6\x97\xA5\xE6\x97\xA5\xE6\x97\xA5\xE6\x97\xA5\xE6\x97"
		"\xA5...\n"
		"  |               ^ h\n"
		"\n"
		"1 error\n");
	scene_close(&s);
	str_release(&text);
}

static void
faults_without_a_place(struct tap *t)
{
	struct scene s;
	struct diag *g;

	scene_open(&s, "x\n");
	g = diag_add(&s.diags, EGM0011, (struct span){ 0 }, "cannot read `a`");
	diag_line(&s.diags, g, LINE_HELP, "look");
	is_text(t, text_of(&s), "error[EGM0011]: cannot read `a`\n  = help: look\n\n1 error\n");
	is_text(t, rendered(&s, RENDER_SHORT, 0, 0), "error[EGM0011]: cannot read `a`\n");
	scene_close(&s);
}

static void
errors_come_before_the_rest(struct tap *t)
{
	struct scene s;

	scene_open(&s, "abcdef\n");
	diag_add_rule(&s.diags, "EGM1000", SEVERITY_WARNING, in(&s, "a"), "w1");
	diag_add_rule(&s.diags, "EGM1000", SEVERITY_NOTE, in(&s, "b"), "n");
	diag_add_rule(&s.diags, "EGM1000", SEVERITY_WARNING, in(&s, "c"), "w2");
	diag_add_rule(&s.diags, "EGM1000", SEVERITY_ERROR, in(&s, "d"), "e");
	diag_add_rule(&s.diags, "EGM1000", SEVERITY_ERROR, in(&s, "d"), "a double");
	is_text(t, rendered(&s, RENDER_SHORT, 0, 2),
		"site.egm:1:1: warning[EGM1000]: w1\n"
		"site.egm:1:4: error[EGM1000]: e\n"
		"1 error, 2 warnings, 1 note (2 not shown)\n");
	is_text(t, rendered(&s, RENDER_SHORT, 0, 4),
		"site.egm:1:1: warning[EGM1000]: w1\n"
		"site.egm:1:2: note[EGM1000]: n\n"
		"site.egm:1:3: warning[EGM1000]: w2\n"
		"site.egm:1:4: error[EGM1000]: e\n");
	scene_close(&s);
	scene_open(&s, "");
	is_text(t, text_of(&s), "");
	scene_close(&s);
}

static void
colours(struct tap *t)
{
	struct render_options o = { .format = RENDER_TEXT, .colour = true };
	struct scene s;
	struct diag *g;

	scene_open(&s, "ab\n");
	g = diag_add_rule(&s.diags, "EGM1000", SEVERITY_WARNING, in(&s, "a"), "m");
	diag_here(&s.diags, g, "p");
	diag_label(&s.diags, g, in(&s, "b"), "l");
	render_diags(&s.out, &s.diags, &s.source, &o);
	is_text(t, str_text(&s.out),
		"\x1B[1;33mwarning[EGM1000]\x1B[0m\x1B[1m: m\x1B[0m\n"
		" \x1B[1;34m--> \x1B[0msite.egm:1:1\n"
		"  \x1B[1;34m|\x1B[0m\n"
		"\x1B[1;34m1 |\x1B[0m ab\n"
		"  \x1B[1;34m|\x1B[0m \x1B[1;33m^\x1B[0m\x1B[1;34m-\x1B[0m \x1B[1;34ml\x1B[0m\n"
		"  \x1B[1;34m|\x1B[0m \x1B[1;34m|\x1B[0m\n"
		"  \x1B[1;34m|\x1B[0m \x1B[1;33mp\x1B[0m\n"
		"\n"
		"1 warning\n");
	scene_close(&s);
}

static void
json(struct tap *t)
{
	struct scene s;
	struct diag *g;

	scene_open(&s, "\xF0\x9F\x98\x80 a\"b\n");
	g = fault(&s, in(&s, "a\"b"), "a \"quoted\" \\ word", "here");
	diag_label(&s.diags, g, (struct span){ s.file, 0, 4 }, "l");
	diag_line(&s.diags, g, LINE_HELP, "h\n");
	diag_fix(&s.diags, g, (struct span){ s.file, 5, 8 }, "ab");
	diag_add(&s.diags, EGM0011, (struct span){ 0 }, "no place");
	is_text(t, rendered(&s, RENDER_JSON, 0, 0),
		"{\"format_version\":1,\"diagnostics\":[\n"
		"{\"code\":\"EGM0011\",\"severity\":\"error\",\"message\":\"no "
		"place\",\"span\":null,"
		"\"label\":null,\"labels\":[],\"texts\":[],\"fix\":null,"
		"\"rendered\":\"error[EGM0011]: no place\\n\"},\n"
		"{\"code\":\"EGM0001\",\"severity\":\"error\",\"message\":\"a \\\"quoted\\\" \\\\ "
		"word\","
		"\"span\":{\"file\":\"site.egm\","
		"\"start\":{\"byte\":5,\"line\":1,\"column\":3,\"utf16_column\":4},"
		"\"end\":{\"byte\":8,\"line\":1,\"column\":6,\"utf16_column\":7}},"
		"\"label\":\"here\",\"labels\":[{\"span\":{\"file\":\"site.egm\","
		"\"start\":{\"byte\":0,\"line\":1,\"column\":1,\"utf16_column\":1},"
		"\"end\":{\"byte\":4,\"line\":1,\"column\":2,\"utf16_column\":3}},\"text\":\"l\"}],"
		"\"texts\":[{\"kind\":\"help\",\"text\":\"h\\n\",\"span\":null}],"
		"\"fix\":{\"span\":{\"file\":\"site.egm\","
		"\"start\":{\"byte\":5,\"line\":1,\"column\":3,\"utf16_column\":4},"
		"\"end\":{\"byte\":8,\"line\":1,\"column\":6,\"utf16_column\":7}},\"text\":\"ab\"},"
		"\"rendered\":\"error[EGM0001]: a \\\"quoted\\\" \\\\ word\\n --> site.egm:1:3\\n  "
		"|\\n"
		"1 | \xF0\x9F\x98\x80 a\\\"b\\n  | -- ^^^ here\\n  | |\\n  | l\\n  = help: h\\n    "
		"      \\n\"}],"
		"\"errors\":2,\"warnings\":0,\"notes\":0,\"not_shown\":0}\n");
	is_text(t, rendered(&s, RENDER_JSON, 0, 1) ? strstr(s.out.bytes, "\"not_shown\":1}") : NULL,
		"\"not_shown\":1}\n");
	scene_close(&s);
	scene_open(&s, "");
	is_text(t, rendered(&s, RENDER_JSON, 0, 0),
		"{\"format_version\":1,\"diagnostics\":[],\"errors\":0,\"warnings\":0,\"notes\":0,"
		"\"not_shown\":0}\n");
	scene_close(&s);
}

/* Every width, many places: nothing may be read or written outside (sanitizers watch), no line may
 * be too long. */
static void
all_widths_hold(struct tap *t)
{
	static const char line[] =
		"ab\t\xE6\x97\xA5\xE6\x9C\xAC\xCC\x81 \xFF\x1B cd \xF0\x9F\x98\x80 ef gh ij kl mn "
		"op\tqr\tst uv wx yz 01 23 45 67 89 \xE6\x97\xA5\xE6\x97\xA5\xE6\x97\xA5 ab cd";
	struct scene s;
	bool good = true;

	scene_open(&s, line);
	for (uint32_t i = 0; i < sizeof(line); i += 3) {
		struct diag *g = fault(&s, (struct span){ s.file, i, i + i % 7 }, "m", "text");

		diag_label(&s.diags, g,
			(struct span){ s.file, (i * 31) % 90, (i * 31) % 90 + i % 5 }, "other");
	}
	for (unsigned width = 0; width < 130; width++)
		good = good && rendered(&s, RENDER_TEXT, width, 0)[0] == 'e';
	ok(t, good);
	scene_close(&s);
}

int
main(void)
{
	struct tap t = { 0 };

	one_place(&t);
	texts_in_order(&t);
	labels_share_an_excerpt(&t);
	labels_of_other_files(&t);
	labels_of_one_line(&t);
	labels_that_overlap(&t);
	label_without_text(&t);
	tabs_and_wide_characters(&t);
	nothing_of_the_input_controls_the_terminal(&t);
	ends_of_files(&t);
	long_spans_show_their_opening(&t);
	long_lines_are_cut(&t);
	wide_characters_are_cut_whole(&t);
	faults_without_a_place(&t);
	errors_come_before_the_rest(&t);
	colours(&t);
	json(&t);
	all_widths_hold(&t);
	return tap_done(&t);
}
