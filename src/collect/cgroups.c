// SPDX-License-Identifier: GPL-2.0-only
/*
 * A group's id is the inode number of its directory (kernel/cgroup/cgroup.c, cgroup_id(); fs/kernfs
 * on 64-bit machines). The kernel would also open a directory by its id, but only for who may read
 * every file.
 */
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "collect/cgroups.h"

#define LOOK_NS 1000000000ULL /* at most so often for an id that has no group */
#define GROUPS_MAX 65536

struct group {
	uint64_t id;
	char *path; /* below the root */
};

struct cgroups {
	char root[PATH_MAX];
	struct group *groups;
	size_t nr;
	size_t room;
	uint64_t looked_ns;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static bool is_hierarchy(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC;
}

int cgroups_create(const char *root, struct cgroups **out)
{
	struct cgroups *c = calloc(1, sizeof(*c));

	*out = NULL;
	if (!c)
		return -ENOMEM;
	snprintf(c->root, sizeof(c->root), "%s", root);
	if (!is_hierarchy(c->root))
		snprintf(c->root, sizeof(c->root), "%s/unified", root);
	if (!is_hierarchy(c->root)) {
		free(c);
		return -ENOENT;
	}
	*out = c;
	return 0;
}

static void forget_groups(struct cgroups *c)
{
	for (size_t i = 0; i < c->nr; i++)
		free(c->groups[i].path);
	c->nr = 0;
}

static int add_group(struct cgroups *c, uint64_t id, const char *path)
{
	struct group *groups;
	size_t room;

	if (c->nr == c->room) {
		room = c->room ? 2 * c->room : 64;
		groups = reallocarray(c->groups, room, sizeof(*groups));
		if (!groups)
			return -ENOMEM;
		c->groups = groups;
		c->room = room;
	}
	c->groups[c->nr].id = id;
	c->groups[c->nr].path = strdup(*path ? path : "/");
	if (!c->groups[c->nr].path)
		return -ENOMEM;
	c->nr++;
	return 0;
}

static void look(struct cgroups *c)
{
	size_t root_len = strlen(c->root);
	char *roots[2] = { c->root };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_XDEV, NULL);
	FTSENT *entry;

	if (!fts)
		return;
	forget_groups(c);
	while ((entry = fts_read(fts)) && c->nr < GROUPS_MAX)
		if (entry->fts_info == FTS_D &&
		    add_group(c, entry->fts_statp->st_ino, entry->fts_path + root_len))
			break;
	fts_close(fts);
}

static const char *find(const struct cgroups *c, uint64_t id)
{
	for (size_t i = 0; i < c->nr; i++)
		if (c->groups[i].id == id)
			return c->groups[i].path;
	return NULL;
}

int cgroups_path(struct cgroups *c, uint64_t id, char *buf, size_t size)
{
	const char *path = find(c, id);
	uint64_t now = now_ns();
	size_t len;

	if (!path && (!c->looked_ns || now - c->looked_ns >= LOOK_NS)) {
		c->looked_ns = now;
		look(c);
		path = find(c, id);
	}
	if (!path)
		return -ENOENT;
	len = strlen(path);
	if (len < size)
		snprintf(buf, size, "%s", path);
	else
		snprintf(buf, size, "...%s", path + len - (size - sizeof("...")));
	return 0;
}

void cgroups_destroy(struct cgroups *c)
{
	if (!c)
		return;
	forget_groups(c);
	free(c->groups);
	free(c);
}
