/* SPDX-License-Identifier: Apache-2.0 */
/* An evaluated site as a tree of files. */
#ifndef COMMANDS_SITE_TREE_H
#define COMMANDS_SITE_TREE_H

#include "backend/backend.h"
#include "base/stage.h"
#include "driver.h"
#include "eval/eval.h"

/* Adds egm.lock and the sums to a stage that holds what the back end made of the graph of a site
 * (index in program.sites). */
void
site_tree_lock(const struct driver *d, uint32_t site, const struct graph *g,
	const struct backend *b, struct stage *out);

#endif
