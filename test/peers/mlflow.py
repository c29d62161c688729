"""What MLflow's own client, the server of its page and its model reader say of runs that the command exported.

    pip install mlflow onnx && python mlflow.py
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

# This file's own folder would hide the package of its name.
HERE = Path(__file__).resolve().parent
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
import mlflow  # noqa: E402

ROOT = HERE.parent.parent
GERMAN = ["--data", "demo/german-credit/german-credit.csv", "--id", "client_id", "--target", "class=bad"]


def scoredesk(*args):
    subprocess.run(["node", "bin/scoredesk.js", *map(str, args)], cwd=ROOT, check=True, capture_output=True)


def asked(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    return json.load(urllib.request.urlopen(request))


def page_server(store):
    """What `mlflow ui` answers its own page when it asks for the runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "ui", "--backend-store-uri", f"file://{store}", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=store.parent, start_new_session=True)
    base = f"http://127.0.0.1:{port}/api/2.0/mlflow"
    found = []
    try:
        for _ in range(120):
            try:
                found = asked(f"{base}/experiments/search", {"max_results": 10})["experiments"]
                break
            except OSError:
                time.sleep(0.5)
        ids = [experiment["experiment_id"] for experiment in found]
        return asked(f"{base}/runs/search", {"experiment_ids": ids})["runs"]
    finally:
        os.killpg(server.pid, 15)


def main():
    folder = Path(tempfile.mkdtemp())
    recipes = {"trees": {"learner": {"kind": "boosting"}}, "dummy": {"learner": {"kind": "dummy"}}}
    for name, recipe in recipes.items():
        (folder / f"{name}.json").write_text(json.dumps(recipe))
        scoredesk("train", *GERMAN, "--recipe", folder / f"{name}.json", "--out", folder / name)
    store = folder / "mlruns"
    scoredesk("runs", "export", folder / "trees", folder / "dummy", "--experiment", "prêt", "--out", store)
    mlflow.set_tracking_uri(f"file://{store}")
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("prêt")
    for run in client.search_runs([experiment.experiment_id]):
        found = json.loads((folder / run.info.run_name / "run.json").read_text())
        for part in ("train", "cv", "test"):
            for name, value in found["metrics"][part].items():
                own = run.data.metrics[f"{part}_{name}"]
                assert own == value or (value is None and own != own), (part, name, own, value)
        mlflow.onnx.load_model(f"runs:/{run.info.run_id}/model")
        print(f"{run.info.run_name}: {len(run.data.params)} params, {len(run.data.metrics)} metrics, model read")
    shown = page_server(store)
    print(f"mlflow {mlflow.__version__}, its ui: {sorted(run['info']['run_name'] for run in shown)}")
    database = f"sqlite:///{folder / 'db.sqlite'}"
    for _ in range(2):
        command = [sys.executable, str(ROOT / "deploy/mlflow/log_runs.py"), str(store), "--tracking-uri", database]
        print(subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip())


if __name__ == "__main__":
    main()
