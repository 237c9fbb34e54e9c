"""Cases of what people write: experiment files, notebooks and bibliographies."""
from .case import STORE, Command
from .mutation import CONTROLS, NAMES, dump

YAML = """schema: 1
experiment: small
question: "What holds?"
dataset: {name: synthetic, resize: 32, train: 32, test: 16}
network: {arch: vgg11, ratio: 16, hidden: 64, dropout: 0.5, init: kaiming}
training:
  epochs: 1
  batch_size: 16
  learning_rate: 0.01
  momentum: 0.9
  weight_decay: 1e-4
  seed: 3
  shuffle: true
measure: {signal: true, repeat: 1}
trials:
  - name: one
  - {name: two, priority: 2, after: [one], network: {blocks: [[1, 16], [2, 32]]}}
  - name: three
    training: {learning_rate: 0.02, max_steps: 1}
sweep: {training.seed: [1, 2]}
profiles:
  quick: {dataset: {train: 16}, only: [one], sweep: {training.epochs: [1, 2]}}
"""
YAML_TOKENS = [
    "&a ", "*a", "&a [*a, *a]", "<<: *a", "!!binary aGk=", "!!python/object:os.system x", "? ", "- - - ", "{", "}", "[", "]", "[[[[[[", "|\n  x",
    ">-\n x", "---", "...", "%YAML 1.2", "# comment", "\t", "'", '"', '"\\x1b[1m"', '"\\u0000"', "~", "null", "yes", "0o17", "0x1F",
    "1_000", "1e3", ".inf", ".nan", "-.inf", "12:30:45", "2026-01-01", "9223372036854775808", "1e19", "-1", "\ufeff", "\x85", "\u2028", "\0",
    "dataset: {name: idx-folder, path: /dev/zero}", "dataset: {name: idx-folder, path: ../../../victim-folder}", "experiment: ../victim",
    "sweep: {training.seed: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}", "[1, 2], ", "a: {b: ", "network: {blocks: [[64, 4096], [64, 4096]]}",
    "network: {hidden: 1000000000}", "dataset: {resize: 100000}", "training: {batch_size: 1000000000}", *CONTROLS[:6]]
TREE = {
    "schema": 1, "experiment": "small", "question": "What holds?",
    "dataset": {"name": "synthetic", "resize": 32, "train": 32, "test": 16},
    "network": {"arch": "vgg11", "ratio": 16, "hidden": 64, "dropout": 0.5, "init": "kaiming"},
    "training": {
        "epochs": 1, "batch_size": 16, "learning_rate": 0.01, "momentum": 0.9, "weight_decay": 0.0001, "seed": 3, "shuffle": True,
        "optimizer": "sgd", "max_steps": 2},
    "trials": [
        {"name": "one"}, {"name": "two", "priority": 2, "after": ["one"], "measure": {"signal": True}},
        {"name": "three", "measure": {"cost": {"steps": 2, "warmup": 1}}}],
    "sweep": {"training.seed": [1, 2], "network.ratio": [8, 16]},
    "profiles": {"quick": {"dataset": {"train": 16}, "only": ["one"], "trials": [{"name": "one", "training": {"epochs": 2}}]}},
}
SETS = ["training.epochs=0", "dataset.train=1e19", "network.blocks=[[1,8]]", "training.seed=-1", "a.b.c=1", "=", "training.max_steps=", "training=*a"]


def experiments(case):
    """Experiment files, as text and as trees; planned, and run with little memory and time."""
    random = case.random
    if random.random() < 0.5:
        tree = TREE
        for _ in range(case.times()):
            tree = case.mutator.tree(tree)
        text = dump(tree)
    else:
        text = YAML
        for _ in range(case.times()):
            text = case.mutator.lines(text, YAML_TOKENS)
    case.write("new.yaml", text)
    more = ["--profile", "quick"] if random.random() < 0.3 else []
    if random.random() < 0.2:
        more += ["--set", random.choice(SETS)]
        case.mutator.note(f"options {more}")
    bounds = ["--memory", "200MB", "--time-limit", "2s", "--no-smoke", "--threads", "1"]
    return [
        Command(["plan", "new.yaml", *STORE, *more]), Command(["plan", "new.yaml", "--json", *STORE, *more]),
        Command(["run", "new.yaml", *STORE, *bounds, *more], after_success=True, limit=40), Command(["list", *STORE])]


MARKDOWN_TOKENS = [
    "{{q.acc}}", "{{q.acc | %.99f}}", "{{q.acc | %s}}", "{{q.", "{{}}", "{{a.b.c}}", "{lit 1 | x}", "{lit ", "[@one2020]", "[@", "@fig-c", "@tbl-",
    "<!--", "-->", "<script>alert(1)</script>", "<svg onload=alert(1)>", "![x](../../../victim.txt)", "![x](/dev/zero)", "![x](@root@/victim.txt)",
    "[x](javascript:alert(1))", "[x]: https://example.org\n", "[x][x]", "> ", "- ", "1. ", "```", "~~~", ":::", ":::{if q}\n", "|", "|-", "***", "`", "\\", "&#0;", "&",
    "$x$", "#", "---", "title: [", "parameters: {a: 1e19}", "parameters: {k: 9223372036854775807}", "bibliography: ../../../victim.txt",
    "bibliography: /dev/zero", "```{query q}\nSELECT 1\n```\n", "```{curves z}\nSELECT 'a' trial, 'm' metric, 1 epoch, 1e308 value\n```\n",
    "--| format: %.3000f", "--| y_range: nan, inf", "--| y_scale: log", "--| columns: ;=;:", "--| view: true", "--| caption: \x1b[1m", "--| margin: 1e400",
    "--| level: 0", "--| test: proportion", "\x1b[1m", "\0", "\u202e", "\ufffc", "\ue000\ue001", *NAMES[:4]]
SQL = [
    "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS v FROM n",
    "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 900000) SELECT 'g' || x AS v, 'h' || x AS w, x AS value FROM n",
    "SELECT length(zeroblob(1000000000)) AS v", "SELECT hex(zeroblob(2000000)) AS v", "SELECT instr(hex(zeroblob(2000000)), hex(zeroblob(900000)) || '1') AS v",
    "SELECT printf('%.*c', 2000000000, 'x') AS v", "SELECT replace(hex(zeroblob(1000000)), '0', hex(zeroblob(1000))) AS v",
    "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT DISTINCT randomblob(1000000) AS v FROM n",
    "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 3000000) SELECT mean(x) AS v, median(x) AS w, bootstrap_low(x) AS u FROM n",
    "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 2000) SELECT count(*) AS v FROM n a, n b, n c, n d",
    "SELECT group_concat(hex(randomblob(1000))) AS v FROM metric a, metric b, metric c", "SELECT load_extension('x') AS v", "PRAGMA user_version", "ATTACH 'x' AS y",
    "SELECT readfile('../../../victim.txt') AS v", "SELECT 1; SELECT 2", "SELECT " + "(" * 2000 + "1" + ")" * 2000 + " AS v",
    "SELECT " + ", ".join(f"{n} AS c{n}" for n in range(1900)), "SELECT 1e999 AS v, -1e999 AS w, NULL AS u", "SELECT char(27) || '[31m' AS v, x'00ff' AS w",
    "SELECT t_quantile(0.999999999999, 1e-300) AS v, mcnemar_p(9e15, 9e15) AS w, wilson_low(1e300, 1e300) AS u",
    "SELECT ratio_low(value, value, 2) AS v FROM metric", "SELECT 'a' LIKE '" + "%_" * 40 + "b' AS v", "SELECT json_extract('" + "[" * 900 + "]" * 900 + "', '$') AS v",
    "SELECT trial AS \"\x1b[1m\" FROM run", "SELECT strftime('%Y', 'now') AS v", "SELECT * FROM sqlite_schema", "VALUES (1)", "SELECT",
    "WITH " + ", ".join(f"a{n} AS (SELECT * FROM a{n - 1} UNION ALL SELECT * FROM a{n - 1})" if n else "a0 AS (SELECT 1 AS v)" for n in range(41)) + " SELECT * FROM a40"]
BIB_TOKENS = [
    "@string{a1 = a0 # a0}\n", "@string{a0 = \"" + "x" * 1000 + "\"}\n" + "".join(f"@string{{a{n + 1} = a{n} # a{n}}}\n" for n in range(40)), "@comment{", "@preamble{\"x\"}", "{", "}", '"', "#", ",",
    "=", "\\", "\\\"{", "\\'{\\i}", "$\\alpha", "@article{one2020,}", "author = {" + " and ".join(["A, B"] * 5000) + "},", "title = {" + "{" * 3000, "year = {99999999999999999999},",
    "crossref = {two},", "month = may # ~ # jun,", "url = {javascript:alert(1)},", "title = {<script>},", "\x1b[1m", "\0", "%", "@", "同名", "and others", "{{Barnes and Noble}}"]


def notebooks(case):
    """Notebooks, their SQL and their bibliographies; built, verified and extracted."""
    case.copy("store")
    text = case.corpus_text("small.md")
    bibliography = case.corpus_text("works.bib")
    for _ in range(case.times()):
        choice = case.random.random()
        if choice < 0.5:
            text = case.mutator.lines(text, MARKDOWN_TOKENS)
        elif choice < 0.75:
            text = with_sql(case, text)
        else:
            case.mutator.note("in the bibliography:")
            bibliography = case.mutator.lines(bibliography, BIB_TOKENS)
    case.write("new.md", text)
    case.write("works.bib", bibliography)
    more = ["--set", case.random.choice(["k=9223372036854775808", "net=\x1b[1m", "k=1", "k=", "zz=1", "=1"])] if case.random.random() < 0.1 else []
    return [
        Command(["report", "new.md", "--out", "out", *STORE, *more], writes=("out",)),
        Command(["verify", "out"], after_success=True), Command(["extract", "out/index.html", "-o", "taken"], writes=("taken",), after_success=True),
        Command(["report", "new.md", "--out", "out", "--check", "--json", *STORE, *more], after_success=True)]


def with_sql(case, text):
    """The notebook with the SQL of one cell replaced, or a cell more."""
    random = case.random
    sql = random.choice(SQL)
    if random.random() < 0.5:
        kind = random.choice(["query", "table", "curves", "bars", "scatter", "printout", "claim", "provenance"])
        columns = {
            "curves": "SELECT v AS trial, v AS metric, 1 AS epoch, 1 AS value FROM", "bars": "SELECT v AS \"group\", v AS series, 1 AS value FROM",
            "scatter": "SELECT v AS series, 1 AS x, 2 AS y FROM", "claim": "SELECT v AS value FROM", "provenance": "SELECT v AS run FROM"}
        if kind in columns:
            sql = f"{columns[kind]} ({sql})"
        options = "--| caption: x\n" if kind not in ("query", "claim") else "--| says: x\n--| by: y\n" if kind == "claim" else ""
        case.mutator.note(f"a cell {kind}: {sql[:200]}")
        return f"{text}\n```{{{kind} new}}\n{options}{sql}\n```\n"
    cells = text.split("SELECT ")
    if len(cells) == 1:
        return text
    at = random.randrange(1, len(cells))
    cells[at] = sql.removeprefix("SELECT ") + "\n" + cells[at].partition("\n")[2]
    case.mutator.note(f"SELECT number {at}: {sql[:200]}")
    return "SELECT ".join(cells)
