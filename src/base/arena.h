/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: memory that lives as long as a compilation and is given back at once. Nobody frees a
 * part. Pieces are 16-byte aligned and zeroed. Owner: whoever called arena_init() calls
 * arena_release().
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_chunk;
struct arena {
	struct arena_chunk *chunk; /* newest first */
	size_t used; /* bytes used in the newest chunk */
	size_t total; /* bytes taken from the system */
};

/* A place to go back to: everything allocated later is given back by arena_rewind(). */
struct arena_mark {
	struct arena_chunk *chunk;
	size_t used;
};

void
arena_init(struct arena *a);
void
arena_release(struct arena *a);
void *
arena_alloc(struct arena *a, size_t n);
/* A copy of n bytes, with a NUL behind it. */
char *
arena_copy(struct arena *a, const char *bytes, size_t n);
char *
arena_format(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *
arena_vformat(struct arena *a, const char *fmt, va_list ap);
struct arena_mark
arena_mark(const struct arena *a);
void
arena_rewind(struct arena *a, struct arena_mark m);

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))

#endif
