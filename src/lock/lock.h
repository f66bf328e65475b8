/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went in, what came out, and their hashes: egm.lock, SHA256SUMS, XXH128SUMS. Plain text, one
 * fact a line, sorted or in apply order, no time, no host, no absolute path.
 *
 * egm.lock, in this order (a line ends with one LF, fields are parted by one space, SHA256 and
 * XXH128 are lower-case hex):
 *     egm.lock 1                         the version of the format
 *     tool NAME VERSION                  to `target`: once each
 *     library SHA256
 *     edition NUMBER
 *     site NAME
 *     target NAME
 *     option NAME=VALUE                  sorted
 *     input SHA256 XXH128 PATH           sorted by path; relative to the project root
 *     object KIND NAMESPACE NAME PATH    in apply order; `-`: no namespace; PATH is a file below
 *     file SHA256 XXH128 PATH            sorted by path; all files but the lock and the sums
 *     tree SHA256                        of the lines "SHA256  PATH\n" of all files, which is what
 *                                        grep -v '  egm.lock$' SHA256SUMS | sha256sum   says
 * A backslash, a control character, and in KIND, NAMESPACE and NAME a space are written \xHH; a
 * KIND, NAMESPACE or NAME `-` as \x2d. Paths of files are relative, without `.`, `..`, backslashes
 * and control characters; nothing else is believed when a lock is read.
 */
#ifndef LOCK_LOCK_H
#define LOCK_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/stage.h"
#include "base/str.h"
#include "base/vec.h"

/* A text input, as named relative to the project root, with its hashes. */
struct lock_input {
	const char *path;
	const char *bytes;
	size_t len;
};

/* One object in apply order. */
struct lock_object {
	const char *kind, *namespace, *name, *path; /* namespace may be "" */
};

struct lock_facts {
	const char *tool; /* "egmc 0.1.0" */
	const char *library; /* sha256 hex of the library */
	const char *edition;
	const char *site, *target;
	const struct lock_input *inputs;
	size_t input_count;
	const struct lock_object *objects;
	size_t object_count;
	const char *const *options; /* "name=value" that change the output, sorted */
	size_t option_count;
};

#define LOCK_FILE   "egm.lock"
#define LOCK_SHA256 "SHA256SUMS"
#define LOCK_XXH128 "XXH128SUMS"

/* Adds egm.lock, SHA256SUMS and XXH128SUMS to a stage that holds all other files. Inputs and
 * options may come in any order. A path in the stage that a lock cannot hold, or an object's path
 * that is not in the stage, is a BUG. The sums cover every file but the two sums files themselves
 * and egm.lock is covered by both; the lock holds the tree hash: SHA-256 over the sorted lines
 * `sha256 path` of all files but these three. */
void
lock_write(struct stage *out, const struct lock_facts *facts);
/* A lock as it was read. */
struct lock_file {
	const char *path;
	char sha256[SHA256_HEX];
	char xxh128[XXH128_HEX];
};
struct lock {
	const char *tool, *library, *edition, *site, *target, *tree;
	struct vec options; /* const char * */
	struct vec inputs; /* struct lock_file */
	struct vec objects; /* struct lock_object */
	struct vec files; /* struct lock_file, sorted by path, each once */
};

/* Reads a lock from bytes that may be anything. False with a reason ("line 3: ...") in `why`;
 * lock_release() is right in any case. Texts are in the arena. */
bool
lock_parse(const char *bytes, size_t len, struct arena *a, struct lock *out, struct str *why);
void
lock_release(struct lock *l);
/* The file of that path, or NULL. */
const struct lock_file *
lock_find(const struct lock *l, const char *path);

/* Reads DIR/egm.lock: the paths that an earlier build wrote (with the sums files and the lock
 * itself), allocated in the arena. False if there is no lock; a lock that cannot be read as one
 * says so in `why` and returns false. */
bool
lock_owned(const char *dir, struct arena *a, const char *const **paths, size_t *count,
	struct str *why);

struct lock_fault {
	const char *path;
	const char *what; /* "missing", "changed", "not in the lock", ... */
};
/* Checks the tree in dir against its lock and both sums files: every file is there, is a plain file
 * and unchanged, nothing else is there, and the three lists agree. Faults are appended (struct
 * lock_fault, strings in the arena), sorted by path. False if any. Empty folders are not seen. */
bool
lock_check(const char *dir, struct arena *a, struct vec *faults);

#endif
