// SPDX-License-Identifier: GPL-2.0-only
/*
 * The churn driver's triggers.json, or not.
 */
#include "fuzz.h"

#include <errno.h>

#include "store/triggers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct boot_triggers out;
	int ret = triggers_parse((const char *)data, size, &out);

	FUZZ_ASSERT(!ret || ret == -EINVAL);
	FUZZ_ASSERT(!ret == out.present);
	free(out.rows);
	return 0;
}
