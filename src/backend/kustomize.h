/* SPDX-License-Identifier: Apache-2.0 */
/* The targets `kustomize` and `yaml`: rows of the table in backend.c. */
#ifndef BACKEND_KUSTOMIZE_H
#define BACKEND_KUSTOMIZE_H

#include "base/stage.h"
#include "graph/graph.h"

/* manifests/kustomization.yaml, kinds.openapi and NN-PHASE/, with a kustomization.yaml and a file
 * for each object; adopt/ the same for partial objects; values/. A folder that would be empty is
 * not made, but manifests/ always is. */
void
kustomize_emit(const struct graph *g, struct stage *out);
/* The same without phases: manifests/kustomization.yaml lists all files in apply order, and each lies
 * in the folder of its namespace, which may then belong to a team. */
void
kustomize_emit_by_namespace(const struct graph *g, struct stage *out);
/* manifests/all.yaml; adopt/ and values/ with a file for each object, and no word of kustomize. */
void
plain_emit(const struct graph *g, struct stage *out);
void
plain_path(const struct graph *g, const struct object *o, struct str *out);

#endif
