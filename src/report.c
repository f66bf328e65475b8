/* SPDX-License-Identifier: Apache-2.0 */
/* Comes in: collected diagnostics. Goes out: text on stderr and an exit status. */
#include "report.h"

#include <stdio.h>
#include <string.h>
#include "base/render.h"

static bool
is_of_environment(const struct diag *g)
{
	static const enum diag_code codes[] = { EGM0901, EGM0902, EGM0903, EGM0904 };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(diag_info(codes[i])->code, g->code) == 0)
			return true;
	return false;
}

int
report_status(const struct diags *d)
{
	int status = STATUS_FINE;

	for (uint32_t i = 0; i < d->all.count; i++) {
		const struct diag *g = *VEC_AT(&d->all, struct diag *, i);

		if (g->dropped || g->severity != SEVERITY_ERROR)
			continue;
		if (is_of_environment(g))
			return STATUS_ENVIRONMENT;
		status = STATUS_INPUT;
	}
	return status;
}

int
report_diags(const struct options *o, struct diags *d, struct source *s)
{
	struct str out = STR_INIT;

	render_diags(&out, d, s, &o->render);
	fwrite(str_text(&out), 1, out.len, stderr);
	str_release(&out);
	return report_status(d);
}
