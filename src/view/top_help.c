// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page of help: keys and columns. Knows no data.
 */
#include "util/array.h"
#include "view/top_screen.h"

void top_help_draw(struct canvas *c, unsigned int at)
{
	static const char *const lines[] = {
		"Tab, 1-6     the next table, or one by its number",
		"Enter        more of the row under the cursor: stacks, parts, all columns",
		"< > r        order by another column, in reverse",
		"/            filter: words, cpu=1-3, class=ipi, or several of them; none: all",
		"j k arrows   move, also PgUp PgDn Home End; c: among the CPUs, and back",
		"space  R     pause; collecting goes on.  Count anew",
		"d            seconds between two looks",
		"w W          write what is shown: as JSON, as a .qpw for --replay and reports",
		"n + -        of a recording: one step in a pause, faster, slower",
		"m  q         the mouse: tabs, rows, wheel, or left to the terminal.  Quit",
		"Rates and MAX-US of CPUs are of the last interval, the rest since the start.",
		"STOLEN-US/S  microseconds a second taken from the CPU, nested ones once",
		"BY-CLASS     I irq S softirq P ipi K tick T timer H thread W work N nmi",
		"EVER-US      longest one since the start; P99-US: 99 of 100 are not longer",
		"TICK AVOID-% was there a tick in 0.1 s; share of stolen time QPW would avoid",
		"MINUTE       STOLEN-US/S of the last 60 s, the latest on the right",
		"WAIT-US      from queueing, sending or waking to the start, on average",
		"BY FROM      task/pid@CPU of who queued, sent or woke; task@CPU: several tasks",
		"             [softirq] [irq] [nmi]: an interrupt did, not the task that it hit",
		"INLINE/S QPW work that its queuer ran itself; work of a family that can be",
		"NOW-US FOR   a wait that goes on, so long by now; the CPU that is waited for",
		"UNKNOWN-US   of a latency: what no recorded interruption explains",
	};

	canvas_printf(c, at++, 0, CANVAS_TITLE, "qpwtop: what interrupts the watched CPUs");
	for (unsigned int i = 0; i < ARRAY_SIZE(lines); i++)
		canvas_put(c, at++, 0, c->columns, CANVAS_PLAIN, lines[i]);
}
