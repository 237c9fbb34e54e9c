"""Cases of pages and archives that were altered and signed again: every digest is right."""
import gzip
import hashlib
import json
import os
import re
import zlib

from . import journal, page
from .case import STORE, Command, resume
from .inputs import MARKDOWN_TOKENS, SQL
from .mutation import dump, packed_zeros

SCRIPTS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<iframe src=https://example.org></iframe>", "<style>body{display:none}</style>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>", "<b>99.9 %</b>", "<link rel=stylesheet href=https://example.org/x.css>", " ", "<!-- x -->"]


def pages(case):
    """The evidence of a page with other values, types or structure, and pages with elements that no evidence gives."""
    text = case.corpus_text(os.path.join("report", "index.html"))
    must_notice = False
    choice = case.random.random()
    if choice < 0.6:
        evidence = page.evidence(text)
        for _ in range(case.times()):
            evidence = mutate_evidence(case, evidence)
        text = page.with_evidence(text, dump(evidence))
    elif choice < 0.72:
        text = page.with_packed(text, mutate_packed(case, text))
    elif choice < 0.95:
        text, must_notice = altered(case, text)
    else:
        text = case.mutator.bytes(text.encode()).decode("utf-8", errors="replace")
    case.write("page.html", text)
    taken = ("taken",)
    return [
        Command(["verify", "page.html"], must_notice=must_notice), Command(["verify", "--json", "page.html"], must_notice=must_notice),
        Command(["extract", "page.html", "-o", "taken"], writes=taken)]


def mutate_evidence(case, evidence):
    random = case.random
    choice = random.random()
    if choice < 0.15:
        evidence = json.loads(json.dumps(evidence))
        notebook = evidence.get("notebook")
        if isinstance(notebook, dict) and isinstance(notebook.get("text"), str):
            notebook["text"] = case.mutator.lines(notebook["text"], MARKDOWN_TOKENS)
        return evidence
    if choice < 0.25:
        evidence = json.loads(json.dumps(evidence))
        queries = evidence.get("queries")
        if isinstance(queries, list) and queries:
            query = random.choice(queries)
            if isinstance(query, dict):
                query["sql"] = random.choice(SQL)
                case.mutator.note(f"SQL of {query.get('id')}: {query['sql'][:150]}")
        return evidence
    if choice < 0.32:
        return many_rows(case, json.loads(json.dumps(evidence)))
    if choice < 0.5 and has(evidence, ["store", "tables"]) and isinstance(evidence["store"]["tables"], dict):
        evidence = json.loads(json.dumps(evidence))
        tables = evidence["store"]["tables"]
        name = random.choice(sorted(tables))
        if isinstance(tables[name], dict):
            tables[name]["rows"] = case.mutator.values(tables[name].get("rows"), name, random.choice([0.02, 0.2]), random.choice([str, (int, float), object]))
        return evidence
    starts = [["store"], ["store", "tables"], ["store", "runs"], ["queries"], ["figures"], ["claims"], ["notebook"], ["definitions"], []]
    start = random.choice([path for path in starts if has(evidence, path)])
    return case.mutator.tree(evidence, "evidence", start)


def has(tree, path):
    for key in path:
        if not isinstance(tree, dict) or key not in tree:
            return False
        tree = tree[key]
    return True


def many_rows(case, evidence):
    """A table with very many rows, or very many tables, runs or queries."""
    random = case.random
    count = random.choice([1000, 100_000, 400_000])
    if has(evidence, ["store", "tables", "metric", "rows"]) and random.random() < 0.5:
        rows = evidence["store"]["tables"]["metric"]["rows"]
        if isinstance(rows, list) and rows and isinstance(rows[0], list) and len(rows[0]) > 2:
            rows += [[*rows[0][:2], 1000 + number, *rows[0][3:]] for number in range(count)]
            case.mutator.note(f"{count} metric rows more")
    else:
        key = random.choice(["queries", "figures", "claims", "definitions"])
        if isinstance(evidence.get(key), list):
            evidence[key] = evidence[key] * (count // 100)
            case.mutator.note(f"{key} {count // 100} times")
    return evidence


def mutate_packed(case, text):
    """Other packed bytes: cut, with bytes behind them, another format, or very many zeros."""
    packed = zlib.compress(dump(page.evidence(text)).encode())
    choice = case.random.randrange(6)
    case.mutator.note(f"packed evidence, change {choice}")
    if choice == 0:
        return case.mutator.bytes(packed)
    if choice == 1:
        return packed + b"more"
    if choice == 2:
        return gzip.compress(zlib.decompress(packed), mtime=0)
    if choice == 3:
        return packed_zeros(300, letter=b" ")
    if choice == 4:
        return packed_zeros(20, letter=b"[")
    return packed_zeros(200, first=b'{"format":1,"notebook":{"text":"')


def altered(case, text):
    """A page with something in it that does not follow from its evidence; old versions and other fonts hide nothing."""
    random = case.random
    if random.random() < 0.5:
        evidence = page.evidence(text)
        key, value = random.choice([
            ("vgglab", "0.0.9"), ("vgglab", "99.0.0"), ("fonts", "0" * 64), ("fonts", "")])
        evidence[key] = value
        text = page.with_evidence(text, dump(evidence))
        case.mutator.note(f"evidence says {key} {value[:8]}")
    choice = random.randrange(5)
    if choice == 0:
        text = text.replace("default-src 'none'", "default-src *", 1)
        case.mutator.note("default-src *")
        return text, "default-src *" in text
    if choice == 1:
        pictures = list(re.finditer(r"data:image/png;base64,[^\"')]{100}", text))
        if pictures:
            at = random.choice(pictures).end() - 20
            case.mutator.note("a byte of a figure")
            return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:], True
    if choice == 2:
        numbers = list(re.finditer(r"<data value=[^>]*>([^<]+)</data>", text))
        if numbers:
            found = random.choice(numbers)
            case.mutator.note(f"the number {found[1]}")
            return text[:found.start(1)] + "0.999" + text[found.end(1):], found[1] != "0.999"
    places = [found.start() for found in re.finditer(r"</p>|</body>|</head>|</html>|<h1|</table>|</li>", text)]
    at, added = random.choice(places), random.choice(SCRIPTS)
    case.mutator.note(f"{added!r} before {text[at:at + 8]!r}")
    return text[:at] + added + text[at:], True


def archives(case):
    """Archives whose members were mutated and whose digests were made again, inside as well."""
    name = case.random.choice(case.corpus.archives)
    case.copy("archives", "fuzz.yaml", "small.md", "works.bib")
    os.makedirs(case.path("store"))
    folder = case.path("archives", name)
    done = set()
    for _ in range(case.times()):
        mutate_member(case, folder, done)
    signed = case.random.random() < 0.92
    must_notice = not signed and bool(case.mutator.notes) and digests_differ(folder)
    if signed:
        sign(folder)
    where = ("--archives", "archives")
    case.allowed.add("store")
    broken = case.corpus.runs["broken-off"]
    return [
        Command(["archive", "verify", name, *where], must_notice=must_notice), Command(["archive", "show", name, *where]),
        Command(["archive", "list", *where]), Command(["archive", "import", name, *where, *STORE], must_notice=must_notice),
        Command(["list", *STORE]), Command(["show", broken, *STORE]), resume("--only", "broken-off"), Command(["doctor", *STORE]),
        Command(["archive", "diff", name, case.corpus.archives[0], *where]), Command(["gc", *STORE])]


def members(folder):
    found = []
    for path, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(path, name), folder) for name in names]
    return sorted(found)


def mutate_member(case, folder, done):
    random = case.random
    trials = {run: trial for trial, run in case.corpus.runs.items()}
    names = sorted(members(folder), key=lambda name: [trials.get(part, part) for part in name.split("/")])
    choice = random.random()
    weights = [name for name in names if name.endswith("journal.jsonl")] * 6 + ["archive.json", "evidence.json.gz"] * 3 + names
    name = random.choice(weights)
    path = os.path.join(folder, name)
    label = "/".join(trials.get(part, part) for part in name.split("/"))
    if not os.path.isfile(path) or os.path.islink(path) or name in done:
        return
    done.add(name)
    if choice < 0.1:
        add_member(case, folder, name, label)
        return
    with open(path, "rb") as file:
        data = file.read()
    if name.endswith("journal.jsonl"):
        new = mutated_journal(case, data, label)
    elif name.endswith(".json.gz"):
        evidence = {"store": json.loads(gzip.decompress(data))}
        new = gzip.compress(dump(mutate_evidence(case, evidence).get("store")).encode("utf-8", "surrogatepass"), mtime=0)
    elif name.endswith(".html"):
        text = data.decode()
        new = page.with_evidence(text, dump(mutate_evidence(case, page.evidence(text)))).encode("utf-8", "surrogatepass")
    elif name.endswith((".json", ".ipynb")):
        new = dump(case.mutator.tree(json.loads(data), label)).encode("utf-8", "surrogatepass")
    else:
        case.mutator.note(label)
        new = case.mutator.bytes(data)
    with open(path, "wb") as file:
        file.write(new)
    if name.endswith("journal.jsonl"):
        renew_digest(folder, data, new)


def mutated_journal(case, data, label):
    texts = [line.split(b" ", 1)[1].decode() for line in data.splitlines()]
    records = [json.loads(text) for text in texts]
    wanted = case.random.choice(sorted({journal.kind(record) for record in records}))
    at = case.random.choice([at for at, record in enumerate(records) if journal.kind(record) == wanted])
    if case.random.random() < 0.55:
        texts[at] = dump(case.mutator.values(records[at], f"{label}, line {at + 1}", 0.25, case.random.choice([str, (int, float), object])))
    else:
        texts[at] = dump(case.mutator.tree(records[at], f"{label}, line {at + 1}", [wanted]))
    return b"".join(journal.frame(text) for text in texts)


def add_member(case, folder, name, label):
    """A link, a FIFO, a strange name, or a run's folder of another name."""
    path = os.path.join(folder, name)
    choice = case.random.randrange(5)
    if choice == 0:
        os.remove(path)
        os.symlink(case.random.choice([os.path.join(case.root, "victim.txt"), "/dev/zero", "../../../../victim.txt"]), path)
    elif choice == 1:
        os.remove(path)
        os.mkfifo(path)
    elif choice == 2:
        with open(os.path.join(folder, case.random.choice(["more", "\x1b[1m", "a\nb", "runs/stranger", " "])), "wb") as file:
            file.write(b"more\n")
    elif choice == 3:
        os.remove(path)
    else:
        runs = os.path.join(folder, "runs")
        if os.path.isdir(runs):
            first = sorted(os.listdir(runs))[0]
            os.rename(os.path.join(runs, first), os.path.join(runs, case.random.choice(["x", "\x1b[1m", "00000000-00000000", "-rf"])))
    case.mutator.note(f"{label}: member, change {choice}")


def renew_digest(folder, old, new):
    """Puts a journal's new digest and size wherever the old digest was: evidence, pages, Markdown, CSV."""
    before, after = hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest()

    def replaced(text):
        text = re.sub(rf'("bytes":){len(old)}(,[^{{}}]*"{before}")', rf"\g<1>{len(new)}\2", text)
        return text.replace(before, after).replace(before[:12], after[:12])

    for name in members(folder):
        path = os.path.join(folder, name)
        if name.endswith((".png", ".jsonl", ".safetensors", ".u8")) or os.path.islink(path) or not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            data = file.read()
        try:
            if name.endswith(".gz"):
                data = gzip.compress(replaced(dump(json.loads(gzip.decompress(data)))).encode(), mtime=0)
            elif name.endswith(".html"):
                text = data.decode()
                data = replaced(page.with_evidence(text, replaced(dump(page.evidence(text))))).encode()
            else:
                data = replaced(data.decode()).encode()
        except (ValueError, OSError, TypeError, AttributeError):
            continue
        with open(path, "wb") as file:
            file.write(data)


def sums(folder):
    lines = []
    for name in members(folder):
        path = os.path.join(folder, name)
        if name != "SHA256SUMS" and os.path.isfile(path) and not os.path.realpath(path).startswith("/dev/"):
            with open(path, "rb") as file:
                lines.append(f"{hashlib.sha256(file.read()).hexdigest()}  {name}\n")
    return "".join(lines)


def sign(folder):
    path = os.path.join(folder, "SHA256SUMS")
    if os.path.isfile(path) and not os.path.islink(path):
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(sums(folder))


def digests_differ(folder):
    path = os.path.join(folder, "SHA256SUMS")
    if not os.path.isfile(path) or os.path.islink(path):
        return True
    with open(path, encoding="utf-8", errors="replace") as file:
        return sorted(file.read().splitlines()) != sorted(sums(folder).splitlines())
