/* SPDX-License-Identifier: Apache-2.0 */
/* What writing and reading a lock have in common. */
#ifndef LOCK_LOCK_TEXT_H
#define LOCK_LOCK_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"
#include "lock/lock.h"

#define LOCK_HEAD "egm.lock 1"

/* May a file of the tree be called so? */
bool
lock_path_fits(const char *path, size_t len);
/* One line of a list of sums, as sha256sum and xxhsum read it. */
void
lock_add_sum(struct str *out, const char *hex, const char *path);
/* The hash of the tree over sorted files. */
void
lock_tree_hash(const struct lock_file *files, size_t count, char hex[SHA256_HEX]);
/* Both lists of sums: the files, and egm.lock with these hashes, sorted by path. */
void
lock_add_sums(const struct lock_file *files, size_t count, const struct lock_file *lock,
	struct str *sha256, struct str *xxh128);

#endif
