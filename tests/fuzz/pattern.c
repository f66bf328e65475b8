/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line of the input is a pattern, the rest a text to match. An example that is made of a
 * pattern must match it; where the pattern uses only what POSIX has, regexec() must agree.
 */
#include <regex.h>
#include "base/arena.h"
#include "check/scalar.h"
#include "tests/fuzz/fuzz.h"

#define COMPARED_MAX 24 /* bytes: the system's matcher is not linear */

/* Does the dialect of POSIX give the text the same meaning? */
static bool
is_common(const char *pattern, const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	char plain[sizeof(letters) + 16];

	snprintf(plain, sizeof(plain), "%s.()|*+?^$[]-", letters);
	return strspn(pattern, plain) == strlen(pattern) && !strstr(pattern, "[[") &&
		!strstr(pattern, "()") && !strstr(pattern, "(|") && !strstr(pattern, "|)") &&
		!strstr(pattern, "||") && pattern[0] != '|' && *pattern &&
		pattern[strlen(pattern) - 1] != '|' && strspn(text, letters) == strlen(text);
}

static void
compare(const char *pattern, const char *text, bool matches)
{
	regex_t system;

	if (strlen(pattern) > COMPARED_MAX || strlen(text) > COMPARED_MAX ||
		!is_common(pattern, text))
		return;
	if (regcomp(&system, pattern, REG_EXTENDED | REG_NOSUB))
		return;
	fuzz_demand(matches == !regexec(&system, text, 0, NULL, 0), "regexec() agrees");
	regfree(&system);
}

/* pattern: NULL if it holds a NUL byte, which the system's functions take for its end. */
static void
match(struct arena *a, const struct pattern *p, const char *pattern, const char *text, size_t len)
{
	struct str example = STR_INIT;
	bool matches = pattern_matches(p, text, len, a);

	if (pattern && strlen(text) == len)
		compare(pattern, text, matches);
	if (pattern_example(p, &example))
		fuzz_demand(pattern_matches(p, str_text(&example), example.len, a),
			"an example matches its pattern");
	str_release(&example);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *input = (const char *)bytes;
	const char *newline = len ? memchr(input, '\n', len) : NULL;
	size_t first = newline ? (size_t)(newline - input) : len;
	const char *fault = NULL;
	size_t at = 0;
	struct arena arena, scratch;
	const struct pattern *p;

	arena_init(&arena);
	arena_init(&scratch);
	p = pattern_compile(&arena, input, first, &fault, &at);
	fuzz_demand(!p == !!fault, "a pattern that is refused has a reason, no other has");
	if (p)
		match(&scratch, p,
			memchr(input, 0, first) ? NULL : arena_copy(&arena, input, first),
			newline ? arena_copy(&arena, newline + 1, len - first - 1) : "",
			newline ? len - first - 1 : 0);
	else
		fuzz_demand(at <= first, "a fault lies in the pattern");
	arena_release(&scratch);
	arena_release(&arena);
	return 0;
}
