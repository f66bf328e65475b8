/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns: what matches, what is refused, shortest examples, and time that no text can blow up. */
#include "base/arena.h"
#include "base/str.h"
#include "check/scalar.h"
#include "tap.h"

static const struct match_case {
	const char *pattern, *text;
	bool matches;
} match_cases[] = {
	{ "", "", true },
	{ "", "abc", true },
	{ "b", "abc", true },
	{ "^b", "abc", false },
	{ "c$", "abc", true },
	{ "^$", "", true },
	{ "^$", "a", false },
	{ "^abc$", "abc", true },
	{ "a^b", "ab", false },
	{ "^a|b$", "axx", true },
	{ "^a|b$", "xxb", true },
	{ "^(a|b)$", "axx", false },
	{ "^(?:ab|cd)+$", "abcdab", true },
	{ "^(?:ab|cd)+$", "abc", false },
	{ "^(|a)b$", "b", true },
	{ "^a|$", "b", true },
	{ "^a*$", "", true },
	{ "^a+$", "", false },
	{ "^a?b$", "aab", false },
	{ "^a{3}$", "aaa", true },
	{ "^a{3}$", "aaaa", false },
	{ "^a{2,3}$", "a", false },
	{ "^a{2,3}$", "aaa", true },
	{ "^a{2,3}$", "aaaa", false },
	{ "^a{2,}$", "aaaaa", true },
	{ "^a{0}b$", "b", true },
	{ "^a{0}b$", "ab", false },
	{ "^(a*)*$", "aaa", true },
	{ "^(a*)+b$", "b", true },
	{ "^(a?){3}$", "aa", true },
	{ "^(a|b|){2}c$", "abc", true },
	{ "^(a|b){0,2}c$", "abac", false },
	{ "^.$", "\n", false },
	{ "^[^a]$", "\n", true },
	{ "^[a-c]+$", "abcabc", true },
	{ "^[]a]+$", "a]", true },
	{ "^[a-]+$", "-a", true },
	{ "^[^]a]$", "b", true },
	{ "^[^]a]$", "]", false },
	{ "^[a\\]b]+$", "a]b", true },
	{ "^[\\d_]+$", "1_2", true },
	{ "^[[:alpha:][:digit:]]+$", "a1", true },
	{ "^[[:upper:]]$", "a", false },
	{ "^\\d{1,5}(h|m|s|ms)$", "250ms", true },
	{ "^\\w+\\s\\W$", "a_1 !", true },
	{ "^\\S\\D$", "1a", true },
	{ "^a\\.b$", "a.b", true },
	{ "^a\\.b$", "axb", false },
	{ "^\\\\$", "\\", true },
	{ "^\xc3\xa9+$", "\xc3\xa9\xc3\xa9", true },
	{ "^\xc3\xa9?$", "\xc3", false },
	{ "^([0-9]{1,5}(h|m|s|ms)){1,4}$", "1m30s", true },
	{ "^([0-9]{1,5}(h|m|s|ms)){1,4}$", "1.5s", false },
	{ "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "shop-eu", true },
	{ "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "shop-", false },
	{ "^[a-z]+://", "https://x", true },
};

static void
patterns_match(struct tap *t, struct arena *a)
{
	char what[160];

	for (size_t i = 0; i < sizeof match_cases / sizeof *match_cases; i++) {
		const struct match_case *c = &match_cases[i];
		const char *fault;
		size_t at;
		const struct pattern *p =
			pattern_compile(a, c->pattern, strlen(c->pattern), &fault, &at);

		snprintf(what, sizeof what, "'%s' %s '%s'", c->pattern,
			c->matches ? "matches" : "does not match", c->text);
		ok_that(t, p && pattern_matches(p, c->text, strlen(c->text), a) == c->matches,
			what);
		if (!p)
			printf("# %s at %zu\n", fault, at);
	}
}

static const struct fault_case {
	const char *pattern;
	size_t at;
	const char *fault;
} fault_cases[] = {
	{ "(a", 0, "a parenthesis is never closed" },
	{ "a)", 1, "a parenthesis closes nothing here" },
	{ "a[bc", 1, "a bracket is never closed" },
	{ "[]", 0, "a bracket is never closed" },
	{ "[z-a]", 1, "a range that ends before it starts" },
	{ "[[:alpah:]]", 1, "no such class of characters" },
	{ "[[:alpha", 1, "no such class of characters" },
	{ "*a", 0, "nothing that can be repeated stands before this" },
	{ "a**", 2, "nothing that can be repeated stands before this" },
	{ "a+?", 2, "nothing that can be repeated stands before this" },
	{ "a|+", 2, "nothing that can be repeated stands before this" },
	{ "a{2,1}", 1, "a count is {m}, {m,} or {m,n}, with m <= n <= 1000" },
	{ "a{1001}", 1, "a count is {m}, {m,} or {m,n}, with m <= n <= 1000" },
	{ "a{99999999999999999999}", 1, "a count is {m}, {m,} or {m,n}, with m <= n <= 1000" },
	{ "a{", 1, "a count is {m}, {m,} or {m,n}, with m <= n <= 1000" },
	{ "a\\", 1, "a backslash escapes nothing here" },
	{ "a\\q", 1, "no such escape" },
	{ "(?=a)", 0, "only (...) and (?:...) are groups" },
	{ "\\1", 0, "no such escape" },
	{ "[\xc3\xa9]", 1, "only ASCII can stand in brackets" },
	{ "((a{200}){100}){2}", 0, "too many repetitions in one pattern" },
	{ "((()){1000}){1000}", 0, "too many repetitions in one pattern" },
};

static void
faults_are_found(struct tap *t, struct arena *a)
{
	for (size_t i = 0; i < sizeof fault_cases / sizeof *fault_cases; i++) {
		const struct fault_case *c = &fault_cases[i];
		const char *fault = NULL;
		size_t at = 0;

		ok_that(t, !pattern_compile(a, c->pattern, strlen(c->pattern), &fault, &at),
			c->pattern);
		is_text(t, fault, c->fault);
		is_int(t, at, c->at);
	}
}

static void
nesting_has_a_limit(struct tap *t, struct arena *a)
{
	struct str text = STR_INIT;
	const char *fault;
	size_t at;

	str_repeat(&text, '(', 100);
	str_repeat(&text, ')', 100);
	ok(t, pattern_compile(a, text.bytes, text.len, &fault, &at));
	str_clear(&text);
	str_repeat(&text, '(', 100000);
	ok(t, !pattern_compile(a, text.bytes, text.len, &fault, &at));
	is_text(t, fault, "parentheses are nested too deeply");
	str_release(&text);
}

static void
a_nul_is_a_byte(struct tap *t, struct arena *a)
{
	const char *fault;
	size_t at;
	const struct pattern *p = pattern_compile(a, "a\0b", 3, &fault, &at);

	ok(t, p && pattern_matches(p, "a\0b", 3, a) && !pattern_matches(p, "ab", 2, a));
	ok(t, !pattern_compile(a, "\\\0", 2, &fault, &at));
}

static void
examples_are_short_and_match(struct tap *t, struct arena *a)
{
	static const struct {
		const char *pattern, *example;
	} cases[] = {
		{ "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "a" },
		{ "^([0-9]{1,5}(h|m|s|ms)){1,4}$", "0h" },
		{ "^[a-z]+://", "a://" },
		{ "abc|de|f", "f" },
		{ "^[0-9]{3}-[A-Z]{2}$", "000-AA" },
		{ "^\\.[^a]", ".b" },
		{ "", "" },
		{ "^(a*b){3}$", "bbb" },
		{ "a^b", NULL },
		{ "a$b", NULL },
		{ "[^\\d\\D]", NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str out = STR_INIT;
		const char *fault;
		size_t at;
		const struct pattern *p =
			pattern_compile(a, cases[i].pattern, strlen(cases[i].pattern), &fault, &at);
		bool found = pattern_example(p, &out);

		is_text(t, found ? str_text(&out) : NULL, cases[i].example);
		if (found)
			ok(t, pattern_matches(p, str_text(&out), out.len, a));
		str_release(&out);
	}
}

/* Backtracking would take longer than anybody waits. */
static void
time_is_linear(struct tap *t, struct arena *a)
{
	struct str text = STR_INIT;
	const char *fault;
	static const char slow[] = "^((a?){30}a{30}|(a*)*(a*)*(a|a)*)!$";
	size_t at, before;
	const struct pattern *p = pattern_compile(a, slow, strlen(slow), &fault, &at);

	str_repeat(&text, 'a', 20000);
	before = a->used;
	ok(t, p && !pattern_matches(p, text.bytes, text.len, a));
	ok(t, a->used == before);
	str_release(&text);
}

int
main(void)
{
	struct tap t = { 0 };
	struct arena a;

	arena_init(&a);
	patterns_match(&t, &a);
	faults_are_found(&t, &a);
	nesting_has_a_limit(&t, &a);
	a_nul_is_a_byte(&t, &a);
	examples_are_short_and_match(&t, &a);
	time_is_linear(&t, &a);
	arena_release(&a);
	return tap_done(&t);
}
