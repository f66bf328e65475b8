/* SPDX-License-Identifier: Apache-2.0 */
/* Source files, their places and lines; diagnostics as values. */
#include <stdlib.h>
#include "base/diag.h"
#include "base/source.h"
#include "tests/unit/tap.h"

static void
is_place(struct tap *t, struct source *s, uint32_t file, uint32_t offset, const char *want)
{
	struct place p = source_place(s, file, offset);
	char got[64];

	snprintf(got, sizeof(got), "%u:%u byte %u utf16 %u", p.line, p.column, p.byte_column,
		p.utf16_column);
	is_text(t, got, want);
}

static void
is_line(struct tap *t, struct source *s, uint32_t file, uint32_t line, const char *want)
{
	uint32_t len;
	const char *text = source_line(s, file, line, &len);

	ok_that(t, len == strlen(want) && !memcmp(text, want, len), want);
}

static void
places_are_counted(struct tap *t)
{
	static const char text[] = "ab\r\n\xC3\xA4\xF0\x9F\x98\x80x\n\nend";
	struct source s;
	uint32_t f;

	source_init(&s);
	f = source_add(&s, "a.egm", text, sizeof(text) - 1, false, false);
	is_int(t, f, 1);
	is_place(t, &s, f, 0, "1:1 byte 1 utf16 1");
	is_place(t, &s, f, 2, "1:3 byte 3 utf16 3");
	is_place(t, &s, f, 4, "2:1 byte 1 utf16 1");
	is_place(t, &s, f, 10, "2:3 byte 7 utf16 4");
	is_place(t, &s, f, 11, "2:4 byte 8 utf16 5");
	is_place(t, &s, f, 6, "2:2 byte 3 utf16 2");
	is_place(t, &s, f, 12, "3:1 byte 1 utf16 1");
	is_place(t, &s, f, 16, "4:4 byte 4 utf16 4");
	is_place(t, &s, f, 4000000000u, "4:4 byte 4 utf16 4");
	is_line(t, &s, f, 1, "ab");
	is_line(t, &s, f, 2, "\xC3\xA4\xF0\x9F\x98\x80x");
	is_line(t, &s, f, 3, "");
	is_line(t, &s, f, 4, "end");
	source_release(&s);
}

static void
odd_files_have_lines(struct tap *t)
{
	struct source s;
	uint32_t empty, newline, bad;

	source_init(&s);
	empty = source_add(&s, "empty", "", 0, false, true);
	newline = source_add(&s, "newline", "\r\n", 2, true, true);
	bad = source_add(&s, "bad", "\xFF\x80z\r", 4, false, false);
	is_place(t, &s, empty, 0, "1:1 byte 1 utf16 1");
	is_line(t, &s, empty, 1, "");
	is_place(t, &s, newline, 2, "2:1 byte 1 utf16 1");
	is_line(t, &s, newline, 1, "");
	is_line(t, &s, newline, 2, "");
	is_place(t, &s, bad, 2, "1:2 byte 3 utf16 3");
	is_line(t, &s, bad, 1, "\xFF\x80z\r");
	ok(t, source_file(&s, newline)->library && !source_file(&s, bad)->library);
	is_text(t, source_file(&s, 0)->name, "");
	source_release(&s);
}

static void
many_places_on_one_line_are_cheap(struct tap *t)
{
	uint32_t size = 4u << 20;
	char *big = malloc(size);
	struct source s;
	uint32_t sum = 0;

	memset(big, 'x', size);
	source_init(&s);
	source_add(&s, "big", big, size, false, true);
	for (uint32_t i = 0; i < size; i += 16)
		sum += source_place(&s, 1, i).column == i + 1;
	is_int(t, sum, size / 16);
	source_release(&s);
	free(big);
}

static void
spans_join(struct tap *t)
{
	struct span s = span_join((struct span){ 1, 3, 5 }, (struct span){ 1, 8, 9 });

	ok(t, s.file == 1 && s.start == 3 && s.end == 9);
}

static struct span
at(uint32_t file, uint32_t start)
{
	return (struct span){ file, start, start + 1 };
}

static void
diagnostics_are_collected(struct tap *t)
{
	struct diags d;
	struct diag *first, *twin, *rule;

	diags_init(&d);
	first = diag_add(&d, EGM0001, at(1, 5), "one %s", "two");
	is_text(t, first->message, "one two");
	is_text(t, first->code, "EGM0001");
	twin = diag_add(&d, EGM0001, at(1, 5), "another text");
	ok_that(t, twin != first && twin->dropped, "a double is made, and dropped");
	rule = diag_add_rule(&d, "EGM4206", SEVERITY_WARNING, at(1, 5), "a rule");
	ok(t, !rule->dropped);
	is_int(t, d.errors, 1);
	is_int(t, d.warnings, 1);
	diag_drop(&d, rule);
	diag_drop(&d, rule);
	is_int(t, d.warnings, 0);
	diag_regrade(&d, first, SEVERITY_NOTE);
	ok(t, d.errors == 0 && d.notes == 1);
	diag_regrade(&d, rule, SEVERITY_ERROR);
	is_int(t, d.errors, 0);
	diag_add(&d, EGM0011, (struct span){ 0 }, "cannot read `a`");
	diag_add(&d, EGM0011, (struct span){ 0 }, "cannot read `b`");
	is_int(t, d.errors, 2);
	diags_release(&d);
}

static void
diagnostics_keep_order_of_texts(struct tap *t)
{
	struct diags d;
	struct diag *g;

	diags_init(&d);
	g = diag_add(&d, EGM0001, at(1, 5), "m");
	diag_here(&d, g, "here %d", 1);
	diag_label(&d, g, at(1, 1), "a");
	diag_label(&d, g, at(2, 1), "b");
	diag_line(&d, g, LINE_HELP, "h");
	diag_note_at(&d, g, at(3, 7), "n");
	diag_fix(&d, g, at(1, 5), "fix%c", '!');
	is_text(t, g->label, "here 1");
	is_text(t, g->labels->text, "a");
	is_text(t, g->labels->next->text, "b");
	is_text(t, g->texts->text, "h");
	ok(t, g->texts->span.file == 0 && g->texts->next->span.start == 7);
	is_text(t, g->fix, "fix!");
	diags_release(&d);
}

static void
diagnostics_are_sorted(struct tap *t)
{
	struct diags d;
	const char *want[] = { "env", "file 1", "code 1", "code 2", "first", "second", "file 2" };
	bool good = true;

	diags_init(&d);
	diag_add(&d, EGM0001, at(2, 0), "file 2");
	diag_add(&d, EGM0002, at(1, 9), "first");
	diag_add(&d, EGM0002, (struct span){ 1, 9, 12 }, "second");
	diag_add_rule(&d, "EGM0001A", SEVERITY_NOTE, at(1, 9), "code 2");
	diag_add(&d, EGM0001, at(1, 9), "code 1");
	diag_add(&d, EGM0016, at(1, 3), "file 1");
	diag_add(&d, EGM0011, (struct span){ 0 }, "env");
	diags_sort(&d);
	for (uint32_t i = 0; i < 7; i++)
		good = good && !strcmp((*VEC_AT(&d.all, struct diag *, i))->message, want[i]);
	ok(t, good);
	ok_that(t, diag_add(&d, EGM0016, at(1, 3), "again")->dropped,
		"doubles are known after sorting");
	for (uint32_t i = 0; i < 50000; i++)
		diag_add(&d, EGM0003, at(4, i / 2), "many");
	is_int(t, d.errors, 25006);
	diags_release(&d);
}

static void
codes_are_known(struct tap *t)
{
	is_int(t, diag_find("EGM0001"), EGM0001);
	is_int(t, diag_find("EGM9999"), DIAG_NONE);
	is_int(t, diag_find(""), DIAG_NONE);
	is_text(t, diag_info(EGM0001)->name, "syntax");
}

int
main(void)
{
	struct tap t = { 0 };

	places_are_counted(&t);
	odd_files_have_lines(&t);
	many_places_on_one_line_are_cheap(&t);
	spans_join(&t);
	diagnostics_are_collected(&t);
	diagnostics_keep_order_of_texts(&t);
	diagnostics_are_sorted(&t);
	codes_are_known(&t);
	return tap_done(&t);
}
