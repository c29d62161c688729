"""Decimals, times and lengths of time as pyarrow and pandas store them; rows.csv is what pandas writes of them."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

rows = pd.DataFrame({
    "id": ["a", "b", "c"],
    "rate": [Decimal("0.57"), None, Decimal("1.10")],
    "balance": [Decimal("123456789012.57"), None, Decimal("-0.07")],
    "at": [dt.time(3, 4, 5), None, dt.time(23, 0, 0, 250000)],
    "waited": pd.to_timedelta(["3 days", None, "-1 hours"]),
})
schema = pa.Schema.from_pandas(rows)
for name, kind in [("rate", pa.decimal128(5, 2)), ("balance", pa.decimal128(30, 2))]:
    schema = schema.set(schema.get_field_index(name), pa.field(name, kind))
pq.write_table(pa.Table.from_pandas(rows, schema=schema), "rows.parquet")
rows.to_csv("rows.csv", index=False)
