#!/bin/sh
# Makes sure that cargo-nextest is there. Where it cannot be built, the tests run with `cargo test` (scripts/test.sh).
set -u
cargo nextest --version >/dev/null 2>&1 && exit 0
echo "Installing cargo-nextest, once (some minutes)"
cargo install cargo-nextest --locked || echo "cargo-nextest cannot be installed: going on with cargo test"
