// SPDX-License-Identifier: GPL-2.0-only
/*
 * A group's id is the file handle of its directory (kernel/cgroup/cgroup.c, cgroup_id(); fs/kernfs,
 * FILEID_KERNFS), so the kernel itself finds it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "collect/cgroups.h"

#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h */

static int open_hierarchy(const char *path)
{
	struct statfs fs;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (!fstatfs(fd, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
		return fd;
	close(fd);
	return -ENOENT;
}

int cgroups_open(const char *root)
{
	char path[PATH_MAX];
	int fd = open_hierarchy(root);

	if (fd >= 0 || snprintf(path, sizeof(path), "%s/unified", root) >= (int)sizeof(path))
		return fd;
	return open_hierarchy(path);
}

/* Where the kernel says that a descriptor leads to. Length or -errno. */
static ssize_t descriptor_path(int fd, char *buf, size_t size)
{
	char link[64];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, buf, size - 1);
	if (len < 0)
		return -errno;
	buf[len] = '\0';
	return len;
}

static void keep_end(const char *path, char *buf, size_t size)
{
	size_t len = strlen(path);

	if (len < size)
		snprintf(buf, size, "%s", path);
	else
		snprintf(buf, size, "...%s", path + len - (size - sizeof("...")));
}

int cgroups_path(int fd, uint64_t id, char *buf, size_t size)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} u = { .handle = { .handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS } };
	char root[PATH_MAX], path[PATH_MAX];
	ssize_t root_len = descriptor_path(fd, root, sizeof(root)), len;
	int group;

	if (root_len < 0)
		return (int)root_len;
	memcpy(u.room + offsetof(struct file_handle, f_handle), &id, sizeof(id));
	group = open_by_handle_at(fd, &u.handle, O_PATH | O_CLOEXEC);
	if (group < 0)
		return -errno;
	len = descriptor_path(group, path, sizeof(path));
	close(group);
	if (len < 0)
		return (int)len;
	if (len < root_len || strncmp(path, root, root_len) != 0)
		return -ESTALE;
	keep_end(path[root_len] ? path + root_len : "/", buf, size);
	return 0;
}
