"""The demo's model beside LightGBM with the same parameters, on the same folds and test rows, ten seeds.

    pip install -r ../../demo/german-credit/lightgbm/requirements.txt && python demo.py
"""

import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parent.parent.parent
DEMO = ROOT / "demo/german-credit"
sys.path.insert(0, str(DEMO / "lightgbm"))
import train as lightgbm  # noqa: E402

warnings.filterwarnings("ignore")
features = lightgbm.read_features(json.loads((DEMO / "dictionary.json").read_text(encoding="utf-8")))


def rows(name):
    table = pd.read_csv(DEMO / name, keep_default_na=False)
    return lightgbm.encode(table, features), (table["class"] == "bad").to_numpy(int)


def figures(y, p):
    return [lightgbm.roc_auc_score(y, p), lightgbm.log_loss(y, p)]


x, y = rows("reference.csv")
test_x, test_y = rows("test.csv")
ours = json.loads(subprocess.run(["npx", "tsx", "test/bench/demoFolds.ts"], cwd=ROOT, check=True, capture_output=True, text=True).stdout)
ratios = []
for own in ours:
    lightgbm.PARAMS["random_state"] = own["seed"]
    fold, scores = np.array(own["fold"]), np.zeros(len(y))
    for k in range(fold.max() + 1):
        scores[fold == k] = lightgbm.fit(x[fold != k], y[fold != k], features).predict_proba(x[fold == k])[:, 1]
    test = lightgbm.fit(x, y, features).predict_proba(test_x)[:, 1]
    ratios.append([*figures(y, scores), *own["cv"], *figures(test_y, test), *own["test"]])
found = np.array(ratios)
print("mean of 10 seeds          LightGBM    ours  difference ± standard error")
for name, theirs, own in (("cv AUC", 0, 2), ("cv log loss", 1, 3), ("test AUC", 4, 6), ("test log loss", 5, 7)):
    apart = found[:, own] - found[:, theirs]
    print(f"{name:24}  {found[:, theirs].mean():8.4f} {found[:, own].mean():8.4f} {apart.mean():+8.4f} ± {apart.std(ddof=1) / len(apart) ** 0.5:.4f}")
