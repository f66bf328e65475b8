/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in scalar types: what their text looks like, and exact arithmetic on it. Pure
 * functions over bytes; no allocation but into the caller's buffer. "Valid" speaks of the text of
 * a value, without quotes.
 */
#ifndef CHECK_SCALAR_H
#define CHECK_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/str.h"

/* ORDER: scalar.c has a row for each, in this order. */
enum scalar_type {
	SCALAR_TYPE_BOOL,
	SCALAR_TYPE_INT, /* 64 bits, signed */
	SCALAR_TYPE_TEXT,
	SCALAR_TYPE_VERSION, /* "1.29" (a line) or "1.29.6" (a release); no pre-releases, no leading v */
	SCALAR_TYPE_DATE, /* 2026-08-22, a real day of the proleptic Gregorian calendar */
	SCALAR_TYPE_PORT, /* 1..65535 */
	SCALAR_TYPE_IP, /* IPv4 or IPv6, canonical enough for Kubernetes: no leading zeros */
	SCALAR_TYPE_CIDR, /* an address and a prefix length */
	SCALAR_TYPE_HOSTNAME, /* Gateway API hostname: a DNS name, or "*." before one, or "*" */
	SCALAR_TYPE_DOMAIN, /* RFC 1123 subdomain, at most 253, no wildcard */
	SCALAR_TYPE_DNS_LABEL, /* RFC 1123 label, at most 63 */
	SCALAR_TYPE_OBJECT_NAME, /* RFC 1123 subdomain as Kubernetes takes it: at most 253, parts of any length */
	SCALAR_TYPE_QUALIFIED_NAME, /* key of a label or annotation: at most 63, after a domain and "/" if there is one */
	SCALAR_TYPE_LABEL_VALUE, /* of a label: at most 63 letters, digits, "-", "_", ".", or nothing */
	SCALAR_TYPE_PATH, /* URL path as HTTPRoute takes it: starts with "/", at most 1024, none of // /./ /../ %2f %2F # , does not end in /. or /.. */
	SCALAR_TYPE_DURATION, /* Gateway API (GEP-2257): ([0-9]{1,5}(h|m|s|ms)){1,4} */
	SCALAR_TYPE_PERCENT, /* 10%, 0.5%: at most three decimals, 0..100 */
	SCALAR_TYPE_QUANTITY, /* Kubernetes resource quantity: 100m, 512Mi, 2 */
	SCALAR_TYPE_ENDPOINT, /* host:port with a DNS name or IP (IPv6 in brackets) */
	SCALAR_TYPE_URL, /* http or https, absolute, no user info, no fragment */
	SCALAR_TYPE_COUNT
};

struct scalar_info {
	const char *name; /* as written in declarations: "dns-label" */
	const char *
		about; /* what it should look like: "a DNS label: lower-case letters, digits and hyphens, at most 63, such as shop-eu" */
	bool (*valid)(const char *text, size_t len); /* NULL: every text */
};
const struct scalar_info *
scalar_info(enum scalar_type t);
/* SCALAR_TYPE_COUNT if no built-in type has this name. */
enum scalar_type
scalar_find(const char *name, size_t len);

/* Milliseconds; false if not a duration or beyond int64. */
bool
duration_parse(const char *text, size_t len, int64_t *ms);
/* The shortest canonical form: 0s, 1m30s, 1500ms as 1s500ms. ms >= 0. Each part at most 5 digits
 * (hours above 99999: false). */
bool
duration_print(int64_t ms, struct str *out);
/* Thousandths of a percent: 0.5% is 500. */
bool
percent_parse(const char *text, size_t len, int64_t *thousandths);
/* "10", "0.5": the number without the sign. */
void
percent_print(int64_t thousandths, struct str *out);
/* Compares two valid quantities exactly: <0, 0, >0. */
int
quantity_compare(const char *a, size_t alen, const char *b, size_t blen);

/* A version as a range of releases: a release has lo == hi, a line spans all its patches. */
struct version {
	uint64_t lo, hi;
};
#define VERSION_PATCH_BITS 21
bool
version_parse(const char *text, size_t len, struct version *v);
/* "1.30.1" */
void
version_print(uint64_t release, struct str *out);

/* Do two Gateway API hostnames have a common host? "*" meets all; "*.a" matches any depth below
 * a, not a itself. */
bool
hosts_meet(const char *a, size_t alen, const char *b, size_t blen);
/* Every host of a is one of b. */
bool
host_inside(const char *a, size_t alen, const char *b, size_t blen);
bool
cidr_inside(const char *a, size_t alen, const char *b, size_t blen);
bool
cidr_meet(const char *a, size_t alen, const char *b, size_t blen);
/* Splits a valid endpoint. host has no brackets. */
void
endpoint_split(const char *text, size_t len, size_t *host_start, size_t *host_len, int64_t *port);

/* POSIX-like extended regular expressions over bytes, in linear time: . [..] [^..] * + ? {m,n} |
 * ( ) ^ $ and escapes. */
struct pattern;
struct arena;
/* NULL if the pattern is not one; then *fault is a short reason and *at its offset. Counted
 * repetitions are limited so that the program stays below 20,000 states. */
const struct pattern *
pattern_compile(struct arena *a, const char *text, size_t len, const char **fault, size_t *at);
/* Is there a match anywhere in the text? (Anchors as written.) O(states x bytes). scratch is
 * marked and rewound. */
bool
pattern_matches(const struct pattern *p, const char *text, size_t len, struct arena *scratch);
/* An example text that matches, short and deterministic, for random sites and messages; false if
 * none was found quickly. */
bool
pattern_example(const struct pattern *p, struct str *out);

/* Does the text look like key material or a token (PEM private key, JWT, well-known prefixes of
 * cloud and forge tokens, long high-entropy base64 or hex without spaces)? Returns what it looks
 * like, or NULL. Hashes written as sha256:... are not. */
const char *
secret_looks_like(const char *text, size_t len);

#endif
