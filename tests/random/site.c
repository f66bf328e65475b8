/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site SEED: prints a site that the declarations of the built-in library allow. What may stand
 * where, how often, and of which type is read from the library itself, so that a new block is tried
 * from the day it is declared. Laws are not read: a site may break them, and then is refused by
 * their codes. Same seed, same site.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "commands/prose.h"
#include "library.h"

/* A record that the site writes. */
struct planned {
	uint32_t rtype; /* a block, or the case of a choice */
	uint32_t owner; /* index of the record around it; 0 is the site */
	const char *label; /* "" if it has none */
	bool dropped;
};

struct plan {
	struct program p;
	uint64_t state; /* of the random numbers */
	uint32_t names; /* given so far */
	bool newest; /* no releases but the newest */
	unsigned thin; /* how much more rarely something is said that may be left out; from 1 on */
	struct vec records; /* struct planned */
	struct str out;
};

#define PLANNED(g, i) VEC_AT(&(g)->records, struct planned, i)

/* --- chance --- */

static uint64_t
next(struct plan *g)
{
	uint64_t z = g->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* 0 .. n-1 */
static uint32_t
below(struct plan *g, uint64_t n)
{
	return n ? (uint32_t)(next(g) % n) : 0;
}

static bool
chance(struct plan *g, unsigned percent)
{
	return below(g, 100) < percent;
}

/* A number from lo to hi: lo or little more. */
static uint32_t
count_between(struct plan *g, int64_t lo, int64_t hi)
{
	static const uint8_t more[] = { 0, 0, 0, 1, 1, 1, 1, 2, 2, 3 };
	int64_t room = more[below(g, sizeof more)];

	return (uint32_t)(lo + (hi - lo < room ? hi - lo : room));
}

static const char *
pick(struct plan *g, const char *const *from, size_t count)
{
	return from[below(g, count)];
}
#define PICK(g, table) pick(g, table, sizeof(table) / sizeof *(table))

/* --- values --- */

static const char *const hostnames[] = { "*.example.com", "shop.example.com", "a.shop.example.com",
	"*.shop.example.com", "example.org", "*" };
static const char *const paths[] = { "/", "/cart", "/cart/items", "/v1.2", "/a%20b", "/yes" };
static const char *const durations[] = { "5s", "100ms", "1m30s", "0s", "1h", "15s" };
static const char *const percents[] = { "0%", "10%", "0.5%", "12.5%", "100%" };
static const char *const quantities[] = { "100m", "512Mi", "2", "1.5Gi" };
static const char *const endpoints[] = { "otel-collector.observability:4317",
	"collector.observability.svc.cluster.local:4318", "10.0.0.7:4317" };
static const char *const cidrs[] = { "10.0.0.0/8", "192.0.2.7/32", "2001:db8::/48" };
static const char *const ips[] = { "192.0.2.7", "2001:db8::1", "10.0.0.7" };
static const char *const dates[] = { "2025-01-31", "2026-08-22", "2027-12-01" };
/* Readers of YAML take some of these for something else. */
static const char *const texts[] = { "yes", "1.0", "0x1f", "null", "~", "a", "x-1", "1e3", "on",
	"2026-08-22", "y", "007", "-1", "a_b.c", "a: b", "a #b", "{{ x }}", "*a", "%", "\\n" };
static const char *const labels[] = { "a", "cart", "checkout", "a", "cart", "checkout", "0", "null",
	"true", "x-1", "a-name-as-long-as-a-label-of-the-domain-name-system-may-ever-be" };

/* Labels of records are written bare. */
static const char *const names[] = { "a", "cart", "checkout", "null", "x-1" };
static const char *const label_values[] = { "", "yes", "1.0", "0x1f", "null", "a", "x-1", "1e3",
	"on", "2026-08-22", "007", "a_b.c", "Cart" };

struct samples {
	const char *const *texts;
	size_t count;
	bool quoted;
};
#define SAMPLES(table, quoted) \
	{ \
		table, sizeof(table) / sizeof *(table), quoted \
	}

static const struct samples samples[SCALAR_TYPE_COUNT] = {
	[SCALAR_TYPE_TEXT] = SAMPLES(texts, true),
	[SCALAR_TYPE_DATE] = SAMPLES(dates, true),
	[SCALAR_TYPE_CIDR] = SAMPLES(cidrs, true),
	[SCALAR_TYPE_IP] = SAMPLES(ips, true),
	[SCALAR_TYPE_HOSTNAME] = SAMPLES(hostnames, true),
	[SCALAR_TYPE_DOMAIN] = { hostnames + 1, 2, true },
	[SCALAR_TYPE_DNS_LABEL] = SAMPLES(labels, true),
	[SCALAR_TYPE_OBJECT_NAME] = SAMPLES(labels, true),
	[SCALAR_TYPE_LABEL_VALUE] = SAMPLES(label_values, true),
	[SCALAR_TYPE_PATH] = SAMPLES(paths, true),
	[SCALAR_TYPE_DURATION] = SAMPLES(durations, false),
	[SCALAR_TYPE_PERCENT] = SAMPLES(percents, false),
	[SCALAR_TYPE_QUANTITY] = SAMPLES(quantities, false),
	[SCALAR_TYPE_ENDPOINT] = SAMPLES(endpoints, true),
};

static void
die(const char *what, const char *of)
{
	fprintf(stderr, "site: %s %s\n", what, of);
	exit(2);
}

static void
put_number(struct plan *g, const struct type *t, int64_t lo, int64_t hi, struct str *out)
{
	if (t->flags & TYPE_FLAG_RANGED) {
		lo = t->lo > lo ? t->lo : lo;
		hi = t->hi < hi ? t->hi : hi;
	}
	/* Ends are where mistakes are. */
	str_format(out, "%lld",
		(long long)(chance(g, 20) ? hi : lo + (int64_t)below(g, (uint64_t)(hi - lo) + 1)));
}

/* A release of the table, in most sites the newest one, now and then its line. */
static void
put_version(struct plan *g, const struct type *t, struct str *out)
{
	const struct table *table = TABLE_AT(&g->p, t->versions);
	uint32_t row;
	const char *text;
	size_t len;

	if (!t->versions)
		die("a version of no table:", program_text(&g->p, t->name));
	row = g->newest ? table->row_count - 1 : below(g, table->row_count);
	text = program_text(&g->p, ROW_AT(&g->p, table->first_row + row)->key);
	len = strlen(text);
	if (chance(g, 30))
		len = (size_t)(strrchr(text, '.') - text);
	str_format(out, "\"%.*s\"", (int)len, text);
}

static void
put_text(struct plan *g, const struct type *t, struct str *out)
{
	const char *pattern = program_text(&g->p, t->pattern), *fault;
	const struct pattern *compiled;
	size_t at;

	if (!t->pattern) {
		str_format(out, "\"%s\"", PICK(g, texts));
		return;
	}
	compiled = pattern_compile(&g->p.arena, pattern, strlen(pattern), &fault, &at);
	str_putc(out, '"');
	if (!compiled || !pattern_example(compiled, out))
		die("no example of", pattern);
	str_putc(out, '"');
}

static void
put_scalar(struct plan *g, const struct type *t, struct str *out)
{
	const struct samples *s = &samples[t->scalar];
	const char *quote = s->quoted ? "\"" : "";

	switch ((enum scalar_type)t->scalar) {
	case SCALAR_TYPE_BOOL:
		str_puts(out, chance(g, 50) ? "true" : "false");
		break;
	case SCALAR_TYPE_INT:
		put_number(g, t, 0, 1000000, out);
		break;
	case SCALAR_TYPE_PORT:
		put_number(g, t, 1, 65535, out);
		break;
	case SCALAR_TYPE_VERSION:
		put_version(g, t, out);
		break;
	case SCALAR_TYPE_TEXT:
		put_text(g, t, out);
		break;
	default:
		if (!s->count)
			die("no samples of", scalar_info((enum scalar_type)t->scalar)->name);
		str_format(out, "%s%s%s", quote, pick(g, s->texts, s->count), quote);
	}
}

static bool
may_refer(const struct plan *g, const struct type *t, uint32_t record)
{
	const struct planned *r = PLANNED(g, record);
	uint32_t choice = RTYPE_AT(&g->p, r->rtype)->choice;

	if (r->dropped)
		return false;
	for (uint32_t i = 0; i < t->count; i++) {
		uint32_t wanted = NUMBER_AT(&g->p, t->first + i);

		if (wanted == r->rtype || (choice && wanted == choice))
			return true;
	}
	return false;
}

static const char *
label_of(const struct plan *g, uint32_t record)
{
	const struct planned *r = PLANNED(g, record);
	const struct rtype *t = RTYPE_AT(&g->p, r->rtype);

	/* A case is known by its own name. */
	if (t->choice)
		return program_text(&g->p, t->name);
	return *r->label || !r->owner ? r->label : label_of(g, r->owner);
}

static void
put_path(const struct plan *g, uint32_t record, struct str *out)
{
	if (PLANNED(g, record)->owner) {
		put_path(g, PLANNED(g, record)->owner, out);
		str_putc(out, '.');
	}
	str_puts(out, label_of(g, record));
}

/* The record that is named, or 0 if the site has none of these types. */
static uint32_t
put_reference(struct plan *g, const struct type *t, struct str *out)
{
	uint32_t from = below(g, g->records.count);

	for (uint32_t i = 0; i < g->records.count; i++) {
		uint32_t record = (from + i) % g->records.count;

		if (record && may_refer(g, t, record)) {
			if (out)
				put_path(g, record, out);
			return record;
		}
	}
	return 0;
}

static bool
put_value(struct plan *g, uint32_t type, struct str *out);

static bool
put_entries(struct plan *g, const struct type *t, struct str *out)
{
	bool ranged = t->flags & TYPE_FLAG_RANGED, map = t->kind == TYPE_MAP;
	uint32_t n = count_between(g, ranged ? t->lo : 0, ranged ? t->hi : INT64_MAX), done = 0;
	struct str entry = STR_INIT, all = STR_INIT;

	for (uint32_t i = 0; i < n; i++) {
		str_clear(&entry);
		if (!put_value(g, t->elem, &entry) ||
			(!map && strstr(str_text(&all), str_text(&entry))))
			continue;
		if (done++)
			str_puts(&all, map ? "; " : ", ");
		if (map)
			str_format(&all, "\"key-%u\" = ", g->names++);
		str_puts(&all, str_text(&entry));
	}
	str_format(out, map ? "{ %s }" : "[%s]", str_text(&all));
	str_release(&entry);
	str_release(&all);
	return !ranged || done >= t->lo;
}

/* A struct: all that must be given, and some of the rest. */
static bool
put_struct(struct plan *g, const struct type *t, struct str *out)
{
	str_puts(out, "{ ");
	for (uint32_t m = t->members; m; m = MEMBER_AT(&g->p, m)->next) {
		const struct member *member = MEMBER_AT(&g->p, m);

		if ((member->optional || member->value) && !chance(g, 50 / g->thin))
			continue;
		str_format(out, "%s = ", program_text(&g->p, member->name));
		if (!put_value(g, member->type, out))
			return false;
		str_puts(out, "; ");
	}
	str_puts(out, "}");
	return true;
}

/* Appends a value of the type; false if the site can have none. */
static bool
put_value(struct plan *g, uint32_t type, struct str *out)
{
	const struct type *t = TYPE_AT(&g->p, type);
	const char *quote = t->flags & TYPE_FLAG_LEXICAL ? "\"" : "";

	switch ((enum type_kind)t->kind) {
	case TYPE_SCALAR:
		put_scalar(g, t, out);
		return true;
	case TYPE_WORDS:
		str_format(out, "%s%s%s", quote,
			program_text(&g->p, WORD_AT(&g->p, t->first + below(g, t->count))), quote);
		return true;
	case TYPE_REF:
		return put_reference(g, t, out) != 0;
	case TYPE_LIST:
	case TYPE_SET:
	case TYPE_MAP:
		return put_entries(g, t, out);
	case TYPE_STRUCT:
		return put_struct(g, t, out);
	default:
		die("no values of type", program_text(&g->p, t->name));
		return false;
	}
}

/* --- which records --- */

static bool
is_taken(const struct plan *g, const char *label)
{
	for (uint32_t i = 0; i < g->records.count; i++)
		if (strcmp(PLANNED(g, i)->label, label) == 0)
			return true;
	return false;
}

/* One that fields have, too, or one that nobody has. */
static const char *
new_label(struct plan *g)
{
	struct str s = STR_INIT;
	const char *text = PICK(g, names);

	if (!is_taken(g, text) && chance(g, 40))
		return text;
	str_format(&s, "%s%u", chance(g, 10) ? "a-label-nearly-as-long-as-names-may-be-" : "x",
		g->names++);
	text = arena_copy(&g->p.arena, str_text(&s), s.len);
	str_release(&s);
	return text;
}

/* A case of the choice; 0 if there is none. */
static uint32_t
some_case(struct plan *g, uint32_t choice)
{
	uint32_t count = g->p.rtypes.count, from = below(g, count);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t r = (from + i) % count;

		if (RTYPE_AT(&g->p, r)->form == FORM_CASE && RTYPE_AT(&g->p, r)->choice == choice)
			return r;
	}
	return 0;
}

static void
plan_children(struct plan *g, uint32_t record, uint32_t rtype);

static void
plan_record(struct plan *g, uint32_t owner, uint32_t rtype, const char *label)
{
	struct planned record = { rtype, owner, label, false };
	uint32_t i;

	if (RTYPE_AT(&g->p, rtype)->form == FORM_CHOICE)
		record.rtype = some_case(g, rtype);
	if (!record.rtype)
		return;
	i = vec_push(&g->records, &record);
	plan_children(g, i, record.rtype);
}

static void
plan_child(struct plan *g, uint32_t owner, uint32_t rtype)
{
	const struct rtype *r = RTYPE_AT(&g->p, rtype);
	bool one = r->once || r->hi == 1;
	/* What may be left out often is, or too few sites would stand up to every law. */
	bool idle = !r->once && !r->lo && !chance(g, 50 / g->thin);
	uint32_t n = r->once ? 1 : idle ? 0 : count_between(g, r->lo, r->hi);

	if (r->form != FORM_BLOCK && r->form != FORM_CHOICE)
		return;
	/* What may be left out mostly is: the more is said, the more laws are broken. */
	if (owner && !r->once && !r->lo && !chance(g, 30 / g->thin))
		return;
	for (uint32_t i = 0; i < n; i++)
		plan_record(
			g, owner, rtype, one || (owner && !i && chance(g, 50)) ? "" : new_label(g));
}

static void
plan_children(struct plan *g, uint32_t record, uint32_t rtype)
{
	for (uint32_t m = RTYPE_AT(&g->p, rtype)->members; m; m = MEMBER_AT(&g->p, m)->next)
		if (MEMBER_AT(&g->p, m)->form == MEMBER_CHILD)
			plan_child(g, record, MEMBER_AT(&g->p, m)->child);
	if (RTYPE_AT(&g->p, rtype)->choice)
		plan_children(g, record, RTYPE_AT(&g->p, rtype)->choice);
}

static bool
must_be_given(const struct plan *g, uint32_t member)
{
	const struct member *m = MEMBER_AT(&g->p, member);

	return m->form == MEMBER_FIELD && !m->optional && !m->value;
}

/* A record that must refer to something that the site lacks cannot be. */
static bool
lacks_target(struct plan *g, uint32_t rtype)
{
	for (uint32_t m = RTYPE_AT(&g->p, rtype)->members; m; m = MEMBER_AT(&g->p, m)->next) {
		const struct type *t = TYPE_AT(&g->p, MEMBER_AT(&g->p, m)->type);

		if (must_be_given(g, m) && t->kind == TYPE_REF && !put_reference(g, t, NULL))
			return true;
	}
	return RTYPE_AT(&g->p, rtype)->choice && lacks_target(g, RTYPE_AT(&g->p, rtype)->choice);
}

static void
drop_impossible(struct plan *g)
{
	bool again = true;

	while (again) {
		again = false;
		for (uint32_t i = 1; i < g->records.count; i++) {
			struct planned *r = PLANNED(g, i);

			if (r->dropped ||
				!(PLANNED(g, r->owner)->dropped || lacks_target(g, r->rtype)))
				continue;
			r->dropped = again = true;
		}
	}
}

/* --- a record as text --- */

/* The fields of a record so far: texts by member, empty if not written. */
struct fields {
	struct plan *g;
	struct str *text; /* by index of the member */
};

/* What a condition asks of a field: its text, or that of its default. */
static void
field_text(const struct fields *f, uint32_t member, struct str *out)
{
	const struct program *p = &f->g->p;

	if (f->text[member].len)
		str_puts(out, str_text(&f->text[member]));
	else if (MEMBER_AT(p, member)->value)
		prose_slice(p, MEMBER_AT(p, member)->value, out);
}

/* Conditions as the declarations write them: a field is a word or is not, is given, has a word among
 * its entries. */
static bool
holds(const struct fields *f, node_id cond)
{
	const struct program *p = &f->g->p;
	const struct node *n = NODE_AT(p, cond);
	bool in = n->kind == NODE_BINARY && n->op == OP_IN;
	const struct node *field = NODE_AT(p, n->kid[in]), *word = NODE_AT(p, n->kid[!in]);
	struct str text = STR_INIT;
	bool found;

	if (field->aux != MEANING_FIELD)
		die("a condition that this program cannot read:", program_text(p, field->a));
	field_text(f, field->ref, &text);
	if (n->kind == NODE_TEST_PRESENT)
		found = text.len > 0;
	else if (in)
		found = strstr(str_text(&text), program_text(p, word->a)) != NULL;
	else
		found = (strcmp(str_text(&text), program_text(p, word->a)) == 0) == (n->op != OP_NE);
	str_release(&text);
	return found;
}

/* Is the field written? Conditions win over chance. */
static bool
is_written(const struct fields *f, uint32_t member)
{
	const struct member *m = MEMBER_AT(&f->g->p, member);
	bool release = f->g->newest && TYPE_AT(&f->g->p, m->type)->versions;
	bool written = release || must_be_given(f->g, member) || chance(f->g, 35 / f->g->thin);

	for (node_id c = NODE_AT(&f->g->p, m->decl)->kid[3]; c; c = NODE_AT(&f->g->p, c)->next) {
		bool is = holds(f, NODE_AT(&f->g->p, c)->kid[0]);

		if (NODE_AT(&f->g->p, c)->kind == NODE_REQUIRED)
			written |= is;
		else
			written &= is;
	}
	return written;
}

static void
fill_fields(const struct fields *f, uint32_t rtype)
{
	for (uint32_t m = RTYPE_AT(&f->g->p, rtype)->members; m; m = MEMBER_AT(&f->g->p, m)->next)
		if (MEMBER_AT(&f->g->p, m)->form == MEMBER_FIELD && is_written(f, m) &&
			!put_value(f->g, MEMBER_AT(&f->g->p, m)->type, &f->text[m]))
			str_clear(&f->text[m]);
	if (RTYPE_AT(&f->g->p, rtype)->choice)
		fill_fields(f, RTYPE_AT(&f->g->p, rtype)->choice);
}

static void
put_fields(struct plan *g, uint32_t rtype, unsigned depth)
{
	uint32_t count = g->p.members.count;
	struct fields f = { g, mem_resize(NULL, count * sizeof(struct str)) };

	for (uint32_t m = 0; m < count; m++)
		f.text[m] = (struct str)STR_INIT;
	fill_fields(&f, rtype);
	for (uint32_t m = 0; m < count; m++) {
		if (f.text[m].len)
			str_format(&g->out, "%*s%s = %s\n", (int)depth * 2, "",
				program_text(&g->p, MEMBER_AT(&g->p, m)->name),
				str_text(&f.text[m]));
		str_release(&f.text[m]);
	}
	mem_free(f.text);
}

static void
put_record(struct plan *g, uint32_t record, unsigned depth);

static void
put_body(struct plan *g, uint32_t record, unsigned depth)
{
	uint32_t rtype = PLANNED(g, record)->rtype;

	str_puts(&g->out, " {\n");
	put_fields(g, rtype, depth + 1);
	if (RTYPE_AT(&g->p, rtype)->weakens)
		str_format(&g->out, "%*sbecause \"tried\"\n", (int)depth * 2 + 2, "");
	for (uint32_t i = 1; i < g->records.count; i++)
		if (PLANNED(g, i)->owner == record && !PLANNED(g, i)->dropped)
			put_record(g, i, depth + 1);
	str_format(&g->out, "%*s}\n", (int)depth * 2, "");
}

static void
put_record(struct plan *g, uint32_t record, unsigned depth)
{
	const struct planned *r = PLANNED(g, record);
	const struct rtype *t = RTYPE_AT(&g->p, r->rtype);

	str_format(&g->out, "%*s", (int)depth * 2, "");
	if (t->choice)
		str_format(&g->out, "%s ", program_text(&g->p, RTYPE_AT(&g->p, t->choice)->name));
	str_puts(&g->out, program_text(&g->p, t->name));
	if (*r->label)
		str_format(&g->out, " %s", r->label);
	put_body(g, record, depth);
}

int
main(int argc, char **argv)
{
	struct plan g = { .out = STR_INIT };

	if (argc != 2)
		die("usage:", "site SEED");
	g.state = strtoull(argv[1], NULL, 10);
	g.newest = chance(&g, 70);
	/* Some sites say much, so that everything meets everything; some little, so that they are right. */
	g.thin = chance(&g, 33) ? 1 : chance(&g, 50) ? 3 : 8;
	program_init(&g.p);
	if (!library_load(&g.p, NULL))
		die("the library", "has faults");
	vec_init(&g.records, sizeof(struct planned), false);
	plan_record(&g, 0, g.p.site_rtype, "");
	drop_impossible(&g);
	str_format(&g.out, "edition 2026\n\nsite random-%s", argv[1]);
	put_body(&g, 0, 0);
	fputs(str_text(&g.out), stdout);
	vec_release(&g.records);
	str_release(&g.out);
	program_release(&g.p);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
