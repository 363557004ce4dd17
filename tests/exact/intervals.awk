# SPDX-License-Identifier: GPL-2.0-only
#
# Makes intervals of the events of an ftrace instance, as the recorder should: interruptions of the
# CPU named by the variable cpu, runs of tasks and parts of works on it, work queued to it, and what
# others do in its place; with who queued, sent, woke or moved. Calls noticed() for each function that
# A traced. Written from what the records are said to be, not from the recorder.

# One interval as an observer saw it. key: what is in order among themselves; what: all that is
# to be equal; functions: those of which the record names one; origins: the possible ones.
function add(who, key, start, end, what, functions, origins,    n) {
	n = ++count[who, key]
	from[who, key, n] = start
	to[who, key, n] = end
	about[who, key, n] = what
	runs[who, key, n] = functions
	sent[who, key, n] = origins
	if (astray[who] && key ~ /^(thread|work)$/) {
		unsure[who, key, n] = 1
		gap_from[++nr_gaps] = start
		gap_to[nr_gaps] = end
	}
	keys[key] = 1
}

# As the records have it: no zeros in front.
function address(text) {
	sub(/^0+/, "", text)
	return "0x" text
}

# "|function;cpu;pid;comm;ns;call site": who queued, sent or woke, for those whose queueing was
# seen.
function origin_of(queued, s, object, func_name,    text) {
	if (!((s, object) in queued))
		return ""
	text = queued[s, object]
	delete queued[s, object]
	return index(text, "|" func_name ";") == 1 ? text : ""
}

function begin_work(s, ns, pid, says,    at, object, name) {
	object = address(value(says, "struct "))
	name = function_name(says, "function ")
	at = softirq_ns[s] ? "softirq" : "task"
	work_ns[s, at] = ns
	work_object[s, at] = object
	work_name[s, at] = name
	work_first[s, at] = 1
	work_pid[s, at] = pid
	work_origin[s, at] = origin_of(work_queued, s, object, name)
}

function end_part(s, at, ns, last) {
	add(s, "work", work_ns[s, at], ns, work_object[s, at] " " work_name[s, at] \
		(work_first[s, at] ? " begin" : "") (last ? " end" : ""), "", work_origin[s, at])
	work_first[s, at] = 0
}

function end_work(s, ns, says,    at, object) {
	object = address(value(says, "struct "))
	at = softirq_ns[s] ? "softirq" : "task"
	if (!work_ns[s, at] || work_object[s, at] != object) {
		if (!thread_ns[s] || at == "softirq")
			return
		work_ns[s, at] = thread_ns[s]
		work_object[s, at] = object
		work_name[s, at] = function_name(says, "function ")
		work_first[s, at] = 0
		work_origin[s, at] = ""
	}
	end_part(s, at, ns, 1)
	work_ns[s, at] = 0
}

# The name behind key, up to the next key; it may hold blanks.
function comm_in(says, key, next_key,    at) {
	at = index(says, key "=")
	says = substr(says, at + length(key) + 1)
	return substr(says, 1, index(says, " " next_key "=") - 1)
}

# ftrace keeps one name a task, its last one: what a task is called before it renames itself is
# learnt on the way, and where it is made, as a machine may hide the switch to it.
function learn_names(s, name, says) {
	if (name == "sched_switch") {
		called[s, value(says, "prev_pid=")] = comm_in(says, "prev_comm", "prev_pid")
		called[s, value(says, "next_pid=")] = comm_in(says, "next_comm", "next_pid")
	} else if (name == "task_rename") {
		called[s, value(says, "pid=")] = comm_in(says, "newcomm", "oom_score_adj")
	} else if (name == "task_newtask") {
		called[s, value(says, "pid=")] = comm_in(says, "comm", "clone_flags")
	}
}

function switched(s, ns, says,    prev, next_pid, comm) {
	prev = value(says, "prev_pid=")
	next_pid = value(says, "next_pid=")
	comm = comm_in(says, "prev_comm", "prev_pid")
	if (prev != 0) {
		if (work_ns[s, "task"]) {
			end_part(s, "task", ns, 0)
			asleep[s, work_pid[s, "task"]] = work_object[s, "task"] "\t" \
				work_name[s, "task"] "\t" work_origin[s, "task"]
			work_ns[s, "task"] = 0
		}
		if (thread_ns[s])
			add(s, "thread", thread_ns[s], ns, prev " " comm " " value(says, "prev_prio="), "",
				thread_origin[s])
		# woken while it ran on: that brought about no run
		if (value(says, "prev_state=") ~ /^R/)
			delete woken[s, prev]
	}
	thread_origin[s] = woken[s, next_pid]
	delete woken[s, next_pid]
	thread_ns[s] = ns
	running[s] = next_pid
	astray[s] = 0
	if ((s, next_pid) in asleep) {
		split(asleep[s, next_pid], part, "\t")
		delete asleep[s, next_pid]
		work_ns[s, "task"] = ns
		work_object[s, "task"] = part[1]
		work_name[s, "task"] = part[2]
		work_origin[s, "task"] = part[3]
		work_first[s, "task"] = 0
		work_pid[s, "task"] = next_pid
	}
}

function interrupt(s, ns, vector, entry) {
	if (entry) {
		vector_ns[s] = ns
		nr_run[s] = 0
		sent_by[s] = vector ~ /^(reschedule|call_function_single)$/ ? sender[s, vector] : ""
		delete sender[s, vector]
		ran[s] = "|"
		ran_origins[s] = ""
		ticked[s] = 0
	} else if (vector_ns[s]) {
		if (vector == "local_timer")
			add(s, "timer", vector_ns[s], ns, nr_run[s] (ticked[s] ? " tick" : ""), ran[s])
		else
			add(s, "ipi", vector_ns[s], ns, vector " " nr_run[s], ran[s],
				nr_run[s] ? ran_origins[s] : sent_by[s])
		vector_ns[s] = 0
	}
}

# A function in an interrupt counts when it has ended there.
function ran_function(s, name) {
	if (!vector_ns[s])
		return
	nr_run[s]++
	ran[s] = ran[s] name "|"
}

# What the kernel tells of qpw: about the watched CPU, from any.
function event_qpw(s, ns, on, pid, comm, name, says,    object, key, kind, flag) {
	if (value(says, "cpu=") != cpu)
		return
	object = address(value(says, "work=") value(says, "lock="))
	if (index(says, " func="))
		qpw_name[s, object] = function_name(says, "func=")
	if (name == "qpw_queue") {
		add(s, "qpw_queue " pid, ns, ns, object " " function_name(says, "func=") " " comm " " on \
			(value(says, "inlined=") == 1 ? " inline" : ""))
		return
	}
	kind = name
	sub(/_(begin|end)$/, "", kind)
	sub(/_lock/, "", kind)
	key = kind " " pid
	if (name ~ /_begin$/) {
		op_ns[s, key, object] = ns
		# flushes do not tell it: that of the work when it was queued
		op_name[s, key, object] = qpw_name[s, object]
	} else if ((s, key, object) in op_ns) {
		flag = (value(says, "skipped=") == 1 ? " skipped" : "") \
			(value(says, "remote=") == 1 ? " remote" : "")
		add(s, key, op_ns[s, key, object], ns,
			object " " op_name[s, key, object] " " comm " " on flag)
		delete op_ns[s, key, object]
	}
}

# This context as an origin; func_name: of what was queued; site: where an interrupt was sent from.
function here(ns, on, pid, comm, func_name, site) {
	return "|" func_name ";" on ";" pid ";" comm ";" sprintf("%.0f", ns) ";" site
}

# The call site as the records have it: without the function's length, cut where names are.
function call_site(says,    text) {
	text = function_name(says, "callsite=")
	sub(/\/0x[0-9a-f]+/, "", text)
	return substr(text, 1, 63)
}

function event_anywhere(s, ns, on, pid, comm, name, says,    object, who) {
	if (name == "tracing_mark_write" && s == "A" && says == "exact-begin")
		first_ns = ns
	else if (name == "tracing_mark_write" && s == "A" && says == "exact-end")
		last_ns = ns
	else if (name ~ /^qpw_/ && says ~ /^cpu=/)
		event_qpw(s, ns, on, pid, comm, name, says)
	else if (name == "workqueue_queue_work" && value(says, "cpu=") == cpu) {
		object = address(value(says, "struct="))
		who = here(ns, on, pid, comm, function_name(says, "function="))
		work_queued[s, object] = who
		add(s, "work_queue " on, ns, ns, object " " function_name(says, "function="), "", who)
	} else if (name ~ /^sched_(waking|wakeup_new)$/ && value(says, "target_cpu=") + 0 == cpu) {
		woken[s, value(says, "pid=")] = here(ns, on, pid, comm)
	} else if (name == "sched_migrate_task" && value(says, "dest_cpu=") == cpu) {
		woken[s, value(says, "pid=")] = here(ns, on, pid, comm)
		add(s, "migrate " on, ns, ns, value(says, "pid=") " " comm_in(says, "comm", "pid") " " \
			value(says, "prio=") " " value(says, "orig_cpu="), "", here(ns, on, pid, comm))
	} else if (name == "ipi_send_cpu" && value(says, "cpu=") == cpu) {
		object = index(says, "callback=0x0") ? "reschedule" : "call_function_single"
		if (!((s, object) in sender))
			sender[s, object] = here(ns, on, pid, comm, "", call_site(says))
	} else if (name == "csd_queue_cpu" && value(says, "cpu=") == cpu) {
		csd_queued[s, value(says, "csd=")] = \
			here(ns, on, pid, comm, function_name(says, "func="), call_site(says))
	}
}

function event(s, ns, on, pid, comm, name, says,    vector, text) {
	if (pid == 0)
		comm = "swapper/" on
	else if ((s, pid) in called)
		comm = called[s, pid]
	learn_names(s, name, says)
	if (s == "A" && says ~ /^<-/)
		noticed(ns, name, pid)
	event_anywhere(s, ns, on, pid, comm, name, says)
	if (on != cpu)
		return
	# Another task than the last one switched to: a switch is missing in ftrace itself.
	if ((s in running) && running[s] != pid)
		astray[s] = 1
	vector = name
	sub(/_(entry|exit)$/, "", vector)
	if (name == "sched_switch")
		switched(s, ns, says)
	else if (name == "workqueue_execute_start")
		begin_work(s, ns, pid, says)
	else if (name == "workqueue_execute_end")
		end_work(s, ns, says)
	else if (name == "softirq_entry")
		softirq_ns[s] = ns
	else if (name == "softirq_exit") {
		if (softirq_ns[s])
			add(s, "softirq", softirq_ns[s], ns,
				value(says, "vec=") " " value(says, "[action="))
		softirq_ns[s] = 0
	} else if (name == "irq_handler_entry") {
		irq_ns[s] = ns
		irq_name[s] = value(says, "name=")
	} else if (name == "irq_handler_exit") {
		if (irq_ns[s])
			add(s, "irq", irq_ns[s], ns, value(says, "irq=") " " substr(irq_name[s], 1, 15))
		irq_ns[s] = 0
	} else if (says ~ /^vector=/)
		interrupt(s, ns, vector, name ~ /_entry$/)
	else if (name == "tick_stop" && value(says, "success=") == 0)
		add(s, "tick_kept", ns, ns, value(says, "dependency=") " " pid)
	else if (name == "csd_function_entry") {
		text = origin_of(csd_queued, s, value(says, "csd="), function_name(says, "func="))
		if (vector_ns[s])
			ran_origins[s] = ran_origins[s] text
	} else if (name == "csd_function_exit")
		ran_function(s, function_name(says, "func="))
	else if (name == "hrtimer_expire_entry" && vector_ns[s]) {
		expiring[s, value(says, "hrtimer=")] = function_name(says, "function=")
		if (function_name(says, "function=") ~ /^tick_(nohz_handler|sched_timer)$/)
			ticked[s] = 1
	} else if (name == "hrtimer_expire_exit" && (s, value(says, "hrtimer=")) in expiring) {
		ran_function(s, expiring[s, value(says, "hrtimer=")])
		delete expiring[s, value(says, "hrtimer=")]
	}
}
