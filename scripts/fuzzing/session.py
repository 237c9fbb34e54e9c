"""Makes cases one after the other, judges them, keeps those that failed, and prints what was found."""
import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time

from . import command, data, evidence, inputs, oracle, stores
from .case import Case
from .corpus import Corpus

KINDS = {
    "journal": stores.journals, "page": evidence.pages, "archive": evidence.archives, "notebook": inputs.notebooks,
    "experiment": inputs.experiments, "checkpoint": stores.checkpoints, "index": stores.indexes, "links": stores.links,
    "dataset": data.datasets, "figure": data.figures}
DEFAULT_BINARY = os.path.join(".build", "release", "vgglab")
KEPT_OF_A_KIND = 3


def parse():
    parser = argparse.ArgumentParser(description="Fuzzes vgglab's inputs; docs/fuzzing.md says how.")
    parser.add_argument("--seed", type=int, default=1, help="the same seed and number of cases give the same cases (default: 1)")
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--seconds", type=float, help="stop after so many seconds")
    amount.add_argument("--cases", type=int, help="stop after so many cases (default: 100)")
    amount.add_argument("--case", metavar="KIND/N", help="one case again")
    parser.add_argument("--binary", default=DEFAULT_BINARY, help=f"the program (default: {DEFAULT_BINARY})")
    parser.add_argument("--only", metavar="KIND", choices=sorted(KINDS), help=f"one kind: {', '.join(sorted(KINDS))}")
    parser.add_argument("--failures", metavar="FOLDER", help="where failures are kept (default: a new temporary folder)")
    return parser.parse_args()


class Session:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.binary = os.path.abspath(options.binary)
        self.corpus = Corpus(self.binary, os.path.join(folder, "base"))
        self.failures = None
        # By signature: how often, and the first case.
        self.found = {}
        # By kind of input: cases made, and how their commands ended.
        self.cases, self.ends = {}, {}

    def plan(self):
        """Pairs of a kind and a number, as many as were asked for."""
        options = self.options
        if options.case:
            kind, _, number = options.case.partition("/")
            if kind not in KINDS or not number.isdigit():
                sys.exit(f"fuzz: --case {options.case} is no KIND/N; kinds are {', '.join(sorted(KINDS))}")
            yield kind, int(number)
            return
        kinds = [options.only] if options.only else list(KINDS)
        ends = time.monotonic() + options.seconds if options.seconds else None
        count = options.cases or 100
        made = 0
        while time.monotonic() < ends if ends else made < count:
            yield kinds[made % len(kinds)], made // len(kinds)
            made += 1

    def make(self, kind, number, root):
        """A case and its commands, the same for the same seed, kind and number."""
        numbers = random.Random(f"{self.options.seed}/{kind}/{number}")
        case = Case(self.corpus, numbers, root, f"{os.getpid()}-{kind}-{number}")
        return case, KINDS[kind](case)

    def run_case(self, kind, number):
        """The results of a case's commands."""
        root = os.path.join(self.folder, "case")
        case, commands = self.make(kind, number, root)
        results = []
        for made in commands:
            if made.after_success and any(result.code or result.signal for result in results):
                continue
            before = case.watch(made)
            result = command.run(self.binary, made, case.here, case.environment(), self.folder)
            oracle.judge(result)
            result.faults += oracle.compare(before, case.watch(made), root)
            if made.words[0] == "run":
                result.faults += oracle.judge_workers(case.path("store", "runs"))
            self.judge_temporary(root, result)
            results.append(result)
        notes = case.mutator.notes
        remove(root)
        return notes, results

    def judge_temporary(self, root, result):
        folder = os.path.join(root, "tmp")
        left = sorted(os.listdir(folder))
        if left and not result.timed_out and not result.signal:
            result.faults.append(("temporary files left", ", ".join(left)[:200]))
        for name in left:
            remove(os.path.join(folder, name))

    def go(self):
        for kind, number in self.plan():
            notes, results = self.run_case(kind, number)
            if any(fault[0] == "slow" for result in results for fault in result.faults):
                notes, results = self.run_case(kind, number)  # a busy machine is no fault
            self.cases[kind] = self.cases.get(kind, 0) + 1
            ends = self.ends.setdefault(kind, {})
            for result in results:
                end = "killed" if result.signal else f"{result.code:>2}"
                ends[end] = ends.get(end, 0) + 1
                for fault in result.faults:
                    self.record(kind, number, notes, results, result, fault)

    def record(self, kind, number, notes, results, result, fault):
        words = result.command.words
        name = " ".join(words[:2]) if words[0] == "archive" else words[0]
        signature = (kind, *signature_of(fault))
        entry = self.found.setdefault(signature, {"commands": {}, "cases": [], "notes": notes, "detail": fault[1]})
        entry["commands"][name] = entry["commands"].get(name, 0) + 1
        case = f"{kind}/{number}"
        if case in entry["cases"]:
            return
        if len(notes) < len(entry["notes"]):
            entry["notes"], entry["detail"] = notes, fault[1]
        entry["cases"].append(case)
        if len(entry["cases"]) <= KEPT_OF_A_KIND:
            self.keep(kind, number, notes, results)
            print(f"fuzz: {case}: {name}: {fault[0]}: {printable(fault[1])[:200]}", file=sys.stderr, flush=True)

    def keep(self, kind, number, notes, results):
        """The input as it was before the commands, and what they did."""
        if self.failures is None:
            self.failures = self.options.failures or tempfile.mkdtemp(prefix="vgglab-fuzz-failures-")
        folder = os.path.join(self.failures, f"{kind}-{number}")
        remove(folder)
        os.makedirs(folder)
        self.make(kind, number, os.path.join(folder, "input"))
        with open(os.path.join(folder, "failure.txt"), "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"scripts/fuzz --seed {self.options.seed} --case {kind}/{number}\n\n")
            file.write("".join(f"{note}\n" for note in notes) + "\n")
            for result in results:
                ended = f"signal {result.signal}" if result.signal else f"exit code {result.code}"
                file.write(f"$ vgglab {' '.join(result.command.words)}\n{ended}, {result.seconds:.2f} s, {result.peak >> 20} MiB\n")
                file.write("".join(f"FAULT {name}: {detail}\n" for name, detail in result.faults))
                for text in (result.out, result.err):
                    file.write(printable(text[:4000].decode("utf-8", errors="replace")))
                file.write("\n")

    def report(self):
        """Prints the table and what was found; whether nothing was."""
        print(f"seed {self.options.seed}")
        print(f"{'kind':<12}{'cases':>7}{'faults':>8}  commands by exit code")
        for kind in sorted(self.cases):
            faults = sum(len(entry["cases"]) for signature, entry in self.found.items() if signature[0] == kind)
            ends = "  ".join(f"{end}: {count}" for end, count in sorted(self.ends[kind].items()))
            print(f"{kind:<12}{self.cases[kind]:>7}{faults:>8}  {ends}")
        for signature, entry in sorted(self.found.items()):
            commands = ", ".join(f"{name} ({count})" for name, count in sorted(entry["commands"].items()))
            print(f"\n{': '.join(signature)}\n  commands: {commands}\n  cases: {len(entry['cases'])}, {', '.join(entry['cases'][:5])}")
            print(f"  {printable(entry['detail'])[:300]}")
            print("".join(f"  input: {printable(note)[:300]}\n" for note in entry["notes"][:6]), end="")
        if self.failures:
            print(f"\nFailures are in {self.failures}; scripts/fuzz --seed {self.options.seed} --case KIND/N runs one again.")
        return not self.found


def signature_of(fault):
    """What tells a fault from others of the same kind of input: its class, and of some the detail."""
    name, detail = fault
    if name in ("trap", "exit code"):
        return name, printable(detail)[:160]
    if name == "outside":
        return name, f"{detail.split(' ')[0]} {os.path.basename(detail)}"
    return (name,)


def printable(text):
    return "".join(letter if letter == "\n" or letter.isprintable() else letter.encode("unicode_escape", "replace").decode() for letter in text)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, onerror=lambda call, name, error: None)
    elif os.path.lexists(path):
        os.remove(path)


def main():
    options = parse()
    if not os.access(options.binary, os.X_OK):
        sys.exit(f"fuzz: there is no program {options.binary}; build it, or name one by --binary")
    folder = tempfile.mkdtemp(prefix="vgglab-fuzz-")
    signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))
    try:
        session = Session(options, folder)
        try:
            session.go()
        except KeyboardInterrupt:
            print("fuzz: stopped", file=sys.stderr)
        return 0 if session.report() else 1
    finally:
        remove(folder)
