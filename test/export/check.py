"""Trains a small model of each kind on the demo's data, exports it with tools/scoredesk_export.py, checks what came out.

    pip install -r ../oracles/requirements.txt imbalanced-learn && python check.py

made/<name>/   what the tool wrote for 200 clients, kept for the tests that need no Python, with
               shap.csv: base and columns, the library's own path-dependent values of the first 50 clients
"""

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # sums in one order: the same model each time

import catboost as cb
import joblib
import lightgbm as lgb
import numpy as np
import onnx
import onnxruntime
import pandas as pd
import shap
import xgboost as xgb
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (ExtraTreesClassifier, GradientBoostingClassifier, HistGradientBoostingClassifier,
                              RandomForestClassifier)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

warnings.filterwarnings("ignore")
onnxruntime.set_default_logger_severity(3)  # covers are a constant that no node uses
HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TOOL = ROOT / "tools/scoredesk_export.py"
MADE = HERE / "made"
CASES = ROOT / "test/cases"
WORK = Path(tempfile.mkdtemp())
NUMBERS = ["duration", "credit_amount", "installment_commitment", "residence_since", "age", "existing_credits"]
TEXTS = ["checking_status", "purpose", "housing"]
CLIENTS, TRAINED, EXPLAINED = 200, 800, 50

table = pd.read_csv(ROOT / "demo/german-credit/german-credit.csv")
y = (table["class"] == "bad").to_numpy(int)
rng = np.random.default_rng(1)
numbers = table[NUMBERS].astype("float32")
gaps = numbers.mask(rng.random(numbers.shape) < 0.1)
texts = table[TEXTS].mask(rng.random((len(table), len(TEXTS))) < 0.03)
categories = pd.concat([gaps, texts.astype("category")], axis=1)
filled = pd.concat([numbers, texts.fillna("none").astype("category").apply(lambda c: c.cat.codes)], axis=1).astype("float32")
frame = pd.concat([numbers, table[TEXTS]], axis=1)


def clients(features, **extra):
    """The first clients: id, features, outcome and what else a table holds."""
    whole = features.copy()
    whole.insert(0, "client_id", table["client_id"])
    return whole.assign(default=y, **extra).head(CLIENTS)


def saved(name, model, **how):
    path = WORK / f"{name}{how.get('suffix', '.pkl')}"
    path.write_bytes(pickle.dumps(model))
    return path


def run(name, model, features, *arguments, **files):
    """Runs the tool; gives (folder, finished process). A table is a path or a frame to write as CSV."""
    out = files.get("out") or WORK / f"out-{name}"
    if not isinstance(features, Path):
        path = WORK / f"{name}.csv"
        features.to_csv(path, index=False)
        features = path
    done = subprocess.run([sys.executable, str(TOOL), "--model", str(model), "--table", str(features), "--out", str(out), *arguments],
                          capture_output=True, text=True)
    return out, done


def require(truth, what):
    if not truth:
        raise AssertionError(what)


# ---- what every export must be ----

def feeds(folder, dictionary):
    """The rows as the app feeds them: codes of the dictionary's levels, NaN where one is missing, -1 where it is no level."""
    rows = pd.read_parquet(folder / "clients.parquet")
    said = {c["name"]: c for c in dictionary["columns"]}
    columns = []
    for name in json.loads((folder / "features.json").read_text()):
        levels = [level["value"] for level in said[name].get("levels", [])]
        if levels:
            columns.append([np.nan if pd.isna(v) else levels.index(v) if v in levels else -1 for v in rows[name]])
        else:
            columns.append(rows[name].to_numpy(float))
    return np.column_stack(columns).astype(float)


def check_scores(name, folder, within):
    """onnxruntime on what was written against what the library said."""
    dictionary = json.loads((folder / "dictionary.json").read_text())
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    require(dictionary["model"]["output"]["index"] == 1, f"{name}: P(default) is not second")
    found = session.run(["probabilities"], {"input": feeds(folder, dictionary)})[0]
    require(found.dtype == np.float64 and np.allclose(found.sum(1), 1), f"{name}: not two classes in double")
    expected = pd.read_csv(folder / "predictions.csv", float_precision="round_trip")
    require(list(expected)[1] == "probability" and len(expected) == len(found), f"{name}: predictions.csv")
    off = np.abs(found[:, 1] - expected["probability"])
    require(off.max() <= within, f"{name}: off by {off.max():.1e} at {expected.iloc[int(off.argmax()), 0]}")
    left = [f.name for f in folder.iterdir() if f.suffix == ".tmp"]
    require(not left, f"{name}: left {left}")
    return off.max()


def ensembles(folder):
    """Of each TreeEnsemble: its attributes as arrays, and the covers of splits and leaves."""
    model = onnx.load(folder / "model.onnx")
    constants = {c.name: onnx.numpy_helper.to_array(c) for c in model.graph.initializer}
    array = lambda v: onnx.numpy_helper.to_array(v) if isinstance(v, onnx.TensorProto) else np.array(v)
    for node in model.graph.node:
        if node.op_type == "TreeEnsemble":
            yield {a.name: array(onnx.helper.get_attribute_value(a)) for a in node.attribute}, constants.get(f"{node.name}_hitrates")


def check_covers(name, folder, total=None):
    """Every split's children add up to it; the roots are the whole. Gives how many splits ask for a set of categories."""
    sets = 0
    for a, covers in ensembles(folder):
        require(covers is not None, f"{name}: no covers")
        splits = len(a["nodes_modes"])
        at = lambda side: covers[np.where(a[f"nodes_{side}leafs"] == 1, splits + a[f"nodes_{side}nodeids"], a[f"nodes_{side}nodeids"])]
        whole = at("true") + at("false")
        require(np.allclose(whole, covers[:splits], rtol=1e-5, atol=1e-5), f"{name}: children are not the whole")
        roots = covers[a["tree_roots"]]
        require(total is None or np.allclose(roots, total, atol=1e-3), f"{name}: roots {sorted(set(roots))}, not {total}")
        sets += int((a["nodes_modes"] == 6).sum())
    return sets


def exported(name, model, features, *arguments, covers=None, says="", within=1e-12, **files):
    """One export that must work. covers: rows at the root, 0 for any, None where there are no trees."""
    folder, done = run(name, model, features, *arguments, **files)
    require(done.returncode == 0, f"{name}: {done.stderr}")
    off = check_scores(name, folder, within)
    if covers is not None:
        check_covers(name, folder, covers or None)
    require(says in done.stderr + done.stdout, f"{name}: no {says!r} in {done.stderr}{done.stdout}")
    require(done.stdout.startswith("npx scoredesk pack --model "), f"{name}: {done.stdout}")
    print(f"  {name}: off by {off:.0e}")
    return folder


def refused(name, model, features, *arguments, says="", code=1):
    """One call that must end in a clear line."""
    folder, done = run(name, model, features, *arguments)
    lines = [line for line in done.stderr.strip().splitlines() if not line.startswith(("Note:", "Id:", "Covers:"))]
    require(done.returncode == code, f"{name}: exit {done.returncode} {done.stderr}")
    require("Traceback" not in done.stderr and says in lines[-1], f"{name}: {done.stderr}")
    require(code == 2 or len(lines) == 1, f"{name}: {done.stderr}")
    require(not folder.exists(), f"{name}: wrote {folder}")
    print(f"  {name}: {lines[-1]}")


# ---- the kept ones ----

def keep_shap(name, values, base, names):
    values = values[:EXPLAINED]
    require(len(values) == EXPLAINED, f"{name}: {len(values)} explained")
    out = pd.DataFrame(values, columns=names)
    out.insert(0, "base", base)
    out.to_csv(MADE / name / "shap.csv", index=False, float_format="%.12g")


def tree_shap(model, x):
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = explainer.shap_values(x)
    return (values[:, :, 1] if values.ndim == 3 else values), float(np.ravel(explainer.expected_value)[-1])


def keep(name, model, features, x, explain, covers, *arguments, within=1e-12):
    exported(name, saved(name, model), features, *arguments, covers=covers, within=within, out=MADE / name)
    values, base = explain(x.head(EXPLAINED))
    keep_shap(name, values, base, list(x.columns))


def last_is_base(values):
    return values[:, :-1], values[0, -1]


def kept_lightgbm():
    model = lgb.LGBMClassifier(n_estimators=20, num_leaves=8, n_jobs=1, verbose=-1).fit(categories[:TRAINED], y[:TRAINED])
    explain = lambda x: last_is_base(model.predict_proba(x, pred_contrib=True))
    keep("lightgbm-categories", model, clients(categories, note="n"), categories, explain, TRAINED, "--id", "client_id", "--target", "default")


def kept_rf():
    model = lgb.LGBMClassifier(n_estimators=10, num_leaves=8, boosting_type="rf", subsample=0.5, subsample_freq=1, n_jobs=1, verbose=-1)
    model.fit(numbers[:TRAINED], y[:TRAINED])
    # LightGBM's contributions of rf are sums over the trees: the mean is what it predicts.
    explain = lambda x: tuple(part / 10 for part in last_is_base(model.predict_proba(x, pred_contrib=True)))
    keep("lightgbm-rf", model, clients(numbers), numbers, explain, 0, "--target", "default")


def kept_xgboost():
    x = gaps.rename(columns={"age": "age (years)", "duration": "duration/months"})
    model = xgb.XGBClassifier(n_estimators=20, max_depth=3, n_jobs=1).fit(x[:TRAINED], y[:TRAINED])
    explain = lambda rows: last_is_base(model.get_booster().predict(xgb.DMatrix(rows), pred_contribs=True).astype(float))
    keep("xgboost", model, clients(x), x, explain, 0, "--target", "default", within=1e-6)


def kept_catboost():
    model = cb.CatBoostClassifier(iterations=20, depth=4, verbose=0, thread_count=1, allow_writing_files=False)
    model.fit(gaps[:TRAINED], y[:TRAINED])
    explain = lambda x: last_is_base(model.get_feature_importance(cb.Pool(x), type="ShapValues", shap_calc_type="Regular"))
    keep("catboost", model, clients(gaps), gaps, explain, TRAINED, "--target", "default", within=1e-6)


def kept_forest():
    model = RandomForestClassifier(n_estimators=15, max_depth=5, random_state=0).fit(filled[:TRAINED], y[:TRAINED])
    keep("random-forest", model, clients(filled), filled, lambda x: tree_shap(model, x), TRAINED, "--target", "default")


def kept_weighted():
    model = GradientBoostingClassifier(n_estimators=10, random_state=0).fit(filled[:TRAINED], y[:TRAINED], sample_weight=0.3 + y[:TRAINED])
    keep("gradient-boosting-weighted", model, clients(filled), filled, lambda x: tree_shap(model, x), 0, "--target", "default")


def kept_text_gaps():
    holes = frame.copy()
    holes.loc[holes.index % 7 == 0, TEXTS[1]] = None
    columns = ColumnTransformer([("n", SimpleImputer(), NUMBERS), ("t", OneHotEncoder(handle_unknown="ignore", sparse_output=False), TEXTS)])
    model = Pipeline([("columns", columns), ("model", LogisticRegression(max_iter=3000))]).fit(holes, y)
    # scikit-learn learns a gap as a category of its own, which the export calls "nan".
    exported("one-hot-gaps", saved("one-hot-gaps", model), clients(holes), "--target", "default", out=MADE / "one-hot-gaps")


def kept_histogram():
    x = pd.concat([gaps, filled[TEXTS]], axis=1)
    model = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=8, early_stopping=True, validation_fraction=0.2, n_iter_no_change=20, random_state=0)
    model.fit(x[:TRAINED], y[:TRAINED])
    keep("hist-gradient-boosting", model, clients(x), x, lambda rows: tree_shap(model, rows), 640, "--target", "default")


def kept_histogram_categories():
    model = HistGradientBoostingClassifier(max_iter=15, max_leaf_nodes=8, categorical_features="from_dtype", random_state=0)
    model.fit(categories[:TRAINED], y[:TRAINED])
    exported("hist-categories", saved("hist-categories", model), clients(categories), "--target", "default", covers=TRAINED, out=MADE / "hist-categories")


def kept_xgboost_categories():
    model = xgb.XGBClassifier(n_estimators=15, max_depth=3, enable_categorical=True, n_jobs=1).fit(categories[:TRAINED], y[:TRAINED])
    explain = lambda rows: last_is_base(model.get_booster().predict(xgb.DMatrix(rows, enable_categorical=True), pred_contribs=True).astype(float))
    keep("xgboost-categories", model, clients(categories), categories, explain, 0, "--target", "default", within=1e-6)


# ---- other models ----

def boosters():
    model = lgb.LGBMClassifier(n_estimators=15, num_leaves=8, n_jobs=1, verbose=-1, subsample=0.7, subsample_freq=1)
    model.fit(categories[:TRAINED], y[:TRAINED])
    path = WORK / "booster.txt"
    model.booster_.save_model(path)
    exported("lightgbm-text", path, clients(categories), "--id", "client_id", "--target", "default", covers=0)  # bagging: other rows each tree
    blanks = numbers.rename(columns={"age": "age in years", "duration": "duration (months)"})
    named = lgb.LGBMClassifier(n_estimators=10, n_jobs=1, verbose=-1).fit(blanks, y)
    exported("lightgbm-odd-names", saved("odd", named), clients(blanks), covers=1000)
    stump = lgb.LGBMClassifier(n_estimators=3, min_child_samples=900, verbose=-1).fit(numbers, y)
    exported("lightgbm-stump", saved("stump", stump), clients(numbers), covers=1000)
    bare = lgb.LGBMClassifier(n_estimators=10, n_jobs=1, verbose=-1).fit(numbers.to_numpy(), np.where(y, "bad", "good"))
    exported("lightgbm-nameless", saved("bare", bare), clients(numbers), "--features", ",".join(NUMBERS), "--class", "bad", covers=1000)
    eye = xgb.train({"objective": "binary:logistic", "max_depth": 3, "base_score": 0.3}, xgb.DMatrix(gaps, y), 10)
    for suffix in (".json", ".ubj"):
        path = WORK / f"xgb{suffix}"
        eye.save_model(path)
        exported(f"xgboost{suffix}", path, clients(gaps), "--target", "default", covers=0, within=1e-6)
    stopped = xgb.XGBClassifier(n_estimators=300, max_depth=4, early_stopping_rounds=5, n_jobs=1)
    stopped.fit(numbers[:TRAINED], y[:TRAINED], eval_set=[(numbers[TRAINED:], y[TRAINED:])], verbose=False)
    exported("xgboost-stopped", saved("stopped", stopped), clients(numbers), covers=0, within=1e-6)
    whole = pd.concat([gaps, table[TEXTS].astype("category")], axis=1)
    coded = xgb.XGBClassifier(n_estimators=10, max_depth=4, enable_categorical=True, n_jobs=1).fit(whole, y)
    folder = exported("xgboost-categories", saved("coded", coded), clients(whole), covers=0, within=1e-6)
    require(check_covers("xgboost-categories", folder) > 0, "no categorical split")
    whole = pd.concat([gaps, texts.astype("category")], axis=1)
    gappy = xgb.XGBClassifier(n_estimators=10, max_depth=4, enable_categorical=True, n_jobs=1).fit(whole, y)
    exported("xgboost-categories-missing", saved("gappy", gappy), clients(whole), covers=0, within=1e-6)
    cat = cb.CatBoostClassifier(iterations=10, depth=3, verbose=0, allow_writing_files=False).fit(gaps, np.where(y, "bad", "good"), sample_weight=1 + y)
    cat.save_model(str(WORK / "cat.cbm"))
    exported("catboost-cbm", WORK / "cat.cbm", clients(gaps), "--class", "bad", covers=float(1000 + y.sum()))


def forests():
    for name, model in {"extra-trees": ExtraTreesClassifier(10, max_depth=5, random_state=0), "tree": DecisionTreeClassifier(max_depth=4, random_state=0),
                        "gradient-boosting": GradientBoostingClassifier(n_estimators=10, random_state=0)}.items():
        exported(name, saved(name, model.fit(filled, y)), clients(filled), "--target", "default", covers=1000)
    weighted = RandomForestClassifier(10, max_depth=5, class_weight="balanced", random_state=0).fit(filled, y)
    path = WORK / "weighted.joblib"
    joblib.dump({"model": weighted, "columns": list(filled)}, path)
    exported("forest-joblib-dict", path, clients(filled), covers=0)
    missing = RandomForestClassifier(10, max_depth=5, random_state=0).fit(gaps, y)
    exported("forest-missing", saved("missing", missing), clients(gaps), covers=1000)
    search = GridSearchCV(RandomForestClassifier(8, random_state=0), {"max_depth": [3, 4]}, cv=3).fit(filled, y)
    exported("forest-search", saved("search", search), clients(filled), covers=1000)


def pipelines():
    columns = lambda: ColumnTransformer([("n", make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS),
                                         ("t", OneHotEncoder(handle_unknown="ignore", sparse_output=False), TEXTS)])
    finals = {"logistic": LogisticRegression(max_iter=1000), "forest": RandomForestClassifier(8, max_depth=4, random_state=0),
              "lightgbm": lgb.LGBMClassifier(n_estimators=8, verbose=-1, n_jobs=1), "xgboost": xgb.XGBClassifier(n_estimators=8, max_depth=3)}
    for name, final in finals.items():
        fitted = Pipeline([("columns", columns()), ("model", final)]).fit(frame, np.where(y, "bad", "good") if name == "logistic" else y)
        rows = clients(frame).assign(**{"class": table["class"]}).drop(columns="default")
        exported(f"pipeline-{name}", saved(f"pipe-{name}", fitted), rows, "--class", *(["bad", "--target", "class"] if name == "logistic" else ["1", "--target", "class=bad"]),
                 covers=None if name == "logistic" else 0, says="--target class=bad", within=1e-6 if name == "xgboost" else 1e-12)
    linear = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()).fit(gaps, y)
    exported("logistic", saved("linear", linear), clients(gaps), "--target", "default", within=1e-7)  # fitted on float32, it computes so
    calibrated = CalibratedClassifierCV(GradientBoostingClassifier(n_estimators=8, random_state=0), cv=3).fit(filled, y)
    exported("calibrated", saved("calibrated", calibrated), clients(filled), covers=0)


def folders():
    model = RandomForestClassifier(8, max_depth=4, random_state=0).fit(filled, y)
    folder = WORK / "mlflow"
    folder.mkdir()
    (folder / "MLmodel").write_text("artifact_path: model\nflavors:\n  python_function:\n    loader_module: mlflow.sklearn\n"
                                    "  sklearn:\n    pickled_model: model.pkl\n    serialization_format: cloudpickle\n")
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    exported("mlflow-by-hand", folder, clients(filled), covers=1000)
    native = WORK / "mlflow-lightgbm"
    native.mkdir()
    lgb.LGBMClassifier(n_estimators=8, verbose=-1).fit(numbers, y).booster_.save_model(native / "model.lgb")
    (native / "MLmodel").write_text("flavors:\n  lightgbm:\n    data: model.lgb\n    lgb_version: 4.6.0\n")
    exported("mlflow-lightgbm", native, clients(numbers), covers=1000)
    try:
        import mlflow
    except ImportError:
        print("  mlflow is not installed: its own folders are not tried")
        return
    booster = xgb.XGBClassifier(n_estimators=8, max_depth=3).fit(numbers, y)
    for name, flavour, thing in (("sklearn", mlflow.sklearn, model), ("xgboost", mlflow.xgboost, booster)):
        how = {"serialization_format": "cloudpickle"} if name == "sklearn" else {}
        flavour.save_model(thing, str(WORK / f"real-{name}"), **how)
        exported(f"mlflow-real-{name}", WORK / f"real-{name}", clients(filled if name == "sklearn" else numbers), covers=0)


# ---- tables, dictionaries ----

def tables():
    model = saved("plain", lgb.LGBMClassifier(n_estimators=8, n_jobs=1, verbose=-1).fit(categories, y))
    rows = clients(categories, region="North", employed=True, seen=pd.Timestamp("2026-01-05"))
    rows.to_pickle(WORK / "rows.pkl")
    folder = exported("table-pickled", model, WORK / "rows.pkl", "--target", "default", covers=1000)
    written = pd.read_parquet(folder / "clients.parquet")
    require(list(written)[:2] == ["client_id", "default"] and written["employed"].eq(1).all() and written["seen"][0] == "2026-01-05", f"{written.dtypes}")
    rows.to_csv(WORK / "indexed.csv")
    with zipfile.ZipFile(WORK / "rows.csv.zip", "w") as archive:
        archive.write(WORK / "indexed.csv", "rows.csv")
    folder = exported("table-zipped", model, WORK / "rows.csv.zip", covers=1000, says="left out the index column Unnamed: 0")
    rows.to_parquet(WORK / "rows.parquet")
    rows.drop(columns="client_id").to_csv(WORK / "rows.csv.gz", index=False, sep=";")
    folder = exported("table-gzipped", model, WORK / "rows.csv.gz", covers=1000, says="numbered from 1, as row")
    require(pd.read_csv(folder / "predictions.csv")["row"].tolist() == list(range(1, CLIENTS + 1)), "row numbers")
    exported("table-parquet", model, WORK / "rows.parquet", covers=1000)
    few, done = run("few", model, WORK / "rows.parquet", "--rows", "120")
    require(done.returncode == 0 and 120 <= len(pd.read_csv(few / "predictions.csv")) < 170, f"few: {done.stderr}")
    by_index = rows.set_index(rows.pop("client_id").rename("number"))
    by_index.to_pickle(WORK / "index.pkl")
    exported("table-index", model, WORK / "index.pkl", covers=1000, says="the table's index, as number")


def dictionaries():
    model = saved("again", lgb.LGBMClassifier(n_estimators=8, n_jobs=1, verbose=-1).fit(categories, y))
    first = exported("dictionary", model, clients(categories), "--target", "default", covers=1000)
    said = json.loads((first / "dictionary.json").read_text())
    by_name = lambda d: {c["name"]: c for c in d["columns"]}
    levels = by_name(said)["checking_status"]["levels"]
    require([level["value"] for level in levels] == sorted(table["checking_status"].unique()), f"{levels}")
    column = by_name(said)["purpose"]
    column["levels"][1]["label"] = {"en": "a | b \\ c", "fr": "autre"}
    column.update(label={"en": "Purpose", "fr": "Objet"}, protected=False, actionable="none", reasons={"up": {"fr": "Cet objet"}})
    by_name(said)["age"].update(monotone=-1, unit="years", range=[18, 90])
    said["columns"].append({"name": "monthly", "role": "extra", "derived": {"op": "ratio", "of": ["credit_amount", "duration"]}})
    said.update(title="Mine", decision={"threshold": 0.2})
    (WORK / "old.json").write_text(json.dumps(said))
    second = exported("dictionary-json", model, clients(categories), "--target", "default", "--dictionary", str(WORK / "old.json"), covers=1000)
    again = json.loads((second / "dictionary.json").read_text())
    require(again["title"] == "Mine" and again["decision"]["threshold"] == 0.2 and by_name(again) == by_name(said), f"{again}")
    third = exported("dictionary-csv", model, clients(categories), "--target", "default", "--dictionary", str(second / "dictionary.csv"), covers=1000)
    require(json.loads((third / "dictionary.json").read_text())["columns"] == again["columns"][:-1], "a CSV keeps all but derived columns")
    codes = saved("codes", RandomForestClassifier(5, max_depth=4, random_state=0).fit(pd.concat([numbers, texts.astype("category").apply(lambda c: c.cat.codes)], axis=1), y))
    given = pd.concat([numbers, texts], axis=1)
    exported("dictionary-codes", codes, clients(given), "--dictionary", str(first / "dictionary.json"), covers=1000)


def refusals():
    model = saved("refusing", lgb.LGBMClassifier(n_estimators=3, verbose=-1).fit(numbers, y))
    bare = saved("bare-model", lgb.LGBMClassifier(n_estimators=3, verbose=-1).fit(numbers.to_numpy(), y))
    rows = clients(numbers).drop(columns="default")
    refused("column-missing", model, rows.rename(columns={"duration": "durations"}), says="the first is duration; the nearest is durations")
    refused("count-wrong", bare, rows.assign(more=1), says="the model takes 6 columns, the table has 7")
    refused("features-unknown", bare, rows, "--features", "duration,agee", says="the first is agee; the nearest is age")
    (WORK / "broken.pkl").write_bytes(b"not a pickle")
    refused("pickle-broken", WORK / "broken.pkl", rows, says="can't be read as a pickle")
    (WORK / "broken.txt").write_text("hello")
    refused("text-broken", WORK / "broken.txt", rows, says="can't be read as a model of lightgbm")
    refused("type-unknown", saved("list", np.zeros(3)), rows, says="holds a numpy.ndarray")
    refused("regression", saved("regression", LinearRegression().fit(numbers, y)), rows, says="sklearn.linear_model")
    refused("unfitted", saved("unfitted", lgb.LGBMClassifier()), rows, says="seems not to be fitted")
    refused("multiclass", saved("multi", DecisionTreeClassifier(max_depth=2).fit(numbers, y + (numbers.age > 40))), rows, says="has 3 classes")
    refused("ending-unknown", WORK / "multiclass.csv", rows, says="a model is .pkl")
    refused("file-missing", WORK / "none.pkl", rows, says="there is no file")
    refused("id-missing", model, rows, "--id", "client", says="the nearest is client_id")
    refused("id-twice", model, pd.concat([rows, rows]), "--id", "client_id", says="twice")
    letters = saved("letters", DecisionTreeClassifier(max_depth=2).fit(numbers, np.where(y, "A", "B")))
    refused("class-unsaid", letters, rows, says="--class B or --class A")
    refused("class-unknown", model, rows, "--class", "bad", says="no class of the model")
    stored = pd.DataFrame({"client_id": rows["client_id"], "probability": lgb.LGBMClassifier(n_estimators=4, verbose=-1).fit(numbers, y).predict_proba(
        rows[NUMBERS])[:, 1]})
    stored.to_csv(WORK / "stored.csv", index=False)
    refused("predictions-of-another-version", model, rows, "--predictions", str(WORK / "stored.csv"), says="the same version of the model?")
    stored.assign(client_id=stored.client_id + 10_000).to_csv(WORK / "others.csv", index=False)
    refused("predictions-of-others", model, rows, "--predictions", str(WORK / "others.csv"), says="holds none of the table's 200 ids")
    refused("training-lacks-a-column", model, rows, "--training", str(WORK / "others.csv"), says="others.csv has no column duration")
    refused("text-uncoded", model, rows.assign(duration="long"), says="duration holds text")
    cat = cb.CatBoostClassifier(iterations=3, verbose=0, allow_writing_files=False).fit(frame, y, cat_features=TEXTS)
    refused("catboost-categories", saved("cats", cat), clients(frame), says="statistics")
    leaves = lgb.LGBMClassifier(n_estimators=3, linear_tree=True, verbose=-1).fit(numbers, y)
    refused("lightgbm-linear-tree", saved("linear-tree", leaves), rows, says="linear_tree")
    refused("usage", model, rows, "--rows", "none", says="--rows", code=2)


def cases():
    """The small inputs of test/cases that hold a model of Python."""
    for name, table, identity, target, covers, within in (
            ("boolean-labels", "clients.csv", "client_id", None, 0, 1e-12), ("boolean-mask-columns", "clients.csv", "id", None, None, 1e-12),
            ("imputer-on-text", "table.csv", "id", "y", None, 1e-12), ("lightgbm-between-two-floats", "table.csv", "id", "y", 0, 1e-12),
            ("lightgbm-missing-only-split", "table.csv", "id", "y", 1000, 1e-12), ("ordinal-encoder-with-gap", "table.csv", "id", "y", 0, 1e-12),
            ("xgboost-early-stopped-native", "table.csv", "id", "y", 0, 1e-6), ("unnamed-index-is-the-id", "clients.csv", "Unnamed: 0", None, None, 1e-12)):
        folder = CASES / name
        model = folder / ("model.json" if (folder / "model.json").exists() else "model.pkl")
        outcome = ["--target", target] if target else []
        exported(name, model, folder / table, "--id", identity, *outcome, covers=covers, within=within)
    for name in ("plain", "sampler"):
        exported(f"imblearn-{name}", CASES / f"imblearn-pipeline/{name}.pkl", CASES / "imblearn-pipeline/clients.csv", "--id", "id")
    exported("unnamed-index-found", CASES / "unnamed-index-is-the-id/model.pkl", CASES / "unnamed-index-is-the-id/clients.csv", says="Id: Unnamed: 0")
    theirs = pd.read_csv(CASES / "xgboost-early-stopped-native/xgbclassifier-predictions.csv")["probability"]
    ours = pd.read_csv(WORK / "out-xgboost-early-stopped-native/predictions.csv")["probability"]
    require(np.abs(ours - theirs).max() < 1e-6, "the trees up to the best iteration")


def sizes():
    whole = sum(f.stat().st_size for f in MADE.rglob("*") if f.is_file())
    require(whole < 600_000, f"made/ holds {whole} bytes")
    print(f"made/: {whole} bytes")


if __name__ == "__main__":
    shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir()
    groups = [kept_lightgbm, kept_rf, kept_xgboost, kept_catboost, kept_forest, kept_weighted, kept_text_gaps, kept_histogram, kept_histogram_categories, kept_xgboost_categories, boosters, forests, pipelines, folders, tables, dictionaries, refusals, cases]
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for group, done in [(group, pool.submit(group)) for group in groups]:
            try:
                done.result()
            except Exception as error:
                failed += 1
                print(f"FAILED {group.__name__}: {error!r}"[:1500])
    sizes()
    shutil.rmtree(WORK)
    sys.exit(1 if failed else 0)
