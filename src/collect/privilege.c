// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities by the kernel's own calls: a library would have to be in the lab's guests, too.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collect/privilege.h"
#include "util/array.h"

static const struct {
	unsigned int capability;
	const char *name;
} names[] = {
	{ CAP_BPF, "CAP_BPF" },		  { CAP_PERFMON, "CAP_PERFMON" },
	{ CAP_SYSLOG, "CAP_SYSLOG" },	  { CAP_SYS_NICE, "CAP_SYS_NICE" },
	{ CAP_IPC_LOCK, "CAP_IPC_LOCK" },
};

struct sets {
	struct __user_cap_data_struct half[_LINUX_CAPABILITY_U32S_3];
};

static int sets_call(long number, struct sets *sets)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(number, &header, sets->half) ? -errno : 0;
}

static bool is_effective(const struct sets *sets, unsigned int capability)
{
	return sets->half[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability);
}

int privilege_missing(uint64_t wanted, char *buf, size_t size)
{
	struct sets sets = { 0 };
	int nr_missing = 0;
	size_t i, len = 0;

	buf[0] = '\0';
	if (sets_call(SYS_capget, &sets))
		return 0; /* when in doubt the deed itself tells */
	if (is_effective(&sets, CAP_SYS_ADMIN))
		wanted &= ~(PRIVILEGE(CAP_BPF) | PRIVILEGE(CAP_PERFMON));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(wanted & PRIVILEGE(names[i].capability)) ||
		    is_effective(&sets, names[i].capability))
			continue;
		if (len < size)
			len += snprintf(buf + len, size - len, "%s%s", nr_missing ? ", " : "",
					names[i].name);
		nr_missing++;
	}
	return nr_missing;
}

int privilege_keep(uint64_t kept)
{
	struct sets sets = { 0 };
	int i, err = sets_call(SYS_capget, &sets);

	if (err)
		return err;
	/* with the permitted ones the ambient ones go, too */
	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t mask = kept >> (32 * i);

		sets.half[i].permitted &= mask;
		sets.half[i].effective &= mask;
		sets.half[i].inheritable &= mask;
	}
	return sets_call(SYS_capset, &sets);
}

int privilege_pass_on(uint64_t passed)
{
	struct sets sets = { 0 };
	unsigned long capability;
	int i, err = sets_call(SYS_capget, &sets);

	for (i = 0; !err && i < _LINUX_CAPABILITY_U32S_3; i++)
		sets.half[i].inheritable |= sets.half[i].permitted & (uint32_t)(passed >> 32 * i);
	if (!err)
		err = sets_call(SYS_capset, &sets);
	for (capability = 0; !err && capability < 64; capability++) {
		bool has = sets.half[CAP_TO_INDEX(capability)].permitted & CAP_TO_MASK(capability);

		if (passed & PRIVILEGE(capability) && has &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))
			err = -errno;
	}
	return err;
}
