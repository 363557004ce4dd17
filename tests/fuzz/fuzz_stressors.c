// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stress-ng --yaml wrote, or not.
 */
#include "fuzz.h"

#include <errno.h>

#include "store/triggers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct boot_stressor *rows;
	size_t nr;
	int ret = stressors_parse((const char *)data, size, &rows, &nr);

	FUZZ_ASSERT(!ret || ret == -EINVAL);
	FUZZ_ASSERT(!ret == !!nr);
	for (size_t i = 0; !ret && i < nr; i++)
		FUZZ_ASSERT(rows[i].name[0]);
	if (!ret)
		free(rows);
	return 0;
}
