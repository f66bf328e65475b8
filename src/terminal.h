/* SPDX-License-Identifier: Apache-2.0 */
/* What the surroundings say about the look of messages: colour and width. The only reader of the
 * environment. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>

enum colour_choice { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

/* Values of environment variables, NULL if not set, and the terminal behind stderr. */
struct surroundings {
	const char *force_color, *no_color, *clicolor_force, *term, *columns;
	bool terminal; /* stderr is one */
	unsigned window; /* its columns; 0: unknown */
};

void
surroundings_read(struct surroundings *s);
/* The first that speaks decides: choice, FORCE_COLOR, NO_COLOR, CLICOLOR_FORCE, TERM=dumb, the
 * terminal. An empty variable is silent. */
bool
surroundings_colour(const struct surroundings *s, enum colour_choice choice);
/* Columns for messages, by COLUMNS, else by the terminal; 0: no limit. */
unsigned
surroundings_width(const struct surroundings *s);

#endif
