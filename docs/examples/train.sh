#!/bin/sh
# Trains the network whose encoding is the first argument, and writes what it reached as the last line.
# A stand-in: it counts the 3×3 convolutions (operation 3 of transbench101-micro), as if each were worth a percent.
set -eu
net=$1
echo "training $net" >&2
convolutions=$(printf %s "$net" | tr -dc 3 | wc -c)
seconds=${SECONDS_PER_NETWORK:-0}
sleep "$seconds"
echo "val_acc=$((80 + convolutions))"
