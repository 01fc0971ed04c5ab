#!/bin/sh
# Looks whether something is published against a library that the program is built of (deny.toml). Only with cargo-deny, which takes
# minutes to build and so is not installed here, and with a network: where either is missing this is said, and the tests go on without.
# Licences and duplicates need neither: tests/dependencies.rs.
set -u
if ! cargo deny --version >/dev/null 2>&1; then
    echo "Advisories are not looked at: cargo-deny is not there (cargo install cargo-deny --locked)"
    exit 0
fi
if ! cargo deny --locked fetch db 2>/dev/null; then
    echo "Advisories are not looked at: their database cannot be fetched"
    exit 0
fi
exec cargo deny --locked --offline check advisories
