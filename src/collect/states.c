// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words for the ways in which a probe can be attached, and why it can't be. Knows no probes.
 */
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "collect/probes.h"
#include "util/array.h"

static const char *const state_names[PROBE_STATES] = {
	[QPW_PROBE_MISSING] = "missing", [QPW_PROBE_TP_BTF] = "tp_btf",
	[QPW_PROBE_RAW_TP] = "raw_tp",	 [QPW_PROBE_TRACEPOINT] = "tracepoint",
	[QPW_PROBE_FENTRY] = "fentry",	 [QPW_PROBE_KPROBE] = "kprobe",
};

const char *collect_state_name(enum qpw_probe_state state)
{
	return state < ARRAY_SIZE(state_names) ? state_names[state] : "unknown";
}

const char *collect_missing_reason(int error)
{
	if (error == -ECANCELED)
		return "left out by --without";
	return error ? strerror(-error) : "not in this kernel";
}

int collect_parse_states(const char *text, unsigned int *out)
{
	size_t len, state;

	*out = 0;
	for (;; text += len + 1) {
		len = strcspn(text, ",");
		for (state = QPW_PROBE_MISSING + 1; state < PROBE_STATES; state++) {
			if (strlen(state_names[state]) == len &&
			    !strncmp(text, state_names[state], len))
				break;
		}
		if (state == PROBE_STATES)
			return -EINVAL;
		*out |= 1U << state;
		if (!text[len])
			return 0;
	}
}
