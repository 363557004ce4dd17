// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing a .qpw file. Whatever happens to the writer, what is on disk is a header and complete
 * blocks, with at most one incomplete block behind them. Knows files, not meanings.
 */
#include "store/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "store/disk_sync.h"
#include "store/trace_format.h"

#define ZSTD_LEVEL 3

/* As often as the kernel looks for what it keeps unwritten, and ext4 for what to commit. */
#define SYNC_MS 5000

struct trace_writer {
	int fd;
	int error; /* the first one; sticky, as nothing may follow a broken block */
	uint32_t raw_len;
	uint32_t nr_records;
	struct trace_end total;
	struct disk_sync *sync; /* NULL: the kernel decides when it reaches the disk */
	ZSTD_CCtx *zstd;
	size_t comp_size;
	unsigned char *raw;  /* TRACE_RAW_TARGET bytes */
	unsigned char *comp; /* a struct trace_block, then comp_size bytes */
};

static int write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_header(int fd, const struct host_facts *facts)
{
	struct trace_header header = { .magic = TRACE_MAGIC, .version = TRACE_VERSION };
	json_t *json = trace_facts_to_json(facts);
	char *text = json ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	size_t len = text ? strlen(text) : 0;
	int ret = -ENOMEM;

	json_decref(json);
	if (!text)
		return ret;
	header.facts_len = (uint32_t)len;
	header.facts_crc = (uint32_t)crc32(0, (const Bytef *)text, (uInt)len);
	ret = len > TRACE_FACTS_MAX ? -E2BIG : write_all(fd, &header, sizeof(header));
	if (!ret)
		ret = write_all(fd, text, len);
	free(text);
	return ret;
}

static void writer_free(struct trace_writer *w)
{
	disk_sync_stop(w->sync);
	if (w->fd >= 0)
		close(w->fd);
	ZSTD_freeCCtx(w->zstd);
	free(w->raw);
	free(w->comp);
	free(w);
}

int trace_writer_open(const char *path, const struct host_facts *facts, struct trace_writer **out)
{
	struct trace_writer *w = calloc(1, sizeof(*w));
	int ret = -ENOMEM;

	*out = NULL;
	if (!w)
		return ret;
	w->fd = -1;
	w->comp_size = ZSTD_compressBound(TRACE_RAW_TARGET);
	w->raw = malloc(TRACE_RAW_TARGET);
	w->comp = malloc(sizeof(struct trace_block) + w->comp_size);
	w->zstd = ZSTD_createCCtx();
	if (!w->raw || !w->comp || !w->zstd)
		goto fail;
	w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (w->fd < 0) {
		ret = -errno;
		goto fail;
	}
	ret = write_header(w->fd, facts);
	if (ret)
		goto fail;
	*out = w;
	return 0;
fail:
	writer_free(w);
	return ret;
}

int trace_writer_sync_often(struct trace_writer *w)
{
	return disk_sync_start(w->fd, SYNC_MS, &w->sync);
}

/* Write the block whose payload (comp_len bytes) lies in w->comp behind the room for its header. */
static int write_block(struct trace_writer *w, struct trace_block *block)
{
	unsigned char *payload = w->comp + sizeof(*block);
	int ret;

	block->magic = TRACE_BLOCK_MAGIC;
	block->crc = trace_block_crc(block, payload);
	memcpy(w->comp, block, sizeof(*block));
	ret = write_all(w->fd, w->comp, sizeof(*block) + block->comp_len);
	return ret ? ret : disk_sync_written(w->sync);
}

int trace_writer_flush(struct trace_writer *w)
{
	struct trace_block block = { .kind = TRACE_BLOCK_RECORDS };
	size_t len;

	if (w->error || !w->nr_records)
		return w->error;
	len = ZSTD_compressCCtx(w->zstd, w->comp + sizeof(block), w->comp_size, w->raw, w->raw_len,
				ZSTD_LEVEL);
	if (ZSTD_isError(len)) {
		w->error = -EIO;
		return w->error;
	}
	block.raw_len = w->raw_len;
	block.comp_len = (uint32_t)len;
	block.nr_records = w->nr_records;
	w->error = write_block(w, &block);
	if (w->error)
		return w->error;
	w->total.nr_blocks++;
	w->total.nr_records += w->nr_records;
	w->raw_len = 0;
	w->nr_records = 0;
	return 0;
}

int trace_writer_put(struct trace_writer *w, const struct qpw_header *h)
{
	if (h->size < sizeof(*h) || h->size % 8 || h->size > QPW_EVENT_MAX)
		return -EINVAL;
	if (w->raw_len + h->size > TRACE_RAW_TARGET && trace_writer_flush(w))
		return w->error;
	if (w->error)
		return w->error;
	memcpy(w->raw + w->raw_len, h, h->size);
	w->raw_len += h->size;
	w->nr_records++;
	return 0;
}

static int write_end(struct trace_writer *w)
{
	struct trace_block block = {
		.kind = TRACE_BLOCK_END,
		.raw_len = sizeof(w->total),
		.comp_len = sizeof(w->total),
	};

	memcpy(w->comp + sizeof(block), &w->total, sizeof(w->total));
	return write_block(w, &block);
}

static int finish(struct trace_writer *w, bool whole)
{
	int ret, synced;

	if (!w)
		return 0;
	ret = trace_writer_flush(w);
	if (!ret && whole)
		ret = write_end(w);
	synced = disk_sync_stop(w->sync);
	w->sync = NULL;
	if (!ret)
		ret = synced;
	/* EINVAL and EROFS: a pipe or a device, which has nothing to sync */
	if (fsync(w->fd) && errno != EINVAL && errno != EROFS && !ret)
		ret = -errno;
	if (close(w->fd) && !ret)
		ret = -errno;
	w->fd = -1;
	writer_free(w);
	return ret;
}

int trace_writer_close(struct trace_writer *w)
{
	return finish(w, true);
}

int trace_writer_break_off(struct trace_writer *w)
{
	return finish(w, false);
}
