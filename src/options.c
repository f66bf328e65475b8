/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing of the command line. Comes in: argv and the surroundings. Goes out: struct options, or
 * a text that answers or complains. Flags and operands may be mixed; `--` ends the flags; a flag
 * of every command may stand before the command. Refused: abbreviated flags, empty values, what
 * the tables do not list.
 */
#include "options.h"

#include <string.h>
#include "backend/backend.h"
#include "base/suggest.h"
#include "help.h"

/* One run over argv. */
struct parse {
	struct options *o;
	char **argv;
	int argc, at;
	struct str *text;
};

static const struct command *
find_command(const char *name)
{
	size_t i = 0;

	while (command_at(i) && strcmp(command_at(i)->name, name) != 0)
		i++;
	return command_at(i);
}

static const struct flag *
find_flag(const char *name, size_t len)
{
	for (size_t i = 0; flag_at(i); i++)
		if (strlen(flag_at(i)->name) == len && memcmp(flag_at(i)->name, name, len) == 0)
			return flag_at(i);
	return NULL;
}

static const struct flag *
find_letter(char letter)
{
	for (size_t i = 0; flag_at(i); i++)
		if (letter && flag_at(i)->letter == letter)
			return flag_at(i);
	return NULL;
}

/* Complaints: one line says what is wrong, one what to do */

/* Ends a complaint. */
static bool
point_to_help(struct parse *p)
{
	const struct command *c = p->o->command;

	str_format(p->text, "help: `egmc%s%s --help` tells more\n", c ? " " : "", c ? c->name : "");
	return false;
}

static bool
complain_command(struct parse *p, const char *name)
{
	struct suggest s;

	suggest_init(&s, name, strlen(name));
	for (size_t i = 0; command_at(i); i++)
		suggest_offer(&s, command_at(i)->name);
	str_format(p->text, "egmc: unknown command `%s`\n", name);
	if (!s.best)
		return point_to_help(p);
	str_format(p->text, "help: did you mean `%s`?\n", s.best);
	return false;
}

static bool
complain_flag(struct parse *p, const char *arg, size_t len)
{
	const struct command *c = p->o->command;
	struct suggest s;

	suggest_init(&s, arg + 2, len < 2 ? 0 : len - 2);
	for (size_t i = 0; flag_at(i); i++)
		if (c ? command_takes(c, flag_at(i)) : flag_at(i)->commands == EVERY_COMMAND)
			suggest_offer(&s, flag_at(i)->name);
	str_format(p->text, "egmc: unknown flag `%.*s`\n", (int)len, arg);
	if (len < 2 || arg[1] != '-' || !s.best)
		return point_to_help(p);
	str_format(p->text, "help: did you mean `--%s`?\n", s.best);
	return false;
}

/* The flag exists, but not for this command. */
static bool
complain_misplaced(struct parse *p, const struct flag *f)
{
	const char *comma = "";

	if (p->o->command)
		str_format(
			p->text, "egmc: `--%s` is no flag of %s\n", f->name, p->o->command->name);
	else
		str_format(p->text, "egmc: `--%s` stands before the command\n", f->name);
	str_puts(p->text, "help: it is a flag of ");
	for (size_t i = 0; command_at(i); i++)
		if (command_takes(command_at(i), f)) {
			str_format(p->text, "%s%s", comma, command_at(i)->name);
			comma = ", ";
		}
	str_putc(p->text, '\n');
	return false;
}

static bool
complain_value(struct parse *p, const struct flag *f, const char *value)
{
	struct suggest s;

	suggest_init(&s, value, strlen(value));
	for (size_t i = 0; flag_word_at(f, i); i++)
		suggest_offer(&s, flag_word_at(f, i));
	str_format(p->text, "egmc: `--%s` does not take `%s`\n", f->name, value);
	if (s.best) {
		str_format(p->text, "help: did you mean `%s`?\n", s.best);
		return false;
	}
	str_puts(p->text, "help: it takes ");
	for (size_t i = 0; flag_word_at(f, i); i++)
		str_format(p->text, "%s`%s`",
			!i                               ? ""
				: flag_word_at(f, i + 1) ? ", "
							 : " or ",
			flag_word_at(f, i));
	str_putc(p->text, '\n');
	return false;
}

/* Flags */

static void *
field_of(struct options *o, const struct flag *f)
{
	return (char *)o + f->offset;
}

/* The index of a value among the words that the flag takes; that of their end if it is none. */
static size_t
find_word(const struct flag *f, const char *value)
{
	size_t i = 0;

	while (flag_word_at(f, i) && strcmp(flag_word_at(f, i), value) != 0)
		i++;
	return i;
}

static bool
set_value(struct parse *p, const struct flag *f, const char *value)
{
	bool has_words = flag_word_at(f, 0);
	size_t word = has_words ? find_word(f, value) : 0;

	if (has_words && !flag_word_at(f, word))
		return complain_value(p, f, value);
	switch (f->kind) {
	case FLAG_TEXT:
		*(const char **)field_of(p->o, f) = value;
		break;
	case FLAG_WORD:
		*(unsigned *)field_of(p->o, f) = f->words[word].value;
		break;
	case FLAG_SET:
		*(unsigned *)field_of(p->o, f) |= f->words[word].value;
		break;
	case FLAG_BOOL:
		break;
	}
	return true;
}

/* value: what stood in the same argument, or NULL. */
static bool
set_flag(struct parse *p, const struct flag *f, const char *value)
{
	const struct command *c = p->o->command;

	if (c ? !command_takes(c, f) : f->commands != EVERY_COMMAND)
		return complain_misplaced(p, f);
	if (f->kind == FLAG_BOOL) {
		if (value) {
			str_format(p->text, "egmc: `--%s` takes no value\n", f->name);
			return point_to_help(p);
		}
		*(bool *)field_of(p->o, f) = true;
		return true;
	}
	if (!value && p->at < p->argc)
		value = p->argv[p->at++];
	if (!value || !*value) {
		str_format(p->text, "egmc: `--%s` needs a value\n", f->name);
		return point_to_help(p);
	}
	return set_value(p, f, value);
}

/* --name, --name=value */
static bool
take_long(struct parse *p, const char *arg)
{
	size_t len = strcspn(arg, "=");
	const struct flag *f = find_flag(arg + 2, len - 2);

	if (!f)
		return complain_flag(p, arg, len);
	return set_flag(p, f, arg[len] ? arg + len + 1 : NULL);
}

/* -o value, -ovalue */
static bool
take_short(struct parse *p, const char *arg)
{
	const struct flag *f = find_letter(arg[1]);

	if (!f || (f->kind == FLAG_BOOL && arg[2]))
		return complain_flag(p, arg, strlen(arg));
	return set_flag(p, f, arg[2] ? arg + 2 : NULL);
}

/* The whole line */

static bool
take_operand(struct parse *p, char *arg)
{
	struct options *o = p->o;

	if (!o->command) {
		o->command = find_command(arg);
		return o->command || complain_command(p, arg);
	}
	if (!*arg) {
		str_puts(p->text, "egmc: an empty argument names no file\n");
		return point_to_help(p);
	}
	o->operands[o->operand_count++] = arg;
	return true;
}

static bool
take_all(struct parse *p)
{
	bool flags_ended = false;

	while (p->at < p->argc) {
		char *arg = p->argv[p->at++];
		bool taken;

		if (flags_ended || arg[0] != '-' || !arg[1])
			taken = take_operand(p, arg);
		else if (arg[1] != '-')
			taken = take_short(p, arg);
		else if (arg[2])
			taken = take_long(p, arg);
		else
			taken = flags_ended = true;
		if (!taken)
			return false;
	}
	return true;
}

/* Is all there that the command needs, and nothing else? */
static bool
is_complete(struct parse *p)
{
	const struct options *o = p->o;
	struct str message = STR_INIT;
	bool accepts;

	if (!o->command) {
		help_program(p->text);
		return false;
	}
	if (o->operand_count < o->command->least) {
		str_format(p->text, "egmc: %s needs %s\n", o->command->name, o->command->operand);
		return point_to_help(p);
	}
	if (o->operand_count > o->command->most) {
		str_format(p->text, "egmc: `%s` is one argument too many\n",
			o->operands[o->command->most]);
		return point_to_help(p);
	}
	accepts = command_accepts(o, &message);
	if (!accepts)
		str_format(p->text, "egmc: %s\n", str_text(&message));
	str_release(&message);
	return accepts || point_to_help(p);
}

/* Help, a version or the manual page: true if one was asked for. */
static bool
answer(const struct options *o, struct str *text)
{
	if (o->help && o->command)
		help_command(o->command, text);
	else if (o->help)
		help_program(text);
	else if (o->version)
		help_version(text);
	else if (o->man)
		help_man(text);
	else
		return false;
	return true;
}

enum options_result
options_parse(
	struct options *o, int argc, char **argv, const struct surroundings *s, struct str *text)
{
	struct parse p = { .o = o, .argv = argv, .argc = argc, .at = 1, .text = text };

	memset(o, 0, sizeof *o);
	o->operands = argv + (argc > 0);
	if (!take_all(&p))
		return OPTIONS_WRONG;
	if (answer(o, text))
		return OPTIONS_SAID;
	if (!o->target)
		o->target = backend_at(0)->name;
	if (!o->split)
		o->split = BACKEND_SPLIT;
	if (!is_complete(&p))
		return OPTIONS_WRONG;
	o->render.format = (enum render_format)o->format;
	o->render.colour = o->render.format == RENDER_TEXT &&
		surroundings_colour(s, (enum colour_choice)o->colour_choice);
	o->render.width = surroundings_width(s);
	o->render.most = 20;
	return OPTIONS_RUN;
}
