/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Colour and width of messages. Comes in: environment variables and the terminal behind stderr.
 * Goes out: two answers. A COLUMNS that is no number is as if not set.
 */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_LEAST 20
#define WIDTH_MOST  10000

void
surroundings_read(struct surroundings *s)
{
	struct winsize window;

	s->force_color = getenv("FORCE_COLOR");
	s->no_color = getenv("NO_COLOR");
	s->clicolor_force = getenv("CLICOLOR_FORCE");
	s->term = getenv("TERM");
	s->columns = getenv("COLUMNS");
	s->terminal = isatty(STDERR_FILENO);
	s->window = 0;
	if (s->terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0)
		s->window = window.ws_col;
}

static bool
speaks(const char *value)
{
	return value && *value;
}

bool
surroundings_colour(const struct surroundings *s, enum colour_choice choice)
{
	if (choice != COLOUR_AUTO)
		return choice == COLOUR_ALWAYS;
	if (speaks(s->force_color))
		return true;
	if (speaks(s->no_color))
		return false;
	if (speaks(s->clicolor_force) && strcmp(s->clicolor_force, "0") != 0)
		return true;
	return s->terminal && !(s->term && strcmp(s->term, "dumb") == 0);
}

/* 0 if it is not a number of columns that a terminal can have. */
static unsigned
read_columns(const char *text)
{
	unsigned n = 0;

	for (; *text >= '0' && *text <= '9' && n <= WIDTH_MOST; text++)
		n = 10 * n + (unsigned)(*text - '0');
	return *text || n > WIDTH_MOST ? 0 : n;
}

unsigned
surroundings_width(const struct surroundings *s)
{
	unsigned n = speaks(s->columns) ? read_columns(s->columns) : 0;

	if (!n)
		n = s->window;
	return n && n < WIDTH_LEAST ? WIDTH_LEAST : n;
}
