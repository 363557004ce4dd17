// SPDX-License-Identifier: GPL-2.0-only
/*
 * The directory of a boot: a trace that is right, and beside it the input, cut at each record
 * separator (0x1e) into its other files.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "store/boot_dir.h"
#include "store/trace.h"
#include "util/array.h"

#define SEPARATOR 0x1e

static const char *const names[] = { "boot.json", "witness.txt", "cyclictest.json", "triggers.json",
				     "stress-ng.yaml" };

static char dir[32];

static const char *path_of(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void remove_dir(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlink(path_of(names[i]));
	unlink(path_of("trace.qpw"));
	rmdir(dir);
}

static void make_dir(void)
{
	static const struct host_facts facts = { .hostname = "fuzz", .watched = "1" };
	struct trace_writer *w;

	snprintf(dir, sizeof(dir), "/tmp/qpw-fuzz-XXXXXX");
	FUZZ_ASSERT(mkdtemp(dir));
	FUZZ_ASSERT(!atexit(remove_dir));
	FUZZ_ASSERT(!trace_writer_open(path_of("trace.qpw"), &facts, &w));
	FUZZ_ASSERT(!trace_writer_close(w));
}

static void put_file(const char *name, const uint8_t *data, size_t size)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	FUZZ_ASSERT(fd >= 0);
	FUZZ_ASSERT(write(fd, data, size) == (ssize_t)size);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[PATH_MAX + 64];
	struct boot *boot;

	if (!dir[0])
		make_dir();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const uint8_t *end = size ? memchr(data, SEPARATOR, size) : NULL;
		size_t len = end ? (size_t)(end - data) : size;

		put_file(names[i], data, len);
		data += len + (end ? 1 : 0);
		size -= len + (end ? 1 : 0);
	}
	FUZZ_ASSERT(!boot_dir_load(dir, &boot, why, sizeof(why)));
	FUZZ_ASSERT(boot->snapshot && boot->facts);
	boot_destroy(boot);
	return 0;
}
