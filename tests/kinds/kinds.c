/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kinds: prints what the library's `kind` declarations hold, one JSON object a line for each member
 * of each kind, so that it can be compared with the schemas of the real systems: its path, type,
 * words, limits, pattern, default, and whether it stands under a condition.
 */
#include <stdio.h>
#include "base/json.h"
#include "base/mem.h"
#include "commands/prose.h"
#include "library.h"

static void
put_text(struct str *out, const char *key, const char *text)
{
	str_format(out, ", \"%s\": ", key);
	json_text(out, text);
}

static void
put_slice(const struct program *p, struct str *out, const char *key, node_id node)
{
	struct str text = STR_INIT;

	if (!node)
		return;
	prose_slice_to(p, node, node, &text);
	put_text(out, key, str_text(&text));
	str_release(&text);
}

static const char *
type_name(const struct type *t)
{
	switch ((enum type_kind)t->kind) {
	case TYPE_SCALAR:
		return scalar_info((enum scalar_type)t->scalar)->name;
	case TYPE_WORDS:
		return "words";
	case TYPE_REF:
	case TYPE_OBJECT:
		return "name";
	case TYPE_LIST:
	case TYPE_SET:
		return "list";
	case TYPE_MAP:
		return "map";
	case TYPE_STRUCT:
		return "struct";
	default:
		return "other";
	}
}

static void
put_type(const struct program *p, const struct type *t, struct str *out)
{
	put_text(out, "type", type_name(t));
	if (t->flags & TYPE_FLAG_RANGED) {
		str_format(out, ", \"lo\": %lld", (long long)t->lo);
		if (t->hi != INT64_MAX)
			str_format(out, ", \"hi\": %lld", (long long)t->hi);
	}
	if (t->max)
		str_format(out, ", \"max\": %u", t->max);
	if (t->pattern)
		put_text(out, "pattern", program_text(p, t->pattern));
	if (t->kind == TYPE_WORDS) {
		str_puts(out, ", \"words\": [");
		for (uint32_t i = 0; i < t->count; i++) {
			str_puts(out, i ? ", " : "");
			json_text(out, program_text(p, WORD_AT(p, t->first + i)));
		}
		str_putc(out, ']');
	}
}

static void
put_members(const struct program *p, const char *head, const char *prefix, uint32_t first);

/* One line for the value at a path, and those of what stands inside. */
static void
put_value(const struct program *p, const char *head, const char *path, uint32_t type,
	const struct member *m)
{
	const struct type *t = TYPE_AT(p, type);
	struct str out = STR_INIT, inside = STR_INIT;

	str_format(&out, "{%s", head);
	put_text(&out, "path", path);
	put_type(p, t, &out);
	if (m) {
		const struct node *n = NODE_AT(p, m->decl);
		node_id conditions = n->kind == NODE_MEMBER_STRUCT ? n->kid[1] : n->kid[3];

		str_format(&out, ", \"optional\": %s, \"reference\": %s",
			m->optional ? "true" : "false", m->part_of_ref ? "true" : "false");
		put_slice(p, &out, "default", m->value);
		if (conditions)
			put_slice(p, &out, "only", NODE_AT(p, conditions)->kid[0]);
	}
	str_puts(&out, "}");
	puts(str_text(&out));
	if (t->kind == TYPE_STRUCT) {
		str_format(&inside, "%s.", path);
		put_members(p, head, str_text(&inside), t->members);
	} else if (t->kind == TYPE_LIST || t->kind == TYPE_SET || t->kind == TYPE_MAP) {
		str_format(&inside, "%s%s", path, t->kind == TYPE_MAP ? "{}" : "[]");
		if (t->elem)
			put_value(p, head, str_text(&inside), t->elem, NULL);
	}
	str_release(&inside);
	str_release(&out);
}

static void
put_members(const struct program *p, const char *head, const char *prefix, uint32_t first)
{
	struct str path = STR_INIT;

	for (uint32_t i = first; i; i = MEMBER_AT(p, i)->next) {
		const struct member *m = MEMBER_AT(p, i);

		str_clear(&path);
		str_format(&path, "%s%s", prefix, program_text(p, m->name));
		put_value(p, head, str_text(&path), TYPE_ID(m->type), m);
	}
	str_release(&path);
}

static void
put_kind(const struct program *p, const struct rtype *t)
{
	struct str head = STR_INIT;

	str_puts(&head, "\"kind\": ");
	json_text(&head, program_text(p, t->name));
	put_slice(p, &head, "apiVersion", t->api_version);
	str_format(&head, ", \"namespaced\": %s", t->namespaced ? "true" : "false");
	if (t->body)
		put_members(p, str_text(&head), "", TYPE_AT(p, t->body)->members);
	str_release(&head);
}

int
main(void)
{
	struct program p;

	program_init(&p);
	if (!library_load(&p, NULL)) {
		fputs("kinds: the library has faults\n", stderr);
		return 2;
	}
	for (uint32_t i = 1; i < p.rtypes.count; i++)
		if (RTYPE_AT(&p, i)->form == FORM_KIND)
			put_kind(&p, RTYPE_AT(&p, i));
	program_release(&p);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
