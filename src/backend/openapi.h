/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kustomize must know of kinds that it does not know, as the schema file that a kustomization
 * names under `openapi: path:`. It holds for every overlay on top. Without it, `namespace:` in an
 * overlay lands on cluster-scoped objects too, and a strategic-merge patch of one entry of a list
 * takes the place of the whole list.
 *
 * A schema of one's own replaces the one that is built into kustomize, but for the scopes of
 * built-in kinds. So what is built in of merge keys is said again here; else an overlay's patch of
 * one container would drop the others.
 *
 * The file is JSON, under a name that does not end in .json: Argo CD in directory mode, Flux
 * without a kustomization and `kubectl apply -f` take every *.json for a manifest.
 */
#ifndef BACKEND_OPENAPI_H
#define BACKEND_OPENAPI_H

#include <stdbool.h>
#include "base/str.h"
#include "graph/graph.h"

/* False, and nothing appended, if kustomize knows all kinds that occur. Kinds in order of
 * apiVersion and name. */
bool
openapi_write(const struct graph *g, struct str *out);

#endif
