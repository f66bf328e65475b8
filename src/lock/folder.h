/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in a folder, seen without following a symbolic link. */
#ifndef LOCK_FOLDER_H
#define LOCK_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"

enum folder_kind { FOLDER_FILE, FOLDER_FOLDER, FOLDER_LINK, FOLDER_SPECIAL, FOLDER_UNREADABLE };

struct folder_entry {
	const char *path; /* relative, in the arena */
	enum folder_kind kind;
	int error; /* of an unreadable one */
};

/* A file descriptor of the folder, or -1 with errno. */
int
folder_open(const char *dir);
/* Appends everything below (struct folder_entry), sorted by path bytes. False if there is more than
 * `most`: then only so many. */
bool
folder_list(int dir, size_t most, struct arena *a, struct vec *entries);
/* Appends the bytes of a plain file. 0 or an errno; ELOOP for a symbolic link, EINVAL for anything
 * else that is no plain file, EFBIG beyond SOURCE_MAX bytes. */
int
folder_read(int dir, const char *path, struct str *out);

#endif
