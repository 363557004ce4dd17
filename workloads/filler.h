/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fillers: processes pinned to one isolated CPU each, that put things into that CPU's caches when
 * told and then sleep. They know nothing of drains.
 */
#ifndef WORKLOADS_FILLER_H
#define WORKLOADS_FILLER_H

#include <stdint.h>
#include <sys/types.h>

/* Folios put into a batch: fewer than the kernel's FOLIO_BATCH_SIZE (31), which drains itself. */
#define FILLER_PAGES 14

enum filler_op {
	FILLER_TOUCH,  /* anonymous pages: lru_add */
	FILLER_MLOCK,  /* pages of an MLOCK_ONFAULT mapping: the mlock batch */
	FILLER_COLD,   /* active pages, MADV_COLD: lru_deactivate */
	FILLER_FREE,   /* anonymous pages, MADV_FREE: lru_lazyfree */
	FILLER_OBJECTS /* slab objects, allocated and freed: sheaves */
};

struct filler_box;

struct filler {
	unsigned int cpu;
	pid_t pid;
	struct filler_box *box; /* shared with the process */
};

/* Start the process. Returns 0 or -errno (-EINVAL: the CPU can't be used). */
int filler_start(struct filler *f, unsigned int cpu);

/*
 * Fill. Returns 0 when the filler says it is done, its -errno, -ETIMEDOUT, -EINTR when a signal
 * came, -ESRCH when it died.
 */
int filler_fill(struct filler *f, enum filler_op op, unsigned int timeout_ms);

/* Address, in its own process, of the FILLER_PAGES pages it holds; 0 = none. */
uint64_t filler_address(const struct filler *f);

/* Kill and reap it. A filler that was never started is taken. */
void filler_stop(struct filler *f);

#endif
