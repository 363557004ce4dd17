// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sizes that keep what is in use from being given up.
 */
#include <unistd.h>

#include "collect/collect.h"
#include "collect/sizes.h"

/* LRU maps keep lists of this order per CPU; fewer entries would be given up while in use. */
#define LRU_ENTRIES_PER_CPU 512

/* Where it is kept who queued what. Falling together is rare as long as most are empty. */
#define ORIGIN_SETS_MIN 4096
#define ORIGIN_SETS_PER_CPU 128

size_t sizes_ring_bytes(size_t wanted)
{
	size_t bytes = sysconf(_SC_PAGESIZE);

	if (!wanted)
		wanted = COLLECT_BUFFER_BYTES;
	while (bytes < wanted && bytes < 1U << 30)
		bytes *= 2;
	return bytes;
}

uint32_t sizes_origin_sets(uint32_t nr_cpus)
{
	uint32_t sets = ORIGIN_SETS_MIN;

	while (sets < ORIGIN_SETS_PER_CPU * nr_cpus)
		sets *= 2;
	return sets;
}

uint32_t sizes_lru_entries(uint32_t nr_cpus)
{
	return LRU_ENTRIES_PER_CPU * nr_cpus;
}
