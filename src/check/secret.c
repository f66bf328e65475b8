/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a text look like a secret? A guess for refusing literals that belong into a Secret: exact
 * for formats that name themselves (PEM, JWT, tokens with a prefix), statistical for long random
 * words. Refuses to call public things secret: certificates, public keys, hashes that say so
 * (sha256:...), plain words and paths.
 */
#include <string.h>
#include "check/scalar.h"

#define HEX_LEAST    48 /* a commit's 40 digits are no secret */
#define RANDOM_LEAST 40
#define JWT_LEAST    40

static const struct token_form {
	const char *prefix;
	size_t least; /* bytes of the whole word */
	const char *what;
} token_forms[] = {
	{ "AKIA", 20, "an access key of AWS" },
	{ "ASIA", 20, "an access key of AWS" },
	{ "AIza", 39, "an API key of Google" },
	{ "ya29.", 30, "an access token of Google" },
	{ "ghp_", 36, "a token of GitHub" },
	{ "gho_", 36, "a token of GitHub" },
	{ "ghu_", 36, "a token of GitHub" },
	{ "ghs_", 36, "a token of GitHub" },
	{ "ghr_", 36, "a token of GitHub" },
	{ "github_pat_", 40, "a token of GitHub" },
	{ "glpat-", 20, "a token of GitLab" },
	{ "gldt-", 20, "a token of GitLab" },
	{ "glrt-", 20, "a token of GitLab" },
	{ "xoxb-", 20, "a token of Slack" },
	{ "xoxp-", 20, "a token of Slack" },
	{ "xapp-", 20, "a token of Slack" },
	{ "sk_live_", 20, "a key of Stripe" },
	{ "rk_live_", 20, "a key of Stripe" },
	{ "SG.", 60, "a key of SendGrid" },
	{ "npm_", 36, "a token of npm" },
	{ "dckr_pat_", 20, "a token of Docker" },
	{ "hvs.", 24, "a token of Vault" },
	{ "hvb.", 24, "a token of Vault" },
	{ "AGE-SECRET-KEY-", 30, "a key of age" },
	/* PEM once more in base64; a certificate or public key is told apart before. */
	{ "LS0tLS1CRUdJTi", 40, "a private key in base64" },
};

/* What begins so is public, however random it looks: PEM in base64 of certificates and public
 * keys, pinned hashes. */
static const char *const public_forms[] = {
	"LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR",
	"LS0tLS1CRUdJTiBQVUJMSUMg",
	"sha256/",
	"sha256-",
	"sha384-",
	"sha512-",
};

enum char_class { CLASS_LOWER, CLASS_UPPER, CLASS_DIGIT, CLASS_OTHER };

/* A run of letters, digits, the signs of base64 but for its padding, and dots. */
struct word {
	const char *text;
	size_t len;
};

static bool
starts_with(const struct word *w, const char *prefix)
{
	return w->len >= strlen(prefix) && memcmp(w->text, prefix, strlen(prefix)) == 0;
}

static enum char_class
class_of(char c)
{
	if (c >= 'a' && c <= 'z')
		return CLASS_LOWER;
	if (c >= 'A' && c <= 'Z')
		return CLASS_UPPER;
	return c >= '0' && c <= '9' ? CLASS_DIGIT : CLASS_OTHER;
}

static bool
is_word_char(char c)
{
	return class_of(c) != CLASS_OTHER || (c && strchr("+/_.-", c));
}

static bool
holds(const char *text, size_t len, const char *part)
{
	return memmem(text, len, part, strlen(part)) != NULL;
}

static bool
is_hex(const struct word *w)
{
	for (size_t i = 0; i < w->len; i++)
		if (class_of(w->text[i]) != CLASS_DIGIT &&
			!((w->text[i] | 0x20) >= 'a' && (w->text[i] | 0x20) <= 'f'))
			return false;
	return true;
}

/* Three parts of base64url, the first being that of "{\"". */
static bool
is_jwt(const struct word *w)
{
	size_t dots = 0;

	for (size_t i = 0; i < w->len; i++) {
		dots += w->text[i] == '.';
		if (strchr("+/", w->text[i]))
			return false;
	}
	return dots == 2 && w->len >= JWT_LEAST && starts_with(w, "eyJ");
}

/*
 * Random base64 uses many different characters and changes between lower case, upper case and
 * digits at two of three steps; names and paths do so at one of four at most. Whole numbers
 * only: the answer must not depend on anybody's floating point.
 */
static bool
is_random(const struct word *w)
{
	bool used[256] = { false };
	size_t classes[4] = { 0 }, distinct = 0, changes = 0;

	for (size_t i = 0; i < w->len; i++) {
		unsigned char c = (unsigned char)w->text[i];

		if (c == '.')
			return false;
		distinct += !used[c];
		used[c] = true;
		classes[class_of(w->text[i])]++;
		changes += i && class_of(w->text[i]) != class_of(w->text[i - 1]);
	}
	return classes[CLASS_LOWER] && classes[CLASS_UPPER] && classes[CLASS_DIGIT] >= 2 &&
		distinct >= 22 && 5 * changes >= 2 * w->len;
}

static const char *
named_token(const struct word *w)
{
	for (size_t i = 0; i < sizeof token_forms / sizeof *token_forms; i++)
		if (w->len >= token_forms[i].least && starts_with(w, token_forms[i].prefix))
			return token_forms[i].what;
	return NULL;
}

static bool
is_public(const struct word *w)
{
	for (size_t i = 0; i < sizeof public_forms / sizeof *public_forms; i++)
		if (starts_with(w, public_forms[i]))
			return true;
	return false;
}

static const char *
judge_word(const struct word *w, bool hashed)
{
	const char *what = is_public(w) ? NULL : named_token(w);

	if (what || hashed || is_public(w))
		return what;
	if (is_jwt(w))
		return "a JSON web token";
	if (w->len >= HEX_LEAST && is_hex(w))
		return "a key in hexadecimal";
	return w->len >= RANDOM_LEAST && is_random(w) ? "a random key or token" : NULL;
}

/* Does the name of a hash and a colon, such as "sha256:", end at text + at? */
static bool
follows_hash_name(const char *text, size_t at)
{
	static const char *const names[] = {
		"sha256:", "SHA256:", "sha384:", "sha512:", "sha1:", "md5:"
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i]);

		if (at >= n && memcmp(text + at - n, names[i], n) == 0)
			return true;
	}
	return false;
}

const char *
secret_looks_like(const char *text, size_t len)
{
	bool pem = holds(text, len, "-----BEGIN ");

	if (pem && holds(text, len, "PRIVATE KEY"))
		return "a private key";
	for (size_t at = 0, end; at < len; at = end + 1) {
		for (end = at; end < len && is_word_char(text[end]); end++)
			;
		struct word w = { text + at, end - at };
		const char *what = judge_word(&w, pem || follows_hash_name(text, at));

		if (what)
			return what;
	}
	return NULL;
}
