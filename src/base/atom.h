/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Atoms: each different text exists once and is known by a 32-bit number, so that equality is ==.
 * 0 is "no text" (not the empty text). Numbers follow the order of first use; never sort by them.
 * Texts may hold NUL bytes only if somebody interned such; they end with a NUL that is not counted.
 */
#ifndef BASE_ATOM_H
#define BASE_ATOM_H

#include <stdint.h>
#include "base/arena.h"
#include "base/vec.h"

typedef uint32_t atom;

struct atoms {
	struct arena texts;
	struct vec entries; /* struct atom_entry, by atom */
	uint32_t *slots; /* open addressing, by hash of the text */
	uint32_t slot_count;
};

struct atom_entry {
	const char *text;
	uint32_t len;
	uint32_t hash;
};

void
atoms_init(struct atoms *t);
void
atoms_release(struct atoms *t);
/* An atom of a table that was written out: where its text begins in `texts`, its length and hash. */
struct atom_record {
	uint32_t at, len, hash;
};
/* Takes the place of all that is in the table. texts stay where they are; records and slots are copied. */
void
atoms_adopt(struct atoms *t, const struct atom_record *records, uint32_t count, const char *texts,
	const uint32_t *slots, uint32_t slot_count);
atom
atom_of(struct atoms *t, const char *text, size_t len);
atom
atom_of_text(struct atoms *t, const char *text);
/* 0 if that text was never interned. */
atom
atom_find(const struct atoms *t, const char *text, size_t len);
/* The text; "" for 0. It stays where it is as long as the table lives. */
const char *
atom_text(const struct atoms *t, atom a);
uint32_t
atom_len(const struct atoms *t, atom a);
/* Order by bytes, shorter first on a tie: <0, 0, >0. */
int
atom_compare(const struct atoms *t, atom a, atom b);

#endif
