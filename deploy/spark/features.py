"""The features of `scoredesk features`, by Spark: the same SQL files, the same values, on as many machines as there are.

    spark-submit features.py --sql sql/home-credit --input RAW --out features.parquet

RAW: a folder, a bucket or any other place that Spark reads: one CSV (with a header) or Parquet a table, found by its columns. SQL: a folder of
SQL files with their manifest.json. OUT: a folder of Parquet files, a row a client.
"""

import argparse
import json
from pathlib import Path

from pyspark.sql import SparkSession, functions as F

# Of a table's columns so many have to be in a file, at least: as src/features/recognise.ts.
LEAST_SHARE = 0.6
TABLE_ENDINGS = (".csv", ".csv.gz", ".parquet")


def tables_of(spark, folder):
    """Files and folders of tables below a place, by the file system that Spark knows."""
    path = spark._jvm.org.apache.hadoop.fs.Path(folder)
    system = path.getFileSystem(spark._jsc.hadoopConfiguration())
    return sorted(str(entry.getPath()) for entry in system.listStatus(path) if str(entry.getPath()).lower().endswith(TABLE_ENDINGS))


def read(spark, path, columns=None):
    """A table; of a CSV all columns are texts, and an empty field is missing."""
    if path.lower().endswith(".parquet"):
        return spark.read.parquet(path)
    return spark.read.option("header", True).option("escape", '"').option("nullValue", "").option("emptyValue", "").csv(path)


def recognise(manifest, found):
    """Which file is which table: {name: path}; the table that it has most in common with (Jaccard), if it has most of its columns."""
    tables = {}
    for path, columns in found.items():
        has = {name.lower() for name in columns}
        scored = []
        for name, wanted in manifest["tables"].items():
            there = sum(column.lower() in has for column in wanted)
            if there / len(wanted) >= LEAST_SHARE:
                scored.append((there / (len(wanted) + len(has) - there), name))
        if not scored:
            print(f"{path}: none of the tables")
            continue
        _, name = max(scored)
        if name in tables:
            raise SystemExit(f"{tables[name]} and {path} both have the columns of the table {name}: leave one of them.")
        tables[name] = path
    return tables


def view(spark, name, columns, table):
    """A view with the declared columns in their types; those that the table lacks, or of a table that is not there, are null."""
    own = {column.lower(): column for column in table.columns} if table is not None else {}
    if table is None:
        table = spark.range(0)
    selected = [
        (F.col(f"`{own[column.lower()]}`") if column.lower() in own else F.lit(None)).cast("string" if kind == "VARCHAR" else kind).alias(column)
        for column, kind in columns.items()
    ]
    table.select(*selected).createOrReplaceTempView(name)


def read_manifest(sql):
    """As src/features/manifest.ts: its tables may be another manifest's, and what they have besides."""
    own = json.loads((Path(sql) / "manifest.json").read_text(encoding="utf-8"))
    if "tablesOf" in own:
        theirs = json.loads((Path(sql) / own["tablesOf"]).read_text(encoding="utf-8"))["tables"]
        more = own.get("tables", {})
        own["tables"] = {**more, **{name: {**columns, **more.get(name, {})} for name, columns in theirs.items()}}
    return own


def features(spark, sql, folder):
    manifest = read_manifest(sql)
    frames = {path: read(spark, path) for path in tables_of(spark, folder)}
    tables = recognise(manifest, {path: frame.columns for path, frame in frames.items()})
    for name, columns in manifest["tables"].items():
        view(spark, name, columns, frames[tables[name]] if name in tables else None)
    made = None
    for family in manifest["families"]:
        lacks = [name for name in family.get("needs", []) if name not in tables]
        if lacks and made is None:
            raise SystemExit(f"No file is, by its columns, the table {lacks[0]} that the first SQL file needs.")
        if lacks:
            print(f"Without {lacks[0]} there are no columns of {family['name']}.sql.")
            continue
        text = (Path(sql) / f"{family['name']}.sql").read_text(encoding="utf-8").rstrip().rstrip(";")
        part = spark.sql(text)
        made = part if made is None else made.join(part, manifest["key"], "left")
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sql", required=True, nargs="+", help="folders of SQL files with their manifest.json")
    parser.add_argument("--input", required=True)
    parser.add_argument("--out", required=True, nargs="+", help="as many as --sql")
    options = parser.parse_args()
    if len(options.sql) != len(options.out):
        parser.error("--out names as many tables as --sql names folders")
    spark = SparkSession.builder.appName("scoredesk features").getOrCreate()
    for sql, out in zip(options.sql, options.out):
        features(spark, sql, options.input).write.mode("overwrite").parquet(out)
    spark.stop()


if __name__ == "__main__":
    main()
