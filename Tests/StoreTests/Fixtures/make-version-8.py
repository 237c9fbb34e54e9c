#!/usr/bin/env python3
"""Makes version-8/ beside it: a small store as vgglab wrote it when the index had version 8.

Usage: make-version-8.py VGGLAB, a program of that version. The journals are written here; the program makes the index.
"""

import hashlib
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CONFIGURATION = json.dumps(
    {"dataset": {"name": "synthetic", "resize": 32, "test": 8, "train": 16},
     "network": {"arch": "vgg11", "dropout": 0.5, "init": "xavier", "ratio": 16},
     "training": {"batch_size": 8, "epochs": 2, "learning_rate": 0.01, "max_steps": None, "momentum": 0.9, "seed": 7,
                  "shuffle": True, "weight_decay": 0.0}}, separators=(",", ":"), sort_keys=True)
TRIAL = hashlib.sha256(CONFIGURATION.encode()).hexdigest()
ENVIRONMENT = {
    "vgglabVersion": "0.1.0", "binaryDigest": "d1", "gitCommit": "c1", "gitDirty": True, "host": "host", "processID": 0,
    "operatingSystem": "Linux", "cpu": "CPU", "cores": 2, "threads": 2, "kernels": "fast", "instructionSet": "x86-64-v3",
    "blas": "OpenBLAS", "blasCore": "Haswell", "dataDigests": {"train": "aa", "test": "bb"}}
NETWORK = {
    "arch": "vgg11", "ratio": 16, "input": "1x32x32", "classes": 10, "parameters": 30, "multiplyAdds": 300,
    "activationFloats": 3, "printed": "Sequential()", "shapeWalk": "walk",
    "layers": [
        {"path": "0.0", "child": 0, "type": "Conv2d", "printed": "Conv2d(1, 4)", "outputShape": "4x32x32",
         "parameters": 10, "multiplyAdds": 100, "activationFloats": 1},
        {"path": "6", "child": 6, "type": "Linear", "printed": "Linear()", "outputShape": "10", "parameters": 20,
         "multiplyAdds": 200, "activationFloats": 2}]}


def line(record):
    text = json.dumps(record, separators=(",", ":"), sort_keys=True)
    return f"{hashlib.sha256(text.encode()).hexdigest()[:16]} {text}\n"


def first(run, trial, created, **more):
    return {"run": {"run": run, "experiment": "first", "question": "What was kept?", "trial": trial, "trialID": TRIAL,
                    "configuration": CONFIGURATION, "reductions": [], "seed": 7, "epochs": 2,
                    "createdAt": f"2026-01-{created}.000Z", **more}, "version": 1}


def attempt(number, at, **more):
    return {"attempt": {"attempt": number, "startedAt": f"2026-01-{at}.000Z", "environment": ENVIRONMENT, **more}}


def metrics(step, accuracy=None):
    epoch = step / 2
    values = [("step_loss", 2.5 / step), ("step_accuracy", 0.125 * step)]
    if accuracy is not None:
        values += [("test_accuracy", accuracy), ("test_loss", 1.5), ("examples_per_second", 40.5), ("epoch_seconds", 4.0)]
    return {"metric": [{"name": name, "step": step, "epoch": epoch, "value": value} for name, value in values]}


RUNS = {
    # Killed in its first attempt, completed in its second.
    "aa-00000001": [
        first("aa-00000001", "resumed", "01T10:00:00", profile="quick",
              reductions=[{"key": "training.epochs", "full": "10", "used": "2"}]),
        {"forecast": {"at": "2026-01-01T10:00:00.100Z", "steps": 4, "seconds": 9.5, "memoryBytes": 1000,
                      "diskBytes": 2000, "basis": "history"}},
        attempt(1, "01T10:00:01"), {"network": NETWORK}, metrics(1), metrics(2, 0.5),
        {"checkpoint": {"step": 2, "at": "2026-01-01T10:00:21.500Z", "path": "checkpoint-1-0.safetensors", "bytes": 9,
                        "digest": "cc"}},
        metrics(3),
        {"exit": {"attempt": 1, "at": "2026-01-01T10:00:31.000Z", "signal": 9,
                  "cause": "the worker was killed by signal 9 (SIGKILL)"}},
        attempt(2, "01T11:00:00", resumedFrom=2, differences=["threads: 2, before 1"]),
        {"event": {"at": "2026-01-01T11:00:01.000Z", "kind": "resumed", "message": "goes on behind step 2"}},
        {"network": NETWORK}, metrics(3), metrics(4, 0.75),
        {"artifact": {"name": "last", "path": "last.safetensors", "bytes": 9, "digest": "ff"}},
        {"predictions": {"examples": 8, "correct": "fc"}},
        {"end": {"outcome": "completed", "at": "2026-01-01T11:00:12.000Z", "trainingSeconds": 8.0, "seconds": 12.0,
                 "peakResidentBytes": 1 << 20}}],
    "aa-00000002": [
        first("aa-00000002", "failed", "02T10:00:00"), attempt(1, "02T10:00:01"), metrics(1),
        {"end": {"outcome": "failed", "cause": "diverged", "at": "2026-01-02T10:00:05.000Z", "trainingSeconds": 2.0,
                 "seconds": 4.0, "peakResidentBytes": 1 << 20}}],
    "aa-00000003": [
        first("aa-00000003", "interrupted", "03T10:00:00"), attempt(1, "03T10:00:01"), metrics(1),
        {"layer_metric": [{"position": 0, "name": "forward_seconds", "step": 1, "value": 0.25}]},
        {"event": {"at": "2026-01-03T10:00:09.000Z", "kind": "interrupted", "message": "stopped after step 1"}}],
    "aa-00000004": [first("aa-00000004", "queued", "04T10:00:00")],
    # Its folder is removed once the index has it.
    "aa-00000005": [first("aa-00000005", "gone", "05T10:00:00"), attempt(1, "05T10:00:01"), metrics(1)],
}
ANNOTATIONS = {
    "aa-00000001": [
        {"kind": "tag", "text": "good", "at": "2026-01-06T10:00:00.000Z"},
        {"kind": "note", "text": "kept", "at": "2026-01-06T10:00:01.000Z"},
        {"kind": "reference", "at": "2026-01-06T10:00:02.000Z",
         "text": json.dumps({"experiment": "second", "question": "The same?", "trial": "alias"})}],
    "aa-00000002": [{"kind": "remove", "text": "", "at": "2026-01-06T10:00:03.000Z"}],
}

with tempfile.TemporaryDirectory() as folder:
    store = pathlib.Path(folder) / "store"
    for run, records in RUNS.items():
        (store / "runs" / run).mkdir(parents=True)
        (store / "runs" / run / "journal.jsonl").write_text("".join(map(line, records)))
    for run, records in ANNOTATIONS.items():
        (store / "runs" / run / "annotations.jsonl").write_text("".join(map(line, records)))
    subprocess.run([sys.argv[1], "list", "--store", store], check=True)
    shutil.rmtree(store / "runs" / "aa-00000005")
    subprocess.run([sys.argv[1], "list", "--store", store, "--removed"], check=True)
    database = sqlite3.connect(store / "lab.sqlite", isolation_level=None)
    assert database.execute("PRAGMA user_version").fetchone() == (8,)
    for statement in ["PRAGMA journal_mode = DELETE", "PRAGMA page_size = 512", "VACUUM"]:
        database.execute(statement).fetchall()
    database.close()
    target = HERE / "version-8"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    shutil.copy(store / "lab.sqlite", target)
    for path in sorted(store.glob("runs/*/*.jsonl")):
        copy = target / path.relative_to(store)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
