"""One small model of each family on real data, with what its own Python library says of it.

    pip install -r requirements.txt && python families.py

families/data.csv      the demo's 1,000 applicants: 7 numbers with gaps made, 3 categories as text
families/<name>.onnx   the model as its usual exporter writes it
families/expected.csv  `predict_proba` of each, float64
families/<name>.interventional.csv   shap's interventional values of the first 40 rows against rows
                       100 .. 150, where shap's own add up (it is wrong on some models)
families/<name>.shap.csv   SHAP values of the first 150 rows by shap, xgboost or catboost, in the unit
                       of the model's raw output, summed over the columns made from one input
"""

import warnings
from pathlib import Path

import catboost as cb
import lightgbm as lgb
import numpy as np
import pandas as pd
import shap
import skl2onnx.common._container as container
import xgboost as xgb
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as BoosterFloat
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
OUT = HERE / "families"
NUMBERS = ["duration", "credit_amount", "installment_commitment", "residence_since", "age", "existing_credits", "num_dependents"]
CATEGORIES = ["checking_status", "purpose", "housing"]
TRAINED = 800
EXPLAINED = 150

def plain(value):
    """skl2onnx 1.20 gives numpy arrays, numbers and booleans where onnx 1.23 wants lists of plain ones (HistGradientBoosting)."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if not isinstance(value, list):
        return value
    value = [v.item() if isinstance(v, np.generic) else v for v in value]
    return [int(v) if isinstance(v, bool) else v for v in value]


make_node = container.make_node
container.make_node = lambda *a, **k: make_node(*a, **{name: plain(value) for name, value in k.items()})

table = pd.read_csv(HERE.parent.parent / "demo/german-credit/german-credit.csv", keep_default_na=False)
y = (table["class"] == "bad").to_numpy(int)
rng = np.random.default_rng(1)
numbers = table[NUMBERS].to_numpy(np.float32)
numbers[rng.random(numbers.shape) < 0.1] = np.nan
codes = np.column_stack([pd.Categorical(table[c]).codes for c in CATEGORIES]).astype(np.float32)
mixed = np.hstack([numbers, codes])  # what boosting takes
whole = np.nan_to_num(mixed, nan=0).astype(np.float32)  # what a forest takes
frame = table[CATEGORIES].copy()
frame[NUMBERS] = numbers
frame = frame[NUMBERS + CATEGORIES]

expected = pd.DataFrame({"id": table["client_id"]})


def keep(name, onnx, p, contributions=None, base=None, names=None):
    (OUT / f"{name}.onnx").write_bytes(onnx if isinstance(onnx, bytes) else onnx.SerializeToString())
    expected[name] = p
    if contributions is not None:
        out = pd.DataFrame(contributions[:EXPLAINED], columns=names)
        out.insert(0, "base", base)
        out.to_csv(OUT / f"{name}.shap.csv", index=False, float_format="%.12g")
    print(name)


COLUMNS = NUMBERS + CATEGORIES


def interventional(name, model, x):
    explainer = shap.TreeExplainer(model, data=x[100:150].astype(float), feature_perturbation="interventional")
    values = explainer.shap_values(x[:40].astype(float), check_additivity=False)
    values = values[:, :, 1] if values.ndim == 3 else values
    base = float(np.ravel(explainer.expected_value)[-1])
    p = model.predict_proba(x[:40])[:, 1]
    raw = p if hasattr(model, "estimators_") and "Forest" in type(model).__name__ or "Tree" in type(model).__name__ else np.log(p / (1 - p))
    off = np.abs(base + values.sum(axis=1) - raw).max()
    print(f"  interventional: off by {off:.1e}")
    if off > 1e-4:
        return
    out = pd.DataFrame(values, columns=COLUMNS)
    out.insert(0, "base", base)
    out.to_csv(OUT / f"{name}.interventional.csv", index=False, float_format="%.12g")


def tree_shap(model, x):
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = explainer.shap_values(x[:EXPLAINED])
    values = values[:, :, 1] if values.ndim == 3 else values
    return values, float(np.ravel(explainer.expected_value)[-1])


def lightgbm(name, **parameters):
    fit = {"categorical_feature": parameters.pop("categorical")} if "categorical" in parameters else {}
    model = lgb.LGBMClassifier(n_estimators=30, num_leaves=15, n_jobs=1, verbose=-1, **parameters).fit(mixed[:TRAINED], y[:TRAINED], **fit)
    onnx = convert_lightgbm(model, initial_types=[("input", BoosterFloat([None, len(COLUMNS)]))], zipmap=False)
    keep(name, onnx, model.predict_proba(mixed)[:, 1], *tree_shap(model, mixed), COLUMNS)
    if not fit:  # shap refuses or misreads categorical splits here
        interventional(name, model, mixed)


def xgboost(name, **parameters):
    model = xgb.XGBClassifier(n_estimators=30, max_depth=4, n_jobs=1, **parameters).fit(mixed[:TRAINED], y[:TRAINED])
    values = model.get_booster().predict(xgb.DMatrix(mixed[:EXPLAINED]), pred_contribs=True)
    onnx = convert_xgboost(model, initial_types=[("input", BoosterFloat([None, len(COLUMNS)]))])
    keep(name, onnx, model.predict_proba(mixed)[:, 1], values[:, :-1], float(values[0, -1]), COLUMNS)
    interventional(name, model, mixed)


def catboost(name):
    model = cb.CatBoostClassifier(iterations=40, depth=4, verbose=0, thread_count=1, allow_writing_files=False)
    model.fit(mixed[:TRAINED], y[:TRAINED])
    path = OUT / f"{name}.onnx"
    model.save_model(str(path), format="onnx")
    values = model.get_feature_importance(cb.Pool(mixed[:EXPLAINED]), type="ShapValues", shap_calc_type="Regular")
    keep(name, path.read_bytes(), model.predict_proba(mixed)[:, 1], values[:, :-1], float(values[0, -1]), COLUMNS)


def sklearn_trees(name, model, x, explain=True):
    model.fit(x[:TRAINED], y[:TRAINED])
    onnx = convert_sklearn(model, initial_types=[("X", FloatTensorType([None, x.shape[1]]))])
    keep(name, onnx, model.predict_proba(x)[:, 1], *(tree_shap(model, x) if explain else (None, None)), COLUMNS)
    interventional(name, model, x)


def grouped(values, names):
    """Columns made from one input, added up: `c__housing_rent` belongs to `housing`."""
    owner = [next(c for c in sorted(COLUMNS, key=len, reverse=True) if n.split("__")[-1].startswith(c)) for n in names]
    return np.column_stack([values[:, [o == c for o in owner]].sum(axis=1) for c in COLUMNS])


def linear(name, *steps):
    model = make_pipeline(SimpleImputer(strategy="median"), *steps, LogisticRegression(max_iter=5000, C=0.1))
    model.fit(numbers[:TRAINED], y[:TRAINED])
    onnx = convert_sklearn(model, initial_types=[("X", FloatTensorType([None, len(NUMBERS)]))])
    # All these steps after the imputer are affine: the slope of the margin is the weight of the input.
    filled = model[0].transform(numbers).astype(float)
    margin = lambda rows: model[1:].decision_function(rows)
    origin = margin(np.zeros((1, len(NUMBERS))))[0]
    weights = np.array([margin(np.eye(len(NUMBERS))[[j]] * 100)[0] - origin for j in range(len(NUMBERS))]) / 100
    mean = filled[:TRAINED].mean(axis=0)
    keep(name, onnx, model.predict_proba(numbers)[:, 1], (filled - mean) * weights, origin + mean @ weights, NUMBERS)


def columns(name, encoder, model, explain):
    transform = ColumnTransformer([("n", make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS), ("c", encoder, CATEGORIES)])
    pipeline = Pipeline([("columns", transform), ("model", model)]).fit(frame[:TRAINED], y[:TRAINED])
    types = [(c, FloatTensorType([None, 1])) for c in NUMBERS] + [(c, StringTensorType([None, 1])) for c in CATEGORIES]
    onnx = convert_sklearn(pipeline, initial_types=types)
    x = np.asarray(transform.transform(frame), dtype=float)
    if explain is not linear_shap:
        x[:, : len(NUMBERS)] = scaled_as_exported(transform.named_transformers_["n"])
    names = transform.get_feature_names_out()
    values, base = (None, None) if explain is None else explain(model, x)
    contributions = None if values is None else grouped(values, names)
    keep(name, onnx, model.predict_proba(x)[:, 1], contributions, base, COLUMNS)


def scaled_as_exported(steps):
    """The graph's Imputer and Scaler compute in float32: rows that lie on a threshold in double (many do,
    the numbers are whole) fall on its other side there. It is the graph that is scored."""
    imputer, scaler = steps[0], steps[1]
    filled = np.where(np.isnan(numbers), imputer.statistics_.astype(np.float32), numbers)
    return (filled - scaler.mean_.astype(np.float32)) * (1 / scaler.scale_).astype(np.float32)


def linear_shap(model, x):
    mean = x[:TRAINED].mean(axis=0)
    return (x - mean) * model.coef_[0], float(model.intercept_[0] + mean @ model.coef_[0])


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    data = frame.copy()
    data.insert(0, "id", table["client_id"])
    for c, column in zip(CATEGORIES, codes.T):
        data[f"{c}_code"] = column.astype(int)
    data["y"] = y
    data.to_csv(OUT / "data.csv", index=False)

    lightgbm("lightgbm")
    lightgbm("lightgbm-categories", categorical=[7, 8, 9])
    lightgbm("lightgbm-dart", boosting_type="dart")
    xgboost("xgboost")
    xgboost("xgboost-base-score", base_score=0.3)
    catboost("catboost")
    sklearn_trees("gradient-boosting", GradientBoostingClassifier(n_estimators=30, max_depth=3, random_state=0), whole)
    sklearn_trees("hist-gradient-boosting", HistGradientBoostingClassifier(max_iter=30, early_stopping=False), mixed, explain=False)
    sklearn_trees("random-forest", RandomForestClassifier(n_estimators=20, max_depth=6, random_state=0), whole, explain=False)
    sklearn_trees("random-forest-all-rows", RandomForestClassifier(n_estimators=20, max_depth=6, bootstrap=False, random_state=0), whole)
    sklearn_trees("extra-trees", ExtraTreesClassifier(n_estimators=20, max_depth=6, random_state=0), whole)
    sklearn_trees("decision-tree", DecisionTreeClassifier(max_depth=5, random_state=0), whole)
    linear("logistic")
    linear("logistic-standard", StandardScaler())
    linear("logistic-minmax", MinMaxScaler())
    linear("logistic-robust", RobustScaler())
    linear("logistic-maxabs", MaxAbsScaler())
    linear("logistic-best", SelectKBest(k=4))
    linear("logistic-pca", StandardScaler(), PCA(5))
    columns("onehot-logistic", OneHotEncoder(handle_unknown="ignore", sparse_output=False), LogisticRegression(max_iter=3000), linear_shap)
    columns("onehot-boosting", OneHotEncoder(handle_unknown="ignore", sparse_output=False), GradientBoostingClassifier(n_estimators=30, random_state=0), tree_shap)
    columns("ordinal-forest", OrdinalEncoder(), RandomForestClassifier(n_estimators=20, max_depth=5, random_state=0), None)
    expected.to_csv(OUT / "expected.csv", index=False, float_format="%.12g")
