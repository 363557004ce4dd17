#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that only shows that a guest boots, keeps time and brings results home.

before=$(cut -d ' ' -f 1 /proc/uptime)
sleep 1
echo "$before $(cut -d ' ' -f 1 /proc/uptime)" >/results/uptime
