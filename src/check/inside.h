/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder use of each other, by the file that holds it. Nobody else
 * includes this. */
#ifndef CHECK_INSIDE_H
#define CHECK_INSIDE_H

#include "check/checker.h"

/* --- declare.c --- */

void
declare_record_members(struct checker *ck, uint32_t rtype, node_id body, uint32_t context);
void
declare_extension(struct checker *ck, node_id n);

/* --- kind.c --- */

void
declare_kind(struct checker *ck, node_id n);
void
declare_label(struct checker *ck, node_id n);
uint32_t
declare_plain_member(
	struct program *p, const char *name, uint32_t type, bool optional, uint32_t *last);

/* --- type.c --- */

uint32_t
type_struct(struct checker *ck, node_id body);

/* --- literal.c --- */

uint32_t
check_text_literal(struct checker *ck, node_id n, uint32_t expected);
uint32_t
check_interp(struct checker *ck, node_id n);
uint32_t
check_int(struct checker *ck, node_id n, uint32_t expected);
uint32_t
check_unit(struct checker *ck, node_id n, uint32_t expected);
uint32_t
check_list(struct checker *ck, node_id n, uint32_t expected);
uint32_t
check_comp(struct checker *ck, node_id n, uint32_t expected);
uint32_t
check_comp_list(struct checker *ck, node_id n, uint32_t expected);
/* What names a member is a word: false, and told, if it is computed. */
bool
check_plain_name(struct checker *ck, node_id word);
/* A key that is written into a map of this type: a word, or a text that is computed. */
bool
check_map_key(struct checker *ck, node_id key, uint32_t map);

uint32_t
check_body_value(struct checker *ck, node_id n, uint32_t expected);

/* --- names.c --- */

const char *
check_type_text(struct checker *ck, uint32_t type);
uint32_t
check_find_var(const struct program *p, uint32_t context, atom name);
void
check_suggest_names(struct checker *ck, struct diag *g, atom name);
uint32_t
check_meant(struct checker *ck, node_id n, enum meaning meaning, uint32_t ref, uint32_t type);
void
check_read_numbers(struct checker *ck, uint32_t first, uint32_t count, node_id n);
uint32_t
check_var_type(struct checker *ck, uint32_t v, node_id n);
uint32_t
check_member_type(struct checker *ck, uint32_t m, node_id n);
uint32_t
check_name(struct checker *ck, node_id n, uint32_t expected);
uint32_t
check_mismatch(struct checker *ck, node_id n, uint32_t wanted, uint32_t got);
void
check_suggest_words(struct checker *ck, struct diag *g, atom name, uint32_t type);
void
check_read_rtype(struct checker *ck, uint32_t rtype, node_id n);
uint32_t
check_find_owner(const struct program *p, uint32_t rtype, atom name);
uint32_t
check_word_type(struct checker *ck, uint32_t expected);
/* What a wrong type is called: in a site it is the value that is wrong. */
enum diag_code
check_type_code(const struct checker *ck);
bool
check_in_site(const struct checker *ck);
bool
check_is_label_path(const struct program *p, node_id n);
/* The expression as it is written. */
const char *
check_source_text(struct checker *ck, node_id n);
/* A bare word, or several with dots, where free text is wanted. Returns no type. */
uint32_t
check_bare_text(struct checker *ck, node_id n);
/* Reports a member that was meant as a field. */
void
check_colon(struct checker *ck, node_id n);
bool
check_root_is_var(const struct checker *ck, node_id n);
uint32_t
check_label_path(struct checker *ck, node_id n, uint32_t expected);

/* --- object.c --- */

void
check_object_body(struct checker *ck, node_id first, uint32_t type, uint32_t kind);
void
check_declare_let(struct checker *ck, node_id n);
void
check_finish_let(struct checker *ck, node_id n);
void
check_object_block(struct checker *ck, node_id n, uint32_t kind);
void
check_patch(struct checker *ck, node_id n);

/* --- operator.c --- */

uint32_t
check_binary(struct checker *ck, node_id n, uint32_t expected);
uint32_t
check_cond(struct checker *ck, node_id n, uint32_t expected);

/* --- path.c --- */

uint32_t
check_dot(struct checker *ck, node_id n, uint32_t expected);
uint32_t
check_index(struct checker *ck, node_id n);
uint32_t
check_of(struct checker *ck, node_id n);

/* --- rule.c --- */

void
check_rule(struct checker *ck, node_id n);

/* --- field.c --- */

/* A part at the column, with the reads made since `from`. n 0: the existence of the record. */
void
check_add_part(struct checker *ck, uint32_t column, uint32_t context, node_id n, node_id path,
	uint32_t from);
/* The context whose body the fields here belong to: RECORD, OBJECT, SITE or FILE. */
uint32_t
check_body_context(const struct checker *ck);
void
check_field(struct checker *ck, node_id n);
/* The member counts as written, with no value. */
void
check_fail_field(struct checker *ck, node_id n, uint32_t m);

/* --- block.c --- */

void
check_block(struct checker *ck, node_id n);
bool
check_is_kind(const struct program *p, uint32_t t);
bool
check_user_may_write(struct checker *ck, node_id n, uint32_t rtype);

/* --- stmt.c --- */

/* Statements of a body, one after the other. */
void
check_body(struct checker *ck, node_id first);
/* Are we in the text of a site that a user writes (tests of rules may write more)? */
bool
check_in_plain_site(const struct checker *ck);

uint32_t
check_enter(struct checker *ck, enum context_kind kind, node_id n, uint32_t from);
struct context *
check_here(struct checker *ck);
const char *
check_node_text(struct checker *ck, node_id n);
void
check_misplaced(struct checker *ck, node_id n, const char *where);

#endif
