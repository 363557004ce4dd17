// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of families. Where each drain comes from is said in workloads/README.md.
 */
#include <errno.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "family.h"
#include "file.h"
#include "util/array.h"

#define FILL_TIMEOUT_MS 3000
#define MASK_BITS 64 /* the kernel reads one bit less than it is told */

#define DROP_CACHES                                                       \
	{                                                                 \
		.name = "drop_caches", .path = "/proc/sys/vm/drop_caches" \
	}
#define COMPACT                                                                 \
	{                                                                       \
		.name = "compact_memory", .path = "/proc/sys/vm/compact_memory" \
	}
#define SHRINK(cache)                                                                \
	{                                                                            \
		.name = "shrink " cache, .path = "/sys/kernel/slab/" cache "/shrink" \
	}

/* The three below disable the LRU caches and drain them, and then find nothing to move. */
static int fire_migrate_pages(const struct scene *s)
{
	unsigned long mask = 1UL << s->node;

	return syscall(SYS_migrate_pages, s->filler->pid, MASK_BITS, &mask, &mask) < 0 ? -errno : 0;
}

static int fire_move_pages(const struct scene *s)
{
	uint64_t address = filler_address(s->filler);
	int node = (int)s->node, status = 0;

	return syscall(SYS_move_pages, s->filler->pid, 1UL, &address, &node, &status,
		       MPOL_MF_MOVE) < 0 ?
		       -errno :
		       0;
}

static int fire_mbind(const struct scene *s)
{
	unsigned long mask = 1UL << s->node;

	return syscall(SYS_mbind, s->page, (unsigned long)sysconf(_SC_PAGESIZE), MPOL_BIND, &mask,
		       MASK_BITS, MPOL_MF_MOVE) < 0 ?
		       -errno :
		       0;
}

/* The limits of a v2 cgroup, of a v1 cgroup: each exists in its hierarchy only. */
static int fire_high(const struct scene *s)
{
	return s->cgroup->v2 ? cgroup_squeeze(s->cgroup, "memory.high") : -ENOENT;
}

/*
 * The kernel may leave the isolated CPU's stock alone, and then nothing there can be given back to
 * get below the limit. The partner's stock, on a housekeeping CPU, always can: without it the OOM
 * killer would come.
 */
static int fire_max(const struct scene *s)
{
	int ret;

	if (!s->cgroup->v2)
		return -ENOENT;
	ret = filler_fill(s->partner, FILLER_TOUCH, FILL_TIMEOUT_MS);
	return ret ? ret : cgroup_squeeze(s->cgroup, "memory.max");
}

static int fire_limit(const struct scene *s)
{
	return s->cgroup->v2 ? -ENOENT : cgroup_squeeze(s->cgroup, "memory.limit_in_bytes");
}

const struct family families[] = {
	{ "lru_add", FILLER_TOUCH, false, "anonymous pages, touched", { DROP_CACHES } },
	{ "mlock",
	  FILLER_MLOCK,
	  false,
	  "pages of an MLOCK_ONFAULT mapping, touched",
	  { COMPACT, DROP_CACHES } },
	{ "lru_deactivate", FILLER_COLD, false, "active pages, MADV_COLD", { DROP_CACHES } },
	{ "lazyfree", FILLER_FREE, false, "anonymous pages, MADV_FREE", { DROP_CACHES, COMPACT } },
	{ "lru_disable",
	  FILLER_TOUCH,
	  false,
	  "anonymous pages, touched",
	  { { .name = "migrate_pages", .fire = fire_migrate_pages },
	    { .name = "move_pages", .fire = fire_move_pages },
	    { .name = "mbind", .fire = fire_mbind } } },
	{ "sheaves",
	  FILLER_OBJECTS,
	  false,
	  "slab objects, allocated and freed",
	  { SHRINK("vm_area_struct"), SHRINK("filp"), SHRINK("anon_vma") } },
	{ "memcg_stock",
	  FILLER_TOUCH,
	  true,
	  "pages charged to a memory cgroup",
	  { { .name = "memory.high", .fire = fire_high },
	    { .name = "memory.max", .fire = fire_max },
	    { .name = "memory.limit_in_bytes", .fire = fire_limit } } },
};

const size_t nr_families = ARRAY_SIZE(families);

const struct family *family_find(const char *name, size_t len)
{
	for (size_t i = 0; i < nr_families; i++) {
		if (strlen(families[i].name) == len && !memcmp(families[i].name, name, len))
			return &families[i];
	}
	return NULL;
}

bool family_choose_trigger(struct family_count *c, const char *name)
{
	bool found = false;

	for (unsigned int i = 0; i < FAMILY_TRIGGERS && c->family->triggers[i].name; i++) {
		c->missing[i] = strcmp(c->family->triggers[i].name, name) != 0;
		found |= !c->missing[i];
	}
	return found;
}

/* Index of the trigger whose turn it is; -1 when this kernel has none of them. */
static int next_trigger(struct family_count *c)
{
	const struct trigger *t = c->family->triggers;
	unsigned int nr = 0;

	while (nr < FAMILY_TRIGGERS && t[nr].name)
		nr++;
	for (unsigned int i = 0; i < nr; i++) {
		unsigned int at = c->turn++ % nr;

		if (!c->missing[at])
			return (int)at;
	}
	return -1;
}

static int fire(const struct trigger *t, const struct scene *s)
{
	return t->fire ? t->fire(s) : file_write(t->path, "1");
}

static void note(char *where, const char *what, int error)
{
	snprintf(where, FAMILY_REASON, "%s: %s", what, strerror(-error));
}

/* Fire the next trigger that this kernel has. 0, or -EINTR when a signal ended it. */
static int fire_one(struct family_count *c, const struct scene *s)
{
	char why[FAMILY_REASON] = "";
	int at, ret;

	while ((at = next_trigger(c)) >= 0) {
		const struct trigger *t = &c->family->triggers[at];

		ret = fire(t, s);
		if (!ret) {
			c->count++;
			c->by[at]++;
			return 0;
		}
		if (ret == -EINTR)
			return ret;
		if (ret != -ENOSYS && ret != -ENOENT) {
			c->failed++;
			note(c->error, t->name, ret);
			return 0;
		}
		c->missing[at] = true;
		note(why, t->name, ret);
	}
	memcpy(c->skipped, why, sizeof(why));
	return 0;
}

int family_run(struct family_count *c, const struct scene *s)
{
	int ret = filler_fill(s->filler, c->family->op, FILL_TIMEOUT_MS);

	if (ret == -EINTR)
		return ret;
	if (ret) {
		c->failed++;
		note(c->error, "fill", ret);
		return 0;
	}
	c->populated++;
	return fire_one(c, s);
}
