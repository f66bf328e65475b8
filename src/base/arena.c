/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks double from 16 KiB to 1 MiB; a larger piece gets a chunk of its own size. Under
 * AddressSanitizer the unused part of a chunk is poisoned, so that a step behind the last piece is
 * caught as it would be with malloc().
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "base/mem.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define ARENA_POISONS
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define ARENA_POISONS
#endif
#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN       16u
#define CHUNK_FIRST ((size_t)16 << 10)
#define CHUNK_MOST  ((size_t)1 << 20)

struct arena_chunk {
	struct arena_chunk *older;
	size_t room; /* bytes behind this head */
};

_Static_assert(sizeof(struct arena_chunk) % ALIGN == 0, "pieces start aligned");

static char *
chunk_bytes(struct arena_chunk *c)
{
	return (char *)(c + 1);
}

void
arena_init(struct arena *a)
{
	*a = (struct arena){ 0 };
}

static void
drop_chunk(struct arena *a)
{
	struct arena_chunk *c = a->chunk;

	a->chunk = c->older;
	a->total -= sizeof(*c) + c->room;
	ASAN_UNPOISON_MEMORY_REGION(chunk_bytes(c), c->room);
	mem_free(c);
}

void
arena_release(struct arena *a)
{
	while (a->chunk)
		drop_chunk(a);
	arena_init(a);
}

static void
add_chunk(struct arena *a, size_t least)
{
	size_t room = a->chunk ? a->chunk->room * 2 : CHUNK_FIRST;
	struct arena_chunk *c;

	if (room > CHUNK_MOST)
		room = CHUNK_MOST;
	if (room < least)
		room = least;
	c = mem_resize(NULL, mem_grown(0, sizeof(*c) + room, 1));
	c->older = a->chunk;
	c->room = room;
	ASAN_POISON_MEMORY_REGION(chunk_bytes(c), room);
	a->chunk = c;
	a->used = 0;
	a->total += sizeof(*c) + room;
}

/* n bytes, not zeroed. */
static char *
take(struct arena *a, size_t n)
{
	size_t whole;
	char *p;

	if (n > PTRDIFF_MAX / 2)
		BUG("a piece of %zu bytes", n);
	whole = n ? (n + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
	if (!a->chunk || a->chunk->room - a->used < whole)
		add_chunk(a, whole);
	p = chunk_bytes(a->chunk) + a->used;
	a->used += whole;
	ASAN_UNPOISON_MEMORY_REGION(p, n);
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	return memset(take(a, n), 0, n);
}

char *
arena_copy(struct arena *a, const char *bytes, size_t n)
{
	char *p = take(a, n + 1);

	if (n)
		memcpy(p, bytes, n);
	p[n] = '\0';
	return p;
}

char *
arena_format(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vformat(a, fmt, ap);
	va_end(ap);
	return text;
}

char *
arena_vformat(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		BUG("a text that cannot be formatted: %s", fmt);
	text = take(a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	return text;
}

struct arena_mark
arena_mark(const struct arena *a)
{
	return (struct arena_mark){ a->chunk, a->used };
}

void
arena_rewind(struct arena *a, struct arena_mark m)
{
	while (a->chunk != m.chunk) {
		if (!a->chunk)
			BUG("a mark of another arena, or one already given back");
		drop_chunk(a);
	}
	a->used = m.used;
	if (a->chunk)
		ASAN_POISON_MEMORY_REGION(
			chunk_bytes(a->chunk) + a->used, a->chunk->room - a->used);
}
