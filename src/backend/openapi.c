/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths tell kustomize scopes, definitions tell it merge keys. Keys come as dotted paths; those of
 * a kind become a tree of properties, whose depth is the nesting of a declaration.
 */
#include "backend/openapi.h"

#include <stdlib.h>
#include <string.h>
#include "base/json.h"

/* The lists of built-in kinds that merge by key, as in Kubernetes' own schema. A definition is a
 * kind, several that look alike, or a part that others refer to; its rows stand together. */
struct builtin_key {
	const char *definition;
	const char *path;
	const char *key; /* NULL: not a list, but what `refer` says */
	const char *refer; /* the definition of its entries, or of itself; NULL: nothing inside */
};

static const struct builtin_key builtin_keys[] = {
	{ "container", "env", "name", NULL },
	{ "container", "ports", "containerPort protocol", NULL },
	{ "container", "volumeDevices", "devicePath", NULL },
	{ "container", "volumeMounts", "mountPath", NULL },
	{ "pod", "containers", "name", "container" },
	{ "pod", "ephemeralContainers", "name", "container" },
	{ "pod", "hostAliases", "ip", NULL },
	{ "pod", "imagePullSecrets", "name", NULL },
	{ "pod", "initContainers", "name", "container" },
	{ "pod", "topologySpreadConstraints", "topologyKey whenUnsatisfiable", NULL },
	{ "pod", "volumes", "name", NULL },
	{ "workload", "spec.template.spec", NULL, "pod" },
	{ "v1.CronJob", "spec.jobTemplate.spec.template.spec", NULL, "pod" },
	{ "v1.Pod", "spec", NULL, "pod" },
	{ "v1.Service", "spec.ports", "port protocol", NULL },
	{ "v1.ServiceAccount", "secrets", "name", NULL },
	{ "webhooks", "webhooks", "name", NULL },
};

struct builtin_kind {
	const char *definition, *group, *kind; /* all of version v1 */
};

static const struct builtin_kind builtin_kinds[] = {
	{ "workload", "apps", "DaemonSet" },
	{ "workload", "apps", "Deployment" },
	{ "workload", "apps", "ReplicaSet" },
	{ "workload", "apps", "StatefulSet" },
	{ "workload", "batch", "Job" },
	{ "v1.CronJob", "batch", "CronJob" },
	{ "v1.Pod", "", "Pod" },
	{ "v1.Service", "", "Service" },
	{ "v1.ServiceAccount", "", "ServiceAccount" },
	{ "webhooks", "admissionregistration.k8s.io", "MutatingWebhookConfiguration" },
	{ "webhooks", "admissionregistration.k8s.io", "ValidatingWebhookConfiguration" },
};

#define ROWS(table) (sizeof(table) / sizeof(*(table)))

/* --- kinds ---------------------------------------------------------------------------------- */

struct kinds {
	const struct graph *g;
	struct vec rows; /* const struct kind_info *: not known to kustomize; sorted, once each */
};

static int
by_name(const void *left, const void *right, void *data)
{
	const struct graph *g = data;
	const struct kind_info *a = *(const struct kind_info *const *)left,
			       *b = *(const struct kind_info *const *)right;
	int c = atom_compare(g->atoms, a->api_version, b->api_version);

	return c ? c : atom_compare(g->atoms, a->kind, b->kind);
}

static const struct kind_info **
kind_at(const struct kinds *k, uint32_t i)
{
	return VEC_AT(&k->rows, const struct kind_info *, i);
}

static void
find_kinds(struct kinds *k)
{
	void *g = (void *)k->g;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < k->g->kinds.count; i++) {
		const struct kind_info *info = VEC_AT(&k->g->kinds, const struct kind_info, i);

		if (!info->builtin)
			vec_push(&k->rows, &info);
	}
	if (k->rows.count)
		qsort_r(k->rows.data, k->rows.count, k->rows.size, by_name, g);
	for (uint32_t i = 0; i < k->rows.count; i++)
		if (!kept || by_name(kind_at(k, i), kind_at(k, kept - 1), g) != 0)
			*kind_at(k, kept++) = *kind_at(k, i);
	vec_cut(&k->rows, kept);
}

/* "group/version" in two; the core group is empty. */
static void
split_version(const struct graph *g, const struct kind_info *info, struct str *group,
	const char **version)
{
	const char *whole = atom_text(g->atoms, info->api_version), *slash = strchr(whole, '/');

	if (slash)
		str_add(group, whole, (size_t)(slash - whole));
	*version = slash ? slash + 1 : whole;
}

static void
add_gvk(const char *group, const char *kind, const char *version, struct str *out)
{
	str_puts(out, "{\"group\": ");
	json_text(out, group);
	str_puts(out, ", \"kind\": ");
	json_text(out, kind);
	str_puts(out, ", \"version\": ");
	json_text(out, version);
	str_putc(out, '}');
}

static void
add_kind(const struct graph *g, const struct kind_info *info, struct str *out)
{
	struct str group = STR_INIT;
	const char *version;

	split_version(g, info, &group, &version);
	add_gvk(str_text(&group), atom_text(g->atoms, info->kind), version, out);
	str_release(&group);
}

/* Only whether {namespace} stands in a path tells kustomize something; the last part is the kind,
 * not its true plural. */
static void
add_path(const struct graph *g, const struct kind_info *info, struct str *out)
{
	struct str path = STR_INIT;

	str_puts(&path, strchr(atom_text(g->atoms, info->api_version), '/') ? "/apis/" : "/api/");
	str_puts(&path, atom_text(g->atoms, info->api_version));
	str_puts(&path, info->namespaced ? "/namespaces/{namespace}/" : "/");
	str_puts(&path, atom_text(g->atoms, info->kind));
	str_puts(out, "    ");
	json_text(out, str_text(&path));
	str_puts(out,
		": {\"get\": {\"x-kubernetes-action\": \"list\", "
		"\"x-kubernetes-group-version-kind\": ");
	add_kind(g, info, out);
	str_puts(out, "}}");
	str_release(&path);
}

/* --- merge keys ----------------------------------------------------------------------------- */

/* A property of a kind: an object, or with a key a list of such; they may be defined elsewhere. */
struct property {
	const char *name, *key, *refer;
	size_t len;
	struct property *first, *last, *next;
};

static struct property *
find_property(struct arena *a, struct property *in, const char *name, size_t len)
{
	struct property *p = in->first;

	while (p && (p->len != len || memcmp(p->name, name, len) != 0))
		p = p->next;
	if (p)
		return p;
	p = ARENA_NEW(a, struct property);
	p->name = name;
	p->len = len;
	if (in->last)
		in->last->next = p;
	else
		in->first = p;
	return in->last = p;
}

static struct property *
find_path(struct arena *a, struct property *root, const char *path)
{
	struct property *p = root;

	for (const char *at = path; *at;) {
		size_t len = strcspn(at, ".");

		p = find_property(a, p, at, len);
		at += len + (at[len] == '.');
	}
	return p;
}

/* The first of several keys is the one for readers that know only one. */
static void
add_merge_keys(const char *keys, struct str *out)
{
	static const char blanks[] = ", ";
	size_t first = strcspn(keys, blanks);
	bool several = keys[first + strspn(keys + first, blanks)];

	str_puts(out,
		", \"x-kubernetes-patch-strategy\": \"merge\", \"x-kubernetes-patch-merge-key\": ");
	json_string(out, keys, first);
	if (!several)
		return;
	str_puts(out, ", \"x-kubernetes-list-map-keys\": [");
	for (const char *at = keys; *at; at += strspn(at, blanks)) {
		if (at != keys)
			str_puts(out, ", ");
		json_string(out, at, strcspn(at, blanks));
		at += strcspn(at, blanks);
	}
	str_putc(out, ']');
}

/* The members of a schema's own braces. */
static void
add_schema(const struct property *in, size_t indent, struct str *out)
{
	if (in->refer) {
		str_format(out, "\"$ref\": \"#/definitions/%s\"", in->refer);
		return;
	}
	str_puts(out, "\"type\": \"object\"");
	if (!in->first)
		return;
	str_puts(out, ", \"properties\": {");
	for (const struct property *p = in->first; p; p = p->next) {
		str_puts(out, p == in->first ? "\n" : ",\n");
		str_repeat(out, ' ', indent);
		json_string(out, p->name, p->len);
		str_puts(out, p->key ? ": {\"type\": \"array\", \"items\": {" : ": {");
		add_schema(p, indent + 2, out);
		str_putc(out, '}');
		if (p->key) {
			add_merge_keys(p->key, out);
			str_putc(out, '}');
		}
	}
	str_putc(out, '}');
}

/* --- the file ------------------------------------------------------------------------------- */

#define KINDS "      \"x-kubernetes-group-version-kind\": ["

static void
begin_definition(const char *name, struct str *out)
{
	str_puts(out, "    ");
	json_text(out, name);
	str_puts(out, ": {\n");
}

static void
end_definition(const struct property *root, struct str *out)
{
	str_puts(out, "      ");
	add_schema(root, 8, out);
	str_puts(out, "\n    }");
}

/* Named "v1.Gateway.gateway.networking.k8s.io"; nothing refers to it. */
static void
add_definition(const struct graph *g, const struct kind_info *info, struct str *out)
{
	struct str group = STR_INIT, name = STR_INIT;
	struct property root = { 0 };
	struct arena arena;
	const char *version;

	arena_init(&arena);
	for (const struct kind_key *k = info->keys; k; k = k->next)
		find_path(&arena, &root, k->path)->key = k->key;
	split_version(g, info, &group, &version);
	str_format(&name, "%s.%s.%s", version, atom_text(g->atoms, info->kind), str_text(&group));
	begin_definition(str_text(&name), out);
	str_puts(out, KINDS);
	add_kind(g, info, out);
	str_puts(out, "],\n");
	end_definition(&root, out);
	str_release(&group);
	str_release(&name);
	arena_release(&arena);
}

static void
add_builtin_kinds(const char *definition, struct str *out)
{
	const char *before = KINDS;

	for (size_t i = 0; i < ROWS(builtin_kinds); i++) {
		if (strcmp(builtin_kinds[i].definition, definition) != 0)
			continue;
		str_puts(out, before);
		add_gvk(builtin_kinds[i].group, builtin_kinds[i].kind, "v1", out);
		before = ", ";
	}
	if (*before == ',')
		str_puts(out, "],\n");
}

/* The definition that starts at a row; the row behind it. */
static size_t
add_builtin(size_t row, struct str *out)
{
	const char *definition = builtin_keys[row].definition;
	struct property root = { 0 };
	struct arena arena;

	arena_init(&arena);
	for (; row < ROWS(builtin_keys) && !strcmp(builtin_keys[row].definition, definition);
		row++) {
		struct property *p = find_path(&arena, &root, builtin_keys[row].path);

		p->key = builtin_keys[row].key;
		p->refer = builtin_keys[row].refer;
	}
	begin_definition(definition, out);
	add_builtin_kinds(definition, out);
	end_definition(&root, out);
	arena_release(&arena);
	return row;
}

static void
add_definitions(const struct kinds *k, struct str *out)
{
	for (size_t row = 0; row < ROWS(builtin_keys);) {
		str_puts(out, row ? ",\n" : "");
		row = add_builtin(row, out);
	}
	for (uint32_t i = 0; i < k->rows.count; i++) {
		const struct kind_info *info = *kind_at(k, i);

		if (!info->keys)
			continue;
		str_puts(out, ",\n");
		add_definition(k->g, info, out);
	}
}

static void
add_paths(const struct kinds *k, struct str *out)
{
	const char *before = "";

	for (uint32_t i = 0; i < k->rows.count; i++) {
		const struct kind_info *info = *kind_at(k, i);

		str_puts(out, before);
		add_path(k->g, info, out);
		before = ",\n";
	}
}

bool
openapi_write(const struct graph *g, struct str *out)
{
	struct kinds k = { .g = g };
	bool any;

	vec_init(&k.rows, sizeof(const struct kind_info *), false);
	find_kinds(&k);
	any = k.rows.count;
	if (any) {
		str_puts(out, "{\n  \"paths\": {\n");
		add_paths(&k, out);
		str_puts(out, "\n  },\n  \"definitions\": {\n");
		add_definitions(&k, out);
		str_puts(out, "\n  }\n}\n");
	}
	vec_release(&k.rows);
	return any;
}
