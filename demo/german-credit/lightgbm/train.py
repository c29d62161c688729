"""Train a LightGBM model of the German credit data: an own model to bring, and what tests compare with.

Splits the 1,000 applicants 800 / 200 (stratified, seeded), trains a strongly regularised
LightGBM on the 800, chooses the threshold that minimises the data set's own costs (a bad
loan accepted costs 5, a good one refused 1) on cross-validated predictions of the 800, and
writes, beside this file:

  model.onnx        the model, one float tensor of 18 columns, categories as level codes
  predictions.csv   LightGBM's own predict_proba for all 1,000 clients (float64)
  training.json     versions, parameters, threshold, review zone, metrics

and beside the data reference.csv, the 800 training rows, and test.csv, the 200 held-out ones.

Run:  pip install -r requirements.txt && python train.py
"""

import json
import platform
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import sklearn
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split

HERE = Path(__file__).parent
DATA = HERE.parent
SEED = 1994
COST_FALSE_NEGATIVE, COST_FALSE_POSITIVE = 5, 1
REVIEW_COST_MARGIN = 1.05  # review zone: thresholds below the best one that cost at most 5 % more
PARAMS = dict(
    objective="binary",
    n_estimators=240,
    learning_rate=0.04,
    num_leaves=6,
    max_depth=3,
    min_child_samples=20,
    reg_lambda=5.0,
    cat_smooth=20,
    cat_l2=20,
    min_data_per_group=25,
    colsample_bytree=0.5,
    random_state=SEED,
    deterministic=True,
    force_row_wise=True,
    n_jobs=1,
    verbose=-1,
)


def read_features(dictionary):
    """Feature columns in dictionary order, with the frozen level codes of the categories."""
    return [c for c in dictionary["columns"] if c.get("role", "feature") == "feature"]


def encode(table, features):
    """float32 matrix [rows, features]: numbers as they are, categories as level codes, -1 unknown."""
    columns = []
    for feature in features:
        values = table[feature["name"]]
        if feature["type"] == "category":
            codes = {level["value"]: i for i, level in enumerate(feature["levels"])}
            values = values.map(codes).fillna(-1)
        columns.append(values.to_numpy(np.float32))
    return np.column_stack(columns)


def fit(x, y, features):
    categorical = [i for i, f in enumerate(features) if f["type"] == "category"]
    monotone = [f.get("monotone", 0) for f in features]
    model = lgb.LGBMClassifier(**PARAMS, monotone_constraints=monotone)
    return model.fit(x, y, categorical_feature=categorical)


def cost(y, p, threshold):
    """Mean cost a client when p >= threshold is refused."""
    refused = p >= threshold
    wrong = COST_FALSE_NEGATIVE * np.sum(~refused & (y == 1)) + COST_FALSE_POSITIVE * np.sum(refused & (y == 0))
    return wrong / len(y)


def choose_threshold(y, p):
    """The cheapest threshold of the grid 0.01 .. 0.99 and the lowest one within the review margin."""
    grid = np.round(np.arange(1, 100) / 100, 2)
    costs = np.array([cost(y, p, t) for t in grid])
    best = int(np.argmin(costs))
    low = best
    while low > 0 and costs[low - 1] <= costs[best] * REVIEW_COST_MARGIN:
        low -= 1
    return float(grid[best]), float(grid[low]), float(costs[best])


def metrics(y, p, threshold):
    return {
        "auc": roc_auc_score(y, p),
        "logLoss": log_loss(y, p),
        "brier": brier_score_loss(y, p),
        "cost": cost(y, p, threshold),
    }


def main():
    dictionary = json.loads((DATA / "dictionary.json").read_text(encoding="utf-8"))
    features = read_features(dictionary)
    table = pd.read_csv(DATA / "german-credit.csv", keep_default_na=False)
    x = encode(table, features)
    y = (table["class"] == "bad").to_numpy(int)

    train, test = train_test_split(np.arange(len(y)), test_size=200, stratify=y, random_state=SEED)
    train, test = np.sort(train), np.sort(test)

    cross = np.zeros(len(train))
    for fold, rest in StratifiedKFold(5, shuffle=True, random_state=SEED).split(x[train], y[train]):
        model = fit(x[train][fold], y[train][fold], features)
        cross[rest] = model.predict_proba(x[train][rest])[:, 1]
    threshold, review_from, _ = choose_threshold(y[train], cross)

    model = fit(x[train], y[train], features)
    p = model.predict_proba(x)[:, 1]
    onnx = convert_lightgbm(model, initial_types=[("input", FloatTensorType([None, x.shape[1]]))], zipmap=False)
    (HERE / "model.onnx").write_bytes(onnx.SerializeToString())
    pd.DataFrame({"client_id": table["client_id"], "probability": p}).to_csv(HERE / "predictions.csv", index=False)
    table.iloc[train].to_csv(DATA / "reference.csv", index=False)
    table.iloc[test].to_csv(DATA / "test.csv", index=False)
    report = {
        "versions": {
            "python": platform.python_version(),
            "lightgbm": lgb.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "seed": SEED,
        "params": PARAMS,
        "features": [f["name"] for f in features],
        "threshold": threshold,
        "reviewFrom": review_from,
        "metrics": {
            "train": metrics(y[train], p[train], threshold),
            "cv": metrics(y[train], cross, threshold),
            "test": metrics(y[test], p[test], threshold),
        },
    }
    (HERE / "training.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps({k: report[k] for k in ("threshold", "reviewFrom", "metrics")}, indent=2))


if __name__ == "__main__":
    main()
