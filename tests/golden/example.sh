#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# docs/example.md is true: each command of its "console" blocks prints what stands below it. Run as
# "tests/golden/example.sh --update", it writes into the page what they print now: read the
# difference, for the page's words must still fit.
set -euo pipefail
cd "$(dirname "$0")/../traces/lab-example"
qpwlat=${QPWLAT:-$PWD/../../../build/qpwlat}
PATH=$(cd "$(dirname "$qpwlat")" && pwd):$PATH
export PATH

# Blocks begin with "```console"; "$ " begins a command, "> " goes on with it.
python3 - ../../../docs/example.md "${1:-}" <<'END'
import subprocess, sys
path, update = sys.argv[1], sys.argv[2] == "--update"
with open(path, encoding="utf-8") as f:
    lines = f.read().split("\n")
result, bad, nr, at = [], False, 0, 0

def run(command):
    done = subprocess.run(["bash", "-o", "pipefail", "-ec", "\n".join(command)], encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = done.stdout + ("exit code %d\n" % done.returncode if done.returncode else "")
    return text.rstrip("\n").split("\n") if text else []

while at < len(lines):
    result.append(lines[at])
    at += 1
    if result[-1] != "```console":
        continue
    while lines[at] != "```":
        command = [lines[at][2:]]
        result.append(lines[at])
        assert lines[at].startswith("$ "), "no command: " + lines[at]
        at += 1
        while lines[at].startswith("> "):
            command.append(lines[at][2:])
            result.append(lines[at])
            at += 1
        want = []
        while lines[at] != "```" and not lines[at].startswith("$ "):
            want.append(lines[at])
            at += 1
        got = run(command)
        result += got
        nr += 1
        if got == want and not any(line.startswith("exit code") for line in got):
            print("ok example command", nr)
        else:
            bad = True
            print("not ok example command %d: %s: not as on the page" % (nr, command[0]))
            print("\n".join(["< " + line for line in want] + ["> " + line for line in got]))
if nr < 8:
    bad = True
    print("not ok example: only", nr, "commands found")
if update:
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(result))
sys.exit(bad)
END
