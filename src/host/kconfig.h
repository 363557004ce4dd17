/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel was built with, and how it may be preempted. Knows the kernel's configuration
 * file, nothing of what the options do.
 */
#ifndef QPW_HOST_KCONFIG_H
#define QPW_HOST_KCONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "host/host.h"

/*
 * Call each() for every "CONFIG_NAME=value" line of the kernel's configuration below root, without
 * the prefix: of /proc/config.gz, else of /boot/config-RELEASE. False when neither can be read.
 */
bool kconfig_read(const char *root, const char *release,
		  void (*each)(void *arg, const char *name, const char *value), void *arg);

/*
 * Fill in facts->kernel_config, the options that matter for latency, and facts->preemption, from
 * files below root and from what facts hold already. What can't be known stays "".
 */
void kconfig_describe(const char *root, struct host_facts *facts);

#endif
