// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the fast paths of the allocators cost, in ticks of the TSC: 64-byte objects, the same
 * charged to a memory cgroup, charged pages, folios on their way to the LRU. Runs once, in the
 * task that loads the module, and prints one line for each figure. Knows nothing about QPW, so
 * that it builds and runs without the series as well.
 */
#define pr_fmt(fmt) "qpw-bench: " fmt

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/folio_batch.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/swap.h>

/* Half the objects of a sheaf at most, so that there is a fill level from which no round swaps. */
#define BATCH		32
#define OBJECT_SIZE	64
#define LRU_FOLIOS	(4 * FOLIO_BATCH_SIZE)

/* Fill levels of the sheaf that are tried, in steps of STASH_STEP objects. */
#define STASH_STEP	8
#define STASH_MAX	128

#define CALIBRATION	10000

static unsigned int rounds = 200;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "rounds for each figure (200)");

static void *objects[BATCH];
static void *stash[STASH_MAX];
static struct folio *folios[LRU_FOLIOS];

/* One round of a bench leaves the ticks of its one or two figures here. */
struct ticks {
	u64 first;
	u64 second;
};

struct bench {
	const char *first;
	const char *second;
	unsigned int ops;
	bool stashed;	/* whether the fill level of the sheaf matters */
	bool (*round)(struct ticks *t);
};

/* Ordered after what comes before; what comes after can't start earlier for its dependencies. */
static __always_inline u64 now(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc; lfence" : "=a" (low), "=d" (high) : : "memory");
	return (u64)high << 32 | low;
}

static bool have_all(void)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++)
		if (!objects[i])
			return false;
	return true;
}

static __always_inline bool batch_round(struct ticks *t, gfp_t gfp)
{
	u64 start = now(), middle, end;
	unsigned int i;
	bool ok;

	for (i = 0; i < BATCH; i++)
		objects[i] = kmalloc(OBJECT_SIZE, gfp);
	middle = now();
	t->first = middle - start;

	ok = have_all();
	middle = now();
	for (i = 0; i < BATCH; i++)
		kfree(objects[i]);
	end = now();
	t->second = end - middle;
	return ok;
}

static __always_inline bool pair_round(struct ticks *t, gfp_t gfp)
{
	u64 start = now();
	unsigned int i;
	bool ok = true;

	for (i = 0; i < BATCH; i++) {
		void *object = kmalloc(OBJECT_SIZE, gfp);

		ok &= !!object;
		kfree(object);
	}
	t->first = now() - start;
	return ok;
}

static bool plain_batch(struct ticks *t)
{
	return batch_round(t, GFP_KERNEL);
}

static bool plain_pair(struct ticks *t)
{
	return pair_round(t, GFP_KERNEL);
}

static bool charged_batch(struct ticks *t)
{
	return batch_round(t, GFP_KERNEL_ACCOUNT);
}

static bool charged_pair(struct ticks *t)
{
	return pair_round(t, GFP_KERNEL_ACCOUNT);
}

static __always_inline bool page_round(struct ticks *t, gfp_t gfp)
{
	u64 start = now();
	unsigned int i;
	bool ok = true;

	for (i = 0; i < BATCH; i++) {
		struct page *page = alloc_page(gfp);

		ok &= !!page;
		if (page)
			__free_page(page);
	}
	t->first = now() - start;
	return ok;
}

static bool plain_page(struct ticks *t)
{
	return page_round(t, GFP_KERNEL);
}

static bool charged_page(struct ticks *t)
{
	return page_round(t, GFP_KERNEL_ACCOUNT);
}

/*
 * A whole number of folio batches: each round moves as many to the LRU, wherever it begins. The
 * folios are charged, as the LRU looks for the cgroup of each.
 */
static bool lru_round(struct ticks *t)
{
	unsigned int i, n;
	u64 start;

	for (n = 0; n < LRU_FOLIOS; n++) {
		folios[n] = folio_alloc(GFP_KERNEL_ACCOUNT, 0);
		if (!folios[n])
			break;
	}
	start = now();
	for (i = 0; i < n; i++)
		folio_add_lru(folios[i]);
	t->first = now() - start;

	for (i = 0; i < n; i++)
		folio_put(folios[i]);
	return n == LRU_FOLIOS;
}

/* The loop of the others without what they call: to be subtracted from them. */
static bool empty_round(struct ticks *t)
{
	u64 start = now();
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		asm volatile("" : : : "memory");
		objects[i] = NULL;
	}
	t->first = now() - start;
	return true;
}

static const struct bench benches[] = {
	{ "loop",           NULL,            BATCH,      false, empty_round },
	{ "kmalloc",        "kfree",         BATCH,      true,  plain_batch },
	{ "pair",           NULL,            BATCH,      true,  plain_pair },
	{ "memcg_kmalloc",  "memcg_kfree",   BATCH,      true,  charged_batch },
	{ "memcg_pair",     NULL,            BATCH,      true,  charged_pair },
	{ "page_pair",      NULL,            BATCH,      false, plain_page },
	{ "memcg_page_pair", NULL,           BATCH,      false, charged_page },
	{ "lru_add",        NULL,            LRU_FOLIOS, false, lru_round },
};

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void report(const char *name, unsigned int ops, const u64 *sorted)
{
	pr_info("%s ops=%u rounds=%u min=%llu median=%llu max=%llu\n", name, ops, rounds,
		sorted[0], sorted[rounds / 2], sorted[rounds - 1]);
}

/* All rounds at one fill level, sorted: the sum of the medians says how good a level it is. */
static int measure(const struct bench *b, u64 *first, u64 *second, u64 *sum)
{
	struct ticks t = {};
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		if (!b->round(&t))
			return -ENOMEM;
		first[i] = t.first;
		second[i] = t.second;
	}
	sort(first, rounds, sizeof(*first), compare, NULL);
	sort(second, rounds, sizeof(*second), compare, NULL);
	*sum = first[rounds / 2] + second[rounds / 2];
	return 0;
}

/*
 * A round that empties or fills a sheaf half-way measures the exchange of sheaves, and goes on
 * doing so. Objects held back move the level; the best of the levels is the fast path.
 */
static int run_bench(const struct bench *b, u64 *samples)
{
	u64 *first = samples, *second = first + rounds;
	u64 *best_first = second + rounds, *best_second = best_first + rounds;
	u64 sum, best = U64_MAX;
	unsigned int held = 0;
	int ret;

	for (;;) {
		ret = measure(b, first, second, &sum);
		if (ret)
			break;
		if (sum < best) {
			best = sum;
			swap(first, best_first);
			swap(second, best_second);
		}
		if (!b->stashed || held == STASH_MAX)
			break;
		do {
			stash[held++] = kmalloc(OBJECT_SIZE, GFP_KERNEL);
		} while (held % STASH_STEP);
	}
	while (held)
		kfree(stash[--held]);
	if (ret)
		return ret;
	report(b->first, b->ops, best_first);
	if (b->second)
		report(b->second, b->ops, best_second);
	return 0;
}

/* Ten instructions a turn: where ticks are instructions the answer is ten times the turns. */
static u64 known_loop(unsigned long turns)
{
	u64 start = now();

	asm volatile("1: nop; nop; nop; nop; nop; nop; nop; nop\n\t"
		     "dec %0\n\t"
		     "jnz 1b" : "+r" (turns) : : "cc");
	return now() - start;
}

/* The difference of two lengths is free of reading the clock, the least is free of interrupts. */
static u64 calibrate(void)
{
	u64 least_short = U64_MAX, least_long = U64_MAX;
	unsigned int i;

	for (i = 0; i < 20; i++) {
		least_short = min(least_short, known_loop(CALIBRATION));
		least_long = min(least_long, known_loop(2 * CALIBRATION));
	}
	return least_long - least_short;
}

static int __init qpw_bench_init(void)
{
	unsigned int i;
	u64 *samples;
	int ret = 0;

	if (!rounds || rounds > 10000)
		return -EINVAL;
	samples = kvmalloc_array(4 * rounds, sizeof(*samples), GFP_KERNEL);
	if (!samples)
		return -ENOMEM;

	migrate_disable();
	pr_info("calibration instructions=%u ticks=%llu\n", 10 * CALIBRATION, calibrate());
	for (i = 0; i < ARRAY_SIZE(benches) && !ret; i++)
		ret = run_bench(&benches[i], samples);
	migrate_enable();
	pr_info("end %d\n", ret);

	kvfree(samples);
	return ret;
}

static void __exit qpw_bench_exit(void)
{
}

module_init(qpw_bench_init);
module_exit(qpw_bench_exit);
MODULE_DESCRIPTION("Cost of the allocators' fast paths");
MODULE_LICENSE("GPL");
