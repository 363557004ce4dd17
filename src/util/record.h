/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which size a record of each kind has: the one table by which whoever is handed a record checks
 * it before looking into it; and the names behind numbers in it. Knows sizes, not meanings.
 */
#ifndef QPW_UTIL_RECORD_H
#define QPW_UTIL_RECORD_H

#include "qpw/event.h"

/* Bytes of a record of this kind, header included; 0 for a kind that this version doesn't know. */
unsigned int record_size(unsigned int kind);

/*
 * The fewest bytes that a record of this kind may have: what it had in the first version of the
 * format. Fields have only been appended since; those that are not there are zero. 0: not known.
 */
unsigned int record_min_size(unsigned int kind);

/* "softirq": the name of a kind of record, of meta records too; NULL: not known. */
const char *record_kind_name(unsigned int kind);

/*
 * What the kernel calls a softirq vector, the vector of an IPI (enum qpw_ipi_vector), a place of
 * enum qpw_flush_where, and a way in which a probe is attached (enum qpw_probe_state); NULL: not
 * known.
 */
const char *record_softirq_name(unsigned int vec);
const char *record_ipi_name(unsigned int vector);
const char *record_flush_name(unsigned int where);
const char *record_probe_state_name(unsigned int state);

#endif
