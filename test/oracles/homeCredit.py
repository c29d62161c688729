"""A second computation of sql/home-credit's features, by pandas as the public kernel has it, and a report column by column.

    pip install -r requirements.txt && python homeCredit.py            makes home-credit/, small tables, and their features
    python homeCredit.py --input DIR --features FILE                   compares FILE with what pandas makes of DIR's tables
"""

import argparse
import json
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
FOLDER = HERE / "home-credit"
EXPECTED = HERE / "home-credit-features.csv"
NUMBERS = {
    "BURO": {
        "DAYS_CREDIT": "min max mean var", "DAYS_CREDIT_ENDDATE": "min max mean", "DAYS_CREDIT_UPDATE": "mean", "CREDIT_DAY_OVERDUE": "max mean",
        "AMT_CREDIT_MAX_OVERDUE": "mean", "AMT_CREDIT_SUM": "max mean sum", "AMT_CREDIT_SUM_DEBT": "max mean sum", "AMT_CREDIT_SUM_OVERDUE": "mean",
        "AMT_CREDIT_SUM_LIMIT": "mean sum", "AMT_ANNUITY": "max mean", "CNT_CREDIT_PROLONG": "sum", "MONTHS_BALANCE_MIN": "min",
        "MONTHS_BALANCE_MAX": "max", "MONTHS_BALANCE_SIZE": "mean sum",
    },
    "PREV": {
        **{name: "min max mean" for name in ("AMT_ANNUITY", "AMT_APPLICATION", "AMT_CREDIT", "AMT_DOWN_PAYMENT", "AMT_GOODS_PRICE", "HOUR_APPR_PROCESS_START", "RATE_DOWN_PAYMENT", "DAYS_DECISION")},
        "APP_CREDIT_PERC": "min max mean var", "CNT_PAYMENT": "mean sum",
    },
    "POS": {"MONTHS_BALANCE": "max mean size", "SK_DPD": "max mean", "SK_DPD_DEF": "max mean"},
    "INSTAL": {
        "NUM_INSTALMENT_VERSION": "nunique", "DPD": "max mean sum", "DBD": "max mean sum", "PAYMENT_PERC": "max mean sum var", "PAYMENT_DIFF": "max mean sum var",
        "AMT_INSTALMENT": "max mean sum", "AMT_PAYMENT": "min max mean sum", "DAYS_ENTRY_PAYMENT": "max mean sum",
    },
}


def plain(name):
    """Names that any tool takes."""
    return re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9_]", "_", name)).strip("_")


def dummies(table, gaps):
    texts = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    made = pd.get_dummies(table, columns=texts, dummy_na=gaps, dtype=float)
    return made, [name for name in made.columns if name not in table.columns]


def by_client(table, prefix, numbers, flags=()):
    wanted = {name: how.split() for name, how in numbers.items()} | {name: ["mean"] for name in flags}
    made = table.groupby("SK_ID_CURR").agg(wanted)
    made.columns = [f"{prefix}_{name}_{how.upper()}" for name, how in made.columns]
    return made


def application(tables):
    stacked = pd.concat([tables["application_train"].assign(part=1), tables["application_test"].assign(part=2)], ignore_index=True)
    stacked["index"] = stacked.groupby("part")["SK_ID_CURR"].rank().astype(int) - 1
    stacked = stacked[stacked["CODE_GENDER"] != "XNA"].drop(columns="part")
    for name, codes in (("CODE_GENDER", {"M": 0, "F": 1}), ("FLAG_OWN_CAR", {"N": 0, "Y": 1}), ("FLAG_OWN_REALTY", {"Y": 0, "N": 1})):
        stacked[name] = stacked[name].map(codes)
    stacked, _ = dummies(stacked, False)
    stacked["DAYS_EMPLOYED"] = stacked["DAYS_EMPLOYED"].replace(365243, np.nan)
    for name, (top, bottom) in {
        "DAYS_EMPLOYED_PERC": ("DAYS_EMPLOYED", "DAYS_BIRTH"), "INCOME_CREDIT_PERC": ("AMT_INCOME_TOTAL", "AMT_CREDIT"), "INCOME_PER_PERSON": ("AMT_INCOME_TOTAL", "CNT_FAM_MEMBERS"),
        "ANNUITY_INCOME_PERC": ("AMT_ANNUITY", "AMT_INCOME_TOTAL"), "PAYMENT_RATE": ("AMT_ANNUITY", "AMT_CREDIT"),
    }.items():
        stacked[name] = stacked[top] / stacked[bottom].replace(0, np.nan)
    return stacked.set_index("SK_ID_CURR")


def bureau(tables):
    balances, flags = dummies(tables["bureau_balance"], True)
    months = balances.groupby("SK_ID_BUREAU").agg({"MONTHS_BALANCE": ["min", "max", "size"], **{name: ["mean"] for name in flags}})
    months.columns = [f"{name}_{how.upper()}" for name, how in months.columns]
    status = [f"{name}_MEAN" for name in flags]
    active = tables["bureau"]["CREDIT_ACTIVE"]
    credits, kinds = dummies(tables["bureau"], True)
    credits = credits.join(months, on="SK_ID_BUREAU")
    parts = [by_client(credits, "BURO", NUMBERS["BURO"], [*kinds, *status])]
    for prefix, level in (("ACTIVE", "Active"), ("CLOSED", "Closed")):
        parts.append(by_client(credits[active == level], prefix, NUMBERS["BURO"]))
    return pd.concat(parts, axis=1)


def previous_application(tables):
    table = tables["previous_application"].copy()
    table["APP_CREDIT_PERC"] = table["AMT_APPLICATION"] / table["AMT_CREDIT"].replace(0, np.nan)
    status = table["NAME_CONTRACT_STATUS"]
    made, flags = dummies(table, True)
    parts = [by_client(made, "PREV", NUMBERS["PREV"], flags)]
    for prefix, level in (("APPROVED", "Approved"), ("REFUSED", "Refused")):
        parts.append(by_client(made[status == level], prefix, NUMBERS["PREV"]))
    return pd.concat(parts, axis=1)


def counted(table, prefix, made):
    made[f"{prefix}_COUNT"] = table.groupby("SK_ID_CURR").size()
    return made


def pos_cash(tables):
    table, flags = dummies(tables["POS_CASH_balance"], True)
    return counted(table, "POS", by_client(table, "POS", NUMBERS["POS"], flags))


def instalments(tables):
    table = tables["installments_payments"].copy()
    table["PAYMENT_PERC"] = table["AMT_PAYMENT"] / table["AMT_INSTALMENT"].replace(0, np.nan)
    table["PAYMENT_DIFF"] = table["AMT_INSTALMENT"] - table["AMT_PAYMENT"]
    late = table["DAYS_ENTRY_PAYMENT"] - table["DAYS_INSTALMENT"]
    table["DPD"] = late.where(late > 0, 0)
    table["DBD"] = (-late).where(late < 0, 0)
    return counted(table, "INSTAL", by_client(table, "INSTAL", NUMBERS["INSTAL"]))


def cards(tables):
    table, _ = dummies(tables["credit_card_balance"], True)
    table = table.drop(columns="SK_ID_PREV")
    numbers = {name: "min max mean sum var" for name in table.columns if name != "SK_ID_CURR"}
    return counted(table, "CC", by_client(table, "CC", numbers))


FAMILIES = (bureau, previous_application, pos_cash, instalments, cards)


def features(tables):
    made = application(tables)
    for family in FAMILIES:
        made = made.join(family(tables))
    made.columns = [plain(name) for name in made.columns]
    return made.sort_index()


TABLES = ("application_train", "application_test", "bureau", "bureau_balance", "previous_application", "POS_CASH_balance", "installments_payments", "credit_card_balance")


def read(folder):
    return {name: pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values=[""]) for name in TABLES}


def report(theirs, ours):
    """Largest relative difference of each column; a level that does not occur is 0 wherever its table has rows."""
    rows, missing = [], [name for name in theirs.columns if name not in ours.columns]
    for name in ours.columns:
        own = ours[name].to_numpy(float)
        if name in theirs.columns:
            other = theirs[name].to_numpy(float)
        else:
            prefix = name.split("_")[0]
            count = {"BURO": "BURO_DAYS_CREDIT_MEAN", "PREV": "PREV_DAYS_DECISION_MEAN", "POS": "POS_COUNT", "CC": "CC_COUNT"}.get(prefix)
            rows_there = np.ones(len(own), bool) if count is None else theirs[count].notna().to_numpy()
            single = prefix == "CC" and name.endswith("_VAR")
            there = rows_there & (theirs["CC_COUNT"] > 1).to_numpy() if single else rows_there
            if name.startswith("BURO_STATUS"):
                there = theirs["BURO_MONTHS_BALANCE_MIN_MIN"].notna().to_numpy()
            other = np.where(there, 0.0, np.nan)
        apart = np.abs(own - other) / np.maximum(1, np.abs(other))
        apart[np.isnan(own) & np.isnan(other)] = 0
        rows.append((name, np.inf if np.isnan(apart).any() else float(apart.max())))
    return rows, missing


def compare(folder, path):
    ours = pd.read_parquet(path).set_index("SK_ID_CURR").sort_index()
    theirs = features(read(folder))
    assert (ours.index == theirs.index).all(), "other clients"
    rows, missing = report(theirs, ours)
    for name, apart in rows:
        print(f"{name:60} {apart:.1e}")
    worst = max(apart for _, apart in rows)
    print(f"{len(ours):,} clients, {len(rows) + 1} columns, of pandas' {len(missing)} missing {missing}; largest relative difference {worst:.1e}")
    sys.exit(0 if worst <= 1e-6 and not missing else 1)


def levels_of(table):
    """Some levels of each column of texts, as the SQL has them."""
    family = {"application_train": "application", "application_test": "application", "bureau_balance": "bureau"}.get(table, table.lower())
    sql = (HERE.parent.parent / f"sql/home-credit/{family}.sql").read_text(encoding="utf-8")
    levels = {"CODE_GENDER": {"M", "F", "XNA"}, "FLAG_OWN_CAR": {"Y", "N"}, "FLAG_OWN_REALTY": {"Y", "N"}}
    for column, level in re.findall(r"(\w+) = '([^']+)'", sql):
        levels.setdefault(column, set()).add(level)
    return {column: [*sorted(own)[:3], *sorted(own)[3:][-3:]] for column, own in levels.items()}


def small(rng, manifest, clients=80):
    """Tables with every type, all kinds of gaps and the odd values: 365243, XNA, zero amounts, unpaid instalments, levels with commas."""
    levels = {name: levels_of(name) for name in manifest["tables"]}
    tables, ids = {}, {"SK_ID_CURR": np.arange(clients) + 100002}
    for name, columns in manifest["tables"].items():
        n = {"application_train": clients * 3 // 4, "application_test": clients - clients * 3 // 4}.get(name, clients * 3)
        table = {}
        for column, kind in columns.items():
            if column == "SK_ID_CURR":
                start = clients * 3 // 4 if name == "application_test" else 0
                table[column] = ids[column][start : start + n] if name.startswith("application") else rng.choice(ids[column][: clients * 2 // 3], n)
            elif column == "SK_ID_BUREAU":
                table[column] = np.arange(n) + 5_000_000 if name == "bureau" else rng.choice(np.arange(clients) * 3 + 5_000_000, n)
            elif kind == "BIGINT":
                table[column] = np.arange(n) + 1_000_000
            elif kind == "VARCHAR":
                table[column] = np.where(rng.random(n) < 0.15, None, rng.choice(levels[name][column], n))
            elif column == "TARGET":
                table[column] = (rng.random(n) < 0.2).astype(int)
            else:
                values = np.round(rng.normal(0, 100, n), 2)
                values[rng.random(n) < 0.1] = 0
                if column.startswith("DAYS"):
                    values = np.where(rng.random(n) < 0.1, 365243, -np.abs(np.round(values * 20)))
                table[column] = np.where(rng.random(n) < 0.2, np.nan, values)
        tables[name] = pd.DataFrame(table)
    return tables


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", type=Path)
    parser.add_argument("--features", type=Path)
    options = parser.parse_args()
    if options.input:
        compare(options.input, options.features)
    manifest = json.loads((HERE.parent.parent / "sql/home-credit/manifest.json").read_text(encoding="utf-8"))
    FOLDER.mkdir(exist_ok=True)
    for name, table in small(np.random.default_rng(7), manifest).items():
        table.to_csv(FOLDER / f"{name}.csv", index=False)
    made = features(read(FOLDER))
    made.to_csv(EXPECTED, float_format="%.12g")


if __name__ == "__main__":
    main()
