/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test [FILE...]: runs what the library, or else the files, claim about themselves: `test`
 * statements, and the failing and passing examples of rules. Goes out: what did not hold and a
 * count, or TAP.
 */
#include <stdio.h>
#include <string.h>
#include "driver.h"

struct tests {
	struct driver d;
	struct vec names; /* const char *, by test */
	struct vec sites; /* uint32_t, by test */
	struct str out;
	uint32_t failed;
};

static bool
is_test(const struct site *s)
{
	return s->role == SITE_TEST || s->role == SITE_FAILS || s->role == SITE_PASSES;
}

/* Examples of one rule stand one after the other; the second of a kind is numbered. */
static const char *
name_of(struct tests *t, uint32_t site)
{
	const struct program *p = &t->d.program;
	const struct site *s = SITE_AT(p, site);
	uint32_t nth = 1;

	if (s->role == SITE_TEST)
		return program_text(p, s->name);
	for (uint32_t i = t->sites.count; i-- > 0;) {
		const struct site *other = SITE_AT(p, *VEC_AT(&t->sites, uint32_t, i));

		if (other->role == SITE_TEST || other->code != s->code)
			break;
		nth += other->role == s->role;
	}
	return arena_format(&t->d.load.arena, nth > 1 ? "%s %s %u" : "%s %s",
		program_text(p, s->code), s->role == SITE_FAILS ? "fails" : "passes", nth);
}

static void
list_tests(struct tests *t, bool library)
{
	const struct program *p = &t->d.program;

	for (uint32_t i = 1; i < p->sites.count; i++) {
		const char *name;

		if (!is_test(SITE_AT(p, i)) || SITE_AT(p, i)->library != library)
			continue;
		name = name_of(t, i);
		vec_push(&t->names, &name);
		vec_push(&t->sites, &i);
	}
}

/* Results */

static void
add_place(struct tests *t, uint32_t site)
{
	struct program *p = &t->d.program;
	struct span s = NODE_AT(p, SITE_AT(p, site)->node)->span;

	str_format(&t->out, "%s:%u", source_file(&p->source, s.file)->name,
		source_place(&p->source, s.file, s.start).line);
}

/* Every line with something in front of it. */
static void
add_lines(struct str *out, const char *before, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		str_format(out, "%s%.*s\n", before, (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void
add_tap(struct tests *t, uint32_t i, bool holds, const char *why)
{
	str_format(&t->out, "%sok %u - ", holds ? "" : "not ", i + 1);
	for (const char *c = *VEC_AT(&t->names, const char *, i); *c; c++)
		str_format(&t->out, *c == '#' || *c == '\\' ? "\\%c" : "%c", *c);
	str_putc(&t->out, '\n');
	if (holds)
		return;
	str_puts(&t->out, "# ");
	add_place(t, *VEC_AT(&t->sites, uint32_t, i));
	str_putc(&t->out, '\n');
	add_lines(&t->out, "# ", why);
}

static void
add_failure(struct tests *t, uint32_t i, const char *why)
{
	add_place(t, *VEC_AT(&t->sites, uint32_t, i));
	str_format(&t->out, ": %s\n", *VEC_AT(&t->names, const char *, i));
	add_lines(&t->out, "  ", why);
}

static void
run(struct tests *t, bool tap)
{
	struct str why = STR_INIT;

	if (tap)
		str_format(&t->out, "1..%u\n", t->sites.count);
	for (uint32_t i = 0; i < t->sites.count; i++) {
		bool holds;

		str_clear(&why);
		holds = eval_test(&t->d.program, *VEC_AT(&t->sites, uint32_t, i), &why);
		t->failed += !holds;
		if (tap)
			add_tap(t, i, holds, str_text(&why));
		else if (!holds)
			add_failure(t, i, str_text(&why));
	}
	if (!tap)
		str_format(
			&t->out, "%u passed, %u failed\n", t->sites.count - t->failed, t->failed);
	str_release(&why);
}

int
driver_test(const struct options *o)
{
	const char *const *operands = (const char *const *)o->operands;
	struct tests t = { .out = STR_INIT };

	vec_init(&t.names, sizeof(const char *), false);
	vec_init(&t.sites, sizeof(uint32_t), false);
	if (driver_open(&t.d, o) && driver_input(&t.d, operands, o->operand_count)) {
		list_tests(&t, !o->operand_count);
		run(&t, o->tap);
	} else if (o->tap) {
		str_puts(&t.out, "Bail out! what is to be tested has errors\n");
	}
	if (t.failed)
		t.d.status = STATUS_INPUT;
	fwrite(str_text(&t.out), 1, t.out.len, stdout);
	str_release(&t.out);
	vec_release(&t.names);
	vec_release(&t.sites);
	return driver_close(&t.d);
}
