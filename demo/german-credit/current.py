"""Make the later applicants of the German credit demo: real rows, a made shift.

3,000 rows over twelve months, 250 a month, drawn with replacement from the 200 applicants that the
model never saw (test.csv), so that what is measured on them is not measured on training rows. Two things
decide how likely a row is drawn:

1. Weights that give the 200 rows the shares of the 800 training rows, column by column (raking: iterative
   proportional fitting; numbers in quarters). So the first months look like the training rows.
2. A shift that grows from nothing in the first month to its whole in the last one: each standard
   deviation of log credit amount makes a row e^AMOUNT times as likely, and each step of employment (from
   "7 years and more" down to "unemployed") e^EMPLOYMENT times.

Savings are then removed from a share of the rows that grows to MISSING_SAVINGS. Labels are those of the drawn
rows. Ids are new; applied_on is a day of the month.

Run:  pip install -r lightgbm/requirements.txt && python current.py    (writes current.csv beside this file)
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SEED = 1975
MONTHS = pd.period_range("2025-11", periods=12, freq="M")
ROWS_A_MONTH = 250
AMOUNT, EMPLOYMENT, MISSING_SAVINGS = 0.7, 0.45, 0.35
EMPLOYMENT_STEPS = [">=7", "4<=X<7", "1<=X<4", "<1", "unemployed"]
FIRST_ID = 50001


def raked(rows, wanted, rounds=60):
    """Weights of `rows` whose weighted shares, column by column, are those of `wanted`."""
    weights = np.ones(len(rows))
    margins = []
    for name in wanted.columns.drop(["client_id"]):
        if pd.api.types.is_numeric_dtype(wanted[name]):
            edges = np.unique(np.quantile(wanted[name], [0.25, 0.5, 0.75]))
            code = lambda column: pd.Series(np.searchsorted(edges, column), index=column.index)
        else:
            code = lambda column: column
        margins.append((code(rows[name]), code(wanted[name]).value_counts(normalize=True)))
    for _ in range(rounds):
        for codes, shares in margins:
            have = pd.Series(weights).groupby(codes.to_numpy()).sum() / weights.sum()
            # Levels that the 200 rows do not have can't be given a share.
            weights = weights * codes.map(shares / have).fillna(0).to_numpy()
            weights = np.clip(weights / weights.mean(), 0.1, 6)
    return weights / weights.sum()


def main():
    rows = pd.read_csv(HERE / "test.csv", dtype={"client_id": str}, keep_default_na=False)
    reference = pd.read_csv(HERE / "reference.csv", dtype={"client_id": str}, keep_default_na=False)
    random = np.random.default_rng(SEED)
    base = raked(rows, reference)
    amount = np.log(rows["credit_amount"])
    amount = (amount - amount.mean()) / amount.std()
    steps = rows["employment"].map(EMPLOYMENT_STEPS.index) - 2
    months = []
    for index, month in enumerate(MONTHS):
        grown = index / (len(MONTHS) - 1)
        weights = base * np.exp(grown * (AMOUNT * amount + EMPLOYMENT * steps))
        drawn = rows.iloc[random.choice(len(rows), ROWS_A_MONTH, p=weights / weights.sum())].copy()
        drawn.loc[random.random(ROWS_A_MONTH) < grown * MISSING_SAVINGS, "savings_status"] = ""
        days = np.sort(random.integers(1, month.days_in_month + 1, ROWS_A_MONTH))
        drawn.insert(1, "applied_on", [f"{month}-{day:02d}" for day in days])
        months.append(drawn)
    current = pd.concat(months, ignore_index=True)
    current["client_id"] = [str(FIRST_ID + i) for i in range(len(current))]
    current.to_csv(HERE / "current.csv", index=False, lineterminator="\n")
    print(f"{len(current):,} rows, {(current['class'] == 'bad').mean():.1%} bad")


if __name__ == "__main__":
    main()
