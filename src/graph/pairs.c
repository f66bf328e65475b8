/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing with steps of one, at most half full. */
#include "graph/pairs.h"

#include "base/hash.h"
#include "base/mem.h"

void
pairs_release(struct pairs *p)
{
	mem_free(p->slots);
	*p = (struct pairs){ 0 };
}

/* Its own slot, or the free one where it belongs. */
static uint64_t *
find_slot(uint64_t *slots, uint32_t room, uint64_t pair)
{
	uint64_t i = hash_fast(&pair, sizeof(pair)) & (room - 1);

	while (slots[i] && slots[i] != pair)
		i = (i + 1) & (room - 1);
	return &slots[i];
}

static void
grow(struct pairs *p)
{
	uint32_t room = p->room ? p->room * 2 : 64;
	uint64_t *slots = mem_new(room * sizeof(*slots));

	for (uint32_t i = 0; i < p->room; i++)
		if (p->slots[i])
			*find_slot(slots, room, p->slots[i]) = p->slots[i];
	mem_free(p->slots);
	p->slots = slots;
	p->room = room;
}

bool
pairs_add(struct pairs *p, uint32_t a, uint32_t b)
{
	uint64_t pair = ((uint64_t)a << 32 | b) + 1; /* 0 is taken */
	uint64_t *slot;

	if ((uint64_t)p->count * 2 >= p->room)
		grow(p);
	slot = find_slot(p->slots, p->room, pair);
	if (*slot)
		return false;
	*slot = pair;
	p->count++;
	return true;
}
