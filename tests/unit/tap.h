/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of a unit test, printed as TAP. A program has one struct tap in main(), hands it to its functions
 * and returns tap_done(). Each check goes on after a failure and returns whether it held.
 *
 *     int main(void)
 *     {
 *             struct tap t = {0};
 *             arena_keeps_what_it_gave(&t);
 *             return tap_done(&t);
 *     }
 */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct tap {
	unsigned count, failed;
};

/* ok(t, x == y) states a condition in its own words. */
#define ok(t, condition) tap_ok(t, condition, #condition, __FILE__, __LINE__)
/* The same with a text that tells what the case is about. */
#define ok_that(t, condition, text) tap_ok(t, condition, text, __FILE__, __LINE__)
/* is_text(t, got, want): both may be NULL. */
#define is_text(t, got, want) tap_text(t, got, want, #got, __FILE__, __LINE__)
/* is_bytes(t, got, want, n) */
#define is_bytes(t, got, want, n) tap_ok(t, memcmp(got, want, n) == 0, #got, __FILE__, __LINE__)
/* is_int(t, got, want): whatever fits into long long. */
#define is_int(t, got, want) \
	tap_int(t, (long long)(got), (long long)(want), #got, __FILE__, __LINE__)

/* '#' would begin a directive in TAP, a newline would end the line. */
static inline void
tap_print(const char *text)
{
	for (; *text; text++)
		putchar(*text == '#' || *text == '\n' ? ' ' : *text);
}

static inline bool
tap_ok(struct tap *t, bool held, const char *what, const char *file, int line)
{
	t->count++;
	t->failed += !held;
	printf("%sok %u - ", held ? "" : "not ", t->count);
	tap_print(what);
	putchar('\n');
	if (!held)
		printf("# %s:%d\n", file, line);
	fflush(stdout);
	return held;
}

static inline bool
tap_text(struct tap *t, const char *got, const char *want, const char *what, const char *file,
	int line)
{
	bool held = got && want ? strcmp(got, want) == 0 : got == want;

	tap_ok(t, held, what, file, line);
	if (!held)
		printf("# got  %s\n# want %s\n", got ? got : "NULL", want ? want : "NULL");
	return held;
}

static inline bool
tap_int(struct tap *t, long long got, long long want, const char *what, const char *file, int line)
{
	tap_ok(t, got == want, what, file, line);
	if (got != want)
		printf("# got  %lld\n# want %lld\n", got, want);
	return got == want;
}

/* Prints the plan; the exit status of the program. */
static inline int
tap_done(const struct tap *t)
{
	printf("1..%u\n", t->count);
	return t->failed != 0;
}

#endif
