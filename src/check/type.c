/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types: reading them where they are declared, telling whether one fits another, and naming them
 * for people.
 */
#include "check/checker.h"

#include "base/mem.h"
#include "base/suggest.h"

uint32_t
type_new(struct program *p, enum type_kind kind)
{
	uint32_t t = vec_add(&p->types, 1);

	TYPE_AT(p, t)->kind = (uint8_t)kind;
	TYPE_AT(p, t)->hi = INT64_MAX;
	return t;
}

uint32_t
type_of_elem(struct program *p, enum type_kind kind, uint32_t elem)
{
	uint32_t t = type_new(p, kind);

	TYPE_AT(p, t)->elem = elem;
	return t;
}

uint32_t
type_of_rtypes(
	struct program *p, enum type_kind kind, const uint32_t *rtypes, uint32_t count, int64_t hi)
{
	uint32_t t = type_new(p, kind), first = vec_add(&p->numbers, count);

	for (uint32_t i = 0; i < count; i++)
		NUMBER_AT(p, first + i) = rtypes[i];
	TYPE_AT(p, t)->first = first;
	TYPE_AT(p, t)->count = count;
	TYPE_AT(p, t)->hi = hi;
	return t;
}

uint32_t
type_records(struct program *p, uint32_t rtype, int64_t hi)
{
	if (!hi)
		return RTYPE_AT(p, rtype)->set_type;
	return type_of_rtypes(p, TYPE_RECORDS, &rtype, 1, hi);
}

bool
type_is_text(const struct program *p, uint32_t type)
{
	const struct type *t = TYPE_AT(p, type);

	if (t->kind != TYPE_SCALAR)
		return false;
	switch ((enum scalar_type)t->scalar) {
	case SCALAR_TYPE_TEXT:
	case SCALAR_TYPE_IP:
	case SCALAR_TYPE_CIDR:
	case SCALAR_TYPE_HOSTNAME:
	case SCALAR_TYPE_DOMAIN:
	case SCALAR_TYPE_DNS_LABEL:
	case SCALAR_TYPE_OBJECT_NAME:
	case SCALAR_TYPE_QUALIFIED_NAME:
	case SCALAR_TYPE_LABEL_VALUE:
	case SCALAR_TYPE_PATH:
	case SCALAR_TYPE_ENDPOINT:
	case SCALAR_TYPE_URL:
		return true;
	default:
		return false;
	}
}

bool
type_is_number(const struct program *p, uint32_t type)
{
	const struct type *t = TYPE_AT(p, type);

	return t->kind == TYPE_SCALAR &&
		(t->scalar == SCALAR_TYPE_INT || t->scalar == SCALAR_TYPE_PORT);
}

uint32_t
type_elem(struct program *p, uint32_t type)
{
	const struct type *t = TYPE_AT(p, type);
	uint32_t rtype = t->count ? NUMBER_AT(p, t->first) : 0;

	switch ((enum type_kind)t->kind) {
	case TYPE_LIST:
	case TYPE_SET:
	case TYPE_MAP:
		return t->elem;
	case TYPE_RECORDS:
		if (t->count == 1)
			return RTYPE_AT(p, rtype)->ref_type;
		return type_of_rtypes(
			p, TYPE_REF, VEC_AT(&p->numbers, uint32_t, t->first), t->count, 0);
	case TYPE_OBJECTS:
		return RTYPE_AT(p, rtype)->ref_type;
	case TYPE_WORDS:
		return TYPE_ID(type); /* a word set, used as the list of its words */
	default:
		return 0;
	}
}

bool
type_has_word(const struct program *p, uint32_t type, atom word)
{
	const struct type *t = TYPE_AT(p, type);

	for (uint32_t i = 0; i < t->count; i++)
		if (WORD_AT(p, t->first + i) == word)
			return true;
	return false;
}

/* --- for people --- */

static void
describe_names(const struct program *p, const struct type *t, const char *joint, struct str *out)
{
	for (uint32_t i = 0; i < t->count; i++)
		str_format(out, "%s%s", i ? joint : "",
			program_text(p, RTYPE_AT(p, NUMBER_AT(p, t->first + i))->name));
}

static void
describe_words(const struct program *p, const struct type *t, struct str *out)
{
	uint32_t shown = t->count > 12 ? 12 : t->count;

	for (uint32_t i = 0; i < shown; i++)
		str_format(out, "%s%s",
			!i                          ? ""
				: i + 1 == t->count ? " or "
						    : ", ",
			program_text(p, WORD_AT(p, t->first + i)));
	if (shown < t->count)
		str_puts(out, ", ...");
}

void
type_describe(const struct program *p, uint32_t type, struct str *out)
{
	const struct type *t = TYPE_AT(p, type);

	switch ((enum type_kind)t->kind) {
	case TYPE_SCALAR:
		if (t->shape)
			str_puts(out, program_text(p, t->shape));
		else if (t->flags & TYPE_FLAG_RANGED && t->hi != INT64_MAX)
			str_format(out, "a number from %lld to %lld", (long long)t->lo,
				(long long)t->hi);
		else if (t->flags & TYPE_FLAG_RANGED)
			str_format(out, "a number, at least %lld", (long long)t->lo);
		else
			str_puts(out, scalar_info((enum scalar_type)t->scalar)->about);
		break;
	case TYPE_WORDS:
		describe_words(p, t, out);
		break;
	case TYPE_REF:
		str_puts(out, "a reference to ");
		describe_names(p, t, " or ", out);
		break;
	case TYPE_OBJECT:
		str_puts(out, "an object of kind ");
		describe_names(p, t, " or ", out);
		break;
	case TYPE_RECORDS:
	case TYPE_OBJECTS:
		str_puts(out, "the set of ");
		describe_names(p, t, " and ", out);
		break;
	case TYPE_LIST:
	case TYPE_SET:
		str_puts(out, t->kind == TYPE_LIST ? "a list, each entry " : "a set, each entry ");
		type_describe(p, t->elem, out);
		break;
	case TYPE_MAP:
		str_puts(out, "a map { name = ... }, each ");
		if (t->key) {
			str_puts(out, "name ");
			type_describe(p, t->key, out);
			str_puts(out, ", each ");
		}
		str_puts(out, "value ");
		type_describe(p, t->elem, out);
		break;
	case TYPE_STRUCT:
		str_puts(out, "a body { ... }");
		break;
	case TYPE_ROW:
		str_format(out, "a row of %s", program_text(p, TABLE_AT(p, t->elem)->name));
		break;
	case TYPE_TABLE:
		str_format(out, "the table %s", program_text(p, TABLE_AT(p, t->elem)->name));
		break;
	case TYPE_EMPTY:
		str_puts(out, "something empty");
		break;
	case TYPE_TODO:
		str_puts(out, "a text to be filled in");
		break;
	case TYPE_POISON:
		str_puts(out, "something");
		break;
	}
}

/* --- fitting --- */

static bool
rtype_is(const struct program *p, uint32_t rtype, uint32_t wanted)
{
	return rtype == wanted || RTYPE_AT(p, rtype)->choice == wanted;
}

/* Every rtype of `from` is one of `to`'s. */
static bool
rtypes_within(const struct program *p, const struct type *to, const struct type *from)
{
	for (uint32_t i = 0; i < from->count; i++) {
		bool found = false;

		for (uint32_t j = 0; j < to->count && !found; j++)
			found = rtype_is(
				p, NUMBER_AT(p, from->first + i), NUMBER_AT(p, to->first + j));
		if (!found)
			return false;
	}
	return true;
}

/* May expression n, of a word type, still be this word, after all that is known here? */
static bool
word_possible(const struct checker *ck, node_id n, atom word)
{
	for (uint32_t i = 0; i < ck->facts.count; i++) {
		const struct fact *f = VEC_AT(&ck->facts, struct fact, i);

		if (n && (f->is ? f->word != word : f->word == word) &&
			check_same(ck->p, f->expr, n))
			return false;
	}
	return true;
}

static bool
words_fit(const struct checker *ck, uint32_t to, uint32_t from, node_id n)
{
	const struct type *f = TYPE_AT(ck->p, from);

	for (uint32_t i = 0; i < f->count; i++) {
		atom w = WORD_AT(ck->p, f->first + i);

		if (!type_has_word(ck->p, to, w) && word_possible(ck, n, w))
			return false;
	}
	return true;
}

static bool
scalar_fits(const struct program *p, uint32_t to, uint32_t from)
{
	const struct type *t = TYPE_AT(p, to), *f = TYPE_AT(p, from);

	if (f->kind != TYPE_SCALAR)
		return false;
	if (t->scalar == f->scalar)
		return true;
	if (type_is_text(p, to))
		return type_is_text(p, from) || f->scalar == SCALAR_TYPE_DURATION ||
			f->scalar == SCALAR_TYPE_DATE;
	return type_is_number(p, to) && type_is_number(p, from);
}

bool
type_fits(struct checker *ck, uint32_t to, uint32_t from, node_id n)
{
	struct program *p = ck->p;
	const struct type *t = TYPE_AT(p, to), *f = TYPE_AT(p, from);

	if (TYPE_ID(to) == TYPE_ID(from) || t->kind == TYPE_POISON || f->kind == TYPE_POISON)
		return true;
	if (f->kind == TYPE_TODO)
		return type_is_text(p, to);
	if (f->kind == TYPE_EMPTY)
		return t->kind == TYPE_LIST || t->kind == TYPE_SET || t->kind == TYPE_MAP ||
			t->kind == TYPE_STRUCT || (from & TYPE_OPTIONAL) != 0;
	switch ((enum type_kind)t->kind) {
	case TYPE_SCALAR:
		return scalar_fits(p, to, from);
	case TYPE_WORDS:
		return f->kind == TYPE_WORDS ? words_fit(ck, to, from, n) : type_is_text(p, from);
	case TYPE_REF:
		return (f->kind == TYPE_REF || (f->kind == TYPE_RECORDS && f->hi == 1)) &&
			rtypes_within(p, t, f);
	case TYPE_OBJECT:
		return f->kind == TYPE_OBJECT && rtypes_within(p, t, f);
	case TYPE_LIST:
	case TYPE_SET:
		if (f->kind == TYPE_RECORDS || f->kind == TYPE_OBJECTS || f->kind == TYPE_WORDS)
			return type_fits(ck, t->elem, type_elem(p, from), 0);
		return (f->kind == TYPE_LIST || f->kind == TYPE_SET) &&
			type_fits(ck, t->elem, f->elem, 0);
	case TYPE_RECORDS:
	case TYPE_OBJECTS:
		return f->kind == t->kind && rtypes_within(p, t, f);
	case TYPE_MAP:
		return f->kind == TYPE_MAP && type_fits(ck, t->elem, f->elem, 0);
	case TYPE_STRUCT:
		return f->kind == TYPE_STRUCT && t->members == f->members;
	case TYPE_ROW:
	case TYPE_TABLE:
		return f->kind == t->kind && f->elem == t->elem;
	default:
		return false;
	}
}

static uint32_t
words_union(struct program *p, uint32_t a, uint32_t b)
{
	uint32_t t = type_new(p, TYPE_WORDS), first = p->words.count;
	const uint32_t sources[] = { a, b };

	TYPE_AT(p, t)->first = first;
	for (int s = 0; s < 2; s++)
		for (uint32_t i = 0; i < TYPE_AT(p, sources[s])->count; i++) {
			atom w = WORD_AT(p, TYPE_AT(p, sources[s])->first + i);

			TYPE_AT(p, t)->count = p->words.count - first;
			if (!type_has_word(p, t, w))
				vec_push(&p->words, &w);
		}
	TYPE_AT(p, t)->count = p->words.count - first;
	return t;
}

bool
type_common(struct checker *ck, uint32_t a, uint32_t b, uint32_t *out)
{
	uint32_t optional = (a | b) & TYPE_OPTIONAL;
	struct program *p = ck->p;
	bool plain_texts = type_is_text(p, a) && type_is_text(p, b);

	if (TYPE_AT(p, a)->kind == TYPE_EMPTY)
		*out = TYPE_ID(b) | optional;
	else if (plain_texts && TYPE_ID(a) != TYPE_ID(b))
		*out = TYPE_T(TEXT) | optional;
	else if (type_fits(ck, a, b, 0))
		*out = TYPE_ID(a) | optional;
	else if (type_fits(ck, b, a, 0))
		*out = TYPE_ID(b) | optional;
	else if (TYPE_AT(p, a)->kind == TYPE_WORDS && TYPE_AT(p, b)->kind == TYPE_WORDS)
		*out = words_union(p, a, b) | optional;
	else {
		*out = 0;
		return false;
	}
	return true;
}

/* --- reading --- */

static void
suggest_types(struct checker *ck, struct diag *g, atom name)
{
	struct program *p = ck->p;
	struct suggest s;

	suggest_init(&s, program_text(p, name), atom_len(&p->atoms, name));
	for (int i = 0; i < SCALAR_TYPE_COUNT; i++)
		suggest_offer(&s, scalar_info((enum scalar_type)i)->name);
	for (atom a = 1; a < p->symbols.count; a++)
		if (program_symbol(p, a).type || program_symbol(p, a).rtype)
			suggest_offer(&s, program_text(p, a));
	if (s.best)
		diag_line(&p->diags, g, LINE_HELP, "did you mean `%s`?", s.best);
}

/* A copy that marks may change. */
static uint32_t
type_copy(struct program *p, uint32_t from)
{
	uint32_t t = type_new(p, TYPE_POISON);

	*TYPE_AT(p, t) = *TYPE_AT(p, from);
	return t;
}

static uint32_t
single_word(struct checker *ck, atom name)
{
	struct program *p = ck->p;
	uint32_t t = type_new(p, TYPE_WORDS);

	TYPE_AT(p, t)->first = vec_push(&p->words, &name);
	TYPE_AT(p, t)->count = 1;
	return t;
}

static uint32_t
named_type(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	atom name = NODE_AT(p, n)->a;
	struct symbol s = program_symbol(p, name);
	enum scalar_type scalar = scalar_find(program_text(p, name), atom_len(&p->atoms, name));

	if (scalar != SCALAR_TYPE_COUNT)
		return TYPE_SCALARS + (uint32_t)scalar;
	if (s.type && TYPE_AT(p, s.type)->state == 1) {
		check_fault(ck, EGM0401, n, "type `%s` is made of itself", program_text(p, name));
		return 0;
	}
	if (s.type) {
		declare_type(ck, TYPE_AT(p, s.type)->decl);
		return s.type;
	}
	if (s.rtype)
		return RTYPE_AT(p, s.rtype)->ref_type;
	suggest_types(ck,
		check_fault(ck, EGM0401, n, "there is no type `%s`", program_text(p, name)), name);
	return 0;
}

static uint32_t
words_type(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	uint32_t t = type_new(p, TYPE_WORDS), count = 0;

	TYPE_AT(p, t)->first = p->words.count;
	for (node_id w = NODE_AT(p, n)->kid[0]; w; w = NODE_AT(p, w)->next) {
		atom a = NODE_AT(p, w)->a;

		TYPE_AT(p, t)->count = count;
		if (type_has_word(p, t, a))
			check_fault(ck, EGM0104, w, "the word `%s` stands here twice",
				program_text(p, a));
		vec_push(&p->words, &a);
		count++;
		if (NODE_AT(p, w)->flags & FLAG_QUOTED)
			TYPE_AT(p, t)->flags |= TYPE_FLAG_LEXICAL;
	}
	TYPE_AT(p, t)->count = count;
	return t;
}

static uint32_t
ref_type(struct checker *ck, node_id n, enum type_kind kind)
{
	struct program *p = ck->p;
	uint32_t rtypes[16], count = 0;

	for (node_id w = NODE_AT(p, n)->kid[0]; w && count < 16; w = NODE_AT(p, w)->next) {
		struct symbol s = program_symbol(p, NODE_AT(p, w)->a);
		bool is_kind = s.rtype && RTYPE_AT(p, s.rtype)->form == FORM_KIND;

		if (!s.rtype)
			check_fault(ck, EGM0401, w, "there is no block or kind `%s`",
				program_text(p, NODE_AT(p, w)->a));
		else if (kind == TYPE_OBJECT && !is_kind)
			check_fault(ck, EGM0401, w, "`%s` is not a kind",
				program_text(p, NODE_AT(p, w)->a));
		else
			rtypes[count++] = s.rtype;
	}
	if (!count)
		return 0;
	if (count == 1)
		return RTYPE_AT(p, rtypes[0])->ref_type;
	return type_of_rtypes(p, RTYPE_AT(p, rtypes[0])->form == FORM_KIND ? TYPE_OBJECT : TYPE_REF,
		rtypes, count, 0);
}

static uint32_t
type_of_table(struct checker *ck, node_id n)
{
	struct program *p = ck->p;
	node_id w = NODE_AT(p, n)->kid[0];
	struct symbol s = program_symbol(p, NODE_AT(p, w)->a);
	uint32_t t;

	if (NODE_AT(p, n)->a != p->words_.version || !s.table) {
		check_fault(ck, EGM0401, n, "only `version of` a table is a type");
		return 0;
	}
	t = type_copy(p, TYPE_T(VERSION));
	TYPE_AT(p, t)->versions = s.table;
	return t;
}

uint32_t
type_struct(struct checker *ck, node_id body)
{
	uint32_t t = type_new(ck->p, TYPE_STRUCT);
	uint32_t members = type_members(ck, body, 0, 0);

	TYPE_AT(ck->p, t)->members = members;
	for (node_id m = body; m; m = NODE_AT(ck->p, m)->next)
		if (NODE_AT(ck->p, m)->kind == NODE_REFERS)
			TYPE_AT(ck->p, t)->refers = NODE_AT(ck->p, m)->ref;
	return t;
}

static void
mark_type(struct checker *ck, uint32_t t, node_id m)
{
	struct program *p = ck->p;
	const struct node *n = NODE_AT(p, m);
	struct type *type = TYPE_AT(p, t);
	bool collection =
		type->kind == TYPE_LIST || type->kind == TYPE_SET || type->kind == TYPE_MAP;

	switch ((enum node_kind)n->kind) {
	case NODE_RANGE:
		if (!collection && !type_is_number(p, t)) {
			check_fault(
				ck, EGM0401, m, "a range belongs to numbers, lists, sets and maps");
			break;
		}
		type->lo = NODE_AT(p, n->kid[0])->n;
		type->hi = n->kid[1] ? NODE_AT(p, n->kid[1])->n : INT64_MAX;
		type->flags |= TYPE_FLAG_RANGED;
		break;
	case NODE_MAX:
		type->max = (uint32_t)n->n;
		break;
	case NODE_MATCHING:
		type->pattern = n->a;
		break;
	case NODE_SHAPE:
		type->shape = n->a;
		break;
	case NODE_IS_MARK:
		if (n->a == p->words_.pod_selector)
			type->flags |= TYPE_FLAG_POD_SELECTOR;
		else if (n->a == p->words_.pod_template)
			type->flags |= TYPE_FLAG_POD_TEMPLATE;
		else if (n->a == p->words_.immutable)
			type->flags |= TYPE_FLAG_IMMUTABLE;
		else
			check_fault(ck, EGM0401, m, "there is no mark `%s`", program_text(p, n->a));
		break;
	default:
		BUG("mark of kind %d", n->kind);
	}
}

static uint32_t
map_type(struct checker *ck, node_id elem, node_id key)
{
	struct program *p = ck->p;
	uint32_t t = type_of_elem(p, TYPE_MAP, type_parse(ck, elem, 0));
	uint32_t k = key ? TYPE_ID(type_parse(ck, key, 0)) : 0;

	if (k && TYPE_AT(p, k)->kind != TYPE_POISON && !type_is_text(p, k)) {
		check_fault(ck, EGM0401, key, "a key of a map is text");
		k = 0;
	}
	TYPE_AT(p, t)->key = k;
	return t;
}

uint32_t
type_parse(struct checker *ck, node_id n, node_id marks)
{
	struct program *p = ck->p;
	node_id k0 = NODE_AT(p, n)->kid[0], k1 = NODE_AT(p, n)->kid[1];
	uint32_t t = 0;

	switch ((enum node_kind)NODE_AT(p, n)->kind) {
	case NODE_TYPE_NAME:
		t = named_type(ck, n);
		break;
	case NODE_TYPE_OF:
		t = type_of_table(ck, n);
		break;
	case NODE_TYPE_REF:
		t = ref_type(ck, n, TYPE_REF);
		break;
	case NODE_TYPE_OBJECT:
		t = ref_type(ck, n, TYPE_OBJECT);
		break;
	case NODE_TYPE_LIST:
		t = type_of_elem(p, TYPE_LIST, type_parse(ck, k0, k1));
		break;
	case NODE_TYPE_SET:
		t = type_of_elem(p, TYPE_SET, type_parse(ck, k0, k1));
		break;
	case NODE_TYPE_MAP:
		t = map_type(ck, k0, k1);
		break;
	case NODE_TYPE_WORDS:
		t = words_type(ck, n);
		break;
	case NODE_TYPE_STRUCT:
		t = type_struct(ck, k0);
		break;
	case NODE_STRING:
		t = single_word(ck, NODE_AT(p, n)->a);
		break;
	default:
		BUG("type of kind %s", ast_kind_name((enum node_kind)NODE_AT(p, n)->kind));
	}
	if (marks && t) {
		t = type_copy(p, t);
		for (node_id m = marks; m; m = NODE_AT(p, m)->next)
			mark_type(ck, t, m);
	}
	return t;
}

/* --- texts --- */

static const struct pattern *
type_pattern(struct program *p, uint32_t type)
{
	const struct type *t = TYPE_AT(p, type);
	const struct pattern **slot;
	const char *fault;
	size_t at;

	if (TYPE_ID(type) >= p->patterns.count)
		vec_add(&p->patterns, TYPE_ID(type) + 1 - p->patterns.count);
	slot = VEC_AT(&p->patterns, const struct pattern *, TYPE_ID(type));
	if (!*slot)
		*slot = pattern_compile(&p->arena, program_text(p, t->pattern),
			atom_len(&p->atoms, t->pattern), &fault, &at);
	return *slot;
}

bool
check_text(struct program *p, uint32_t type, const char *text, size_t len, struct str *why)
{
	const struct type *t = TYPE_AT(p, type);
	const struct scalar_info *info;
	const struct pattern *pattern;

	if (t->kind != TYPE_SCALAR)
		return true;
	info = scalar_info((enum scalar_type)t->scalar);
	if (t->max && len > t->max) {
		str_format(why, "has %zu characters, at most %u are possible", len, t->max);
		return false;
	}
	pattern = t->pattern ? type_pattern(p, type) : NULL;
	if ((info->valid && !info->valid(text, len)) ||
		(pattern && !pattern_matches(pattern, text, len, &p->arena))) {
		str_puts(why, "is not ");
		type_describe(p, type, why);
		return false;
	}
	return true;
}
