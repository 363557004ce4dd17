# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Completion for qpwlat and qpwtop. Commands and options are read from --help, so that they are those
# of the program that is called; only values are listed here. Installed under both names.

# _qpw_values COMMAND OPTION: words for the option's value; fails where there is no list of them.
_qpw_values() {
	case $1:$2 in
	export:--format | export:-f) echo "csv chrome openmetrics rt-tests-json" ;;
	record:--victim) echo "cyclictest oslat none pid: comm:" ;;
	record:--on-threshold) echo "continue stop shell:" ;;
	record:--priority | record:-P) echo "f:" ;;
	record:--stacks) echo "elsewhere all none" ;;
	record:--without | probes:--without) echo "tp_btf raw_tp tracepoint fentry kprobe" ;;
	qpwtop:--victim) echo "none" ;;
	qpwtop:--view) echo "causes origins work waits latency events" ;;
	qpwtop:--filter) echo "cpu= class=" ;;
	qpwtop:--sort | qpwtop:-s)
		echo "avoidable avoidable_percent by cause cgroup class count cpu ever_max_us for_cpu from" \
			"function inline_s interruptions_s ipi_s irq_s largest_part latency_us length_us" \
			"max_us nmi_s p99_us per_s place run_us running softirq_s state stolen_us_s task" \
			"thread_s tick tick_s time_s timer_s timer_us total_ms unknown_us wait_max_us" \
			"wait_p50_us wait_us waited_us_s waiting_us wakeup_us work work_s"
		;;
	*) return 1 ;;
	esac
}

# _qpw_option_lines HELP: the lines that begin with an option, without the words that explain it.
_qpw_option_lines() {
	sed -nE '/^ +-/ { s/^ +//; s/  .*//; p }' <<<"$1"
}

# _qpw_wants HELP OPTION: what the help calls the option's value, if it wants one of its own word.
_qpw_wants() {
	_qpw_option_lines "$1" | while read -r line; do
		[[ ", $line " == *", $2 "* || ", $line," == *", $2,"* ]] || continue
		# short and long form stand before one name: "-o, --output FILE"
		[[ $line == *' '* && $line != *'[='* && ${line##* } != -* ]] && echo "${line##* }"
		break
	done
}

_qpw_words() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
	[[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[:=] ]] || compopt -o nospace 2>/dev/null
}

_qpw_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# A value of an option, after "=" or as a word of its own.
_qpw_value() {
	local command=$1 option=$2 name=$3 cur=$4 values

	if values=$(_qpw_values "$command" "$option"); then
		_qpw_words "$values" "$cur"
	elif [[ $name == FILE || $name == TO ]]; then
		_qpw_files "$cur"
	fi
}

# _qpw_metrics HELP: what gates are made of; a stressor's name is to be added to the last one.
_qpw_metrics() {
	sed -n '1,/^Metrics:/d; s/ops_STRESSOR.*/ops_/; p' <<<"$1" | tr -s ' ' '\n' | sed -n 's/[^_]$/&:/; /./p'
}

# Whether the word to complete is in the value of --fail-on, which readline splits at = and :
_qpw_in_gates() {
	local at=$COMP_CWORD

	while ((at > 2)) && [[ ${COMP_WORDS[at - 1]} == [:=] ]]; do
		((at -= 2))
	done
	((at == COMP_CWORD)) || [[ ${COMP_WORDS[at]} != --fail-on ]] || return 0
	[[ ${COMP_WORDS[at - 1]} == --fail-on ]]
}

# _qpw_gates HELP WORD BEFORE: METRIC:LIMIT,METRIC:LIMIT…; of these only metrics can be known.
_qpw_gates() {
	local list='' part=${2#[\'\"]}

	[[ $part != = ]] || part=''
	if [[ $part == *,* ]]; then
		list=${part%,*},
		part=${part##*,}
	elif [[ $3 == : ]]; then
		return
	fi
	mapfile -t COMPREPLY < <(compgen -P "$list" -W "$(_qpw_metrics "$1")" -- "$part")
	compopt -o nospace 2>/dev/null
}

# What is no option: the traces and directories that a command reads.
_qpw_operand() {
	case $1 in
	report | export | compare) _qpw_files "$2" ;;
	esac
}

_qpwlat() {
	local program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command name help i

	COMPREPLY=()
	command=${program##*/}
	if [[ $command != qpwtop ]]; then
		if ((COMP_CWORD == 1)); then
			_qpw_words "$("$program" --help 2>/dev/null |
				sed -nE 's/^  ([a-z]+) .*/\1/p') help --help --version" "$cur"
			return
		fi
		command=${COMP_WORDS[1]}
		if [[ $command == help ]]; then
			((COMP_CWORD > 2)) || _qpw_words "$("$program" --help 2>/dev/null |
				sed -nE 's/^  ([a-z]+) .*/\1/p')" "$cur"
			return
		fi
		help=$("$program" "$command" --help 2>/dev/null) || return
	else
		help=$("$program" --help 2>/dev/null) || return
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		# behind it stands a command with words of its own
		if [[ ${COMP_WORDS[i]} == -- && $command == record ]]; then
			if ((i + 1 == COMP_CWORD)); then
				mapfile -t COMPREPLY < <(compgen -c -- "$cur")
			else
				_qpw_files "$cur"
			fi
			return
		fi
	done
	# readline splits --format=csv into three words
	if [[ $command == compare ]] && _qpw_in_gates; then
		_qpw_gates "$help" "$cur" "$before"
	elif [[ $cur == = ]]; then
		_qpw_value "$command" "$before" FILE ""
	elif [[ $before == = ]]; then
		_qpw_value "$command" "${COMP_WORDS[COMP_CWORD - 2]}" FILE "$cur"
	elif [[ $cur == -* ]]; then
		_qpw_words "$(_qpw_option_lines "$help" | grep -oE -- '--[a-z][a-z-]*')" "$cur"
	elif [[ $before == -* && $before != -- ]] && name=$(_qpw_wants "$help" "$before") &&
		[[ $name ]]; then
		_qpw_value "$command" "$before" "$name" "$cur"
	else
		_qpw_operand "$command" "$cur"
	fi
}

complete -F _qpwlat qpwlat
complete -F _qpwlat qpwtop
