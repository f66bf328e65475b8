/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of the command line: what commands there are, what flags each takes, what statuses
 * and environment variables mean. Everything that a user reads about them is made from these
 * rows.
 */
#include "options.h"

#include <string.h>
#include "backend/backend.h"
#include "commands/commands.h"
#include "driver.h"

/* ORDER: commands */
enum command_number {
	COMMAND_BUILD,
	COMMAND_CHECK,
	COMMAND_VERIFY,
	COMMAND_EXPLAIN,
	COMMAND_WHY,
	COMMAND_NEEDS,
	COMMAND_FMT,
	COMMAND_DOC,
	COMMAND_TEST,
	COMMAND_COUNT
};

#define BUILD   (1u << COMMAND_BUILD)
#define CHECK   (1u << COMMAND_CHECK)
#define VERIFY  (1u << COMMAND_VERIFY)
#define EXPLAIN (1u << COMMAND_EXPLAIN)
#define WHY     (1u << COMMAND_WHY)
#define NEEDS   (1u << COMMAND_NEEDS)
#define FMT     (1u << COMMAND_FMT)
#define DOC     (1u << COMMAND_DOC)
#define TEST    (1u << COMMAND_TEST)

#define MANY    ((size_t)-1)

static const struct command commands[COMMAND_COUNT] = {
	[COMMAND_BUILD] = {
		.name = "build",
		.summary = "write the manifests of a site",
		.usage = "FILE... (-o DIR | --stdout)",
		.about =
			"Checks everything first and writes only if nothing is wrong. The tree in "
			"DIR is replaced as a whole: files that did not change are not touched, "
			"files that are no longer made disappear, and files that egmc did not "
			"write are an error. One site is written to DIR, several to DIR/SITE.",
		.example = "egmc build site.egm -o out",
		.operand = "FILE",
		.least = 1,
		.most = MANY,
		.run = driver_build,
	},
	[COMMAND_CHECK] = {
		.name = "check",
		.summary = "report everything that is wrong, and write nothing",
		.usage = "FILE...",
		.about =
			"Runs all that build runs but the writing. With --dump it prints what one "
			"stage made.",
		.example =
			"egmc check site.egm\n"
			"egmc check --format json site.egm\n"
			"egmc check --dump=order site.egm",
		.operand = "FILE",
		.least = 1,
		.most = MANY,
		.run = driver_check,
	},
	[COMMAND_VERIFY] = {
		.name = "verify",
		.summary = "check a built tree against its lock, and against its site",
		.usage = "DIR [--against FILE]",
		.about =
			"Compares every file with its sums and its lock. With --against it "
			"rebuilds the site in memory and says which object differs, how and "
			"where. Changes nothing.",
		.example = "egmc verify out --against site.egm",
		.operand = "DIR",
		.least = 1,
		.most = 1,
		.run = command_verify,
	},
	[COMMAND_EXPLAIN] = {
		.name = "explain",
		.summary = "tell about a diagnostic: the trap, the reason, the way out",
		.usage = "CODE [FILE]",
		.about = "Works offline for every code of the language and of the library; with FILE, "
			"also for the rules of your own.",
		.example = "egmc explain EGM0301",
		.operand = "CODE",
		.least = 1,
		.most = 2,
		.run = command_explain,
	},
	[COMMAND_WHY] = {
		.name = "why",
		.summary = "tell where a line of a manifest comes from",
		.usage = "FILE PATH:LINE",
		.about =
			"Prints who wrote the value on that line (your text, the library's "
			"statement) and the reason. PATH is that of a built file, as it stands "
			"below the output directory.",
		.example = "egmc why site.egm manifests/20-gateway/gateway-gateway-system-ingress-gw.yaml:14",
		.operand = "FILE and PATH:LINE",
		.least = 2,
		.most = 2,
		.run = driver_why,
	},
	[COMMAND_NEEDS] = {
		.name = "needs",
		.summary = "print the objects that a site relies on and does not make",
		.usage = "FILE...",
		.about =
			"YAML: what is known of each object, and above it who refers to it. What "
			"somebody else makes beyond these is stated in a file of manifests, with "
			"`assume \"FILE\"` in the site.",
		.example = "egmc needs site.egm",
		.operand = "FILE",
		.least = 1,
		.most = MANY,
		.run = driver_needs,
	},
	[COMMAND_FMT] = {
		.name = "fmt",
		.summary = "put source files into their canonical form",
		.usage = "FILE...",
		.about =
			"Rewrites files in place and keeps all comments. FILE - reads stdin and "
			"writes to stdout. A file with syntax errors stays as it is.",
		.example = "egmc fmt site.egm\negmc fmt --check --diff *.egm",
		.operand = "FILE",
		.least = 1,
		.most = MANY,
		.run = command_fmt,
	},
	[COMMAND_DOC] = {
		.name = "doc",
		.summary = "print the reference of all blocks and fields",
		.usage = "",
		.about = "Markdown, made from the library.",
		.example = "egmc doc > library.md",
		.operand = "",
		.least = 0,
		.most = 0,
		.run = driver_doc,
	},
	[COMMAND_TEST] = {
		.name = "test",
		.summary = "run the tests that the library and your files hold",
		.usage = "[FILE...]",
		.about =
			"Runs the fails and passes cases of every rule and every test statement: "
			"those of the library without FILE, else those of the files.",
		.example = "egmc test policy.egm",
		.operand = "",
		.least = 0,
		.most = MANY,
		.run = driver_test,
	},
};

static const struct flag_word format_words[] = {
	{ "text", RENDER_TEXT },
	{ "short", RENDER_SHORT },
	{ "json", RENDER_JSON },
	{ NULL, 0 },
};

static const struct flag_word colour_words[] = {
	{ "auto", COLOUR_AUTO },
	{ "always", COLOUR_ALWAYS },
	{ "never", COLOUR_NEVER },
	{ NULL, 0 },
};

static const struct flag_word deny_words[] = {
	{ "todo", DENY_TODO },
	{ "warnings", DENY_WARNINGS },
	{ NULL, 0 },
};

static const struct flag_word dump_words[] = {
	{ "tokens", DUMP_TOKENS },
	{ "ast", DUMP_AST },
	{ "site", DUMP_SITE },
	{ "graph", DUMP_GRAPH },
	{ "order", DUMP_ORDER },
	{ "columns", DUMP_COLUMNS },
	{ NULL, 0 },
};

/* Every target has the plain split; those rows stand first. */
static const char *
target_name_at(size_t i)
{
	const struct backend *b = backend_at(i);

	return b && !strcmp(b->split, BACKEND_SPLIT) ? b->name : NULL;
}

static const char *
split_name_at(size_t i)
{
	static const char *const names[] = { BACKEND_SPLIT, "namespace", NULL };

	return names[i];
}

#define FIELD(name) offsetof(struct options, name)

static const struct flag flags[] = {
	{
		.name = "output",
		.letter = 'o',
		.value = "DIR",
		.about = "write the tree to DIR",
		.kind = FLAG_TEXT,
		.offset = FIELD(output),
		.commands = BUILD,
	},
	{
		.name = "stdout",
		.about = "write all manifests to stdout as one stream of YAML, and no tree",
		.kind = FLAG_BOOL,
		.offset = FIELD(to_stdout),
		.commands = BUILD,
	},
	{
		.name = "target",
		.about = "the form of the tree; the first is the default",
		.kind = FLAG_TEXT,
		.offset = FIELD(target),
		.commands = BUILD | WHY,
		.name_at = target_name_at,
	},
	{
		.name = "split",
		.about = "what the folders of manifests go by; by namespace each may belong to a team",
		.kind = FLAG_TEXT,
		.offset = FIELD(split),
		.commands = BUILD | WHY,
		.name_at = split_name_at,
	},
	{
		.name = "dump",
		.about = "print what this stage made",
		.kind = FLAG_WORD,
		.offset = FIELD(dump),
		.commands = CHECK,
		.words = dump_words,
	},
	{
		.name = "deny",
		.about = "make open todos, or all warnings, errors; may be repeated",
		.kind = FLAG_SET,
		.offset = FIELD(deny),
		.commands = BUILD | CHECK,
		.words = deny_words,
	},
	{
		.name = "against",
		.value = "FILE",
		.about = "rebuild the site of FILE in memory and compare",
		.kind = FLAG_TEXT,
		.offset = FIELD(against),
		.commands = VERIFY,
	},
	{
		.name = "check",
		.about = "write nothing; name the files that would change, and end with 1",
		.kind = FLAG_BOOL,
		.offset = FIELD(check),
		.commands = FMT,
	},
	{
		.name = "diff",
		.about = "write nothing; print what would change",
		.kind = FLAG_BOOL,
		.offset = FIELD(diff),
		.commands = FMT,
	},
	{
		.name = "man",
		.about = "print the manual page of egmc instead",
		.kind = FLAG_BOOL,
		.offset = FIELD(man),
		.commands = DOC,
	},
	{
		.name = "traps",
		.about = "print what goes wrong on a cluster, and what egmc does about it, instead",
		.kind = FLAG_BOOL,
		.offset = FIELD(traps),
		.commands = DOC,
	},
	{
		.name = "tap",
		.about = "print the results as TAP",
		.kind = FLAG_BOOL,
		.offset = FIELD(tap),
		.commands = TEST,
	},
	{
		.name = "site",
		.value = "NAME",
		.about = "only the site of this name",
		.kind = FLAG_TEXT,
		.offset = FIELD(site),
		.commands = BUILD | CHECK | VERIFY | WHY | NEEDS,
	},
	{
		.name = "root",
		.value = "DIR",
		.about = "the folder that no `use` or `include` may leave",
		.kind = FLAG_TEXT,
		.offset = FIELD(root),
		.commands = BUILD | CHECK | VERIFY | WHY | NEEDS | TEST,
	},
	{
		.name = "stdlib",
		.value = "DIR",
		.about = "a library in place of the built-in one",
		.kind = FLAG_TEXT,
		.offset = FIELD(stdlib),
		.commands = BUILD | CHECK | VERIFY | EXPLAIN | WHY | NEEDS | DOC | TEST,
	},
	{
		.name = "format",
		.about = "the form of diagnostics",
		.kind = FLAG_WORD,
		.offset = FIELD(format),
		.commands = EVERY_COMMAND,
		.words = format_words,
	},
	{
		.name = "color",
		.about = "colours in diagnostics",
		.kind = FLAG_WORD,
		.offset = FIELD(colour_choice),
		.commands = EVERY_COMMAND,
		.words = colour_words,
	},
	{
		.name = "help",
		.letter = 'h',
		.about = "tell about egmc or a command",
		.kind = FLAG_BOOL,
		.offset = FIELD(help),
		.commands = EVERY_COMMAND,
	},
	{
		.name = "version",
		.about = "print the versions of egmc and of its library",
		.kind = FLAG_BOOL,
		.offset = FIELD(version),
		.commands = EVERY_COMMAND,
	},
};

/* ORDER: enum status */
static const struct help_row exit_rows[] = {
	{ "0", "all is fine" },
	{ "1", "the input has errors, or verify or fmt --check found a difference" },
	{ "2", "wrong usage" },
	{ "3", "the environment failed: something cannot be read or written" },
};

static const struct help_row environment_rows[] = {
	{ "FORCE_COLOR", "if not empty, colours also where there is no terminal" },
	{ "NO_COLOR", "if not empty, no colours" },
	{ "CLICOLOR_FORCE", "if neither empty nor 0, as FORCE_COLOR, but weaker than NO_COLOR" },
	{ "TERM", "no colours on a dumb terminal" },
	{ "COLUMNS", "the width of messages" },
};

#define COUNT(array) (sizeof array / sizeof *array)

const struct command *
command_at(size_t i)
{
	return i < COUNT(commands) ? &commands[i] : NULL;
}

const struct flag *
flag_at(size_t i)
{
	return i < COUNT(flags) ? &flags[i] : NULL;
}

const struct help_row *
exit_row_at(size_t i)
{
	return i < COUNT(exit_rows) ? &exit_rows[i] : NULL;
}

const struct help_row *
environment_row_at(size_t i)
{
	return i < COUNT(environment_rows) ? &environment_rows[i] : NULL;
}

bool
command_takes(const struct command *c, const struct flag *f)
{
	return f->commands == EVERY_COMMAND || f->commands >> (c - commands) & 1;
}

const char *
flag_word_at(const struct flag *f, size_t i)
{
	if (f->words)
		return f->words[i].text;
	return f->name_at ? f->name_at(i) : NULL;
}

bool
command_accepts(const struct options *o, struct str *message)
{
	if (!backend_find(o->target, o->split)) {
		str_format(message, "the target `%s` has no folders to split by %s", o->target, o->split);
		return false;
	}
	if (o->command != &commands[COMMAND_BUILD] || !o->output != !o->to_stdout)
		return true;
	str_puts(message,
		o->output ? "build writes either to -o DIR or to --stdout"
			  : "build needs -o DIR, or --stdout");
	return false;
}
