#!/usr/bin/env python3
"""Checks an as-run log against docs/airtime-log.md, with nothing but Python's standard library.

    python3 verify.py log.txt [SEQ:HASH ...]        what `loaxa log --chain` printed
    python3 verify.py log.sqlite3 [SEQ:HASH ...]    the file itself; heads.txt beside it is read too

Each SEQ:HASH is a head from a report or from heads.txt that the log must still contain; its first 12 digits will do, in groups or not.
Exit code 0: the log is good. 1: it was changed; the first wrong row is named. 2: this file does not tell: it is empty, no log at all, or
was not copied to its end.
"""

import hashlib
import json
import re
import sqlite3
import sys
from pathlib import Path

SEPARATOR = "\x1f"
CELLS = 38  # without row_hash
SEQ, KIND, DETAIL = 0, 1, 35
NUMBERS = {0, 8, 9, 20, 23, 24, 25, 28}  # seq, element, take, planned_ms, airtime_ms, frames, rate, late_ms
HEAD = re.compile(r"(\d+):([0-9a-f]{12,64})")


def fail(row, what):
    print(f"row {row}: {what}")
    sys.exit(1)


def cannot_tell(what):
    print(what)
    sys.exit(2)


class Export:
    """The lines of an export. What copying does to a text is told from what somebody did to the log."""

    def __init__(self, path):
        self.data = Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf")
        if not self.data:
            cannot_tell(f"{path} is empty: the export was not made or not copied; nothing is known of the log")
        if SEPARATOR.encode() not in self.data.split(b"\n", 1)[0]:
            cannot_tell(f"{path} is no output of `loaxa log --chain`, whose cells are joined by U+001F (CSV and JSON cannot be checked here)")
        self.windows = self.data.count(b"\r\n")
        self.torn = not self.data.endswith(b"\n")

    def rows(self):
        """Each row's canonical text and hash."""
        lines = self.data.decode(errors="surrogateescape").split("\n")
        for line in lines[:-1]:
            text, _, row_hash = line.removesuffix("\r").rpartition(SEPARATOR)
            yield text, row_hash, None

    def remarks(self):
        if self.windows:
            yield "Its line ends were made those of Windows (CRLF) by a program that passed it on: no row is changed by that."


def of_database(path):
    """The same from the table `log`, whose columns are the cells, and the first column whose type is not its own."""
    db = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
    db.text_factory = lambda cell: cell.decode(errors="replace")
    for *cells, row_hash in db.execute("SELECT * FROM log ORDER BY seq"):
        text = SEPARATOR.join("" if cell is None else str(cell) for cell in cells)
        fits = [cell is None or type(cell) is (int if at in NUMBERS else str) and cell != "" for at, cell in enumerate(cells)]
        yield text, row_hash.hex() if isinstance(row_hash, bytes) else "", None if all(fits) else fits.index(False)


def lodged(path):
    """The heads in heads.txt: of a data folder, or beside a backup."""
    files = [Path(f"{path}.heads.txt"), Path(path).with_name("heads.txt")]
    file = next((file for file in files if file.exists()), None)
    # A last line without its end was cut off by a power failure.
    lines = file.read_text().split("\n")[:-1] if file else []
    return [line.split(" ")[0] for line in lines if line.strip()]


def given(words):
    """Heads from the command line, where the groups of one may have come as several words."""
    heads = []
    for word in words:
        if ":" in word or not heads:
            heads.append(word)
        else:
            heads[-1] += word
    return ["".join(head.split()).lower() for head in heads]


def told_of(cells):
    """The rows that a gap row says are lost, and the head that remembered them."""
    detail = json.loads(cells[DETAIL]) if cells[KIND] == "gap" and cells[DETAIL] else {}
    return [(range(detail["from_seq"], detail["to_seq"] + 1), detail.get("lodged"))] if "from_seq" in detail else []


def check(rows, heads, torn):
    previous, count, hashes, lost = "0" * 64, 0, {}, []
    for text, row_hash, misfiled in rows:
        count += 1
        cells = text.split(SEPARATOR)
        if len(cells) != CELLS:
            fail(count, f"{len(cells)} cells instead of {CELLS}")
        if cells[SEQ] != str(count):
            fail(count, f"the row that stands here gives itself the number {cells[SEQ]}")
        if hashlib.sha256((previous + text).encode(errors="surrogateescape")).hexdigest() != row_hash:
            fail(count, "its hash is not that of the hash before and its text: it was changed")
        if misfiled is not None:
            fail(count, f"column {misfiled + 1} is stored as another type: sums over it are wrong")
        lost += told_of(cells)
        previous = hashes[count] = row_hash
    for place, head in enumerate(heads):
        parts = HEAD.fullmatch(head)
        if not parts:
            fail("?", f"{head} is no head")
        seq, digits = int(parts[1]), parts[2]
        # What was lodged up to the head that a gap row names is what that row tells of.
        told = any(seq in rows and (lodged is None or lodged in heads[place:]) for rows, lodged in lost)
        if seq in hashes and not hashes[seq].startswith(digits) and not told:
            fail(seq, "a head saw another row here")
        if seq not in hashes and not told and not torn:
            fail(seq, f"the log ends at {count}, a head saw this row")
    return count, previous


def main():
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_file():
        print(__doc__)
        sys.exit(2)
    path, heads = sys.argv[1], given(sys.argv[2:])
    with open(path, "rb") as file:
        database = file.read(16) == b"SQLite format 3\0"
    export = None if database else Export(path)
    try:
        rows = of_database(path) if database else export.rows()
        count, last = check(rows, heads + (lodged(path) if database else []), export is not None and export.torn)
    except sqlite3.Error as error:
        fail("?", f"the file is damaged: {error}")
    for remark in export.remarks() if export else []:
        print(remark)
    if export and export.torn:
        cannot_tell(f"{count} rows are good; the line behind them has no end: the file was not copied whole. Copy it again.")
    groups = " ".join(last[at : at + 4] for at in range(0, 64, 4))
    print(f"{count} rows are good. Head: {count}:{groups}")


if __name__ == "__main__":
    main()
