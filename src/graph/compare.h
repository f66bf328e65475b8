/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between the files that a site gives and a folder: object by object, and inside an
 * object path by path. Comments, the layout and the order of keys are named only where nothing else
 * differs.
 */
#ifndef GRAPH_COMPARE_H
#define GRAPH_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/stage.h"
#include "base/vec.h"

struct difference {
	const char *file; /* relative to the folder */
	const char *object; /* "Gateway edge/gw"; "" where it is about the whole file */
	const char *path; /* "spec.replicas"; "" where it is about the whole object */
	const char *what; /* "3 in the tree, 2 from the site"; always printable */
	uint32_t line; /* in the file of the folder, from 1; 0 if there is none */
};

/* Files of the stage against those of dir. `owned` are the paths that an earlier build wrote there,
 * from its lock; those that are not in the stage are differences too, if they are still there.
 * Leave the lock and the lists of sums out of both unless they are meant: they differ whenever a
 * file does. Appends struct difference, texts in the arena, by file; at most 20 an object. True if
 * there are none. */
bool
compare_tree(const struct stage *expected, const char *dir, const char *const *owned,
	size_t owned_count, struct arena *a, struct vec *differences);

#endif
