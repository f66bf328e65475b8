/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XXH3-128 answers "did it change?" (canonical big-endian form, as xxhsum -H2 prints it); SHA-256
 * answers "may I trust it?". Both as bytes and as lower-case hex with a NUL.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define XXH128_HEX 33
#define SHA256_HEX 65

void
hash_xxh128(const void *bytes, size_t len, char hex[XXH128_HEX]);
void
hash_sha256(const void *bytes, size_t len, char hex[SHA256_HEX]);
/* Fast, for tables in memory only; never printed. */
uint64_t
hash_fast(const void *bytes, size_t len);

#endif
