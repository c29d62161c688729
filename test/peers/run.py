"""The engine beside the Python tools that banks use, in one run on one machine, one thread each.

    pip install -r ../oracles/requirements.txt && python run.py [--rows 48744] [--out ../bench/results.md]

Generates 48,744 rows x 200 float32 columns (20 % missing), trains LightGBM (500 trees, 31 leaves,
depth 5) on them, then measures rows per second: onnxruntime and LightGBM here, the engine in Node
by test/bench/engine.ts. SHAP peers run on a part of the rows, as they are slow; their rows are
independent of each other.
"""

import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import lightgbm as lgb
import numpy as np
import onnxruntime
import shap
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

warnings.filterwarnings("ignore")
ROOT = Path(__file__).resolve().parent.parent.parent
COLUMNS, TREES, SEED = 200, 500, 5
SHAP_ROWS = 2000


def make(rows):
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(rows, COLUMNS)).astype(np.float32)
    weights = rng.normal(size=COLUMNS) * (rng.random(COLUMNS) < 0.3)
    margin = x @ weights * 0.4 + x[:, 0] * x[:, 1] - 1.5
    y = (rng.random(rows) < 1 / (1 + np.exp(-margin))).astype(int)
    x[rng.random(x.shape) < 0.2] = np.nan
    model = lgb.LGBMClassifier(
        n_estimators=TREES, num_leaves=31, max_depth=5, learning_rate=0.05, n_jobs=1, verbose=-1, random_state=SEED
    ).fit(x, y)
    onnx = convert_lightgbm(model, initial_types=[("input", FloatTensorType([None, COLUMNS]))], zipmap=False)
    return x, model, onnx.SerializeToString()


def rows_on_rounded_thresholds(x, model):
    """Rows with a value that the float32 thresholds of an ONNX file send elsewhere than LightGBM's double ones."""
    nodes = model.booster_.trees_to_dataframe().dropna(subset=["threshold"])
    features = nodes["split_feature"].str.removeprefix("Column_").astype(int).to_numpy()
    exact = nodes["threshold"].to_numpy(float)
    rounded = exact.astype(np.float32).astype(float)
    moved = np.zeros(len(x), bool)
    for feature, a, b in zip(features, exact, rounded):
        moved |= (x[:, feature] <= a) != (x[:, feature] <= b)
    return moved


def best(run, repeats=3):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def peers(x, model, onnx):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    part = x[:SHAP_ROWS]
    explainer = shap.TreeExplainer(model.booster_, feature_perturbation="tree_path_dependent")
    return {
        "score": {
            "onnxruntime (native)": len(x) / best(lambda: session.run(["probabilities"], {"input": x})),
            "LightGBM predict": len(x) / best(lambda: model.predict_proba(x), 1),
        },
        "shap": {
            "LightGBM pred_contrib": len(part) / best(lambda: model.booster_.predict(part, pred_contrib=True), 1),
            "shap TreeExplainer (C)": len(part) / best(lambda: explainer.shap_values(part, check_additivity=False), 1),
        },
    }


def engine(folder):
    command = ["node", "--import", "tsx", "test/bench/engine.ts", str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def table(name, ours, theirs):
    lines = [f"| {name} | rows/s | times the slowest peer |", "|---|---:|---:|"]
    slowest = min(theirs.values())
    for label, speed in sorted({**theirs, **ours}.items(), key=lambda item: -item[1]):
        mark = "**" if label in ours else ""
        lines.append(f"| {mark}{label}{mark} | {speed:,.0f} | {speed / slowest:.2f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=48744)
    parser.add_argument("--out")
    options = parser.parse_args()
    x, model, onnx = make(options.rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.onnx").write_bytes(onnx)
        x.tofile(folder / "inputs.f32")
        contributions = model.booster_.predict(x[:SHAP_ROWS], pred_contrib=True)
        moved = rows_on_rounded_thresholds(x[:SHAP_ROWS], model)
        contributions[moved] = np.nan
        contributions.astype(np.float64).tofile(folder / "contributions.f64")
        ours = engine(folder)
        theirs = peers(x, model, onnx)
    report = "\n\n".join(
        [
            f"Measured by `python test/peers/run.py`: {options.rows:,} x {COLUMNS} float32, 20 % missing, {TREES} trees "
            f"of 31 leaves (depth 5), one thread each; Node {ours['node']}, Python {platform.python_version()}, "
            f"lightgbm {lgb.__version__}, onnxruntime {onnxruntime.__version__}, shap {shap.__version__}.",
            table("scoring, all rows", ours["score"], theirs["score"]),
            table("path SHAP", ours["shap"], theirs["shap"]),
            f"One client scored and explained: {ours['oneClient']:.2f} ms (median of 200; 300 trees: {ours['oneClient300']:.2f} ms). "
            f"Largest difference from LightGBM's contributions: {ours['largestDifference']:.1e} over {SHAP_ROWS:,} rows, less "
            f"{moved.sum()} with a value between a split's double threshold and its float32 one in the ONNX file.",
        ]
    )
    print(report)
    if options.out:
        Path(options.out).write_text("# Speed\n\n" + report + "\n")


if __name__ == "__main__":
    main()
