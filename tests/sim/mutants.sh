#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mutants.sh DIRECTORY [NUMBER...]: runs the simulator of each seeded bug of the core (cluster/raft/mutant.h) until a
# check catches it, and prints a table. Fails if one is not caught within SEEDS seeds (default 4000).
set -uo pipefail
directory=$1
shift
here=$(dirname "$(readlink -f "$0")")
numbers=${*:-$(seq 1 14)}
missed=0
for number in $numbers; do
  name=$(sed -n "s/^ *\([a-zA-Z]*\) = $number,.*/\1/p" "$here/../../cluster/raft/mutant.h")
  found=$("$directory/simulate_mutant_$number" --seeds "${SEEDS:-4000}" --seconds "${SECONDS_EACH:-240}" 2>&1 |
    grep -m1 -E '^seed [0-9]+: violation of ')
  if [[ -n $found ]]; then
    printf '%2d  %-24s %s\n' "$number" "$name" "${found:0:160}"
  else
    printf '%2d  %-24s NOT CAUGHT\n' "$number" "$name"
    missed=1
  fi
done
exit $missed
