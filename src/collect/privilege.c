// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks the kernel for the effective capabilities, without a library for two bits of them.
 */
#include <linux/capability.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collect/privilege.h"

static bool has(const struct __user_cap_data_struct *data, unsigned int cap)
{
	return data[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap);
}

const char *privilege_missing(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	memset(data, 0, sizeof(data));
	if (syscall(SYS_capget, &header, data) || has(data, CAP_SYS_ADMIN))
		return NULL; /* when in doubt the load itself tells */
	if (!has(data, CAP_BPF))
		return "CAP_BPF";
	if (!has(data, CAP_PERFMON))
		return "CAP_PERFMON";
	return NULL;
}
