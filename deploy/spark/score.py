"""Scores of a bundle's model for rows of any number by Spark, and a bundle that shows them.

    spark-submit score.py --bundle BUNDLE --rows features.parquet --scores scores.parquet [--out NEW_BUNDLE] [--shard 250000]

BUNDLE is a folder with bundle.json that every worker reads (or `--files`); rows are Parquet
(of Spark, DuckDB or pandas; Spark does not know the encoding of a bundle's own files) or CSV. SCORES: id, probability and decision. NEW_BUNDLE: the same bundle
with these rows as its clients, in shards of so many rows that the app reads only as far as it shows them; every worker writes to it.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from features import read
from pyspark.sql import SparkSession, functions as F

ROW_GROUP = 10_000
EXPECTED = 50
SCHEMA = "id string, probability double, decision string"


def declared(manifest):
    return {column["name"]: column for column in manifest["columns"]}


def levels_of(column):
    return [str(level["value"]) for level in column.get("levels", [])]


def codes(values, column):
    """Codes of a category's levels; -1 of a gap, and of a level that nobody knows."""
    texts = values.cast(pa.string())
    found = pa.compute.index_in(texts, pa.array(levels_of(column), pa.string()))
    return found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)


def numbers(values):
    return values.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)


def fed(table, name, column, encode):
    """A column as its input takes it: [rows]."""
    values = table.column(name).combine_chunks()
    if encode == "number":
        return numbers(values)
    own = codes(values, column)
    if encode == "code":
        return own.astype(np.float64)
    levels = levels_of(column)
    if encode == "level":
        return np.where(own < 0, np.nan, np.array([*map(float, levels), np.nan])[own])
    return np.array([*levels, ""], dtype=object)[own]


def feeds_of(session, manifest, table):
    types = {one.name: one.type for one in session.get_inputs()}
    kinds = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64, "tensor(string)": object}
    columns = declared(manifest)
    feeds = {}
    for one in manifest["model"]["inputs"]:
        own = [fed(table, name, columns[name], one["encode"]) for name in one["columns"]]
        feeds[one["name"]] = np.column_stack(own).astype(kinds[types[one["name"]]])
    return feeds


def probabilities(session, manifest, table):
    """P(default), float64 [rows], as the manifest says where it stands in the output."""
    output = manifest["model"]["output"]
    found = session.run([output["name"]], feeds_of(session, manifest, table))[0]
    two = found.ndim == 2 and found.shape[1] == 2
    index = output.get("index", 1)
    p = found[:, index] if two else found.reshape(-1)
    flip = (output.get("of") == "repaid") != (not two and index == 0)
    return (1 - p if flip else p).astype(np.float64)


def decisions(p, rule):
    refused, review = p >= rule["threshold"], p >= rule.get("reviewFrom", rule["threshold"])
    return np.where(np.isnan(p), "unscored", np.where(refused, "refused", np.where(review, "review", "accepted")))


def session_of(bundle, manifest):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(Path(bundle) / manifest["model"]["file"]), options, providers=["CPUExecutionProvider"])


def scorer(bundle, manifest, key):
    def score(batches):
        session = session_of(bundle, manifest)
        for batch in batches:
            table = pa.Table.from_batches([batch])
            p = probabilities(session, manifest, table)
            ids = table.column(key).cast(pa.string()).combine_chunks()
            yield pa.RecordBatch.from_arrays([ids, pa.array(p), pa.array(decisions(p, manifest["decision"]), pa.string())], ["id", "probability", "decision"])

    return score


def stored(table, manifest, key):
    """Rows as a bundle keeps them: ids as texts, categories as codes, numbers with NaN for a gap."""
    names, arrays = [], []
    for name, column in declared(manifest).items():
        # Outcomes are no part of a client's file.
        if name not in table.column_names or column.get("role") == "target":
            continue
        values = table.column(name).combine_chunks()
        names.append(name)
        if name == key:
            arrays.append(values.cast(pa.string()))
        elif column.get("type") == "category":
            arrays.append(pa.array(codes(values, column)))
        elif column.get("type") in ("text", "date"):
            arrays.append(values.cast(pa.string()))
        else:
            arrays.append(pa.array(numbers(values)))
    return pa.table(arrays, names=names)


def sharder(out, manifest, key):
    def write(batches):
        from pyspark import TaskContext

        tables = [stored(pa.Table.from_batches([batch]), manifest, key) for batch in batches]
        if not tables:
            return
        path = Path(out) / f"clients-{TaskContext.get().partitionId():05d}.parquet"
        whole = pa.concat_tables(tables)
        pq.write_table(whole, path, row_group_size=ROW_GROUP, compression="gzip")
        content = path.read_bytes()
        yield pa.RecordBatch.from_pydict({"path": [path.name], "rows": [whole.num_rows], "bytes": [len(content)], "sha256": [hashlib.sha256(content).hexdigest()]})

    return write


def key_of(manifest):
    return manifest["data"]["clients"]["id"]


def write_bundle(bundle, out, manifest, rows, shard, scores):
    """The bundle with other clients: what it was made of is copied, its clients are written in shards."""
    out = Path(out)
    out.mkdir(parents=True)
    before = {file["path"] for file in manifest["data"]["clients"]["files"]}
    kept = [file for file in manifest["files"] if file["path"] not in before]
    for file in kept:
        (out / file["path"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(bundle) / file["path"], out / file["path"])
    key = key_of(manifest)
    shards = max(1, -(-rows.count() // shard))
    written = rows.repartitionByRange(shards, F.col(f"`{key}`")).sortWithinPartitions(F.col(f"`{key}`"))
    made = written.mapInArrow(sharder(str(out), manifest, key), "path string, rows long, bytes long, sha256 string").collect()
    made = sorted(({**one.asDict()} for one in made), key=lambda one: one["path"])
    some = scores.where(~F.isnan("probability")).orderBy("id").limit(EXPECTED).collect()
    new = {
        **manifest,
        "data": {**manifest["data"], "clients": {"files": [{"path": one["path"], "rows": one["rows"]} for one in made], "id": key}},
        "files": kept + [{name: one[name] for name in ("path", "bytes", "sha256")} for one in made],
        "expected": {**manifest["expected"], "from": "pack", "rows": [{"id": one["id"], "probability": one["probability"]} for one in some]},
    }
    new.pop("suggest", None)
    (out / "bundle.json").write_text(json.dumps(new, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("bundle", "rows", "scores"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--out")
    parser.add_argument("--shard", type=int, default=250_000)
    options = parser.parse_args()
    manifest = json.loads((Path(options.bundle) / "bundle.json").read_text(encoding="utf-8"))
    spark = SparkSession.builder.appName("scoredesk score").getOrCreate()
    rows = read(spark, options.rows)
    key = key_of(manifest)
    lacks = [name for name in [key, *(column for one in manifest["model"]["inputs"] for column in one["columns"])] if name not in rows.columns]
    if lacks:
        raise SystemExit(f"The rows lack {', '.join(lacks[:10])}{' …' if len(lacks) > 10 else ''}: {len(lacks)} of the columns that the model takes.")
    rows.mapInArrow(scorer(options.bundle, manifest, key), SCHEMA).write.mode("overwrite").parquet(options.scores)
    if options.out:
        write_bundle(options.bundle, options.out, manifest, rows, options.shard, spark.read.parquet(options.scores))
    spark.stop()


if __name__ == "__main__":
    main()
