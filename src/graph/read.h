/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML to trees: the safe part of YAML that Kubernetes objects need, and nothing that two readers
 * could understand differently.
 *
 * Taken over: any number of documents, each a map; maps, lists, texts in every style, true and
 * false, decimal integers, numbers with a point. Documents that hold nothing are left out. Every
 * node has the bytes that it was written as in origin.user and origin.library.
 *
 * Refused, each as EGM0015 at its place: anchors and aliases (and so every bomb made of them),
 * merge keys, tags but those of the core, %TAG, null, keys that are not text, empty keys, two equal
 * keys in a map, plain scalars that tools read differently (yes, 0644, 1e3, 2026-01-02: see
 * plain.h), NUL bytes, what is not UTF-8, a BOM, and whatever exceeds a limit.
 */
#ifndef GRAPH_READ_H
#define GRAPH_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/diag.h"
#include "base/source.h"
#include "base/vec.h"
#include "graph/graph.h"

struct yaml_limits {
	uint32_t bytes; /* of the file */
	uint32_t nodes; /* of all its documents */
	uint32_t depth;
};

/* What somebody includes: 32 MiB, a million nodes, 100 deep. */
extern const struct yaml_limits yaml_limits_included;

/* Appends a struct tree * for each document, made in g->arena. False if anything was refused; at
 * most 20 faults are reported, and trees of a refused file are not to be used. */
bool
yaml_read_within(struct graph *g, struct source *s, uint32_t file, const struct yaml_limits *limits,
	struct diags *d, struct vec *documents);
/* The same with yaml_limits_included. */
bool
yaml_read(struct graph *g, struct source *s, uint32_t file, struct diags *d, struct vec *documents);

#endif
