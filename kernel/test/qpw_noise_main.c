// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpw_noise: makes known noise on a CPU, so that what measures noise can be tested. This part is
 * the interface, /sys/kernel/debug/qpw_noise/, and the counters; see README.md beside it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/debugfs.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/qpw.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "qpw_noise.h"

#define MAX_LINE 128
#define MAX_COUNT 100000
/* Each waits for RCU, possibly several times. */
#define MAX_CACHES 1000

#define TIMED (BIT(QPW_NOISE_CPU) | BIT(QPW_NOISE_COUNT) | BIT(QPW_NOISE_US))
#define UNTIMED BIT(QPW_NOISE_COUNT)

#define KIND(_name, _needs, _max_count, ...)                                          \
	{                                                                             \
		.name = #_name, .one = qpw_noise_##_name, .needs = (_needs),          \
		.takes = BIT(QPW_NOISE_GAP), .max_count = (_max_count), ##__VA_ARGS__ \
	}

struct qpw_noise_kind qpw_noise_kinds[] = {
	KIND(work, TIMED, MAX_COUNT),
	KIND(percpu_work, TIMED, MAX_COUNT),
	KIND(requeue, TIMED, MAX_COUNT),
	KIND(delayed, TIMED, MAX_COUNT),
	KIND(freed, TIMED, MAX_COUNT),
	KIND(cancelled, TIMED, MAX_COUNT),
	KIND(cache, UNTIMED, MAX_CACHES),
	KIND(ipi, TIMED, MAX_COUNT),
	KIND(irq_work, TIMED, MAX_COUNT, .on_cpu = true),
	KIND(hrtimer, TIMED, MAX_COUNT, .on_cpu = true),
	KIND(timer, TIMED, MAX_COUNT, .on_cpu = true),
	KIND(irqoff, TIMED, MAX_COUNT, .on_cpu = true),
	KIND(preemptoff, TIMED, MAX_COUNT, .on_cpu = true),
	KIND(lock, TIMED, MAX_COUNT, .remote = true),
	KIND(contend, TIMED, MAX_COUNT, .remote = true),
};

const unsigned int qpw_noise_nr_kinds = ARRAY_SIZE(qpw_noise_kinds);

/* One request at a time: two would disturb each other, and neither would be known noise. */
static DEFINE_MUTEX(request_mutex);
static atomic64_t nr_accepted, nr_refused, nr_failed;
static struct dentry *dir;

/**
 * qpw_noise_now - The time, in any context
 *
 * The clock that traces know as "mono".
 *
 * Return: nanoseconds.
 */
u64 qpw_noise_now(void)
{
	return ktime_get_mono_fast_ns();
}

/**
 * qpw_noise_spin - Keep this CPU busy
 * @us: For how many microseconds at least.
 *
 * Return: the nanoseconds it took; in preemptible context that includes what others did.
 */
u64 qpw_noise_spin(unsigned int us)
{
	s64 asked = (s64)us * NSEC_PER_USEC;
	u64 start = qpw_noise_now();
	s64 spent;

	/* Signed: that clock may step back a little when the timekeeper is updated. */
	for (;;) {
		spent = qpw_noise_now() - start;
		if (spent >= asked)
			return spent;
		cpu_relax();
	}
}

/**
 * qpw_noise_account - Count a piece of noise that just happened on this CPU
 * @rq: The request it belongs to.
 * @spent_ns: The time it took.
 */
void qpw_noise_account(const struct qpw_noise_request *rq, u64 spent_ns)
{
	struct qpw_noise_counters *counters = &rq->kind->counters;

	atomic64_inc(&counters->done);
	if ((rq->kind->needs & BIT(QPW_NOISE_CPU)) && raw_smp_processor_id() != rq->cpu)
		atomic64_inc(&counters->away);
	atomic64_add(spent_ns, &counters->spent_ns);
}

/**
 * qpw_noise_spend - Keep this CPU busy as long as a request asks for, and count it
 * @rq: The request.
 */
void qpw_noise_spend(const struct qpw_noise_request *rq)
{
	qpw_noise_account(rq, qpw_noise_spin(rq->us));
}

static const char *reason(int err)
{
	switch (err) {
	case -EINTR:
		return "interrupted by a signal";
	case -ENODEV:
		return "the CPU went offline";
	case -EXDEV:
		return "the writer runs on that CPU itself, write from another (taskset)";
	case -ETIMEDOUT:
		return "the CPU did not run the other thread in time";
	case -ENOMEM:
		return "out of memory";
	default:
		return "failed";
	}
}

static int make_noise(const struct qpw_noise_request *rq)
{
	struct qpw_noise_counters *counters = &rq->kind->counters;
	u64 done = atomic64_read(&counters->done);
	int ret;

	atomic64_inc(&nr_accepted);
	atomic64_add(rq->count, &counters->requested);
	atomic64_add((u64)rq->count * rq->us * NSEC_PER_USEC, &counters->asked_ns);
	ret = qpw_noise_repeat(rq);
	if (ret) {
		atomic64_inc(&nr_failed);
		pr_err("%s cpu=%u: ended after %llu of %u: %s (%d)\n", rq->kind->name, rq->cpu,
		       atomic64_read(&counters->done) - done, rq->count, reason(ret), ret);
	}
	return ret;
}

static int parse_line(char *line, size_t len, struct qpw_noise_request *rq)
{
	int ret = -EINVAL;

	if (len && line[len - 1] == '\n')
		line[--len] = '\0';
	if (strlen(line) == len)
		ret = qpw_noise_parse(line, rq);
	else
		pr_err("a request has a zero byte\n");
	if (ret)
		atomic64_inc(&nr_refused);
	return ret;
}

static ssize_t run_write(struct file *file, const char __user *buf, size_t len, loff_t *ppos)
{
	struct qpw_noise_request rq;
	char *line;
	int ret;

	if (len > MAX_LINE) {
		atomic64_inc(&nr_refused);
		pr_err("a request of %zu bytes is longer than %d\n", len, MAX_LINE);
		return -E2BIG;
	}
	line = memdup_user_nul(buf, len);
	if (IS_ERR(line))
		return PTR_ERR(line);
	if (mutex_lock_interruptible(&request_mutex)) {
		kfree(line);
		return -EINTR;
	}
	ret = parse_line(line, len, &rq);
	if (!ret)
		ret = make_noise(&rq);
	mutex_unlock(&request_mutex);
	kfree(line);
	return ret ?: len;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = run_write,
	.llseek = noop_llseek,
};

static int counters_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	seq_printf(m, "qpw %d\n", qpw_enabled());
	seq_printf(m, "accepted %lld\n", atomic64_read(&nr_accepted));
	seq_printf(m, "refused %lld\n", atomic64_read(&nr_refused));
	seq_printf(m, "failed %lld\n", atomic64_read(&nr_failed));
	for (i = 0; i < qpw_noise_nr_kinds; i++) {
		struct qpw_noise_counters *counters = &qpw_noise_kinds[i].counters;
		const char *name = qpw_noise_kinds[i].name;

		seq_printf(m, "%s_possible %d\n", name,
			   qpw_enabled() || !qpw_noise_kinds[i].remote);
		seq_printf(m, "%s_requested %lld\n", name, atomic64_read(&counters->requested));
		seq_printf(m, "%s_done %lld\n", name, atomic64_read(&counters->done));
		seq_printf(m, "%s_away %lld\n", name, atomic64_read(&counters->away));
		seq_printf(m, "%s_polled %lld\n", name, atomic64_read(&counters->polled));
		seq_printf(m, "%s_asked_ns %lld\n", name, atomic64_read(&counters->asked_ns));
		seq_printf(m, "%s_spent_ns %lld\n", name, atomic64_read(&counters->spent_ns));
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

static void reset_counters(void)
{
	unsigned int i;

	atomic64_set(&nr_accepted, 0);
	atomic64_set(&nr_refused, 0);
	atomic64_set(&nr_failed, 0);
	for (i = 0; i < qpw_noise_nr_kinds; i++) {
		struct qpw_noise_counters *counters = &qpw_noise_kinds[i].counters;

		atomic64_set(&counters->requested, 0);
		atomic64_set(&counters->done, 0);
		atomic64_set(&counters->away, 0);
		atomic64_set(&counters->polled, 0);
		atomic64_set(&counters->asked_ns, 0);
		atomic64_set(&counters->spent_ns, 0);
	}
}

static ssize_t reset_write(struct file *file, const char __user *buf, size_t len, loff_t *ppos)
{
	bool yes;
	int ret = kstrtobool_from_user(buf, len, &yes);

	if (ret || !yes) {
		pr_err("reset takes 1\n");
		return ret ?: -EINVAL;
	}
	if (mutex_lock_interruptible(&request_mutex))
		return -EINTR;
	reset_counters();
	mutex_unlock(&request_mutex);
	return len;
}

static const struct file_operations reset_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = reset_write,
	.llseek = noop_llseek,
};

static int __init qpw_noise_init(void)
{
	int ret;

	dir = debugfs_create_dir("qpw_noise", NULL);
	if (IS_ERR(dir)) {
		pr_err("cannot create the debugfs directory qpw_noise (%pe); CONFIG_DEBUG_FS?\n",
		       dir);
		return PTR_ERR(dir);
	}
	ret = qpw_noise_init_works();
	if (ret) {
		debugfs_remove(dir);
		return ret;
	}
	debugfs_create_file("run", 0200, dir, NULL, &run_fops);
	debugfs_create_file("counters", 0400, dir, NULL, &counters_fops);
	debugfs_create_file("reset", 0200, dir, NULL, &reset_fops);
	return 0;
}
module_init(qpw_noise_init);

/* An open file holds a reference to the module, so no request is under way. */
static void __exit qpw_noise_exit(void)
{
	debugfs_remove(dir);
	qpw_noise_exit_works();
}
module_exit(qpw_noise_exit);

MODULE_DESCRIPTION("Known noise on a chosen CPU, to test what measures noise");
MODULE_LICENSE("GPL");
