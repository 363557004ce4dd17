/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layout of a .qpw file, private to the store; docs/trace-format.md explains it. Fixed-width,
 * little-endian, append-only: a change that an old reader would misread raises TRACE_VERSION.
 */
#ifndef QPW_STORE_TRACE_FORMAT_H
#define QPW_STORE_TRACE_FORMAT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "host/host.h"

#define TRACE_VERSION 1

/* Not text at the first byte; the line ends show a transfer that converted them. */
#define TRACE_MAGIC "\x89QPW\r\n\x1a\n"
#define TRACE_MAGIC_LEN 8

/* "QBLK", at the start of every block */
#define TRACE_BLOCK_MAGIC 0x4b4c4251U

/* A reader allocates no more than this for a file, whatever its bytes say. */
#define TRACE_FACTS_MAX (256U << 10)
#define TRACE_RAW_MAX (1U << 20)
#define TRACE_COMP_MAX (TRACE_RAW_MAX + (16U << 10))

/* The writer closes a block at this size. */
#define TRACE_RAW_TARGET (256U << 10)

/* Followed by facts_len bytes of JSON. */
struct trace_header {
	char magic[TRACE_MAGIC_LEN];
	uint32_t version;
	uint32_t facts_len;
	uint32_t facts_crc; /* CRC-32 of the JSON */
	uint32_t pad;
};

enum trace_block_kind {
	TRACE_BLOCK_RECORDS = 1, /* zstd frame of nr_records records */
	TRACE_BLOCK_END = 2,	 /* struct trace_end, not compressed; nothing follows */
};

/* Followed by comp_len bytes. crc: CRC-32 of this header with crc 0, then of those bytes. */
struct trace_block {
	uint32_t magic;
	uint16_t kind;
	uint16_t pad;
	uint32_t raw_len;
	uint32_t comp_len;
	uint32_t nr_records;
	uint32_t crc;
};

struct trace_end {
	uint64_t nr_blocks; /* of records */
	uint64_t nr_records;
};

_Static_assert(sizeof(struct trace_header) == 24, "file format");
_Static_assert(sizeof(struct trace_block) == 24, "file format");
_Static_assert(sizeof(struct trace_end) == 16, "file format");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "records are stored as they are in memory");

/* CRC of a block as struct trace_block defines it. */
uint32_t trace_block_crc(const struct trace_block *block, const void *payload);

/* Host facts as the JSON of the file header and of reports; NULL when out of memory. */
json_t *trace_facts_to_json(const struct host_facts *facts);

/* Fill *facts; members that are missing, or are not text, stay "". */
void trace_facts_from_json(const json_t *json, struct host_facts *facts);

#endif
