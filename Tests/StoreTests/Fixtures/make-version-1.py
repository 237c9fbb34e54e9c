#!/usr/bin/env python3
"""Makes version-1.sqlite beside it: the first version's schema, taken from Schema.swift, and one completed run."""

import pathlib
import re
import sqlite3
import textwrap

here = pathlib.Path(__file__).resolve().parent
schema = (here / "../../../Sources/Ledger/Store/Database/Schema.swift").read_text()
first_step = textwrap.dedent(re.search(r'static let steps = \[\s*"""\n(.*?)\n\s*"""', schema, re.S).group(1))
target = here / "version-1.sqlite"
target.unlink(missing_ok=True)
database = sqlite3.connect(target)
database.execute("PRAGMA page_size = 512")
database.executescript(first_step)
database.executescript("""
INSERT INTO experiment VALUES ('resize', 'What does it change?');
INSERT INTO trial VALUES ('resize', 'small', 'ab', NULL, '{}');
INSERT INTO run (id, experiment, trial, trial_id, configuration, seed, epochs, created_at, outcome)
  VALUES ('ab-1', 'resize', 'small', 'ab', '{}', '0', 2, '2026-01-01T00:00:00.000Z', 'completed');
INSERT INTO metric VALUES ('ab-1', 'test_accuracy', 1, 1, 1.0, 0.5), ('ab-1', 'test_accuracy', 2, 1, 2.0, 0.75);
PRAGMA user_version = 1;
VACUUM;
""")
database.close()
