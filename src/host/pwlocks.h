/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels on which QPW goes by its later name, per-CPU work locks: CONFIG_PWLOCKS, pwlocks=. Knows
 * the kernel's configuration and command line.
 */
#ifndef QPW_HOST_PWLOCKS_H
#define QPW_HOST_PWLOCKS_H

#include "host/host.h"

/*
 * Mode of the machine below root with this release and command line: HOST_MODE_PWLOCKS_* if the
 * kernel's configuration (see kconfig_read()) has CONFIG_PWLOCKS=y, else
 * HOST_MODE_NONE. The last valid pwlocks= holds, as in the kernel's parsing of such parameters.
 */
enum host_mode pwlocks_mode(const char *root, const char *release, const char *cmdline);

#endif
