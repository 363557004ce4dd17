# SPDX-License-Identifier: GPL-2.0-only
#
# Reads what `qpwlat export` wrote (role=csv FILE), for the programs beside this file: each row into
# r["NAME OF THE COLUMN"]. Calls record(), which another file defines. Knows no meanings.

function fail(text) {
	print "ERROR " text
	nr_errors++
}

# One row of CSV into cell[1], …; no cell holds a line break.
function split_row(row,    n, c, i, quoted, text) {
	if (index(row, "\"") == 0)
		return split(row, cell, ",")
	for (i = 1; i <= length(row); i++) {
		c = substr(row, i, 1)
		if (c == "\"" && quoted && substr(row, i + 1, 1) == "\"") {
			text = text c
			i++
		} else if (c == "\"") {
			quoted = !quoted
		} else if (c == "," && !quoted) {
			cell[++n] = text
			text = ""
		} else {
			text = text c
		}
	}
	cell[++n] = text
	return n
}

function read_row(    i, n) {
	n = split_row($0)
	if (!has_header) {
		for (i = 1; i <= n; i++)
			column[cell[i]] = i
		has_header = 1
		return
	}
	for (i in column)
		r[i] = cell[column[i]]
	record()
}

role == "csv" { read_row() }
