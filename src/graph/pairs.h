/* SPDX-License-Identifier: Apache-2.0 */
/* A set of pairs of numbers, for finding doubles at once. Nobody walks over it, so its inner order
 * is nobody's business. */
#ifndef GRAPH_PAIRS_H
#define GRAPH_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

struct pairs { /* all zero: empty */
	uint64_t *slots; /* open addressing; 0 is free */
	uint32_t room; /* a power of two */
	uint32_t count;
};

void
pairs_release(struct pairs *p);
/* False if the pair was there already. (UINT32_MAX, UINT32_MAX) is no pair. */
bool
pairs_add(struct pairs *p, uint32_t a, uint32_t b);

#endif
