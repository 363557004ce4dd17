// SPDX-License-Identifier: GPL-2.0-only
/*
 * A group's id is the inode number of its directory (kernel/cgroup/cgroup.c, cgroup_id(); fs/kernfs
 * on 64-bit machines). The kernel would also open a directory by its id, but only for who may read
 * every file.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "collect/cgroups.h"
#include "util/clock.h"

#define LOOK_NS 1000000000ULL /* at most so often for an id that has no group */
#define GROUPS_MAX 65536
#define DEPTH_MAX 64

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

static const char *find(const struct cgroups *c, uint64_t id)
{
	for (size_t i = 0; i < c->nr; i++)
		if (c->groups[i].id == id)
			return c->groups[i].path;
	return NULL;
}

/* A group's name may begin with a dot, too. */
static bool is_below(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

/* The group at path and all below it. 0 or -ENOMEM; what can't be read is left out. */
static int look_below(struct cgroups *c, const char *path, uint64_t id, int depth)
{
	char below[PATH_MAX];
	struct dirent *entry;
	DIR *dir;
	int err = 0;

	if (c->nr < GROUPS_MAX && !find(c, id))
		err = add_group(c, id, path + strlen(c->root));
	dir = err || depth == DEPTH_MAX ? NULL : opendir(path);
	if (!dir)
		return err;
	while (!err && (entry = readdir(dir))) {
		if (!is_below(entry) || snprintf(below, sizeof(below), "%s/%s", path,
						 entry->d_name) >= (int)sizeof(below))
			continue;
		err = look_below(c, below, entry->d_ino, depth + 1);
	}
	closedir(dir);
	return err;
}

/* Those that are gone stay: what is still to be read may name them. */
static void look(struct cgroups *c)
{
	struct stat st;

	if (!stat(c->root, &st))
		look_below(c, c->root, st.st_ino, 0);
}

int cgroups_path(struct cgroups *c, uint64_t id, char *buf, size_t size)
{
	const char *path = find(c, id);
	uint64_t now = clock_now_ns();
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
