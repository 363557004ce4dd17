// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text of the witness, or not.
 */
#include "fuzz.h"

#include "store/witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *f = fopen(fuzz_file(data, size), "re");
	struct boot_witness out;

	FUZZ_ASSERT(f);
	FUZZ_ASSERT(!witness_parse(f, 1000000000, 2000000000, &out));
	FUZZ_ASSERT(out.state != BOOT_WITNESS_UNREADABLE || !out.nr_functions);
	free(out.functions);
	fclose(f);
	return 0;
}
