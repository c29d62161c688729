"""Logs the runs of an mlruns folder, as `scoredesk runs export` writes it, into any MLflow tracking server.

    pip install mlflow-skinny
    python log_runs.py mlruns --tracking-uri http://localhost:5000

Newer versions of MLflow refuse folders as a store unless MLFLOW_ALLOW_FILE_STORE=true; a server, or a database
(--tracking-uri sqlite:///mlflow.db), takes the runs by this. A run that is there already, by its tag scoredesk.run, is
left alone.
"""

import argparse
import math
from pathlib import Path

import yaml
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

# What a server takes at once (mlflow.utils.validation).
MOST_METRICS, MOST_PARAMS, MOST_TAGS = 1000, 100, 100
ORIGIN = "scoredesk.run"
STATUS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}


def values(folder):
    """Contents of the files below, by path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def parts(items, most):
    return (items[start : start + most] for start in range(0, len(items), most))


def metrics_of(folder):
    for name, text in values(folder).items():
        for line in text.splitlines():
            at, value, step = line.split()[:3]
            number = float(value)
            # No database keeps what is no number.
            if math.isfinite(number):
                yield Metric(name, number, int(at), int(step))


def log(client, experiment, folder):
    """One run. Returns whether it was not there already."""
    facts = yaml.safe_load((folder / "meta.yaml").read_text(encoding="utf-8"))
    origin = facts["run_id"]
    if client.search_runs([experiment], f"tags.`{ORIGIN}` = '{origin}'", max_results=1):
        return False
    run = client.create_run(experiment, start_time=facts["start_time"], run_name=facts.get("run_name")).info.run_id
    for some in parts(list(metrics_of(folder / "metrics")), MOST_METRICS):
        client.log_batch(run, metrics=some)
    for some in parts([Param(*item) for item in values(folder / "params").items()], MOST_PARAMS):
        client.log_batch(run, params=some)
    tags = {**values(folder / "tags"), ORIGIN: origin}
    for some in parts([RunTag(*item) for item in tags.items()], MOST_TAGS):
        client.log_batch(run, tags=some)
    if (folder / "artifacts").is_dir():
        client.log_artifacts(run, str(folder / "artifacts"))
    client.set_terminated(run, STATUS[facts["status"]], facts["end_time"])
    if facts["lifecycle_stage"] == "deleted":
        client.delete_run(run)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tracking-uri", required=True)
    args = parser.parse_args()
    client = MlflowClient(args.tracking_uri)
    logged = known = 0
    for meta in sorted(args.folder.glob("*/meta.yaml")):
        name = yaml.safe_load(meta.read_text(encoding="utf-8"))["name"]
        there = client.get_experiment_by_name(name)
        experiment = there.experiment_id if there else client.create_experiment(name)
        for run in sorted(meta.parent.glob("*/meta.yaml")):
            if log(client, experiment, run.parent):
                logged += 1
            else:
                known += 1
    print(f"{logged} runs logged, {known} were there")


if __name__ == "__main__":
    main()
