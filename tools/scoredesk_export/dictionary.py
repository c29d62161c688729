"""What is known of the columns, for people to fill in."""

import csv
import io
import json
import re

import numpy as np

from .common import Stop, first_line, text_of
from .predictors import final_of

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
    numbers = values.to_numpy()
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return {**entry, "type": "number"}
    if np.isin(finite, (0, 1)).all():
        return {**entry, "type": "flag"}
    whole = bool((np.floor(finite) == finite).all())
    ends = finite.min(), finite.max()
    return {**entry, "type": "integer" if whole else "number", "range": [int(v) if whole else float(v) for v in ends]}


def algorithm(made, model):
    english, french = FAMILIES.get(type(final_of(model)).__name__, ("LightGBM",) * 2 if type(model).__name__ == "Booster" else (type(final_of(model)).__name__,) * 2)
    trees = [len(a.ints) for n in made.graph.node if n.op_type == "TreeEnsemble" for a in n.attribute if a.name == "tree_roots"]
    count = trees[0] if len(trees) == 1 else 1
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
