/* SPDX-License-Identifier: Apache-2.0 */
/* Texts about the command line, made from its tables. All append. */
#ifndef HELP_H
#define HELP_H

#include "base/str.h"
#include "options.h"

/* Of egmc as a whole. */
void
help_program(struct str *out);
void
help_command(const struct command *c, struct str *out);
/* Two lines: egmc, and its library with date and hash. */
void
help_version(struct str *out);
/* egmc.1, for man. */
void
help_man(struct str *out);
/* "-o, --output DIR", "--format text|short|json" */
void
help_flag_form(const struct flag *f, struct str *out);

#endif
