/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in scalar types: which texts they take, and their arithmetic. One row a case. */
#include "check/scalar.h"
#include "base/str.h"
#include "tap.h"

#define TEN(x) x x x x x x x x x x

static const struct form_case {
	enum scalar_type type;
	bool valid;
	const char *text;
} form_cases[] = {
	{ SCALAR_TYPE_BOOL, true, "true" },
	{ SCALAR_TYPE_BOOL, false, "True" },
	{ SCALAR_TYPE_BOOL, false, "yes" },

	{ SCALAR_TYPE_INT, true, "0" },
	{ SCALAR_TYPE_INT, true, "-9223372036854775808" },
	{ SCALAR_TYPE_INT, true, "9223372036854775807" },
	{ SCALAR_TYPE_INT, false, "9223372036854775808" },
	{ SCALAR_TYPE_INT, false, "-9223372036854775809" },
	{ SCALAR_TYPE_INT, false, "007" },
	{ SCALAR_TYPE_INT, false, "-0" },
	{ SCALAR_TYPE_INT, false, "-" },
	{ SCALAR_TYPE_INT, false, "" },

	{ SCALAR_TYPE_VERSION, true, "1.29" },
	{ SCALAR_TYPE_VERSION, true, "1.29.6" },
	{ SCALAR_TYPE_VERSION, true, "1.28.10" },
	{ SCALAR_TYPE_VERSION, false, "1" },
	{ SCALAR_TYPE_VERSION, false, "1." },
	{ SCALAR_TYPE_VERSION, false, "1.29." },
	{ SCALAR_TYPE_VERSION, false, "1.29.6.1" },
	{ SCALAR_TYPE_VERSION, false, "1.029" },
	{ SCALAR_TYPE_VERSION, false, "v1.29" },
	{ SCALAR_TYPE_VERSION, false, "1.30.0-rc.1" },
	{ SCALAR_TYPE_VERSION, false, "1.2.2097151" },

	{ SCALAR_TYPE_DATE, true, "2026-08-22" },
	{ SCALAR_TYPE_DATE, true, "2024-02-29" },
	{ SCALAR_TYPE_DATE, true, "2000-02-29" },
	{ SCALAR_TYPE_DATE, false, "2026-02-29" },
	{ SCALAR_TYPE_DATE, false, "1900-02-29" },
	{ SCALAR_TYPE_DATE, false, "2026-04-31" },
	{ SCALAR_TYPE_DATE, false, "2026-13-01" },
	{ SCALAR_TYPE_DATE, false, "2026-00-10" },
	{ SCALAR_TYPE_DATE, false, "2026-8-22" },
	{ SCALAR_TYPE_DATE, false, "0000-01-01" },

	{ SCALAR_TYPE_PORT, true, "1" },
	{ SCALAR_TYPE_PORT, true, "65535" },
	{ SCALAR_TYPE_PORT, false, "0" },
	{ SCALAR_TYPE_PORT, false, "65536" },
	{ SCALAR_TYPE_PORT, false, "http" },

	{ SCALAR_TYPE_IP, true, "192.0.2.10" },
	{ SCALAR_TYPE_IP, true, "0.0.0.0" },
	{ SCALAR_TYPE_IP, true, "2001:db8::1" },
	{ SCALAR_TYPE_IP, true, "::" },
	{ SCALAR_TYPE_IP, true, "::1" },
	{ SCALAR_TYPE_IP, true, "1::" },
	{ SCALAR_TYPE_IP, true, "2001:db8:0:1:1:1:1:1" },
	{ SCALAR_TYPE_IP, true, "2001:0:0:1::1" },
	{ SCALAR_TYPE_IP, false, "192.0.2.010" },
	{ SCALAR_TYPE_IP, false, "192.0.2" },
	{ SCALAR_TYPE_IP, false, "192.0.2.1.1" },
	{ SCALAR_TYPE_IP, false, "192.0.2.256" },
	{ SCALAR_TYPE_IP, false, "2001:0db8::1" },
	{ SCALAR_TYPE_IP, false, "2001:DB8::1" },
	{ SCALAR_TYPE_IP, false, "2001:db8:0:0:0:0:0:1" },
	{ SCALAR_TYPE_IP, false, "2001:db8::1:1:1:1:1" },
	{ SCALAR_TYPE_IP, false, "::ffff:192.0.2.1" },
	{ SCALAR_TYPE_IP, false, "::ffff:c000:201" },
	{ SCALAR_TYPE_IP, false, "fe80::1%eth0" },
	{ SCALAR_TYPE_IP, false, "10.0.0.0/8" },
	{ SCALAR_TYPE_IP, false, "" },

	{ SCALAR_TYPE_CIDR, true, "10.0.0.0/8" },
	{ SCALAR_TYPE_CIDR, true, "0.0.0.0/0" },
	{ SCALAR_TYPE_CIDR, true, "::/0" },
	{ SCALAR_TYPE_CIDR, true, "192.0.2.1/32" },
	{ SCALAR_TYPE_CIDR, true, "2001:db8::/33" },
	{ SCALAR_TYPE_CIDR, false, "10.0.0.1/8" },
	{ SCALAR_TYPE_CIDR, false, "10.0.0.0/33" },
	{ SCALAR_TYPE_CIDR, false, "10.0.0.0/08" },
	{ SCALAR_TYPE_CIDR, false, "10.0.0.0/" },
	{ SCALAR_TYPE_CIDR, false, "10.0.0.0" },
	{ SCALAR_TYPE_CIDR, false, "2001:db8:8000::/32" },

	{ SCALAR_TYPE_HOSTNAME, true, "*" },
	{ SCALAR_TYPE_HOSTNAME, true, "*.example.com" },
	{ SCALAR_TYPE_HOSTNAME, true, "shop.example.com" },
	{ SCALAR_TYPE_HOSTNAME, true, "xn--bcher-kva.example" },
	{ SCALAR_TYPE_HOSTNAME, false, "*example.com" },
	{ SCALAR_TYPE_HOSTNAME, false, "*." },
	{ SCALAR_TYPE_HOSTNAME, false, "*.*.com" },
	{ SCALAR_TYPE_HOSTNAME, false, "shop.*.com" },
	{ SCALAR_TYPE_HOSTNAME, false, "Shop.example.com" },
	{ SCALAR_TYPE_HOSTNAME, false, "example.com." },
	{ SCALAR_TYPE_HOSTNAME, false, "example..com" },
	{ SCALAR_TYPE_HOSTNAME, false, "192.0.2.1" },
	{ SCALAR_TYPE_HOSTNAME, false, "shop.example.com:443" },

	{ SCALAR_TYPE_OBJECT_NAME, true, "a" },
	{ SCALAR_TYPE_OBJECT_NAME, true, "shop-eu.example" },
	{ SCALAR_TYPE_OBJECT_NAME, true, TEN(TEN("ab")) },
	{ SCALAR_TYPE_OBJECT_NAME, false, TEN(TEN("abc")) },
	{ SCALAR_TYPE_OBJECT_NAME, false, "" },
	{ SCALAR_TYPE_OBJECT_NAME, false, "a..b" },
	{ SCALAR_TYPE_OBJECT_NAME, false, "a-.b" },
	{ SCALAR_TYPE_OBJECT_NAME, false, "a.-b" },
	{ SCALAR_TYPE_OBJECT_NAME, false, "-a" },
	{ SCALAR_TYPE_OBJECT_NAME, false, "a." },
	{ SCALAR_TYPE_OBJECT_NAME, false, "Shop" },
	{ SCALAR_TYPE_QUALIFIED_NAME, true, "app" },
	{ SCALAR_TYPE_QUALIFIED_NAME, true, "app.kubernetes.io/name" },
	{ SCALAR_TYPE_QUALIFIED_NAME, true, "My_Name.1" },
	{ SCALAR_TYPE_QUALIFIED_NAME, false, "" },
	{ SCALAR_TYPE_QUALIFIED_NAME, false, "a/b/c" },
	{ SCALAR_TYPE_QUALIFIED_NAME, false, "/a" },
	{ SCALAR_TYPE_QUALIFIED_NAME, false, "a/" },
	{ SCALAR_TYPE_QUALIFIED_NAME, false, "Example.com/a" },
	{ SCALAR_TYPE_QUALIFIED_NAME, false, "a b" },
	{ SCALAR_TYPE_QUALIFIED_NAME, false, TEN("abcdefg") },
	{ SCALAR_TYPE_LABEL_VALUE, true, "" },
	{ SCALAR_TYPE_LABEL_VALUE, true, "v1.2_Beta-3" },
	{ SCALAR_TYPE_LABEL_VALUE, false, "a b" },
	{ SCALAR_TYPE_LABEL_VALUE, false, "-a" },
	{ SCALAR_TYPE_LABEL_VALUE, false, "a:b" },
	{ SCALAR_TYPE_LABEL_VALUE, false, TEN("abcdefg") },
	{ SCALAR_TYPE_DOMAIN, true, "cluster.local" },
	{ SCALAR_TYPE_DOMAIN, true, TEN("a.") TEN("b.") "example" },
	{ SCALAR_TYPE_DOMAIN, false, "*.example.com" },
	{ SCALAR_TYPE_DOMAIN, false, "my_domain.example" },
	{ SCALAR_TYPE_DOMAIN, false, "-a.example" },
	{ SCALAR_TYPE_DOMAIN, false, "" },
	{ SCALAR_TYPE_DOMAIN, false, TEN("abcdefg") ".example" },
	{ SCALAR_TYPE_DOMAIN, false, TEN(TEN("abc.")) "example" },

	{ SCALAR_TYPE_DNS_LABEL, true, "shop-eu" },
	{ SCALAR_TYPE_DNS_LABEL, true, "1" },
	{ SCALAR_TYPE_DNS_LABEL, true, TEN("abcdef") "abc" },
	{ SCALAR_TYPE_DNS_LABEL, false, TEN("abcdef") "abcd" },
	{ SCALAR_TYPE_DNS_LABEL, false, "shop-" },
	{ SCALAR_TYPE_DNS_LABEL, false, "shop.eu" },
	{ SCALAR_TYPE_DNS_LABEL, false, "Shop" },

	{ SCALAR_TYPE_PATH, true, "/" },
	{ SCALAR_TYPE_PATH, true, "/cart/" },
	{ SCALAR_TYPE_PATH, true, "/a/.b/..c/%20" },
	{ SCALAR_TYPE_PATH, false, "cart" },
	{ SCALAR_TYPE_PATH, false, "/a//b" },
	{ SCALAR_TYPE_PATH, false, "/a/./b" },
	{ SCALAR_TYPE_PATH, false, "/a/../b" },
	{ SCALAR_TYPE_PATH, false, "/a/.." },
	{ SCALAR_TYPE_PATH, false, "/a/." },
	{ SCALAR_TYPE_PATH, false, "/a%2fb" },
	{ SCALAR_TYPE_PATH, false, "/a%2Fb" },
	{ SCALAR_TYPE_PATH, false, "/a%2" },
	{ SCALAR_TYPE_PATH, false, "/a#b" },
	{ SCALAR_TYPE_PATH, false, "/a?b" },
	{ SCALAR_TYPE_PATH, false, "/a b" },
	{ SCALAR_TYPE_PATH, false, "/" TEN(TEN(TEN("a"))) TEN("ab") "abcd" },
	{ SCALAR_TYPE_PATH, true, "/" TEN(TEN(TEN("a"))) TEN("ab") "abc" },

	{ SCALAR_TYPE_DURATION, true, "5s" },
	{ SCALAR_TYPE_DURATION, true, "0s" },
	{ SCALAR_TYPE_DURATION, true, "1h2m3s4ms" },
	{ SCALAR_TYPE_DURATION, true, "99999h" },
	{ SCALAR_TYPE_DURATION, false, "100000h" },
	{ SCALAR_TYPE_DURATION, false, "1h1h1h1h1h" },
	{ SCALAR_TYPE_DURATION, false, "1.5s" },
	{ SCALAR_TYPE_DURATION, false, "5" },
	{ SCALAR_TYPE_DURATION, false, "5us" },
	{ SCALAR_TYPE_DURATION, false, "s" },
	{ SCALAR_TYPE_DURATION, false, "" },

	{ SCALAR_TYPE_PERCENT, true, "0%" },
	{ SCALAR_TYPE_PERCENT, true, "100%" },
	{ SCALAR_TYPE_PERCENT, true, "0.125%" },
	{ SCALAR_TYPE_PERCENT, false, "0.1255%" },
	{ SCALAR_TYPE_PERCENT, false, "100.001%" },
	{ SCALAR_TYPE_PERCENT, false, "101%" },
	{ SCALAR_TYPE_PERCENT, false, "1.%" },
	{ SCALAR_TYPE_PERCENT, false, ".5%" },
	{ SCALAR_TYPE_PERCENT, false, "5" },
	{ SCALAR_TYPE_PERCENT, false, "%" },

	{ SCALAR_TYPE_QUANTITY, true, "100m" },
	{ SCALAR_TYPE_QUANTITY, true, "512Mi" },
	{ SCALAR_TYPE_QUANTITY, true, "1.5Gi" },
	{ SCALAR_TYPE_QUANTITY, true, "2" },
	{ SCALAR_TYPE_QUANTITY, true, "1e3" },
	{ SCALAR_TYPE_QUANTITY, true, "12E-3" },
	{ SCALAR_TYPE_QUANTITY, true, "7E" },
	{ SCALAR_TYPE_QUANTITY, true, "0e99" },
	{ SCALAR_TYPE_QUANTITY, false, "10E" },
	{ SCALAR_TYPE_QUANTITY, false, "1e99" },
	{ SCALAR_TYPE_QUANTITY, false, "0.5n" },
	{ SCALAR_TYPE_QUANTITY, false, "512mi" },
	{ SCALAR_TYPE_QUANTITY, false, "512 Mi" },
	{ SCALAR_TYPE_QUANTITY, false, "-1" },
	{ SCALAR_TYPE_QUANTITY, false, "1." },
	{ SCALAR_TYPE_QUANTITY, false, "Mi" },

	{ SCALAR_TYPE_ENDPOINT, true, "collector.observability:4317" },
	{ SCALAR_TYPE_ENDPOINT, true, "192.0.2.1:80" },
	{ SCALAR_TYPE_ENDPOINT, true, "[2001:db8::1]:53" },
	{ SCALAR_TYPE_ENDPOINT, false, "2001:db8::1:53" },
	{ SCALAR_TYPE_ENDPOINT, false, "[2001:db8::1]" },
	{ SCALAR_TYPE_ENDPOINT, false, "[192.0.2.1]:53" },
	{ SCALAR_TYPE_ENDPOINT, false, "192.0.2.999:80" },
	{ SCALAR_TYPE_ENDPOINT, false, "collector" },
	{ SCALAR_TYPE_ENDPOINT, false, "collector:0" },
	{ SCALAR_TYPE_ENDPOINT, false, ":80" },
	{ SCALAR_TYPE_ENDPOINT, false, ":" },

	{ SCALAR_TYPE_URL, true, "https://example.com" },
	{ SCALAR_TYPE_URL, true, "http://example.com:8080/a?b=c&d=%20" },
	{ SCALAR_TYPE_URL, true, "https://[2001:db8::1]/" },
	{ SCALAR_TYPE_URL, false, "https://user@example.com/" },
	{ SCALAR_TYPE_URL, false, "https://example.com/#part" },
	{ SCALAR_TYPE_URL, false, "ftp://example.com" },
	{ SCALAR_TYPE_URL, false, "https://" },
	{ SCALAR_TYPE_URL, false, "/relative" },
};

static void
forms_take_and_refuse(struct tap *t)
{
	char what[160];

	for (size_t i = 0; i < sizeof form_cases / sizeof *form_cases; i++) {
		const struct form_case *c = &form_cases[i];
		const struct scalar_info *info = scalar_info(c->type);

		snprintf(what, sizeof what, "%s %s '%.60s'", info->name,
			c->valid ? "takes" : "refuses", c->text);
		ok_that(t, info->valid(c->text, strlen(c->text)) == c->valid, what);
	}
}

static void
types_are_found_by_name(struct tap *t)
{
	for (enum scalar_type i = 0; i < SCALAR_TYPE_COUNT; i++)
		is_int(t, scalar_find(scalar_info(i)->name, strlen(scalar_info(i)->name)), i);
	is_int(t, scalar_find("dns", 3), SCALAR_TYPE_COUNT);
	is_int(t, scalar_find("", 0), SCALAR_TYPE_COUNT);
	ok(t, !scalar_info(SCALAR_TYPE_TEXT)->valid);
}

static void
nothing_reads_behind_the_text(struct tap *t)
{
	ok(t, scalar_info(SCALAR_TYPE_PORT)->valid("8080x", 4));
	ok(t, !scalar_info(SCALAR_TYPE_IP)->valid("192.0.2.1\0", 10));
	ok(t, !scalar_info(SCALAR_TYPE_IP)->valid("::1\0", 4));
	ok(t, !scalar_info(SCALAR_TYPE_PATH)->valid("/a\0b", 4));
	ok(t, !scalar_info(SCALAR_TYPE_DOMAIN)->valid("a\0", 2));
}

static const struct duration_case {
	const char *text;
	int64_t ms;
	const char *printed;
} duration_cases[] = {
	{ "0s", 0, "0s" },
	{ "0h0ms", 0, "0s" },
	{ "90s", 90000, "1m30s" },
	{ "1500ms", 1500, "1s500ms" },
	{ "24h", 86400000, "24h" },
	{ "5m", 300000, "5m" },
	{ "5ms", 5, "5ms" },
	{ "1s1h", 3601000, "1h1s" },
	{ "99999h", 359996400000, "99999h" },
};

static void
durations_are_read_and_printed(struct tap *t)
{
	struct str out = STR_INIT;

	for (size_t i = 0; i < sizeof duration_cases / sizeof *duration_cases; i++) {
		const struct duration_case *c = &duration_cases[i];
		int64_t ms = -1;

		ok_that(t, duration_parse(c->text, strlen(c->text), &ms), c->text);
		is_int(t, ms, c->ms);
		str_clear(&out);
		ok(t, duration_print(ms, &out));
		is_text(t, str_text(&out), c->printed);
	}
	ok(t, !duration_print((int64_t)100000 * 3600000, &out));
	str_release(&out);
}

static void
percents_are_read_and_printed(struct tap *t)
{
	static const struct {
		const char *text;
		int64_t thousandths;
		const char *printed;
	} cases[] = { { "10%", 10000, "10" }, { "0.5%", 500, "0.5" }, { "0.050%", 50, "0.05" },
		{ "99.999%", 99999, "99.999" }, { "0%", 0, "0" } };
	struct str out = STR_INIT;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t n = -1;

		ok_that(t, percent_parse(cases[i].text, strlen(cases[i].text), &n), cases[i].text);
		is_int(t, n, cases[i].thousandths);
		str_clear(&out);
		percent_print(n, &out);
		is_text(t, str_text(&out), cases[i].printed);
	}
	str_release(&out);
}

static void
quantities_have_an_order(struct tap *t)
{
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {
		{ "1", "1000m", 0 },
		{ "1Ki", "1024", 0 },
		{ "1k", "1Ki", -1 },
		{ "1.5Gi", "1536Mi", 0 },
		{ "100m", "0.1", 0 },
		{ "1e3", "1k", 0 },
		{ "1E", "1e18", 0 },
		{ "512Mi", "1Gi", -1 },
		{ "1n", "0", 1 },
		{ "7Ei", "7E", 1 },
		{ "9223372036854775807", "9223372036854775806", 1 },
		{ "0.1Ki", "102.4", 0 },
	};
	char what[80];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *a = cases[i].a, *b = cases[i].b;
		int got = quantity_compare(a, strlen(a), b, strlen(b));
		int back = quantity_compare(b, strlen(b), a, strlen(a));

		snprintf(what, sizeof what, "%s against %s", a, b);
		ok_that(t,
			(got > 0) - (got < 0) == cases[i].order &&
				(back > 0) - (back < 0) == -cases[i].order,
			what);
	}
}

static void
versions_are_ranges(struct tap *t)
{
	struct version line, release, later;
	struct str out = STR_INIT;

	ok(t, version_parse("1.29", 4, &line) && version_parse("1.29.6", 6, &release));
	ok(t, release.lo == release.hi && line.lo < release.lo && release.hi < line.hi);
	ok(t, version_parse("1.30.0", 6, &later) && line.hi < later.lo);
	ok(t, version_parse("1.28.10", 7, &release) && release.hi < line.lo);
	version_print(release.lo, &out);
	is_text(t, str_text(&out), "1.28.10");
	str_release(&out);
}

static void
hosts_meet_and_lie_inside(struct tap *t)
{
	static const struct {
		const char *a, *b;
		bool meet, inside, holds;
	} cases[] = {
		{ "*", "*", true, true, true },
		{ "*", "a.com", true, false, true },
		{ "*", "*.a.com", true, false, true },
		{ "a.com", "a.com", true, true, true },
		{ "a.com", "b.com", false, false, false },
		{ "*.a.com", "a.com", false, false, false },
		{ "*.a.com", "x.a.com", true, false, true },
		{ "*.a.com", "x.y.a.com", true, false, true },
		{ "*.a.com", "xa.com", false, false, false },
		{ "*.a.com", "*.a.com", true, true, true },
		{ "*.a.com", "*.b.a.com", true, false, true },
		{ "*.a.com", "*.b.com", false, false, false },
	};
	char what[80];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *a = cases[i].a, *b = cases[i].b;
		size_t m = strlen(a), n = strlen(b);

		snprintf(what, sizeof what, "%s and %s", a, b);
		ok_that(t,
			hosts_meet(a, m, b, n) == cases[i].meet &&
				hosts_meet(b, n, a, m) == cases[i].meet &&
				host_inside(a, m, b, n) == cases[i].inside &&
				host_inside(b, n, a, m) == cases[i].holds,
			what);
	}
}

static void
networks_meet_and_lie_inside(struct tap *t)
{
	static const struct {
		const char *a, *b;
		bool meet, inside;
	} cases[] = {
		{ "10.1.0.0/16", "10.0.0.0/8", true, true },
		{ "10.0.0.0/8", "10.1.0.0/16", true, false },
		{ "10.0.0.0/9", "10.128.0.0/9", false, false },
		{ "192.0.2.7", "192.0.2.0/29", true, true },
		{ "192.0.2.8", "192.0.2.0/29", false, false },
		{ "10.0.0.0/8", "0.0.0.0/0", true, true },
		{ "10.0.0.0/8", "::/0", false, false },
		{ "2001:db8:1::/48", "2001:db8::/32", true, true },
		{ "2001:db8::/32", "2001:db8::/32", true, true },
	};
	char what[80];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *a = cases[i].a, *b = cases[i].b;
		size_t m = strlen(a), n = strlen(b);

		snprintf(what, sizeof what, "%s and %s", a, b);
		ok_that(t,
			cidr_meet(a, m, b, n) == cases[i].meet &&
				cidr_meet(b, n, a, m) == cases[i].meet &&
				cidr_inside(a, m, b, n) == cases[i].inside,
			what);
	}
}

static void
endpoints_are_split(struct tap *t)
{
	size_t start, len;
	int64_t port;

	endpoint_split("otel.obs:4317", 13, &start, &len, &port);
	ok(t, start == 0 && len == 8 && port == 4317);
	endpoint_split("[2001:db8::1]:53", 16, &start, &len, &port);
	ok(t, start == 1 && len == 11 && port == 53);
}

static const struct secret_case {
	const char *text, *what;
} secret_cases[] = {
	{ "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB\n", "a private key" },
	{ "-----BEGIN "
	  "CERTIFICATE-----\nMIIB9TCCAZugAwIBAgIUQ2x5dXNlbGVzc0V4YW1wbGVDZXJ0MAoGCCqGSM49BAMC\n",
		NULL },
	{ "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI5VENDQVp1Z0F3SUJBZ0lVUTJ4NWRY", NULL },
	{ "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVB",
		"a private key in base64" },
	{ "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLW5vYm9keQ", "a JSON web token" },
	{ "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLW5vYm9keQ",
		"a JSON web token" },
	{ "AKIAIOSFODNN7EXAMPLE", "an access key of AWS" },
	{ "token=ghp_" TEN("aB3") "abcdef", "a token of GitHub" },
	{ "wJalrXUtnFEMIK7Nh2ENG+bPxRfiCYq8TvZm4Lk1", "a random key or token" },
	{ "9vTfK2mXq8LrZ4wYbN7cJ1sHdG6pQe3uA0oRi5VxBk", "a random key or token" },
	{ "0123456789abcdef0123456789abcdef0123456789abcdef", "a key in hexadecimal" },
	{ "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL },
	{ "image@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL },
	{ "0123456789abcdef0123456789abcdef01234567", NULL },
	{ "/api/v1/Organizations/ByName/EngineeringPlatform2/Members", NULL },
	{ "a-rather-long-name-of-a-certificate-that-nobody-would-call-random", NULL },
	{ "registry.example.com/Team1/Component7/SomethingWithAVeryLongName9", NULL },
	{ "the quick brown fox", NULL },
	{ "", NULL },
};

static void
secrets_are_told_from_words(struct tap *t)
{
	for (size_t i = 0; i < sizeof secret_cases / sizeof *secret_cases; i++)
		is_text(t, secret_looks_like(secret_cases[i].text, strlen(secret_cases[i].text)),
			secret_cases[i].what);
}

int
main(void)
{
	struct tap t = { 0 };

	forms_take_and_refuse(&t);
	types_are_found_by_name(&t);
	nothing_reads_behind_the_text(&t);
	durations_are_read_and_printed(&t);
	percents_are_read_and_printed(&t);
	quantities_have_an_order(&t);
	versions_are_ranges(&t);
	hosts_meet_and_lie_inside(&t);
	networks_meet_and_lie_inside(&t);
	endpoints_are_split(&t);
	secrets_are_told_from_words(&t);
	return tap_done(&t);
}
