/* SPDX-License-Identifier: Apache-2.0 */
/* Comes in: the tables of the command line. Goes out: help for a terminal, and a manual page. */
#include "help.h"

#include <string.h>
#include "library.h"

#define NAME_COLUMN 30 /* where the explanations of a list start */

static const char purpose[] = "compile a site file into Kubernetes manifests";

void
help_flag_form(const struct flag *f, struct str *out)
{
	if (f->letter)
		str_format(out, "-%c, ", f->letter);
	str_format(out, "--%s", f->name);
	if (f->value)
		str_format(out, " %s", f->value);
	for (size_t i = 0; flag_word_at(f, i); i++)
		str_format(out, "%c%s", i ? '|' : ' ', flag_word_at(f, i));
}

/* "  name      about"; a long name has a line of its own. */
static void
put_row(const char *name, const char *about, size_t column, struct str *out)
{
	str_format(out, "  %s", name);
	if (strlen(name) + 4 > column) {
		str_putc(out, '\n');
		str_repeat(out, ' ', column);
	} else {
		str_repeat(out, ' ', column - strlen(name) - 2);
	}
	str_format(out, "%s\n", about);
}

static void
put_flag(const struct flag *f, struct str *out)
{
	struct str form = STR_INIT;

	if (!f->letter)
		str_puts(&form, "    ");
	help_flag_form(f, &form);
	put_row(str_text(&form), f->about, NAME_COLUMN, out);
	str_release(&form);
}

/* Those of every command, or those of this command only. */
static void
put_flags(const struct command *c, struct str *out)
{
	for (size_t i = 0; flag_at(i); i++)
		if (c ? flag_at(i)->commands != EVERY_COMMAND && command_takes(c, flag_at(i))
		      : flag_at(i)->commands == EVERY_COMMAND)
			put_flag(flag_at(i), out);
}

static void
put_lines(const char *text, const char *before, struct str *out)
{
	for (const char *end; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		str_puts(out, before);
		str_add(out, text, (size_t)(end - text));
		str_putc(out, '\n');
	}
}

void
help_program(struct str *out)
{
	str_format(out, "egmc: %s\n\nUsage: egmc COMMAND [FLAG]...\n\nCommands:\n", purpose);
	for (size_t i = 0; command_at(i); i++)
		put_row(command_at(i)->name, command_at(i)->summary, 11, out);
	str_puts(out, "\nFlags of every command:\n");
	put_flags(NULL, out);
	str_puts(out, "\nExample:\n");
	put_lines(command_at(0)->example, "  ", out);
	str_puts(out, "\nExit status:\n");
	for (size_t i = 0; exit_row_at(i); i++)
		put_row(exit_row_at(i)->name, exit_row_at(i)->about, 5, out);
	str_puts(out, "\n`egmc COMMAND --help` tells about a command.\n");
}

static bool
has_flags(const struct command *c)
{
	for (size_t i = 0; flag_at(i); i++)
		if (flag_at(i)->commands != EVERY_COMMAND && command_takes(c, flag_at(i)))
			return true;
	return false;
}

/* Words of a paragraph, in lines that end before this column. */
static void
put_paragraph(const char *text, size_t width, struct str *out)
{
	size_t column = 0;

	while (*text) {
		size_t n = strcspn(text, " ");

		if (column && column + 1 + n > width) {
			str_putc(out, '\n');
			column = 0;
		}
		if (column)
			str_putc(out, ' ');
		str_add(out, text, n);
		column += n + (column > 0);
		text += n + (text[n] == ' ');
	}
	str_putc(out, '\n');
}

/* Their names alone: help of the program tells what they mean. */
static void
put_common_flags(struct str *out)
{
	const char *comma = " ";

	str_puts(out, "\nFlags of every command:");
	for (size_t i = 0; flag_at(i); i++)
		if (flag_at(i)->commands == EVERY_COMMAND) {
			str_format(out, "%s--%s", comma, flag_at(i)->name);
			comma = ", ";
		}
	str_puts(out, " (see `egmc --help`)\n");
}

void
help_command(const struct command *c, struct str *out)
{
	str_format(out, "egmc %s: %s\n\nUsage: egmc %s%s%s [FLAG]...\n\n", c->name, c->summary,
		c->name, *c->usage ? " " : "", c->usage);
	put_paragraph(c->about, 78, out);
	if (has_flags(c)) {
		str_puts(out, "\nFlags:\n");
		put_flags(c, out);
	}
	put_common_flags(out);
	str_puts(out, "\nExample:\n");
	put_lines(c->example, "  ", out);
}

void
help_version(struct str *out)
{
	str_format(out, "egmc %s\nlibrary ", PACKAGE_VERSION);
	library_date(out);
	str_puts(out, " sha256:");
	library_hash(NULL, out);
	str_putc(out, '\n');
}

/* The manual page */

/* Text as roff shows it; a hyphen of ours is one that can be copied into a shell. */
static void
put_roff(const char *text, struct str *out)
{
	for (; *text; text++) {
		if (*text == '\\')
			str_puts(out, "\\e");
		else if (*text == '-')
			str_puts(out, "\\-");
		else if (*text == '`')
			str_puts(out, "\\(aq");
		else
			str_putc(out, *text);
	}
}

/* A term and what it means. No line of ours starts with a dot or a quote: terms are bold, texts
 * start with letters. */
static void
put_term(const char *name, const char *about, struct str *out)
{
	str_puts(out, ".TP\n\\fB");
	put_roff(name, out);
	str_puts(out, "\\fR\n");
	put_roff(about, out);
	str_puts(out, ".\n");
}

static void
put_man_flags(const struct command *c, struct str *out)
{
	struct str form = STR_INIT;

	for (size_t i = 0; flag_at(i); i++) {
		const struct flag *f = flag_at(i);

		if (c ? f->commands == EVERY_COMMAND || !command_takes(c, f)
		      : f->commands != EVERY_COMMAND)
			continue;
		str_clear(&form);
		help_flag_form(f, &form);
		put_term(str_text(&form), f->about, out);
	}
	str_release(&form);
}

static void
put_man_example(const char *lines, struct str *out)
{
	str_puts(out, ".PP\n.EX\n");
	for (const char *end; *lines; lines = *end ? end + 1 : end) {
		struct str line = STR_INIT;

		end = strchrnul(lines, '\n');
		str_add(&line, lines, (size_t)(end - lines));
		put_roff(str_text(&line), out);
		str_putc(out, '\n');
		str_release(&line);
	}
	str_puts(out, ".EE\n");
}

static void
put_man_command(const struct command *c, struct str *out)
{
	str_format(out, ".SS \"egmc %s", c->name);
	if (*c->usage)
		str_putc(out, ' ');
	put_roff(c->usage, out);
	str_puts(out, " [FLAG]...\"\n");
	str_putc(out, (char)(c->summary[0] - 'a' + 'A'));
	put_roff(c->summary + 1, out);
	str_puts(out, ".\n");
	put_roff(c->about, out);
	str_putc(out, '\n');
	put_man_flags(c, out);
	put_man_example(c->example, out);
}

static void
put_man_rows(const char *title, const struct help_row *(*row_at)(size_t i), struct str *out)
{
	str_format(out, ".SH %s\n", title);
	for (size_t i = 0; row_at(i); i++)
		put_term(row_at(i)->name, row_at(i)->about, out);
}

void
help_man(struct str *out)
{
	str_puts(out, ".TH EGMC 1 ");
	library_date(out);
	str_format(out, " \"egmc %s\" \"User Commands\"\n", PACKAGE_VERSION);
	str_format(out, ".SH NAME\negmc \\- %s\n", purpose);
	str_puts(out, ".SH SYNOPSIS\n\\fBegmc\\fR \\fICOMMAND\\fR [\\fIFLAG\\fR]...\n");
	str_puts(out,
		".SH DESCRIPTION\nResults go to stdout, everything else to stderr. No command "
		"needs a network "
		"or a cluster.\n");
	str_puts(out, ".SH COMMANDS\n");
	for (size_t i = 0; command_at(i); i++)
		put_man_command(command_at(i), out);
	str_puts(out, ".SH \"FLAGS OF EVERY COMMAND\"\n");
	put_man_flags(NULL, out);
	put_man_rows("EXIT STATUS", exit_row_at, out);
	put_man_rows("ENVIRONMENT", environment_row_at, out);
}
