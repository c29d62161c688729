"""Models and tables as people have them."""

import importlib
import io
import json
import re
import warnings
import zipfile
from collections import namedtuple

from .common import Stop, few, first_line, need, say

# model: the library's object; library: its name; classes: both, in the order of the probabilities
Loaded = namedtuple("Loaded", "model library classes")


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
        model = classifier_of(model, path.suffix.lower() in (".json", ".ubj"))
    try:
        objective = objective_of(model, library)
        classes = [0, 1] if type(model).__name__ == "Booster" else classes_of(model)
    except Stop:
        raise
    except Exception as error:
        raise Stop(f"{path}: the model seems not to be fitted: {first_line(error)}") from error
    if objective not in (None, "binary", "binary:logistic", "reg:logistic"):
        raise Stop(f"{path}: the model's objective is {objective}; a binary one that gives probabilities is wanted")
    if len(classes) != 2:
        raise Stop(f"{path}: the model has {len(classes)} classes ({few(classes)}), a scoring model has 2")
    return Loaded(model, library, classes)


def classes_of(model):
    """The classes of a classifier, or of the one inside it that says (optbinning's scorecard)."""
    inner = getattr(model, "estimator_", None)
    return list(model.classes_ if hasattr(model, "classes_") else inner.classes_)


def classifier_of(booster, native):
    """
    An XGBoost Booster as a classifier. A file in XGBoost's own format is taken for what XGBClassifier.load_model makes of it,
    which predicts with the trees up to its best iteration; a Booster in a pickle predicts with all of them.
    """
    copy = booster.copy()
    best, all_trees = booster.attr("best_iteration"), booster.num_boosted_rounds()
    if best is not None and int(best) + 1 < all_trees:
        say(f"Note: {int(best) + 1 if native else all_trees} of {all_trees} rounds count: "
            + ("up to the best one of early stopping, as XGBClassifier predicts" if native else "all, as Booster.predict does"))
    if not native:
        copy.set_attr(best_iteration=None, best_score=None)
    model = need("xgboost").XGBClassifier()
    model.load_model(bytearray(copy.save_raw("ubj")))
    return model


def objective_of(model, library):
    if library == "lightgbm":
        return (booster_of(model).dump_model(num_iteration=1).get("objective") or "a custom one").split()[0]
    if library == "xgboost":
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
