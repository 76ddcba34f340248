#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# options.sh FSTVM AGENT: do the man pages have the commands and options that
# these programs' --help has, with the same letters, values and defaults, and
# no others? Of both, a line is made for each command and option:
#
#   run -k --kernel=K (default: the newest installed kernel that can boot)
. "${0%/*}/files.sh"
fstvm=$1
agent=$2
page=host/man/fstvm.1
agent_page=guest/man/fstvm-agent.8
failures=0

commands_of_help()
{
	"$fstvm" --help | sed -n 's/^  \([a-z]*\)  *.*/\1/p'
}

# The items of COMMANDS.
commands_of_page()
{
	sed -n '/^\.Sh COMMANDS/,/^\.Sh OPTIONS/s/^\.It Cm \([a-z]*\)$/\1/p' \
		"$page"
}

# put COMMAND LETTER LONG TEXT
put()
{
	local default=

	[[ $4 =~ \(default:\ [^\)]*\) ]] && default=${BASH_REMATCH[0]}
	echo "$1 ${2:-none} $3 $default"
}

# options_of_help COMMAND
options_of_help()
{
	local line letter='' long='' text=''
	local -a found

	while IFS= read -r line; do
		if [[ $line =~ ^\ \ (-.,|\ \ \ )\ (--[^ ]+)\ *(.*) ]]; then
			found=("${BASH_REMATCH[@]}")
			[[ $long ]] && put "$1" "$letter" "$long" "$text"
			letter=${found[1]//[ ,]/}
			long=${found[2]}
			text=${found[3]}
		elif [[ $long && $line =~ ^\ +(.*) ]]; then
			text+=" ${BASH_REMATCH[1]}"
		fi
	done < <("$fstvm" "$1" --help)
	[[ $long ]] && put "$1" "$letter" "$long" "$text"
}

options_of_all_help()
{
	local command

	for command in $(commands_of_help); do
		options_of_help "$command"
	done
}

# An item is ".It Fl k , Fl -kernel Ns = Ns Ar K Pq run , doctor", its default
# a line ".Pq default: …".
options_of_page()
{
	local line letter='' long='' text='' command
	local -a takers=()
	local item='^\.It (Fl (.) , )?Fl (-[a-z-]+)( Ns = Ns Ar ([^ ]+))? Pq (.*)$'

	while IFS= read -r line; do
		if [[ $line =~ ^\.(It|El) ]]; then
			for command in "${takers[@]}"; do
				put "$command" "$letter" "$long" "$text"
			done
			takers=()
		fi
		if [[ $line =~ $item ]]; then
			letter=${BASH_REMATCH[2]:+-${BASH_REMATCH[2]}}
			long=-${BASH_REMATCH[3]}${BASH_REMATCH[5]:+=${BASH_REMATCH[5]}}
			read -ra takers <<<"${BASH_REMATCH[6]//,/}"
			text=
		elif [[ $line =~ ^\.It ]]; then
			echo "this item can't be read: $line"
		elif [[ $line =~ ^\.Pq\ (default:\ .*[^ .;])(\ [.\;])?$ ]]; then
			text="(${BASH_REMATCH[1]})"
		fi
	done < <(sed -n '/^\.Sh OPTIONS/,/^\.Sh TEST/p' "$page")
}

options_of_agent()
{
	"$agent" --help | grep -o -- ' --[a-z]*' | tr -d ' '
}

options_of_agent_page()
{
	sed -n '/^\.Sh OPTIONS/,/^\.Sh PROCESSES/s/^\.It //p' "$agent_page" |
		grep -o -- 'Fl -[a-z]*' | sed 's/^Fl /-/'
}

# compare WHAT HELP PAGE: two sorted lists, neither of them empty
compare()
{
	[[ $2 && $3 ]] || {
		echo "no $1 were found"
		((failures++))
	}
	diff --label --help --label "the man page" -U0 \
		<(echo "$2") <(echo "$3") || {
		echo "$1: --help and the man page differ"
		((failures++))
	}
}

compare commands "$(commands_of_help | sort)" "$(commands_of_page | sort)"
compare options "$(options_of_all_help | sort)" "$(options_of_page | sort)"
compare "the agent's options" "$(options_of_agent | sort -u)" \
	"$(options_of_agent_page | sort -u)"

((failures == 0))
