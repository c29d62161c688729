"""Hold the synthetic twin of the Home Credit tables against what is known of the real ones.

    scoredesk generate home-credit --clients 40000 --seed 1 --out twin
    python twin.py twin                              the table below, exit 1 where a figure is out of its range
    python twin.py twin --sample home-credit-sample  also a model trained on the twin and tested on real rows

twin/real.json has the aggregates of 16,180 real applications; ranges are those within which two halves of real rows,
or a good copula of them, lie. Figures: share of defaults; Kolmogorov-Smirnov distances at the known quantiles; total
variation of categories; missing shares; Spearman correlations; ratios of money; AUC of single columns and of LightGBM on the
twin's own rows; rows a client of the other tables and what they say; rules that hold on every row.
"""

import argparse
import json
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

HERE = Path(__file__).parent
REAL = json.loads((HERE / "twin" / "real.json").read_text())
MAIN = REAL["spearman"]["columns"]
MONEY = ["AMT_INCOME_TOTAL", "AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE"]
NEVER = 365243
failures = []


def told(name, value, low, high, digits=3):
    ok = bool(low <= value <= high)
    if not ok:
        failures.append(name)
    print(f"{'' if ok else 'OUT':4}{name:58} {value:9.{digits}f}   {low:g} to {high:g}")


def numbers(frame, name):
    column = frame[name]
    return column[column != NEVER] if name == "DAYS_EMPLOYED" else column


def distance(frame, name):
    values = np.sort(numbers(frame, name).dropna().to_numpy())
    share = lambda edge: np.searchsorted(values, edge, "right") / len(values)
    return max(abs(share(edge) - part) for edge, part in REAL["numbers"][name]["upTo"])


def variation(frame, name):
    wanted = REAL["categories"][name]
    column = frame[name].dropna()
    texts = column.map(lambda x: str(int(x)) if isinstance(x, (int, float, np.number)) else x)
    have = texts.value_counts(normalize=True)
    return sum(abs(have.get(level, 0) - wanted.get(level, 0)) for level in set(have.index) | set(wanted)) / 2


def correlations(frame):
    n = len(MAIN)
    found = np.eye(n)
    for i in range(n):
        for k in range(i):
            pair = pd.DataFrame({0: numbers(frame, MAIN[i]), 1: numbers(frame, MAIN[k])}).dropna()
            found[i, k] = found[k, i] = spearmanr(pair[0], pair[1]).statistic
    return found


def auc(frame, name):
    column = numbers(frame, name).dropna()
    return roc_auc_score(frame.loc[column.index, "TARGET"], column)


def prepared(frame):
    own = frame.drop(columns=["SK_ID_CURR", "TARGET"], errors="ignore").copy()
    for name in own.select_dtypes(exclude="number"):
        own[name] = own[name].astype("category")
    own["DAYS_EMPLOYED"] = own["DAYS_EMPLOYED"].replace(NEVER, np.nan)
    own["PAYMENT_RATE"] = own["AMT_ANNUITY"] / own["AMT_CREDIT"]
    own["CREDIT_TO_GOODS"] = own["AMT_CREDIT"] / own["AMT_GOODS_PRICE"]
    return own


BOOST = dict(n_estimators=300, learning_rate=0.03, num_leaves=15, min_child_samples=60, subsample=0.8,
             subsample_freq=1, colsample_bytree=0.4, reg_lambda=5, random_state=7, n_jobs=2, verbose=-1)


def own_auc(frame):
    rows, y = prepared(frame), frame["TARGET"]
    scores = np.zeros(len(rows))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=7).split(rows, y):
        model = lgb.LGBMClassifier(**BOOST).fit(rows.iloc[train], y.iloc[train])
        scores[test] = model.predict_proba(rows.iloc[test])[:, 1]
    return roc_auc_score(y, scores)


def transfer_auc(frame, sample):
    real = pd.read_csv(Path(sample) / "application_train.csv")
    both = pd.concat([frame[real.columns], real])
    rows = prepared(both)
    model = lgb.LGBMClassifier(**BOOST).fit(rows.iloc[: len(frame)], frame["TARGET"])
    return roc_auc_score(real["TARGET"], model.predict_proba(rows.iloc[len(frame):])[:, 1]), len(real)


def applications(frame):
    told("share of defaults", frame["TARGET"].mean(), 0.078, 0.084, 4)
    distances = {name: distance(frame, name) for name in MAIN}
    worst = max(distances, key=distances.get)
    told(f"largest KS distance of {len(MAIN)} numbers ({worst})", distances[worst], 0, 0.10)
    variations = {name: variation(frame, name) for name in REAL["categories"]}
    worst = max(variations, key=variations.get)
    told(f"largest total variation of a category ({worst})", variations[worst], 0, 0.05)
    gaps = {name: abs(frame[name].isna().mean() - share) for name, share in REAL["missing"].items()}
    worst = max(gaps, key=gaps.get)
    told(f"largest error of a missing share ({worst})", gaps[worst], 0, 0.02)

    error = np.abs(correlations(frame) - np.array(REAL["spearman"]["matrix"]))
    pairs = [(error[i, k], MAIN[i], MAIN[k]) for i in range(len(MAIN)) for k in range(i)]
    told("mean error of a Spearman correlation", np.mean([e for e, *_ in pairs]), 0, 0.04)
    car = [p for p in pairs if "OWN_CAR_AGE" in p]
    others = [p for p in pairs if "OWN_CAR_AGE" not in p]
    money = [p for p in pairs if p[1] in MONEY and p[2] in MONEY]
    for name, group, most in (("largest", others, 0.10), ("with OWN_CAR_AGE", car, 0.15), ("of money", money, 0.05)):
        e, a, b = max(group)
        told(f"{name}: {a} and {b}", e, 0, most)

    cash = frame[frame["NAME_CONTRACT_TYPE"] == "Cash loans"]
    ratio = cash["AMT_CREDIT"] / cash["AMT_GOODS_PRICE"]
    told("credit over goods, cash: median", ratio.median(), 1.10, 1.16)
    told("credit over goods, cash: 95 %", ratio.quantile(0.95), 1.37, 1.43)
    told("annuity over credit, cash: median", (cash["AMT_ANNUITY"] / cash["AMT_CREDIT"]).median(), 0.045, 0.051, 4)
    revolving = frame[frame["NAME_CONTRACT_TYPE"] == "Revolving loans"]
    told("annuity over credit .05, revolving: share",
         np.isclose(revolving["AMT_ANNUITY"] / revolving["AMT_CREDIT"], 0.05).mean(), 0.99, 1)

    for name, low, high in (("EXT_SOURCE_1", 0.31, 0.36), ("EXT_SOURCE_2", 0.32, 0.36), ("EXT_SOURCE_3", 0.29, 0.34),
                            ("DAYS_BIRTH", 0.57, 0.61), ("DAYS_EMPLOYED", 0.58, 0.62)):
        told(f"AUC of {name}", auc(frame, name), low, high)


def histories(folder, ids):
    read = lambda name, columns: pd.read_csv(folder / f"{name}.csv", usecols=columns)
    tables = {
        "bureau": read("bureau", ["SK_ID_CURR", "SK_ID_BUREAU", "CREDIT_ACTIVE"]),
        "previous_application": read("previous_application", ["SK_ID_CURR", "SK_ID_PREV"]),
        "POS_CASH_balance": read("POS_CASH_balance", ["SK_ID_CURR", "SK_ID_PREV", "SK_DPD"]),
        "installments_payments": read(
            "installments_payments", ["SK_ID_CURR", "SK_ID_PREV", "DAYS_INSTALMENT", "DAYS_ENTRY_PAYMENT"]),
        "credit_card_balance": read("credit_card_balance", ["SK_ID_CURR", "SK_ID_PREV", "AMT_BALANCE"]),
    }
    for name, table in tables.items():
        clients = table["SK_ID_CURR"].nunique()
        share = 1 - clients / len(ids)
        wanted = REAL["withoutRows"][name]
        told(f"clients without rows of {name}", share, wanted - 0.02, wanted + 0.02)
        rows = REAL["rows"][name]
        told(f"rows a client of {name}", len(table) / clients, 0.9 * rows, 1.1 * rows, 2)
        told(f"rows of {name} of a client that exists", table["SK_ID_CURR"].isin(ids).mean(), 1, 1)
        if "SK_ID_PREV" in table and name != "previous_application":
            known = table["SK_ID_PREV"].isin(tables["previous_application"]["SK_ID_PREV"]).mean()
            told(f"rows of {name} of a known contract", known, 0.95, 1)
    payments = tables["installments_payments"]
    delay = payments["DAYS_ENTRY_PAYMENT"] - payments["DAYS_INSTALMENT"]
    told("late instalments", (delay > 0).mean(), 0.07, 0.10)
    told("instalments late by more than a week", (delay > 7).mean(), 0.018, 0.03)
    told("POS months with days past due", (tables["POS_CASH_balance"]["SK_DPD"] > 0).mean(), 0.02, 0.035)
    told("card months without a balance", (tables["credit_card_balance"]["AMT_BALANCE"] == 0).mean(), 0.53, 0.63)
    active = (tables["bureau"]["CREDIT_ACTIVE"] == "Active").mean()
    told("active credits at the bureau", active, REAL["bureauActive"] - 0.03, REAL["bureauActive"] + 0.03)
    months = pd.read_csv(folder / "bureau_balance.csv", usecols=["SK_ID_BUREAU"])
    told("months of a credit that exists", months["SK_ID_BUREAU"].isin(tables["bureau"]["SK_ID_BUREAU"]).mean(), 1, 1)


def rules(frame):
    never = frame["DAYS_EMPLOYED"] == NEVER
    together = ["AMT_REQ_CREDIT_BUREAU_" + p for p in ("HOUR", "DAY", "WEEK", "MON", "QRT", "YEAR")]
    circle = ["OBS_30_CNT_SOCIAL_CIRCLE", "DEF_30_CNT_SOCIAL_CIRCLE", "OBS_60_CNT_SOCIAL_CIRCLE", "DEF_60_CNT_SOCIAL_CIRCLE"]
    less = lambda a, b: ((frame[a] <= frame[b]) | frame[a].isna()).all()
    same = lambda names: frame[names].isna().nunique(axis=1).eq(1).all()
    adults = frame["NAME_FAMILY_STATUS"].isin(["Married", "Civil marriage"]) + 1
    holding = {
        "late by 30 days are among those observed": less(circle[1], circle[0]),
        "late by 60 days are among those by 30": less(circle[3], circle[1]),
        "observed by 60 days are among those by 30": less(circle[2], circle[0]),
        "a city's rating is no worse than its region's": less("REGION_RATING_CLIENT_W_CITY", "REGION_RATING_CLIENT"),
        "nobody worked before being born": (frame["DAYS_EMPLOYED"][~never] > frame["DAYS_BIRTH"][~never]).all(),
        "no registration before a birth": (frame["DAYS_REGISTRATION"] >= frame["DAYS_BIRTH"]).all(),
        "without a job: pensioner or unemployed": frame["NAME_INCOME_TYPE"][never].isin(["Pensioner", "Unemployed"]).all(),
        "without a job: no organisation, no occupation, no phone": (
            (frame["ORGANIZATION_TYPE"][never] == "XNA") & frame["OCCUPATION_TYPE"][never].isna()
            & (frame["FLAG_EMP_PHONE"][never] == 0)).all(),
        "no organisation: without a job": never[frame["ORGANIZATION_TYPE"] == "XNA"].all(),
        "a car has an age, no car has none": (frame["OWN_CAR_AGE"].isna() == (frame["FLAG_OWN_CAR"] == "N")).all(),
        "enquiries are missing together": same(together),
        "the circle is missing together": same(circle),
        "no enquiries, no third source": frame["EXT_SOURCE_3"][frame[together[0]].isna()].isna().all(),
        "measures of a building are missing together": all(
            same([f"{name}_{kind}" for kind in ("AVG", "MODE", "MEDI")]) for name in ("APARTMENTS", "LANDAREA", "ELEVATORS")),
        "family members are children and one or two": (frame["CNT_FAM_MEMBERS"] - frame["CNT_CHILDREN"] == adults).all(),
    }
    for name, holds in holding.items():
        told(name, float(holds), 1, 1, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", help="folder with real rows: application_train.csv")
    args = parser.parse_args()
    frame = pd.read_csv(args.folder / "application_train.csv")
    others = pd.read_csv(args.folder / "application_test.csv", usecols=["SK_ID_CURR"])
    print(f"{len(frame):,} applications with an outcome, {len(others):,} without\n")
    applications(frame)
    told("AUC of LightGBM on its own rows, 5 folds", own_auc(frame), 0.73, 0.79)
    if args.sample:
        value, rows = transfer_auc(frame, args.sample)
        told(f"trained on the twin, tested on {rows:,} real rows: AUC", value, 0.71, 1)
    histories(args.folder, set(frame["SK_ID_CURR"]) | set(others["SK_ID_CURR"]))
    rules(frame)
    print(f"\n{'all within' if not failures else 'out: ' + ', '.join(failures)}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
