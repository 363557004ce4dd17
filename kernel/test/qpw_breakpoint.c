// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpw_breakpoint: loading it takes the CPU into one breakpoint again and again, with interrupts off
 * and without a word: what an emulator that keeps code which is there no more does to a guest. For
 * the tests of lab/boot. There is no way back.
 */
#include <linux/irqflags.h>
#include <linux/kdebug.h>
#include <linux/module.h>

/*
 * There is no breakpoint as debuggers set it, of one byte, cc: what runs is "int $3" in two bytes,
 * which the CPU takes for the same. The trap leaves the instruction pointer behind it.
 */
static int run_it_again(struct notifier_block *block, unsigned long reason, void *data)
{
	struct die_args *args = data;

	if (reason != DIE_INT3)
		return NOTIFY_DONE;
	args->regs->ip -= 2;
	return NOTIFY_STOP;
}

static struct notifier_block traps = {
	.notifier_call = run_it_again,
};

static int __init qpw_breakpoint_init(void)
{
	int err = register_die_notifier(&traps);

	if (err)
		return err;
	local_irq_disable();
	asm volatile(".byte 0xcd, 0x03");
	return 0;
}
module_init(qpw_breakpoint_init);

MODULE_DESCRIPTION("A breakpoint that is taken without end, to test the lab");
MODULE_LICENSE("GPL");
