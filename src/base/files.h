/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading. Two kinds: files that the command line names (regular files; "-" for stdin, and
 * descriptors that the caller opened, "/dev/fd/N", whatever they are), and files that a source
 * names, which must lie below the project root: neither `..` nor an absolute path nor a symbolic
 * link gets out, and an absolute link is never followed. Directories, devices, FIFOs and sockets
 * are refused without waiting for them, as are files over SOURCE_MAX (source.h).
 */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <stdbool.h>
#include "base/str.h"

enum files_fault {
	FILES_OK,
	FILES_MISSING, /* no such file, or it cannot be opened: why has the system's text */
	FILES_OUTSIDE, /* would leave the root */
	FILES_SPECIAL, /* not a regular file */
	FILES_TOO_LARGE,
	FILES_UNREADABLE /* opened, but reading failed */
};

/* Appends the bytes to out, on a fault nothing. `why` gets a short text for people ("permission
 * denied"), appended. */
enum files_fault
files_read(const char *path, struct str *out, struct str *why);
/* path is relative to root (a directory). Symbolic links inside the root that stay inside are
 * fine. */
enum files_fault
files_read_below(const char *root, const char *path, struct str *out, struct str *why);
/* The same, part by part: what files_read_below() does where the kernel has no openat2(). */
enum files_fault
files_read_walking(const char *root, const char *path, struct str *out, struct str *why);
/* The root of a project: the nearest folder at or above dir that holds `.egm-root` or a
 * version-control folder (.git, .hg, .jj), else dir itself. Appends it to out, absolute and without
 * links, without a slash at its end (except "/"). A dir that does not exist is appended as it
 * is. */
void
files_project_root(const char *dir, struct str *out);
/* Lexical: joins dir and relative path and folds `.` and `..`; what is empty then is ".". False,
 * and out unusable, if path is absolute or climbs above the start of dir. */
bool
files_join(const char *dir, const char *path, struct str *out);
/* Appends the system's text for an errno, as it reads inside a sentence. */
void
files_why(struct str *why, int error);

#endif
