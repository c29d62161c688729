"""Exports a trained credit model and its table for Scoredesk, from the Python that trained it.

    python scoredesk_export.py --model model.pkl --table clients.csv --id client_id --target default --out export/

Reads a pickle or joblib (LightGBM, XGBoost, CatBoost, scikit-learn and its pipelines), an MLflow model folder, a
LightGBM .txt, an XGBoost .json or .ubj, a CatBoost .cbm; and a table as .csv, .csv.gz, .zip, .parquet or a pickled
DataFrame. UNPICKLING RUNS CODE THAT IS IN THE FILE: give it your own files only. Writes into --out:

model.onnx         the model, with the library's own covers in `nodes_hitrates` where it has them
clients.parquet    (or .csv) id, target, features, other columns; categories as text, booleans as 0 and 1
predictions.csv    id, probability: the library's own P(default)
features.json      the model's columns in its order
dictionary.json    what is known of the columns; dictionary.csv says the same in one row a column: fill in either

and compares model.onnx with the library before it says which command makes the bundle.
Packages: pandas, and what the model needs (onnxmltools, skl2onnx, pyarrow, onnxruntime ...), named when missing.
"""

import argparse
import csv
import difflib
import importlib
import io
import json
import math
import os
import re
import shlex
import sys
import tempfile
import warnings
import zipfile
from collections import namedtuple
from pathlib import Path

TOLERANCE = 1e-5  # what Scoredesk allows between its scores and the library's
CHECKED_ROWS = 1000
PACK_COMPARES = 50  # clients, spread evenly, that `scoredesk pack` looks up in predictions.csv
ID_NAMES = ["sk_id_curr", "client_id", "customer_id", "id_client", "id_customer", "clientid", "customerid",
            "application_id", "loan_id", "contract_id", "id"]
FAMILIES = {  # class: its name in English and French
    "LGBMClassifier": ("LightGBM", "LightGBM"), "XGBClassifier": ("XGBoost", "XGBoost"),
    "XGBRFClassifier": ("XGBoost forest", "Forêt XGBoost"), "CatBoostClassifier": ("CatBoost", "CatBoost"),
    "CatBoost": ("CatBoost", "CatBoost"), "RandomForestClassifier": ("Random forest", "Forêt aléatoire"),
    "ExtraTreesClassifier": ("Extra trees", "Extra trees"), "DecisionTreeClassifier": ("Decision tree", "Arbre de décision"),
    "GradientBoostingClassifier": ("Gradient boosting", "Gradient boosting"),
    "HistGradientBoostingClassifier": ("Histogram gradient boosting", "Gradient boosting par histogrammes"),
    "LogisticRegression": ("Logistic regression", "Régression logistique"),
    "CalibratedClassifierCV": ("Calibrated classifier", "Modèle calibré")}
CSV_HEADER = ("name,role,type,label_en,label_fr,help_en,help_fr,unit,min,max,actionable,monotone,protected,group,source,"
              "up_en,up_fr,down_en,down_fr,levels,levels_en,levels_fr").split(",")

# model: the library's object; library: its name; classes: both, in the order of the probabilities
Loaded = namedtuple("Loaded", "model library classes")
# features: columns of the table in the model's order; names: what the model calls them (None: it has no names);
# levels: texts of the columns whose codes the model knows; coded: texts that a dictionary gives codes to
Plan = namedtuple("Plan", "features names levels coded")


class Stop(Exception):
    """An expected failure, told in one sentence."""


def need(module, package=None):
    """Imports what only some models need."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        missing = package or module.split(".")[0]
        raise Stop(f"this needs the package {missing}: pip install {missing} ({first_line(error)})") from error


def say(text):
    print(text, file=sys.stderr)


def first_line(error):
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def few(names):
    return ", ".join(map(str, list(names)[:8])) + (", …" if len(names) > 8 else "")


# ---- reading ----

def unpickle(path):
    """Whatever is in the pickle. Runs its code."""
    try:
        load = importlib.import_module("joblib").load
    except ImportError:
        load = lambda file: importlib.import_module("pickle").load(open(file, "rb"))
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            found = load(path)
    except ModuleNotFoundError as error:
        package = {"sklearn": "scikit-learn"}.get(error.name.split(".")[0], error.name.split(".")[0])
        raise Stop(f"{path} needs the package {package}: pip install {package}") from error
    except Exception as error:
        raise Stop(f"{path} can't be read as a pickle: {type(error).__name__}, {first_line(error)}") from error
    version = [w for w in told if "InconsistentVersion" in w.category.__name__]
    if version:
        say(f"Note: {first_line(version[0].message)}")
    return found


def read_native(path, library):
    """A model in its library's own format."""
    module = need(library)
    try:
        if library == "lightgbm":
            text = path.read_text(encoding="utf-8")
            if not text.startswith("tree"):  # LightGBM would print a fatal error of its own
                raise ValueError("it does not begin with the word tree")
            return module.Booster(model_str=text)
        if library == "xgboost":
            booster = module.Booster()
            booster.load_model(bytearray(path.read_bytes()))
            return booster
        return module.CatBoostClassifier().load_model(str(path))
    except Exception as error:
        raise Stop(f"{path} can't be read as a model of {library}: {first_line(error)}") from error


def mlflow_flavours(path):
    """`flavors` of an MLmodel file: {flavour: {key: value}}. Two levels of its YAML are all that is needed."""
    flavours, inside, current = {}, False, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        found = re.match(r"( *)([\w.-]+): *(.*)$", line)
        if not found:
            continue
        depth, key, value = len(found[1]), found[2], found[3].strip().strip("'\"")
        if depth == 0:
            inside = key == "flavors"
        elif inside and depth == 2:
            current = flavours.setdefault(key, {})
        elif inside and depth == 4:
            current[key] = value
    return flavours


def read_mlflow(folder):
    """The model of an MLflow folder, by mlflow when it is installed and willing, else by the file that MLmodel names."""
    flavours = mlflow_flavours(folder / "MLmodel")
    flavour = next((f for f in ("lightgbm", "xgboost", "catboost", "sklearn") if f in flavours), None)
    if not flavour:
        raise Stop(f"{folder}/MLmodel has no flavour that can be read: it has {few(flavours) or 'none'}")
    try:
        return importlib.import_module(f"mlflow.{flavour}").load_model(str(folder))
    except Exception:  # not installed, another version, or a folder made by hand
        path = folder / (flavours[flavour].get("data") or flavours[flavour].get("pickled_model") or "model.pkl")
        if not path.is_file():
            raise Stop(f"{folder}/MLmodel names {path.name}, which is not there") from None
        if path.suffix == ".skops":
            raise Stop(f"{folder} holds a skops file: pip install mlflow-skinny skops") from None
        return unpickle(path) if path.suffix == ".pkl" or flavour == "sklearn" else read_native(path, flavour)


def read_model(path):
    if path.is_dir():
        if (path / "MLmodel").is_file():
            return read_mlflow(path)
        raise Stop(f"{path} is a folder without an MLmodel file")
    if not path.is_file():
        raise Stop(f"there is no file {path}")
    native = {".txt": "lightgbm", ".json": "xgboost", ".ubj": "xgboost", ".cbm": "catboost"}.get(path.suffix.lower())
    if native:
        return read_native(path, native)
    if path.suffix.lower() in (".pkl", ".pickle", ".joblib", ".sav"):
        return unpickle(path)
    raise Stop(f"{path}: a model is .pkl, .pickle, .joblib, .txt, .json, .ubj, .cbm or an MLflow folder")


def is_model(thing):
    return hasattr(thing, "predict_proba") or type(thing).__name__ in ("Booster", "CatBoost") or hasattr(thing, "best_estimator_")


def unwrapped(thing, path):
    """The model inside a search, a tuned threshold, or a dict or list that holds one model among other things."""
    if isinstance(thing, (dict, list, tuple)):
        held = list(thing.values() if isinstance(thing, dict) else thing)
        models = [value for value in held if is_model(value)]
        if len(models) != 1:
            raise Stop(f"{path} holds a {type(thing).__name__} with {len(models)} models in it: save the one to export alone")
        return unwrapped(models[0], path)
    if hasattr(thing, "best_estimator_"):
        return unwrapped(thing.best_estimator_, path)
    if type(thing).__name__ in ("TunedThresholdClassifierCV", "FixedThresholdClassifier"):
        return unwrapped(thing.estimator_, path)
    if not is_model(thing):
        raise Stop(f"{path} holds a {type(thing).__module__}.{type(thing).__name__}: a classifier with predict_proba is wanted")
    return thing


def load_model(path):
    """The model with its library and its two classes."""
    model = unwrapped(read_model(path), path)
    root = type(model).__module__.split(".")[0]
    library = root if root in ("lightgbm", "xgboost", "catboost") else "sklearn"
    if library == "xgboost" and type(model).__name__ == "Booster":
        model = classifier_of(model)
    try:
        objective = objective_of(model, library)
        classes = [0, 1] if type(model).__name__ == "Booster" else list(model.classes_)
    except Stop:
        raise
    except Exception as error:
        raise Stop(f"{path}: the model seems not to be fitted: {first_line(error)}") from error
    if objective not in (None, "binary", "binary:logistic", "reg:logistic"):
        raise Stop(f"{path}: the model's objective is {objective}; a binary one that gives probabilities is wanted")
    if len(classes) != 2:
        raise Stop(f"{path}: the model has {len(classes)} classes ({few(classes)}), a scoring model has 2")
    return Loaded(model, library, classes)


def classifier_of(booster):
    """An XGBoost Booster as a classifier; it predicts with all its trees, as Booster.predict does."""
    copy = booster.copy()
    copy.set_attr(best_iteration=None, best_score=None)
    model = need("xgboost").XGBClassifier()
    model.load_model(bytearray(copy.save_raw("ubj")))
    return model


def objective_of(model, library):
    if library == "lightgbm":
        return (booster_of(model).dump_model(num_iteration=1).get("objective") or "a custom one").split()[0]
    if library == "xgboost":
        if not math.isnan(getattr(model, "missing", math.nan) or math.nan):
            raise Stop(f"the model reads {model.missing} as missing: ONNX knows NaN only")
        return json.loads(model.get_booster().save_config())["learner"]["objective"]["name"]
    return None


def booster_of(model):
    return model if type(model).__name__ == "Booster" else model.booster_


def read_table(path):
    """A data frame with texts as column names."""
    pd = need("pandas")
    if not path.is_file():
        raise Stop(f"there is no file {path}")
    kind = path.suffix.lower()
    try:
        if kind == ".parquet":
            need("pyarrow")
            table = pd.read_parquet(path)
        else:
            table = unpickle(path) if kind in (".pkl", ".pickle", ".joblib") else read_csv(pd, path)
    except Stop:
        raise
    except Exception as error:
        raise Stop(f"{path} can't be read as a table: {first_line(error)}") from error
    if not isinstance(table, pd.DataFrame):
        raise Stop(f"{path} holds a {type(table).__name__}: a DataFrame is wanted")
    table = table.set_axis([str(c) for c in table.columns], axis=1)
    if not table.columns.is_unique:
        raise Stop(f"{path}: the column {table.columns[table.columns.duplicated()][0]} is there twice")
    if len(table) == 0:
        raise Stop(f"{path} has no rows")
    for c in table.columns:
        if table[c].dtype == object and all(isinstance(v, (bool, int, float)) for v in table[c].dropna()):
            table[c] = table[c].astype(float)
    return table


def read_csv(pd, path):
    """A CSV, bare, gzipped or alone in a zip; the separator is the one that the first line has most of."""
    data = path.read_bytes()
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith(".csv") and not n.startswith("__MACOSX")]
            if len(names) != 1:
                raise Stop(f"{path} holds {len(names)} CSV files, one is wanted")
            data = archive.read(names[0])
    elif path.suffix.lower() == ".gz":
        data = importlib.import_module("gzip").decompress(data)
    head = data[: data.find(b"\n")]
    separator = max(",;\t", key=lambda mark: head.count(mark.encode()))
    try:
        return pd.read_csv(io.BytesIO(data), sep=separator, low_memory=False, encoding="utf-8-sig")
    except UnicodeDecodeError:
        say(f"Note: {path} is not UTF-8, it was read as Windows-1252")
        return pd.read_csv(io.BytesIO(data), sep=separator, low_memory=False, encoding="cp1252")


# ---- columns ----

def model_names(loaded):
    """(names or None, count) of the columns the model was trained on; made-up names such as Column_3 are none."""
    model, library, _ = loaded
    if library == "lightgbm":
        names = booster_of(model).feature_name()
    elif library == "xgboost":
        names = model.get_booster().feature_names or []
        return (list(names) or None), model.get_booster().num_features()
    elif library == "catboost":
        names = model.feature_names_
    else:
        names = list(getattr(model, "feature_names_in_", []))
        return (names or None), getattr(model, "n_features_in_", len(names) or None)
    made_up = all(name in (f"Column_{i}", str(i)) for i, name in enumerate(names))
    return (None if made_up else list(names)), len(names)


def nearest(name, names):
    plain = {re.sub(r"[\W_]+", "_", str(n).lower()): n for n in names}
    found = difflib.get_close_matches(re.sub(r"[\W_]+", "_", str(name).lower()), list(plain), 1, 0.5)
    return f"; the nearest is {plain[found[0]]}" if found else ""


def matched(names, columns):
    """The table's columns under the model's names, also where a library or its user replaced odd characters."""
    forms = [str, lambda n: re.sub(r"\W", "_", str(n)), lambda n: re.sub(r"[\W_]+", "_", str(n)), lambda n: re.sub(r"[\W_]+", "", str(n))]
    for form in forms:
        index = {}
        for column in columns:
            index.setdefault(form(column), []).append(column)
        found = [index.get(form(name), []) for name in names]
        if all(len(f) == 1 for f in found) and len({f[0] for f in found}) == len(names):
            return [f[0] for f in found]
    return None


def choose_features(loaded, table, asked, others):
    """Columns of the table in the model's order, and what the model calls them."""
    names, count = model_names(loaded)
    found = names and matched(names, table.columns)
    if found:
        if asked and list(asked) != found:
            say("Note: --features differs from the model's own columns; the model's own are used")
        return found, names
    missing = [n for n in asked or names or [] if n not in table.columns]
    if missing and (asked or names):
        whole = f"the model takes {count} columns, {len(missing)} of them" if not asked else f"{len(missing)} of the {len(asked)} --features"
        near = nearest(missing[0], table.columns)
        raise Stop(f"{whole} are not among the table's {len(table.columns)}: the first is {missing[0]}{near}")
    features = list(asked or [c for c in table.columns if c not in others])
    if count is not None and len(features) != count:
        raise Stop(f"the model takes {count} columns, {'--features names' if asked else 'the table has'} {len(features)}: {few(features)}")
    if not asked:
        say("Note: the model does not know its columns' names; the table's order is taken for the model's")
    return features, names


def drop_index(table, loaded):
    """Index columns that a saved table grew, unless the model was trained on them."""
    own = set(model_names(loaded)[0] or [])
    grown = [c for c in table.columns if re.fullmatch(r"Unnamed: \d+|__index_level_\d+__", c) and c not in own]
    if grown:
        say(f"Note: left out the index column {few(grown)}")
    return table.drop(columns=grown)


def with_id(table, asked, features):
    """The table with its id column, and the column's name."""
    if asked:
        if asked not in table.columns and asked == table.index.name:
            table = table.reset_index()
        if asked not in table.columns:
            raise Stop(f"the table has no column {asked}{nearest(asked, table.columns)}")
        if table[asked].isna().any():
            raise Stop(f"the id column {asked} is empty in row {int(table[asked].isna().to_numpy().argmax()) + 1}")
        if table[asked].duplicated().any():
            raise Stop(f"the id column {asked} holds {table[asked][table[asked].duplicated()].iloc[0]} twice")
        return table, asked
    unique = lambda values: values.is_unique and not values.isna().any()
    usual = sorted((ID_NAMES.index(c.lower()), c in features, c) for c in table.columns if c.lower() in ID_NAMES and unique(table[c]))
    if usual:
        say(f"Id: {usual[0][2]}")
        return table, usual[0][2]
    name = next(n for n in ("id", "row", "row_number", "scoredesk_row") if n not in table.columns and n not in features)
    own_index = table.index.name is not None or type(table.index).__name__ != "RangeIndex"
    if own_index and table.index.nlevels == 1 and unique(table.index):
        name = str(table.index.name) if table.index.name not in (None, *table.columns) else name
        say(f"Id: the table's index, as {name}")
        return table.assign(**{name: table.index.to_numpy()}), name
    name = "row" if "row" not in table.columns else name
    say(f"Id: no column looks like one, so the rows are numbered from 1, as {name}")
    return table.assign(**{name: range(1, len(table) + 1)}), name


def default_index(classes, asked):
    """Position of the class that means default."""
    texts = [text_of(c) for c in classes]
    if asked is not None:
        if asked not in texts:
            raise Stop(f"--class {asked} is no class of the model: they are {texts[0]} and {texts[1]}")
        return texts.index(asked)
    usual = [i for i, t in enumerate(texts) if t in ("1", "True")]
    if usual and texts[1 - usual[0]] in ("0", "-1", "False"):
        return usual[0]
    say(f"Default is taken to be the class {texts[1]}, not {texts[0]}: say --class {texts[0]} if it is the other")
    return 1


def text_of(value):
    """A level, id or class as text: whole numbers without a point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def is_text(series):
    from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype
    dtype = series.cat.categories.dtype if hasattr(series, "cat") else series.dtype
    return not (is_numeric_dtype(dtype) or is_bool_dtype(dtype) or is_datetime64_any_dtype(dtype))


def lightgbm_levels(booster, table, features):
    """{column: its levels in the order of the codes} of a LightGBM trained on pandas categories."""
    every = booster.pandas_categorical or []
    infos = list(booster.dump_model(num_iteration=1)["feature_infos"].items())
    known = {features[booster.feature_name().index(name)]: info["values"] for name, info in infos if info["values"]}
    choices = [[f for f in features if hasattr(table[f], "cat")], [f for f in features if is_text(table[f]) or f in known],
               [f for f in features if is_text(table[f])]]
    chosen = next((c for c in choices if len(c) == len(every)), None)
    if chosen is None:
        raise Stop(f"the model was trained on {len(every)} category columns, the table has {len(choices[1])}: {few(choices[1]) or 'none'}")
    return dict(zip(chosen, every))


def xgboost_levels(booster, table, features):
    """{column: levels} of an XGBoost trained on pandas categories: it keeps them since 3.1, before the table must."""
    learner = json.loads(booster.save_raw("json"))["learner"]
    kept = (learner["gradient_booster"].get("model", {}).get("cats") or {}).get("enc") or []
    levels = {}
    for i, kind in enumerate(learner.get("feature_types") or []):
        if kind != "c":
            continue
        stored = kept[i] if i < len(kept) else {}
        values, ends = stored.get("values") or [], stored.get("offsets") or []
        if ends:
            values = [bytes(v % 256 for v in values[a:b]).decode("utf-8") for a, b in zip(ends, ends[1:])]
        elif not values and hasattr(table[features[i]], "cat"):
            values = table[features[i]].cat.categories.tolist()
        if not values and is_text(table[features[i]]):
            raise Stop(f"this XGBoost kept no levels of {features[i]}: give the table as a pickled DataFrame with its category columns")
        if values:
            levels[features[i]] = values
    return levels


def plan_columns(loaded, table, features, names, old):
    """Which columns the model takes as codes, and of which texts. Refuses text that nobody gave codes to."""
    model, library, _ = loaded
    levels = {}
    if library == "lightgbm":
        levels = lightgbm_levels(booster_of(model), table, features)
    elif library == "xgboost":
        levels = xgboost_levels(model.get_booster(), table, features)
    said = {c["name"]: [v["value"] for v in c["levels"]] for c in old.get("columns", []) if c.get("levels")}
    texts = [f for f in features if is_text(table[f]) and f not in levels]
    takes_text = library == "sklearn" and any(hasattr(part, "steps") for part in parts_of(model))
    coded = {} if takes_text else {f: said[f] for f in texts if f in said}
    if library == "catboost" and (model.get_cat_feature_indices() or model.get_text_feature_indices()):
        raise Stop("CatBoost exports no model with categorical or text features to ONNX: train it on codes or one-hot columns")
    if library == "sklearn" and getattr(final_of(model), "is_categorical_", None) is not None:
        raise Stop("skl2onnx exports no categorical splits of HistGradientBoosting: encode the categories in a pipeline and train it without")
    if not takes_text and len(coded) < len(texts):
        column = next(f for f in texts if f not in coded)
        raise Stop(f"the model takes numbers and {column} holds text: give the table with the codes it was trained on, "
                   "or --dictionary with the levels in the order of their codes")
    return Plan(features, names, levels, coded)


def codes_of(series, levels):
    """Position of each value among the levels; -1 for missing and unknown ones."""
    known = {text_of(level): i for i, level in enumerate(levels)}
    known.update((level, i) for i, level in enumerate(levels))
    missing = series.isna().tolist()
    return [-1 if gone else known.get(v, known.get(text_of(v), -1)) for v, gone in zip(series.tolist(), missing)]


def for_library(plan, table):
    """The rows as the model saw them in training."""
    pd = need("pandas")
    frame = table[plan.features].copy()
    for column, levels in plan.levels.items():
        frame[column] = pd.Categorical.from_codes(codes_of(frame[column], levels), categories=levels)
    for column, levels in plan.coded.items():
        frame[column] = codes_of(frame[column], levels)
    if plan.names is None and not plan.levels and not any(is_text(frame[c]) for c in frame):
        return frame.to_numpy(dtype=float, na_value=math.nan)
    return frame.set_axis(plan.names or plan.features, axis=1)


def predict(loaded, rows, index):
    """The library's probability of the class at `index`."""
    model, library, _ = loaded
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if type(model).__name__ == "Booster":
                p = model.predict(rows)
                return p if index == 1 else 1 - p
            if library == "catboost":
                return model.predict(rows, prediction_type="Probability")[:, index]
            return model.predict_proba(rows)[:, index].astype(float)
    except Exception as error:
        raise Stop(f"the model can't score the table: {first_line(error)}") from error


# ---- ONNX ----

def parts_of(model):
    """The model and all estimators in it."""
    inner = model.get_params(deep=True).values() if hasattr(model, "get_params") and type(model).__name__ != "CatBoostClassifier" else []
    fitted = [step for _, step in getattr(model, "steps", [])]
    return [model, *fitted, *(v for v in inner if hasattr(v, "fit"))]


def final_of(model):
    return final_of(model.steps[-1][1]) if hasattr(model, "steps") else model


def to_onnx(loaded, plan, table):
    """The exporter's ONNX model: one tensor `input`, or one input a column where text goes in; no ZipMap."""
    model, library, _ = loaded
    onnx = need("onnx")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = {"lightgbm": lightgbm_onnx, "xgboost": xgboost_onnx, "catboost": catboost_onnx}.get(library, sklearn_onnx)(model, plan, table)
    except Stop:
        raise
    except Exception as error:
        if library == "xgboost" and "split_condition" in str(error):
            raise Stop("onnxmltools exports no splits of XGBoost on sets of categories: train it on codes or one-hot columns") from error
        raise Stop(f"the exporter to ONNX refuses this {type(final_of(model)).__name__}: {first_line(error)}") from error
    without_zipmap(onnx, made)
    made.graph.name = "model"  # exporters give random names, and domains in random order
    domains = sorted(made.opset_import, key=lambda opset: opset.domain)
    del made.opset_import[:]
    made.opset_import.extend(domains)
    return made


def booster_types(plan):
    types = need("onnxmltools.convert.common.data_types", "onnxmltools")
    return [("input", types.FloatTensorType([None, len(plan.features)]))]


def lightgbm_onnx(model, plan, _table):
    made = need("onnxmltools").convert_lightgbm(model, initial_types=booster_types(plan), zipmap=False)
    if "\naverage_output\n" in booster_of(model).model_to_string(num_iteration=1):
        average_leaves(made)
    return made


def average_leaves(made):
    """LightGBM's rf predicts the sigmoid of the trees' mean; its exporter writes the sigmoid of their sum, over their number.
    The mean goes into the leaves, and what follows the trees goes."""
    trees = next(node for node in made.graph.node if node.op_type == "TreeEnsembleClassifier")
    held = {a.name: a for a in trees.attribute}
    count = len(set(held["nodes_treeids"].ints))
    held["class_weights"].floats[:] = [weight / count for weight in held["class_weights"].floats]
    trees.output[:] = ["label", "probabilities"]
    kept = type(trees)()
    kept.CopyFrom(trees)
    del made.graph.node[:], made.graph.initializer[:]
    made.graph.node.append(kept)


def xgboost_onnx(model, plan, _table):
    model.get_booster().feature_names = None  # its exporter knows f0, f1 ... only
    return need("onnxmltools").convert_xgboost(model, initial_types=booster_types(plan))


def catboost_onnx(model, _plan, _table):
    """CatBoost's own export, with its input renamed and without the training log and dates it adds."""
    onnx = need("onnx")
    with tempfile.TemporaryDirectory() as folder:
        model.save_model(str(Path(folder) / "model.onnx"), format="onnx")
        made = onnx.load(str(Path(folder) / "model.onnx"))
    del made.metadata_props[:]
    before, made.graph.input[0].name = made.graph.input[0].name, "input"
    for node in made.graph.node:
        node.input[:] = ["input" if name == before else name for name in node.input]
    return made


def sklearn_onnx(model, plan, table):
    """skl2onnx, with onnxmltools for a LightGBM or XGBoost inside."""
    types = need("skl2onnx.common.data_types", "skl2onnx")
    opset = {"target_opset": {"": 15, "ai.onnx.ml": 3}} if [register(part) for part in parts_of(model) if is_booster(part)] else {}
    texts = [is_text(table[f]) and f not in plan.coded for f in plan.features]
    named = any(isinstance(c, str) for part in parts_of(model) for _, _, cols in getattr(part, "transformers_", []) for c in listed(cols))
    inputs = [("input", types.FloatTensorType([None, len(plan.features)]))]
    if any(texts) or named:
        kinds = [types.StringTensorType if text else types.FloatTensorType for text in texts]
        inputs = [(name, kind([None, 1])) for name, kind in zip(plan.names or plan.features, kinds)]
    return converted(model, inputs, opset)


def listed(columns):
    return [columns] if isinstance(columns, str) else list(columns) if hasattr(columns, "__iter__") else []


def is_booster(part):
    return type(part).__name__ in ("LGBMClassifier", "XGBClassifier")


def register(part):
    """Teaches skl2onnx a booster."""
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes as shapes
    name = "lightgbm.operator_converters.LightGbm" if type(part).__name__ == "LGBMClassifier" else "xgboost.operator_converters.XGBoost"
    module = need(f"onnxmltools.convert.{name}", "onnxmltools")
    convert = module.convert_lightgbm if type(part).__name__ == "LGBMClassifier" else module.convert_xgboost
    if type(part).__name__ == "XGBClassifier" and hasattr(part, "classes_"):
        part.get_booster().feature_names = None
    update_registered_converter(type(part), f"Scoredesk{type(part).__name__}", shapes, convert,
                                options={"nocl": [True, False], "zipmap": [True, False, "columns"]})
    return part


def converted(model, inputs, opset):
    """convert_sklearn; once more with plain attribute values where this onnx refuses skl2onnx's numpy ones."""
    skl2onnx = need("skl2onnx")
    try:
        return skl2onnx.convert_sklearn(model, initial_types=inputs, **opset)
    except (TypeError, ValueError) as error:
        container = need("skl2onnx.common._container", "skl2onnx")
        make_node = getattr(container, "make_node", None)
        if make_node is None:
            raise error
        container.make_node = lambda *a, **k: make_node(*a, **{name: plain(value) for name, value in k.items()})
        try:
            return skl2onnx.convert_sklearn(model, initial_types=inputs, **opset)
        finally:
            container.make_node = make_node


def plain(value):
    """Lists of Python's own numbers for numpy's."""
    value = value.tolist() if type(value).__module__ == "numpy" and hasattr(value, "tolist") else value
    if not isinstance(value, list):
        return value
    value = [v.item() if type(v).__module__ == "numpy" else v for v in value]
    return [int(v) if isinstance(v, bool) else v for v in value]


def without_zipmap(onnx, made):
    """Probabilities as a tensor."""
    graph = made.graph
    for zipmap in [node for node in graph.node if node.op_type == "ZipMap"]:
        inner, outer = zipmap.input[0], zipmap.output[0]
        graph.node.remove(zipmap)
        for node in graph.node:
            node.input[:] = [outer if name == inner else name for name in node.input]
            node.output[:] = [outer if name == inner else name for name in node.output]
        for output in graph.output:
            if output.name == outer:
                output.CopyFrom(onnx.helper.make_tensor_value_info(outer, onnx.TensorProto.FLOAT, [None, 2]))


# ---- covers: what the library says passed each node ----
# A tree is (look, root): look(key) tells of a node by its Leaf or Split.

Leaf = namedtuple("Leaf", "cover")
# at: the threshold, or the list of codes; yes, no: keys of the children; missing: 1 where a gap goes to yes, None as exported
Split = namedtuple("Split", "cover feature mode at yes no missing")


def lightgbm_trees(model):
    def look(node):
        if "split_feature" not in node:
            return Leaf(node.get("leaf_count", 0))
        codes = [float(code) for code in str(node["threshold"]).split("||")] if node["decision_type"] == "==" else None
        return Split(node["internal_count"], node["split_feature"], "BRANCH_EQ" if codes else "BRANCH_LEQ", codes or node["threshold"],
                     node["left_child"], node["right_child"], None)
    return [(look, tree["tree_structure"]) for tree in booster_of(model).dump_model()["tree_info"]]


def xgboost_trees(model):
    """Sums of hessians; the codes of a categorical split go right, which the export calls true."""
    def tree(t):
        codes = {node: t["categories"][start:start + size] for node, start, size
                 in zip(t["categories_nodes"], t["categories_segments"], t["categories_sizes"])}
        def look(i):
            cover, left, right = t["sum_hessian"][i], t["left_children"][i], t["right_children"][i]
            if left < 0:
                return Leaf(cover)
            if i in codes:
                return Split(cover, t["split_indices"][i], "BRANCH_EQ", codes[i], right, left, None)
            return Split(cover, t["split_indices"][i], "BRANCH_LT", t["split_conditions"][i], left, right, None)
        return look, 0
    raw = json.loads(model.get_booster().save_raw("json"))["learner"]["gradient_booster"]
    return [tree(t) for t in raw.get("gbtree", raw)["model"]["trees"]]


def catboost_trees(model):
    """Oblivious trees: the last split is the root, and a true answer to split k sets bit k of the leaf's number."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_model(str(Path(folder) / "model.json"), format="json")
        told = json.loads((Path(folder) / "model.json").read_text(encoding="utf-8"))
    flat = {f["feature_index"]: f["flat_feature_index"] for f in told["features_info"]["float_features"]}
    def tree(t):
        def look(key):
            depth, leaf = key
            cover = sum(t["leaf_weights"][leaf:leaf + (1 << depth)])
            if depth == 0:
                return Leaf(cover)
            split, bit = t["splits"][depth - 1], 1 << (depth - 1)
            return Split(cover, flat[split["float_feature_index"]], "BRANCH_GT", split["border"], (depth - 1, leaf | bit), (depth - 1, leaf), None)
        return look, (len(t.get("splits") or []), 0)
    return [tree(t) for t in told["oblivious_trees"]]


def sklearn_trees(trees):
    """Of tree_ objects: weighted counts, so a forest's bootstrap too; and where gaps go, which skl2onnx forgets."""
    def tree(t):
        fields = [a.tolist() for a in (t.weighted_n_node_samples, t.feature, t.threshold, t.children_left, t.children_right)]
        missing = [int(m) for m in t.missing_go_to_left] if hasattr(t, "missing_go_to_left") else [None] * len(fields[0])
        def look(i):
            cover, feature, threshold, yes, no = (field[i] for field in fields)
            return Leaf(cover) if yes < 0 else Split(cover, feature, "BRANCH_LEQ", threshold, yes, no, missing[i])
        return look, 0
    return [tree(t) for t in trees]


def histogram_trees(model):
    def tree(nodes):
        def look(i):
            names = ("count", "feature_idx", "num_threshold", "left", "right")
            cover, feature, threshold, yes, no = (nodes[i][name].item() for name in names)
            return Leaf(cover) if nodes[i]["is_leaf"] else Split(cover, feature, "BRANCH_LEQ", threshold, yes, no, None)
        return look, 0
    return [tree(predictors[0].nodes) for predictors in model._predictors]


def forest_trees(model):
    return sklearn_trees([tree.tree_ for tree in model.estimators_])


TREES = {
    "LGBMClassifier": lightgbm_trees, "Booster": lightgbm_trees, "XGBClassifier": xgboost_trees, "XGBRFClassifier": xgboost_trees,
    "CatBoostClassifier": catboost_trees, "CatBoost": catboost_trees, "HistGradientBoostingClassifier": histogram_trees,
    "RandomForestClassifier": forest_trees, "ExtraTreesClassifier": forest_trees,
    "GradientBoostingClassifier": lambda model: sklearn_trees([tree.tree_ for tree in model.estimators_[:, 0]]),
    "DecisionTreeClassifier": lambda model: sklearn_trees([model.tree_])}


class Nodes:
    """The nodes of a TreeEnsembleClassifier, to be walked beside the library's trees."""

    def __init__(self, onnx, node):
        held = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        get = lambda name: list(held.get("nodes_" + name, []))
        self.modes = [mode.decode() for mode in get("modes")]
        self.feature, self.value, self.yes, self.no = get("featureids"), get("values"), get("truenodeids"), get("falsenodeids")
        self.missing = get("missing_value_tracks_true") or [0] * len(self.modes)
        self.covers = [None] * len(self.modes)
        self.trees = {}
        for i, (tree, n) in enumerate(zip(get("treeids"), get("nodeids"))):
            self.trees.setdefault(tree, {})[n] = i

    def fill(self, trees):
        """Covers of all nodes. @raises Stop with the first thing that differs"""
        if not 0 < len(self.trees) <= len(trees):
            raise Stop(f"the file has {len(self.trees)} trees, the library {len(trees)}")
        for tree, (look, root) in zip(sorted(self.trees), trees):
            self.walk(tree, look, root)
        if None in self.covers:
            raise Stop("some nodes of the file are not the library's")

    def walk(self, tree, look, root):
        ids = self.trees[tree]
        children = {child for i in ids.values() if self.modes[i] != "LEAF" for child in (self.yes[i], self.no[i])}
        pending = [(root, ids[next(n for n in ids if n not in children)])]
        while pending:
            key, i = pending.pop()
            node = look(key)
            if isinstance(node, Leaf):
                if self.modes[i] != "LEAF":
                    raise Stop(f"a leaf of the library's tree {tree} is a branch in the file")
                self.covers[i] = float(node.cover)
                continue
            first = i
            codes = node.at if isinstance(node.at, list) else [node.at]
            for k, at in enumerate(codes):  # a set of codes is a chain of == nodes that share their true child
                i = ids[self.no[i]] if k else i
                self.check(tree, i, node, at, self.yes[first])
                self.covers[i] = float(node.cover)
                self.missing[i] = self.missing[i] if node.missing is None else node.missing
            pending += [(node.yes, ids[self.yes[i]]), (node.no, ids[self.no[i]])]

    def check(self, tree, i, node, at, yes):
        found = (self.modes[i], self.feature[i], self.yes[i])
        if found != (node.mode, node.feature, yes) or not math.isclose(self.value[i], at, rel_tol=1e-6, abs_tol=1e-30):
            raise Stop(f"a node of tree {tree} is {self.modes[i]} of column {self.feature[i]} at {self.value[i]:g} in the file, "
                       f"{node.mode} of {node.feature} at {at:g} in the library")


def fill_covers(made, model):
    """Writes the library's covers into the file's tree ensemble, or says why not."""
    onnx = need("onnx")
    ensembles = [node for node in made.graph.node if node.op_type.startswith("TreeEnsemble")]
    if not ensembles:
        return
    try:
        if len(ensembles) > 1 or ensembles[0].op_type != "TreeEnsembleClassifier":
            raise Stop(f"the file has {len(ensembles)} tree ensembles")
        nodes = Nodes(onnx, ensembles[0])
        kind = type(final_of(model)).__name__
        if kind not in TREES:
            raise Stop(f"a {kind} has none that can be read")
        nodes.fill(TREES[kind](final_of(model)))
    except (Stop, KeyError, IndexError, AttributeError, TypeError, ValueError) as error:
        say(f"Covers not exported: {first_line(error)}; they will be counted on the reference rows")
        return
    for name, values in (("nodes_hitrates", nodes.covers), ("nodes_missing_value_tracks_true", nodes.missing)):
        kept = [a for a in ensembles[0].attribute if a.name != name]
        del ensembles[0].attribute[:]
        ensembles[0].attribute.extend([*kept, onnx.helper.make_attribute(name, values)])
    say(f"Covers: the library's own, of {len(nodes.covers)} nodes")


def onnx_inputs(made, plan, rows):
    """The rows as Scoredesk feeds them: codes, -1 for missing and unknown levels; for missing text the category that
    scikit-learn's encoders have for it, "nan", else ""."""
    import numpy as np
    columns = []
    known = {text for node in made.graph.node for a in node.attribute if a.name in ("cats_strings", "keys_strings") for text in a.strings}
    absent = "nan" if b"nan" in known and b"" not in known else ""
    for column in plan.features:
        levels = plan.levels.get(column) or plan.coded.get(column)
        if levels:
            columns.append(np.array(codes_of(rows[column], levels), np.float32))
        elif is_text(rows[column]):
            columns.append(np.array([absent if gone else text_of(v) for v, gone in zip(rows[column], rows[column].isna())], object))
        else:
            columns.append(rows[column].to_numpy(dtype=np.float32, na_value=np.nan))
    if len(made.graph.input) == 1:
        return {made.graph.input[0].name: np.column_stack(columns)}
    return {given.name: column.reshape(-1, 1) for given, column in zip(made.graph.input, columns)}


def compare(made, model, plan, table, p, ids, index):
    """Says how far onnxruntime's probabilities of the first rows are from the library's."""
    try:
        runtime = importlib.import_module("onnxruntime")
    except ImportError:
        say("Not checked: onnxruntime is not installed (pip install onnxruntime)")
        return
    rows = table.head(CHECKED_ROWS)
    try:
        options = runtime.SessionOptions()
        options.log_severity_level = 4
        session = runtime.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
        found = session.run([made.graph.output[1].name], onnx_inputs(made, plan, rows))[0][:, index]
    except Exception as error:
        raise Stop(f"onnxruntime can't run the exported model: {first_line(error)}") from error
    off = abs(found.astype(float) - p[:len(rows)])
    worst = int(off.argmax())
    if (off > 100 * TOLERANCE).mean() > 0.5:
        raise Stop(f"the exporter can't express this {type(final_of(model)).__name__}: model.onnx differs from it by up to {off[worst]:.2g}, in most rows")
    say(f"Checked {len(rows)} rows: model.onnx differs from the library by at most {off[worst]:.1e}")
    many = int((off > TOLERANCE).sum())
    if many or off.min() != off.min():
        say(f"WARNING: {many} of these rows differ by more than {TOLERANCE:g}; the worst is {ids.iloc[worst]}: library {p[worst]:.9g}, "
            f"model.onnx {found[worst]:.9g}. `scoredesk pack --expected` will refuse it. "
            "Usual causes: a scaler before trees, whose float32 moves values that lie on a threshold (train without it, trees need none); "
            "gaps in XGBoost's own categories (train on codes).")


# ---- the dictionary ----

def human(name):
    """`AMT_CREDIT` and `amtCredit` as "Amt credit"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", str(name))
    words = re.sub(r"[\W_]+", " ", words).strip().lower()
    return (words[:1].upper() + words[1:]) or str(name)


def described(name, role, values, levels):
    """A column's entry: its type, levels or range as the data have them."""
    entry = {"name": name, "role": role, "label": {"en": human(name)}}
    if role in ("id", "target"):
        return entry
    if levels is None and values.dtype.kind not in "ifu":
        found = sorted(set(values.dropna()))
        levels = found if role == "feature" or len(found) <= 50 else None
        if levels is None:
            return {**entry, "type": "text"}
    if levels is not None:
        return {**entry, "type": "category", "levels": [{"value": text_of(level)} for level in levels]}
    finite = [v for v in set(values.tolist()) if math.isfinite(v)]
    if not finite:
        return {**entry, "type": "number"}
    if all(v in (0, 1) for v in finite):
        return {**entry, "type": "flag"}
    whole = all(float(v).is_integer() for v in finite)
    return {**entry, "type": "integer" if whole else "number", "range": [int(v) if whole else v for v in (min(finite), max(finite))]}


def algorithm(made, model):
    english, french = FAMILIES.get(type(final_of(model)).__name__, ("LightGBM",) * 2 if type(model).__name__ == "Booster" else (type(final_of(model)).__name__,) * 2)
    trees = [a.ints for n in made.graph.node if n.op_type == "TreeEnsembleClassifier" for a in n.attribute if a.name == "nodes_treeids"]
    count = len(set(trees[0])) if len(trees) == 1 else 1
    return {"en": f"{english}, {count} trees", "fr": f"{french}, {count} arbres"} if count > 1 else {"en": english, "fr": french}


def merged(template, old):
    """What people wrote in an earlier dictionary, over the template; roles of the model's own columns and the codes of levels stay new."""
    said = {column["name"]: column for column in old.get("columns", [])}
    columns = []
    for column in template["columns"]:
        was = {key: value for key, value in said.pop(column["name"], {}).items() if value not in (None, "", [], {})}
        if column["role"] != "extra" or was.get("role") in ("feature", "id", "target"):
            was.pop("role", None)
        written = {level["value"]: level for level in was.get("levels", [])}
        if "levels" in column:
            was.pop("type", None)
            was["levels"] = [{**level, **written.get(level["value"], {})} for level in column["levels"]]
        for key in ("label", "help", "unit", "reasons"):
            if isinstance(column.get(key), dict) and isinstance(was.get(key), dict):
                was[key] = {**column[key], **was[key]}
        columns.append({**column, **was})
    kept = [column for column in said.values() if column.get("derived")]
    rest = {key: value for key, value in old.items() if key not in ("columns", "model", "decision")}
    return {**rest, "decision": {**template["decision"], **old.get("decision", {})}, "model": template["model"], "columns": columns + kept}


def in_language(text, language):
    return text.get(language, "") if isinstance(text, dict) else (text or "") if language == "en" else ""


def joined(values):
    """Values in one cell, `|` between them; all empty is an empty cell."""
    return "|".join(re.sub(r"([\\|])", r"\\\1", v) for v in values) if any(values) else ""


def split_cell(cell):
    parts, letters = [""], iter(cell)
    for letter in letters:
        if letter == "|":
            parts.append("")
        else:
            parts[-1] += next(letters, "") if letter == "\\" else letter
    return parts if cell else []


def dictionary_csv(dictionary):
    """The columns of a dictionary as CSV, one a row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for c in dictionary["columns"]:
        reasons, levels = c.get("reasons", {}), c.get("levels", [])
        row = {key: c.get(key, "") for key in ("name", "role", "type", "actionable", "monotone", "group", "source")}
        row["unit"], row["protected"] = in_language(c.get("unit"), "en"), str(c["protected"]).lower() if "protected" in c else ""
        row["min"], row["max"] = c.get("range", ["", ""])
        for code in ("en", "fr"):
            row[f"label_{code}"], row[f"help_{code}"] = in_language(c.get("label"), code), in_language(c.get("help"), code)
            row[f"up_{code}"], row[f"down_{code}"] = in_language(reasons.get("up"), code), in_language(reasons.get("down"), code)
            row[f"levels_{code}"] = joined([in_language(level.get("label"), code) for level in levels])
        row["levels"] = joined([level["value"] for level in levels])
        writer.writerow([row[key] for key in CSV_HEADER])
    return out.getvalue()


def column_of_row(row):
    """A row of dictionary.csv as an entry of `columns`."""
    both = lambda key: {code: row[f"{key}_{code}"] for code in ("en", "fr") if row.get(f"{key}_{code}")}
    column = {key: row[key] for key in ("name", "role", "type", "unit", "actionable", "group", "source") if row.get(key)}
    column.update({key: both(key) for key in ("label", "help") if both(key)})
    if row.get("min") and row.get("max"):
        column["range"] = [json.loads(row["min"]), json.loads(row["max"])]
    if row.get("monotone"):
        column["monotone"] = int(row["monotone"])
    if row.get("protected"):
        column["protected"] = row["protected"].lower() in ("true", "1", "yes")
    reasons = {key: both(key) for key in ("up", "down") if both(key)}
    labels = {code: split_cell(row.get(f"levels_{code}", "")) for code in ("en", "fr")}
    levels = [{"value": value, "label": {c: texts[i] for c, texts in labels.items() if i < len(texts) and texts[i]}}
              for i, value in enumerate(split_cell(row.get("levels", "")))]
    return {**column, **({"reasons": reasons} if reasons else {}),
            **({"levels": [level if level["label"] else {"value": level["value"]} for level in levels]} if levels else {})}


def read_dictionary(path):
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() != ".csv":
            return json.loads(text)
        return {"columns": [column_of_row(row) for row in csv.DictReader(io.StringIO(text)) if row.get("name")]}
    except (OSError, ValueError, TypeError) as error:
        raise Stop(f"{path} can't be read as a dictionary: {first_line(error)}") from error


# ---- writing ----

def as_written(series, levels):
    """A column as the bundle takes it: levels as their texts, booleans as 0 and 1, dates as ISO text."""
    import pandas as pd
    kind = series.cat.categories.dtype if hasattr(series, "cat") else series.dtype
    if levels is not None:
        texts = [None if gone else text_of(v) for v, gone in zip(series.tolist(), series.isna().tolist())]
        return pd.Series(texts, index=series.index, dtype=object)
    if pd.api.types.is_datetime64_any_dtype(kind):
        return series.dt.strftime("%Y-%m-%d").astype(object)
    if is_text(series):
        return series.astype(object).where(series.notna(), None).map(text_of, na_action="ignore")
    if series.dtype in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "float32", "float64"):
        return series
    if pd.api.types.is_bool_dtype(kind) and series.notna().all():
        return series.astype("int8")
    return pd.Series(series.to_numpy(dtype=float, na_value=math.nan), index=series.index)


def table_bytes(frame):
    """(file name, bytes): Parquet when pyarrow is there."""
    out = io.BytesIO()
    try:
        pyarrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        return "clients.csv", frame.to_csv(index=False, lineterminator="\n").encode("utf-8")
    parquet.write_table(pyarrow.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None), out, compression="gzip")
    return "clients.parquet", out.getvalue()


def chosen_rows(total, asked):
    """Rows for predictions.csv, spread evenly; those that `scoredesk pack` looks up are always among them."""
    spread = lambda n: {int(k * (total - 1) / max(n - 1, 1) + 0.5) for k in range(min(n, total))}
    return sorted(spread(PACK_COMPARES) | spread(asked)) if asked and asked < total else list(range(total))


def write_files(folder, files):
    """All files under temporary names first, so that none is left half written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / f"{name}.tmp").write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        for name in files:
            os.replace(folder / f"{name}.tmp", folder / name)
    except OSError as error:
        raise Stop(f"{folder} can't be written: {first_line(error)}") from error


def target_argument(target, value, column, default):
    """--target for pack: with the value that means default unless it is 0 and 1."""
    found = {text_of(v) for v in column.dropna().unique().tolist()}
    value = value or (text_of(default) if text_of(default) in found and not found <= {"0", "1"} else "")
    if not value and not found <= {"0", "1"}:
        say(f"Note: say which value of {target} means default: --target {target}=VALUE")
    return f"{target}={value}" if value else target


def read_features(text):
    """Names with commas, or a file with a JSON list or a name a line."""
    if not Path(text).is_file():
        return [name.strip() for name in text.split(",")]
    try:
        content = Path(text).read_text(encoding="utf-8-sig").strip()
        return json.loads(content) if content.startswith("[") else [line.strip() for line in content.splitlines()]
    except ValueError as error:
        raise Stop(f"{text} can't be read as a list of columns: {first_line(error)}") from error


def export(options):
    old = read_dictionary(options.dictionary) if options.dictionary else {}
    loaded = load_model(options.model)
    table = drop_index(read_table(options.table), loaded)
    target, _, value = (options.target or "").partition("=")
    if target and target not in table.columns:
        raise Stop(f"the table has no column {target}{nearest(target, table.columns)}")
    asked = read_features(options.features) if options.features else None
    known = matched(model_names(loaded)[0] or [], table.columns) or []
    table, identity = with_id(table, options.id, known)
    if table[identity].dtype.kind == "f" and (table[identity] % 1 == 0).all():
        table[identity] = table[identity].astype("int64")
    features, names = choose_features(loaded, table, asked, {identity, target})
    plan = plan_columns(loaded, table, features, names, old)
    index = default_index(loaded.classes, options.default_class)
    p = predict(loaded, for_library(plan, table), index)

    made = to_onnx(loaded, plan, table)
    fill_covers(made, loaded.model)
    if identity in plan.features:
        say(f"Note: the id {identity} is also a column of the model")
    roles = {**{c: "extra" for c in table.columns}, **{f: "feature" for f in features}, **({target: "target"} if target else {}), identity: "id"}
    order = [identity, *([target] if target else []), *(f for f in features if f != identity), *(c for c in table if roles[c] == "extra")]
    levels = {**plan.coded, **plan.levels}
    written = type(table)({c: as_written(table[c], levels.get(c)) for c in order})
    template = {"decision": {"threshold": 0.5}, "model": {"algorithm": algorithm(made, loaded.model), "output": {"index": index}},
                "columns": [described(c, roles[c], written[c], levels.get(c)) for c in order]}
    dictionary = merged(template, old)
    compare(made, loaded.model, plan, table, p, written[identity], index)

    rows = chosen_rows(len(table), options.rows)
    predictions = type(table)({identity: written[identity].iloc[rows], "probability": p[rows]})
    clients, data = table_bytes(written)
    write_files(options.out, {
        "model.onnx": made.SerializeToString(), clients: data, "features.json": json.dumps(features, ensure_ascii=False, indent=1) + "\n",
        "predictions.csv": predictions.to_csv(index=False, lineterminator="\n"), "dictionary.csv": dictionary_csv(dictionary),
        "dictionary.json": json.dumps(dictionary, ensure_ascii=False, indent=1) + "\n"})
    at = lambda name: shlex.quote((options.out / name).resolve().as_posix())
    goal = f" --target {shlex.quote(target_argument(target, value, written[target], loaded.classes[index]))}" if target else ""
    say("Fill in dictionary.csv or dictionary.json, and name that one in the command; add --threshold, and --reference and --test if you have them:")
    print(f"npx scoredesk pack --model {at('model.onnx')} --clients {at(clients)} --id {shlex.quote(identity)}{goal} --features {at('features.json')} "
          f"--expected {at('predictions.csv')} --dictionary {at('dictionary.json')} --out my-bundle")


def count(text):
    if int(text) < 1:
        raise ValueError
    return int(text)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="the trained model (unpickling runs code: your own files only)")
    parser.add_argument("--table", type=Path, required=True, help="the clients to score, as the model was trained on them")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write")
    parser.add_argument("--id", help="the column that names a client")
    parser.add_argument("--target", help="the outcome, COLUMN or COLUMN=VALUE that means default")
    parser.add_argument("--features", help="the model's columns in its order, where it does not know them: a,b,c or a file")
    parser.add_argument("--class", dest="default_class", help="the class that means default")
    parser.add_argument("--dictionary", type=Path, help="an earlier dictionary.json or .csv whose texts to keep")
    parser.add_argument("--rows", type=count, help="rows of predictions.csv (all)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    try:
        export(parse(sys.argv[1:]))
    except Stop as stop:
        say(str(stop))
        sys.exit(1)
