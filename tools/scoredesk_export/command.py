"""The command: reads, exports, compares, writes."""

import argparse
import importlib
import io
import json
import math
import os
import shlex
import sys
from pathlib import Path

import numpy as np

from . import __doc__ as USAGE
from .common import Stop, few, first_line, say, text_of
from .columns import (choose_features, default_index, drop_index, is_text, library_predictions, matched, model_names, nearest,
                      plan_columns, with_id)
from .dictionary import algorithm, described, dictionary_csv, merged, read_dictionary
from .exporting import compare, exported
from .reading import load_model, read_table
from .training import facts, outcomes_of, refuse_other_kind, refuse_other_predictions

FEW = 200  # rows of a training below which its ranges say little
PACK_COMPARES = 50  # clients, spread evenly, that `scoredesk pack` looks up in predictions.csv


def as_written(series, levels):
    """A column as the bundle takes it: levels as their texts, booleans as 0 and 1, dates as ISO text."""
    import pandas as pd
    kind = series.cat.categories.dtype if hasattr(series, "cat") else series.dtype
    if levels is not None:
        places, values = pd.factorize(series)
        texts = np.array([*(text_of(v) for v in values.tolist()), None], dtype=object)
        return pd.Series(texts[places], index=series.index, dtype=object)
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
    parquet.write_table(pyarrow.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None), out, compression="snappy")
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


def target_value(column, default):
    """The class that means default, where the outcomes are written as the model's classes; "" for 0 and 1."""
    found = {text_of(v) for v in column.dropna().unique().tolist()}
    return text_of(default) if text_of(default) in found and not found <= {"0", "1"} else ""


def target_argument(target, value, column, default):
    """--target for pack: with the value that means default unless it is 0 and 1."""
    found = {text_of(v) for v in column.dropna().unique().tolist()}
    value = value or target_value(column, default)
    if not value and not found <= {"0", "1"}:
        say(f"Note: say which value of {target} means default: --target {target}=VALUE")
    return f"{target}={value}" if value else target


def trained_on(options, loaded, plan, table, p, target, value, index):
    """Facts of the rows that trained the model: those of --training, else of the table."""
    if options.training:
        table = read_table(options.training)
        lacking = [c for c in plan.features if c not in table.columns]
        if lacking:
            raise Stop(f"{options.training.name} has no column {lacking[0]}{nearest(lacking[0], table.columns)}")
        refuse_other_kind(plan, table, options.training.name)
        try:
            p = library_predictions(loaded, plan, table, index)
        except Stop as stop:
            raise Stop(f"{options.training.name}: {stop}") from stop
        if len(table) < FEW:
            say(f"Note: {options.training.name} has {len(table)} rows: what it says of ranges and levels is little")
    else:
        say("Note: without --training, the rows that trained the model, what it was trained on is taken from the table")
    if target and target not in table.columns:
        say(f"Note: {options.training.name} has no column {target}: the rate of default and the AUC of the training stay unknown")
        target = ""
    default = loaded.classes[index]
    outcomes = outcomes_of(table[target], value or target_value(table[target], default)) if target else None
    return facts(plan, table, p, outcomes)


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
    table = drop_index(read_table(options.table), loaded, options.id)
    target, _, value = (options.target or "").partition("=")
    if target and target not in table.columns:
        raise Stop(f"the table has no column {target}{nearest(target, table.columns)}")
    asked = read_features(options.features) if options.features else None
    if value and value not in {text_of(v) for v in table[target].dropna().unique().tolist()}:
        raise Stop(f"the outcome {target} never holds {value}: it holds {few(sorted({text_of(v) for v in table[target].dropna().unique().tolist()}))}")
    known = matched(model_names(loaded)[0] or [], table.columns) or []
    table, identity = with_id(table, options.id, known)
    if table[identity].dtype.kind == "f" and (table[identity] % 1 == 0).all():
        table[identity] = table[identity].astype("int64")
    features, names = choose_features(loaded, table, asked, {identity, target})
    plan = plan_columns(loaded, table, features, names, old)
    index = default_index(loaded.classes, options.default_class)
    p = library_predictions(loaded, plan, table, index)
    if options.predictions:
        refuse_other_predictions(read_table(options.predictions), options.predictions.name, identity, table[identity], p)
    else:
        say("Note: without --predictions, scores of this model that you stored, nothing shows that the table holds what the model was trained on: "
            "a renamed level or another unit in it gives wrong scores here and there alike")

    made = exported(loaded, plan, index, trained_on(options, loaded, plan, table, p, target, value, index))
    if identity in plan.features:
        say(f"Note: the id {identity} is also a column of the model")
    roles = {**{c: "extra" for c in table.columns}, **{f: "feature" for f in features}, **({target: "target"} if target else {}), identity: "id"}
    order = [identity, *([target] if target else []), *(f for f in features if f != identity), *(c for c in table if roles[c] == "extra")]
    levels = {**plan.coded, **plan.levels}
    written = type(table)({c: as_written(table[c], levels.get(c)) for c in order})
    template = {"decision": {"threshold": 0.5}, "model": {"algorithm": algorithm(made, loaded.model), "output": {"index": 1}},
                "columns": [described(c, roles[c], written[c], levels.get(c)) for c in order]}
    dictionary = merged(template, old)
    compare(made, loaded, plan, table, p, written[identity])

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
    parser = argparse.ArgumentParser(description=USAGE, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="the trained model (unpickling runs code: your own files only)")
    parser.add_argument("--table", type=Path, required=True, help="the clients to score, as the model was trained on them")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write")
    parser.add_argument("--id", help="the column that names a client")
    parser.add_argument("--target", help="the outcome, COLUMN or COLUMN=VALUE that means default")
    parser.add_argument("--training", type=Path, help="the rows that trained the model, where the table is another")
    parser.add_argument("--predictions", type=Path, help="scores that you stored when the model was in use: the id and `probability`")
    parser.add_argument("--features", help="the model's columns in its order, where it does not know them: a,b,c or a file")
    parser.add_argument("--class", dest="default_class", help="the class that means default")
    parser.add_argument("--dictionary", type=Path, help="an earlier dictionary.json or .csv whose texts to keep")
    parser.add_argument("--rows", type=count, help="rows of predictions.csv (all)")
    return parser.parse_args(arguments)


def main():
    try:
        export(parse(sys.argv[1:]))
    except Stop as stop:
        say(str(stop))
        sys.exit(1)
