/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line. Commands and flags are rows of two tables (options_table.c); parsing, help
 * texts and the man page all read them (options.c, help.c). Wrong usage is found here and
 * nowhere else.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include "base/render.h"
#include "base/str.h"
#include "terminal.h"

/* Of the program. ORDER: exit_rows in options_table.c */
enum status {
	STATUS_FINE,
	STATUS_INPUT, /* the input has errors, or a difference was found */
	STATUS_USAGE, /* wrong usage */
	STATUS_ENVIRONMENT /* cannot read or cannot write */
};

enum dump { DUMP_NONE, DUMP_TOKENS, DUMP_AST, DUMP_SITE, DUMP_GRAPH, DUMP_ORDER, DUMP_COLUMNS };

enum deny { DENY_TODO = 1, DENY_WARNINGS = 2 };

struct command;

/* What the user asked for. Texts are those of argv or of a table; NULL: not given. */
struct options {
	const struct command *command;
	char **operands; /* file names and the like, in order */
	size_t operand_count;

	const char *stdlib; /* a folder in place of the built-in library */
	const char *root; /* of the project */
	const char *site; /* the only one that counts */
	const char *output; /* folder of the tree */
	const char *target, *split; /* name of a back end and its split, never NULL */
	const char *against; /* a site file */
	unsigned deny; /* enum deny */
	unsigned dump; /* enum dump */
	bool to_stdout, check, diff, tap, man, traps;

	unsigned format; /* enum render_format */
	unsigned colour_choice;
	struct render_options render; /* made of the two above and the surroundings */

	bool help, version;
};

struct command {
	const char *name;
	const char *summary; /* one line, in the imperative */
	const char *usage; /* operands and needed flags: "FILE... -o DIR" */
	const char *about; /* a paragraph for its help and the man page */
	const char *example; /* lines of a shell */
	const char *operand; /* what it is called when it is missing */
	size_t least, most; /* operands */
	int (*run)(const struct options *o); /* an enum status */
};

enum flag_kind {
	FLAG_BOOL, /* bool */
	FLAG_TEXT, /* const char *, one of the names if the row has names */
	FLAG_WORD, /* unsigned: the value of one word */
	FLAG_SET /* unsigned: the values of all words given, together */
};

struct flag_word {
	const char *text;
	unsigned value;
};

struct flag {
	const char *name; /* without hyphens */
	char letter; /* 0: none */
	const char *value; /* its name in help; NULL for FLAG_BOOL, and where words say it */
	const char *about;
	enum flag_kind kind;
	size_t offset; /* in struct options */
	unsigned commands; /* a bit for each that takes it; EVERY_COMMAND: also before it */
	const struct flag_word *words; /* ends with a NULL; for FLAG_WORD and FLAG_SET */
	const char *(*name_at)(size_t i); /* NULL behind the last; for FLAG_TEXT */
};

#define EVERY_COMMAND (~0u)

/* A thing and what it means: exit statuses, environment variables. */
struct help_row {
	const char *name, *about;
};

/* All NULL behind the last. */
const struct command *
command_at(size_t i);
const struct flag *
flag_at(size_t i);
const struct help_row *
exit_row_at(size_t i);
const struct help_row *
environment_row_at(size_t i);
bool
command_takes(const struct command *c, const struct flag *f);
/* The i-th word or name that a flag takes; NULL behind the last, and for a flag of free text. */
const char *
flag_word_at(const struct flag *f, size_t i);
/* What one command wants beyond its row. False, with a message, if something is missing or
 * contradicts. */
bool
command_accepts(const struct options *o, struct str *message);

enum options_result {
	OPTIONS_RUN, /* o->command shall run */
	OPTIONS_SAID, /* the text answers: help, version */
	OPTIONS_WRONG /* the text says what is wrong */
};

/* Parses and moves the operands to the front of argv[1...]. Appends to `text`. */
enum options_result
options_parse(
	struct options *o, int argc, char **argv, const struct surroundings *s, struct str *text);

#endif
