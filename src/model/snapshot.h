/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the model knows at one moment, as plain data: the only thing that views, checks and
 * comparisons see of it. Names are resolved, all times are nanoseconds. It knows no files and no
 * formats; all strings may hold anything a task can put into its name.
 */
#ifndef QPW_MODEL_SNAPSHOT_H
#define QPW_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/heatmap.h"
#include "qpw/event.h"
#include "qpw/hist.h"

/* Order of the rows in every view. */
enum snap_class {
	SNAP_IRQ,
	SNAP_SOFTIRQ,
	SNAP_IPI,
	SNAP_TICK,  /* local timer interrupt that ran the scheduler tick */
	SNAP_TIMER, /* any other local timer interrupt, the victim's own included */
	SNAP_THREAD,
	SNAP_WORK,
	SNAP_NMI,
	SNAP_NR_CLASSES,
};

/* Interruptions of one class on the watched CPUs; self_ns excludes what nested inside. */
struct snap_total {
	uint64_t count;
	uint64_t self_ns;
	uint64_t max_ns;
};

#define SNAP_CPU_ALL UINT32_MAX /* all watched CPUs together */

struct snap_cause {
	uint32_t cpu; /* SNAP_CPU_ALL, unless rows were asked for per CPU */
	enum snap_class class;
	char name[QPW_SYMBOL_LEN]; /* function, IRQ action, softirq, or comm */
	uint64_t count;
	uint64_t self_ns;
	uint64_t total_ns;
	uint64_t max_ns; /* longest single one, nested time included */
	/*
	 * Per CPU only, else 0: 99 of 100 are not longer, rounded up by less than a quarter; the
	 * larger one of both in a merged snapshot.
	 */
	uint64_t p99_ns;
};

#define SNAP_PID_MANY UINT32_MAX

struct snap_origin {
	char comm[QPW_COMM_LEN + 1];
	uint32_t pid; /* SNAP_PID_MANY: several tasks of this name */
	uint32_t cpu;
	uint64_t count;
};

#define SNAP_ORIGINS 8

#define SNAP_STACK_LEN (QPW_STACK_FRAMES * QPW_SYMBOL_LEN)
#define SNAP_CAUSED 2048 /* at most so many rows of struct snap_caused, the most frequent ones */

/* Who brought about interruptions of one cause, from where. */
struct snap_caused {
	enum snap_class class;
	uint32_t on_cpu; /* where; SNAP_CPU_ALL, unless rows were asked for per CPU */
	char name[QPW_SYMBOL_LEN];
	struct snap_origin origin;     /* of a context that is no task: "[softirq]" or the like */
	char cgroup[QPW_PATH_LEN];     /* path, "" = not known */
	char stack[SNAP_STACK_LEN];    /* "function+0x1f;caller+0x2e;…", innermost first; or "" */
	char callsite[QPW_SYMBOL_LEN]; /* IPI: where it was sent from, "function+0x1f"; or "" */
	uint64_t wait_ns; /* from queueing, sending or waking to the start here, summed up */
	uint64_t wait_max_ns;
};

/* A task was moved to a watched CPU. */
struct snap_move {
	char comm[QPW_COMM_LEN + 1];
	char by_comm[QPW_COMM_LEN + 1];
	uint32_t from_cpu;
	uint32_t by_cpu;
	uint64_t count;
};

/* Waits for contended locks of one kind by tasks of one name. */
struct snap_lock {
	uint32_t flags; /* enum qpw_lock_flag */
	bool by_victim;
	char comm[QPW_COMM_LEN + 1];
	uint64_t count;
	uint64_t total_ns;
	uint64_t max_ns;
};

/* The CPU was taken from the runnable victim by tasks of one name. */
struct snap_taken {
	char by_comm[QPW_COMM_LEN + 1];
	uint64_t count;
	uint64_t total_ns; /* until it ran again */
	uint64_t max_ns;
};

/* What is only counted, each with its line in model/counter.c; tick_kept is the last. */
struct snap_counts {
	uint64_t page_faults;
	uint64_t system_calls;
	uint64_t system_calls_missed; /* at most so many more */
	uint64_t lock_waits_missed;   /* at most so many are not among the locks */
	uint64_t origins_missed;      /* at most so many origins or moves are not told */
	uint64_t rows_left_out;	      /* work origins, moves, waits, takings beyond the bounds */
	uint64_t calls_unnamed;	      /* functions in an IPI that goes by another, longer one */
	uint64_t untimed_wakeups;     /* of the victim, which no sleep's timer ended: no samples */
	uint64_t tick_stops;
	uint64_t tick_kept[QPW_NR_TICK_REASONS]; /* by enum qpw_tick_reason */
};

/* Work items of one function: queued to, executed on, or run inline for watched CPUs. */
struct snap_work {
	char function[QPW_SYMBOL_LEN];
	uint64_t queued;
	uint64_t executed;   /* executions begun inside the window, locally queued ones too */
	uint64_t remote;     /* of these: queued by another CPU */
	uint64_t unknown;    /* of these: the queuer was not seen */
	uint64_t inlined;    /* run in the caller instead (QPW) */
	uint64_t run_ns;     /* self time on the watched CPUs */
	uint64_t inline_ns;  /* time the callers spent running it inline */
	struct hist *wait;   /* queue to execute; NULL when none was seen */
	uint32_t nr_origins; /* most frequent first */
	struct snap_origin origins[SNAP_ORIGINS];
	uint64_t other_origins; /* count of those that did not fit */
};

struct snap_flush {
	char function[QPW_SYMBOL_LEN]; /* where: "__flush_work", "lru_add_drain_all", … */
	char work[QPW_SYMBOL_LEN];     /* function of the work waited for, "" where not one */
	uint64_t count;
	uint64_t skipped; /* flush_percpu_work() that had nothing to wait for */
	uint64_t total_ns;
	struct hist *wait;
};

#define SNAP_CPU_UNKNOWN UINT32_MAX

/* Waits of tasks of one name in one place, for work of one function, of one CPU. */
struct snap_waiter {
	char function[QPW_SYMBOL_LEN];
	char work[QPW_SYMBOL_LEN];
	char comm[QPW_COMM_LEN + 1];
	uint32_t target_cpu; /* whose work it was; SNAP_CPU_UNKNOWN: of several, or none is known */
	uint64_t count;
	uint64_t total_ns;
	uint64_t max_ns;
	uint64_t waiting_ns; /* one that has not ended: so long by now; 0 = none */
};

/* One watched CPU; only where rows are per CPU. */
struct snap_cpu {
	uint32_t cpu;
	struct snap_total classes[SNAP_NR_CLASSES];
	uint64_t recent_max_ns;		/* longest single one since model_begin_interval() */
	uint64_t avoidable;		/* executions of work that snap_qpw_family() names */
	uint64_t avoidable_ns;		/* their self time */
	bool tick_known;		/* the tick can be seen, and long enough was looked */
	bool tick_stopped;		/* none for SNAP_TICK_GONE_NS at the end */
	char running[QPW_COMM_LEN + 1]; /* the last task that was seen there, "" = none was */
};

#define SNAP_TICK_GONE_NS 100000000 /* no kernel ticks less often, CONFIG_HZ=100 included */

/* A single interruption that lasted snapshot.event_ns or longer. */
struct snap_event {
	uint64_t start_ns;
	uint64_t ns; /* nested time included */
	uint32_t cpu;
	enum snap_class class;
	char name[QPW_SYMBOL_LEN];
	struct snap_origin origin;     /* count 0 = not known */
	char callsite[QPW_SYMBOL_LEN]; /* as in struct snap_caused */
};

#define SNAP_EVENTS 256 /* so many of the last ones are kept */

struct snap_contended {
	bool remote; /* waiter was another CPU than the lock's */
	uint64_t count;
	uint64_t total_ns;
	uint64_t max_ns;
};

/* The three steps of one wake-up. Their sum is the latency. */
enum snap_step {
	SNAP_STEP_IRQ,	  /* programmed expiry → timer interrupt expires the timer */
	SNAP_STEP_WAKEUP, /* → wake-up of the victim */
	SNAP_STEP_RUN,	  /* → victim switched in */
	SNAP_NR_STEPS,
};

/* A named share of one step. */
struct snap_part {
	enum snap_step step;
	enum snap_class class;
	char name[QPW_SYMBOL_LEN];
	uint64_t ns;
	struct snap_origin origin; /* count 0 = not known */
};

#define SNAP_PARTS 24

/*
 * An interval that lay in the time of a late sample, or the part of it that did. Those of a sample
 * lie in its time and, unless records were lost, nest.
 */
struct snap_span {
	enum snap_class class;
	char name[QPW_SYMBOL_LEN];
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t before_ns;	       /* how much of it lay before start_ns */
	uint64_t self_ns;	       /* of end_ns - start_ns, without what nested in it */
	struct snap_origin origin;     /* count 0 = not known */
	char callsite[QPW_SYMBOL_LEN]; /* as in struct snap_caused */
	uint64_t origin_ns;	       /* when it was queued, sent or woken; 0 = not seen */
};

#define SNAP_SPANS 48

/*
 * A late sample, decomposed. step_ns sums to latency_ns; in each step the parts of that step plus
 * residual_ns of that step sum to step_ns, to the nanosecond.
 */
struct snap_outlier {
	uint32_t boot; /* number of its recording in a merged snapshot, from 0 */
	/* It expired on another CPU: the intervals of this one explain SNAP_STEP_RUN only. */
	bool remote_timer;
	uint32_t cpu;
	uint32_t pid;
	char comm[QPW_COMM_LEN + 1];
	uint64_t expiry_ns;
	uint64_t latency_ns;
	uint64_t step_ns[SNAP_NR_STEPS];
	uint64_t residual_ns[SNAP_NR_STEPS];
	/* largest first, up to SNAP_PARTS; what did not fit is one part "(other)" per step */
	uint32_t nr_parts;
	struct snap_part *parts;
	/*
	 * What lay in it, in order of their starts, outer ones first. The SNAP_SPANS longest
	 * stay, so each span has what encloses it; self_ns of all spans, those left out and the
	 * residuals sum to latency_ns. A remote timer's sample has those of SNAP_STEP_RUN only.
	 */
	uint32_t nr_spans;
	struct snap_span *spans;
	uint64_t nr_spans_left_out;
	uint64_t spans_left_out_ns; /* their self_ns */
	/* In front of the memory that parts and spans lie in; NULL: nobody here frees it. */
	uint32_t *nr_owners;
};

/*
 * Make *dst the same. Parts and spans, which nobody changes any more, are shared with an owner;
 * what has none is copied to a piece of memory that is no larger than it needs, as most late
 * samples have few of them. 0 or -ENOMEM, *dst has none then.
 */
int snap_outlier_keep(struct snap_outlier *dst, const struct snap_outlier *src);
void snap_outlier_finish(struct snap_outlier *o);

#define SNAP_KIND_UNKNOWN UINT32_MAX

/* Records lost on one CPU. */
struct snap_loss {
	uint32_t cpu;
	uint32_t kind; /* enum qpw_kind; SNAP_KIND_UNKNOWN: events that no program was run for */
	uint64_t count;
};

struct snap_probe {
	char name[QPW_SYMBOL_LEN];
	enum qpw_probe_state state;
	int error;
	char loses[QPW_TEXT_LEN];
};

/* A watched CPU was not there. */
struct snap_offline {
	uint32_t boot; /* number of its recording in a merged snapshot, from 0 */
	uint32_t cpu;
	uint64_t start_ns; /* 0 = not seen */
	uint64_t end_ns;   /* 0 = not seen: gone to the end */
};

#define SNAP_OFFLINES 256

struct snapshot {
	uint64_t window_start_ns;
	uint64_t window_end_ns; /* the last event seen while the window is open */
	uint64_t window_ns;	/* length; summed over boots in a merged snapshot */
	bool window_closed;	/* the recording ended in order */
	bool truncated;		/* the trace broke off (a reader said so) */
	bool added_up;		/* a view that was saved: single records are those of told_ns */
	uint64_t told_ns;
	uint32_t nr_boots;	/* 1; more in a merged snapshot */
	uint64_t nr_lost;	/* records lost, all CPUs */
	struct snap_loss *lost; /* of these: by CPU, then kind; what is of no known kind last */
	size_t nr_losses;
	uint64_t nr_events;
	/* From tables: events that are "(other)" as these are full, or their rows were idle. */
	uint64_t nr_without_row;
	uint64_t nr_row_gone;
	struct snap_total classes[SNAP_NR_CLASSES];
	struct snap_cause *causes; /* by self_ns, largest first */
	size_t nr_causes;
	struct snap_cpu *cpus; /* by number; none unless rows are per CPU */
	size_t nr_cpus;
	uint64_t event_ns;	   /* threshold of what follows; 0 = not asked for */
	struct snap_event *events; /* in order of their ends, the last ones */
	size_t nr_event_rows;
	uint64_t nr_long;	 /* how many there were in all, those that were not kept included */
	struct snap_work *works; /* by function name */
	size_t nr_works;
	struct snap_caused *caused; /* most frequent first */
	size_t nr_caused;
	uint64_t caused_left_out; /* interruptions whose rows did not fit */
	struct snap_move *moves;  /* most frequent first */
	size_t nr_moves;
	struct snap_lock *locks; /* by total_ns, largest first */
	size_t nr_locks;
	struct snap_taken *taken; /* by total_ns, largest first */
	size_t nr_taken;
	struct snap_counts counts;
	struct snap_flush *flushes; /* by function name, then work */
	size_t nr_flushes;
	struct snap_waiter *waiters; /* who waited there: who waits now first, then by total_ns */
	size_t nr_waiters;
	struct snap_contended contended[2]; /* [remote] */
	uint64_t nr_samples;
	uint64_t nr_remote_timers;     /* samples whose timer expired on another CPU */
	struct hist *latency;	       /* of the samples; never NULL */
	struct heatmap *heatmap;       /* of the same, by time since the window began; never NULL */
	struct snap_outlier *outliers; /* by latency, largest first */
	size_t nr_outliers;
	size_t max_outliers; /* no more are kept */
	uint64_t outlier_ns; /* threshold they were chosen by; 0 = the worst ones */
	uint64_t nr_late;    /* samples of this latency or more, kept or not */
	struct snap_probe *probes;
	size_t nr_probes;
	struct snap_offline *offlines; /* in the window, in order of time */
	size_t nr_offlines;
	uint64_t nr_offlines_left_out; /* beyond SNAP_OFFLINES in one recording */
};

/* Name of a class as it stands in every output: "irq", "softirq", "ipi", "tick", … */
const char *snap_class_name(enum snap_class class);

/* qsort order of causes: largest self_ns first, then by class and name. */
int snap_cause_order(const void *a, const void *b);

/* qsort order of outliers: largest first, then earliest, then by CPU. */
int snap_outlier_order(const void *a, const void *b);

/* qsort orders: most frequent, or longest in all, first. */
int snap_caused_order(const void *a, const void *b);
int snap_move_order(const void *a, const void *b);
int snap_lock_order(const void *a, const void *b);
int snap_taken_order(const void *a, const void *b);
int snap_waiter_order(const void *a, const void *b);

/*
 * Whether work of this function is of a family that the QPW series converts, on kernels of any age:
 * work that need not have interrupted its CPU.
 */
bool snap_qpw_family(const char *function);

/* Whether the recording says that this probe was missing; one that it does not name was not. */
bool snapshot_lacks(const struct snapshot *s, const char *probe);

/*
 * Whether the victim's system calls were counted, so that 0 means none: they are only if the
 * recorder is asked to, and a recording names the probe for that (sys_enter) or has some.
 */
bool snapshot_counts_calls(const struct snapshot *s);

/* Empty snapshot on the heap; NULL when out of memory. */
struct snapshot *snapshot_create(void);
void snapshot_destroy(struct snapshot *s);

/*
 * Add the figures of src to dst: counts and times add up, histograms merge, maxima are kept, rows
 * are matched by name, the worst outliers of both stay, heatmaps lie on top of each other, each
 * from the begin of its window on, times offline are put behind each other,
 * truncated is sticky, window_closed holds
 * only if it holds in both. What only live views ask for (cpus, events) stays as it is in dst.
 * Returns 0 or -ENOMEM, dst is then unusable.
 */
int snapshot_merge(struct snapshot *dst, const struct snapshot *src);

#endif
