/* SPDX-License-Identifier: Apache-2.0 */
/* Comes in: the rules of the library. Goes out: what goes wrong on a cluster and what egmc does about
 * it, one table a subject, which is a file of the library. */
#include "commands/doc.h"
#include "commands/prose.h"

node_id
doc_clause(const struct program *p, const struct rule *r, enum node_kind kind)
{
	node_id n = NODE_AT(p, NODE_AT(p, r->node)->kid[3])->next;

	while (n && NODE_AT(p, n)->kind != kind)
		n = NODE_AT(p, n)->next;
	return n;
}

static void
add_text(const struct program *p, node_id text, struct str *out)
{
	struct str s = STR_INIT;

	prose_text(p, text, &s);
	prose_take(&s, out, prose_cell);
	str_release(&s);
}

static const char *
does(uint8_t severity)
{
	switch ((enum severity)severity) {
	case SEVERITY_ERROR:
		return "refuses";
	case SEVERITY_WARNING:
		return "warns";
	case SEVERITY_NOTE:
		return "notes";
	}
	return "";
}

static void
add_row(const struct program *p, const struct rule *r, struct str *out)
{
	node_id because = doc_clause(p, r, NODE_BECAUSE), help = doc_clause(p, r, NODE_HELP);
	node_id see = doc_clause(p, r, NODE_SEE);
	const char *separator = " | ";

	str_format(out, "| %s | ", program_text(p, r->code));
	add_text(p, NODE_AT(p, r->node)->kid[2], out);
	str_puts(out, " | ");
	if (because)
		add_text(p, NODE_AT(p, because)->kid[0], out);
	str_format(out, " | %s", does(r->severity));
	if (help) {
		str_puts(out, ": ");
		add_text(p, NODE_AT(p, help)->kid[0], out);
	}
	for (node_id n = see ? NODE_AT(p, see)->kid[0] : 0; n; n = NODE_AT(p, n)->next) {
		str_puts(out, separator);
		add_text(p, n, out);
		separator = "; ";
	}
	str_puts(out, " |\n");
}

void
doc_traps(const struct program *p, uint32_t file, struct str *out)
{
	const char *head = "| code | what must hold | or else, on the cluster | egmc | source |\n"
			   "|---|---|---|---|---|\n";

	for (uint32_t i = 1; i < p->rules.count; i++)
		if (NODE_AT(p, RULE_AT(p, i)->node)->span.file == file) {
			str_puts(out, head);
			add_row(p, RULE_AT(p, i), out);
			head = "";
		}
}
