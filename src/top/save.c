// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is shown, kept in a file. Knows no screen but its line for messages.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "top/top.h"
#include "view/top_text.h"

/* A file that was not there before: "qpwtop-TIME.json", then "qpwtop-TIME-1.json" and so on. */
static int create(char *name, size_t size)
{
	int64_t now = (int64_t)time(NULL);
	int fd = -1;

	for (int i = 0; i < 100 && fd < 0; i++) {
		if (i)
			snprintf(name, size, "qpwtop-%" PRId64 "-%d.json", now, i);
		else
			snprintf(name, size, "qpwtop-%" PRId64 ".json", now);
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
		if (fd < 0 && errno != EEXIST)
			return -errno;
	}
	return fd < 0 ? -EEXIST : fd;
}

static int write_json(const struct top_data *d, int fd)
{
	struct top_text all = { .cpus.column = TOP_AS_THEY_ARE };
	json_t *o;
	int ret;

	for (unsigned int i = 0; i < TOP_VIEWS; i++)
		all.orders[i].column = top_views[i]->sort;
	o = top_json(&all, d);
	ret = o ? json_dumpfd(o, fd, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) : -1;

	json_decref(o);
	if (!ret && write(fd, "\n", 1) != 1)
		ret = -1;
	return close(fd) || ret ? -EIO : 0;
}

void top_save(struct top *t)
{
	char *message = t->screen.message, name[64] = "";
	size_t size = sizeof(t->screen.message);
	int ret = -ENODATA;

	if (t->now)
		ret = create(name, sizeof(name));
	if (ret >= 0)
		ret = write_json(&t->data, ret);
	if (ret)
		snprintf(message, size, "not written: %s", strerror(-ret));
	else
		snprintf(message, size, "written: %s", name);
}
