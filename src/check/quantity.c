/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubernetes resource quantities, exactly: 100m, 512Mi, 2, 1.5Gi, 1e3. Refuses signs, fractions
 * finer than a billionth of the unit, and whatever exceeds 64 bits or is finer than a billionth
 * in all.
 */
#include <string.h>
#include "check/scalar.h"
#include "check/scalar_form.h"

#define BILLION 1000000000u

/* whole + nano / 10^9 */
struct amount {
	uint64_t whole, nano;
};

/* A suffix multiplies `steps` times by `factor`, or divides for negative steps. */
static const struct suffix {
	const char *text;
	unsigned factor;
	int steps;
} suffixes[] = {
	{ "", 1000, 0 },
	{ "n", 1000, -3 },
	{ "u", 1000, -2 },
	{ "m", 1000, -1 },
	{ "k", 1000, 1 },
	{ "M", 1000, 2 },
	{ "G", 1000, 3 },
	{ "T", 1000, 4 },
	{ "P", 1000, 5 },
	{ "E", 1000, 6 },
	{ "Ki", 1024, 1 },
	{ "Mi", 1024, 2 },
	{ "Gi", 1024, 3 },
	{ "Ti", 1024, 4 },
	{ "Pi", 1024, 5 },
	{ "Ei", 1024, 6 },
};

static bool
multiply(struct amount *a, unsigned factor)
{
	uint64_t nano = a->nano * factor, carry = nano / BILLION;

	if (a->whole > (INT64_MAX - carry) / factor)
		return false;
	a->whole = a->whole * factor + carry;
	a->nano = nano % BILLION;
	return true;
}

static bool
divide(struct amount *a, unsigned factor)
{
	uint64_t nano = a->whole % factor * BILLION + a->nano;

	if (nano % factor)
		return false;
	a->whole /= factor;
	a->nano = nano / factor;
	return true;
}

/* Few steps whatever the exponent: an amount that is not zero soon leaves its range. */
static bool
scale(struct amount *a, unsigned factor, int steps)
{
	if (!a->whole && !a->nano)
		return true;
	for (; steps > 0; steps--)
		if (!multiply(a, factor))
			return false;
	for (; steps < 0; steps++)
		if (!divide(a, factor))
			return false;
	return true;
}

/* e3, E-3 */
static bool
scale_by_exponent(struct amount *a, const char *text, size_t len)
{
	size_t at = 1;
	bool negative = false;
	uint64_t exponent;

	if (len > 1 && (text[1] == '-' || text[1] == '+')) {
		negative = text[1] == '-';
		at = 2;
	}
	if (!form_number(text + at, len - at, 99, &exponent))
		return false;
	return scale(a, 10, negative ? -(int)exponent : (int)exponent);
}

static bool
scale_by_suffix(struct amount *a, const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (strlen(suffixes[i].text) == len && memcmp(suffixes[i].text, text, len) == 0)
			return scale(a, suffixes[i].factor, suffixes[i].steps);
	return (text[0] == 'e' || text[0] == 'E') && scale_by_exponent(a, text, len);
}

static size_t
count_digits(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= '0' && text[n] <= '9')
		n++;
	return n;
}

/* The digits behind the dot, as billionths. */
static bool
read_fraction(const char *text, size_t digits, uint64_t *nano)
{
	*nano = 0;
	if (!digits || digits > 9)
		return false;
	for (size_t i = 0; i < 9; i++)
		*nano = 10 * *nano + (i < digits ? (uint64_t)(text[i] - '0') : 0);
	return true;
}

static bool
quantity_parse(const char *text, size_t len, struct amount *a)
{
	size_t at = count_digits(text, len);

	a->nano = 0;
	if (!form_number(text, at, INT64_MAX, &a->whole))
		return false;
	if (at < len && text[at] == '.') {
		size_t digits = count_digits(text + at + 1, len - at - 1);

		if (!read_fraction(text + at + 1, digits, &a->nano))
			return false;
		at += 1 + digits;
	}
	return at == len || scale_by_suffix(a, text + at, len - at);
}

bool
form_quantity(const char *text, size_t len)
{
	struct amount a;

	return quantity_parse(text, len, &a);
}

int
quantity_compare(const char *a, size_t alen, const char *b, size_t blen)
{
	struct amount x = { 0, 0 }, y = { 0, 0 };

	quantity_parse(a, alen, &x);
	quantity_parse(b, blen, &y);
	if (x.whole != y.whole)
		return x.whole < y.whole ? -1 : 1;
	return (x.nano > y.nano) - (x.nano < y.nano);
}
