"""Drift of 200 columns, 48,744 rows against 48,744, beside Evidently and NannyML: one run, one machine, one thread.

    pip install -r ../oracles/drift-requirements.txt && python drift.py [--rows 48744] [--out ../bench/drift.md]

Generates two tables of float32 numbers and some categories, 20 % missing, of which a quarter of the columns shift.
Measures Evidently's DataDriftPreset with its HTML report, NannyML's univariate calculator (its default method, and the
four that this project computes), and the engine in Node by test/bench/drift.ts; compares values too.
"""

import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["NML_DISABLE_USAGE_LOGGING"] = os.environ["DO_NOT_TRACK"] = "1"
warnings.filterwarnings("ignore")

import nannyml as nml  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from evidently import Report  # noqa: E402
from evidently.presets import DataDriftPreset  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
COLUMNS, CATEGORIES, SEED = 200, 20, 11


def make(rows, shifted):
    random = np.random.default_rng(SEED + shifted)
    out = {}
    for j in range(COLUMNS):
        moved = shifted * (0.3 if j % 4 == 0 else 0)
        if j < CATEGORIES:
            levels = np.array([f"level {k}" for k in range(4 + j)])
            shares = np.arange(1, len(levels) + 1) ** (1 + moved)
            column = random.choice(levels, rows, p=shares / shares.sum()).astype(object)
            column[random.random(rows) < 0.2] = None
        else:
            column = (random.normal(moved, 1 + moved / 3, rows) if j % 2 else random.lognormal(moved, 1, rows)).astype(np.float32)
            column[random.random(rows) < 0.2] = np.nan
        out[f"column {j}"] = column
    return pd.DataFrame(out)


def seconds(run):
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def evidently(reference, current, folder):
    def run():
        report = Report([DataDriftPreset()]).run(current, reference)
        report.save_html(str(folder / "evidently.html"))
        return report.dict()

    took, found = seconds(run)
    values = {m["config"]["column"]: m["value"] for m in found["metrics"] if "column" in m["config"]}
    return took, values, (folder / "evidently.html").stat().st_size


def nannyml(reference, current, all_methods):
    methods = (
        dict(
            continuous_methods=["jensen_shannon", "kolmogorov_smirnov", "wasserstein", "hellinger"],
            categorical_methods=["jensen_shannon", "hellinger", "chi2", "l_infinity"],
        )
        if all_methods
        else {}
    )

    def run():
        calculator = nml.UnivariateDriftCalculator(column_names=list(reference.columns), **methods)
        calculator.fit(reference)
        return calculator.calculate(current)

    return seconds(run)[0]


def reconstruction(reference, current):
    def run():
        calculator = nml.DataReconstructionDriftCalculator(column_names=list(reference.columns))
        calculator.fit(reference)
        return calculator.calculate(current)

    return seconds(run)[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=48744)
    parser.add_argument("--out", type=Path, default=ROOT / "test/bench/drift.md")
    given = parser.parse_args()
    reference, current = make(given.rows, 0), make(given.rows, 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reference.to_parquet(folder / "reference.parquet", index=False)
        current.to_parquet(folder / "current.parquet", index=False)
        node = subprocess.run(["npx", "tsx", "test/bench/drift.ts", str(folder)], cwd=ROOT, check=True, capture_output=True, text=True)
        ours = json.loads(node.stdout)
        as_evidently, values, size = evidently(reference, current, folder)
    whole = reconstruction(reference, current)
    simple, four = nannyml(reference, current, False), nannyml(reference, current, True)
    worst = max(
        abs(column["value"] - values[column["name"]]) / abs(values[column["name"]]) for column in ours["evidently"]["columns"]
    )
    table = [
        ("Evidently, with its HTML report", as_evidently),
        ("NannyML univariate, its four methods, 10 chunks", four),
        ("NannyML reconstruction error, 10 chunks", whole),
        ("NannyML univariate, default method, 10 chunks", simple),
        ("**nannyml preset: the same four methods**", ours["univariate"]),
        ("**nannyml preset: four methods, 10 chunks, reconstruction error**", ours["nannyml"]["seconds"]),
        ("**evidently preset**", ours["evidently"]["seconds"]),
        ("**evidently preset, first run in a new process**", ours["evidently"]["cold"]),
        ("**psi preset**", ours["psi"]["seconds"]),
    ]
    lines = [
        "# Speed of drift\n",
        f"Measured by `python test/peers/drift.py`: {given.rows:,} rows against {given.rows:,}, {COLUMNS} columns ({CATEGORIES} "
        f"of categories), 20 % missing, one thread each, tables in memory; Node {node_version()}, Python "
        f"{platform.python_version()}, evidently {version('evidently')}, nannyml {version('nannyml')}.\n",
        "| | seconds | of Evidently's time |",
        "|---|---:|---:|",
        *(f"| {name} | {took:,.2f} | {took / as_evidently:.4f} |" for name, took in table),
        "",
        f"First column after {1000 * ours['evidently']['first']:.0f} ms. Largest relative difference from Evidently's values "
        f"over {len(values)} columns: {worst:.1e}. HTML report: {ours['report']:,} bytes, Evidently's {size:,}. The presets of "
        "this project also give the stability index, data quality, distributions and p-values of every column.",
        "",
    ]
    given.out.write_text("\n".join(lines))
    print("\n".join(lines))


def node_version():
    return subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip().lstrip("v")


if __name__ == "__main__":
    main()
