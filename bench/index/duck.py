"""The index's postings in DuckDB, in a process of its own: `python duck.py add|sort|ask FOLDER`.

Needs duckdb and numpy, and nothing of gnomon's.
"""

import json
import sys
import time
from pathlib import Path

import duckdb
import numpy as np

folder = Path(sys.argv[2])
connection = duckdb.connect(str(folder / "index.duckdb"))
connection.execute("SET threads = 1")
if sys.argv[1] == "add":
    pairs = np.fromfile(folder / "postings.bin", dtype=np.uint64).reshape(-1, 2)
    shingle, body = pairs[:, 0], pairs[:, 1].astype(np.uint32)
    connection.execute("CREATE TABLE IF NOT EXISTS posting (shingle UBIGINT, body UINTEGER)")
    arrays = {"shingle": shingle, "body": body}
    connection.execute("INSERT INTO posting SELECT shingle, body FROM arrays ORDER BY shingle")
elif sys.argv[1] == "sort":
    connection.execute("CREATE TABLE ordered AS SELECT * FROM posting ORDER BY shingle, body")
    connection.execute("DROP TABLE posting")
    connection.execute("ALTER TABLE ordered RENAME TO posting")
    connection.execute("CHECKPOINT")
else:
    taken = []
    for question in json.loads((folder / "questions.json").read_text()):
        start = time.perf_counter()
        connection.execute(
            "SELECT body, count(*) FROM posting WHERE shingle IN (SELECT unnest(?::UBIGINT[])) "
            "GROUP BY body HAVING count(*) > 1",
            [question],
        ).fetchall()
        taken.append(time.perf_counter() - start)
    print(json.dumps(taken))
