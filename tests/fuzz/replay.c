/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for libFuzzer in ordinary builds: runs the fuzz target over the files named on the command
 * line, so that every input that once broke something is tried by make check.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Copied into a block of its exact size, so that a sanitizer sees a read past its end. */
static int
replay(const char *path)
{
	static const size_t most = 1 << 20;
	FILE *in = fopen(path, "rb");
	uint8_t *room = malloc(most);
	size_t len = in && room ? fread(room, 1, most, in) : 0;
	uint8_t *bytes = malloc(len ? len : 1);
	int status = 1;

	if (in && room && bytes && !ferror(in)) {
		for (size_t i = 0; i < len; i++)
			bytes[i] = room[i];
		LLVMFuzzerTestOneInput(bytes, len);
		status = 0;
	} else {
		fprintf(stderr, "cannot read %s\n", path);
	}
	free(bytes);
	free(room);
	if (in)
		fclose(in);
	return status;
}

int
main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++) {
		printf("%s\n", argv[i]);
		fflush(stdout);
		status |= replay(argv[i]);
	}
	return status;
}
