/* SPDX-License-Identifier: Apache-2.0 */
/* What verify finds without a site, for whoever looks at the site as well. */
#ifndef COMMANDS_VERIFY_H
#define COMMANDS_VERIFY_H

#include <stdbool.h>
#include "base/diag.h"

/* Compares the tree with its lock and its sums. Adds one EGM0910 a difference, or an EGM0901 if
 * dir is no readable folder. True if nothing was added. */
bool
verify_tree(const char *dir, struct diags *d);

#endif
