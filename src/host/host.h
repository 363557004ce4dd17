/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts about a machine that matter for isolation, read below a root directory ("" for the running
 * machine) so that a recorded tree serves as well. Knows the files of /proc and /sys, nothing of
 * BPF or of views.
 */
#ifndef QPW_HOST_HOST_H
#define QPW_HOST_HOST_H

#include <stdint.h>

#define HOST_TEXT 256
#define HOST_CMDLINE 4096

/* Which scheme this kernel uses for remote per-CPU work. */
enum host_mode {
	HOST_MODE_NONE = 0,    /* kernel without QPW */
	HOST_MODE_QPW_OFF = 1, /* qpw=0 */
	HOST_MODE_QPW_ON = 2,  /* qpw=1 */
	/* the same under its later name */
	HOST_MODE_PWLOCKS_OFF = 3,
	HOST_MODE_PWLOCKS_ON = 4,
	HOST_MODE_PWLOCKS_DEFAULT = 5, /* what the kernel was built for; it does not tell */
	HOST_NR_MODES = 6,
};

#define HOST_WARNINGS 24

/* Something about the machine that spoils what is measured on it. */
struct host_warning {
	char code[16];	      /* for programs; a stable word */
	char text[HOST_TEXT]; /* what, on which object, and why it matters */
	char remedy[HOST_TEXT];
};

/*
 * How a recording was made: set by the recorder, "" where a recording does not say. Numbers are in
 * decimal, "0" where there is none.
 */
struct host_settings {
	char housekeeping[HOST_TEXT]; /* CPU list: where everything else ran */
	char command[HOST_CMDLINE];   /* with its arguments, blanks between; "" for none, too */
	char duration_ns[24];	      /* as asked for; "0": until something else ended it */
	char warm_up_ns[24];
	char priority[16];  /* "f:95": of the victim that the recorder started */
	char period_us[24]; /* the same: interval of cyclictest */
	char threshold_ns[24];
	char on_threshold[HOST_CMDLINE]; /* "continue", "stop", "shell:CMD", "stop shell:CMD" */
	char stacks[16];		 /* "elsewhere", "all", "none" */
	char system_calls[16];		 /* "counted", "not counted" */
	char without[HOST_TEXT];	 /* ways of attaching that were ruled out; "" also: none */
	char buffer_bytes[24];
};

/* Strings are "" where the fact could not be read; CPU lists in the kernel's list format. */
struct host_facts {
	char hostname[HOST_TEXT];
	char release[HOST_TEXT]; /* uname -r */
	char version[HOST_TEXT]; /* uname -v */
	char machine[HOST_TEXT];
	char cmdline[HOST_CMDLINE];
	char possible[HOST_TEXT]; /* CPU lists */
	char online[HOST_TEXT];
	char isolated[HOST_TEXT]; /* isolcpus= and isolated cpuset partitions */
	char nohz_full[HOST_TEXT];
	char watched[HOST_TEXT]; /* set by the recorder */
	char victim[HOST_TEXT];	 /* the same: as the option names it, "none" where there is none */
	char clocksource[HOST_TEXT];
	char hypervisor[HOST_TEXT]; /* sysfs hypervisor type, or "yes" by the cpuinfo flag, or "" */
	enum host_mode mode;
	char mode_reason[HOST_TEXT];   /* /sys/kernel/qpw/reason */
	char tool_version[HOST_TEXT];  /* set by the recorder */
	char started_utc[HOST_TEXT];   /* the same: when it began, by the machine's clock */
	char kernel_config[HOST_TEXT]; /* "HZ=250 PREEMPT_NONE=n …"; what is not set is n */
	char preemption[16];	       /* "none", "voluntary", "lazy", "full", "rt" */
	struct host_settings settings;
	/* when the recording began; see host/warnings.h */
	unsigned int nr_warnings;
	struct host_warning warnings[HOST_WARNINGS];
};

/* Fill *facts from the tree below root. Returns 0; a missing file leaves "" and is no error. */
int host_read(const char *root, struct host_facts *facts);

/* "qpw=0", "qpw=1", "pwlocks=0", "pwlocks=1", "pwlocks=default" or "no-qpw". */
const char *host_mode_name(enum host_mode mode);

#endif
