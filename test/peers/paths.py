"""What would change a decision, beside DiCE: one run, one machine, one thread.

    pip install dice-ml==0.12 lightgbm onnx && python paths.py [--clients 20] [--out ../bench/paths.md]

Two models of LightGBM: German credit (240 small trees) and 200 made columns (300 trees of 31 leaves), twelve of which may
change. DiCE gets the same columns, directions and ranges, and three counterfactuals a client by its random method (the
fastest of its model-agnostic ones); the engine answers in Node by test/bench/paths.ts: three paths, of each column alone
the nearest value that turns the decision, and the proof where there is none.
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
warnings.filterwarnings("ignore")

import dice_ml  # noqa: E402
import joblib  # noqa: E402
import lightgbm as lgb  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
ROWS, COLUMNS, MOVABLE = 8000, 200, 12


class Shifted:
    """The model with its threshold at one half, where DiCE looks for it."""

    classes_ = np.array([0, 1])

    def __init__(self, model, threshold):
        self.model, self.odds = model, threshold / (1 - threshold)

    def predict_proba(self, x):
        p = self.model.predict_proba(x.astype(float))[:, 1]
        q = p / (p + (1 - p) * self.odds)
        return np.column_stack([1 - q, q])

    def predict(self, x):
        return (self.predict_proba(x)[:, 1] >= 0.5).astype(int)


def wide():
    random = np.random.default_rng(5)
    x = pd.DataFrame(
        {f"c{j:03d}": np.round(random.lognormal(3, 1, ROWS), 1) if j % 2 else np.round(random.normal(50, 15, ROWS)) for j in range(COLUMNS)}
    )
    weights = random.normal(0, 1, 40)
    z = (x.iloc[:, :40] - x.iloc[:, :40].mean()) / x.iloc[:, :40].std()
    margin = (z * weights).sum(axis=1) / 4 - 1 + random.normal(0, 1, ROWS)
    y = (margin > 0).astype(int)
    model = lgb.LGBMClassifier(n_estimators=300, num_leaves=31, learning_rate=0.05, n_jobs=1, verbose=-1, random_state=1).fit(x, y)
    movable = {f"c{j:03d}": ("decrease" if weights[j] > 0 else "increase") if j < MOVABLE - 4 else "any" for j in range(MOVABLE)}
    return "200 columns, 300 trees", x, y, model, movable, 0.3


def german():
    table = pd.read_csv(ROOT / "demo/german-credit/reference.csv")
    names = ["duration", "credit_amount", "installment_commitment", "residence_since", "age", "existing_credits", "num_dependents"]
    codes = ["checking_status", "savings_status", "other_parties", "other_payment_plans", "employment", "housing", "purpose"]
    x = table[names].astype(float)
    for name in codes:
        x[name] = table[name].astype("category").cat.codes.astype(float)
    y = (table["class"] == "bad").astype(int)
    model = lgb.LGBMClassifier(n_estimators=240, num_leaves=6, learning_rate=0.05, n_jobs=1, verbose=-1, random_state=1).fit(x, y)
    movable = {"duration": "any", "credit_amount": "decrease", "checking_status": "any", "savings_status": "any", "other_parties": "any", "other_payment_plans": "any"}
    return "German credit, 240 trees", x, y, model, movable, 0.3


def bundle(folder, x, y, model, movable, threshold):
    table = x.copy()
    table.insert(0, "id", range(1, len(x) + 1))
    table["y"] = y.values
    table.to_parquet(folder / "table.parquet")
    joblib.dump(model, folder / "model.pkl")
    export = ["python", str(ROOT / "tools/scoredesk_export.py"), "--model", str(folder / "model.pkl"), "--table", str(folder / "table.parquet"), "--id", "id", "--target", "y", "--out", str(folder / "export")]
    subprocess.run([os.sys.executable, *export[1:]], check=True, capture_output=True)
    dictionary = {"decision": {"threshold": threshold}, "columns": [{"name": name, "type": "number", "actionable": way} for name, way in movable.items()]}
    (folder / "dictionary.json").write_text(json.dumps(dictionary))
    out = folder / "bundle"
    subprocess.run(["node", str(ROOT / "bin/scoredesk.js"), "pack", "--model", str(folder / "export/model.onnx"), "--clients", str(folder / "table.parquet"), "--reference", str(folder / "table.parquet"), "--id", "id", "--target", "y", "--dictionary", str(folder / "dictionary.json"), "--out", str(out)], check=True, capture_output=True)
    return out


def engine(path, clients):
    found = subprocess.run(["npx", "tsx", str(ROOT / "test/bench/paths.ts"), str(path), str(clients)], check=True, capture_output=True, text=True, cwd=ROOT)
    return json.loads(found.stdout)


def dice(x, y, model, movable, threshold, ids):
    frame = x.assign(y=y.values)
    data = dice_ml.Data(dataframe=frame, continuous_features=list(x.columns), outcome_name="y")
    explainer = dice_ml.Dice(data, dice_ml.Model(model=Shifted(model, threshold), backend="sklearn"), method="random")
    took, none = [], 0
    for client in ids:
        row = x.iloc[[int(client) - 1]]
        ranges = {}
        for name, way in movable.items():
            low, high, here = float(x[name].min()), float(x[name].max()), float(row[name].iloc[0])
            ranges[name] = [here if way == "increase" else low, here if way == "decrease" else high]
        start = time.perf_counter()
        try:
            explainer.generate_counterfactuals(row, total_CFs=3, desired_class=0, features_to_vary=list(movable), permitted_range=ranges, random_seed=1, verbose=False)
        except Exception:
            none += 1
        took.append(time.perf_counter() - start)
    return np.array(took) * 1000, none


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--out", default=str(ROOT / "test/bench/paths.md"))
    parser.add_argument("--make", metavar="DIR", help="only write the bundle of 200 columns there, for test/bench/whatIf.ts")
    options = parser.parse_args()
    if options.make:
        Path(options.make).mkdir(parents=True, exist_ok=True)
        print(bundle(Path(options.make), *wide()[1:]))
        return
    lines = []
    for make in (german, wide):
        name, x, y, model, movable, threshold = make()
        with tempfile.TemporaryDirectory() as folder:
            path = bundle(Path(folder), x, y, model, movable, threshold)
            ours = engine(path, options.clients)
        theirs, none = dice(x, y, model, movable, threshold, ours["ids"])
        middle = float(np.median(theirs))
        lines.append(f"| {name}, {len(movable)} may change | {ours['clients']} | {ours['median']:.0f} | {ours['p95']:.0f} | {ours['worst']:.0f} | {ours['first']:.0f} | {ours['none']} | {middle:.0f} | {theirs.max():.0f} | {none} | {middle / ours['median']:.0f} |")
    demo = json.loads(subprocess.run(["npx", "tsx", "test/bench/paths.ts", "public/bundles/german-credit", "200", "--check"], check=True, capture_output=True, text=True, cwd=ROOT).stdout)
    text = f"""Milliseconds of one client's answer, refused clients, beside DiCE {version('dice-ml')} in one run (`python test/peers/paths.py`), Node {subprocess.run(['node', '--version'], capture_output=True, text=True).stdout.strip()}, Python {platform.python_version()}. Ours: three paths, every column's own flip, rescoring, and the proof where nothing is within reach; DiCE: three counterfactuals.

| model | clients | median | 95th | worst | first call | none, proved | DiCE median | DiCE worst | DiCE found none | DiCE / ours |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{chr(10).join(lines)}

The demo, {demo['clients']} refused clients, against trying every combination: {demo['apart']} answers differ; median {demo['median']:.0f} ms, 95th {demo['p95']:.0f}, worst {demo['worst']:.0f}; {demo['none']} with nothing within reach.
"""
    Path(options.out).write_text(text)
    print(text)


if __name__ == "__main__":
    main()
