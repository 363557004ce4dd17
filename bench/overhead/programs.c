// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BPF programs that a process holds, with how often and for how long they have run: one line
 * "ID NAME RUNS NS" each. The kernel counts only while its statistics are on.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PROGRAMS 256

struct ids {
	unsigned int id[MAX_PROGRAMS];
	size_t nr;
};

static void ids_add(struct ids *ids, unsigned int id)
{
	size_t i;

	for (i = 0; i < ids->nr; i++)
		if (ids->id[i] == id)
			return;
	if (ids->nr < MAX_PROGRAMS)
		ids->id[ids->nr++] = id;
}

/* Programs and links both say "prog_id:" there. */
static void ids_of_file(struct ids *ids, int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char line[256];

	if (!file)
		return; /* closed meanwhile */
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, "prog_id:", 8))
			ids_add(ids, strtoul(line + 8, NULL, 10));
	fclose(file);
}

static int ids_of_process(struct ids *ids, const char *pid)
{
	const struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fdinfo", pid);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		ids_of_file(ids, dirfd(dir), entry->d_name);
	closedir(dir);
	return 0;
}

/* The whole name: the one in bpf_prog_info is cut after 15 bytes. */
static void whole_name(int fd, const struct bpf_prog_info *cut, char *name, size_t size)
{
	struct bpf_func_info function;
	struct bpf_prog_info info = { .nr_func_info = 1,
				      .func_info_rec_size = sizeof(function),
				      .func_info = (unsigned long)&function };
	__u32 len = sizeof(info);
	const struct btf_type *type;
	struct btf *btf;

	snprintf(name, size, "%s", cut->name);
	if (!cut->btf_id || !cut->nr_func_info)
		return;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return;
	btf = btf__load_from_kernel_by_id(cut->btf_id);
	type = btf ? btf__type_by_id(btf, function.type_id) : NULL;
	if (type)
		snprintf(name, size, "%s", btf__name_by_offset(btf, type->name_off));
	btf__free(btf);
}

static int print_program(unsigned int id)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	char name[128];
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno; /* gone meanwhile */
	if (bpf_obj_get_info_by_fd(fd, &info, &len)) {
		close(fd);
		return -errno;
	}
	whole_name(fd, &info, name, sizeof(name));
	close(fd);
	printf("%u %s %llu %llu\n", id, name, info.run_cnt, info.run_time_ns);
	return 0;
}

int main(int argc, char **argv)
{
	struct ids ids = { .nr = 0 };
	size_t i;
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: %s PID\n", argv[0]);
		return 129;
	}
	err = ids_of_process(&ids, argv[1]);
	for (i = 0; !err && i < ids.nr; i++)
		err = print_program(ids.id[i]);
	if (err)
		fprintf(stderr, "overhead programs: process %s: %s\n", argv[1], strerror(-err));
	return err ? 1 : 0;
}
