/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash table in memory: open addressing, keys are well-mixed numbers. Nothing is ever listed
 * from it, so its order cannot show.
 */
#include "base/mem.h"
#include "eval/world.h"

struct table64 {
	uint64_t *keys;
	uint32_t *numbers;
	uint32_t room, count;
};

uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	uint64_t h = (a ^ a >> 32) * 0xBF58476D1CE4E5B9u;

	h = (h ^ h >> 29) + b * 0x9E3779B97F4A7C15u;
	h = (h ^ h >> 32) * 0x94D049BB133111EBu;
	h ^= h >> 31;
	return h ? h : 1;
}

uint64_t
pair_key(uint32_t a, uint32_t b)
{
	return (uint64_t)a << 32 | b;
}

static uint32_t
slot_of(const struct table64 *t, uint64_t key)
{
	uint32_t i = (uint32_t)(hash_mix(key, 0) >> 7) & (t->room - 1);

	while (t->keys[i] && t->keys[i] != key)
		i = (i + 1) & (t->room - 1);
	return i;
}

static void
resize(struct table64 *t, uint32_t room)
{
	struct table64 old = *t;

	t->keys = mem_new(room * sizeof *t->keys);
	t->numbers = mem_new(room * sizeof *t->numbers);
	t->room = room;
	for (uint32_t i = 0; i < old.room; i++)
		if (old.keys[i]) {
			uint32_t s = slot_of(t, old.keys[i]);

			t->keys[s] = old.keys[i];
			t->numbers[s] = old.numbers[i];
		}
	mem_free(old.keys);
	mem_free(old.numbers);
}

struct table64 *
table64_new(void)
{
	struct table64 *t = mem_new(sizeof *t);

	resize(t, 64);
	return t;
}

void
table64_free(struct table64 *t)
{
	mem_free(t->keys);
	mem_free(t->numbers);
	mem_free(t);
}

uint32_t
table64_get(const struct table64 *t, uint64_t key)
{
	uint32_t s = slot_of(t, key);

	return t->keys[s] ? t->numbers[s] : 0;
}

void
table64_set(struct table64 *t, uint64_t key, uint32_t number)
{
	uint32_t s;

	if (t->count * 2 >= t->room)
		resize(t, t->room * 2);
	s = slot_of(t, key);
	if (!t->keys[s])
		t->count++;
	t->keys[s] = key;
	t->numbers[s] = number;
}
