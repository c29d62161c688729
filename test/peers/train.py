"""Boosting beside the Python tools that banks use, in one run on one machine, one thread each, in turn.

    pip install -r ../oracles/requirements.txt && python train.py [--rows 48744,300000] [--uci FILE] [--out ../bench/train.md]

Speed: so many rows x 200 float32 columns, a fifth missing, 100 trees of 31 leaves, 255 bins; CPU seconds of binning and of
training, the least of three rounds in turn. Quality: the same parameters on the same rows, AUC and log loss of the rows kept aside.
`npx vite build -c vite.cli.config.ts` first: test/bench/train.ts runs in Node.
"""

import argparse
import os
import platform
import subprocess
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import lightgbm as lgb
import numpy as np
import onnxruntime
import pandas as pd
import xgboost as xgb
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

warnings.filterwarnings("ignore")
ROOT = Path(__file__).resolve().parent.parent.parent
COLUMNS, TREES, SEED = 200, 100, 5
ROUNDS = 3


def generated(rows):
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(rows, COLUMNS)).astype(np.float32)
    weights = rng.normal(size=COLUMNS) * (rng.random(COLUMNS) < 0.3)
    margin = x @ weights * 0.4 + x[:, 0] * x[:, 1] - 1.5
    y = (rng.random(rows) < 1 / (1 + np.exp(-margin))).astype(np.uint8)
    x[rng.random(x.shape) < 0.2] = np.nan
    return x, y


def ours(folder, train, test, trees, rate, learner="boosting"):
    """Seconds of binning and training, and probabilities of the test rows, by our own ONNX in native onnxruntime too."""
    (x, y), (tx, _) = train, test
    x.astype(np.float64).T.tofile(folder / "train.f64")
    y.astype(np.uint8).tofile(folder / "train.u8")
    tx.astype(np.float64).T.tofile(folder / "test.f64")
    arguments = [str(folder), str(x.shape[1]), str(trees), str(rate), learner]
    out = subprocess.run(["npx", "tsx", "test/bench/train.ts", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    binning, training = (float(word) for word in out.split())
    p = np.fromfile(folder / "ours.f64")
    quiet = onnxruntime.SessionOptions()
    quiet.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(folder / "ours.onnx"), quiet)
    theirs = session.run(None, {"input": tx.astype(np.float64)})[0][:, 1]
    return binning, training, p, float(np.abs(theirs - p).max())


def clock(run):
    start = time.process_time()
    made = run()
    return time.process_time() - start, made


def lightgbm(train, test, trees, rate):
    (x, y), (tx, _) = train, test
    wide = x.astype(np.float64)
    binning, data = clock(lambda: lgb.Dataset(wide, y, params={"verbose": -1}).construct())
    params = dict(objective="binary", num_leaves=31, learning_rate=rate, num_threads=1, verbose=-1)
    training, model = clock(lambda: lgb.train(params, data, trees))
    return binning, training, model.predict(tx.astype(np.float64))


def xgboost(train, test, trees, rate):
    (x, y), (tx, _) = train, test
    binning, data = clock(lambda: xgb.QuantileDMatrix(x, y, max_bin=256, nthread=1))
    params = dict(objective="binary:logistic", tree_method="hist", max_leaves=31, max_depth=0, grow_policy="lossguide", eta=rate, nthread=1)
    training, model = clock(lambda: xgb.train(params, data, trees))
    return binning, training, model.predict(xgb.DMatrix(tx))


def histogram(train, test, trees, rate):
    (x, y), (tx, _) = train, test
    model = HistGradientBoostingClassifier(max_iter=trees, learning_rate=rate, max_leaf_nodes=31, early_stopping=False)
    training, _ = clock(lambda: model.fit(x, y))
    return 0.0, training, model.predict_proba(tx)[:, 1]


PEERS = {"LightGBM": lightgbm, "XGBoost": xgboost, "HistGradientBoosting": histogram}


def quality(y, p):
    return roc_auc_score(y, p), log_loss(y, np.clip(p, 1e-15, 1 - 1e-15))


def speed(rows, folder):
    x, y = generated(rows)
    cut = int(0.8 * rows) if rows < 100_000 else rows - 20_000
    train, test = (x[:cut], y[:cut]), (x[cut:], y[cut:])
    found = {name: [] for name in ("ours", *PEERS)}
    for _ in range(ROUNDS):
        found["ours"].append(ours(folder, train, test, TREES, 0.1))
        for name, run in PEERS.items():
            found[name].append(run(train, test, TREES, 0.1))
    base = min(run[1] for run in found["LightGBM"])
    lines = []
    for name, runs in found.items():
        binning, training = min(run[0] for run in runs), min(run[1] for run in runs)
        auc, loss = quality(test[1], runs[0][2])
        lines.append(f"| {name} | {binning:.2f} | {training:.2f} | {training / base:.2f} | {auc:.4f} | {loss:.4f} |")
    return cut, lines, max(run[3] for run in found["ours"])


def sets(uci):
    """Names, features as numbers, outcomes: categories as codes."""
    german = pd.read_csv(ROOT / "demo/german-credit/german-credit.csv", keep_default_na=False)
    y = (german.pop("class") == "bad").to_numpy(np.uint8)
    german.pop("client_id")
    coded = german.apply(lambda c: c if pd.api.types.is_numeric_dtype(c) else c.astype("category").cat.codes)
    yield "German credit, categories as codes", coded.to_numpy(np.float32), y
    x, y = generated(20_000)
    yield "generated, 20,000 x 200", x, y
    gaps = pd.read_csv(ROOT / "test/oracles/gaps/data.csv")
    gaps = gaps[gaps["y"] >= 0]
    yield "gaps, 1,200 x 10", gaps[[f"x{j}" for j in range(10)]].to_numpy(np.float32), gaps["y"].to_numpy(np.uint8)
    loans = pd.read_parquet(ROOT / "test/oracles/drift/car-loan-reference.parquet").iloc[::5]
    y = (loans["repaid"] == 0).to_numpy(np.uint8)
    loans = loans.drop(columns=["repaid", "timestamp", "y_pred_proba", "y_pred"])
    coded = loans.apply(lambda c: c.astype("category").cat.codes if c.dtype == "str" else c.astype(float))
    yield "NannyML's car loans, 10,000 x 7", coded.to_numpy(np.float32), y
    if uci:
        table = pd.read_csv(uci)
        y = table.pop("default payment next month").to_numpy(np.uint8)
        table.pop("ID")
        yield "UCI credit default", table.to_numpy(np.float32), y


def compare(name, x, y, folder):
    """Means over ten splits: one alone moves by more than the learners differ."""
    trees, rate = 100, 0.05
    rng = np.random.default_rng(SEED)
    differences, theirs = [], []
    for _ in range(10):
        order = rng.permutation(len(y))
        cut = int(0.8 * len(y))
        train, test = (x[order[:cut]], y[order[:cut]]), (x[order[cut:]], y[order[cut:]])
        a = quality(test[1], ours(folder, train, test, trees, rate)[2])
        b = quality(test[1], lightgbm(train, test, trees, rate)[2])
        differences.append(np.subtract(a, b))
        theirs.append(b)
    mean, error = np.mean(differences, 0), np.std(differences, 0, ddof=1) / np.sqrt(10)
    auc, loss = np.mean(theirs, 0)
    return f"| {name} | {auc:.4f} | {mean[0]:+.4f} ± {error[0]:.4f} | {loss:.4f} | {mean[1]:+.4f} ± {error[1]:.4f} |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="48744,300000")
    parser.add_argument("--uci")
    parser.add_argument("--out")
    options = parser.parse_args()
    text = [
        "# Boosting beside its peers\n",
        f"By `python test/peers/train.py --rows {options.rows}{' --uci FILE' if options.uci else ''}`: one thread each, in turn, CPU seconds, the least of {ROUNDS}. "
        + ", ".join(f"{name} {version(name)}" for name in ("lightgbm", "xgboost", "scikit-learn", "onnxruntime"))
        + f"; Python {platform.python_version()}, Node {subprocess.run(['node', '--version'], capture_output=True, text=True).stdout.strip()}.\n",
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in options.rows.split(","):
            cut, lines, apart = speed(int(rows), folder)
            text += [
                f"## {cut:,} rows x 200 columns, 100 trees of 31 leaves, 255 bins\n",
                "| | binning | training | of LightGBM's | AUC | log loss |", "| --- | ---: | ---: | ---: | ---: | ---: |", *lines,
                f"\nOur ONNX file in native onnxruntime against the learner: {apart:.1e} at most.\n",
            ]
        text += [
            "## Quality: ours less LightGBM's, ten splits\n",
            "100 trees, rate .05, 31 leaves; mean and its standard error.\n",
            "| | AUC | ours | log loss | ours |", "| --- | ---: | ---: | ---: | ---: |",
            *[compare(*one, folder) for one in sets(options.uci)],
        ]
    print("\n".join(text))
    if options.out:
        Path(options.out).write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
