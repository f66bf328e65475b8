/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading. Two kinds: files that the command line names (anything readable, "-" for stdin), and files that a source names, which
 * must lie below the project root: the path is walked component by component with O_NOFOLLOW-safe opens, so that neither
 * `..` nor an absolute path nor a symbolic link that leads outside gets out. Directories, devices, FIFOs and sockets are refused;
 * files over SOURCE_MAX are refused.
 */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <stdbool.h>
#include "base/str.h"

enum files_fault {
	FILES_OK,
	FILES_MISSING,   /* no such file, or cannot be opened: see errno text in why */
	FILES_OUTSIDE,   /* would leave the root */
	FILES_SPECIAL,   /* not a regular file */
	FILES_TOO_LARGE,
	FILES_UNREADABLE /* opened, but reading failed */
};

/* Appends the bytes to out. `why` gets a short text for people ("permission denied"), appended. */
enum files_fault
files_read(const char *path, struct str *out, struct str *why);
/* path is relative to root (a directory). Symbolic links inside the root that stay inside are fine. */
enum files_fault
files_read_below(const char *root, const char *path, struct str *out, struct str *why);
/* The root of a project: the nearest folder at or above dir that holds `.egm-root` or a version-control folder (.git, .hg, .jj), else dir
 * itself. Appends it to out without a slash at its end (except "/"). */
void
files_project_root(const char *dir, struct str *out);
/* Lexical: joins dir and relative path and folds `.` and `..`; false if it would climb above the start. */
bool
files_join(const char *dir, const char *path, struct str *out);

#endif
