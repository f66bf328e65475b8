/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions in linear time. Text becomes a tree, the tree a program of states (Thompson's
 * construction), and a match follows all states at once, byte by byte. No backtracking, so no
 * pattern is slow on any text.
 *
 * Refused: back references, look-around, a repetition of a repetition, counts above 1000, more
 * than STATES_MAX states, escapes without a meaning, and bytes outside ASCII in brackets (a
 * bracket is one byte).
 */
#include <string.h>
#include "base/arena.h"
#include "base/mem.h"
#include "base/vec.h"
#include "check/scalar.h"

#define STATES_MAX 20000
#define COUNT_MAX  1000
#define DEPTH_MAX  100
#define ENDLESS    UINT32_MAX

struct bytes_set {
	uint64_t words[4];
};

enum state_op {
	STATE_BYTE, /* one byte of set `to`, then the next state */
	STATE_SPLIT, /* the next state and, relative to this one, `to` */
	STATE_JUMP, /* relative to this one, `to` */
	STATE_BEGIN, /* only before the first byte */
	STATE_END, /* only behind the last byte */
	STATE_MATCH
};

struct state {
	uint32_t op;
	int32_t to;
};

/* One block without pointers: the states, then the sets. The first state is the start. */
struct pattern {
	uint32_t state_count, set_count;
	struct state states[];
};

static bool
set_has(const struct bytes_set *s, unsigned char c)
{
	return s->words[c / 64] >> (c % 64) & 1;
}

static void
set_add(struct bytes_set *s, unsigned from, unsigned to)
{
	for (unsigned c = from; c <= to; c++)
		s->words[c / 64] |= (uint64_t)1 << (c % 64);
}

static void
set_invert(struct bytes_set *s)
{
	for (size_t i = 0; i < 4; i++)
		s->words[i] = ~s->words[i];
}

static bool
set_is_empty(const struct bytes_set *s)
{
	return !(s->words[0] | s->words[1] | s->words[2] | s->words[3]);
}

static void
set_join(struct bytes_set *s, const struct bytes_set *other)
{
	for (size_t i = 0; i < 4; i++)
		s->words[i] |= other->words[i];
}

static const struct bytes_set *
pattern_sets(const struct pattern *p)
{
	return (const struct bytes_set *)(const void *)(p->states + p->state_count);
}

/* Text to tree */

enum node_kind { NODE_BYTE, NODE_BEGIN, NODE_END, NODE_SEQUENCE, NODE_EITHER, NODE_REPEAT };

struct node {
	enum node_kind kind;
	uint32_t set; /* of a byte */
	uint32_t least, most; /* of a repetition; most may be ENDLESS */
	struct node *first; /* the parts of a sequence, the choices, what is repeated */
	struct node *next;
};

struct reader {
	struct arena *arena;
	struct vec *sets; /* struct bytes_set */
	const char *text;
	size_t len, at;
	unsigned depth;
	const char *fault; /* the first; NULL: none */
	size_t fault_at;
};

static struct node *
fail(struct reader *r, size_t at, const char *fault)
{
	if (!r->fault) {
		r->fault = fault;
		r->fault_at = at;
	}
	return NULL;
}

static bool
sees(const struct reader *r, char c)
{
	return r->at < r->len && r->text[r->at] == c;
}

static bool
takes(struct reader *r, char c)
{
	bool seen = sees(r, c);

	r->at += seen;
	return seen;
}

static struct node *
new_node(struct reader *r, enum node_kind kind)
{
	struct node *n = ARENA_NEW(r->arena, struct node);

	n->kind = kind;
	return n;
}

static struct node *
new_byte(struct reader *r, const struct bytes_set *set)
{
	struct node *n = new_node(r, NODE_BYTE);

	n->set = vec_push(r->sets, set);
	return n;
}

/* Classes behind a backslash, and by name in brackets. */
static const struct class
{
	const char *name;
	char escape;
	const char *ranges; /* pairs of bounds */
} classes[] = {
	{ "digit", 'd', "09" },
	{ "word", 'w', "09AZ__az" },
	{ "space", 's', "\t\r  " },
	{ "alpha", 0, "AZaz" },
	{ "alnum", 0, "09AZaz" },
	{ "lower", 0, "az" },
	{ "upper", 0, "AZ" },
	{ "xdigit", 0, "09AFaf" },
	{ "punct", 0, "!/:@[`{~" },
};

static void
add_class(struct bytes_set *set, const struct class *c)
{
	for (const char *p = c->ranges; *p; p += 2)
		set_add(set, (unsigned char)p[0], (unsigned char)p[1]);
}

static bool
add_named_class(struct bytes_set *set, const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strlen(classes[i].name) == len && memcmp(classes[i].name, name, len) == 0) {
			add_class(set, &classes[i]);
			return true;
		}
	return false;
}

/* The letter of a class, or in upper case all but the class. */
static bool
add_class_escape(struct bytes_set *set, char letter)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (classes[i].escape && (classes[i].escape | 0x20) == (letter | 0x20)) {
			struct bytes_set members = { { 0 } };

			add_class(&members, &classes[i]);
			if (letter != classes[i].escape)
				set_invert(&members);
			set_join(set, &members);
			return true;
		}
	return false;
}

/* The byte that an escape of one byte stands for, or -1. */
static int
escaped_byte(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	}
	return strchr("\\^$.|?*+()[]{}-/\"", c) && c ? c : -1;
}

/* Behind a backslash. Adds a class and returns -1, or returns the byte that is meant. */
static int
read_escape(struct reader *r, struct bytes_set *set)
{
	size_t start = r->at - 1;
	int byte;

	if (r->at == r->len) {
		fail(r, start, "a backslash escapes nothing here");
		return -1;
	}
	byte = escaped_byte(r->text[r->at]);
	if (byte < 0 && !add_class_escape(set, r->text[r->at]))
		fail(r, start, "no such escape");
	r->at++;
	return byte;
}

/* [:name:], behind its first bracket. */
static void
read_named_class(struct reader *r, struct bytes_set *set)
{
	const char *name = r->text + r->at + 1;
	const char *end = memmem(name, r->len - r->at - 1, ":]", 2);

	if (!end || !add_named_class(set, name, (size_t)(end - name))) {
		fail(r, r->at - 1, "no such class of characters");
		return;
	}
	r->at = (size_t)(end - r->text) + 2;
}

/* One member of a bracket: its byte, or -1 if it was a class, which is added. */
static int
read_member(struct reader *r, struct bytes_set *set)
{
	char c;

	if (r->at == r->len)
		return -1;
	c = r->text[r->at++];
	if (c == '\\')
		return read_escape(r, set);
	if (c == '[' && sees(r, ':')) {
		read_named_class(r, set);
		return -1;
	}
	if ((unsigned char)c >= 0x80)
		fail(r, r->at - 1, "only ASCII can stand in brackets");
	return (unsigned char)c;
}

/* A range, or a member alone. */
static void
read_range(struct reader *r, struct bytes_set *set)
{
	size_t start = r->at;
	int from = read_member(r, set), to = from;

	if (from < 0)
		return;
	if (sees(r, '-') && r->at + 1 < r->len && r->text[r->at + 1] != ']') {
		r->at++;
		to = read_member(r, set);
		if (to < from) {
			fail(r, start, "a range that ends before it starts");
			return;
		}
	}
	set_add(set, (unsigned)from, (unsigned)to);
}

/* Behind the opening bracket. A closing bracket that comes first is a member. */
static struct node *
read_bracket(struct reader *r)
{
	size_t start = r->at - 1;
	struct bytes_set set = { { 0 } };
	bool inverted = takes(r, '^');

	do {
		if (r->at == r->len)
			return fail(r, start, "a bracket is never closed");
		read_range(r, &set);
	} while (!r->fault && !sees(r, ']'));
	r->at++;
	if (inverted)
		set_invert(&set);
	return new_byte(r, &set);
}

static struct node *
read_either(struct reader *r);

static struct node *
read_group(struct reader *r)
{
	size_t start = r->at - 1;
	struct node *n;

	if (r->depth == DEPTH_MAX)
		return fail(r, start, "parentheses are nested too deeply");
	if (takes(r, '?') && !takes(r, ':'))
		return fail(r, start, "only (...) and (?:...) are groups");
	r->depth++;
	n = read_either(r);
	r->depth--;
	if (!takes(r, ')'))
		return fail(r, start, "a parenthesis is never closed");
	return n;
}

static struct node *
new_literal(struct reader *r, char c)
{
	struct bytes_set set = { { 0 } };

	set_add(&set, (unsigned char)c, (unsigned char)c);
	return new_byte(r, &set);
}

static bool
is_utf8_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* A character outside ASCII, whole, so that what repeats it repeats all its bytes. */
static struct node *
read_character(struct reader *r, char c)
{
	struct node *n = new_node(r, NODE_SEQUENCE), **end = &n->first;

	*end = new_literal(r, c);
	for (; r->at < r->len && is_utf8_tail(r->text[r->at]); r->at++) {
		end = &(*end)->next;
		*end = new_literal(r, r->text[r->at]);
	}
	return n;
}

/* A dot or an escape. */
static struct node *
read_special(struct reader *r, char c)
{
	struct bytes_set set = { { 0 } };
	int byte = -1;

	if (c == '\\') {
		byte = read_escape(r, &set);
	} else {
		set_add(&set, '\n', '\n');
		set_invert(&set);
	}
	if (byte >= 0)
		set_add(&set, (unsigned)byte, (unsigned)byte);
	return new_byte(r, &set);
}

static struct node *
read_atom(struct reader *r)
{
	char c = r->text[r->at++];

	switch (c) {
	case '(':
		return read_group(r);
	case '[':
		return read_bracket(r);
	case '.':
	case '\\':
		return read_special(r, c);
	case '^':
		return new_node(r, NODE_BEGIN);
	case '$':
		return new_node(r, NODE_END);
	case '*':
	case '+':
	case '?':
	case '{':
		return fail(r, r->at - 1, "nothing that can be repeated stands before this");
	}
	return (unsigned char)c < 0x80 ? new_literal(r, c) : read_character(r, c);
}

/* Digits; false if there are none or the number is above COUNT_MAX. */
static bool
read_count(struct reader *r, uint32_t *n)
{
	size_t start = r->at;

	*n = 0;
	for (; r->at < r->len && r->text[r->at] >= '0' && r->text[r->at] <= '9'; r->at++)
		if (*n <= COUNT_MAX)
			*n = 10 * *n + (uint32_t)(r->text[r->at] - '0');
	return r->at > start && *n <= COUNT_MAX;
}

/* {m}, {m,} or {m,n}, behind the brace. */
static bool
read_counts(struct reader *r, uint32_t *least, uint32_t *most)
{
	if (!read_count(r, least))
		return false;
	*most = *least;
	if (takes(r, ',')) {
		*most = ENDLESS;
		if (!sees(r, '}') && !read_count(r, most))
			return false;
	}
	return takes(r, '}') && *least <= *most;
}

/* An atom and the repetition behind it, if there is one. */
static struct node *
read_repeat(struct reader *r)
{
	struct node *body = read_atom(r), *n;
	size_t start = r->at;
	uint32_t least = 0, most = ENDLESS;

	if (takes(r, '+'))
		least = 1;
	else if (takes(r, '?'))
		most = 1;
	else if (takes(r, '{')) {
		if (!read_counts(r, &least, &most))
			return fail(r, start, "a count is {m}, {m,} or {m,n}, with m <= n <= 1000");
	} else if (!takes(r, '*'))
		return body;
	n = new_node(r, NODE_REPEAT);
	n->least = least;
	n->most = most;
	n->first = body;
	return n;
}

static struct node *
read_sequence(struct reader *r)
{
	struct node *n = new_node(r, NODE_SEQUENCE), **end = &n->first;

	while (!r->fault && r->at < r->len && !sees(r, '|') && !sees(r, ')')) {
		*end = read_repeat(r);
		if (*end)
			end = &(*end)->next;
	}
	return n;
}

static struct node *
read_either(struct reader *r)
{
	struct node *n = new_node(r, NODE_EITHER), **end = &n->first;

	do {
		*end = read_sequence(r);
		end = &(*end)->next;
	} while (takes(r, '|'));
	return n;
}

/* Tree to states */

/* States that the node takes, or more than STATES_MAX. Counted before anything is written:
 * counts in counts grow faster than memory. */
static uint64_t
count_states(const struct node *n)
{
	uint64_t parts = 0;

	for (const struct node *part = n->first; part; part = part->next)
		parts += count_states(part) + (n->kind == NODE_EITHER && part->next ? 2 : 0);
	if (n->kind == NODE_REPEAT && n->most == ENDLESS)
		parts = (n->least ? n->least : 1) * parts + 2;
	else if (n->kind == NODE_REPEAT)
		parts = n->most * (parts + 1);
	else if (!n->first)
		parts = 1;
	return parts > STATES_MAX ? STATES_MAX + 1 : parts;
}

static uint32_t
emit_state(struct vec *states, enum state_op op, int32_t to)
{
	struct state s = { (uint32_t)op, to };

	return vec_push(states, &s);
}

/* Lets the state `at` lead to the next one that will be written. */
static void
land_here(struct vec *states, uint32_t at)
{
	VEC_AT(states, struct state, at)->to = (int32_t)(states->count - at);
}

static void
emit(struct vec *states, const struct node *n);

/* split A jump-out split B jump-out C: the jumps are chained through `to` until the end is
 * known. */
static void
emit_either(struct vec *states, const struct node *n)
{
	int32_t chain = -1;

	for (const struct node *part = n->first; part; part = part->next) {
		uint32_t split = part->next ? emit_state(states, STATE_SPLIT, 0) : 0;

		emit(states, part);
		if (part->next) {
			chain = (int32_t)emit_state(states, STATE_JUMP, chain);
			land_here(states, split);
		}
	}
	while (chain >= 0) {
		int32_t before = VEC_AT(states, struct state, chain)->to;

		land_here(states, (uint32_t)chain);
		chain = before;
	}
}

/* x{2,4} is x x (x (x)?)?, whose splits all lead to the end. */
static void
emit_counted(struct vec *states, const struct node *n)
{
	int32_t chain = -1;

	for (uint32_t i = 0; i < n->most; i++) {
		if (i >= n->least)
			chain = (int32_t)emit_state(states, STATE_SPLIT, chain);
		emit(states, n->first);
	}
	while (chain >= 0) {
		int32_t before = VEC_AT(states, struct state, chain)->to;

		land_here(states, (uint32_t)chain);
		chain = before;
	}
}

/* x{2,} is x x+; x* is (x+)?. */
static void
emit_endless(struct vec *states, const struct node *n)
{
	uint32_t skip = 0, last = states->count;

	if (!n->least)
		skip = emit_state(states, STATE_SPLIT, 0);
	for (uint32_t i = 0; i < (n->least ? n->least : 1); i++) {
		last = states->count;
		emit(states, n->first);
	}
	emit_state(states, STATE_SPLIT, (int32_t)last - (int32_t)states->count);
	if (!n->least)
		land_here(states, skip);
}

static void
emit(struct vec *states, const struct node *n)
{
	switch (n->kind) {
	case NODE_BYTE:
		emit_state(states, STATE_BYTE, (int32_t)n->set);
		break;
	case NODE_BEGIN:
		emit_state(states, STATE_BEGIN, 0);
		break;
	case NODE_END:
		emit_state(states, STATE_END, 0);
		break;
	case NODE_SEQUENCE:
		for (const struct node *part = n->first; part; part = part->next)
			emit(states, part);
		break;
	case NODE_EITHER:
		emit_either(states, n);
		break;
	case NODE_REPEAT:
		if (n->most == ENDLESS)
			emit_endless(states, n);
		else
			emit_counted(states, n);
		break;
	}
}

static const struct pattern *
build(struct arena *a, const struct node *tree, const struct vec *sets)
{
	struct pattern *p;
	struct vec states;
	size_t states_size, sets_size = sets->count * sizeof(struct bytes_set);

	vec_init(&states, sizeof(struct state), false);
	emit(&states, tree);
	emit_state(&states, STATE_MATCH, 0);
	states_size = states.count * sizeof(struct state);
	p = arena_alloc(a, sizeof *p + states_size + sets_size);
	p->state_count = states.count;
	p->set_count = sets->count;
	memcpy(p->states, states.data, states_size);
	if (sets_size)
		memcpy(p->states + states.count, sets->data, sets_size);
	vec_release(&states);
	return p;
}

const struct pattern *
pattern_compile(struct arena *a, const char *text, size_t len, const char **fault, size_t *at)
{
	struct arena trees;
	struct vec sets;
	struct reader r = { .arena = &trees, .sets = &sets, .text = text, .len = len };
	const struct pattern *p = NULL;
	struct node *tree;

	arena_init(&trees);
	vec_init(&sets, sizeof(struct bytes_set), false);
	tree = read_either(&r);
	if (!r.fault && r.at < len)
		fail(&r, r.at, "a parenthesis closes nothing here");
	if (!r.fault && count_states(tree) >= STATES_MAX)
		fail(&r, 0, "too many repetitions in one pattern");
	if (!r.fault)
		p = build(a, tree, &sets);
	*fault = r.fault;
	*at = r.fault_at;
	vec_release(&sets);
	arena_release(&trees);
	return p;
}

/* Matching */

/* The states that a match may be in. `seen` holds, for each state, 1 + the position at which it
 * was last added, so that it is never added twice at one. */
struct crowd {
	uint32_t *now, *then; /* states that wait for a byte, here and behind it */
	uint32_t now_count, then_count;
	uint32_t *stack;
	size_t *seen;
	size_t len;
	bool matched;
};

static void
push(struct crowd *c, uint32_t *depth, size_t at, uint32_t state)
{
	if (c->seen[state] == at + 1)
		return;
	c->seen[state] = at + 1;
	c->stack[(*depth)++] = state;
}

/* Adds a state at a position with all that it leads to without a byte. */
static void
add_state(const struct pattern *p, struct crowd *c, size_t at, uint32_t state)
{
	uint32_t depth = 0;

	push(c, &depth, at, state);
	while (depth) {
		uint32_t s = c->stack[--depth];
		const struct state *q = &p->states[s];

		if (q->op == STATE_BYTE)
			c->then[c->then_count++] = s;
		if (q->op == STATE_MATCH)
			c->matched = true;
		if (q->op == STATE_SPLIT || q->op == STATE_JUMP)
			push(c, &depth, at, (uint32_t)((int32_t)s + q->to));
		if (q->op == STATE_SPLIT || (q->op == STATE_BEGIN && at == 0) ||
			(q->op == STATE_END && at == c->len))
			push(c, &depth, at, s + 1);
	}
}

static void
step(const struct pattern *p, struct crowd *c, size_t at, unsigned char byte)
{
	uint32_t *waiting = c->then;

	c->then = c->now;
	c->now = waiting;
	c->now_count = c->then_count;
	c->then_count = 0;
	for (uint32_t i = 0; i < c->now_count && !c->matched; i++)
		if (set_has(&pattern_sets(p)[p->states[c->now[i]].to], byte))
			add_state(p, c, at + 1, c->now[i] + 1);
}

bool
pattern_matches(const struct pattern *p, const char *text, size_t len, struct arena *scratch)
{
	struct arena_mark mark = arena_mark(scratch);
	struct crowd c = { .len = len };

	c.now = ARENA_ARRAY(scratch, uint32_t, p->state_count);
	c.then = ARENA_ARRAY(scratch, uint32_t, p->state_count);
	c.stack = ARENA_ARRAY(scratch, uint32_t, p->state_count);
	c.seen = ARENA_ARRAY(scratch, size_t, p->state_count);
	add_state(p, &c, 0, 0);
	for (size_t i = 0; i < len && !c.matched; i++) {
		step(p, &c, i, (unsigned char)text[i]);
		add_state(p, &c, i + 1, 0);
	}
	arena_rewind(scratch, mark);
	return c.matched;
}

/* Examples */

/* The shortest text, by a search over (state, where in the text): a start anchor holds before
 * the first byte only, and no byte may follow an end anchor. */
enum example_place { PLACE_START, PLACE_INSIDE, PLACE_END, PLACE_COUNT };

struct example {
	const struct pattern *pattern;
	uint32_t *from; /* for each node, 1 + the node it was reached from; 0: not reached. */
	uint32_t *queue; /* nodes in order of length */
	uint32_t count;
};

static void
reach(struct example *e, uint32_t from, uint32_t state, enum example_place place)
{
	uint32_t node = state * PLACE_COUNT + (uint32_t)place;

	if (e->from[node])
		return;
	e->from[node] = from + 1;
	e->queue[e->count++] = node;
}

/* Follows what leads on without a byte. */
static void
reach_free(struct example *e, uint32_t node)
{
	uint32_t s = node / PLACE_COUNT;
	enum example_place place = (enum example_place)(node % PLACE_COUNT);
	const struct state *q = &e->pattern->states[s];

	if (q->op == STATE_SPLIT || (q->op == STATE_BEGIN && place == PLACE_START))
		reach(e, node, s + 1, place);
	if (q->op == STATE_END)
		reach(e, node, s + 1, PLACE_END);
	if (q->op == STATE_SPLIT || q->op == STATE_JUMP)
		reach(e, node, (uint32_t)((int32_t)s + q->to), place);
}

/* The nodes [first, last) are those of one length; adds those that are one byte longer. */
static void
reach_by_byte(struct example *e, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i < last; i++) {
		uint32_t node = e->queue[i];
		const struct state *q = &e->pattern->states[node / PLACE_COUNT];

		if (q->op == STATE_BYTE && node % PLACE_COUNT != PLACE_END &&
			!set_is_empty(&pattern_sets(e->pattern)[q->to]))
			reach(e, node, node / PLACE_COUNT + 1, PLACE_INSIDE);
	}
}

/* The node of a shortest match, or UINT32_MAX. */
static uint32_t
find_match(struct example *e)
{
	uint32_t first = 0, at = 0;

	e->queue[e->count++] = PLACE_START;
	e->from[PLACE_START] = 1;
	while (at < e->count) {
		for (; at < e->count; at++) {
			if (e->pattern->states[e->queue[at] / PLACE_COUNT].op == STATE_MATCH)
				return e->queue[at];
			reach_free(e, e->queue[at]);
		}
		reach_by_byte(e, first, at);
		first = at;
	}
	return UINT32_MAX;
}

/* The byte of a set that reads best. */
static char
pick_byte(const struct bytes_set *set)
{
	static const char *const ranges = "az09AZ--__..!~";

	for (const char *r = ranges; r[0] && r[1]; r += 2)
		for (unsigned c = (unsigned char)r[0]; c <= (unsigned char)r[1]; c++)
			if (set_has(set, (unsigned char)c))
				return (char)c;
	for (unsigned c = 0; c < 256; c++)
		if (set_has(set, (unsigned char)c))
			return (char)c;
	return 0;
}

/* Walks back from a match; the bytes come last to first. */
static void
print_example(const struct example *e, uint32_t node, struct str *out)
{
	size_t start = out->len;

	for (; node != PLACE_START; node = e->from[node] - 1) {
		uint32_t before = e->from[node] - 1;
		const struct state *q = &e->pattern->states[before / PLACE_COUNT];

		if (q->op == STATE_BYTE)
			str_putc(out, pick_byte(&pattern_sets(e->pattern)[q->to]));
	}
	for (size_t i = start, j = out->len; i + 1 < j; i++) {
		char c = out->bytes[i];

		out->bytes[i] = out->bytes[--j];
		out->bytes[j] = c;
	}
}

bool
pattern_example(const struct pattern *p, struct str *out)
{
	size_t nodes = (size_t)p->state_count * PLACE_COUNT;
	struct example e = { .pattern = p };
	uint32_t match;

	e.from = mem_new(nodes * sizeof *e.from);
	e.queue = mem_new(nodes * sizeof *e.queue);
	match = find_match(&e);
	if (match != UINT32_MAX)
		print_example(&e, match, out);
	mem_free(e.from);
	mem_free(e.queue);
	return match != UINT32_MAX;
}
