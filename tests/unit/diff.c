/* SPDX-License-Identifier: Apache-2.0 */
/* Line diffs: their form, and that applying one to the first text gives the second. */
#include "commands/diff.h"
#include <stdlib.h>
#include "base/mem.h"
#include "tap.h"

static const struct form_case {
	const char *what, *before, *after, *diff;
} form_cases[] = {
	{ "equal texts", "a\nb\n", "a\nb\n", "" },
	{ "two empty texts", "", "", "" },
	{ "a change", "a\nb\nc\n", "a\nx\nc\n", "--- n\n+++ n\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n" },
	{ "the first lines", "", "a\n", "--- n\n+++ n\n@@ -0,0 +1 @@\n+a\n" },
	{ "the last lines", "a\n", "", "--- n\n+++ n\n@@ -1 +0,0 @@\n-a\n" },
	{ "no newline at the end", "a\nb", "a\nb\n",
		"--- n\n+++ n\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n" },
	{ "three lines of context", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n6\n7\n8\n9\n",
		"--- n\n+++ n\n@@ -2,7 +2,6 @@\n 2\n 3\n 4\n-5\n 6\n 7\n 8\n" },
	{ "near changes share a hunk", "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
		"--- n\n+++ n\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n" },
	{ "distant changes do not", "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
		"--- n\n+++ n\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n "
		"7\n-b\n+B\n" },
	{ "what moved", "a\nb\nc\nd\n", "d\na\nb\nc\n",
		"--- n\n+++ n\n@@ -1,4 +1,4 @@\n+d\n a\n b\n c\n-d\n" },
};

static void
diffs_have_their_form(struct tap *t)
{
	for (size_t i = 0; i < sizeof form_cases / sizeof *form_cases; i++) {
		const struct form_case *c = &form_cases[i];
		struct str out = STR_INIT;

		diff_unified(&out, "n", c->before, strlen(c->before), c->after, strlen(c->after));
		if (!ok_that(t, strcmp(str_text(&out), c->diff) == 0, c->what))
			printf("# got: %s\n", str_text(&out));
		str_release(&out);
	}
}

/* Applies a diff of whole lines. */
static void
apply(const char *before, const char *diff, struct str *out)
{
	long line = 1, start;
	const char *end;

	for (; *diff; diff = end + 1) {
		end = strchr(diff, '\n');
		if (!strncmp(diff, "@@ -", 4)) {
			char *comma;

			start = strtol(diff + 4, &comma, 10);
			start += !strncmp(comma, ",0", 2);
			for (; line < start; line++, before = strchr(before, '\n') + 1)
				str_add(out, before, (size_t)(strchr(before, '\n') - before) + 1);
		} else if (*diff == '+' && strncmp(diff, "+++", 3) != 0) {
			str_add(out, diff + 1, (size_t)(end - diff));
		} else if (*diff == ' ' || (*diff == '-' && strncmp(diff, "---", 3) != 0)) {
			if (*diff == ' ')
				str_add(out, diff + 1, (size_t)(end - diff));
			before = strchr(before, '\n') + 1;
			line++;
		}
	}
	str_puts(out, before);
}

/* A plain generator: the same texts everywhere. */
static unsigned
next_random(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

static void
random_text(unsigned *state, unsigned lines, unsigned words, struct str *out)
{
	str_clear(out);
	for (unsigned i = next_random(state) % (lines + 1); i > 0; i--)
		str_format(out, "%u\n", next_random(state) % words);
}

static void
diffs_lead_from_one_to_the_other(struct tap *t)
{
	struct str a = STR_INIT, b = STR_INIT, diff = STR_INIT, got = STR_INIT;
	unsigned state = 7, wrong = 0;

	for (unsigned i = 0; i < 3000; i++) {
		unsigned lines = i % 100 == 99 ? 3000 : 24;

		random_text(&state, lines, 2 + i % 9, &a);
		random_text(&state, lines, 2 + i % 9, &b);
		str_clear(&diff);
		str_clear(&got);
		diff_unified(&diff, "n", str_text(&a), a.len, str_text(&b), b.len);
		apply(str_text(&a), str_text(&diff), &got);
		wrong += strcmp(str_text(&got), str_text(&b)) != 0;
	}
	is_int(t, wrong, 0);
	str_release(&a);
	str_release(&b);
	str_release(&diff);
	str_release(&got);
}

static void
unlike_texts_take_no_time(struct tap *t)
{
	struct str a = STR_INIT, b = STR_INIT, diff = STR_INIT;

	for (unsigned i = 0; i < 20000; i++) {
		str_format(&a, "%u\n", i);
		str_format(&b, "%u\n", i + 1000000);
	}
	diff_unified(&diff, "n", str_text(&a), a.len, str_text(&b), b.len);
	ok(t, diff.len > a.len + b.len);
	str_release(&a);
	str_release(&b);
	str_release(&diff);
}

int
main(void)
{
	struct tap t = { 0 };

	diffs_have_their_form(&t);
	diffs_lead_from_one_to_the_other(&t);
	unlike_texts_take_no_time(&t);
	return tap_done(&t);
}
