/* SPDX-License-Identifier: Apache-2.0 */
/* The table of targets, and where an object's own file lies. */
#include "backend/backend.h"

#include <string.h>
#include "backend/kustomize.h"

static const struct backend backends[] = {
	{ "kustomize", "one object a file in phase folders, with a kustomization.yaml in each",
		kustomize_emit, backend_path },
	{ "yaml", "all manifests in one stream, manifests/all.yaml", plain_emit, plain_path },
};

const struct backend *
backend_find(const char *name)
{
	for (size_t i = 0; i < sizeof(backends) / sizeof(*backends); i++)
		if (strcmp(backends[i].name, name) == 0)
			return &backends[i];
	return NULL;
}

const struct backend *
backend_at(size_t i)
{
	return i < sizeof(backends) / sizeof(*backends) ? &backends[i] : NULL;
}

void
backend_path(const struct graph *g, const struct object *o, struct str *out)
{
	if (o->form == OBJECT_PARTIAL) {
		str_puts(out, "adopt");
	} else {
		if (o->form != OBJECT_VALUES)
			str_puts(out, "manifests/");
		object_phase(g, o, out);
	}
	str_putc(out, '/');
	object_slug(g, o, out);
	str_puts(out, ".yaml");
}
