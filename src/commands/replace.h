/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMANDS_REPLACE_H
#define COMMANDS_REPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

/* Gives an existing file new bytes, all or none: they are written beside it, synced, and take
 * its name. Its mode stays, and its owner where the system allows; symbolic links are followed
 * and stay. On failure false, the old file stands, and `why` gets a short text. */
bool
replace_file(const char *path, const char *bytes, size_t len, struct str *why);

#endif
