/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to hashes: xxHash for "the same?", SHA-256 of libmd for "trusted?". */
#include "base/hash.h"

#include <sys/types.h>

#include <sha2.h>
#include <xxhash.h>

static void
put_hex(const unsigned char *bytes, size_t n, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*hex++ = digits[bytes[i] >> 4];
		*hex++ = digits[bytes[i] & 15];
	}
	*hex = '\0';
}

void
hash_xxh128(const void *bytes, size_t len, char hex[XXH128_HEX])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, len));
	put_hex(canonical.digest, sizeof(canonical.digest), hex);
}

void
hash_sha256(const void *bytes, size_t len, char hex[SHA256_HEX])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX state;

	SHA256Init(&state);
	SHA256Update(&state, bytes, len);
	SHA256Final(digest, &state);
	put_hex(digest, sizeof(digest), hex);
}

uint64_t
hash_fast(const void *bytes, size_t len)
{
	return XXH3_64bits(bytes, len);
}
