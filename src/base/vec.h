/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growable array of plain data, addressed by 32-bit index. Index 0 of a pool made with
 * vec_init(v, size, true) is a zeroed dummy, so that 0 can mean "none". Elements move when the
 * array grows: keep indexes, not pointers.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vec {
	void *data;
	uint32_t count; /* elements in use, the dummy included */
	uint32_t room;
	uint32_t size; /* bytes of one element */
};

void
vec_init(struct vec *v, size_t size, bool dummy);
void
vec_release(struct vec *v);
/* Adds n zeroed elements and returns the index of the first. */
uint32_t
vec_add(struct vec *v, uint32_t n);
/* Adds a copy of one element. */
uint32_t
vec_push(struct vec *v, const void *element);
/* Replaces all elements by copies of n others, with room for more. */
void
vec_take(struct vec *v, const void *elements, uint32_t n);
/* Forgets all elements from index count on. */
void
vec_cut(struct vec *v, uint32_t count);

#define VEC_AT(v, type, i) (&((type *)(v)->data)[i])

#endif
