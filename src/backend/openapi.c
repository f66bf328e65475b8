/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths tell kustomize scopes, definitions tell it merge keys. Keys come as dotted paths; those of a kind become a tree of properties,
 * whose depth is the nesting of a declaration.
 */
#include "backend/openapi.h"

#include <stdlib.h>
#include <string.h>
#include "base/json.h"

#define LIST(items, key) \
	"{\"type\": \"array\", \"items\": " items ", \"x-kubernetes-patch-strategy\": \"merge\", \"x-kubernetes-patch-merge-key\": \"" key "\"}"
#define LIST_BY_TWO(items, key, second) \
	"{\"type\": \"array\", \"items\": " items ", \"x-kubernetes-patch-strategy\": \"merge\", \"x-kubernetes-patch-merge-key\": \"" key \
	"\", \"x-kubernetes-list-map-keys\": [\"" key "\", \"" second "\"]}"
#define OBJECT "{\"type\": \"object\"}"
#define REF(name) "{\"$ref\": \"#/definitions/" name "\"}"
#define IN(name, what) "{\"type\": \"object\", \"properties\": {\"" name "\": " what "}}"
#define KIND(group, kind) "{\"group\": \"" group "\", \"kind\": \"" kind "\", \"version\": \"v1\"}"

/* The lists of built-in kinds that merge by key, as in Kubernetes' own schema. */
struct definition {
	const char *name, *kinds, *properties; /* kinds may be NULL: a part of others */
};

static const struct definition builtin[] = {
	{ "container", NULL,
	  "\"env\": " LIST(OBJECT, "name") ",\n        "
	  "\"ports\": " LIST_BY_TWO(OBJECT, "containerPort", "protocol") ",\n        "
	  "\"volumeDevices\": " LIST(OBJECT, "devicePath") ",\n        "
	  "\"volumeMounts\": " LIST(OBJECT, "mountPath") },
	{ "pod", NULL,
	  "\"containers\": " LIST(REF("container"), "name") ",\n        "
	  "\"ephemeralContainers\": " LIST(REF("container"), "name") ",\n        "
	  "\"hostAliases\": " LIST(OBJECT, "ip") ",\n        "
	  "\"imagePullSecrets\": " LIST(OBJECT, "name") ",\n        "
	  "\"initContainers\": " LIST(REF("container"), "name") ",\n        "
	  "\"topologySpreadConstraints\": " LIST_BY_TWO(OBJECT, "topologyKey", "whenUnsatisfiable") ",\n        "
	  "\"volumes\": " LIST(OBJECT, "name") },
	{ "workload",
	  KIND("apps", "DaemonSet") ", " KIND("apps", "Deployment") ", " KIND("apps", "ReplicaSet") ", "
	  KIND("apps", "StatefulSet") ", " KIND("batch", "Job"),
	  "\"spec\": " IN("template", IN("spec", REF("pod"))) },
	{ "v1.CronJob", KIND("batch", "CronJob"),
	  "\"spec\": " IN("jobTemplate", IN("spec", IN("template", IN("spec", REF("pod"))))) },
	{ "v1.Pod", KIND("", "Pod"), "\"spec\": " REF("pod") },
	{ "v1.Service", KIND("", "Service"), "\"spec\": " IN("ports", LIST_BY_TWO(OBJECT, "port", "protocol")) },
	{ "v1.ServiceAccount", KIND("", "ServiceAccount"), "\"secrets\": " LIST(OBJECT, "name") },
	{ "webhooks",
	  KIND("admissionregistration.k8s.io", "MutatingWebhookConfiguration") ", "
	  KIND("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
	  "\"webhooks\": " LIST(OBJECT, "name") },
};

/* --- kinds ---------------------------------------------------------------------------------- */

struct kinds {
	const struct graph *g;
	struct vec rows; /* const struct kind_info *: those that kustomize does not know, sorted, once each */
};

static int
by_name(const void *left, const void *right, void *data)
{
	const struct graph *g = data;
	const struct kind_info *a = *(const struct kind_info *const *)left, *b = *(const struct kind_info *const *)right;
	int c = atom_compare(g->atoms, a->api_version, b->api_version);

	return c ? c : atom_compare(g->atoms, a->kind, b->kind);
}

static void
find_kinds(struct kinds *k)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < k->g->kinds.count; i++) {
		const struct kind_info *info = VEC_AT(&k->g->kinds, const struct kind_info, i);

		if (!info->builtin)
			vec_push(&k->rows, &info);
	}
	if (k->rows.count)
		qsort_r(k->rows.data, k->rows.count, k->rows.size, by_name, (void *)k->g);
	for (uint32_t i = 0; i < k->rows.count; i++) {
		const struct kind_info **row = VEC_AT(&k->rows, const struct kind_info *, i);

		if (!kept || by_name(row, VEC_AT(&k->rows, const struct kind_info *, kept - 1), (void *)k->g) != 0)
			*VEC_AT(&k->rows, const struct kind_info *, kept++) = *row;
	}
	vec_cut(&k->rows, kept);
}

/* "group/version" in two; the core group is empty. */
static void
split_version(const struct graph *g, const struct kind_info *info, struct str *group, const char **version)
{
	const char *whole = atom_text(g->atoms, info->api_version), *slash = strchr(whole, '/');

	if (slash)
		str_add(group, whole, (size_t)(slash - whole));
	*version = slash ? slash + 1 : whole;
}

static void
add_gvk(const struct graph *g, const struct kind_info *info, struct str *out)
{
	struct str group = STR_INIT;
	const char *version;

	split_version(g, info, &group, &version);
	str_puts(out, "{\"group\": ");
	json_text(out, str_text(&group));
	str_puts(out, ", \"kind\": ");
	json_text(out, atom_text(g->atoms, info->kind));
	str_puts(out, ", \"version\": ");
	json_text(out, version);
	str_putc(out, '}');
	str_release(&group);
}

/* Only whether {namespace} stands in a path tells kustomize something; the last part is the kind, not its true plural. */
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
	str_puts(out, ": {\"get\": {\"x-kubernetes-action\": \"list\", \"x-kubernetes-group-version-kind\": ");
	add_gvk(g, info, out);
	str_puts(out, "}}");
	str_release(&path);
}

/* --- merge keys ----------------------------------------------------------------------------- */

/* A property of a kind: an object, or with a key a list of such. */
struct property {
	const char *name, *key;
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

static void
add_key_path(struct arena *a, struct property *root, const struct kind_key *key)
{
	struct property *p = root;

	for (const char *at = key->path; *at;) {
		size_t len = strcspn(at, ".");

		p = find_property(a, p, at, len);
		at += len + (at[len] == '.');
	}
	p->key = key->key;
}

/* The first of several keys is the one for readers that know only one. */
static void
add_merge_keys(const char *keys, struct str *out)
{
	static const char blanks[] = ", ";
	size_t first = strcspn(keys, blanks);
	bool several = keys[first + strspn(keys + first, blanks)];

	str_puts(out, ", \"x-kubernetes-patch-strategy\": \"merge\", \"x-kubernetes-patch-merge-key\": ");
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
		add_key_path(&arena, &root, k);
	split_version(g, info, &group, &version);
	str_format(&name, "%s.%s.%s", version, atom_text(g->atoms, info->kind), str_text(&group));
	str_puts(out, "    ");
	json_text(out, str_text(&name));
	str_puts(out, ": {\n      \"x-kubernetes-group-version-kind\": [");
	add_gvk(g, info, out);
	str_puts(out, "],\n      ");
	add_schema(&root, 8, out);
	str_puts(out, "\n    }");
	str_release(&group);
	str_release(&name);
	arena_release(&arena);
}

/* --- the file ------------------------------------------------------------------------------- */

static void
add_builtin(const struct definition *d, struct str *out)
{
	str_format(out, "    \"%s\": {\n", d->name);
	if (d->kinds)
		str_format(out, "      \"x-kubernetes-group-version-kind\": [%s],\n", d->kinds);
	str_format(out, "      \"type\": \"object\", \"properties\": {\n        %s}\n    }", d->properties);
}

static void
add_definitions(const struct kinds *k, struct str *out)
{
	for (size_t i = 0; i < sizeof(builtin) / sizeof(*builtin); i++) {
		str_puts(out, i ? ",\n" : "");
		add_builtin(&builtin[i], out);
	}
	for (uint32_t i = 0; i < k->rows.count; i++) {
		const struct kind_info *info = *VEC_AT(&k->rows, const struct kind_info *, i);

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
		const struct kind_info *info = *VEC_AT(&k->rows, const struct kind_info *, i);

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
