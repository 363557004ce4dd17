// SPDX-License-Identifier: GPL-2.0-only
/*
 * What cyclictest --json wrote, or not.
 */
#include "fuzz.h"

#include <errno.h>

#include "store/cyclictest_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct boot_cyclictest out;
	int ret = cyclictest_json_parse((const char *)data, size, &out);

	FUZZ_ASSERT(!ret || ret == -EINVAL);
	FUZZ_ASSERT(!ret == !!out.latency);
	if (ret)
		return 0;
	FUZZ_ASSERT(hist_count(out.latency) == out.nr_cycles);
	FUZZ_ASSERT(out.nr_overflow <= out.nr_cycles);
	FUZZ_ASSERT(hist_percentile(out.latency, 50) <= hist_max(out.latency));
	hist_destroy(out.latency);
	return 0;
}
