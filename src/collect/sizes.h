/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How large the collector's maps are, by the number of possible CPUs. Knows numbers only.
 */
#ifndef QPW_COLLECT_SIZES_H
#define QPW_COLLECT_SIZES_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the ring buffer: a power of two of pages, up to 1 GiB; 0 = the default. */
size_t sizes_ring_bytes(size_t wanted);

/* Sets of bpf/origins.bpf.h, of four origins each: a power of two. */
uint32_t sizes_origin_sets(uint32_t nr_cpus);

/* Entries that an LRU map needs at least. */
uint32_t sizes_lru_entries(uint32_t nr_cpus);

#endif
