/* SPDX-License-Identifier: Apache-2.0 */
/* Growable arrays. An index that would not fit into 32 bits ends the process as if memory had. */
#include "base/vec.h"

#include <string.h>
#include "base/mem.h"

void
vec_init(struct vec *v, size_t size, bool dummy)
{
	if (!size || size > UINT32_MAX)
		BUG("elements of %zu bytes", size);
	*v = (struct vec){ .size = (uint32_t)size };
	if (dummy)
		vec_add(v, 1);
}

void
vec_release(struct vec *v)
{
	mem_free(v->data);
	v->data = NULL;
	v->count = v->room = 0;
}

static void
grow(struct vec *v, uint32_t n)
{
	size_t least = (size_t)v->count + n;
	size_t room;

	if (v->room >= least)
		return;
	/* More than an index can name is as good as more than memory holds. */
	room = mem_grown(v->room ? v->room : 2, least > UINT32_MAX ? SIZE_MAX : least, v->size);
	if (room > UINT32_MAX)
		room = UINT32_MAX;
	v->data = mem_resize(v->data, room * v->size);
	v->room = (uint32_t)room;
}

uint32_t
vec_add(struct vec *v, uint32_t n)
{
	uint32_t first = v->count;

	if (!n)
		return first;
	grow(v, n);
	memset((char *)v->data + (size_t)first * v->size, 0, (size_t)n * v->size);
	v->count += n;
	return first;
}

uint32_t
vec_push(struct vec *v, const void *element)
{
	uint32_t i = v->count;

	grow(v, 1);
	memcpy((char *)v->data + (size_t)i * v->size, element, v->size);
	v->count++;
	return i;
}

void
vec_take(struct vec *v, const void *elements, uint32_t n)
{
	v->count = 0;
	grow(v, n + n / 8);
	if (!n)
		return;
	mem_will_write(v->data, (size_t)n * v->size);
	memcpy(v->data, elements, (size_t)n * v->size);
	v->count = n;
}

void
vec_cut(struct vec *v, uint32_t count)
{
	if (count > v->count)
		BUG("cut at %u of %u elements", count, v->count);
	v->count = count;
}
