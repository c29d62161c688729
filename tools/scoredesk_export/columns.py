"""Which columns of a table the model takes, and what of them are codes."""

import difflib
import json
import math
import re
import unicodedata
import warnings
from collections import namedtuple

from .common import Stop, few, first_line, is_gap, kind_of, need, say, text_of
from .reading import booster_of

ID_NAMES = ["sk_id_curr", "client_id", "customer_id", "id_client", "id_customer", "clientid", "customerid",
            "application_id", "loan_id", "contract_id", "id"]
# What the two classes are called where anybody would know which is which; as in the bundle's reader.
DEFAULT = {*"1 true yes y oui bad default defaulted delinquent late mauvais defaut defaillant defaillance impaye retard".split(),
           "charged off", "charge-off", "en defaut", "non rembourse"}
REPAID = {*"0 -1 false no n non good paid repaid current ok bon paye rembourse solvable".split(),
          "fully paid", "no default", "non-default", "sans defaut", "en regle"}
# features: columns of the table in the model's order; names: what the model calls them (None: it has no names);
# levels: values of the columns whose codes the model knows; coded: texts that a dictionary gives codes to;
# pandas: columns with levels go to the library as pandas' categories
Plan = namedtuple("Plan", "features names levels coded pandas")


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
        process = binning_of(model)
        names = list(getattr(model, "feature_names_in_", [])) or (list(process.variable_names) if process is not None else [])
        return (names or None), getattr(model, "n_features_in_", len(names) or None)
    made_up = all(name in (f"Column_{i}", str(i)) for i, name in enumerate(names))
    return (None if made_up else list(names)), len(names)


def binning_of(model):
    """optbinning's process that a model, or the first step of one, begins with."""
    first = model.steps[0][1] if hasattr(model, "steps") else model
    if kind_of(first) == "BinningProcess":
        return first
    return (getattr(first, "binning_process_", None) or first.binning_process) if kind_of(first) == "Scorecard" else None


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


def is_index(name):
    return re.fullmatch(r"Unnamed: \d+|__index_level_\d+__", name) is not None


def drop_index(table, loaded, identity):
    """Without the index columns that a saved table grew: row numbers that neither the model nor the id is made of."""
    own = {*(model_names(loaded)[0] or []), identity}
    counted = lambda values: values.dtype.kind in "iu" and any((values.to_numpy() == range(start, start + len(values))).all() for start in (0, 1))
    grown = [c for c in table.columns if is_index(c) and c not in own and counted(table[c])]
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
    usual += [(0, False, c) for c in table.columns if is_index(c) and c not in features and unique(table[c])]
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
    for i in (1, 0):
        if plain_word(texts[i]) in DEFAULT and plain_word(texts[1 - i]) in REPAID:
            return i
    raise Stop(f"nothing says which of the model's classes means default: say --class {texts[1]} or --class {texts[0]}")


def plain_word(word):
    """Without case, accents and blanks around."""
    return "".join(c for c in unicodedata.normalize("NFD", word.strip()) if unicodedata.category(c) != "Mn").lower()


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


def encoder_levels(model, features, table):
    """{column: the values that the encoders of a pipeline know} of the text columns."""
    found = {}

    def walk(step, columns):
        """columns: the table's columns that a step gets, None where they were put together. Gives those that it gives."""
        kind = kind_of(step)
        if hasattr(step, "steps"):
            for _, inner in step.steps:
                columns = walk(inner, columns)
            return columns
        if kind == "ColumnTransformer":
            for name, inner, _ in step.transformers_:
                if not isinstance(inner, str):
                    walk(inner, [columns[p] for p in step._transformer_to_input_indices.get(name, ())])
            return []
        if kind == "FeatureUnion":
            for _, inner in step.transformer_list:
                walk(inner, columns)
            return []
        if kind == "SimpleImputer":
            return columns
        if kind in ("BinningProcess", "Scorecard"):
            process = binning_of(step)
            for column, name in zip(columns, process.variable_names):
                if column in texts:
                    groups = [*process.get_binned_variable(name).splits, getattr(process.get_binned_variable(name), "_cat_others", [])]
                    found[column] = sorted({v for group in groups for v in group if not is_gap(v)}, key=str)
            return []
        for column, values in zip(columns, getattr(step, "categories_", None) or []):
            if column in texts:
                known = found.setdefault(column, [])
                known += [v for v in values if not is_gap(v) and v not in known]
        for inner in [*getattr(step, "estimators_", []), *(c.estimator for c in getattr(step, "calibrated_classifiers_", []))]:
            if hasattr(inner, "steps"):
                walk(inner, columns)
        return []
    texts = {f for f in features if is_text(table[f])}
    walk(model, list(features))
    for column in texts - set(found):  # no encoder says: what the table has
        found[column] = sorted(table[column].dropna().unique().tolist(), key=str)
    return found


def histogram_levels(model, features):
    """{column: levels} of a HistGradientBoosting trained on pandas categories."""
    encoder = getattr(getattr(model, "_preprocessor", None), "named_transformers_", {}).get("encoder")
    if encoder is None:
        return {}
    categorical = [f for f, own in zip(features, model.is_categorical_) if own]
    return {f: [v for v in values if not is_gap(v)] for f, values in zip(categorical, encoder.categories_)}


def plan_columns(loaded, table, features, names, old):
    """Which columns the model takes as codes, and of which texts. Refuses text that nobody gave codes to."""
    model, library, _ = loaded
    levels, pandas = {}, False
    if library == "lightgbm":
        levels, pandas = lightgbm_levels(booster_of(model), table, features), True
    elif library == "xgboost":
        levels, pandas = xgboost_levels(model.get_booster(), table, features), True
    elif kind_of(model) == "HistGradientBoostingClassifier":
        levels = {f: v for f, v in histogram_levels(model, features).items() if is_text(table[f])}
        pandas = True
    said = {c["name"]: [v["value"] for v in c["levels"]] for c in old.get("columns", []) if c.get("levels")}
    texts = [f for f in features if is_text(table[f]) and f not in levels]
    if library == "catboost" and set(model.get_cat_feature_indices()) | set(model.get_text_feature_indices()):
        raise Stop("this CatBoost has categorical or text features: it splits on statistics of them, which no tree of ONNX holds; "
                   "train it on codes or one-hot columns, or with LightGBM, which takes categories as they are")
    takes_text = library == "sklearn" and any(takes_columns(part) for part in parts_of(model))
    if takes_text and texts:
        levels = {**levels, **encoder_levels(model, features, table)}
    coded = {} if takes_text else {f: said[f] for f in texts if f in said}
    if not takes_text and len(coded) < len(texts):
        column = next(f for f in texts if f not in coded)
        raise Stop(f"the model takes numbers and {column} holds text: give the table with the codes it was trained on, "
                   "or --dictionary with the levels in the order of their codes")
    return Plan(features, names, levels, coded, pandas)


def takes_columns(part):
    return hasattr(part, "steps") or kind_of(part) in ("ColumnTransformer", "OneHotEncoder", "OrdinalEncoder", "TargetEncoder", "BinningProcess",
                                                       "Scorecard")


def parts_of(model):
    """The model and all fitted steps and estimators in it."""
    inner = [step for _, step in getattr(model, "steps", [])]
    inner += [step for _, step, _ in getattr(model, "transformers_", [])]
    inner += [step for _, step in getattr(model, "transformer_list", [])]
    inner += list(getattr(model, "calibrated_classifiers_", []))
    if kind_of(model) in ("VotingClassifier", "StackingClassifier", "BaggingClassifier"):
        inner += [*model.estimators_, getattr(model, "final_estimator_", None)]
    if kind_of(model) == "_CalibratedClassifier":
        inner.append(getattr(model, "estimator", None) or model.base_estimator)
    return [model, *(part for step in inner if step is not None and not isinstance(step, str) for part in parts_of(step))]


def codes_of(series, levels):
    """Position of each value among the levels; -1 for missing and unknown ones."""
    import numpy as np
    import pandas as pd
    known = {text_of(level): i for i, level in enumerate(levels)}
    known.update((level, i) for i, level in enumerate(levels))
    places, values = pd.factorize(series)  # each value is looked up once; a missing one has no place
    found = np.array([known.get(v, known.get(text_of(v), -1)) for v in values.tolist()] + [-1])
    return found[places]


def for_library(plan, table):
    """The rows as the model saw them in training."""
    pd = need("pandas")
    frame = table[plan.features].copy()
    for column, levels in plan.levels.items() if plan.pandas else ():
        frame[column] = pd.Categorical.from_codes(codes_of(frame[column], levels), categories=levels)
    for column, levels in plan.coded.items():
        frame[column] = codes_of(frame[column], levels)
    if plan.names is None and not plan.levels and not any(is_text(frame[c]) for c in frame):
        return frame.to_numpy(dtype=float, na_value=math.nan)
    return frame.set_axis(plan.names or plan.features, axis=1)


def library_predictions(loaded, plan, table, index):
    """
    The library's P(default) of the rows, numbers in double as Scoredesk has them; says where float32 columns, which some
    pipelines compute in as they come, make another score.
    """
    single = [f for f in plan.features if str(table[f].dtype) in ("float32", "float16")]
    p = predict(loaded, for_library(plan, table.astype({f: "float64" for f in single})), index)
    if single:
        theirs = predict(loaded, for_library(plan, table), index)
        moved = abs(theirs - p)
        if (moved > 1e-5).any():
            say(f"Note: given as float32, {int((moved > 1e-5).sum())} rows score otherwise, by up to {moved.max():.2g}: scores are of the numbers in double")
    return p


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
