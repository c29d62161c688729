"""The engine beside the Python tools that banks use, in one run on one machine, one thread each.

    pip install -r ../oracles/requirements.txt && python run.py [--rows 48744] [--out ../bench/results.md]

Generates 48,744 rows x 200 float32 columns (20 % missing), trains LightGBM (500 trees, 31 leaves,
depth 5) on them, then measures rows per second: onnxruntime, LightGBM, shap and Woodelf here, the engine in Node
by test/bench/engine.ts. Woodelf explains all rows, as it is made for; the other SHAP peers run on a part
of them, as they are slow and their rows are independent of each other. A second model of 70-leaf trees
of depth 12 shows what deep trees cost.
"""

import argparse
import contextlib
import json
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
import shap
import woodelf
import xgboost as xgb
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

warnings.filterwarnings("ignore")
ROOT = Path(__file__).resolve().parent.parent.parent
COLUMNS, TREES, SEED = 200, 500, 5
SHAP_ROWS = 2000
FEW_ROWS = 300
DEEP_ROWS = 8192
BACKGROUND = 100


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
    deep = lgb.LGBMClassifier(
        n_estimators=100, num_leaves=70, max_depth=12, learning_rate=0.05, n_jobs=1, verbose=-1, random_state=SEED
    ).fit(x, y)
    return x, model, deep


def to_onnx(model):
    onnx = convert_lightgbm(model, initial_types=[("input", FloatTensorType([None, COLUMNS]))], zipmap=False)
    return onnx.SerializeToString()


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


def woodelf_shap(model, x, background=None):
    frame = pd.DataFrame(x, columns=model.booster_.feature_name())
    behind = None if background is None else frame.iloc[:background]
    return lambda: woodelf.WoodelfExplainer(model.booster_, behind).shap_values(frame, verbose=False)


def peers(x, model, deep, onnx):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    part, few, some = x[:SHAP_ROWS], x[:FEW_ROWS], x[:DEEP_ROWS]
    path = shap.TreeExplainer(model.booster_, feature_perturbation="tree_path_dependent")
    boosted = xgb.train({"max_depth": 5, "nthread": 1, "objective": "binary:logistic", "eta": 0.05}, xgb.DMatrix(x, model.predict(x)), TREES)
    few_matrix = xgb.DMatrix(few)
    beside = shap.TreeExplainer(model.booster_, data=x[:BACKGROUND].astype(float), feature_perturbation="interventional")
    return {
        "score": {
            "onnxruntime (native)": len(x) / best(lambda: session.run(["probabilities"], {"input": x})),
            "LightGBM predict": len(x) / best(lambda: model.predict_proba(x), 1),
        },
        "path": {
            "Woodelf": len(x) / best(woodelf_shap(model, x)),
            "LightGBM pred_contrib": len(part) / best(lambda: model.booster_.predict(part, pred_contrib=True), 1),
            "shap TreeExplainer (C)": len(part) / best(lambda: path.shap_values(part, check_additivity=False), 1),
            "XGBoost pred_contribs (its own trees)": len(few) / best(lambda: boosted.predict(few_matrix, pred_contribs=True), 1),
        },
        "interventional": {
            "Woodelf": len(x) / best(woodelf_shap(model, x, BACKGROUND)),
            "shap TreeExplainer (C)": len(few) / best(lambda: beside.shap_values(few, check_additivity=False), 1),
        },
        "deep": {
            "Woodelf": len(some) / best(woodelf_shap(deep, some), 1),
            "LightGBM pred_contrib": len(few) / best(lambda: deep.booster_.predict(few, pred_contrib=True), 1),
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


def contributions_file(path, model, x):
    """LightGBM's own contributions; NaN where the export itself sends a row elsewhere."""
    contributions = model.booster_.predict(x, pred_contrib=True)
    moved = rows_on_rounded_thresholds(x, model)
    contributions[moved] = np.nan
    contributions.astype(np.float64).tofile(path)
    return int(moved.sum())


def report(options, ours, theirs, moved):
    times = lambda kind, peer, our: theirs[kind][peer] / ours[kind][our]
    workers = ours["workers"]
    return "\n\n".join(
        [
            f"Measured by `python test/peers/run.py`: {options.rows:,} x {COLUMNS} float32, 20 % missing, {TREES} trees "
            f"of 31 leaves (depth 5), one thread each; Node {ours['node']}, Python {platform.python_version()}, "
            f"lightgbm {lgb.__version__}, onnxruntime {onnxruntime.__version__}, shap {shap.__version__}, woodelf-explainer {version('woodelf_explainer')}, xgboost {xgb.__version__}.",
            table("scoring, all rows", ours["score"], theirs["score"]),
            f"Time against native onnxruntime: onnxruntime-web {times('score', 'onnxruntime (native)', 'onnxruntime-web'):.2f}, "
            f"core/model {times('score', 'onnxruntime (native)', 'core/model'):.2f}.",
            table("path SHAP", ours["path"], theirs["path"]),
            table(f"interventional SHAP, {BACKGROUND} background rows", ours["interventional"], theirs["interventional"]),
            f"Time against Woodelf: path {times('path', 'Woodelf', 'core/explain path'):.2f}, interventional "
            f"{times('interventional', 'Woodelf', 'core/explain interventional'):.2f}. Row by row (quadrature): {ours['rowByRow']:,.0f} rows/s. "
            f"Two workers: {workers['one'] / workers['two']:.2f} times one.",
            f"One client scored and explained: {ours['oneClient']:.2f} ms (median of 200; 300 trees: {ours['oneClient300']:.2f} ms). "
            f"Largest difference from LightGBM's contributions: {ours['largestDifference']:.1e} over {SHAP_ROWS:,} rows, less "
            f"{moved} with a value between a split's double threshold and its float32 one in the ONNX file. The two algorithms differ "
            f"by {ours['algorithmsDiffer']:.1e}. Memory after explaining half the rows {ours['memory']['half']:.1f} MB, all of them {ours['memory']['all']:.1f} MB.",
            table("path SHAP, 100 trees of 70 leaves, depth 12", ours["deep"], theirs["deep"]),
            f"Largest difference from LightGBM's there: {ours['deepDifference']:.1e}.",
        ]
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=48744)
    parser.add_argument("--out")
    parser.add_argument("--keep", help="folder where model and rows stay, for test/bench/workers.ts")
    options = parser.parse_args()
    x, model, deep = make(options.rows)
    onnx = to_onnx(model)
    if options.keep:
        Path(options.keep).mkdir(parents=True, exist_ok=True)
    with contextlib.nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.onnx").write_bytes(onnx)
        (folder / "deep.onnx").write_bytes(to_onnx(deep))
        x.tofile(folder / "inputs.f32")
        moved = contributions_file(folder / "contributions.f64", model, x[:SHAP_ROWS])
        contributions_file(folder / "deep.f64", deep, x[:FEW_ROWS])
        ours = engine(folder)
        theirs = peers(x, model, deep, onnx)
    text = report(options, ours, theirs, moved)
    print(text)
    if options.out:
        Path(options.out).write_text("# Speed\n\n" + text + "\n")


if __name__ == "__main__":
    main()
