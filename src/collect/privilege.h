/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the calling process may do. Knows capabilities, not what they are wanted for.
 */
#ifndef QPW_COLLECT_PRIVILEGE_H
#define QPW_COLLECT_PRIVILEGE_H

/*
 * Name of the first capability that loading tracing programs needs and that is not effective here;
 * NULL when there is none. CAP_SYS_ADMIN stands for both CAP_BPF and CAP_PERFMON.
 */
const char *privilege_missing(void);

#endif
