/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of built-in scalar types, and the forms that need little: numbers, dates, paths,
 * URLs, durations and percents. Comes in: the text of a value. Goes out: whether it is one, and
 * its exact number.
 */
#include "check/scalar.h"

#include <string.h>
#include "check/scalar_form.h"

#define PATH_MAX_LEN 1024
#define URL_MAX_LEN  2048

bool
form_number(const char *text, size_t len, uint64_t max, uint64_t *value)
{
	uint64_t n = 0;

	if (!len || (len > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(text[i] - '0');
		if (n > max / 10 || 10 * n > max - digit)
			return false;
		n = 10 * n + digit;
	}
	*value = n;
	return true;
}

bool
form_ends_with(const char *text, size_t len, const char *end, size_t end_len)
{
	return len >= end_len && memcmp(text + len - end_len, end, end_len) == 0;
}

static bool
is_one_of(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

static bool
form_bool(const char *text, size_t len)
{
	return is_one_of(text, len, "true") || is_one_of(text, len, "false");
}

static bool
form_int(const char *text, size_t len)
{
	uint64_t n;

	if (len && text[0] == '-')
		return form_number(text + 1, len - 1, (uint64_t)INT64_MAX + 1, &n) && n > 0;
	return form_number(text, len, INT64_MAX, &n);
}

static bool
form_version(const char *text, size_t len)
{
	struct version v;

	return version_parse(text, len, &v);
}

static bool
form_port(const char *text, size_t len)
{
	uint64_t n;

	return form_number(text, len, 65535, &n) && n > 0;
}

/* Dates */

static bool
is_leap_year(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned
days_of_month(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap_year(year) ? 29u : days[month - 1];
}

/* Exactly n digits, zeros included; n is small. */
static bool
read_digits(const char *text, size_t n, unsigned *value)
{
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*value = 10 * *value + (unsigned)(text[i] - '0');
	}
	return true;
}

static bool
form_date(const char *text, size_t len)
{
	unsigned year, month, day;

	if (len != strlen("2026-08-22") || text[4] != '-' || text[7] != '-')
		return false;
	if (!read_digits(text, 4, &year) || !read_digits(text + 5, 2, &month) ||
		!read_digits(text + 8, 2, &day))
		return false;
	return year > 0 && month >= 1 && month <= 12 && day >= 1 &&
		day <= days_of_month(year, month);
}

/* Paths and URLs */

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The characters of RFC 3986, pchar and '/', with those in `more`; a '%' leads two hex digits. */
static bool
is_uri_text(const char *text, size_t len, const char *more)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '%') {
			if (i + 2 >= len || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))
				return false;
			i += 2;
		} else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9')) {
			continue;
		} else if (!c || (!strchr("-/._~!$&'()*+,;=:@", c) && !strchr(more, c))) {
			return false;
		}
	}
	return true;
}

static bool
contains(const char *text, size_t len, const char *part)
{
	return memmem(text, len, part, strlen(part)) != NULL;
}

static bool
form_path(const char *text, size_t len)
{
	static const char *const refused[] = { "//", "/./", "/../", "%2f", "%2F" };

	if (!len || text[0] != '/' || len > PATH_MAX_LEN || !is_uri_text(text, len, ""))
		return false;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (contains(text, len, refused[i]))
			return false;
	return !form_ends_with(text, len, "/.", 2) && !form_ends_with(text, len, "/..", 3);
}

/* host, or host:port */
static bool
form_authority(const char *text, size_t len)
{
	return form_authority_host(text, len) || form_endpoint(text, len);
}

static bool
form_url(const char *text, size_t len)
{
	size_t start, end;

	if (len > URL_MAX_LEN)
		return false;
	if (len > 7 && memcmp(text, "http://", 7) == 0)
		start = 7;
	else if (len > 8 && memcmp(text, "https://", 8) == 0)
		start = 8;
	else
		return false;
	for (end = start; end < len && text[end] != '/' && text[end] != '?'; end++)
		;
	return form_authority(text + start, end - start) && is_uri_text(text + end, len - end, "?");
}

/* Durations */

static const struct duration_unit {
	const char *name;
	int64_t ms;
} duration_units[] = { { "h", 3600000 }, { "ms", 1 }, { "m", 60000 }, { "s", 1000 } };

#define DURATION_PARTS_MAX  4
#define DURATION_DIGITS_MAX 5

/* One part at the start of the text, such as 30s; its length, or 0. */
static size_t
duration_part(const char *text, size_t len, int64_t *ms)
{
	int64_t n = 0;
	size_t i = 0;

	for (; i < len && text[i] >= '0' && text[i] <= '9'; i++) {
		if (i == DURATION_DIGITS_MAX)
			return 0;
		n = 10 * n + (text[i] - '0');
	}
	for (size_t u = 0; i && u < sizeof duration_units / sizeof *duration_units; u++) {
		size_t unit_len = strlen(duration_units[u].name);

		if (len - i >= unit_len &&
			memcmp(text + i, duration_units[u].name, unit_len) == 0) {
			*ms = n * duration_units[u].ms;
			return i + unit_len;
		}
	}
	return 0;
}

bool
duration_parse(const char *text, size_t len, int64_t *ms)
{
	int64_t sum = 0, part;
	size_t at = 0;

	for (int parts = 0; at < len; parts++) {
		size_t n = duration_part(text + at, len - at, &part);

		if (!n || parts == DURATION_PARTS_MAX)
			return false;
		sum += part;
		at += n;
	}
	if (!len)
		return false;
	*ms = sum;
	return true;
}

bool
duration_print(int64_t ms, struct str *out)
{
	const int64_t parts[] = { ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000 };
	static const char *const names[] = { "h", "m", "s", "ms" };

	if (ms < 0 || parts[0] > 99999)
		return false;
	if (!ms)
		str_puts(out, "0s");
	for (size_t i = 0; i < 4; i++)
		if (parts[i])
			str_format(out, "%lld%s", (long long)parts[i], names[i]);
	return true;
}

static bool
form_duration(const char *text, size_t len)
{
	int64_t ms;

	return duration_parse(text, len, &ms);
}

/* Percents */

bool
percent_parse(const char *text, size_t len, int64_t *thousandths)
{
	const char *dot;
	uint64_t whole;
	unsigned part = 0;
	size_t digits = 0;

	if (!len || text[--len] != '%')
		return false;
	dot = memchr(text, '.', len);
	if (dot) {
		digits = len - (size_t)(dot - text) - 1;
		if (!digits || digits > 3 || !read_digits(dot + 1, digits, &part))
			return false;
		len = (size_t)(dot - text);
	}
	if (!form_number(text, len, 100, &whole))
		return false;
	for (; digits < 3; digits++)
		part *= 10;
	*thousandths = (int64_t)whole * 1000 + part;
	return *thousandths <= 100000;
}

void
percent_print(int64_t thousandths, struct str *out)
{
	uint64_t n = thousandths < 0 ? -(uint64_t)thousandths : (uint64_t)thousandths;
	unsigned part = (unsigned)(n % 1000);
	int digits = 3;

	str_format(out, "%s%llu", thousandths < 0 ? "-" : "", (unsigned long long)(n / 1000));
	if (!part)
		return;
	for (; part % 10 == 0; part /= 10)
		digits--;
	str_format(out, ".%0*u", digits, part);
}

static bool
form_percent(const char *text, size_t len)
{
	int64_t thousandths;

	return percent_parse(text, len, &thousandths);
}

/* The table */

/* ORDER: enum scalar_type */
static const struct scalar_info scalars[SCALAR_TYPE_COUNT] = {
	{ "bool", "true or false", form_bool },
	{ "int", "a whole number of at most 64 bits, such as 8080", form_int },
	{ "text", "any text in quotes", NULL },
	{ "version", "a release such as \"1.29.6\", or a line of releases such as \"1.29\"",
		form_version },
	{ "date", "a day such as \"2026-08-22\"", form_date },
	{ "port", "a port number from 1 to 65535", form_port },
	{ "ip", "an IP address in its shortest form, such as \"192.0.2.10\" or \"2001:db8::1\"",
		form_ip },
	{ "cidr", "a network such as \"10.0.0.0/8\" or \"2001:db8::/32\", without host bits",
		form_cidr },
	{ "hostname", "a host name such as \"shop.example.com\", \"*.example.com\" or \"*\"",
		form_hostname },
	{ "domain",
		"a domain name such as \"example.com\": lower-case labels of at most 63 "
		"characters, 253 in all",
		form_domain },
	{ "dns-label",
		"a DNS label: lower-case letters, digits and hyphens, at most 63, such as shop-eu",
		form_dns_label },
	{ "object-name",
		"the name of an object: lower-case letters, digits, hyphens and dots, at most 253, "
		"such as shop-eu",
		form_object_name },
	{ "qualified-name",
		"the key of a label: at most 63 letters, digits, \"-\", \"_\" and \".\", such as "
		"\"app\" or \"app.kubernetes.io/name\"",
		form_qualified_name },
	{ "label-value",
		"the value of a label: at most 63 letters, digits, \"-\", \"_\" and \".\", "
		"beginning and ending in a letter or digit",
		form_label_value },
	{ "path",
		"a URL path such as \"/cart\": at most 1024 characters, without query and without "
		"empty, \".\" or \"..\" segments",
		form_path },
	{ "duration", "a duration such as 5s, 1m30s or 250ms: up to four parts of h, m, s, ms",
		form_duration },
	{ "percent", "a percentage from 0% to 100%, with at most three decimals, such as 0.5%",
		form_percent },
	{ "quantity", "a quantity such as 100m, 512Mi or 2", form_quantity },
	{ "endpoint",
		"a host and a port, such as \"collector.observability:4317\" or "
		"\"[2001:db8::1]:53\"",
		form_endpoint },
	{ "url",
		"an absolute http or https URL without user name and fragment, such as "
		"\"https://example.com/v1\"",
		form_url },
};

const struct scalar_info *
scalar_info(enum scalar_type t)
{
	return &scalars[t];
}

enum scalar_type
scalar_find(const char *name, size_t len)
{
	enum scalar_type t = 0;

	while (t < SCALAR_TYPE_COUNT && !is_one_of(name, len, scalars[t].name))
		t++;
	return t;
}
