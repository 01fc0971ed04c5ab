#!/bin/sh
# All tests: unit, house, commands and end to end. Each in a process of its own; without nextest one after the other.
set -eu
# What the compiler has just written goes to the disk now, not while sound is heard.
sync
if cargo nextest --version >/dev/null 2>&1; then
    exec cargo nextest run --locked
fi
exec cargo test --locked -- --test-threads=1
