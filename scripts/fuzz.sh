#!/bin/sh
# Runs every fuzz target, or those that are named, for MINUTES each (10): `make fuzz`. docs/fuzzing.md says what they hold.
# Findings stand in fuzz/artifacts/TARGET; the script fails when there are any.
set -eu
cd "$(dirname "$0")/.."

minutes=${MINUTES:-10}
[ $# -gt 0 ] || set -- recording plan row witness store socket

rustup run nightly rustc --version >/dev/null 2>&1 || rustup toolchain install nightly --profile minimal
cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz

found=0
for target in "$@"; do
    case $target in
        recording) longest=20000 ;;
        plan) longest=24000 ;;
        store) longest=600 ;;
        *) longest=4096 ;;
    esac
    mkdir -p "fuzz/corpus/$target"
    # In a process of its own, which is begun anew when it crashes: one finding does not end the run.
    timeout $((minutes * 60 + 600)) nice -n 19 cargo +nightly fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -fork=1 -ignore_crashes=1 -ignore_ooms=1 -ignore_timeouts=1 -timeout=60 -rss_limit_mb=4096 -malloc_limit_mb=4096 \
        -max_len=$longest -max_total_time=$((minutes * 60)) 2>&1 | tee "fuzz/corpus/$target.log" | grep --line-buffered -v '^INFO' || true
    if ls fuzz/artifacts/"$target"/* >/dev/null 2>&1; then
        found=1
        echo "fuzz: $target has findings in fuzz/artifacts/$target" >&2
    fi
done
exit $found
