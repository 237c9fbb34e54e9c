"""The base that every case is a mutation of: a store with complete, removed and interrupted runs, a report, archives."""
import os
import signal
import subprocess
import sys
import time

from . import inputs, journal
from .mutation import dump

EXPERIMENT = """schema: 1
experiment: fuzz
question: Does anything give way?
dataset: {name: synthetic, resize: 32, train: 64, test: 32}
network: {arch: vgg11, ratio: 16, hidden: 64, init: kaiming}
training: {epochs: 1, batch_size: 16, learning_rate: 0.01, momentum: 0.9}
trials:
  - {name: a}
  - {name: b, training: {learning_rate: 0.02}}
  - {name: removed, training: {learning_rate: 0.03}}
  - {name: broken-off, training: {epochs: 24}}
"""
NOTEBOOK = """---
title: Small
bibliography: works.bib
parameters: {k: 2, net: vgg11}
constants: {"32": the side}
---

# Small

A value {{q.acc | percent}} of {{parameters.k}} and @fig-c, see [@one2020; @two, Table 2] and `code`.

```{query q}
--| view: true
SELECT run, trial, test_accuracy AS acc, test_accuracy >= 0 AS measured, seconds FROM trial_summary ORDER BY trial
```

```{table t}
--| caption: A table of {{q.acc | %.3f}}.
--| columns: trial; acc=acc:%.3f
SELECT trial, acc FROM q WHERE trial <> :net
```

```{curves c}
--| caption: Curves.
--| y_scale: log
SELECT q.trial, m.name AS metric, m.epoch, m.value FROM q JOIN latest_metric AS m ON m.run = q.run
WHERE m.name IN ('train_loss', 'step_loss') ORDER BY q.trial, m.name, m.step
```

```{bars b}
--| caption: Bars.
--| value_label: accuracy
SELECT trial AS "group", 'x' AS series, acc AS value FROM q
```

```{scatter s}
--| caption: Scatter.
SELECT trial AS series, seconds AS x, acc AS y, trial AS label FROM q
```

```{printout o}
--| caption: A network.
SELECT printed FROM network LIMIT 1
```

```{claim m}
--| says: It holds.
--| by: someone
--| test: mean
SELECT acc AS value FROM q
```

```{provenance p}
--| caption: Runs.
```

:::{if q.measured}
Shown {lit 5.5 | one2020, Table 1} and {{m.verdict}}.
:::

> quote with ~~deleted~~ and a [link](https://example.org/{{q.trial}})

1. one
   - two

| a | b |
|---|---|
| 1 | <b>html</b> |
"""
BIBLIOGRAPHY = """@string{acm = "ACM"}
@article{one2020, author = {Simonyan, Karen and Zisserman, Andrew}, title = {Very {D}eep}, journal = acm # " Letters",
  year = 2020, url = {https://example.org/a--b}}
@book{two, author = "M{\\"u}ller, A. and others", title = {Bo{\\'o}k $\\alpha$}, year = {2019}, doi = {10.1/x}}
"""
TRIALS = ["a", "b", "removed", "broken-off"]


class Corpus:
    """`folder` holds fuzz.yaml, small.md, works.bib, store/, report/, archives/; `runs` names the runs by trial."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        os.makedirs(folder)
        texts = {
            "fuzz.yaml": EXPERIMENT, "small.md": NOTEBOOK, "works.bib": BIBLIOGRAPHY, "text.yaml": inputs.YAML,
            "tree.yaml": dump(inputs.TREE)}
        for name, text in texts.items():
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        store = ("--store", "store")
        for name in ("text.yaml", "tree.yaml"):
            self.ask("plan", name, *store)
            self.ask("plan", name, "--profile", "quick", *store)
        work = ("run", "fuzz.yaml", *store, "--threads", "1", "--no-smoke")
        self.ask(*work, "--only", "a,b,removed")
        self.break_off([*work, "--only", "broken-off", "--checkpoint-seconds", "0.05"])
        self.runs = self.runs_by_trial()
        self.shorten(os.path.join(folder, "store", "runs", self.runs["broken-off"], "journal.jsonl"))
        self.ask("tag", "a", "good", *store)
        self.ask("note", "a", "a note", *store)
        self.ask("rm", "removed", *store)
        self.ask("compare", "a", "b", "--save", "kept", *store)
        self.ask("report", "small.md", "--out", "report", *store)
        self.ask("archive", "create", "whole", "--archives", "archives", "--notebook", "small.md", *store)
        runs = ",".join(self.runs[trial] for trial in ("a", "broken-off"))
        self.archives = ["whole"]
        if self.ask("archive", "create", "plain", "--archives", "archives", "--runs", runs, *store, may_fail=True):
            self.archives.append("plain")

    def ask(self, *words, may_fail=False):
        done = subprocess.run([self.binary, *words], cwd=self.folder, capture_output=True, text=True, timeout=120)
        if done.returncode != 0 and not may_fail:
            sys.exit(f"fuzz: the base could not be made: {' '.join(words)} ended with {done.returncode}\n{done.stderr}")
        return done.returncode == 0

    def break_off(self, words):
        """Stops a run by SIGTERM once it has two checkpoints."""
        process = subprocess.Popen(
            [self.binary, *words], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if self.checkpoints() >= 2:
                process.send_signal(signal.SIGTERM)
                break
            time.sleep(0.005)
        if process.wait(timeout=60) != 75:
            sys.exit(f"fuzz: the base could not be made: the stopped run ended with {process.returncode}, not 75")

    def checkpoints(self):
        runs = os.path.join(self.folder, "store", "runs")
        return sum(name.startswith("checkpoint-") for run in os.listdir(runs) for name in os.listdir(os.path.join(runs, run)))

    def runs_by_trial(self):
        runs = os.path.join(self.folder, "store", "runs")
        found = {}
        for name in os.listdir(runs):
            found[journal.read(os.path.join(runs, name, "journal.jsonl"))[0]["run"]["trial"]] = name
        if sorted(found) != sorted(TRIALS):
            sys.exit(f"fuzz: the base has runs of {sorted(found)}")
        return found

    def shorten(self, path):
        """Leaves three lines of metrics and the last two checkpoints, so that the lines are as many each time."""
        records = journal.read(path)
        metrics = [at for at, record in enumerate(records) if journal.kind(record) == "metric"]
        checkpoints = [at for at, record in enumerate(records) if journal.kind(record) == "checkpoint"]
        dropped = set(metrics[3:]) | set(checkpoints[:-2])
        with open(path, "rb") as file:
            lines = file.read().splitlines(keepends=True)
        with open(path, "wb") as file:
            file.write(b"".join(line for at, line in enumerate(lines) if at not in dropped))
        for name in ("lab.sqlite", "lab.sqlite-wal", "lab.sqlite-shm"):
            index = os.path.join(self.folder, "store", name)
            if os.path.exists(index):
                os.remove(index)
