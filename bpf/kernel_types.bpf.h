/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's types as far as the programs read them: few fields, any order; CO-RE finds the real
 * offsets at load time. Written by hand so that the objects build the same on every machine,
 * whatever kernel it runs. Knows no maps and no logic.
 */
#ifndef QPW_BPF_KERNEL_TYPES_H
#define QPW_BPF_KERNEL_TYPES_H

#define __VMLINUX_H__ /* to bpf_tracing.h: registers have the names below, not user space's */

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s64 s64;
#define bool _Bool
#define true 1
#define false 0
#define NULL ((void *)0)

/* uapi/linux/bpf.h, as numbers: that header would pull in the machine's own asm directory. */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_STACK_TRACE = 7,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum {
	BPF_ANY = 0,
};

enum {
	BPF_RB_NO_WAKEUP = 1,
};

enum {
	BPF_F_MMAPABLE = 1 << 10,
};

#define EEXIST 17		/* include/uapi/asm-generic/errno-base.h */
#define PF_WQ_WORKER 0x00000020 /* include/linux/sched.h: a workqueue worker */
#define CLOCKID_MONOTONIC 1

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct thread_info {
	u32 cpu;
};

struct sched_entity {
	u64 nr_migrations;
};

struct task_struct {
	struct thread_info thread_info;
	struct sched_entity se;
	unsigned int flags;
	int prio;
	unsigned int policy;
	int pid;
	int tgid;
	char comm[16];
	void *stack;
};

struct irqaction {
	const char *name;
};

struct hrtimer;

struct hrtimer_clock_base {
	int clockid;
	s64 offset; /* CLOCK_MONOTONIC + offset = this base's clock */
};

struct hrtimer {
	s64 _softexpires;
	void *function;
	struct hrtimer_clock_base *base;
};

struct hrtimer_sleeper {
	struct hrtimer timer;
	struct task_struct *task;
};

struct work_struct {
	struct {
		s64 counter;
	} data;
	void *func;
};

struct worker_pool {
	int cpu;
};

struct pool_workqueue {
	struct worker_pool *pool;
};

struct __call_single_node {
	unsigned int u_flags;
};

struct __call_single_data {
	struct __call_single_node node;
};

/* arch/x86/include/asm/ptrace.h: arguments of a function, its result */
struct pt_regs {
	unsigned long di;
	unsigned long si;
	unsigned long dx;
	unsigned long ax;
};

#pragma clang attribute pop

/* include/linux/cpuhotplug.h; the numbers differ from kernel to kernel */
enum cpuhp_state {
	CPUHP_BRINGUP_CPU = 1,
	CPUHP_TEARDOWN_CPU = 2,
};

/* kernel/workqueue.c, named since 6.10; before that the enumeration had no name to find it by */
enum work_bits {
	WORK_STRUCT_PWQ_BIT = 2,
	WORK_STRUCT_PWQ_SHIFT = 8,
};

#endif
