"""Random forests beside scikit-learn's, and boosting beside npm's ydf-training, on the same rows.

    pip install -r ../oracles/requirements.txt && python forest.py [--uci FILE] [--ydf NODE_MODULES] [--out ../bench/forest.md]

NODE_MODULES: a folder with ydf-training and jszip (`npm install ydf-training jszip` elsewhere: the project does not use them).
"""

import argparse
import os
import platform
import subprocess
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from train import ROOT, SEED, ours, quality, sets

warnings.filterwarnings("ignore")
TREES, LEAF_ROWS, SPLITS = 200, 5, 5


def splits(x, y, count):
    rng = np.random.default_rng(SEED)
    for _ in range(count):
        order = rng.permutation(len(y))
        cut = int(0.8 * len(y))
        yield (x[order[:cut]], y[order[:cut]]), (x[order[cut:]], y[order[cut:]])


def forests(name, x, y, folder):
    differences, theirs = [], []
    for k, (train, test) in enumerate(splits(x, y, SPLITS)):
        model = RandomForestClassifier(TREES, min_samples_leaf=LEAF_ROWS, n_jobs=1, random_state=k).fit(*train)
        b = quality(test[1], model.predict_proba(test[0])[:, 1])
        a = quality(test[1], ours(folder, train, test, TREES, LEAF_ROWS, "forest")[2])
        differences.append(np.subtract(a, b))
        theirs.append(b)
    mean, error = np.mean(differences, 0), np.std(differences, 0, ddof=1) / np.sqrt(SPLITS)
    auc, loss = np.mean(theirs, 0)
    return f"| {name} | {auc:.4f} | {mean[0]:+.4f} ± {error[0]:.4f} | {loss:.4f} | {mean[1]:+.4f} ± {error[1]:.4f} |"


YDF = """
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
const require = createRequire(process.argv[2] + '/');
globalThis.JSZip = require('jszip');
const ydf = await require('ydf-training')();
const [train, test] = ['train.csv', 'test.csv'].map((name) => readFileSync(`${process.argv[3]}/${name}`, 'utf8'));
const before = process.cpuUsage();
const model = new ydf.GradientBoostedTreesLearner('outcome', 'CLASSIFICATION').train(train);
const { user, system } = process.cpuUsage(before);
const found = model.predict(test);
writeFileSync(`${process.argv[3]}/ydf.json`, JSON.stringify([...(found.predictions ?? found)]));
console.log((user + system) / 1e6);
process.exit(0);
"""


def ydf(modules, x, y, folder):
    train, test = next(splits(x, y, 1))
    for name, (own, outcomes) in (("train", train), ("test", test)):
        table = pd.DataFrame(own, columns=[f"c{j}" for j in range(own.shape[1])])
        table["outcome"] = np.where(outcomes == 1, "yes", "no")
        table.to_csv(folder / f"{name}.csv", index=False)
    (folder / "ydf.mjs").write_text(YDF)
    out = subprocess.run(["node", str(folder / "ydf.mjs"), modules, str(folder)], check=True, capture_output=True, text=True).stdout
    p = pd.read_json(folder / "ydf.json").to_numpy(float)
    p = p[:, -1]
    auc, loss = quality(test[1], p)
    if auc < 0.5:
        auc, loss = quality(test[1], 1 - p)
    lines = [f"| ydf-training, its fixed parameters | {float(out.split()[-1]):.1f} | {auc:.4f} | {loss:.4f} |"]
    for trees, rate in ((100, 0.1), (300, 0.05)):
        binning, training, p, _ = ours(folder, train, test, trees, rate)
        auc, loss = quality(test[1], p)
        lines.append(f"| ours, {trees} trees of 31 leaves, rate {rate} | {binning + training:.1f} | {auc:.4f} | {loss:.4f} |")
    return lines


def main():
    parser = argparse.ArgumentParser()
    for name in ("uci", "ydf", "out"):
        parser.add_argument(f"--{name}")
    options = parser.parse_args()
    text = [
        "# Forests and ydf-training\n",
        f"By `python test/peers/forest.py{' --uci FILE' if options.uci else ''}{' --ydf NODE_MODULES' if options.ydf else ''}`. scikit-learn {version('scikit-learn')}; "
        f"Python {platform.python_version()}, Node {subprocess.run(['node', '--version'], capture_output=True, text=True).stdout.strip()}.\n",
        f"## Random forests: ours less scikit-learn's, {SPLITS} splits\n",
        f"{TREES} trees, leaves of at least {LEAF_ROWS} rows, the root of the columns a split; mean and its standard error.\n",
        "| | AUC | ours | log loss | ours |", "| --- | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # scikit-learn's forests take gaps, but no infinities.
        everything = [(name, np.clip(x, -1e9, 1e9), y) for name, x, y in sets(options.uci)]
        text += [forests(*one, folder) for one in everything]
        if options.ydf and options.uci:
            _, x, y = everything[-1]
            text += ["\n## ydf-training on UCI's 24,000 x 23, one split\n", "| | CPU seconds | AUC | log loss |", "| --- | ---: | ---: | ---: |", *ydf(options.ydf, x, y, folder)]
    print("\n".join(text))
    if options.out:
        Path(options.out).write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
