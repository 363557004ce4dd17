/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the module qpw_provoke share: verdicts, the per-CPU data of the kernel that it
 * looks at, and how to get something into it. Which situation is which part's business, not this.
 */
#ifndef QPW_PROVOKE_H
#define QPW_PROVOKE_H

#include <linux/folio_batch.h>
#include <linux/memcontrol.h>
#include <linux/percpu.h>
#include <linux/qpw.h>

/* Longer than an emulated machine takes for what is waited for, if it comes at all. */
#define PATIENCE_MS	5000

extern int target_cpu, work_cpu;

/*
 * What the kernel exports to nobody, by its address in /proc/kallsyms. All but the functions are
 * per-CPU, and begin with their lock.
 */
extern unsigned long a_cpu_fbatches, a_mlock_fbatch, a_memcg_stock, a_obj_stock;
extern unsigned long a_lru_add_drain_all, a_drain_all_stock, a_drain_local_memcg_stock;

/* The first members of what the addresses mean. Should they move, the tests find nothing there. */
struct fbatch_head {
	qpw_lock_t lock;
	struct folio_batch fbatch;
};

struct stock_head {
	qpw_trylock_t lock;
	uint8_t nr_pages[IS_ENABLED(CONFIG_QPW) ? 6 : 7];
};

static inline void *of_cpu(unsigned long address, unsigned int c)
{
	return per_cpu_ptr((void __percpu *)address, c);
}

static inline unsigned int batch_count(unsigned long address, unsigned int c)
{
	struct fbatch_head *head = of_cpu(address, c);

	return READ_ONCE(head->fbatch.nr);
}

static inline unsigned int stock_pages(unsigned int c)
{
	struct stock_head *head = of_cpu(a_memcg_stock, c);
	unsigned int i, sum = 0;

	for (i = 0; i < ARRAY_SIZE(head->nr_pages); i++)
		sum += READ_ONCE(head->nr_pages[i]);
	return sum;
}

static inline void drain_stocks(void)
{
	void (*drain_all_stock)(struct mem_cgroup *root) = (void *)a_drain_all_stock;

	drain_all_stock(root_mem_cgroup);
}

void verdict(const char *name, const char *why);
const char *fill(unsigned int c);

void provoke_works_of_dead_cpus(void);
void provoke_drains_of_dying_cpus(void);

#endif /* QPW_PROVOKE_H */
