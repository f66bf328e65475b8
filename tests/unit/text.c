/* SPDX-License-Identifier: Apache-2.0 */
/* Atoms, UTF-8, near words, hashes and JSON texts. */
#include "base/atom.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "tests/unit/tap.h"

static void
atoms_are_equal_for_equal_texts(struct tap *t)
{
	struct atoms a;
	const char *kept;
	bool good = true;
	atom first;

	atoms_init(&a);
	is_int(t, atom_find(&a, "x", 1), 0);
	first = atom_of_text(&a, "first");
	kept = atom_text(&a, first);
	is_int(t, first, 1);
	is_text(t, atom_text(&a, 0), "");
	for (int round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 20000; i++) {
			char name[16];
			size_t n = (size_t)snprintf(name, sizeof(name), "n%u", i);

			good = good && atom_of(&a, name, n) == i + 2 && atom_len(&a, i + 2) == n;
		}
	}
	ok(t, good);
	ok(t, atom_text(&a, first) == kept);
	is_text(t, atom_text(&a, atom_find(&a, "n19999", 6)), "n19999");
	is_int(t, atom_find(&a, "n20000", 6), 0);
	ok_that(t, atom_of(&a, "", 0) != 0, "the empty text is a text");
	ok(t, atom_of(&a, "a\0b", 3) != atom_of(&a, "a\0c", 3));
	atoms_release(&a);
}

static void
atoms_have_an_order(struct tap *t)
{
	struct atoms a;

	atoms_init(&a);
	ok(t, atom_compare(&a, atom_of_text(&a, "b"), atom_of_text(&a, "a")) > 0);
	ok(t, atom_compare(&a, atom_of_text(&a, "a"), atom_of_text(&a, "ab")) < 0);
	ok(t, atom_compare(&a, atom_of_text(&a, "a"), atom_of_text(&a, "a")) == 0);
	ok(t, atom_compare(&a, atom_of_text(&a, "\xC3\xA4"), atom_of_text(&a, "z")) > 0);
	ok(t, atom_compare(&a, 0, atom_of_text(&a, "a")) < 0);
	atoms_release(&a);
}

/* Texts and how much of them is valid. */
struct encoding {
	const char *bytes;
	size_t len, valid;
};

static const struct encoding encodings[] = {
	{ "", 0, 0 },
	{ "plain ascii, longer than a word", 31, 31 },
	{ "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", 9, 9 },
	{ "\0", 1, 1 },
	{ "12345678\x80", 9, 8 },
	{ "a\xC0\x80", 3, 1 }, /* overlong NUL */
	{ "\xC1\xBF", 2, 0 }, /* overlong */
	{ "\xE0\x80\x80", 3, 0 }, /* overlong */
	{ "\xE0\x9F\xBF", 3, 0 }, /* overlong */
	{ "\xE0\xA0\x80", 3, 3 }, /* U+0800 */
	{ "\xED\x9F\xBF", 3, 3 }, /* U+D7FF */
	{ "\xED\xA0\x80", 3, 0 }, /* a surrogate */
	{ "\xEE\x80\x80", 3, 3 }, /* U+E000 */
	{ "\xF0\x8F\xBF\xBF", 4, 0 }, /* overlong */
	{ "\xF0\x90\x80\x80", 4, 4 }, /* U+10000 */
	{ "\xF4\x8F\xBF\xBF", 4, 4 }, /* U+10FFFF */
	{ "\xF4\x90\x80\x80", 4, 0 }, /* above */
	{ "\xF5\x80\x80\x80", 4, 0 },
	{ "\xFF", 1, 0 },
	{ "ab\xE2\x82", 4, 2 }, /* cut off */
	{ "\xE2\x82x", 3, 0 },
	{ "\xF0\x9F\x98x", 4, 0 },
};

static void
encodings_are_judged(struct tap *t)
{
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
		const struct encoding *e = &encodings[i];

		is_int(t, utf8_check(e->bytes, e->len), e->valid);
	}
}

static void
scalars_are_decoded(struct tap *t)
{
	size_t n;

	is_int(t, utf8_decode("A", 1, &n), 'A');
	is_int(t, utf8_decode("\xC3\xA4z", 3, &n), 0xE4);
	is_int(t, n, 2);
	is_int(t, utf8_decode("\xE2\x82\xAC", 3, &n), 0x20AC);
	is_int(t, utf8_decode("\xF0\x9F\x98\x80", 4, &n), 0x1F600);
	is_int(t, n, 4);
	is_int(t, utf8_decode("\xF0\x9F\x98", 3, &n), 0xFFFD);
	is_int(t, n, 1);
}

static void
scalars_have_widths(struct tap *t)
{
	is_int(t, utf8_width('a'), 1);
	is_int(t, utf8_width(0xE4), 1);
	is_int(t, utf8_width(0x301), 0);
	is_int(t, utf8_width(0x200D), 0);
	is_int(t, utf8_width(0x65E5), 2);
	is_int(t, utf8_width(0xAC00), 2);
	is_int(t, utf8_width(0x1F600), 2);
	is_int(t, utf8_width(0xFF21), 2);
	is_int(t, utf8_width(0x20AC), 1);
	is_int(t, utf8_width(0x10FFFF), 1);
}

static const char *
nearest(const char *word, const char *const *candidates)
{
	struct suggest s;

	suggest_init(&s, word, strlen(word));
	for (; *candidates; candidates++)
		suggest_offer(&s, *candidates);
	return s.best;
}

static void
words_have_neighbours(struct tap *t)
{
	static const char *const fields[] = { "hostname", "listener", "timeout", "path", "retry",
		NULL };
	static const char *const words[] = { "ambient", "sidecar", NULL };
	static const char *const cases[] = { "Ports", "port", NULL };
	static const char *const letters[] = { "c", "ab", NULL };
	static const char *const twins[] = { "cart-a", "cart-b", NULL };

	is_text(t, nearest("time-out", fields), "timeout");
	is_text(t, nearest("hsotname", fields), "hostname");
	is_text(t, nearest("ambiant", words), "ambient");
	is_text(t, nearest("completely-else", fields), NULL);
	is_text(t, nearest("ports", cases), "Ports");
	is_text(t, nearest("a", letters), NULL);
	is_text(t, nearest("ba", letters), "ab");
	is_text(t, nearest("cart-c", twins), "cart-a");
	is_text(t, nearest("", letters), NULL);
}

static void
distances_are_limited(struct tap *t)
{
	char big[2000];

	memset(big, 'a', sizeof(big));
	is_int(t, suggest_distance("kitten", 6, "sitting", 7, 9), 3);
	is_int(t, suggest_distance("kitten", 6, "sitting", 7, 1), 2);
	is_int(t, suggest_distance("ab", 2, "ba", 2, 9), 1);
	is_int(t, suggest_distance("AB", 2, "ab", 2, 9), 1);
	is_int(t, suggest_distance("", 0, "abc", 3, 9), 3);
	is_int(t, suggest_distance("same", 4, "same", 4, 0), 0);
	is_int(t, suggest_distance(big, sizeof(big), big, sizeof(big) - 1, 5), 6);
}

static void
hashes_are_those_of_the_tools(struct tap *t)
{
	char hex[XXH128_HEX], sha[SHA256_HEX];

	hash_xxh128("", 0, hex);
	is_text(t, hex, "99aa06d3014798d86001c324468d497f");
	hash_xxh128("abc", 3, hex);
	is_text(t, hex, "06b05ab6733a618578af5f94892f3950");
	hash_sha256("", 0, sha);
	is_text(t, sha, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_sha256("abc", 3, sha);
	is_text(t, sha, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ok(t, hash_fast("a", 1) != hash_fast("b", 1));
}

static void
json_is_escaped(struct tap *t)
{
	struct str s = STR_INIT;

	json_string(&s, "a\"\\\b\t\n\f\r\x01\x1F\x7F", 11);
	is_text(t, str_text(&s), "\"a\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f\\u007f\"");
	str_clear(&s);
	json_string(&s, "\0/\xC3\xA4\xE2\x80\xA8\xFF\xF0\x9F\x98\x80", 12);
	is_text(t, str_text(&s), "\"\\u0000/\xC3\xA4\\u2028\xEF\xBF\xBD\xF0\x9F\x98\x80\"");
	str_clear(&s);
	json_text(&s, NULL);
	json_text(&s, "");
	is_text(t, str_text(&s), "null\"\"");
	str_release(&s);
}

int
main(void)
{
	struct tap t = { 0 };

	atoms_are_equal_for_equal_texts(&t);
	atoms_have_an_order(&t);
	encodings_are_judged(&t);
	scalars_are_decoded(&t);
	scalars_have_widths(&t);
	words_have_neighbours(&t);
	distances_are_limited(&t);
	hashes_are_those_of_the_tools(&t);
	json_is_escaped(&t);
	return tap_done(&t);
}
