"""Memory of `scoredesk drift` on two Parquet files of 1,000,000 rows x 50 columns, against the data's own.

    python test/bench/driftMemory.py [--rows 1000000] [--out test/bench/driftMemory.md]

The files are read column by column from their row groups; the figure is the process's largest resident set.
"""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent.parent
COLUMNS = 50


def write(path, rows, seed):
    random = np.random.default_rng(seed)
    columns = {f"column {j}": random.normal(seed / 10, 1, rows).astype(np.float32) for j in range(COLUMNS)}
    pq.write_table(pa.table(columns), path, row_group_size=100_000, compression="snappy")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, default=ROOT / "test/bench/driftMemory.md")
    given = parser.parse_args()
    rows = given.rows
    data = 2 * rows * COLUMNS * 4
    lines = [
        "# Memory of drift\n",
        f"Measured by `python test/bench/driftMemory.py`: two Parquet files of {rows:,} rows x {COLUMNS} float32 columns, "
        f"{data / 1e6:,.0f} MB of data; the largest resident set of the whole Node process.\n",
        "| preset | seconds | MB at most | of the data's own |",
        "|---|---:|---:|---:|",
    ]
    with tempfile.TemporaryDirectory() as name:
        sides = [Path(name) / f"{side}.parquet" for side in ("reference", "current")]
        for seed, path in enumerate(sides):
            write(path, rows, seed)
        for preset in ("psi", "evidently"):
            started = time.time()
            process = subprocess.Popen(
                ["node", "bin/scoredesk.js", "drift", "--reference", sides[0], "--current", sides[1], "--preset", preset,
                 "--out", Path(name) / "report.json"], cwd=ROOT,
            )  # fmt: skip
            _, status, usage = os.wait4(process.pid, 0)
            assert status == 0
            peak = usage.ru_maxrss * 1024
            lines.append(f"| {preset} | {time.time() - started:.1f} | {peak / 1e6:,.0f} | {peak / data:.2f} |")
    given.out.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
