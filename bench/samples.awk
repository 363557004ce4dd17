# SPDX-License-Identifier: GPL-2.0-only
#
# Samples by name, and what a table tells of them: median (least to most). Given to awk before the
# table that uses it. Knows no lines.

function add(name, value) {
	values[name, ++nr[name]] = value
}

# Insertion sort of the values of a name.
function order(name,    i, j, value) {
	for (i = 2; i <= nr[name]; i++) {
		value = values[name, i]
		for (j = i - 1; j && values[name, j] > value; j--)
			values[name, j + 1] = values[name, j]
		values[name, j + 1] = value
	}
}

function median(name,    half) {
	half = int(nr[name] / 2)
	if (nr[name] % 2)
		return values[name, half + 1]
	return (values[name, half] + values[name, half + 1]) / 2
}

function told(name, format) {
	if (!nr[name])
		return "-"
	order(name)
	return sprintf(format " (" format " to " format ")", median(name), values[name, 1], values[name, nr[name]])
}
