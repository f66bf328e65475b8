/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree to YAML. libyaml writes the document; since it knows no comments, the lines that it wrote
 * are counted along the tree, and comments are put in between. That works because a value takes one
 * line, or as many as its text: one that reads well so is a literal block, others with line breaks
 * are quoted and escaped.
 *
 * Comes in: an object. Goes out: bytes, and which node each line shows. Refuses nothing; a text
 * that is not UTF-8 is a bug of whoever made it.
 *
 * The work is done on rows: the nodes of the tree in order, and behind them the marks of a partial
 * object, which are in no tree.
 */
#include "backend/backend.h"

#include <string.h>
#include <yaml.h>
#include "base/mem.h"
#include "base/utf8.h"
#include "backend/yaml_quote.h"

#define SIMPLE_KEY_MAX 128 /* libyaml writes longer keys as `? key` and a line `: value` */
#define NO_ROW         UINT32_MAX

struct row {
	const struct tree *tree; /* NULL for a mark */
	const char *key, *text;
	uint32_t key_len, text_len;
	atom reason, todo;
	uint32_t parent; /* row; NO_ROW for the root */
	uint32_t count; /* of children */
	uint32_t line; /* where it starts */
	uint8_t kind, scalar;
	bool inline_first; /* its first child stands on its own line */
};

/* What a partial object carries, so that nobody prunes it or takes over the rest of it. The one
 * place that knows these tools. */
struct mark {
	const char *key;
	const char *value; /* `name=value` parts after commas, or one word */
};

static const struct mark partial_marks[] = {
	{ "argocd.argoproj.io/sync-options", "Prune=false,Delete=false,ServerSideApply=true" },
	{ "kustomize.toolkit.fluxcd.io/prune", "disabled" },
	{ "kustomize.toolkit.fluxcd.io/ssa", "Merge" },
};
#define MARK_COUNT ((uint32_t)(sizeof(partial_marks) / sizeof(*partial_marks)))

struct page {
	const struct graph *g;
	struct vec rows; /* struct row */
	struct vec open; /* uint32_t: rows that the current one lies in */
	struct vec shown; /* uint32_t: by line, the innermost row that starts there */
	struct arena arena; /* joined texts of marks */
	uint32_t annotations; /* the row for marks, or metadata until that is seen, or NO_ROW */
	bool comments; /* there is something to say */
};

static struct row *
row_at(struct page *p, uint32_t i)
{
	return VEC_AT(&p->rows, struct row, i);
}

/* --- rows ----------------------------------------------------------------------------------- */

static bool
has_key(const struct row *r, const char *key)
{
	return r->key_len == strlen(key) && memcmp(r->key, key, r->key_len) == 0;
}

static uint32_t
add_row(struct page *p, const struct row *r)
{
	uint32_t i = vec_push(&p->rows, r);

	if (r->reason || r->todo)
		p->comments = true;
	return i;
}

static void
add_mark_row(
	struct page *p, uint32_t parent, const char *key, const char *text, enum tree_kind kind)
{
	struct row r = { .key = key,
		.key_len = (uint32_t)strlen(key),
		.parent = parent,
		.kind = (uint8_t)kind };

	if (text) {
		r.text = text;
		r.text_len = (uint32_t)strlen(text);
	}
	add_row(p, &r);
	row_at(p, parent)->count++;
}

/* Is there a part `name=...` in the list? */
static bool
names_part(const char *list, size_t len, const char *part)
{
	size_t name = strcspn(part, "=") + 1;

	for (const char *at = list, *end = list + len; at < end;) {
		const char *comma = memchr(at, ',', (size_t)(end - at));

		if ((size_t)(end - at) >= name && memcmp(at, part, name) == 0)
			return true;
		at = comma ? comma + 1 : end;
	}
	return false;
}

/* The annotation is there already: it keeps what it says, and gets the parts that it does not speak
 * of. */
static void
join_mark(struct page *p, struct row *r, const struct mark *m)
{
	struct str text = STR_INIT;

	if (!strchr(m->value, '='))
		return;
	str_add(&text, r->text, r->text_len);
	for (const char *part = m->value; *part;) {
		size_t len = strcspn(part, ",");

		if (!names_part(r->text, r->text_len, part)) {
			str_puts(&text, text.len ? "," : "");
			str_add(&text, part, len);
		}
		part += len + (part[len] == ',');
	}
	r->text = arena_copy(&p->arena, text.bytes, text.len);
	r->text_len = (uint32_t)text.len;
	str_release(&text);
}

static struct row *
find_child(struct page *p, uint32_t parent, const char *key)
{
	for (uint32_t i = parent + 1; i < p->rows.count; i++)
		if (row_at(p, i)->parent == parent && has_key(row_at(p, i), key))
			return row_at(p, i);
	return NULL;
}

/* The last row is the last one below metadata, or below its annotations. */
static void
add_marks(struct page *p)
{
	uint32_t into = p->annotations;

	p->annotations = NO_ROW;
	if (!has_key(row_at(p, into), "annotations")) {
		add_mark_row(p, into, "annotations", NULL, TREE_MAP);
		into = p->rows.count - 1;
	}
	for (uint32_t i = 0; i < MARK_COUNT; i++) {
		struct row *there = find_child(p, into, partial_marks[i].key);

		if (there)
			join_mark(p, there, &partial_marks[i]);
		else
			add_mark_row(
				p, into, partial_marks[i].key, partial_marks[i].value, TREE_SCALAR);
	}
}

static uint32_t
add_tree_row(struct page *p, const struct tree *t, uint32_t parent)
{
	const struct atoms *atoms = p->g->atoms;
	struct row r = {
		.tree = t, .parent = parent, .count = t->count, .kind = t->kind, .scalar = t->scalar
	};

	r.reason = t->origin.reason;
	r.todo = t->todo;
	if (t->key) {
		r.key = atom_text(atoms, t->key);
		r.key_len = atom_len(atoms, t->key);
	}
	if (t->kind == TREE_SCALAR) {
		r.text = atom_text(atoms, t->text);
		r.text_len = atom_len(atoms, t->text);
	}
	return add_row(p, &r);
}

/* Is this where marks go, or better than what was found? */
static bool
holds_marks(struct page *p, uint32_t row, uint32_t depth)
{
	struct row *r = row_at(p, row);

	return r->kind == TREE_MAP &&
		((depth == 1 && has_key(r, "metadata")) ||
			(depth == 2 && r->parent == p->annotations && has_key(r, "annotations")));
}

/* Rows for the whole object. */
static void
make_rows(struct page *p, const struct object *o)
{
	bool partial = o->form == OBJECT_PARTIAL;
	uint32_t marks_depth = 0;
	const struct tree *t;
	struct steps s;

	p->annotations = NO_ROW;
	steps_init(&s, o->root);
	while ((t = steps_next(&s))) {
		uint32_t depth = s.above.count, parent, row;

		if (p->annotations != NO_ROW && depth <= marks_depth)
			add_marks(p);
		vec_cut(&p->open, depth);
		parent = depth ? *VEC_AT(&p->open, uint32_t, depth - 1) : NO_ROW;
		row = add_tree_row(p, t, parent);
		vec_push(&p->open, &row);
		if (partial && holds_marks(p, row, depth)) {
			p->annotations = row;
			marks_depth = depth;
		}
	}
	if (p->annotations != NO_ROW)
		add_marks(p);
	vec_cut(&p->open, 0);
	steps_release(&s);
}

/* --- libyaml -------------------------------------------------------------------------------- */

static int
receive(void *data, unsigned char *bytes, size_t len)
{
	str_add(data, (const char *)bytes, len);
	return 1;
}

/* Both calls fail only without memory or on text that is not UTF-8. */
static void
send_event(yaml_emitter_t *e, yaml_event_t *event, int made)
{
	if (!made)
		BUG("a text for YAML is not UTF-8");
	if (!yaml_emitter_emit(e, event))
		BUG("libyaml: %s", e->problem ? e->problem : "out of memory");
}

static void
send_scalar(yaml_emitter_t *e, const char *text, uint32_t len, yaml_scalar_style_t style)
{
	yaml_event_t event;

	send_event(e, &event,
		yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text,
			(int)len, 1, 1, style));
}

static void
send_text(yaml_emitter_t *e, const char *text, uint32_t len)
{
	send_scalar(e, text, len,
		yaml_needs_quotes(text, len) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
					     : YAML_PLAIN_SCALAR_STYLE);
}

static bool
is_long_key(const struct row *r)
{
	return r->key_len > SIMPLE_KEY_MAX || memchr(r->key, '\n', r->key_len) ||
		memchr(r->key, '\r', r->key_len) || yaml_has_wide_break(r->key, r->key_len);
}

/* Does its text stand line by line below its key? */
static bool
is_block(const struct row *r)
{
	return r->kind == TREE_SCALAR && r->scalar == SCALAR_TEXT && r->key && !is_long_key(r) &&
		yaml_is_block_text(r->text, r->text_len);
}

static void
send_start(yaml_emitter_t *e, const struct row *r)
{
	yaml_event_t event;

	if (r->kind == TREE_MAP)
		send_event(e, &event,
			yaml_mapping_start_event_initialize(
				&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
	else
		send_event(e, &event,
			yaml_sequence_start_event_initialize(
				&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
}

static void
send_end(yaml_emitter_t *e, const struct row *r)
{
	yaml_event_t event;

	if (r->kind == TREE_MAP)
		send_event(e, &event, yaml_mapping_end_event_initialize(&event));
	else
		send_event(e, &event, yaml_sequence_end_event_initialize(&event));
}

/* Ends the collections that are open, down to `parent`. */
static void
close_to(struct page *p, yaml_emitter_t *e, uint32_t parent)
{
	while (p->open.count) {
		uint32_t top = *VEC_AT(&p->open, uint32_t, p->open.count - 1);

		if (top == parent)
			return;
		send_end(e, row_at(p, top));
		vec_cut(&p->open, p->open.count - 1);
	}
}

static void
send_rows(struct page *p, yaml_emitter_t *e)
{
	for (uint32_t i = 0; i < p->rows.count; i++) {
		const struct row *r = row_at(p, i);

		close_to(p, e, r->parent);
		if (r->key)
			send_text(e, r->key, r->key_len);
		if (r->kind != TREE_SCALAR) {
			send_start(e, r);
			vec_push(&p->open, &i);
		} else if (is_block(r)) {
			send_scalar(e, r->text, r->text_len, YAML_LITERAL_SCALAR_STYLE);
		} else if (r->scalar == SCALAR_TEXT) {
			send_text(e, r->text, r->text_len);
		} else {
			send_scalar(e, r->text, r->text_len, YAML_PLAIN_SCALAR_STYLE);
		}
	}
	close_to(p, e, NO_ROW);
}

static void
emit(struct page *p, struct str *out)
{
	yaml_emitter_t e;
	yaml_event_t event;

	if (!yaml_emitter_initialize(&e))
		BUG("libyaml: no memory");
	yaml_emitter_set_output(&e, receive, out);
	yaml_emitter_set_unicode(&e, 1);
	yaml_emitter_set_width(&e, -1);
	yaml_emitter_set_indent(&e, 2);
	send_event(&e, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
	send_event(&e, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
	send_rows(p, &e);
	send_event(&e, &event, yaml_document_end_event_initialize(&event, 1));
	send_event(&e, &event, yaml_stream_end_event_initialize(&event));
	yaml_emitter_delete(&e);
}

/* --- lines ---------------------------------------------------------------------------------- */

/* Starts a line, or tells the current one that this row is what it shows. */
static uint32_t
show(struct page *p, uint32_t row, bool same_line)
{
	if (same_line && p->shown.count)
		*VEC_AT(&p->shown, uint32_t, p->shown.count - 1) = row;
	else
		vec_push(&p->shown, &row);
	return p->shown.count - 1;
}

static void
show_text(struct page *p, uint32_t row)
{
	const struct row *r = row_at(p, row);

	for (uint32_t i = 0; i < r->text_len; i++)
		if (i == 0 || r->text[i - 1] == '\n')
			show(p, row, false);
}

/* The layout of libyaml's block style:
 *     key: value           a line for each member of a map; for a collection the key alone
 *     key: |               and the lines of a text of several
 *     - key: value         the first member of a collection in a list stands behind the dash
 *     ? key                a long key
 *     : value              and its value, a collection again from the same line on */
static void
count_lines(struct page *p)
{
	for (uint32_t i = 0; i < p->rows.count; i++) {
		struct row *r = row_at(p, i),
			   *parent = r->parent == NO_ROW ? NULL : row_at(p, r->parent);
		bool collection = r->kind != TREE_SCALAR && r->count;
		bool first = parent && parent->inline_first;

		if (parent)
			parent->inline_first = false;
		if (!parent && collection) {
			r->inline_first = true; /* of nothing: its members start at line 0 */
			continue;
		}
		r->line = show(p, i, first);
		if (r->key && is_long_key(r)) {
			show(p, i, false);
			r->inline_first = collection;
		} else if (!r->key) {
			r->inline_first = collection;
		}
		if (is_block(r))
			show_text(p, i);
	}
}

/* --- comments ------------------------------------------------------------------------------- */

/* A comment ends with its line, and a stream of YAML holds no control characters even there. */
static bool
is_blank(uint32_t c)
{
	return c <= 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
		(c & 0xfffe) == 0xfffe;
}

/* Blanks become one space, those at the ends nothing. False if nothing was left. */
static bool
add_folded(const struct page *p, atom a, const char *before, struct str *out)
{
	const char *text = atom_text(p->g->atoms, a);
	size_t len = atom_len(p->g->atoms, a), n;
	bool blank = false, any = false;

	for (size_t i = 0; i < len; i += n) {
		if (is_blank(utf8_decode(text + i, len - i, &n))) {
			blank = true;
			continue;
		}
		if (!any)
			str_puts(out, before);
		else if (blank)
			str_putc(out, ' ');
		str_add(out, text + i, n);
		blank = false;
		any = true;
	}
	return any;
}

/* The reason of the nearest row around this one that has a reason. */
static atom
reason_around(struct page *p, uint32_t row)
{
	uint32_t up = row_at(p, row)->parent;

	while (up != NO_ROW && !row_at(p, up)->reason)
		up = row_at(p, up)->parent;
	return up == NO_ROW ? 0 : row_at(p, up)->reason;
}

/* Said above the first of neighbours that carry it, unless it is said of what is around them. */
static bool
starts_reason(struct page *p, uint32_t row, uint32_t neighbour)
{
	const struct row *r = row_at(p, row);

	return r->reason && reason_around(p, row) != r->reason &&
		(neighbour == NO_ROW || row_at(p, neighbour)->reason != r->reason);
}

/* by_row[i]: the row before i with the same parent. */
static uint32_t *
find_neighbours(struct page *p)
{
	uint32_t *by_row = mem_new(p->rows.count * sizeof(uint32_t));
	uint32_t *last = mem_new(p->rows.count * sizeof(uint32_t));

	for (uint32_t i = 0; i < p->rows.count; i++) {
		uint32_t parent = row_at(p, i)->parent;

		by_row[i] = last[i] = NO_ROW;
		if (parent != NO_ROW) {
			by_row[i] = last[parent];
			last[parent] = i;
		}
	}
	mem_free(last);
	return by_row;
}

/* Where the text of libyaml is read again, line by line, while rows advance. */
struct weaving {
	struct page *p;
	struct str *out;
	struct vec *lines; /* may be NULL */
	const uint32_t *neighbours;
	uint32_t row; /* the next one */
};

static void
tell_line(struct weaving *w, uint32_t row)
{
	if (w->lines)
		vec_push(w->lines, &row_at(w->p, row)->tree);
}

/* Comments above a line, and in `todo` the one at its end. */
static void
weave_comments(struct weaving *w, uint32_t line, size_t indent, struct str *todo)
{
	struct page *p = w->p;

	for (; w->row < p->rows.count && row_at(p, w->row)->line == line; w->row++) {
		const struct row *r = row_at(p, w->row);

		if (r->todo)
			add_folded(p, r->todo, todo->len ? "; " : " # TODO: ", todo);
		if (!starts_reason(p, w->row, w->neighbours[w->row]))
			continue;
		str_repeat(w->out, ' ', indent);
		if (add_folded(p, r->reason, "# ", w->out)) {
			str_putc(w->out, '\n');
			tell_line(w, w->row);
		} else {
			w->out->len -= indent;
		}
	}
}

static void
weave(struct page *p, const struct str *text, struct str *out, struct vec *lines)
{
	uint32_t *neighbours = find_neighbours(p);
	struct weaving w = { p, out, lines, neighbours, 0 };
	struct str todo = STR_INIT;
	const char *at = text->bytes;

	for (uint32_t line = 0; line < p->shown.count; line++) {
		const char *end = strchr(at, '\n');

		str_clear(&todo);
		weave_comments(&w, line, strspn(at, " "), &todo);
		str_add(out, at, (size_t)(end - at));
		str_add(out, todo.bytes, todo.len);
		str_putc(out, '\n');
		tell_line(&w, *VEC_AT(&p->shown, uint32_t, line));
		at = end + 1;
	}
	str_release(&todo);
	mem_free(neighbours);
}

/* --- documents ------------------------------------------------------------------------------ */

static void
page_init(struct page *p, const struct graph *g)
{
	*p = (struct page){ .g = g };
	vec_init(&p->rows, sizeof(struct row), false);
	vec_init(&p->open, sizeof(uint32_t), false);
	vec_init(&p->shown, sizeof(uint32_t), false);
	arena_init(&p->arena);
}

static void
page_release(struct page *p)
{
	vec_release(&p->rows);
	vec_release(&p->open);
	vec_release(&p->shown);
	arena_release(&p->arena);
}

static void
check_lines(const struct page *p, const char *text, size_t len)
{
	uint32_t lines = 0;

	for (const char *at = text, *end = text + len; (at = memchr(at, '\n', (size_t)(end - at)));
		at++)
		lines++;
	if (lines != p->shown.count)
		BUG("libyaml wrote %u lines, not %u", (unsigned)lines, (unsigned)p->shown.count);
}

void
yaml_write(const struct graph *g, const struct object *o, struct str *out, struct vec *lines)
{
	struct str text = STR_INIT;
	struct page p;

	page_init(&p, g);
	make_rows(&p, o);
	if (!p.comments && !lines) {
		emit(&p, out);
	} else {
		emit(&p, &text);
		count_lines(&p);
		check_lines(&p, str_text(&text), text.len);
		weave(&p, &text, out, lines);
	}
	str_release(&text);
	page_release(&p);
}

void
yaml_stream(const struct graph *g, struct str *out)
{
	bool more = false;

	for (uint32_t i = 0; i < g->order.count; i++) {
		const struct object *o = graph_object(g, *VEC_AT(&g->order, uint32_t, i));

		if (o->form != OBJECT_OWNED && o->form != OBJECT_OPAQUE)
			continue;
		if (more)
			str_puts(out, "---\n");
		more = true;
		yaml_write(g, o, out, NULL);
	}
}
