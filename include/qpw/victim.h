/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words of both halves for who is measured: an entry of the list that user space writes while
 * programs read it. Knows neither libbpf nor libc.
 */
#ifndef QPW_VICTIM_H
#define QPW_VICTIM_H

#define QPW_MAX_VICTIMS 8

/* Numbers are those of the initial PID namespace. tgid 0 ends the list. */
struct qpw_victim {
	__u32 tgid;
	__u32 tid; /* this thread alone; 0 = the process */
	/*
	 * Of a process that has threads of real-time policy these alone are measured: the others
	 * are its helpers. Set by whoever sees one first; from then on it stays.
	 */
	__u32 has_realtime;
};

#endif
