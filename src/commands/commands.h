/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that need no pipeline, one a file. Each prints its results on stdout and its
 * diagnostics on stderr and returns an enum status.
 */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include "options.h"

int
command_fmt(const struct options *o);
int
command_verify(const struct options *o);
int
command_explain(const struct options *o);

#endif
