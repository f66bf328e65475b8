/* SPDX-License-Identifier: Apache-2.0 */
/* The floor of all programs: to start and to end. */
int
main(void)
{
	return 0;
}
