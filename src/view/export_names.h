/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What META records say about addresses and ids, kept while single records are exported. Bounded:
 * what does not fit is shown by its number. Knows no format.
 */
#ifndef QPW_VIEW_EXPORT_NAMES_H
#define QPW_VIEW_EXPORT_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "model/table.h"
#include "qpw/event.h"

struct export_names {
	struct table symbols;
	struct table stacks;
	struct table cgroups;
};

void export_names_init(struct export_names *n);
void export_names_finish(struct export_names *n);

/* A META_SYMBOL, META_STACK or META_CGROUP is remembered, others are passed by. 0 or -ENOMEM. */
int export_names_put(struct export_names *n, const struct qpw_header *record);

/*
 * Name of a function, at most QPW_SYMBOL_LEN bytes, not escaped, maybe not terminated; NULL: not
 * known. It stays until the next record is put.
 */
const char *export_names_symbol(const struct export_names *n, uint64_t address);

/* NULL: not known. They stay until the next record is put. */
const struct qpw_stack *export_names_stack(const struct export_names *n, uint32_t id);
const struct qpw_cgroup *export_names_cgroup(const struct export_names *n, uint64_t id);

#endif
