/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and addresses of hosts: DNS labels, domains, hostnames with a wildcard, IP addresses,
 * networks and endpoints, and which hosts or networks have something in common. Upper case,
 * trailing dots, zones, mapped IPv4 addresses and every but the shortest way to write an address
 * are refused.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include "check/scalar.h"
#include "check/scalar_form.h"

#define LABEL_MAX  63
#define DOMAIN_MAX 253

/* Names */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_label_end(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z');
}

bool
form_dns_label(const char *text, size_t len)
{
	if (!len || len > LABEL_MAX || !is_label_end(text[0]) || !is_label_end(text[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_label_end(text[i]) && text[i] != '-')
			return false;
	return true;
}

bool
form_domain(const char *text, size_t len)
{
	size_t start = 0;

	if (len > DOMAIN_MAX)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && text[i] != '.')
			continue;
		if (!form_dns_label(text + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

/* Kubernetes counts the whole name of an object, not what stands between its dots. */
bool
form_object_name(const char *text, size_t len)
{
	if (!len || len > DOMAIN_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool end = i == 0 || i + 1 == len || text[i - 1] == '.' || text[i + 1] == '.';

		if (!is_label_end(text[i]) && (end || (text[i] != '-' && text[i] != '.')))
			return false;
	}
	return true;
}

static bool
is_name_end(char c)
{
	return is_label_end(c) || (c >= 'A' && c <= 'Z');
}

/* The part of a label's key behind the slash, and its value. */
static bool
form_label_name(const char *text, size_t len)
{
	if (!len || len > LABEL_MAX || !is_name_end(text[0]) || !is_name_end(text[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_name_end(text[i]) && text[i] != '-' && text[i] != '_' && text[i] != '.')
			return false;
	return true;
}

bool
form_qualified_name(const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	size_t prefix = slash ? (size_t)(slash - text) : 0;

	if (!slash)
		return form_label_name(text, len);
	return form_object_name(text, prefix) && form_label_name(slash + 1, len - prefix - 1);
}

bool
form_label_value(const char *text, size_t len)
{
	return !len || form_label_name(text, len);
}

/* What ends in a number is an address, or a mistake, for whoever resolves it. */
static bool
ends_in_number(const char *text, size_t len)
{
	size_t i = len;

	while (i && is_digit(text[i - 1]))
		i--;
	return i < len && (!i || text[i - 1] == '.');
}

static bool
is_wildcard(const char *text, size_t len)
{
	return len > 2 && text[0] == '*' && text[1] == '.';
}

static bool
is_any_host(const char *text, size_t len)
{
	return len == 1 && text[0] == '*';
}

bool
form_hostname(const char *text, size_t len)
{
	if (is_any_host(text, len))
		return true;
	if (len > DOMAIN_MAX)
		return false;
	if (is_wildcard(text, len)) {
		text += 2;
		len -= 2;
	}
	return form_domain(text, len) && !ends_in_number(text, len);
}

/* "*.a.b" holds every name that ends in ".a.b"; name may be a wildcard itself. */
static bool
wildcard_holds(const char *wildcard, size_t wlen, const char *name, size_t len)
{
	return len >= wlen && form_ends_with(name, len, wildcard + 1, wlen - 1);
}

bool
host_inside(const char *a, size_t alen, const char *b, size_t blen)
{
	if (is_any_host(b, blen) || (alen == blen && memcmp(a, b, alen) == 0))
		return true;
	return is_wildcard(b, blen) && wildcard_holds(b, blen, a, alen);
}

/* Names below a wildcard form a tree: two sets of hosts meet only where one holds the other. */
bool
hosts_meet(const char *a, size_t alen, const char *b, size_t blen)
{
	return host_inside(a, alen, b, blen) || host_inside(b, blen, a, alen);
}

/* Addresses */

struct network {
	unsigned char bytes[16];
	unsigned size; /* bits of an address: 32 or 128 */
	unsigned prefix; /* bits that all its addresses share */
};

static bool
parse_ip4(const char *text, size_t len, struct network *n)
{
	size_t start = 0, part = 0;
	uint64_t value;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && text[i] != '.')
			continue;
		if (part == 4 || !form_number(text + start, i - start, 255, &value))
			return false;
		n->bytes[part++] = (unsigned char)value;
		start = i + 1;
	}
	n->size = n->prefix = 32;
	return part == 4;
}

/* The first of the longest runs of two zero groups or more; *count is 0 if there is none. */
static size_t
longest_zeros(const unsigned *groups, size_t *count)
{
	size_t best = 0, run = 0;

	*count = 0;
	for (size_t i = 0; i < 8; i++) {
		run = groups[i] ? 0 : run + 1;
		if (run > 1 && run > *count) {
			*count = run;
			best = i + 1 - run;
		}
	}
	return best;
}

/* The form of RFC 5952. Not inet_ntop(), whose answers differ between C libraries. */
static void
print_ip6(const unsigned char *bytes, char *out, size_t room)
{
	unsigned groups[8];
	size_t zeros, first, at = 0;

	for (size_t i = 0; i < 8; i++)
		groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
	first = longest_zeros(groups, &zeros);
	for (size_t i = 0; i < 8; i++) {
		if (zeros && i == first) {
			at += (size_t)snprintf(out + at, room - at, "::");
			i += zeros - 1;
		} else {
			bool colon = i && !(zeros && i == first + zeros);
			at += (size_t)snprintf(
				out + at, room - at, "%s%x", colon ? ":" : "", groups[i]);
		}
	}
}

static bool
is_mapped_ip4(const unsigned char *bytes)
{
	static const unsigned char prefix[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(bytes, prefix, sizeof prefix) == 0;
}

static bool
parse_ip6(const char *text, size_t len, struct network *n)
{
	char given[INET6_ADDRSTRLEN], shortest[INET6_ADDRSTRLEN];

	if (len >= sizeof given || memchr(text, '\0', len))
		return false;
	memcpy(given, text, len);
	given[len] = '\0';
	if (inet_pton(AF_INET6, given, n->bytes) != 1 || is_mapped_ip4(n->bytes))
		return false;
	print_ip6(n->bytes, shortest, sizeof shortest);
	n->size = n->prefix = 128;
	return strcmp(given, shortest) == 0;
}

static bool
parse_ip(const char *text, size_t len, struct network *n)
{
	memset(n, 0, sizeof *n);
	return parse_ip4(text, len, n) || parse_ip6(text, len, n);
}

bool
form_ip(const char *text, size_t len)
{
	struct network n;

	return parse_ip(text, len, &n);
}

/* Are the first `bits` bits of both equal? */
static bool
share_prefix(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return !rest || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static bool
has_host_bits(const struct network *n)
{
	for (unsigned i = n->prefix; i < n->size; i++)
		if (n->bytes[i / 8] >> (7 - i % 8) & 1)
			return true;
	return false;
}

/* address/prefix, or an address alone, which is a network of one. */
static bool
parse_network(const char *text, size_t len, struct network *n)
{
	const char *slash = memchr(text, '/', len);
	size_t ip_len = slash ? (size_t)(slash - text) : len;
	uint64_t prefix;

	if (!parse_ip(text, ip_len, n))
		return false;
	if (!slash)
		return true;
	if (!form_number(slash + 1, len - ip_len - 1, n->size, &prefix))
		return false;
	n->prefix = (unsigned)prefix;
	return !has_host_bits(n);
}

bool
form_cidr(const char *text, size_t len)
{
	struct network n;

	return memchr(text, '/', len) && parse_network(text, len, &n);
}

bool
cidr_inside(const char *a, size_t alen, const char *b, size_t blen)
{
	struct network x, y;

	return parse_network(a, alen, &x) && parse_network(b, blen, &y) && x.size == y.size &&
		x.prefix >= y.prefix && share_prefix(x.bytes, y.bytes, y.prefix);
}

bool
cidr_meet(const char *a, size_t alen, const char *b, size_t blen)
{
	return cidr_inside(a, alen, b, blen) || cidr_inside(b, blen, a, alen);
}

/* Endpoints */

bool
form_authority_host(const char *text, size_t len)
{
	struct network n;

	if (len > 2 && text[0] == '[' && text[len - 1] == ']')
		return parse_ip6(text + 1, len - 2, &n);
	if (len && ends_in_number(text, len))
		return parse_ip4(text, len, &n);
	return form_domain(text, len);
}

/* Where the port starts, behind the last colon; 0 if there is no colon. */
static size_t
find_port(const char *text, size_t len)
{
	while (len && text[len - 1] != ':')
		len--;
	return len;
}

bool
form_endpoint(const char *text, size_t len)
{
	size_t port = find_port(text, len);
	uint64_t n;

	return port && form_authority_host(text, port - 1) &&
		form_number(text + port, len - port, 65535, &n) && n > 0;
}

void
endpoint_split(const char *text, size_t len, size_t *host_start, size_t *host_len, int64_t *port)
{
	size_t at = find_port(text, len);
	bool brackets = text[0] == '[';
	uint64_t n = 0;

	form_number(text + at, len - at, 65535, &n);
	*port = (int64_t)n;
	*host_start = brackets;
	*host_len = at - 1 - 2 * (size_t)brackets;
}
