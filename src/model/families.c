// SPDX-License-Identifier: GPL-2.0-only
/*
 * What QPW makes local. Knows names of functions only.
 */
#include <string.h>

#include "model/snapshot.h"
#include "util/array.h"

/*
 * Work functions that the series converts, in all kernels that have them: mm/swap.c, mm/slub.c
 * (flush_cpu_slab before sheaves), mm/memcontrol.c (one stock before 6.16, two since).
 */
static const char *const qpw_families[] = {
	"lru_add_drain_per_cpu",   "flush_cpu_sheaves",	    "flush_rcu_sheaf",	 "flush_cpu_slab",
	"drain_local_memcg_stock", "drain_local_obj_stock", "drain_local_stock",
};

bool snap_qpw_family(const char *function)
{
	for (size_t i = 0; i < ARRAY_SIZE(qpw_families); i++)
		if (!strcmp(function, qpw_families[i]))
			return true;
	return false;
}
