/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words of both halves for watching without records: the tables in which programs add up what they
 * see, in memory that user space reads where it is. Knows neither libbpf nor libc.
 *
 * Each watched CPU has a table that programs on that CPU alone write, so that nothing is locked or
 * passed between CPUs; one more, the last, is for what other CPUs do for or because of watched
 * ones. Programs only add rows, and figures only grow: a reader takes them as they are. User space
 * takes rows away (model/room.h). What goes on is in no table yet: waits are in a map of what is
 * pending, runs in what programs keep for each CPU.
 */
#ifndef QPW_LIVE_H
#define QPW_LIVE_H

#include "qpw/event.h"
#include "qpw/hist.h"

#define LIVE_ROWS 256  /* a power of two */
#define LIVE_OTHERS 32 /* and one for each kind, for what found no place */
#define LIVE_ALL_ROWS (LIVE_ROWS + LIVE_OTHERS)
#define LIVE_CAUSERS 512 /* a power of two */
#define LIVE_WORDS 8	 /* of bits, enough for all rows or causers */
#define LIVE_PROBES 8	 /* places that are tried for a key */
#define LIVE_PID_MANY (~0U)
#define LIVE_EVERY_CPU (~0U) /* in place of the last table's CPU */

/* In the place of a key's first word. */
#define LIVE_FREE 0
#define LIVE_BUSY (~0ULL) /* being written, or about to be free; no key */

/*
 * A row stands for all the records of one kind that have these in common. What a kind does not have
 * is 0. WORK_QUEUE in a CPU's own table are the executions of works whose queueing was seen, with
 * the time from there as their length, REMOTE when another CPU queued it; in the last table they
 * are what was queued.
 */
struct qpw_live_key {
	__u16 kind;  /* enum qpw_kind */
	__u16 flags; /* enum qpw_flag: TICK, VICTIM, REMOTE, INLINE, SKIPPED, BY_VICTIM */
	/*
	 * IRQ: its number. SOFTIRQ, IPI: vector. FLUSH: where. TICK_KEPT: reasons. LOCK_WAIT: flags
	 * of the lock. MIGRATE: the CPU it comes from.
	 */
	__u32 number;
	__u64 function;
	union {
		/* IRQ action; THREAD, MIGRATE, LOCK_WAIT, TAKEN: the task */
		char name[QPW_COMM_LEN];
		struct {
			__u64 callsite; /* IPI: as in struct qpw_ipi */
			__u64 zero;
		};
	};
};

struct qpw_live_row {
	struct qpw_live_key key;
	__u64 count; /* WORK: runs that began */
	__u64 total_ns;
	__u64 self_ns; /* without the time of what nested inside */
	__u64 max_ns;
	__u32 lengths[QPW_COARSE_BUCKETS]; /* by qpw_coarse_bucket(); WORK: of parts of runs */
};

/*
 * Who brought about what a row stands for, or who waited (FLUSH: cpu is that of the work). Stacks
 * are taken now and then only: the first one that was.
 */
struct qpw_live_who {
	__u32 row; /* its index + 1 */
	__u32 cpu;
	__u64 cgroup;
	char comm[QPW_COMM_LEN];
	__u32 pid; /* LIVE_PID_MANY: several */
	__u32 stack;
	__u64 count;
	__u64 wait_ns; /* until it began, summed up */
	__u64 wait_max_ns;
};

struct qpw_live_table {
	__u64 nr_causers_left_out; /* times that one found no place, or was taken away with it */
	__u64 recent_max_ns;	   /* longest interruption since user space last set this to 0 */
	__u64 last_tick_ns;	   /* 0 = none was seen */
	__u32 last_thread;	   /* index + 1 of the row of the last one that ran */
	__u32 gone_kinds;	   /* bits of those of which there is something in gone */
	/* bits of the places that are taken: qpw_live_next() */
	__u64 used_rows[LIVE_WORDS];
	__u64 used_causers[LIVE_WORDS];
	struct qpw_live_row rows[LIVE_ALL_ROWS] __attribute__((aligned(64)));
	struct qpw_live_who causers[LIVE_CAUSERS] __attribute__((aligned(64)));
	/* by kind, what was in rows that were taken away; programs leave it alone */
	struct qpw_live_row gone[LIVE_OTHERS] __attribute__((aligned(64)));
};

/* The first place from at on whose bit is set, -1: there is none. */
static inline int qpw_live_next(const __u64 used[LIVE_WORDS], unsigned int at)
{
	__u64 bits;

	for (; at < LIVE_WORDS * 64; at = (at | 63) + 1) {
		bits = used[at / 64] >> (at % 64);
		if (bits)
			return (int)at + __builtin_ctzll(bits);
	}
	return -1;
}

#define qpw_live_for_each(used, at)                    \
	for ((at) = qpw_live_next(used, 0); (at) >= 0; \
	     (at) = qpw_live_next(used, (unsigned int)(at) + 1))

/*
 * What a task has begun and not ended yet, on whatever CPU: kept in a map by task, object and use,
 * and read there while it goes on. Uses are the places of enum qpw_flush_where and, beyond their
 * numbers, kinds.
 */
#define QPW_PENDING(kind) ((kind) << 8)

struct qpw_pending_key {
	__u64 object; /* address of the work or the lock, or 0 */
	__u32 pid;    /* of the thread; in an idle CPU 1 << 31 | CPU */
	__u32 what;
};

struct qpw_pending {
	__u64 ns;	  /* since when */
	__u64 function;	  /* of the work, 0 = of none in particular; of a lock wait: see there */
	__u32 target_cpu; /* ~0 = unknown, or of several */
	__u32 checked;	  /* the spare has seen it */
	/* where programs add up: the task, of what qpw_pending_is_wait() */
	char comm[QPW_COMM_LEN];
};

/* One of them as user space has read it. */
struct qpw_live_wait {
	struct qpw_pending_key key;
	struct qpw_pending what;
	__u64 waited_ns; /* when it was read, at least 1 */
};

/* What can interrupt what on one CPU: a level only those before it. */
enum live_level {
	LIVE_NMI = 0,
	LIVE_HARDIRQ = 1,
	LIVE_BH_WORK = 2, /* run by a softirq */
	LIVE_SOFTIRQ = 3,
	LIVE_WORK = 4,
	LIVE_LEVELS = 5,
	LIVE_THREAD = LIVE_LEVELS, /* interrupts nothing */
};

/* What a CPU is at, written by programs there alone; while interrupts is 1 the rest stays. */
struct qpw_live_now {
	__u64 thread_ns;	      /* switch-in of the task that runs, or when it was found */
	__u64 thread_stolen_ns;	      /* stolen_ns of all levels by then */
	__u64 stolen_ns[LIVE_LEVELS]; /* time that each has had so far, without what nested */
	__u32 thread_pid;	      /* 0 = idle */
	__u32 thread_tgid;
	/* 1: that run is to be told, as it is neither idle nor a victim's; where programs add up */
	__u32 interrupts;
	__u32 pad;
	char comm[QPW_COMM_LEN];	     /* by the switch-in */
	__u64 open_ns;			     /* the window in which an interval ended here last */
	__u64 stolen_before_ns[LIVE_LEVELS]; /* stolen_ns as that opened */
};

/* A work item on its way through a worker. ns == 0: none. */
struct qpw_live_work {
	__u64 ns; /* start of the part in flight */
	__u64 work;
	__u64 function;
	__u64 stolen_ns; /* of the levels before its own, at its start */
	__u32 flags;	 /* QPW_F_BEGIN until its first part is out, QPW_F_ORIGIN */
	__u32 pid;	 /* the worker */
	struct qpw_origin origin;
};

/* What programs keep of a CPU begins so. */
struct qpw_live_slot {
	struct qpw_live_now now;
	struct qpw_live_work work; /* of the task that runs */
};

#define LIVE_RUNS 2 /* on one CPU */

/* An interruption that goes on, as user space has read it: a thread's run, or a work in one. */
struct qpw_live_run {
	struct qpw_live_key key;
	__u64 total_ns; /* by now */
	__u64 self_ns;	/* without what has nested in it and ended */
};

/* ------------------------------------------------------------------ in a trace file */

/*
 * Tables as they were at h.start_ns, all of them, follow: figures come from these, and records tell
 * of single ones only, those that lasted for event_ns. nr_long: of such ones, those that are not in
 * the trace.
 */
struct qpw_look {
	struct qpw_header h;
	__u64 event_ns;
	__u64 nr_long;
};

#define LIVE_LINE 64

/* The bytes of a table from LIVE_LINE * number on. Lines that are all zero are left out. */
struct qpw_line {
	struct qpw_header h;
	__u32 number;
	__u32 pad;
	__u8 bytes[LIVE_LINE];
};

/* All lines of a table have been told. A reader whose tables have another size can't read it. */
struct qpw_table {
	struct qpw_header h;
	__u32 cpu; /* LIVE_EVERY_CPU */
	__u32 size;
};

struct qpw_waiting {
	struct qpw_header h;
	struct qpw_live_wait wait;
};

#define LIVE_MINUTE_PARTS 20
#define LIVE_MINUTE_UNKNOWN (~0U)

/* Time that was taken from h.cpu, ns per second, in parts of 3 s until h.start_ns, oldest first. */
struct qpw_minute {
	struct qpw_header h;
	__u32 stolen_ns_s[LIVE_MINUTE_PARTS];
};

/* On h.cpu: its row does not have it yet. */
struct qpw_running {
	struct qpw_header h;
	struct qpw_live_run run;
};

/* A wait in a flush or drain: what rows of FLUSH and QPW_FLUSH count once it has ended. */
static inline int qpw_pending_is_wait(__u32 what)
{
	return what == QPW_PENDING(QPW_KIND_QPW_FLUSH) ||
	       (what >= QPW_FLUSH_WORK && what <= QPW_FLUSH_LRU_CACHE_DISABLE);
}

_Static_assert(LIVE_WORDS * 64 >= LIVE_ALL_ROWS && LIVE_WORDS * 64 >= LIVE_CAUSERS, "a bit each");
_Static_assert(sizeof(struct qpw_live_key) == 32, "compared word by word");
_Static_assert(sizeof(struct qpw_live_row) == 9 * 64, "whole lines of the cache");
_Static_assert(sizeof(struct qpw_live_who) == 64, "one line of the cache");
_Static_assert(sizeof(struct qpw_live_table) % LIVE_LINE == 0, "whole lines");
_Static_assert(sizeof(struct qpw_look) == 48, "wire format");
_Static_assert(sizeof(struct qpw_line) == 104, "wire format");
_Static_assert(sizeof(struct qpw_table) == 40, "wire format");
_Static_assert(sizeof(struct qpw_waiting) == 96, "wire format");
_Static_assert(sizeof(struct qpw_minute) == 112, "wire format");
_Static_assert(sizeof(struct qpw_running) == 80, "wire format");

#endif
