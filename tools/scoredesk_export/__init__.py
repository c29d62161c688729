"""Exports a trained credit model and its table for Scoredesk, from the Python that trained it.

    python scoredesk_export.py --model model.pkl --table clients.csv --id client_id --target default --out export/

Reads a pickle or joblib (LightGBM, XGBoost, CatBoost, scikit-learn and its pipelines), an MLflow model folder, a
LightGBM .txt, an XGBoost .json or .ubj, a CatBoost .cbm; and a table as .csv, .csv.gz, .zip, .parquet or a pickled
DataFrame. UNPICKLING RUNS CODE THAT IS IN THE FILE: give it your own files only. Writes into --out:

model.onnx         the model in double, as its library computes, with the covers of its trees
clients.parquet    (or .csv) id, target, features, other columns; categories as text, booleans as 0 and 1
predictions.csv    id, probability: the library's own P(default)
features.json      the model's columns in its order
dictionary.json    what is known of the columns; dictionary.csv says the same in one row a column: fill in either

and compares model.onnx with the library on every row before it says which command makes the bundle.
Packages: pandas, onnx, what the model needs, onnxruntime for the comparison, pyarrow for Parquet; named when missing.
"""
