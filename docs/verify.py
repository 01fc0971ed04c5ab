#!/usr/bin/env python3
"""Checks an as-run log against docs/airtime-log.md, with nothing but Python's standard library.

    loaxa log --chain > log.txt
    python3 verify.py log.txt [SEQ:HASH ...]

Each SEQ:HASH is a head from a report or from heads.txt that the log must still contain.
Exit code 0: the log is good. 1: it is not; the first wrong row is named.
"""

import hashlib
import sys

SEPARATOR = "\x1f"
CELLS = 38  # without row_hash


def fail(row, what):
    print(f"row {row}: {what}")
    sys.exit(1)


def main():
    path, heads = sys.argv[1], dict(head.split(":") for head in sys.argv[2:])
    previous = "0" * 64
    rows = 0
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            rows += 1
            text, _, row_hash = line.removesuffix("\n").rpartition(SEPARATOR)
            cells = text.split(SEPARATOR)
            if len(cells) != CELLS:
                fail(rows, f"{len(cells)} cells instead of {CELLS}")
            if cells[0] != str(rows):
                fail(rows, f"it gives itself the number {cells[0]}")
            if hashlib.sha256((previous + text).encode()).hexdigest() != row_hash:
                fail(rows, "its hash is not that of the hash before and its text")
            if heads.pop(str(rows), row_hash).lower() != row_hash:
                fail(rows, "the given head saw another row here")
            previous = row_hash
    for seq in heads:
        fail(rows + 1, f"the log ends before row {seq}, which a given head saw")
    print(f"{rows} rows are good. Head: {rows}:{previous}")


if __name__ == "__main__":
    main()
