// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel functions that can be traced, found by their names in BTF and by trying a program of ours
 * on them. Knows no table of them.
 */
#include "collect/functions.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "collect/skeletons.h"

bool function_in_kernel(const struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

const char *function_stand_in(const struct btf *btf, const char *function)
{
	if (!strcmp(function, "__flush_work") && function_in_kernel(btf, "flush_work"))
		return "flush_work";
	return NULL;
}

int function_trial(const char *function, enum qpw_probe_state kind)
{
	struct trial_bpf *trial = trial_bpf__open();
	bool fentry = kind == QPW_PROBE_FENTRY;
	struct bpf_program *program;
	struct bpf_link *link;
	int err = 0;

	if (!trial)
		return -errno;
	program = fentry ? trial->progs.trial_fentry : trial->progs.trial_kprobe;
	bpf_program__set_autoload(program, true);
	if (fentry)
		err = bpf_program__set_attach_target(program, 0, function);
	if (!err)
		err = trial_bpf__load(trial);
	if (!err) {
		/* the return is the harder part of a kprobe */
		link = fentry ? bpf_program__attach(program) :
				bpf_program__attach_kprobe(program, true, function);
		err = link ? 0 : -errno;
		bpf_link__destroy(link);
	}
	trial_bpf__destroy(trial);
	return err;
}
