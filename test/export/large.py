"""The whole way of a large table: 300,000 rows of 50 columns (40 numbers with gaps, 10 categories) and a LightGBM of 200 trees.

    npx vite build -c vite.cli.config.ts && python large.py

Prints seconds and largest memory of the export script and of `scoredesk pack`, which compares every row.
"""

import os
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd

ROOT = Path(__file__).parent.parent.parent
ROWS, NUMBERS, CATEGORIES, TRAINED = 300_000, 40, 10, 100_000


def table():
    random = np.random.default_rng(0)
    columns = {"id": np.arange(100_000, 100_000 + ROWS)}
    for j in range(NUMBERS):
        values = random.normal(size=ROWS) * 10 ** random.integers(0, 5)
        columns[f"n{j}"] = np.where(random.random(ROWS) < 0.15, np.nan, values)
    for j in range(CATEGORIES):
        columns[f"c{j}"] = pd.Categorical(random.choice([f"level {k}" for k in range(8)], ROWS))
    made = pd.DataFrame(columns)
    risk = sum(made[f"n{j}"].fillna(0) / made[f"n{j}"].std() for j in range(5))
    return made.assign(y=(random.random(ROWS) < 1 / (1 + np.exp(2.4 - 0.4 * risk))).astype(int))


def timed(name, command):
    before = time.time()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(said)
    print(f"| {name} | {time.time() - before:.1f} | {used.ru_maxrss / 1024:.0f} |", flush=True)


def main():
    rows = table()
    features = rows.drop(columns=["id", "y"])
    model = lgb.LGBMClassifier(n_estimators=200, num_leaves=31, verbose=-1).fit(features[:TRAINED], rows.y[:TRAINED])
    with tempfile.TemporaryDirectory() as work:
        at = lambda name: str(Path(work) / name)
        Path(at("model.pkl")).write_bytes(pickle.dumps(model))
        rows.to_parquet(at("rows.parquet"))
        print("| step | seconds | MB |\n|---|---:|---:|")
        timed("scoredesk_export", [sys.executable, str(ROOT / "tools/scoredesk_export.py"), "--model", at("model.pkl"), "--table", at("rows.parquet"),
                                   "--id", "id", "--target", "y", "--out", at("made")])
        timed("scoredesk pack", ["node", str(ROOT / "bin/scoredesk.js"), "pack", "--model", at("made/model.onnx"), "--clients", at("made/clients.parquet"),
                                 "--id", "id", "--target", "y", "--features", at("made/features.json"), "--expected", at("made/predictions.csv"),
                                 "--dictionary", at("made/dictionary.json"), "--out", at("bundle")])


if __name__ == "__main__":
    main()
