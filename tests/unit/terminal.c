/* SPDX-License-Identifier: Apache-2.0 */
/* Who decides about colour, and about width. */
#include "terminal.h"
#include "tap.h"

static const struct colour_case {
	const char *what;
	enum colour_choice choice;
	struct surroundings s;
	bool colour;
} colour_cases[] = {
	{ "a terminal has colours", COLOUR_AUTO, { .terminal = true, .term = "xterm" }, true },
	{ "a file has none", COLOUR_AUTO, { .term = "xterm" }, false },
	{ "a dumb terminal has none", COLOUR_AUTO, { .terminal = true, .term = "dumb" }, false },
	{ "a terminal without a name has some", COLOUR_AUTO, { .terminal = true }, true },
	{ "NO_COLOR", COLOUR_AUTO, { .terminal = true, .no_color = "1" }, false },
	{ "an empty NO_COLOR is silent", COLOUR_AUTO, { .terminal = true, .no_color = "" }, true },
	{ "CLICOLOR_FORCE", COLOUR_AUTO, { .clicolor_force = "1" }, true },
	{ "CLICOLOR_FORCE=0 is silent", COLOUR_AUTO, { .clicolor_force = "0" }, false },
	{ "NO_COLOR is stronger than CLICOLOR_FORCE", COLOUR_AUTO,
		{ .no_color = "1", .clicolor_force = "1" }, false },
	{ "FORCE_COLOR", COLOUR_AUTO, { .force_color = "1" }, true },
	{ "FORCE_COLOR is stronger than NO_COLOR", COLOUR_AUTO,
		{ .force_color = "1", .no_color = "1" }, true },
	{ "an empty FORCE_COLOR is silent", COLOUR_AUTO, { .force_color = "" }, false },
	{ "never is stronger than all", COLOUR_NEVER, { .force_color = "1", .terminal = true },
		false },
	{ "always is stronger than all", COLOUR_ALWAYS, { .no_color = "1", .term = "dumb" }, true },
};

static const struct width_case {
	const char *columns;
	unsigned window, width;
} width_cases[] = {
	{ NULL, 0, 0 },
	{ NULL, 120, 120 },
	{ "80", 120, 80 },
	{ "", 120, 120 },
	{ "80x", 120, 120 },
	{ "-1", 0, 0 },
	{ "0", 132, 132 },
	{ "5", 0, 20 },
	{ "99999999999999", 0, 0 },
	{ NULL, 3, 20 },
};

int
main(void)
{
	struct tap t = { 0 };

	for (size_t i = 0; i < sizeof colour_cases / sizeof *colour_cases; i++) {
		const struct colour_case *c = &colour_cases[i];

		ok_that(&t, surroundings_colour(&c->s, c->choice) == c->colour, c->what);
	}
	for (size_t i = 0; i < sizeof width_cases / sizeof *width_cases; i++) {
		struct surroundings s = { .columns = width_cases[i].columns,
			.window = width_cases[i].window };

		is_int(&t, surroundings_width(&s), width_cases[i].width);
	}
	return tap_done(&t);
}
