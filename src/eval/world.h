/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the evaluating files share: values, records, frames, and the state of one site's
 * evaluation. Lives in one arena; nothing here is written out. Records and objects are known by
 * index.
 *
 * Absent is a value, poison is a value: what depends on a failed value is poison and says nothing,
 * so that only root causes are reported.
 */
#ifndef EVAL_WORLD_H
#define EVAL_WORLD_H

#include "check/program.h"
#include "graph/graph.h"

enum value_kind {
	VALUE_UNSET, /* of a variable not yet computed */
	VALUE_ABSENT,
	VALUE_POISON,
	VALUE_BOOL, /* n */
	VALUE_INT, /* n */
	VALUE_TEXT, /* text.a; also words, dates, hostnames ... */
	VALUE_DURATION, /* n: milliseconds */
	VALUE_PERCENT, /* n: thousandths of a percent */
	VALUE_VERSION, /* version */
	VALUE_RECORD, /* id */
	VALUE_OBJECT, /* id: index into world.objects */
	VALUE_HANDLE, /* handle: an object by its identity, before objects are made */
	VALUE_LIST, /* list; also sets */
	VALUE_MAP, /* map; also structs */
	VALUE_ROW, /* row: table and version */
	VALUE_TABLE, /* id */
	VALUE_WORDS, /* id: the words of a declared type */
	VALUE_SET, /* id: all records of an rtype */
	VALUE_CHILDREN, /* pair: owner record, rtype */
	VALUE_OBJECTS, /* id: all objects of a kind */
	VALUE_TREE, /* tree: a part of an object */
	VALUE_OPEN /* open: depends on the patch release of a version line */
};

struct value {
	uint8_t kind; /* enum value_kind */
	bool incomplete; /* a list or set that lacks poisoned members */
	uint16_t part; /* free */
	node_id src; /* the first user-written node that the value depends on; 0 if none */
	union {
		int64_t n;
		uint32_t id;
		struct {
			atom a, todo;
		} text;
		struct {
			uint32_t owner, rtype;
		} pair;
		struct list *list;
		struct map *map;
		struct open *open;
		struct tree *tree;
		const struct version_value *version;
		const struct row_value *row;
		const struct handle *handle;
	} as;
};

/* `Service of a` in a record: what it is called is known when the objects are. */
struct handle {
	uint32_t kind, owner;
	atom label;
	node_id node;
};

struct list {
	uint32_t count;
	struct value items[];
};

struct map_entry {
	atom key;
	uint8_t rank;
	node_id node; /* the field that wrote it */
	struct value value;
};

/* Order of first mention. */
struct map {
	uint32_t count;
	struct map_entry entries[];
};

struct version_value {
	struct version range;
	atom text; /* as written */
	node_id src; /* the literal, if it is the user's: the axis of open values */
};

struct row_value {
	uint32_t table;
	struct value version; /* VALUE_VERSION of a table by version */
	uint32_t row; /* of a table by name */
};

/* A value that differs inside the line that the user wrote at `axis`. */
struct open {
	node_id axis;
	node_id asked; /* the comparison or column that differs */
	uint32_t count;
	struct {
		uint64_t release;
		struct value value;
	} at[];
};

enum slot_state { SLOT_EMPTY, SLOT_SET, SLOT_DEFAULT, SLOT_COMPUTING };

struct slot {
	struct value value;
	node_id node; /* the FIELD that wrote it, or the member's declaration */
	uint8_t rank;
	uint8_t state; /* enum slot_state */
};

struct record {
	uint32_t rtype; /* of a choice: the case */
	uint32_t owner; /* record; 0 for the site's own */
	atom label;
	node_id head; /* the block that made it first; the declaration of a `once` */
	node_id user_head; /* the user's block, if one made it */
	uint8_t rank; /* the highest of those that made it */
	bool dropped; /* another case of the choice was written by a higher rank */
	bool poisoned;
	bool broken; /* its block did not parse whole: what it lacks is not missed */
	bool twice; /* written twice, which was reported: what the two say is no conflict */
	uint32_t order; /* of being made */
	uint32_t next_child; /* of the same owner and rtype */
	uint32_t next_labelled; /* of the same type and label */
	struct slot *slots;
};

/* The variables of one run through a context. */
struct frame {
	uint32_t context;
	uint32_t record; /* of a RECORD, SELF or SITE context */
	uint32_t object; /* of an OBJECT context: index + 1 */
	node_id src; /* a user node that this frame depends on; 0 if none */
	struct frame *up;
	struct value vars[];
};

struct instances {
	struct frame **items;
	uint32_t count, room;
	bool ready;
	bool incomplete; /* some are missing because of an earlier fault */
};

/* An object while it is built; its graph object has the same index. */
struct building {
	uint32_t kind; /* rtype */
	atom label;
	uint32_t owner; /* record */
	uint32_t statement; /* the plain or assume statement that named it */
	bool assumed, extended, poisoned, included;
	uint32_t same_as; /* index + 1 of the object of the same name that was assumed before */
	struct tree *root; /* what was stated: of an assumed object with all that was added */
	struct tree *added; /* of an assumed object: what others add */
	struct frame *frame; /* in which it was named */
	node_id head;
	uint32_t order;
};

struct crossing {
	uint32_t from, to, across;
};

struct world {
	struct program *p;
	struct graph *g;
	struct arena arena;
	struct arena scratch;
	struct vec records; /* struct record */
	struct vec sets; /* struct vec of record ids, by rtype */
	struct vec instances; /* struct instances, by context */
	struct vec objects; /* struct building; no dummy */
	struct vec crossings; /* struct crossing; no dummy */
	struct table64 *identities, *children, *last_children, *labels, *object_ids, *object_names,
		*indexes, *entries; /* eval/table64.h */
	struct vec index_list; /* struct index *, dummy first; numbers are in `indexes` */
	struct vec
		rtype_incomplete; /* bool, by rtype: a member is missing because of an earlier fault */
	uint32_t site; /* the site's record */
	uint32_t site_number;
	struct vec
		entry_list; /* struct added_entry (merge.c), dummy first; numbers are in `entries` */
	struct vec todos; /* node_id: those that were met */
	uint32_t steps; /* bindings made, functions called; see WORLD_STEPS_MAX */
	uint32_t depth; /* of expressions being evaluated; see EXPRESSION_LEVELS_MAX */
	struct vec frames; /* struct frame *, by context: those that were given back */
	bool stopped; /* a limit was reached: nothing more is evaluated */
	bool objects_named; /* all that can be referred to by records exist */
	bool objects_done; /* trees are complete */
	const uint32_t *chain; /* the site and its profiles */
	uint32_t chain_count;
	uint32_t diags_from; /* diagnostics of this site begin here */
	bool *rules_silent; /* by rule: for some case it could not be decided, after another fault */
	struct vec api_versions; /* atom, by rtype: computed once */
};

#define WORLD_STEPS_MAX   20000000u
#define WORLD_LIST_MAX    1000000u
#define WORLD_RECORDS_MAX 4000000u
#define WORLD_OBJECTS_MAX 1000000u
#define WORLD_TEXT_MAX    (1u << 20)

#define RECORD_AT(w, i)   VEC_AT(&(w)->records, struct record, i)
#define BUILDING_AT(w, i) VEC_AT(&(w)->objects, struct building, i)

/* --- value.c --- */

struct value
value_absent(void);
struct value
value_poison(void);
struct value
value_bool(bool b, node_id src);
struct value
value_int(int64_t n, node_id src);
struct value
value_text(atom a, node_id src);
struct value
value_record(uint32_t record, node_id src);
bool
value_is_absent(const struct value *v);
static inline bool
value_is_poison(const struct value *v)
{
	return v->kind == VALUE_POISON;
}
/* Equal values; sets regardless of order. */
bool
value_equal(struct world *w, const struct value *a, const struct value *b);
uint64_t
value_hash(struct world *w, const struct value *v);
/* <0, 0, >0 for numbers, durations, percents, dates, texts (bytes), quantities (asked for by
 * type). */
int
value_compare(struct world *w, const struct value *a, const struct value *b, bool quantity);
/* The text that `${}` makes of it. */
void
value_print(struct world *w, const struct value *v, struct str *out);
/* For people: the same, with lists, maps and references. */
void
value_show(struct world *w, const struct value *v, struct str *out);
struct list *
list_new(struct world *w, uint32_t count);
struct value
list_value(struct list *l, node_id src);
struct value
map_get(const struct map *m, atom key);

/* --- table64.c: a hash table from 64-bit keys to 32-bit numbers (0: none) --- */

struct table64 *
table64_new(void);
void
table64_free(struct table64 *t);
uint32_t
table64_get(const struct table64 *t, uint64_t key);
/* Sets or replaces. Key 0 is not possible. */
void
table64_set(struct table64 *t, uint64_t key, uint32_t number);
/* A hash of a chain of numbers: two chains may have the same. */
uint64_t
hash_mix(uint64_t a, uint64_t b);
/* Exact: two pairs have different keys. Not 0 unless both are. */
uint64_t
pair_key(uint32_t a, uint32_t b);

/* --- expr.c --- */

struct value
eval_expr(struct world *w, struct frame *f, node_id n);
/* A condition that must be decided: poison and false are both false; *poisoned tells them apart.
 * An open one is reported. */
bool
eval_condition(struct world *w, struct frame *f, node_id n, bool *poisoned, node_id *src);
struct frame *
frame_new(struct world *w, uint32_t context, struct frame *up);
/* The same, of one that was given back. Nothing may keep a frame that is given back. */
struct frame *
frame_borrow(struct world *w, uint32_t context, struct frame *up);
void
frame_return(struct world *w, struct frame *f);
/* One step more; false if there have been too many. */
bool
world_step(struct world *w, struct frame *f, node_id n);
/* Calls fn for each combination of bindings of a FOR that passes its condition; fn returns false
 * to stop, and copies the frame if it keeps it. True if all sets were whole. */
typedef bool
frame_fn(struct world *w, struct frame *f, void *data);
bool
eval_for(struct world *w, struct frame *up, uint32_t context, frame_fn *fn, void *data);
struct value
eval_slot(struct world *w, uint32_t record, uint32_t member);
struct value
eval_dot(struct world *w, struct frame *f, node_id n, struct value base);

/* Running over the members of any set-like value. */
struct iter {
	struct value set;
	uint32_t at, count, record;
	struct tree *tree;
	bool done;
};
void
iter_begin(struct world *w, struct iter *it, const struct value *set);
bool
iter_next(struct world *w, struct iter *it, struct value *out);

/* --- index.c --- */

/* Begins to run over those members of a set that can meet the tied `==` conditions of a binding;
 * false if it has no index. The set becomes incomplete if a member has no key. */
bool
index_begin(struct world *w, struct frame *f, node_id binding, struct value *set, struct iter *it);
void
index_release_all(struct world *w);

/* --- builtin.c --- */

struct value
eval_builtin(struct world *w, struct frame *f, node_id call);

/* --- open.c --- */

/* Applies fn to each alternative of an open value (or two) and folds the results: one value if
 * all are equal. */
typedef struct value
value_fn(struct world *w, struct value a, struct value b, void *data);
struct value
open_map(struct world *w, struct value a, struct value b, value_fn *fn, void *data);
/* The same for two open values of one axis, which move together. */
struct value
open_zip(struct world *w, struct value a, struct value b, value_fn *fn, void *data);
struct value
version_compare(
	struct world *w, enum op op, const struct value *a, const struct value *b, node_id asked);
struct value
row_cell(struct world *w, const struct value *row, uint32_t member, node_id asked);
/* An open value where a decided one is needed: EGM0160 at the literal. Returns poison. */
struct value
open_report(struct world *w, const struct value *v, node_id reader);
/* `v.exact`: asks for the patch release if there is none. */
struct value
version_exact(struct world *w, const struct value *v, node_id reader);
/* Releases out of the table's range are reported once at the literal. */
bool
version_known(struct world *w, uint32_t table, const struct value *v);

/* --- record.c --- */

void
records_run(struct world *w);
/* A record that C makes: of the built-in set. */
uint32_t
record_add(struct world *w, uint32_t rtype, uint32_t number);
struct instances *
record_instances(struct world *w, uint32_t context);
/* 0 if there is none. rtype may be a choice or a case. */
uint32_t
record_find(struct world *w, uint32_t rtype, atom label, uint32_t owner);
struct slot *
record_slot(struct world *w, uint32_t record, const struct member *m);
bool
record_is(const struct world *w, uint32_t record, uint32_t rtype);
/* The owner of rtype `owner` above the record; 0 if none. */
uint32_t
record_owner(const struct world *w, uint32_t record, uint32_t rtype);
/* The label that a path names, among records of the reference's types; reported if there is
 * none. */
struct value
record_by_path(struct world *w, struct frame *f, node_id n);

/* --- coerce.c --- */

/* Fits a value to a type: texts are checked, sets lose doubles, ranges are looked at. Reports
 * and returns poison if it cannot be. `node` is the statement, for the note; `what` names the
 * place for people. */
struct value
coerce(struct world *w, struct frame *f, uint32_t type, struct value v, node_id node,
	const char *what);

/* --- place.c --- */

/* Where to point for a value: its user node, else a user node of the frames, else the head of
 * the nearest record that the user wrote, else the site's head. */
struct span
place_of(struct world *w, struct frame *f, const struct value *v);
struct span
place_of_record(struct world *w, uint32_t record);
/* The block of the record, or of its nearest owner that the user wrote; the site at last. */
node_id
place_head(struct world *w, uint32_t record);
/* A user node that the frame depends on, innermost first. */
node_id
frame_src(struct frame *f);
/* A diagnostic at the user's place, with the library's line as a note if `node` is the
 * library's. */
struct diag *
world_fault(struct world *w, struct frame *f, enum diag_code code, const struct value *v,
	node_id node, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* A limit is reached: it is said once, and nothing more is evaluated. */
void
world_limit(struct world *w, struct frame *f, node_id node, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
bool
is_user_node(const struct world *w, node_id n);

/* --- object.c, finish.c --- */

void
objects_run(struct world *w);
uint32_t
object_find(struct world *w, uint32_t kind, atom label, uint32_t owner);
struct value
object_path(struct world *w, uint32_t object, node_id n);
/* A tree as a value of the type. */
struct value
tree_value(struct world *w, const struct tree *t, uint32_t type);
/* A map of an object as one of the language; any other value as it is. */
struct value
value_as_map(struct world *w, struct value v);

/* --- rule.c --- */

void
rules_run(struct world *w);
void
waivers_run(struct world *w);
/* Adds the near name that was probably meant to a message about a block. */
bool
record_suggest(struct world *w, uint32_t record, struct diag *g);
/* The tests' `expect`s; codes that were expected are dropped. */
void
expects_run(struct world *w);

#endif
