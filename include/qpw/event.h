/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wire records: what the BPF half writes into the ring buffer, what the trace file holds and
 * what the model is fed with. Shared by both halves, so it knows neither libbpf nor libc.
 *
 * One record is one finished interval [start_ns, end_ns] on one CPU, CLOCK_MONOTONIC nanoseconds;
 * a point in time has start_ns == end_ns. Kinds from QPW_META_FIRST on are no events of a CPU but
 * tell of the recording, so that a trace explains itself: symbols, losses, the measured window,
 * probes that are missing, CPUs that were gone. All but the last are written by user space into the
 * same stream. Values are append-only and never renumbered.
 */
#ifndef QPW_EVENT_H
#define QPW_EVENT_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define QPW_COMM_LEN 16
#define QPW_NAME_LEN 16
#define QPW_SYMBOL_LEN 64
#define QPW_TEXT_LEN 96
#define QPW_PATH_LEN 208
#define QPW_STACK_FRAMES 24

enum qpw_kind {
	QPW_KIND_IRQ = 1,	  /* device interrupt handler: struct qpw_irq */
	QPW_KIND_SOFTIRQ = 2,	  /* struct qpw_softirq */
	QPW_KIND_IPI = 3,	  /* interrupt sent by a CPU: struct qpw_ipi */
	QPW_KIND_TIMER = 4,	  /* local timer interrupt: struct qpw_timer */
	QPW_KIND_NMI = 5,	  /* struct qpw_nmi */
	QPW_KIND_THREAD = 6,	  /* a run of a task, neither victim nor idle: struct qpw_thread */
	QPW_KIND_WORK = 7,	  /* an uninterrupted part of a work item's run: struct qpw_work */
	QPW_KIND_WORK_QUEUE = 8,  /* point: work queued to a watched CPU: struct qpw_work */
	QPW_KIND_FLUSH = 9,	  /* a task waited in a flush or drain: struct qpw_flush */
	QPW_KIND_QPW_QUEUE = 10,  /* point: queue_percpu_work_on(): struct qpw_op */
	QPW_KIND_QPW_INLINE = 11, /* the work of a watched CPU run in the caller: struct qpw_op */
	QPW_KIND_QPW_FLUSH = 12,  /* flush_percpu_work(): struct qpw_op */
	QPW_KIND_QPW_CONTENDED = 13, /* waited for a watched CPU's qpw lock: struct qpw_op */
	QPW_KIND_SAMPLE = 14,	     /* one wake-up of the victim: struct qpw_sample */
	QPW_KIND_TICK_KEPT = 15, /* point: the tick could not be stopped: struct qpw_tick_kept */
	QPW_KIND_MIGRATE = 16,	 /* point: a task is moved to a watched CPU: struct qpw_migrate */
	QPW_KIND_LOCK_WAIT = 17, /* a task waited for a contended lock: struct qpw_lock_wait */
	QPW_KIND_TAKEN = 18,	 /* the victim was runnable and did not run: struct qpw_taken */

	QPW_META_FIRST = 256,
	QPW_META_SYMBOL = 256,	/* struct qpw_symbol, before the first record that uses it */
	QPW_META_LOST = 257,	/* struct qpw_lost, counts are cumulative */
	QPW_META_WINDOW = 258,	/* struct qpw_header only: the measured window, end_ns 0 = open */
	QPW_META_PROBE = 259,	/* struct qpw_probe */
	QPW_META_HOTPLUG = 260, /* point: a watched CPU went or came: struct qpw_hotplug */
	QPW_META_CGROUP = 261,	/* struct qpw_cgroup, before the first record that uses its id */
	QPW_META_STACK = 262,	/* struct qpw_stack, before the first record that uses its id */
	QPW_META_COUNTS = 263,	/* struct qpw_counts, counts are cumulative */

	/* A live view that was saved: what was added up instead of recorded; see live.h. */
	QPW_META_LOOK = 264,	/* struct qpw_look: tables follow */
	QPW_META_LINE = 265,	/* struct qpw_line: of the next table */
	QPW_META_TABLE = 266,	/* struct qpw_table: a table is complete */
	QPW_META_WAITING = 267, /* struct qpw_waiting: a wait that goes on */
	QPW_META_MINUTE = 268,	/* struct qpw_minute: a CPU's last minute */
	QPW_META_RUNNING = 269, /* struct qpw_running: an interruption that goes on */
};

/* header.flags, per kind */
enum qpw_flag {
	QPW_F_BEGIN = 1 << 0,	/* WORK: first part of the run; an execution is counted here */
	QPW_F_END = 1 << 1,	/* WORK: last part of the run */
	QPW_F_ORIGIN = 1 << 2,	/* WORK, IPI, THREAD, MIGRATE: the origin fields are valid */
	QPW_F_TICK = 1 << 3,	/* TIMER: the scheduler tick ran in it */
	QPW_F_VICTIM = 1 << 4,	/* TIMER: the victim's own timer expired in it */
	QPW_F_INLINE = 1 << 5,	/* QPW_QUEUE: run in the caller, not queued */
	QPW_F_SKIPPED = 1 << 6, /* QPW_FLUSH: nothing to wait for */
	/*
	 * QPW_CONTENDED: the waiter was another CPU than the lock's. SAMPLE: the timer expired on
	 * another CPU, irq_ns is 0.
	 */
	QPW_F_REMOTE = 1 << 7,
	QPW_F_BY_VICTIM = 1 << 8, /* LOCK_WAIT: a thread of the victim waited */
};

/*
 * Every record starts with this. size is that of the whole record in bytes, a multiple of 8. Fields
 * are only ever appended to a record: what a shorter, older one lacks reads as zero.
 */
struct qpw_header {
	__u64 start_ns;
	__u64 end_ns;
	__u32 cpu;  /* the CPU the record is about (for FLUSH: where the waiter ran) */
	__u16 kind; /* enum qpw_kind */
	__u16 size;
	__u32 flags; /* enum qpw_flag */
	__u32 pad;
};

/* What a CPU was doing when it queued, sent or woke, as its stack tells. */
enum qpw_context {
	QPW_CONTEXT_UNKNOWN = 0,
	QPW_CONTEXT_TASK = 1,
	QPW_CONTEXT_SOFTIRQ = 2, /* so the task is only the one that was interrupted */
	QPW_CONTEXT_HARDIRQ = 3,
	QPW_CONTEXT_NMI = 4,
};

/* Who caused it: the context that queued, sent or woke. */
struct qpw_origin {
	__u64 ns; /* when; 0 = not seen */
	__u32 cpu;
	__u32 pid; /* thread id; 0 = idle task, i.e. from an interrupt on an idle CPU */
	char comm[QPW_COMM_LEN];
	__u64 cgroup;  /* id in the cgroup v2 hierarchy; 0 = not known */
	__u32 stack;   /* id of a META_STACK; 0 = not taken */
	__u32 context; /* enum qpw_context; not known where only a stack can tell */
};

struct qpw_irq {
	struct qpw_header h;
	__u32 irq;
	__u32 pad;
	char name[QPW_NAME_LEN]; /* irqaction name, cut */
};

struct qpw_softirq {
	struct qpw_header h;
	__u32 vec; /* kernel's softirq number, HI_SOFTIRQ = 0 … RCU_SOFTIRQ = 9 */
	__u32 pad;
};

enum qpw_ipi_vector {
	QPW_IPI_RESCHEDULE = 1,
	QPW_IPI_CALL_FUNCTION = 2,
	QPW_IPI_CALL_FUNCTION_SINGLE = 3,
	QPW_IPI_IRQ_WORK = 4,
	QPW_IPI_OTHER = 5, /* in older recordings, one of those that follow */
	QPW_IPI_PLATFORM = 6,
	QPW_IPI_ERROR = 7,
	QPW_IPI_SPURIOUS = 8,
	QPW_IPI_THERMAL = 9,
	QPW_IPI_THRESHOLD = 10,
	QPW_IPI_DEFERRED_ERROR = 11,
};

struct qpw_ipi {
	struct qpw_header h;
	__u32 vector;		  /* enum qpw_ipi_vector */
	__u32 nr_functions;	  /* csd functions run in it */
	__u64 function;		  /* address of the longest of them, 0 = none seen */
	struct qpw_origin origin; /* of that function's csd */
	__u64 callsite; /* where that was called from, as the kernel tells it; 0 = not known */
};

struct qpw_timer {
	struct qpw_header h;
	__u64 function; /* hrtimer function of the longest expiry in it, 0 = none */
	__u32 nr_expired;
	__u32 pad;
};

struct qpw_nmi {
	struct qpw_header h;
	__u64 function; /* handler address */
};

struct qpw_thread {
	struct qpw_header h;
	__u32 pid;
	__u32 prio; /* task_struct.prio: < 100 real time, 120 nice 0 */
	char comm[QPW_COMM_LEN];
	struct qpw_origin origin; /* who woke it, before its first run after that */
};

struct qpw_work {
	struct qpw_header h; /* WORK: cpu = where it ran; WORK_QUEUE: cpu = target CPU */
	__u64 work;	     /* address of the work_struct */
	__u64 function;
	struct qpw_origin origin; /* who queued it; WORK_QUEUE: always valid */
};

enum qpw_flush_where {
	QPW_FLUSH_WORK = 1, /* __flush_work */
	QPW_FLUSH_LRU_ADD_DRAIN_ALL = 2,
	QPW_FLUSH_DRAIN_ALL_STOCK = 3,
	QPW_FLUSH_RCU_SHEAVES = 4,  /* flush_rcu_sheaves_on_cache */
	QPW_FLUSH_CACHE_SHRINK = 5, /* __kmem_cache_shrink */
	QPW_FLUSH_LRU_CACHE_DISABLE = 6,
};

struct qpw_flush {
	struct qpw_header h;
	__u32 where;	  /* enum qpw_flush_where */
	__u32 pid;	  /* the waiter */
	__u64 function;	  /* FLUSH_WORK: function of the work waited for, else 0 */
	__u32 target_cpu; /* FLUSH_WORK: CPU of that work's pool, ~0 = unknown or unbound */
	__u32 pad;
	char comm[QPW_COMM_LEN];
};

struct qpw_op {
	struct qpw_header h; /* cpu = the target CPU whose work or lock it is */
	__u64 object;	     /* address of the work or of the lock */
	__u64 function;	     /* 0 for CONTENDED */
	__u32 from_cpu;	     /* the CPU that acted */
	__u32 pid;	     /* the task that acted */
	char comm[QPW_COMM_LEN];
};

/*
 * One timer wake-up of the victim. h.start_ns is the programmed expiry, h.end_ns the switch-in;
 * the latency is their difference. expiry <= irq <= expire <= wakeup <= switch-in; a step that was
 * not seen is 0 and its share falls to the next one.
 */
struct qpw_sample {
	struct qpw_header h;
	__u64 irq_ns;	 /* entry of the timer interrupt that expired the timer */
	__u64 expire_ns; /* hrtimer_expire_entry */
	__u64 wakeup_ns; /* sched_waking of the victim */
	__u32 pid;
	__u32 tgid;
	char comm[QPW_COMM_LEN];
};

/* The kernel's enum tick_dep_bits. */
enum qpw_tick_reason {
	QPW_TICK_POSIX_TIMER = 0,
	QPW_TICK_PERF_EVENTS = 1,
	QPW_TICK_SCHED = 2,
	QPW_TICK_CLOCK_UNSTABLE = 3,
	QPW_TICK_RCU = 4,
	QPW_TICK_RCU_EXP = 5,
	QPW_NR_TICK_REASONS = 6,
};

struct qpw_tick_kept {
	struct qpw_header h;
	__u32 reasons; /* mask of bits by enum qpw_tick_reason */
	__u32 pid;     /* the task that ran */
};

struct qpw_migrate {
	struct qpw_header h; /* cpu = where it is moved to */
	__u32 pid;
	__u32 prio;
	char comm[QPW_COMM_LEN];
	__u32 from_cpu;
	__u32 pad;
	struct qpw_origin origin; /* who moved it */
};

/* include/trace/events/lock.h: flags of contention_begin */
enum qpw_lock_flag {
	QPW_LOCK_SPIN = 1 << 0,
	QPW_LOCK_READ = 1 << 1,
	QPW_LOCK_WRITE = 1 << 2,
	QPW_LOCK_RT = 1 << 3,
	QPW_LOCK_PERCPU = 1 << 4,
	QPW_LOCK_MUTEX = 1 << 5,
};

struct qpw_lock_wait {
	struct qpw_header h; /* cpu = where it began to wait */
	__u64 lock;	     /* address */
	__u32 flags;	     /* enum qpw_lock_flag */
	__u32 pid;	     /* who waited */
	char comm[QPW_COMM_LEN];
};

/* The victim was switched out while it wanted to run, until it ran again on a watched CPU. */
struct qpw_taken {
	struct qpw_header h; /* cpu = where it lost the CPU */
	__u32 pid;
	__u32 by_pid; /* the task that came instead */
	char comm[QPW_COMM_LEN];
	char by_comm[QPW_COMM_LEN];
};

struct qpw_symbol {
	struct qpw_header h;
	__u64 address;
	char name[QPW_SYMBOL_LEN]; /* NUL-terminated, module as "name [module]" */
};

#define QPW_LOST_KINDS 24 /* above the last kind that is no meta record */

struct qpw_lost {
	struct qpw_header h; /* cpu = CPU that lost them */
	__u64 nr_lost;	     /* since the start of the recording */
	/*
	 * Of these, by kind of record, those that found the buffer full, or in use by what an NMI
	 * interrupted. The rest are events that the kernel ran no program for, which it does not
	 * tell by kind.
	 */
	__u64 by_kind[QPW_LOST_KINDS];
};

struct qpw_cgroup {
	struct qpw_header h;
	__u64 id;
	char path[QPW_PATH_LEN]; /* below the root of the hierarchy, NUL-terminated; the end of a
				  * long one, behind "..."
				  */
};

struct qpw_stack {
	struct qpw_header h;
	__u32 id;
	__u32 nr_frames;
	__u32 context; /* enum qpw_context */
	__u32 pad;
	__u64 frames[QPW_STACK_FRAMES]; /* return addresses, the innermost first */
};

/* What is too frequent or too dull for records, counted on one CPU since the recording began. */
struct qpw_counts {
	struct qpw_header h;
	__u64 nr_page_faults;	      /* of the victim */
	__u64 nr_system_calls;	      /* of the victim */
	__u64 nr_system_calls_missed; /* at most so many more, on all CPUs together */
	__u64 nr_tick_stops;	      /* the tick was stopped, so it had been running */
	__u64 nr_lock_waits_missed;   /* at most so many LOCK_WAITs are missing, on all CPUs */
	__u64 nr_origins_missed;      /* at most so many origins or MIGRATEs are, on all CPUs */
	__u64 nr_untimed_wakeups;     /* of the victim: no timer of a sleep woke it, so no SAMPLE */
};

enum qpw_probe_state {
	QPW_PROBE_MISSING = 0,
	QPW_PROBE_TP_BTF = 1,
	QPW_PROBE_RAW_TP = 2,
	QPW_PROBE_TRACEPOINT = 3,
	QPW_PROBE_FENTRY = 4,
	QPW_PROBE_KPROBE = 5,
};

struct qpw_probe {
	struct qpw_header h;
	__u32 state; /* enum qpw_probe_state */
	__s32 error; /* MISSING: negative errno of the last try, 0 = not in this kernel */
	char name[QPW_SYMBOL_LEN]; /* e.g. "workqueue_queue_work" */
	char loses[QPW_TEXT_LEN]; /* what the reader of the trace does without when it is missing */
};

struct qpw_hotplug {
	struct qpw_header h; /* cpu = that CPU */
	__u32 online;	     /* 0: it is gone, 1: it is back, wholly */
	__u32 pad;
};

#define QPW_EVENT_MAX 256 /* no record is larger, bytes */

_Static_assert(sizeof(struct qpw_header) == 32, "wire format");
_Static_assert(sizeof(struct qpw_origin) == 48, "wire format");
_Static_assert(sizeof(struct qpw_irq) == 56, "wire format");
_Static_assert(sizeof(struct qpw_softirq) == 40, "wire format");
_Static_assert(sizeof(struct qpw_ipi) == 104, "wire format");
_Static_assert(sizeof(struct qpw_timer) == 48, "wire format");
_Static_assert(sizeof(struct qpw_nmi) == 40, "wire format");
_Static_assert(sizeof(struct qpw_thread) == 104, "wire format");
_Static_assert(sizeof(struct qpw_work) == 96, "wire format");
_Static_assert(sizeof(struct qpw_flush) == 72, "wire format");
_Static_assert(sizeof(struct qpw_op) == 72, "wire format");
_Static_assert(sizeof(struct qpw_sample) == 80, "wire format");
_Static_assert(sizeof(struct qpw_tick_kept) == 40, "wire format");
_Static_assert(sizeof(struct qpw_migrate) == 112, "wire format");
_Static_assert(sizeof(struct qpw_lock_wait) == 64, "wire format");
_Static_assert(sizeof(struct qpw_taken) == 72, "wire format");
_Static_assert(sizeof(struct qpw_symbol) == 104, "wire format");
_Static_assert(sizeof(struct qpw_lost) == 40 + 8 * QPW_LOST_KINDS, "wire format");
_Static_assert(sizeof(struct qpw_probe) == 200, "wire format");
_Static_assert(sizeof(struct qpw_hotplug) == 40, "wire format");
_Static_assert(sizeof(struct qpw_cgroup) == 248, "wire format");
_Static_assert(sizeof(struct qpw_stack) == 240, "wire format");
_Static_assert(sizeof(struct qpw_counts) == 88, "wire format");

#endif
