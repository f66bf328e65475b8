/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the text of each scalar type; two lines are two values to compare. Printing what was
 * read and reading it again gives the same, and comparing does not depend on the side.
 */
#include "base/arena.h"
#include "check/scalar.h"
#include "tests/fuzz/fuzz.h"

struct text {
	const char *bytes;
	size_t len;
};

static bool
is_valid(enum scalar_type t, struct text a)
{
	const struct scalar_info *info = scalar_info(t);

	return !info->valid || info->valid(a.bytes, a.len);
}

static void
print_and_read(struct text a)
{
	struct str out = STR_INIT;
	int64_t read = 0, again = 0;
	struct version v, w;

	if (duration_parse(a.bytes, a.len, &read) && duration_print(read, &out))
		fuzz_demand(duration_parse(str_text(&out), out.len, &again) && read == again,
			"a printed duration is the same");
	str_clear(&out);
	if (percent_parse(a.bytes, a.len, &read)) {
		percent_print(read, &out);
		str_putc(&out, '%');
		fuzz_demand(percent_parse(str_text(&out), out.len, &again) && read == again,
			"a printed percent is the same");
	}
	str_clear(&out);
	if (version_parse(a.bytes, a.len, &v)) {
		fuzz_demand(v.lo <= v.hi, "a version is a range");
		version_print(v.lo, &out);
		fuzz_demand(
			version_parse(str_text(&out), out.len, &w) && w.lo == v.lo && w.hi == v.lo,
			"a printed release is the same");
	}
	str_release(&out);
}

static void
split(struct text a)
{
	size_t start, len;
	int64_t port;

	if (!is_valid(SCALAR_TYPE_ENDPOINT, a))
		return;
	endpoint_split(a.bytes, a.len, &start, &len, &port);
	fuzz_demand(start + len <= a.len && port > 0 && port < 65536, "an endpoint has its parts");
}

static void
compare(struct text a, struct text b)
{
	const char *x = a.bytes, *y = b.bytes;
	size_t n = a.len, m = b.len;

	if (is_valid(SCALAR_TYPE_QUANTITY, a) && is_valid(SCALAR_TYPE_QUANTITY, b)) {
		int one = quantity_compare(x, n, y, m), other = quantity_compare(y, m, x, n);

		fuzz_demand((one < 0) == (other > 0) && (one > 0) == (other < 0),
			"quantities are in order");
	}
	if (is_valid(SCALAR_TYPE_HOSTNAME, a) && is_valid(SCALAR_TYPE_HOSTNAME, b)) {
		fuzz_demand(
			hosts_meet(x, n, y, m) == hosts_meet(y, m, x, n), "hosts meet both ways");
		fuzz_demand(
			!host_inside(x, n, y, m) || hosts_meet(x, n, y, m), "inside is meeting");
	}
	if (is_valid(SCALAR_TYPE_CIDR, a) && is_valid(SCALAR_TYPE_CIDR, b)) {
		fuzz_demand(
			cidr_meet(x, n, y, m) == cidr_meet(y, m, x, n), "networks meet both ways");
		fuzz_demand(!cidr_inside(x, n, y, m) || cidr_meet(x, n, y, m), "inside is meeting");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *input = (const char *)bytes;
	const char *newline = len ? memchr(input, '\n', len) : NULL;
	struct text a = { input, newline ? (size_t)(newline - input) : len };
	struct text b = { newline ? newline + 1 : "", newline ? len - a.len - 1 : 0 };

	for (enum scalar_type t = 0; t < SCALAR_TYPE_COUNT; t++)
		is_valid(t, a);
	print_and_read(a);
	split(a);
	compare(a, b);
	compare(a, a);
	secret_looks_like(input, len);
	return 0;
}
