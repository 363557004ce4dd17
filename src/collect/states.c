// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways of attaching probes in words, as users write and read them. Knows no probes.
 */
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "collect/probes.h"
#include "util/record.h"

const char *collect_missing_reason(int error)
{
	if (error == -ECANCELED)
		return "left out by --without";
	return error ? strerror(-error) : "not in this kernel";
}

int collect_parse_states(const char *text, unsigned int *out)
{
	unsigned int state;
	size_t len;

	*out = 0;
	for (;; text += len + 1) {
		len = strcspn(text, ",");
		for (state = QPW_PROBE_MISSING + 1; state < PROBE_STATES; state++) {
			const char *name = record_probe_state_name(state);

			if (strlen(name) == len && !strncmp(text, name, len))
				break;
		}
		if (state == PROBE_STATES)
			return -EINVAL;
		*out |= 1U << state;
		if (!text[len])
			return 0;
	}
}
