"""Contributions of every family that has a library's own: `scoredesk explain --method path` against it, on rows with text and gaps.

    npx vite build -c vite.cli.config.ts && python contributions.py

Prints the largest difference of any contribution of any row, in the unit of the library's: LightGBM's and XGBoost's pred_contrib,
CatBoost's ShapValues (of symmetric trees: those of others don't add up to its score), shap.TreeExplainer for scikit-learn. Columns of a one-hot family are summed, as Scoredesk shows them.
"""

import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
import shap
import xgboost as xgb

import families

ROOT = Path(__file__).parent.parent.parent
ROWS = 200


def contributions(model, rows):
    """The library's own, row by column of what the final classifier gets."""
    kind = type(model).__name__
    if kind.startswith("LGBM"):
        # Of a forest LightGBM gives the trees' sum, its score is their mean.
        trees = model.n_estimators_ if model.boosting_type == "rf" else 1
        return model.predict(rows, pred_contrib=True)[:, :-1] / trees
    if kind.startswith("XGB"):
        best = getattr(model, "best_iteration", None)
        span = (0, best + 1) if getattr(model, "early_stopping_rounds", None) else (0, 0)
        return model.get_booster().predict(xgb.DMatrix(rows, enable_categorical=True), pred_contribs=True, iteration_range=span)[:, :-1]
    if kind.startswith("CatBoost"):
        import catboost
        return model.get_feature_importance(catboost.Pool(rows), type="ShapValues")[:, :-1]
    values = np.asarray(shap.TreeExplainer(model).shap_values(rows, check_additivity=False))
    return values[..., 1] if values.ndim == 3 else values


def by_column(names, values, columns):
    """Sums over what a ColumnTransformer made of each column."""
    made = pd.DataFrame(values, columns=names)
    own = lambda name: max((c for c in columns if name.split("__")[-1] == c or name.split("__")[-1].startswith(f"{c}_")), key=len)
    return np.column_stack([made[[n for n in names if own(n) == c]].sum(axis=1) for c in columns])


def library(model, rows):
    if not hasattr(model, "steps"):
        return contributions(model, rows)
    before, final = model[:-1], model.steps[-1][1]
    made = before.transform(rows)
    made = made.toarray() if hasattr(made, "toarray") else made
    return by_column(list(before.get_feature_names_out()), contributions(final, np.asarray(made, float)), list(rows))


def ours(folder, work):
    made = lambda name: str(folder / name)
    run = lambda *arguments: subprocess.run(["node", str(ROOT / "bin/scoredesk.js"), *arguments], check=True, capture_output=True, text=True)
    run("pack", "--model", made("model.onnx"), "--clients", made("clients.parquet"), "--id", "client_id", "--target", "class", "--features",
        made("features.json"), "--expected", made("predictions.csv"), "--dictionary", made("dictionary.json"), "--out", str(work / "bundle"))
    run("explain", str(work / "bundle"), "--method", "path", "--out", str(work / "values.csv"))
    return pd.read_csv(work / "values.csv").drop(columns=["client_id", "base"]).to_numpy()


WANTED = ["LightGBM, pandas categories and gaps", "LightGBM, dart", "LightGBM, rf", "XGBoost, pandas categories and gaps", "XGBoost, early stopping", "XGBoost, dart",
          "XGBoost, forest", "CatBoost, numbers", "HistGradientBoosting, gaps", "gradient boosting", "extra trees", "imputers, one-hot, LightGBM",
          "imputers, one-hot, random forest", "imputers, one-hot, XGBoost", "ordinal with gaps, passthrough, LightGBM"]


def main():
    table, identity, target = families.demo()
    x, y = table.drop(columns=[identity, target]), table[target].to_numpy()
    print(f"{ROWS} rows, {x.shape[1]} columns\n\n| model | largest difference of a contribution | largest contribution |\n|---|---:|---:|")
    for name, make in families.families(x, y).items():
        if name not in WANTED:
            continue
        model, rows = make()
        if "LightGBM, " in name and "imputers" not in name and "ordinal" not in name:
            rows = families.as_categories(x)  # as the library was given them
        with tempfile.TemporaryDirectory() as work:
            found = families.export(model, rows[:ROWS], table[:ROWS], identity, target, Path(work), Path(work) / "made")
            if isinstance(found, str):
                sys.exit(f"{name}: {found}")
            theirs, own = library(model, rows[:ROWS]), ours(Path(work) / "made", Path(work))
            print(f"| {name} | {np.abs(theirs - own).max():.0e} | {np.abs(theirs).max():.2g} |", flush=True)


if __name__ == "__main__":
    main()
