/* SPDX-License-Identifier: Apache-2.0 */
/* Arena, vec and str: what was given stays, what was given back is reused, sizes have no bad
 * edge. */
#include <stdint.h>
#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "tests/unit/tap.h"

static bool
is_zero(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static void
arena_keeps_what_it_gave(struct tap *t)
{
	struct arena a;
	char *pieces[200];
	bool aligned = true, zeroed = true, kept = true;

	arena_init(&a);
	for (size_t i = 0; i < 200; i++) {
		pieces[i] = arena_alloc(&a, i * 37);
		aligned = aligned && (uintptr_t)pieces[i] % 16 == 0;
		zeroed = zeroed && is_zero(pieces[i], i * 37);
		memset(pieces[i], (int)i, i * 37);
	}
	for (size_t i = 0; i < 200; i++)
		for (size_t j = 0; j < i * 37; j++)
			kept = kept && (unsigned char)pieces[i][j] == i;
	ok(t, aligned);
	ok(t, zeroed);
	ok(t, kept);
	ok(t, a.total >= 199 * 100 * 37);
	ok(t, arena_alloc(&a, 0) != arena_alloc(&a, 0));
	ok_that(t, arena_alloc(&a, (size_t)8 << 20) != NULL, "a piece larger than any chunk");
	arena_release(&a);
	ok(t, a.total == 0 && !a.chunk);
}

static void
arena_goes_back(struct tap *t)
{
	struct arena a;
	struct arena_mark empty, mark;
	char *kept, *first, *again;

	arena_init(&a);
	empty = arena_mark(&a);
	kept = arena_copy(&a, "kept", 4);
	mark = arena_mark(&a);
	first = arena_alloc(&a, 64);
	memset(first, 'x', 64);
	for (int i = 0; i < 100; i++)
		arena_alloc(&a, 10000);
	arena_rewind(&a, mark);
	is_text(t, kept, "kept");
	again = arena_alloc(&a, 64);
	ok(t, again == first);
	ok_that(t, is_zero(again, 64), "a piece that is given again is zeroed again");
	arena_rewind(&a, empty);
	ok(t, a.total == 0);
	is_text(t, arena_copy(&a, NULL, 0), "");
	arena_release(&a);
}

static void
arena_formats(struct tap *t)
{
	struct arena a;
	char *text;

	arena_init(&a);
	is_text(t, arena_format(&a, "%s-%d", "a", 7), "a-7");
	text = arena_format(&a, "%70000d", 1);
	is_int(t, strlen(text), 70000);
	is_bytes(t, arena_copy(&a, "a\0b", 3), "a\0b", 4);
	arena_release(&a);
}

static void
vec_counts(struct tap *t)
{
	struct vec v;
	uint32_t n = 7;

	vec_init(&v, sizeof(uint32_t), false);
	is_int(t, vec_add(&v, 0), 0);
	ok(t, v.count == 0);
	is_int(t, vec_push(&v, &n), 0);
	is_int(t, vec_add(&v, 1000), 1);
	ok(t, *VEC_AT(&v, uint32_t, 0) == 7 && *VEC_AT(&v, uint32_t, 1000) == 0);
	*VEC_AT(&v, uint32_t, 1) = 9;
	vec_cut(&v, 1);
	is_int(t, vec_add(&v, 1), 1);
	ok_that(t, *VEC_AT(&v, uint32_t, 1) == 0, "an element that was cut off comes back zeroed");
	vec_release(&v);
	ok(t, !v.data && !v.count);
	vec_init(&v, 24, true);
	is_int(t, v.count, 1);
	ok(t, is_zero(v.data, 24));
	vec_release(&v);
}

static void
str_grows(struct tap *t)
{
	struct str s = STR_INIT;

	is_text(t, str_text(&s), "");
	str_clear(&s);
	str_add(&s, NULL, 0);
	str_puts(&s, "ab");
	str_putc(&s, 'c');
	str_repeat(&s, '-', 3);
	str_repeat(&s, '-', 0);
	str_format(&s, "%d%%", 5);
	is_text(t, str_text(&s), "abc---5%");
	is_int(t, s.len, 8);
	str_format(&s, "%*s", 100000, "");
	is_int(t, s.len, 100008);
	ok(t, s.bytes[s.len] == '\0');
	str_clear(&s);
	is_text(t, str_text(&s), "");
	str_add(&s, "a\0b", 3);
	is_int(t, s.len, 3);
	memcpy(str_room(&s, 2), "xy", 2);
	str_grew(&s, 2);
	is_bytes(t, s.bytes, "a\0bxy", 6);
	str_release(&s);
	ok(t, !s.bytes && !s.room);
}

static void
str_is_terminated_at_each_length(struct tap *t)
{
	bool good = true;

	for (size_t n = 0; n < 300; n++) {
		struct str s = STR_INIT;

		for (size_t i = 0; i < n; i++)
			str_putc(&s, 'x');
		good = good && strlen(str_text(&s)) == n;
		str_release(&s);
	}
	ok(t, good);
}

static void
room_grows_without_overflow(struct tap *t)
{
	is_int(t, mem_grown(4, 5, 8), 8);
	is_int(t, mem_grown(4, 100, 8), 100);
	ok(t, mem_grown(PTRDIFF_MAX / 8 - 1, 5, 8) <= PTRDIFF_MAX / 8);
}

int
main(void)
{
	struct tap t = { 0 };

	arena_keeps_what_it_gave(&t);
	arena_goes_back(&t);
	arena_formats(&t);
	vec_counts(&t);
	str_grows(&t);
	str_is_terminated_at_each_length(&t);
	room_grows_without_overflow(&t);
	return tap_done(&t);
}
