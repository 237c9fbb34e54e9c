"""One case: a folder with mutated input inside folders full of canaries, and the commands to run there."""
import os
import shutil

from . import oracle
from .command import TOKEN, Command
from .mutation import Mutator

BELOW = os.path.join("outer", "middle", "here")

BACKTRACE = "enable=yes,interactive=no,color=no,symbolicate=fast,images=none,registers=none,threads=crashed,limit=12"


class Case:
    """`root` is the outermost folder that is watched, `here` the working folder."""

    def __init__(self, corpus, random, root, token):
        self.corpus, self.random, self.root = corpus, random, root
        self.here = os.path.join(root, BELOW)
        self.mutator = Mutator(random, root)
        self.token = token
        # Paths below `here` that commands may write.
        self.allowed = {"store"}
        os.makedirs(self.here)
        for name in ("home", "tmp"):  # what is left in the latter is judged by itself
            os.makedirs(os.path.join(root, name))
        folder = self.here
        while len(folder) >= len(root):
            plant(folder)
            folder = os.path.dirname(folder)

    def path(self, *parts):
        return os.path.join(self.here, *parts)

    def copy(self, *names):
        for name in names:
            source, target = os.path.join(self.corpus.folder, name), self.path(name)
            if os.path.isdir(source):
                shutil.copytree(source, target, symlinks=True)
            else:
                shutil.copyfile(source, target)
        if "store" in names:
            plant(self.path("store"))
            plant(self.path("store", "runs"))

    def run_folder(self, trial, *parts):
        return self.path("store", "runs", self.corpus.runs[trial], *parts)

    def corpus_text(self, name):
        with open(os.path.join(self.corpus.folder, name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, data):
        if isinstance(data, str):
            data = data.encode("utf-8", errors="surrogatepass")
        with open(self.path(name), "wb") as file:
            file.write(data)

    def times(self):
        """How many mutations to make: mostly one, so that a failure says what it is."""
        return self.random.choice([1, 1, 1, 2, 4])

    def environment(self):
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": os.path.join(self.root, "home"),
            "TMPDIR": os.path.join(self.root, "tmp"), "XDG_CACHE_HOME": os.path.join(self.corpus.folder, "cache"),
            "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": BACKTRACE, TOKEN: self.token}

    def watch(self, command):
        """The state of all that a command may not touch."""
        allowed = [self.path(name) for name in (*self.allowed, *command.writes)] + [os.path.join(self.root, "tmp")]
        return oracle.snapshot(self.root, allowed)


def plant(folder):
    """A file and a folder that have to stay as they are."""
    inner = os.path.join(folder, "victim-folder")
    os.makedirs(inner)
    for path in (os.path.join(folder, "victim.txt"), os.path.join(inner, "victim.txt")):
        with open(path, "wb") as file:
            file.write(oracle.CANARY)


STORE = ("--store", "store")


def store_commands(case):
    """What looks at a store, goes on with its runs, and cleans it."""
    a, b = case.corpus.runs["a"], case.corpus.runs["b"]
    broken = case.corpus.runs["broken-off"]
    sets = [
        [Command(["list", *STORE]), Command(["list", "--json", "--removed", *STORE]),
         Command(["show", a, *STORE]), Command(["show", broken, "--attempts", *STORE])],
        [Command(["doctor", *STORE]), Command(["doctor", "--rebuild", *STORE]), Command(["list", *STORE])],
        [Command(["export", a, "--format", "csv", *STORE]), Command(["export", broken, "--format", "jsonl", "--attempts", *STORE]),
         Command(["export", a, "--format", "safetensors", "-o", "weights", *STORE], writes=("weights",))],
        [Command(["compare", a, b, *STORE]), Command(["compare", "--load", "kept", "--json", *STORE]),
         Command(["compare", a, b, "--plot", "plot.png", *STORE], writes=("plot.png",))],
        [Command(["plan", "fuzz.yaml", *STORE]), resume()],
        [Command(["gc", "--dry-run", *STORE]), Command(["gc", *STORE]), Command(["list", "--removed", *STORE])],
        [Command(["query", "SELECT * FROM run_summary", *STORE]), Command(["query", "--json", "SELECT * FROM latest_metric", *STORE]),
         Command(["query", "SELECT * FROM forecast_check", *STORE])],
        [Command(["log", a, *STORE]), Command(["tag", a, "new", *STORE]), Command(["note", b, "said", *STORE]),
         Command(["rm", b, "--force", *STORE]), Command(["restore", b, *STORE])],
        [Command(["report", "small.md", "--out", "out", *STORE], writes=("out",)),
         Command(["verify", "out", *STORE], after_success=True)],
    ]
    # The cheap ones always, two groups of the others.
    return [command for group in (sets[0], *case.random.sample(sets[1:], 2)) for command in group]


def resume(*more):
    """Goes on with the interrupted run; it trains, so it has more time."""
    return Command(
        ["run", "fuzz.yaml", *STORE, "--threads", "1", "--no-smoke", "--checkpoint-seconds", "0.05", "--time-limit", "6s", *more],
        limit=25)
