"""Drift vectors from Evidently and NannyML themselves.

Writes drift/<pair>.json for each pair of tables, and the tables that are made here; --check runs the
`scoredesk drift` command on any two files and compares its JSON with the tools' on the same rows.

  pip install -r drift-requirements.txt
  python drift.py
  python drift.py --check reference.csv current.csv [--target COL --prediction COL --time COL --chunk N]

Pairs, each also cut to its first 800 rows a side:
  german    the demo's training rows against its later applicants (real rows, a made shift; no scores)
  car-loan  NannyML's synthetic car loan set, with predictions and targets (Apache 2.0, NannyML NV)
  odd       what real tables do: infinities, gaps, booleans, few whole numbers, new levels, free text
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

warnings.filterwarnings("ignore")
os.environ["NML_DISABLE_USAGE_LOGGING"] = os.environ["DO_NOT_TRACK"] = "1"
import nannyml as nml  # noqa: E402
from evidently import Dataset, Report  # noqa: E402
from evidently.legacy.calculations.stattests.registry import get_stattest  # noqa: E402
from evidently.legacy.core import ColumnType  # noqa: E402
from evidently.presets import DataDriftPreset  # noqa: E402

HERE = Path(__file__).parent
OUT = HERE / "drift"
DEMO = HERE.parent.parent / "demo/german-credit"
METRICS = ["roc_auc", "f1", "precision", "recall", "specificity", "accuracy", "business_value"]
NUMBER_METHODS = ["jensen_shannon", "kolmogorov_smirnov", "wasserstein", "hellinger"]
LEVEL_METHODS = ["jensen_shannon", "hellinger", "chi2", "l_infinity"]
ALL_TESTS = ["ks", "chisquare", "z", "wasserstein", "jensenshannon", "psi", "kl_div", "hellinger"]
COST = [[0, -1], [-5, 0]]


def plain(value):
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


# --- Evidently


def evidently(reference, current, columns):
    """Each column's default test, and every other test that takes its type."""
    r, c = reference[columns], current[columns]
    report = Report([DataDriftPreset()]).run(c.copy(), r.copy())
    found = report.dict()["metrics"]
    types = Dataset.from_pandas(c.copy()).data_definition
    out = {"columns": [], "dataset": None}
    for metric in found:
        config = metric["config"]
        if config["type"].endswith("DriftedColumnsCount"):
            share = plain(metric["value"]["share"])
            out["dataset"] = {"share": share, "threshold": config["drift_share"], "drifted": share >= config["drift_share"]}
    for name in columns:
        kind = types.get_column_type(name).value
        if kind not in ("num", "cat"):
            out["columns"].append({"name": name, "type": kind})
            continue
        out["columns"].append({"name": name, "type": kind, **one_column(r[name], c[name], kind)})
    return out


def one_column(r, c, kind):
    r, c = (s.replace([-np.inf, np.inf], np.nan).dropna() for s in (r, c))
    kind = ColumnType(kind)
    default = get_stattest(r, c, kind, None)
    result = default(r, c, kind, None)
    others = {}
    for name in ALL_TESTS:
        try:
            test = get_stattest(r, c, kind, name)
            others[name] = plain(test(r.copy(), c.copy(), kind, None).drift_score)
        except Exception:
            continue
    return {
        "test": default.name, "value": plain(result.drift_score), "threshold": result.actual_threshold,
        "drifted": bool(result.drifted), "others": others,
    }  # fmt: skip


# --- NannyML


def frame_of(result):
    return result.filter(period="analysis").to_df()


def nannyml(reference, current, columns, options):
    time, size = options.get("time"), options["chunk"]
    chunk = dict(chunk_period=size) if isinstance(size, str) else dict(chunk_size=size)
    calculator = nml.UnivariateDriftCalculator(
        column_names=columns, timestamp_column_name=time, continuous_methods=NUMBER_METHODS,
        categorical_methods=LEVEL_METHODS, **chunk,
    )  # fmt: skip
    calculator.fit(reference)
    drift = frame_of(calculator.calculate(current))
    out = []
    for i in range(len(drift)):
        row = drift.iloc[i]
        record = {"rows": int(row["chunk", "chunk", "end_index"] - row["chunk", "chunk", "start_index"] + 1), "columns": []}
        for name in columns:
            for method in dict.fromkeys(NUMBER_METHODS + LEVEL_METHODS):
                if (name, method, "value") not in drift.columns:
                    continue
                record["columns"].append({
                    "name": name, "test": method, "value": plain(row[name, method, "value"]),
                    "lower": plain(row[name, method, "lower_threshold"]),
                    "upper": plain(row[name, method, "upper_threshold"]),
                    "alert": bool(row[name, method, "alert"]),
                })  # fmt: skip
        out.append(record)
    features = [name for name in columns if name not in (options.get("prediction"), options.get("decision"))]
    reconstruction = nml.DataReconstructionDriftCalculator(column_names=features, timestamp_column_name=time, **chunk)
    reconstruction.fit(reference)
    multivariate = frame_of(reconstruction.calculate(current))
    for record, (_, row) in zip(out, multivariate.iterrows()):
        value = row["reconstruction_error"]
        record["columns"].append({
            "name": "*", "test": "reconstruction_error", "value": plain(value["value"]),
            "lower": plain(value["lower_threshold"]), "upper": plain(value["upper_threshold"]),
            "alert": bool(value["alert"]),
        })  # fmt: skip
    return out


def performance(reference, current, options):
    """CBPE by chunk with NannyML's own alerts; realised where the current rows have a target."""
    chunk = dict(chunk_size=options["chunk"])
    estimator = nml.CBPE(
        y_pred_proba=options["prediction"], y_pred=options["decision"], y_true=options["target"],
        timestamp_column_name=options.get("time"), metrics=METRICS, problem_type="classification_binary",
        business_value_matrix=COST, normalize_business_value=None, **chunk,
    )  # fmt: skip
    estimator.fit(reference)
    estimates = frame_of(estimator.estimate(current))
    out = []
    for _, row in estimates.iterrows():
        out.append([
            {
                "name": name, "estimated": plain(row[name, "value"]), "realized": plain(row[name, "realized"]),
                "lower": plain(row[name, "lower_threshold"]), "upper": plain(row[name, "upper_threshold"]),
                "alert": bool(row[name, "alert"]), "samplingError": plain(row[name, "sampling_error"]),
            }
            for name in METRICS
        ])  # fmt: skip
    return {"calibrated": bool(estimator.needs_calibration), "chunks": out}


# --- PSI by deciles, the rule of the project: numpy in a few lines


def psi(r, c):
    if pd.api.types.is_numeric_dtype(r) and not pd.api.types.is_bool_dtype(r):
        finite = r[np.isfinite(r)]
        edges = np.unique(np.quantile(finite, np.arange(11) / 10)) if len(finite) else np.array([])
        inner = edges[1:-1]
        distinct = pd.concat([finite, c[np.isfinite(c)]]).nunique()
        if len(inner) == 0 and distinct <= 10:
            r, c = r.astype(object).where(r.notna(), None), c.astype(object).where(c.notna(), None)
            return psi_levels(r, c)
        counts = []
        for side in (r, c):
            bins = np.bincount(np.searchsorted(inner, side.dropna(), side="left"), minlength=len(inner) + 1)
            counts.append(list(bins / len(side)) + [side.isna().mean()])
        p, q = map(np.array, counts)
        if p[-1] + q[-1] == 0:
            p, q = p[:-1], q[:-1]
        return index(p, q)
    return psi_levels(r, c)


def psi_levels(r, c):
    keys = list(pd.concat([r, c]).dropna().unique())
    counts = [[*[(side == key).sum() for key in keys], side.isna().sum()] for side in (r, c)]
    p, q = (np.array(count) / len(side) for count, side in zip(counts, (r, c)))
    if p[-1] + q[-1] == 0:
        p, q = p[:-1], q[:-1]
    return index(p, q)


def index(p, q):
    p, q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return float(((p - q) * np.log(p / q)).sum())


# --- the statistics by themselves, where pairs do not reach


def statistics():
    random = np.random.default_rng(7)
    sizes = [(5, 5), (7, 13), (40, 40), (100, 800), (800, 800), (800, 3000), (1000, 9999), (9999, 10000), (1000, 20000)]
    ks = []
    for n, m in sizes:
        for shift in (0, 0.05, 0.2, 1):
            found = stats.ks_2samp(random.normal(0, 1, n), random.normal(shift, 1, m))
            ks.append([n, m, found.statistic, found.pvalue])
    tail = [[n, d, stats.kstwo.sf(d, n)] for n in (1, 4, 30, 140, 141, 900, 50000) for d in (0.003, 0.02, 0.08, 0.2, 0.45, 0.7)]
    p = random.random(40) ** 3
    tied = np.array([0.04, 0.01, 0.04, 0.5, 1.0, 0.01])
    return {
        "ks": ks, "tail": tail,
        "adjusted": [[list(q), list(stats.false_discovery_control(q))] for q in (p, tied)],
    }  # fmt: skip


# --- pairs


def odd(rows, seed, shifted):
    random = np.random.default_rng(seed)
    n = rows
    amount = random.lognormal(8, 1, n).round(2) * (1.15 if shifted else 1)
    gaps = random.normal(50, 10 + 3 * shifted, n)
    gaps[random.random(n) < (0.3 if shifted else 0.1)] = np.nan
    endless = random.normal(0, 1, n)
    endless[:3] = [np.inf, -np.inf, np.inf]
    levels = ["a", "b", "c", "new"] if shifted else ["a", "b", "c", "gone"]
    text = random.choice(levels, n, p=[0.5, 0.3, 0.19, 0.01]).astype(object)
    text[random.random(n) < 0.05] = None
    return pd.DataFrame({
        "amount": amount,
        "gaps": gaps,
        "endless": endless,
        "few_whole": random.integers(1, 6 + shifted, n),
        "some_whole": random.poisson(4 + shifted, n),
        "many_whole": random.poisson(400, n),
        "narrow_whole": random.integers(0, 30, n),
        "few_decimal": random.choice([0.5, 1.0, 1.5, 2.0], n),
        "some_decimal": random.choice([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0], n, p=[0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1]),
        "flag": random.random(n) < (0.25 if shifted else 0.2),
        "whole_gaps": np.where(random.random(n) < 0.1, np.nan, random.integers(0, 5, n)),
        "zeros": np.where(random.random(n) < 0.4, 0, random.exponential(100, n)).round(3),
        "level": text,
        "two_levels": random.choice(["yes", "no"], n, p=[0.35, 0.65] if shifted else [0.3, 0.7]),
        "constant": 7.0,
        "tiny": random.normal(0, 1e-6, n),
        "note": [f"note {i} of {seed}" for i in range(n)],
    })  # fmt: skip


def car_loan():
    reference, current, targets = nml.load_synthetic_car_loan_dataset()
    return reference.drop(columns="id"), current.merge(targets, on="id").drop(columns="id")


def columns_of(reference, *out):
    return [name for name in reference.columns if name not in out]


def vectors(reference, current, options):
    columns = columns_of(reference, options.get("time"), options.get("target"), options.get("id"), *options.get("out", []))
    result = {
        "options": options, "rows": [len(reference), len(current)],
        "evidently": evidently(reference, current, columns),
        "psi": {name: psi(reference[name], current[name]) for name in columns},
    }  # fmt: skip
    if options.get("chunk"):
        finite = [n for n in columns if n not in options.get("unfit", [])]
        result["nannyml"] = nannyml(reference, current, finite, options)
    if options.get("prediction"):
        result["performance"] = performance(reference, current, options)
        without = current.drop(columns=options["target"])
        result["performance"]["unlabelled"] = performance(reference, without, options)["chunks"]
    return result


def write(name, reference, current, options):
    for suffix, rows, chunk in (("", None, options.get("chunk")), ("-800", 800, 200 if options.get("chunk") else None)):
        cut = {**options, "chunk": chunk}
        result = vectors(reference.head(rows) if rows else reference, current.head(rows) if rows else current, cut)
        (OUT / f"{name}{suffix}.json").write_text(json.dumps(result) + "\n")
        print(name + suffix, len(result["evidently"]["columns"]), "columns", len(result.get("nannyml", [])), "chunks")


def make():
    OUT.mkdir(exist_ok=True)
    (OUT / "statistics.json").write_text(json.dumps(statistics()) + "\n")
    reference = pd.read_csv(DEMO / "reference.csv")
    current = pd.read_csv(DEMO / "current.csv")
    write("german", reference, current, {"id": "client_id", "chunk": None})
    for side, (rows, seed) in {"reference": (3000, 1), "current": (2500, 2)}.items():
        odd(rows, seed, side == "current").to_csv(OUT / f"odd-{side}.csv", index=False)
    sides = [pd.read_csv(OUT / f"odd-{side}.csv") for side in ("reference", "current")]
    # NannyML's histograms refuse infinities, and its chunk methods a text that is never the same.
    write("odd", *sides, {"chunk": 500, "unfit": ["endless", "note", "constant"]})
    reference, current = car_loan()
    for side, table in (("reference", reference), ("current", current)):
        table.to_parquet(OUT / f"car-loan-{side}.parquet", compression="zstd", compression_level=19, index=False)
    options = {"time": "timestamp", "target": "repaid", "prediction": "y_pred_proba", "decision": "y_pred", "chunk": 5000}
    write("car-loan", reference, current, options)


# --- the command against the tools


def near(a, b):
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b), 1e-9)


def check(reference_file, current_file, options):
    read = lambda path: pd.read_parquet(path) if path.endswith(".parquet") else pd.read_csv(path, float_precision="round_trip")
    reference, current = read(reference_file), read(current_file)
    columns = columns_of(reference, options.get("time"), options.get("target"), options.get("id"))
    differences = 0
    for preset in ("evidently", "psi"):
        found = {c["name"]: c for c in run(reference_file, current_file, preset, options)["columns"]}
        wanted = (
            {c["name"]: c for c in evidently(reference, current, columns)["columns"] if "test" in c}
            if preset == "evidently"
            else {name: {"value": psi(reference[name], current[name])} for name in columns}
        )
        for name, column in wanted.items():
            ours = found.get(name, {})
            same = near(ours.get("value"), column["value"]) and all(
                ours.get(key) == column[key] for key in ("test", "drifted") if key in column
            )
            if not same:
                differences += 1
                print(f"{preset} {name}: {ours} instead of {column}")
        print(f"{preset}: {len(wanted)} columns compared")
    return differences


def run(reference, current, preset, options):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        given = [part for key in ("id", "target", "time") if options.get(key) for part in (f"--{key}", options[key])]
        subprocess.run(
            ["npx", "scoredesk", "drift", "--reference", reference, "--current", current, "--preset", preset,
             *given, "--out", str(out)], check=True, cwd=HERE.parent.parent,
        )  # fmt: skip
        return json.loads(out.read_text())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", nargs=2)
    for option in ("id", "target", "prediction", "time", "chunk"):
        parser.add_argument(f"--{option}")
    given = parser.parse_args()
    if given.check:
        sys.exit(1 if check(*(str(Path(p).resolve()) for p in given.check), vars(given)) else 0)
    make()
