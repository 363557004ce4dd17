#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that runs $CMD, for tests: its output, both streams, becomes output.txt.

cd /tmp || exit
sh -c "$CMD" >/results/output.txt 2>&1
