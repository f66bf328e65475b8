/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that many inputs are tried on: the library is loaded once, and each input begins from a
 * copy of that state, which takes a tenth of loading it again. Every pool of the copy is exactly as
 * large as its contents, so that whatever is added moves it, and a pointer kept over that is found.
 */
#ifndef TESTS_FUZZ_STATE_H
#define TESTS_FUZZ_STATE_H

#include <stddef.h>
#include "base/mem.h"
#include "check/program.h"
#include "tests/fuzz/fuzz.h"

/* The pools of a program stand in a row; those of its parts are added. */
#define STATE_FIRST offsetof(struct program, types)
#define STATE_ROW   ((offsetof(struct program, patterns) - STATE_FIRST) / sizeof(struct vec) + 1)
#define STATE_POOLS (STATE_ROW + 4)

_Static_assert((offsetof(struct program, patterns) - STATE_FIRST) % sizeof(struct vec) == 0,
	"between the first pool and the last stand pools");

struct state {
	struct program saved; /* its pools and slots are copies of our own */
	struct arena_mark arena, texts, files, messages;
};

static inline void
state_pools(struct program *p, struct vec *pools[STATE_POOLS])
{
	char *first = (char *)p + STATE_FIRST;

	for (size_t i = 0; i < STATE_ROW; i++)
		pools[i] = (struct vec *)(void *)(first + i * sizeof(struct vec));
	pools[STATE_ROW] = &p->ast.nodes;
	pools[STATE_ROW + 1] = &p->atoms.entries;
	pools[STATE_ROW + 2] = &p->source.files;
	pools[STATE_ROW + 3] = &p->diags.all;
}

static inline void *
state_copy(const void *bytes, size_t n)
{
	void *copy;

	if (!n)
		return NULL;
	copy = mem_resize(NULL, n);
	return memcpy(copy, bytes, n);
}

/* Gives what is copied blocks of its own. */
static inline void
state_detach(struct program *p)
{
	struct vec *pools[STATE_POOLS];

	state_pools(p, pools);
	for (size_t i = 0; i < STATE_POOLS; i++) {
		pools[i]->data =
			state_copy(pools[i]->data, (size_t)pools[i]->count * pools[i]->size);
		pools[i]->room = pools[i]->count;
	}
	p->atoms.slots = state_copy(p->atoms.slots, p->atoms.slot_count * sizeof(uint32_t));
	p->diags.slots = state_copy(p->diags.slots, p->diags.slot_count * sizeof(uint32_t));
}

static inline void
state_save(struct state *s, const struct program *p)
{
	s->saved = *p;
	s->arena = arena_mark(&p->arena);
	s->texts = arena_mark(&p->atoms.texts);
	s->files = arena_mark(&p->source.arena);
	s->messages = arena_mark(&p->diags.arena);
	state_detach(&s->saved);
}

static inline void
state_restore(const struct state *s, struct program *p)
{
	struct vec *pools[STATE_POOLS];

	state_pools(p, pools);
	for (size_t i = 0; i < STATE_POOLS; i++)
		mem_free(pools[i]->data);
	mem_free(p->atoms.slots);
	mem_free(p->diags.slots);
	arena_rewind(&p->arena, s->arena);
	arena_rewind(&p->atoms.texts, s->texts);
	arena_rewind(&p->source.arena, s->files);
	arena_rewind(&p->diags.arena, s->messages);
	*p = s->saved;
	state_detach(p);
}

#endif
