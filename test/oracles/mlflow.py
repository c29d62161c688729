"""File stores that MLflow's own client writes, by its first and its third generation; beside each what the client reads of it.

    pip install mlflow==3.17.2 onnx==1.23.2 && python mlflow.py        makes mlflow/3.17.2/
    pip install mlflow-skinny==1.30.1 && python mlflow.py              makes mlflow/1.30.1/
    python mlflow.py STORE                                             prints what the client reads of a store, as JSON
"""

import json
import os
import re
import shutil
import sys
from pathlib import Path

# This file's own folder would hide the package of its name.
HERE = Path(__file__).resolve().parent
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import ViewType  # noqa: E402

MODEL = HERE.parent / "cases" / "numbers-written-as-text" / "model.onnx"


def write(folder):
    mlflow.set_tracking_uri(f"file://{folder}")
    client = MlflowClient()
    experiment = client.create_experiment("prêt: 2026", tags={"owner": "risk"})
    for name, depth in (("first", 3), ("second: l'autre", 7)):
        run = client.create_run(experiment, tags={"mlflow.runName": name, "mlflow.note.content": f"Depth {depth}\nnoted."}).info.run_id
        client.log_param(run, "model/depth", depth)
        client.log_param(run, "learning rate", 0.1)
        for step in range(3):
            client.log_metric(run, "auc", 0.7 + depth / 100 + step / 1000, step=step)
        client.log_metric(run, "log_loss", float("nan"))
        client.log_metric(run, "worst", float("-inf"))
        client.log_text(run, "a,b\n1,2\n", "tables/figures.csv")
        client.set_terminated(run, "FINISHED" if depth == 3 else "FAILED")
    with mlflow.start_run(experiment_id=experiment, run_name="with a model") as run:
        mlflow.log_metric("auc", 0.81)
        if int(mlflow.__version__.split(".")[0]) >= 3:
            import onnx

            mlflow.onnx.log_model(onnx.load(MODEL), name="model", save_as_external_data=False)
        else:
            mlflow.log_artifact(str(MODEL), "model")
    gone = client.create_run(experiment).info.run_id
    client.set_tag(gone, "mlflow.runName", "gone")
    client.delete_run(gone)


def read(folder):
    """Runs by name, as the client tells them."""
    mlflow.set_tracking_uri(f"file://{folder}")
    client = MlflowClient()
    listed = client.search_experiments if hasattr(client, "search_experiments") else client.list_experiments
    found = {}
    for experiment in listed():
        for run in client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL):
            name = run.data.tags.get("mlflow.runName", "")
            metrics = {key: value if value == value and abs(value) != float("inf") else str(value) for key, value in run.data.metrics.items()}
            found[name] = {
                "experiment": experiment.name, "status": run.info.status, "deleted": run.info.lifecycle_stage == "deleted",
                "started": run.info.start_time, "ended": run.info.end_time, "params": run.data.params, "metrics": metrics,
                "tags": {key: value for key, value in run.data.tags.items() if not key.startswith(("mlflow.source", "mlflow.user"))},
                "artifacts": sorted(artifacts(client, run.info.run_id)),
            }
    return found


def artifacts(client, run, path=None):
    for entry in client.list_artifacts(run, path):
        if entry.is_dir:
            yield from artifacts(client, run, entry.path)
        else:
            yield entry.path


def main():
    if len(sys.argv) > 1:
        return print(json.dumps(read(Path(sys.argv[1]).resolve()), indent=2, ensure_ascii=False, sort_keys=True))
    out = HERE / "mlflow" / mlflow.__version__
    shutil.rmtree(out, ignore_errors=True)
    store = out / "mlruns"
    store.mkdir(parents=True)
    os.chdir(out)
    write(store)
    (out / "expected.json").write_text(json.dumps(read(store), indent=2, ensure_ascii=False, sort_keys=True) + "\n")
    for meta in store.rglob("*"):
        if meta.is_file() and meta.suffix != ".onnx":
            # Where the store was made says nothing; nor who made it.
            text = meta.read_text().replace(str(store), "/srv/mlruns")
            meta.write_text(re.sub(r"(?m)^user_id: .*", "user_id: risk", text))
        if meta.name in ("mlflow.user", "mlflow.source.name"):
            meta.write_text("risk")
    default = store / "0" / "meta.yaml"
    if default.is_file() and "name: Default" in default.read_text():
        shutil.rmtree(store / "0")


if __name__ == "__main__":
    main()
