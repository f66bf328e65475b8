/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics to stderr, and the exit status that they mean. */
#ifndef REPORT_H
#define REPORT_H

#include "base/diag.h"
#include "base/source.h"
#include "options.h"

/* Prints all in the format that the user wants (in JSON also when there are none) and returns
 * their enum status. */
int
report_diags(const struct options *o, struct diags *d, struct source *s);
/* STATUS_ENVIRONMENT if an error of the environment is among them (EGM0901 to EGM0904),
 * STATUS_INPUT for other errors, else STATUS_FINE. */
int
report_status(const struct diags *d);

#endif
