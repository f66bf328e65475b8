/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of libyaml to trees. The rules of what is taken stand in read.h; here they are one
 * function an event.
 *
 * libyaml counts characters, spans count bytes: every 256th character of a file that is not ASCII
 * alone has its byte noted.
 */
#include "graph/read.h"

#include <string.h>
#include <yaml.h>
#include "base/mem.h"
#include "base/utf8.h"
#include "graph/pairs.h"
#include "graph/plain.h"

#define FAULTS_MAX 20
#define MARK_EVERY 256
#define SHOWN_MAX  40 /* bytes of the user's text in a message */

const struct yaml_limits yaml_limits_included = {
	.bytes = 32u << 20, .nodes = 1000000, .depth = 100
};

struct level {
	struct tree *tree;
	uint32_t id; /* of the map, for pairs */
	atom key; /* that the next node belongs to; 0: a map waits for a key */
};

struct reading {
	struct graph *g;
	struct diags *d;
	const char *bytes;
	uint32_t len, file;
	const struct yaml_limits *limits;
	struct vec *documents;
	struct vec levels; /* struct level */
	struct vec bytes_at; /* uint32_t: the byte of each 256th character; empty if all is ASCII */
	struct pairs keys; /* (map, key) */
	uint32_t maps, nodes, faults;
	bool stop;
};

/* --- places --------------------------------------------------------------------------------- */

static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void
mark_characters(struct reading *r)
{
	uint32_t characters = 0;
	bool ascii = true;

	for (uint32_t i = 0; i < r->len && ascii; i++)
		ascii = (unsigned char)r->bytes[i] < 0x80;
	for (uint32_t i = 0; i < r->len && !ascii; i++)
		if (!continues(r->bytes[i]) && characters++ % MARK_EVERY == 0)
			vec_push(&r->bytes_at, &i);
}

static uint32_t
byte_of(const struct reading *r, size_t character)
{
	uint32_t i, ahead = (uint32_t)(character % MARK_EVERY);

	if (!r->bytes_at.count || character / MARK_EVERY >= r->bytes_at.count)
		return character < r->len && !r->bytes_at.count ? (uint32_t)character : r->len;
	i = *VEC_AT(&r->bytes_at, uint32_t, character / MARK_EVERY);
	for (; ahead && i < r->len; ahead--)
		for (i++; i < r->len && continues(r->bytes[i]); i++)
			;
	return i;
}

static struct span
span_between(const struct reading *r, yaml_mark_t start, yaml_mark_t end)
{
	return (struct span){ r->file, byte_of(r, start.index), byte_of(r, end.index) };
}

static struct span
event_span(const struct reading *r, const yaml_event_t *e)
{
	return span_between(r, e->start_mark, e->end_mark);
}

/* --- faults --------------------------------------------------------------------------------- */

static struct diag *
fault(struct reading *r, struct span span, const char *message, const char *here, const char *help)
{
	struct diag *diag = diag_add(r->d, EGM0015, span, "%s", message);

	if (here)
		diag_here(r->d, diag, "%s", here);
	if (help)
		diag_line(r->d, diag, LINE_HELP, "%s", help);
	if (++r->faults >= FAULTS_MAX)
		r->stop = true;
	return diag;
}

/* After which nothing can be said about the rest. */
static void
last_fault(struct reading *r, struct span span, const char *message, const char *here,
	const char *help)
{
	fault(r, span, message, here, help);
	r->stop = true;
}

/* The user's text as it is, if it is short and has one line. */
static void
add_shown(struct str *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (i == SHOWN_MAX || text[i] == '\n' || text[i] == '\r') {
			while (i && continues(text[i]))
				i--;
			str_add(out, text, i);
			str_puts(out, "...");
			return;
		}
	str_add(out, text, len);
}

static void
syntax_fault(struct reading *r, const yaml_parser_t *parser)
{
	struct str message = STR_INIT;
	struct span span = span_between(r, parser->problem_mark, parser->problem_mark);

	if (parser->error == YAML_READER_ERROR)
		span.start = span.end =
			parser->problem_offset < r->len ? (uint32_t)parser->problem_offset : r->len;
	str_format(&message, "this is not YAML: %s",
		parser->problem ? parser->problem : "it cannot be read");
	if (parser->context)
		str_format(&message, " %s", parser->context);
	if (span.end < r->len)
		span.end++;
	last_fault(r, span, str_text(&message), NULL, NULL);
	str_release(&message);
}

/* --- nodes ---------------------------------------------------------------------------------- */

static struct level *
top(struct reading *r)
{
	return r->levels.count ? VEC_AT(&r->levels, struct level, r->levels.count - 1) : NULL;
}

static bool
wants_key(struct reading *r)
{
	const struct level *l = top(r);

	return l && l->tree->kind == TREE_MAP && !l->key;
}

/* Hangs a new node where it belongs. */
static struct tree *
add_node(struct reading *r, enum tree_kind kind, struct span span)
{
	struct level *l = top(r);
	struct tree *t;

	if (r->nodes++ >= r->limits->nodes) {
		last_fault(
			r, span, "the file holds too many values", "one more than the limit", NULL);
		return NULL;
	}
	t = tree_new(r->g, kind);
	t->origin.user = t->origin.library = span;
	if (l) {
		t->key = l->key;
		l->key = 0;
		tree_add(l->tree, t);
	}
	return t;
}

static const char core_tags[] = "tag:yaml.org,2002:";

/* The part of a core tag behind its prefix, "" without a tag; NULL after a fault. */
static const char *
core_tag(struct reading *r, const yaml_event_t *e, const yaml_char_t *tag)
{
	static const char *const known[] = { "str", "int", "bool", "float", "map", "seq" };
	const char *name = (const char *)tag;

	if (!tag)
		return "";
	if (strncmp(name, core_tags, sizeof(core_tags) - 1) == 0) {
		name += sizeof(core_tags) - 1;
		for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (strcmp(known[i], name) == 0)
				return name;
	}
	fault(r, event_span(r, e), "a tag in YAML that no object needs",
		"only !!str, !!int, !!bool, !!float, !!map and !!seq are taken", NULL);
	return NULL;
}

static void
check_anchor(struct reading *r, const yaml_event_t *e, const yaml_char_t *anchor)
{
	if (anchor)
		fault(r, event_span(r, e), "an anchor in YAML that is to be taken over",
			"anchors and aliases are refused", "write the value out where it is used");
}

/* Is this what the tag calls it? */
static bool
fits_tag(const char *tag, enum plain_kind kind)
{
	return (strcmp(tag, "int") == 0 && kind == PLAIN_INT) ||
		(strcmp(tag, "bool") == 0 && kind == PLAIN_BOOL) ||
		(strcmp(tag, "float") == 0 && (kind == PLAIN_NUMBER || kind == PLAIN_INT));
}

static void
unsure_fault(struct reading *r, struct span span, const char *text, size_t len)
{
	struct str message = STR_INIT;

	str_puts(&message, "plain `");
	add_shown(&message, text, len);
	str_puts(&message, "` is read differently by different tools");
	fault(r, span, str_text(&message), "text, number or something else?",
		"put it in quotes if it is text; else write true, false or a decimal number");
	str_release(&message);
}

/* What a scalar is; -1 after a fault. */
static int
scalar_kind(struct reading *r, const yaml_event_t *e, const char *tag)
{
	const char *text = (const char *)e->data.scalar.value;
	size_t len = e->data.scalar.length;
	enum plain_kind kind = PLAIN_TEXT;

	if (strcmp(tag, "str") == 0 || (!*tag && e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE))
		return SCALAR_TEXT;
	kind = plain_kind(text, len);
	if (*tag && !fits_tag(tag, kind)) {
		fault(r, event_span(r, e), "a value that is not what its tag says", NULL, NULL);
		return -1;
	}
	switch (kind) {
	case PLAIN_TEXT:
		return SCALAR_TEXT;
	case PLAIN_BOOL:
		return SCALAR_BOOL;
	case PLAIN_INT:
		return SCALAR_INT;
	case PLAIN_NUMBER:
		return SCALAR_NUMBER;
	case PLAIN_NULL:
		fault(r, event_span(r, e), "null in YAML that is to be taken over",
			"a member without a value is left out, not null",
			"leave the member out, or write \"\" for an empty text, {} for an empty "
			"map, [] for an empty list");
		return -1;
	case PLAIN_UNSURE:
		unsure_fault(r, event_span(r, e), text, len);
		return -1;
	}
	return -1;
}

/* true, whatever its letters were. */
static atom
scalar_atom(struct reading *r, const yaml_event_t *e, int kind)
{
	const char *text = (const char *)e->data.scalar.value;

	if (kind == SCALAR_BOOL)
		return atom_of_text(r->g->atoms, *text == 't' || *text == 'T' ? "true" : "false");
	return atom_of(r->g->atoms, text, e->data.scalar.length);
}

static void
read_value(struct reading *r, const yaml_event_t *e)
{
	const char *tag = core_tag(r, e, e->data.scalar.tag);
	int kind;
	struct tree *t;

	/* Nothing between two `---`, or behind the last. */
	if (!top(r) && tag && !*tag && !e->data.scalar.length &&
		e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return;
	kind = tag ? scalar_kind(r, e, tag) : -1;
	if (!top(r)) {
		fault(r, event_span(r, e), "a document that is not an object",
			"a map with apiVersion, kind and metadata is meant", NULL);
		return;
	}
	t = add_node(r, TREE_SCALAR, event_span(r, e));
	if (!t || kind < 0)
		return;
	t->scalar = (uint8_t)kind;
	t->text = scalar_atom(r, e, kind);
}

/* A key that is no text. */
static void
key_fault(struct reading *r, const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;
	struct str message = STR_INIT;

	if (strcmp(text, "<<") == 0) {
		fault(r, event_span(r, e), "a merge key in YAML that is to be taken over",
			"`<<` is refused", "write the members out");
		return;
	}
	str_puts(&message, "the key `");
	add_shown(&message, text, e->data.scalar.length);
	str_puts(&message, "` is not text for every tool");
	fault(r, event_span(r, e), str_text(&message), NULL, "put it in quotes");
	str_release(&message);
}

static void
double_key(struct reading *r, const yaml_event_t *e, atom key)
{
	const struct tree *first = tree_find(top(r)->tree, key);
	struct str message = STR_INIT;
	struct diag *diag;

	str_puts(&message, "the key `");
	add_shown(&message, atom_text(r->g->atoms, key), atom_len(r->g->atoms, key));
	str_puts(&message, "` stands twice in one map");
	diag = fault(r, event_span(r, e), str_text(&message), "again here", NULL);
	if (first)
		diag_label(r->d, diag, first->origin.user, "its first value");
	str_release(&message);
}

static void
read_key(struct reading *r, const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value,
		   *tag = core_tag(r, e, e->data.scalar.tag);
	size_t len = e->data.scalar.length;
	bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && tag && !*tag;
	struct level *l = top(r);

	if (tag && *tag && strcmp(tag, "str") != 0)
		fault(r, event_span(r, e), "a key that is not text", NULL, NULL);
	else if (plain && len && plain_kind(text, len) != PLAIN_TEXT)
		key_fault(r, e);
	else if (!len)
		fault(r, event_span(r, e), "an empty key", NULL, NULL);
	l->key = atom_of(r->g->atoms, text, len);
	if (!pairs_add(&r->keys, l->id, l->key))
		double_key(r, e, l->key);
}

static void
read_scalar(struct reading *r, const yaml_event_t *e)
{
	check_anchor(r, e, e->data.scalar.anchor);
	if (memchr(e->data.scalar.value, '\0', e->data.scalar.length))
		fault(r, event_span(r, e), "a NUL byte in a text", NULL, NULL);
	if (wants_key(r))
		read_key(r, e);
	else
		read_value(r, e);
}

static void
read_start(struct reading *r, const yaml_event_t *e, enum tree_kind kind)
{
	bool map = kind == TREE_MAP;
	const char *tag =
		core_tag(r, e, map ? e->data.mapping_start.tag : e->data.sequence_start.tag);
	struct level l = { .id = ++r->maps };

	check_anchor(r, e, map ? e->data.mapping_start.anchor : e->data.sequence_start.anchor);
	if (tag && *tag && strcmp(tag, map ? "map" : "seq") != 0)
		fault(r, event_span(r, e), "a value that is not what its tag says", NULL, NULL);
	if (wants_key(r)) {
		last_fault(r, event_span(r, e), "a key that is not text", "a map or list as a key",
			NULL);
		return;
	}
	if (!top(r) && !map) {
		last_fault(r, event_span(r, e), "a document that is not an object",
			"a list, not a map", NULL);
		return;
	}
	if (r->levels.count >= r->limits->depth) {
		last_fault(r, event_span(r, e), "YAML that is nested too deeply",
			"the limit is reached here", NULL);
		return;
	}
	l.tree = add_node(r, kind, event_span(r, e));
	if (!l.tree)
		return;
	if (!top(r))
		vec_push(r->documents, &l.tree);
	vec_push(&r->levels, &l);
}

/* A collection in braces ends with them, one in lines with its last member. */
static void
read_end(struct reading *r, const yaml_event_t *e)
{
	struct tree *t = top(r)->tree;
	uint32_t end = event_span(r, e).end;

	if (e->start_mark.index == e->end_mark.index && t->last)
		end = t->last->origin.user.end;
	t->origin.user.end = end;
	t->origin.library.end = end;
	vec_cut(&r->levels, r->levels.count - 1);
}

static void
read_alias(struct reading *r, const yaml_event_t *e)
{
	last_fault(r, event_span(r, e), "an alias in YAML that is to be taken over",
		"anchors and aliases are refused", "write the value out where it is used");
}

/* False at the end of the stream. */
static bool
read_event(struct reading *r, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (e->data.document_start.tag_directives.start !=
			e->data.document_start.tag_directives.end)
			fault(r, event_span(r, e), "a %TAG directive in YAML", NULL, NULL);
		return true;
	case YAML_ALIAS_EVENT:
		read_alias(r, e);
		return true;
	case YAML_SCALAR_EVENT:
		read_scalar(r, e);
		return true;
	case YAML_SEQUENCE_START_EVENT:
		read_start(r, e, TREE_LIST);
		return true;
	case YAML_MAPPING_START_EVENT:
		read_start(r, e, TREE_MAP);
		return true;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		read_end(r, e);
		return true;
	case YAML_NO_EVENT:
	case YAML_STREAM_END_EVENT:
		return false;
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return true;
	}
	return false;
}

static void
read_events(struct reading *r)
{
	yaml_parser_t parser;
	yaml_event_t event;

	if (!yaml_parser_initialize(&parser))
		BUG("libyaml: no memory");
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)r->bytes, r->len);
	for (bool more = true; more && !r->stop;) {
		if (!yaml_parser_parse(&parser, &event)) {
			syntax_fault(r, &parser);
			break;
		}
		more = read_event(r, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

/* What libyaml is not asked about. */
static bool
check_bytes(struct reading *r)
{
	size_t bad = utf8_check(r->bytes, r->len);
	const char *nul = memchr(r->bytes, '\0', r->len);
	struct span span = { r->file, 0, 1 };

	if (r->len > r->limits->bytes) {
		last_fault(r, span, "the file is too large to be taken over", NULL, NULL);
	} else if (bad < r->len) {
		span = (struct span){ r->file, (uint32_t)bad, (uint32_t)bad + 1 };
		last_fault(r, span, "YAML that is not valid UTF-8",
			"this byte belongs to no character", NULL);
	} else if (nul) {
		span = (struct span){ r->file, (uint32_t)(nul - r->bytes),
			(uint32_t)(nul - r->bytes) + 1 };
		last_fault(r, span, "a NUL byte in YAML", NULL, NULL);
	} else if (r->len >= 3 && memcmp(r->bytes, "\xef\xbb\xbf", 3) == 0) {
		span.end = 3;
		last_fault(r, span, "YAML that begins with a byte order mark", NULL,
			"save the file as UTF-8 without BOM");
	}
	return !r->stop;
}

bool
yaml_read_within(struct graph *g, struct source *s, uint32_t file, const struct yaml_limits *limits,
	struct diags *d, struct vec *documents)
{
	const struct source_file *f = source_file(s, file);
	struct reading r = { .g = g,
		.d = d,
		.bytes = f->bytes,
		.len = f->len,
		.file = file,
		.limits = limits,
		.documents = documents };

	vec_init(&r.levels, sizeof(struct level), false);
	vec_init(&r.bytes_at, sizeof(uint32_t), false);
	if (check_bytes(&r)) {
		mark_characters(&r);
		read_events(&r);
	}
	vec_release(&r.levels);
	vec_release(&r.bytes_at);
	pairs_release(&r.keys);
	return !r.faults;
}

bool
yaml_read(struct graph *g, struct source *s, uint32_t file, struct diags *d, struct vec *documents)
{
	return yaml_read_within(g, s, file, &yaml_limits_included, d, documents);
}
