// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cgroup by its files: made below whatever hierarchy has the memory controller, squeezed by its
 * limits, removed again.
 */
#include <dirent.h>
#include <errno.h>
#include <mntent.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "file.h"

#define PREFIX "qpw-churn."
/* Less than a stock usually holds (63 pages of a batch of 64, minus those in use). */
#define SQUEEZE_PAGES 8

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p += len) {
		if ((p == text || strchr(" ,\n", p[-1])) && strchr(" ,\n", p[len]))
			return true;
	}
	return false;
}

static int join(char *path, size_t size, const char *dir, const char *name)
{
	int len = snprintf(path, size, "%s/%s", dir, name);

	return len < 0 || (size_t)len >= size ? -ENAMETOOLONG : 0;
}

static int read_in(const char *dir, const char *name, char *buf, size_t size)
{
	char path[CGROUP_PATH];
	int ret = join(path, sizeof(path), dir, name);

	return ret ? ret : file_read(path, buf, size);
}

static int write_in(const char *dir, const char *name, const char *text)
{
	char path[CGROUP_PATH];
	int ret = join(path, sizeof(path), dir, name);

	return ret ? ret : file_write(path, text);
}

/* The cgroup2 at dir has the memory controller to give. */
static bool offers_memory(const char *dir)
{
	char text[256];

	return !read_in(dir, "cgroup.controllers", text, sizeof(text)) && has_word(text, "memory");
}

static bool find_mounted(struct cgroup *g, bool *any)
{
	FILE *f = setmntent("/proc/self/mounts", "r");
	struct mntent *m;
	bool found = false;

	*any = false;
	if (!f)
		return false;
	while (!found && (m = getmntent(f))) {
		g->v2 = !strcmp(m->mnt_type, "cgroup2");
		if (!g->v2 && strcmp(m->mnt_type, "cgroup") != 0)
			continue;
		*any = true;
		found = g->v2 ? offers_memory(m->mnt_dir) : has_word(m->mnt_opts, "memory");
		if (found &&
		    snprintf(g->root, sizeof(g->root), "%s", m->mnt_dir) >= (int)sizeof(g->root))
			found = false;
	}
	endmntent(f);
	return found;
}

static int mount_private(struct cgroup *g)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	snprintf(g->root, sizeof(g->root), "/sys/fs/cgroup");
	g->v2 = true;
	if (mount("none", g->root, "cgroup2", 0, NULL))
		return -errno;
	return offers_memory(g->root) ? 0 : -ENODEV;
}

/* What a churn that was killed left behind. */
static void remove_stale(const char *root)
{
	DIR *d = opendir(root);
	struct dirent *e;
	char path[CGROUP_PATH];

	if (!d)
		return;
	while ((e = readdir(d))) {
		int pid = strncmp(e->d_name, PREFIX, sizeof(PREFIX) - 1) ?
				  0 :
				  atoi(e->d_name + sizeof(PREFIX) - 1);

		if (pid > 0 && kill(pid, 0) && errno == ESRCH &&
		    !join(path, sizeof(path), root, e->d_name))
			rmdir(path);
	}
	closedir(d);
}

static int enable_memory(struct cgroup *g)
{
	char text[256];
	int ret = read_in(g->root, "cgroup.subtree_control", text, sizeof(text));

	if (ret || has_word(text, "memory"))
		return ret;
	ret = write_in(g->root, "cgroup.subtree_control", "+memory");
	g->enabled_memory = !ret;
	return ret;
}

int cgroup_create(struct cgroup *g, char *why, size_t size)
{
	const char *what = "mount cgroup2";
	char name[64];
	bool any;
	int ret = 0;

	memset(g, 0, sizeof(*g));
	if (!find_mounted(g, &any)) {
		if (any) {
			snprintf(why, size,
				 "no mounted cgroup hierarchy has the memory controller");
			return -ENODEV;
		}
		ret = mount_private(g);
	}
	if (!ret && g->v2) {
		what = "enable the memory controller";
		ret = enable_memory(g);
	}
	if (!ret) {
		what = "make a cgroup";
		remove_stale(g->root);
		snprintf(name, sizeof(name), PREFIX "%d", getpid());
		ret = join(g->dir, sizeof(g->dir), g->root, name);
		if (!ret && mkdir(g->dir, 0755))
			ret = -errno;
	}
	if (ret) {
		snprintf(why, size, "%s: %s", what, strerror(-ret));
		g->dir[0] = '\0';
		cgroup_remove(g);
	}
	return ret;
}

int cgroup_add(const struct cgroup *g, pid_t pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", pid);
	return write_in(g->dir, "cgroup.procs", text);
}

int cgroup_squeeze(const struct cgroup *g, const char *limit)
{
	uint64_t below = SQUEEZE_PAGES * (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t usage;
	char text[32];
	int ret, lifted;

	ret = read_in(g->dir, g->v2 ? "memory.current" : "memory.usage_in_bytes", text,
		      sizeof(text));
	if (ret)
		return ret;
	usage = strtoull(text, NULL, 10);
	if (usage <= below)
		return -ENODATA; /* nothing is charged: there is no stock either */
	snprintf(text, sizeof(text), "%llu", (unsigned long long)(usage - below));
	ret = write_in(g->dir, limit, text);
	/* v1 refuses when usage stays above, which is after it drained. */
	if (!g->v2 && ret == -EBUSY)
		ret = 0;
	lifted = write_in(g->dir, limit, g->v2 ? "max" : "-1");
	return ret ? ret : lifted;
}

int cgroup_remove(struct cgroup *g)
{
	int ret = 0;

	/* A process that was just reaped may still be leaving. */
	for (int tries = 0; g->dir[0] && tries < 50; tries++) {
		ret = rmdir(g->dir) ? -errno : 0;
		if (ret != -EBUSY)
			break;
		usleep(20000);
	}
	if (g->enabled_memory)
		write_in(g->root, "cgroup.subtree_control", "-memory");
	memset(g, 0, sizeof(*g));
	return ret;
}
