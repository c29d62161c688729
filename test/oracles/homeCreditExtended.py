"""A second computation of sql/home-credit-extended's features, by pandas, and a report column by column.

    pip install -r requirements.txt && python homeCreditExtended.py      makes home-credit-extended.csv of home-credit/
    python homeCreditExtended.py --input DIR --features FILE             compares FILE with what pandas makes of DIR's tables
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
EXPECTED = HERE / "home-credit-extended.csv"
NEVER = 365243
KEY = "SK_ID_CURR"


def ratio(a, b):
    return a / b.where(b != 0)


def table(rows, groups):
    """Statistics of groups of rows: prefix -> (rows of it, {column: names of statistics}); count first."""
    out = {}
    clients = pd.Index(sorted(rows[KEY].unique()), name=KEY)
    for prefix, (mask, spec) in groups.items():
        own = rows if mask is None else rows[mask]
        by = own.groupby(KEY)
        out[f"{prefix}COUNT"] = by.size().reindex(clients).fillna(0)
        for column, names in spec.items():
            for name in names.split():
                values = by[column]
                found = values.sum(min_count=1) if name == "sum" else getattr(values, name)()
                out[f"{prefix}{column}_{name.upper()}"] = found.reindex(clients)
    return pd.DataFrame(out, index=clients)


def application(train, test):
    rows = pd.concat([train, test.assign(TARGET=np.nan)], ignore_index=True)
    rows = rows[~(rows["AMT_INCOME_TOTAL"] >= 20_000_000) & (rows["CODE_GENDER"] != "XNA")].copy()
    documents = [name for name in rows if name.startswith("FLAG_DOCUMENT_")]
    count = rows[documents].sum(axis=1, skipna=False)
    # Known where all flags are, and vary.
    kurtosis = rows[documents].kurt(axis=1).where((count > 0) & (count < 20))
    rows["DAYS_EMPLOYED"] = rows["DAYS_EMPLOYED"].replace(NEVER, np.nan)
    rows["DAYS_LAST_PHONE_CHANGE"] = rows["DAYS_LAST_PHONE_CHANGE"].replace(0, np.nan)
    out = rows.drop(columns=[name for name in documents if name not in ("FLAG_DOCUMENT_3", "FLAG_DOCUMENT_8", "FLAG_DOCUMENT_18")])
    out["DOCUMENT_COUNT"], out["NEW_DOC_KURT"] = count, kurtosis
    age = -rows["DAYS_BIRTH"] / 365
    out["AGE_RANGE"] = np.select([age <= edge for edge in (27, 40, 50, 65, 99)], [1, 2, 3, 4, 5], 0)
    sources = rows[["EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"]]
    out["EXT_SOURCES_PROD"] = sources.prod(axis=1, skipna=False)
    out["EXT_SOURCES_WEIGHTED"] = 2 * sources["EXT_SOURCE_1"] + sources["EXT_SOURCE_2"] + 3 * sources["EXT_SOURCE_3"]
    for name, of in (("MIN", sources.min), ("MAX", sources.max), ("MEAN", sources.mean), ("NANMEDIAN", sources.median)):
        out[f"EXT_SOURCES_{name}"] = of(axis=1)
    out["EXT_SOURCES_VAR"] = sources.var(axis=1, ddof=0)
    out["CREDIT_TO_ANNUITY_RATIO"] = ratio(out["AMT_CREDIT"], out["AMT_ANNUITY"])
    for name, a, b in (
        ("CREDIT_TO_GOODS", "AMT_CREDIT", "AMT_GOODS_PRICE"), ("ANNUITY_TO_INCOME", "AMT_ANNUITY", "AMT_INCOME_TOTAL"),
        ("CREDIT_TO_INCOME", "AMT_CREDIT", "AMT_INCOME_TOTAL"), ("INCOME_TO_EMPLOYED", "AMT_INCOME_TOTAL", "DAYS_EMPLOYED"),
        ("INCOME_TO_BIRTH", "AMT_INCOME_TOTAL", "DAYS_BIRTH"), ("EMPLOYED_TO_BIRTH", "DAYS_EMPLOYED", "DAYS_BIRTH"),
        ("ID_TO_BIRTH", "DAYS_ID_PUBLISH", "DAYS_BIRTH"), ("CAR_TO_BIRTH", "OWN_CAR_AGE", "DAYS_BIRTH"),
        ("CAR_TO_EMPLOYED", "OWN_CAR_AGE", "DAYS_EMPLOYED"),
    ):
        out[f"{name}_RATIO"] = ratio(out[a], out[b])
    term = out["CREDIT_TO_ANNUITY_RATIO"]
    out["TERM"] = np.select([term <= edge for edge in (6, 12, 18, 24, 30, 36)], [1, 2, 3, 4, 5, 6], 7)
    keys = {"GROUP1": ["NAME_EDUCATION_TYPE", "OCCUPATION_TYPE", "AGE_RANGE"], "GROUP2": ["TERM", "NAME_INCOME_TYPE", "NAME_EDUCATION_TYPE"]}
    for group, by in keys.items():
        for column, name in (("EXT_SOURCES_MEAN", "EXT_SOURCES"), ("AMT_INCOME_TOTAL", "INCOME"), ("CREDIT_TO_ANNUITY_RATIO", "CREDIT_TO_ANNUITY"),
                             ("AMT_CREDIT", "CREDIT"), ("AMT_ANNUITY", "ANNUITY")):
            # Rows without a key of the group are in none.
            out[f"{group}_{name}_MEDIAN"] = out.groupby(by)[column].transform("median")
            out[f"{group}_{name}_STD"] = out.groupby(by)[column].transform("std")
    return out.drop(columns="TERM").set_index(KEY)


def bureau(credits, months):
    late = months["STATUS"].isin(list("12345")).astype(float)
    by = months.assign(late=late, fine=(months["STATUS"] == "0").astype(float)).groupby("SK_ID_BUREAU")
    told = pd.DataFrame({"MONTHS": by.size(), "STATUS_12345": by["late"].mean(), "STATUS_0": by["fine"].mean()})
    rows = credits.merge(told, how="left", left_on="SK_ID_BUREAU", right_index=True)
    rows["CREDIT_DURATION"] = rows["DAYS_CREDIT_ENDDATE"] - rows["DAYS_CREDIT"]
    rows["ENDDATE_DIF"] = rows["DAYS_CREDIT_ENDDATE"] - rows["DAYS_ENDDATE_FACT"]
    rows["DEBT_PERCENTAGE"] = ratio(rows["AMT_CREDIT_SUM"], rows["AMT_CREDIT_SUM_DEBT"])
    rows["DEBT_CREDIT_DIFF"] = rows["AMT_CREDIT_SUM"] - rows["AMT_CREDIT_SUM_DEBT"]
    rows["CREDIT_TO_ANNUITY_RATIO"] = ratio(rows["AMT_CREDIT_SUM"], rows["AMT_ANNUITY"])
    # What is usual of credits of as many months, whoever holds them.
    alike = ["AMT_CREDIT_MAX_OVERDUE", "AMT_CREDIT_SUM", "AMT_CREDIT_SUM_DEBT", "AMT_CREDIT_SUM_OVERDUE", "DEBT_PERCENTAGE", "DEBT_CREDIT_DIFF", "STATUS_12345", "STATUS_0"]
    rows = rows.join(rows.groupby("MONTHS")[alike].mean().add_prefix("LL_"), on="MONTHS")
    full = {
        "DAYS_CREDIT": "min max mean", "DAYS_CREDIT_ENDDATE": "min max", "AMT_CREDIT_MAX_OVERDUE": "mean max", "AMT_CREDIT_SUM": "mean max sum",
        "AMT_CREDIT_SUM_DEBT": "mean max sum", "AMT_CREDIT_SUM_OVERDUE": "mean", "AMT_ANNUITY": "mean", "DEBT_PERCENTAGE": "mean",
        "DEBT_CREDIT_DIFF": "mean", "CREDIT_TO_ANNUITY_RATIO": "mean", "CREDIT_DURATION": "mean", "ENDDATE_DIF": "mean", "MONTHS": "mean sum",
        "STATUS_12345": "mean", "STATUS_0": "mean", **{f"LL_{name}": "mean" for name in alike},
    }
    part = {
        "DAYS_CREDIT": "mean max", "AMT_CREDIT_MAX_OVERDUE": "mean max", "AMT_CREDIT_SUM": "mean max", "AMT_CREDIT_SUM_DEBT": "mean max",
        "DEBT_PERCENTAGE": "mean", "DEBT_CREDIT_DIFF": "mean", "DAYS_CREDIT_ENDDATE": "mean max",
    }
    active = rows["CREDIT_ACTIVE"] == "Active"
    groups = {"BUREAU_": (None, full), "BUREAU_ACTIVE_": (active, full), "BUREAU_CLOSED_": (rows["CREDIT_ACTIVE"] == "Closed", full)}
    for name, kind in (("CONSUMER", "Consumer credit"), ("CREDIT", "Credit card"), ("MORTGAGE", "Mortgage"), ("CAR", "Car loan"), ("MICROLOAN", "Microloan")):
        groups[f"BUREAU_{name}_"] = (rows["CREDIT_TYPE"] == kind, part)
    for window in (6, 12, 24, 36):
        groups[f"BUREAU_LAST{window}M_"] = (rows["DAYS_CREDIT"] >= -30 * window, part)
    out = table(rows, groups)
    total = lambda own, column: own.groupby(KEY)[column].sum(min_count=1)
    for name, own in (("BUREAU_DEBT_OVER_CREDIT", rows), ("BUREAU_ACTIVE_DEBT_OVER_CREDIT", rows[active])):
        out[name] = ratio(total(own, "AMT_CREDIT_SUM_DEBT"), total(own, "AMT_CREDIT_SUM")).reindex(out.index)
    newest = rows[rows["DAYS_CREDIT"] == rows.groupby(KEY)["DAYS_CREDIT"].transform("max")]
    out["BUREAU_LAST_LOAN_MAX_OVERDUE"] = newest.groupby(KEY)["AMT_CREDIT_MAX_OVERDUE"].max().reindex(out.index)
    return out


def previous(applications, payments):
    rows = applications.copy()
    running = (rows["NAME_CONTRACT_STATUS"] == "Approved") & (rows["DAYS_LAST_DUE"] == NEVER)
    for name in ("DAYS_LAST_DUE", "DAYS_LAST_DUE_1ST_VERSION", "DAYS_TERMINATION"):
        rows[name] = rows[name].replace(NEVER, np.nan)
    rows["APPLICATION_CREDIT_DIFF"] = rows["AMT_APPLICATION"] - rows["AMT_CREDIT"]
    rows["APPLICATION_CREDIT_RATIO"] = ratio(rows["AMT_APPLICATION"], rows["AMT_CREDIT"])
    rows["CREDIT_TO_ANNUITY_RATIO"] = ratio(rows["AMT_CREDIT"], rows["AMT_ANNUITY"])
    rows["DOWN_PAYMENT_TO_CREDIT"] = ratio(rows["AMT_DOWN_PAYMENT"], rows["AMT_CREDIT"])
    paid_back = ratio(rows["AMT_ANNUITY"] * rows["CNT_PAYMENT"], rows["AMT_CREDIT"])
    rows["SIMPLE_INTERESTS"] = ratio(paid_back - 1, rows["CNT_PAYMENT"])
    rows["DAYS_LAST_DUE_DIFF"] = rows["DAYS_LAST_DUE_1ST_VERSION"] - rows["DAYS_LAST_DUE"]
    by = payments.assign(short=payments["AMT_INSTALMENT"] - payments["AMT_PAYMENT"]).groupby("SK_ID_PREV")
    rows["AMT_PAYMENT_SUM"] = rows["SK_ID_PREV"].map(by["AMT_PAYMENT"].sum(min_count=1))
    rows["INSTALMENT_PAYMENT_DIFF"] = rows["SK_ID_PREV"].map(by["short"].sum(min_count=1))
    rows["REMAINING_DEBT"] = rows["AMT_CREDIT"] - rows["AMT_PAYMENT_SUM"]
    rows["REPAYMENT_RATIO"] = ratio(rows["AMT_PAYMENT_SUM"], rows["AMT_CREDIT"])
    full = {
        "AMT_ANNUITY": "min max mean", "AMT_APPLICATION": "min max mean", "AMT_CREDIT": "min max mean", "AMT_DOWN_PAYMENT": "max mean",
        "APPLICATION_CREDIT_DIFF": "min max mean", "APPLICATION_CREDIT_RATIO": "min max mean var", "CREDIT_TO_ANNUITY_RATIO": "mean max",
        "DOWN_PAYMENT_TO_CREDIT": "mean", "SIMPLE_INTERESTS": "min max mean", "DAYS_DECISION": "min max mean", "DAYS_LAST_DUE_DIFF": "min max mean",
        "DAYS_TERMINATION": "max", "CNT_PAYMENT": "max mean",
    }
    part = {
        "AMT_CREDIT": "max mean", "AMT_ANNUITY": "max mean", "SIMPLE_INTERESTS": "max mean", "APPLICATION_CREDIT_RATIO": "min mean",
        "DAYS_DECISION": "max mean", "CNT_PAYMENT": "mean",
    }
    groups = {
        "PREV_": (None, full), "APPROVED_": (rows["NAME_CONTRACT_STATUS"] == "Approved", full), "REFUSED_": (rows["NAME_CONTRACT_STATUS"] == "Refused", full),
        "PREV_Consumer_": (rows["NAME_CONTRACT_TYPE"] == "Consumer loans", part), "PREV_Cash_": (rows["NAME_CONTRACT_TYPE"] == "Cash loans", part),
    }
    for window in (6, 12, 24):
        groups[f"PREV_LAST{window}M_"] = (rows["DAYS_DECISION"] >= -30 * window, part)
    groups["PREV_ACTIVE_"] = (running, {
        "AMT_CREDIT": "sum", "AMT_ANNUITY": "sum max", "AMT_PAYMENT_SUM": "sum", "INSTALMENT_PAYMENT_DIFF": "max mean",
        "REMAINING_DEBT": "max mean sum", "REPAYMENT_RATIO": "min max mean",
    })
    out = table(rows, groups)
    out["TOTAL_REPAYMENT_RATIO"] = ratio(out["PREV_ACTIVE_AMT_PAYMENT_SUM_SUM"], out["PREV_ACTIVE_AMT_CREDIT_SUM"])
    return out


def pos(months):
    rows = months.assign(late=(months["SK_DPD"] > 0).astype(float))
    by = rows.groupby(KEY)
    out = pd.DataFrame({
        "POS_COUNT": by.size(), "POS_CONTRACTS": by["SK_ID_PREV"].nunique(), "POS_MONTHS_BALANCE_MAX": by["MONTHS_BALANCE"].max(),
        "POS_MONTHS_BALANCE_MEAN": by["MONTHS_BALANCE"].mean(), "POS_SK_DPD_MAX": by["SK_DPD"].max(), "POS_SK_DPD_MEAN": by["SK_DPD"].mean(),
        "POS_SK_DPD_VAR": by["SK_DPD"].var(), "POS_SK_DPD_DEF_MAX": by["SK_DPD_DEF"].max(), "POS_SK_DPD_DEF_MEAN": by["SK_DPD_DEF"].mean(),
        "POS_LATE_PAYMENT_MEAN": by["late"].mean(),
    })
    contracts = []
    for (client, contract), own in rows.groupby([KEY, "SK_ID_PREV"]):
        newest = own["MONTHS_BALANCE"].max()
        last = own[own["MONTHS_BALANCE"] == newest]
        done = (own["NAME_CONTRACT_STATUS"] == "Completed").any()
        left = ratio(last["CNT_INSTALMENT_FUTURE"], last["CNT_INSTALMENT"]).max()
        contracts.append({
            KEY: client, "contract": contract, "newest": newest, "done": float(done), "late": own["late"].sum(),
            "before": float(done and own["CNT_INSTALMENT"].min() < own["CNT_INSTALMENT"].max()), "left": last["CNT_INSTALMENT_FUTURE"].max(), "share": left,
        })
    contracts = pd.DataFrame(contracts)
    each = contracts.groupby(KEY)
    out["POS_LOAN_COMPLETED_MEAN"], out["POS_COMPLETED_BEFORE_MEAN"] = each["done"].mean(), each["before"].mean()
    out["POS_REMAINING_INSTALMENTS"], out["POS_REMAINING_INSTALMENTS_RATIO"] = each["left"].sum(min_count=1), each["share"].sum(min_count=1)
    latest = contracts.sort_values(["newest", "contract"], ascending=False).groupby(KEY).head(3)
    out["POS_LATE_PAYMENT_SUM"] = latest.groupby(KEY)["late"].sum()
    return out


def slope(values):
    values = values.reset_index(drop=True)
    there = values.notna()
    if there.sum() < 2:
        return np.nan
    return np.polyfit(np.arange(1, len(values) + 1)[there], values[there], 1)[0]


def instalments(payments):
    rows = payments.copy()
    paid = rows.groupby(["SK_ID_PREV", "NUM_INSTALMENT_NUMBER"])["AMT_PAYMENT"].transform(lambda own: own.sum(min_count=1))
    rows["PAYMENT_DIFFERENCE"] = rows["AMT_INSTALMENT"] - paid
    rows["PAYMENT_RATIO"] = ratio(rows["AMT_INSTALMENT"], paid)
    rows["PAID_OVER_AMOUNT"] = rows["AMT_PAYMENT"] - rows["AMT_INSTALMENT"]
    rows["PAID_OVER"] = (rows["PAID_OVER_AMOUNT"] > 0).astype(float)
    late = rows["DAYS_ENTRY_PAYMENT"] - rows["DAYS_INSTALMENT"]
    rows["DPD"], rows["DBD"] = late.clip(lower=0).fillna(0), (-late).clip(lower=0).fillna(0)
    rows["LATE_PAYMENT"] = (rows["DPD"] > 0).astype(float)
    rows["LATE_PAYMENT_RATIO"] = ratio(rows["AMT_PAYMENT"], rows["AMT_INSTALMENT"]).fillna(0).where(rows["DPD"] > 0, 0)
    rows["SIGNIFICANT_LATE_PAYMENT"] = (rows["LATE_PAYMENT_RATIO"] > 0.05).astype(float)
    rows["DPD_7"], rows["DPD_15"] = (rows["DPD"] > 7).astype(float), (rows["DPD"] > 15).astype(float)
    full = {
        "AMT_PAYMENT": "min max mean sum", "AMT_INSTALMENT": "max mean sum", "DPD": "max mean var", "DBD": "max mean var", "LATE_PAYMENT": "mean sum",
        "LATE_PAYMENT_RATIO": "mean", "SIGNIFICANT_LATE_PAYMENT": "mean sum", "DPD_7": "mean", "DPD_15": "mean", "PAYMENT_DIFFERENCE": "mean max",
        "PAYMENT_RATIO": "mean max", "PAID_OVER": "mean", "PAID_OVER_AMOUNT": "mean min", "DAYS_ENTRY_PAYMENT": "max mean",
    }
    part = {
        "AMT_PAYMENT": "min max mean", "DPD": "max mean var", "DBD": "max mean var", "LATE_PAYMENT": "mean", "LATE_PAYMENT_RATIO": "mean",
        "SIGNIFICANT_LATE_PAYMENT": "mean", "DPD_7": "mean", "DPD_15": "mean", "PAYMENT_DIFFERENCE": "mean", "PAID_OVER": "mean",
    }
    newest = rows[rows["DAYS_INSTALMENT"] == rows.groupby(KEY)["DAYS_INSTALMENT"].transform("max")]
    last = rows["SK_ID_PREV"] == rows[KEY].map(newest.groupby(KEY)["SK_ID_PREV"].max())
    out = table(rows, {
        "INS_": (None, full), "INS_18M_": (rows["DAYS_INSTALMENT"] >= -540, part), "INS_36M_": (rows["DAYS_INSTALMENT"] >= -1080, part),
        "LAST_LOAN_": (last, {"DPD": "sum mean max std", "LATE_PAYMENT": "sum mean", "PAID_OVER_AMOUNT": "sum mean min max std", "PAID_OVER": "mean"}),
    })
    order = ["DAYS_INSTALMENT", "SK_ID_PREV", "NUM_INSTALMENT_NUMBER", "DAYS_ENTRY_PAYMENT", "AMT_PAYMENT", "AMT_INSTALMENT"]
    ordered = rows.sort_values(order, ascending=False, na_position="last").groupby(KEY)
    for most in (12, 24, 60, 120):
        for column in ("DPD", "PAID_OVER_AMOUNT"):
            out[f"INS_{most}_TREND_{column}"] = ordered[column].apply(lambda own: slope(own.head(most)))
    return out


def card(months):
    rows = months.copy()
    rows["LIMIT_USE"] = ratio(rows["AMT_BALANCE"], rows["AMT_CREDIT_LIMIT_ACTUAL"])
    rows["PAYMENT_DIV_MIN"] = ratio(rows["AMT_PAYMENT_CURRENT"], rows["AMT_INST_MIN_REGULARITY"])
    rows["LATE_PAYMENT"] = (rows["SK_DPD"] > 0).astype(float)
    full = {
        "AMT_BALANCE": "max mean sum", "AMT_CREDIT_LIMIT_ACTUAL": "max mean", "AMT_DRAWINGS_ATM_CURRENT": "max mean sum", "AMT_DRAWINGS_CURRENT": "max mean sum",
        "AMT_INST_MIN_REGULARITY": "max mean", "AMT_PAYMENT_TOTAL_CURRENT": "max mean sum", "AMT_TOTAL_RECEIVABLE": "max mean",
        "CNT_DRAWINGS_ATM_CURRENT": "max mean sum", "CNT_DRAWINGS_CURRENT": "max mean sum", "CNT_INSTALMENT_MATURE_CUM": "max", "SK_DPD": "max mean sum",
        "SK_DPD_DEF": "max sum", "LIMIT_USE": "max mean", "PAYMENT_DIV_MIN": "min mean", "LATE_PAYMENT": "mean sum",
    }
    part = {"AMT_BALANCE": "max mean", "AMT_DRAWINGS_CURRENT": "max mean", "LIMIT_USE": "max mean", "SK_DPD": "max mean", "LATE_PAYMENT": "sum", "CNT_DRAWINGS_ATM_CURRENT": "mean"}
    newest = rows["MONTHS_BALANCE"] == rows.groupby("SK_ID_PREV")["MONTHS_BALANCE"].transform("max")
    groups = {"CC_": (None, full), "CC_LAST_": (newest, {"AMT_BALANCE": "mean max", "LIMIT_USE": "mean max", "SK_DPD": "max"})}
    for window in (12, 24, 48):
        groups[f"CC_{window}M_"] = (rows["MONTHS_BALANCE"] >= -window, part)
    return table(rows, groups)


def ratios(applications, credits, earlier, payments):
    own = applications.set_index(KEY)
    by = lambda rows, column, name: getattr(rows.groupby(KEY)[column], name)().reindex(own.index)
    approved = earlier[earlier["NAME_CONTRACT_STATUS"] == "Approved"]
    active = credits[credits["CREDIT_ACTIVE"] == "Active"]
    days, hour = by(credits, "DAYS_CREDIT", "mean"), by(approved, "HOUR_APPR_PROCESS_START", "mean")
    out = {
        "BUREAU_INCOME_CREDIT_RATIO": ratio(by(credits, "AMT_CREDIT_SUM", "mean"), own["AMT_INCOME_TOTAL"]),
        "BUREAU_ACTIVE_INCOME_CREDIT_RATIO": ratio(by(active, "AMT_CREDIT_SUM", "mean"), own["AMT_INCOME_TOTAL"]),
        "CURRENT_TO_BUREAU_CREDIT_RATIO": ratio(own["AMT_CREDIT"], by(credits, "AMT_CREDIT_SUM", "mean")),
        "CURRENT_TO_BUREAU_ANNUITY_RATIO": ratio(own["AMT_ANNUITY"], by(credits, "AMT_ANNUITY", "mean")),
    }
    for name in ("min", "max", "mean"):
        out[f"CURRENT_TO_APPROVED_CREDIT_{name.upper()}_RATIO"] = ratio(by(approved, "AMT_CREDIT", name), own["AMT_CREDIT"])
    out["CURRENT_TO_APPROVED_ANNUITY_MEAN_RATIO"] = ratio(by(approved, "AMT_ANNUITY", "mean"), own["AMT_ANNUITY"])
    for name in ("min", "max", "mean"):
        out[f"PAYMENT_{name.upper()}_TO_ANNUITY_RATIO"] = ratio(by(payments, "AMT_PAYMENT", name), own["AMT_ANNUITY"])
    out["DAYS_CREDIT_MEAN_TO_BIRTH"] = ratio(days, own["DAYS_BIRTH"])
    out["DAYS_CREDIT_MEAN_TO_EMPLOYED"] = ratio(days, own["DAYS_EMPLOYED"].replace(NEVER, np.nan))
    out["HOUR_APPR_RATIO"] = ratio(own["HOUR_APPR_PROCESS_START"], hour)
    out["HOUR_APPR_DIFFERENCE"] = own["HOUR_APPR_PROCESS_START"] - hour
    return pd.DataFrame(out)


def features(folder):
    read = lambda name: pd.read_csv(Path(folder) / f"{name}.csv", keep_default_na=False, na_values=[""])
    train, test = read("application_train"), read("application_test")
    payments, earlier, credits = read("installments_payments"), read("previous_application"), read("bureau")
    out = application(train, test)
    for part in (bureau(credits, read("bureau_balance")), previous(earlier, payments), pos(read("POS_CASH_balance")), instalments(payments),
                 card(read("credit_card_balance")), ratios(pd.concat([train, test]), credits, earlier, payments)):
        out = out.join(part)
    return out.sort_index()


def compare(own, theirs):
    missing = sorted(set(theirs) ^ set(own))
    if missing:
        sys.exit(f"columns of one alone: {missing[:10]}")
    worst = []
    for name in theirs:
        a, b = own[name], theirs[name]
        if not pd.api.types.is_numeric_dtype(b):
            worst.append((float((a.fillna("") != b.fillna("")).any()), name))
            continue
        a = a.astype(float)
        gap = (a.isna() != b.isna()).any()
        off = ((a - b).abs() / np.maximum(1, b.abs())).max()
        worst.append((np.inf if gap else (0 if np.isnan(off) else off), name))
    worst.sort(reverse=True)
    for off, name in worst[:12]:
        print(f"{off:10.2e}  {name}")
    print(f"{len(worst)} columns, {len(theirs)} rows; largest relative difference {worst[0][0]:.1e}")
    return worst[0][0] < 1e-6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input")
    parser.add_argument("--features")
    args = parser.parse_args()
    if args.input:
        own = pd.read_parquet(args.features).set_index(KEY).sort_index()
        sys.exit(0 if compare(own, features(args.input)) else 1)
    features(HERE / "home-credit").to_csv(EXPECTED)


if __name__ == "__main__":
    main()
