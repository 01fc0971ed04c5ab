#!/usr/bin/env python3
"""Checks an as-run log against docs/airtime-log.md, with nothing but Python's standard library.

    python3 verify.py log.txt [SEQ:HASH ...]        what `loaxa log --chain` printed
    python3 verify.py log.sqlite3 [SEQ:HASH ...]    the file itself; heads.txt beside it is read too

Each SEQ:HASH is a head from a report or from heads.txt that the log must still contain.
Exit code 0: the log is good. 1: it is not; the first wrong row is named. 2: there is nothing to check.
"""

import hashlib
import json
import re
import sqlite3
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

SEPARATOR, WORD = "\x1f", re.compile("\x1e([0-9]+)")
CELLS = 38  # without row_hash
SEQ, KIND, OUTPUT, BROADCAST, PLANNED, STARTED, ENDED, DETAIL = 0, 1, 3, 5, 19, 21, 22, 35


def fail(row, what):
    print(f"row {row}: {what}")
    sys.exit(1)


def of_export(path):
    """Each row's canonical text and hash, from the lines of an export."""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        for line in lines:
            text, _, row_hash = line.removesuffix("\n").rpartition(SEPARATOR)
            yield text, row_hash if line.endswith("\n") else "", None


def of_database(path):
    """The same from the tables `rows` and `words`, and beside them the columns by which rows are found."""
    db = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
    form = db.execute("PRAGMA user_version").fetchone()[0]
    words = dict(db.execute("SELECT id, text FROM words")) if form >= 2 else {}
    slot = "slot" if form >= 2 else "CASE kind WHEN 'end' THEN broadcast || char(31) || output END"
    for seq, row_hash, text, *found in db.execute(f"SELECT seq, row_hash, text, kind, at_ms, {slot} FROM rows ORDER BY seq"):
        text = WORD.sub(lambda word: words.get(int(word[1]), "?"), text)
        yield text, row_hash.hex() if isinstance(row_hash, bytes) else row_hash, (seq, *found)


def searched_by(cells):
    """What the columns of the table must say, from the canonical text."""
    at = cells[PLANNED] or cells[STARTED] or cells[ENDED]
    slot = cells[BROADCAST] + SEPARATOR + cells[OUTPUT] if cells[KIND] in ("end", "void") else None
    return int(cells[SEQ]), cells[KIND], milliseconds(at) if at else None, slot


def milliseconds(stamp):
    whole, fraction, offset = re.fullmatch(r"(.{19})(?:\.(\d+))?(.{6})", stamp).groups()
    since = datetime.fromisoformat(whole + offset) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return since // timedelta(milliseconds=1) + int((fraction or "").ljust(3, "0"))


def lodged(path):
    """The heads in heads.txt: of a data folder, or beside a backup."""
    files = [Path(f"{path}.heads.txt"), Path(path).with_name("heads.txt")]
    file = next((file for file in files if file.exists()), None)
    # A last line without its end was cut off by a power failure.
    lines = file.read_text().split("\n")[:-1] if file else []
    return [line.split(" ")[0] for line in lines if line.strip()]


def told_of(cells):
    """The rows that a gap row says are lost, and the head that remembered them."""
    detail = json.loads(cells[DETAIL]) if cells[KIND] == "gap" and cells[DETAIL] else {}
    return [(range(detail["from_seq"], detail["to_seq"] + 1), detail.get("lodged"))] if "from_seq" in detail else []


def check(rows, heads):
    previous, count, hashes, lost = "0" * 64, 0, {}, []
    for text, row_hash, found in rows:
        count += 1
        cells = text.split(SEPARATOR)
        if len(cells) != CELLS:
            fail(count, f"{len(cells)} cells instead of {CELLS}")
        if cells[SEQ] != str(count):
            fail(count, f"the row that stands here gives itself the number {cells[SEQ]}")
        if hashlib.sha256((previous + text).encode(errors="surrogateescape")).hexdigest() != row_hash:
            fail(count, "its hash is not that of the hash before and its text: it was changed")
        if found is not None and found != searched_by(cells):
            fail(count, f"it is searched by {found}, its text says {searched_by(cells)}")
        lost += told_of(cells)
        previous = hashes[count] = row_hash
    for place, head in enumerate(heads):
        seq, _, of_head = head.partition(":")
        if not seq.isdigit() or len(of_head) != 64:
            fail("?", f"{head} is no head")
        # What was lodged up to the head that a gap row names is what that row tells of.
        told = any(int(seq) in rows and (lodged is None or lodged in heads[place:]) for rows, lodged in lost)
        if hashes.get(int(seq)) != of_head.lower() and not told:
            fail(seq, "a head saw another row here" if int(seq) in hashes else f"the log ends at {count}, a head saw this row")
    return count, previous


def main():
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_file():
        print(__doc__)
        sys.exit(2)
    path, heads = sys.argv[1], sys.argv[2:]
    with open(path, "rb") as file:
        database = file.read(16) == b"SQLite format 3\0"
    try:
        rows = of_database(path) if database else of_export(path)
        count, last = check(rows, heads + (lodged(path) if database else []))
    except sqlite3.Error as error:
        fail("?", f"the file is damaged: {error}")
    print(f"{count} rows are good. Head: {count}:{last}")


if __name__ == "__main__":
    main()
