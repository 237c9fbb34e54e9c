"""Cases of a store: journals, checkpoints, the index, and links in place of its files."""
import contextlib
import hashlib
import json
import os
import shutil
import socket
import sqlite3
import struct

from . import journal
from .case import STORE, Command, resume, store_commands
from .mutation import dump


def journals(case):
    """Records with other values behind right checksums."""
    case.copy("store", "fuzz.yaml", "small.md", "works.bib")
    drop_index(case)
    files = [(trial, "journal.jsonl") for trial in ("a", "b", "broken-off", "broken-off")] * 3
    files += [("a", "annotations.jsonl"), ("removed", "annotations.jsonl"), ("", "")]
    while not case.mutator.notes:
        for trial, name in sorted({case.random.choice(files) for _ in range(case.times())}):
            if trial:
                mutate_lines(case, case.run_folder(trial, name), f"{name} of {trial}")
            else:
                mutate_record_file(case)
    return store_commands(case)


def drop_index(case):
    """Mostly the journals are read anew; otherwise the index knows them as they were."""
    if case.random.random() < 0.85:
        for name in ("lab.sqlite", "lab.sqlite-wal", "lab.sqlite-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(case.path("store", name))


def mutate_lines(case, path, name):
    records = journal.read(path)
    texts = [dump(record) for record in records]
    random = case.random
    if random.random() < 0.12:
        mutate_order(case, texts, name)
        with open(path, "wb") as file:
            file.write(b"".join(journal.frame(text) for text in texts))
        return
    wanted = random.choice(sorted({journal.kind(record) for record in records}))
    at = random.choice([at for at, record in enumerate(records) if journal.kind(record) == wanted])
    record = records[at]
    choice = random.random()
    if choice < 0.35:  # numbers of all records, so that all else is as it was
        share = random.choice([0.02, 0.1, 0.4])
        journal.write(path, [
            dump(case.mutator.values(record, f"{name}, line {at + 1}", share, (int, float))) for at, record in enumerate(records)])
        return
    if choice < 0.65:
        share = random.choice([0.05, 0.2, 0.5])
        only = random.choice([str, (int, float), object])
        for at, record in enumerate(records):
            if journal.kind(record) == wanted:
                texts[at] = dump(case.mutator.values(record, f"{name}, line {at + 1}", share, only))
        journal.write(path, texts)
        return
    within = [wanted] if wanted in record and random.random() < 0.9 else []
    texts[at] = dump(case.mutator.tree(record, f"{name}, line {at + 1}", within))
    journal.write(path, texts)


def mutate_order(case, texts, name):
    """Lines twice, left out, in another order, of another kind, or no lines at all."""
    random = case.random
    at = random.randrange(len(texts))
    choice = random.randrange(6)
    if choice == 0:
        del texts[at]
    elif choice == 1:
        texts[at:at] = [texts[at]] * random.choice([1, 2000])
    elif choice == 2:
        other = random.randrange(len(texts))
        texts[at], texts[other] = texts[other], texts[at]
    elif choice == 3:
        texts.append(random.choice(["", "{}", "[]", "null", "[" * 5000, '{"end":{}}', '{"version":1}', '{"version":99,"run":{}}']))
    elif choice == 4:
        texts[at] += random.choice([" ", "}", "\0", "\x1b[1m"])
    else:
        texts[at] = texts[at].replace('":', '":' + random.choice(["", " ", "\t"]), 3).replace("{", '{"a":0,"a":1,', 1)
    case.mutator.note(f"{name}: lines, change {choice} at {at + 1}")


def mutate_record_file(case):
    """A pin, a saved comparison or a lock."""
    folder = case.random.choice(["pins", "comparisons", "locks"])
    names = sorted(os.listdir(case.path("store", folder)))
    if not names:
        return
    name = case.random.choice(names) if folder != "locks" else names[0]
    path = case.path("store", folder, name)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        text = dump(case.mutator.tree(json.loads(text), f"{folder}/{name}"))
    except ValueError:
        text = str(case.mutator.value(text))
        case.mutator.note(f"{folder}/{name}: {text[:100]!r}")
    with open(path, "w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(text)


def checkpoints(case):
    """The header or the data of a checkpoint, with the journal's record renewed; then the run goes on."""
    case.copy("store", "fuzz.yaml", "small.md", "works.bib")
    path = case.run_folder("broken-off", "journal.jsonl")
    records = journal.read(path)
    for record in [record for record in records if "checkpoint" in record]:
        file_path = case.run_folder("broken-off", record["checkpoint"]["path"])
        if not os.path.exists(file_path):
            continue
        with open(file_path, "rb") as file:
            data = file.read()
        data = mutate_safetensors(case, data)
        with open(file_path, "wb") as file:
            file.write(data)
        record["checkpoint"].update(bytes=len(data), digest=hashlib.sha256(data).hexdigest())
    journal.write(path, [dump(record) for record in records])
    broken = case.corpus.runs["broken-off"]
    return [
        resume(), Command(["show", broken, *STORE]), Command(["doctor", *STORE]),
        Command(["export", broken, "--format", "safetensors", "-o", "weights", *STORE], writes=("weights",))]


def mutate_safetensors(case, data):
    random = case.random
    length = struct.unpack("<Q", data[:8])[0]
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    choice = random.random()
    if choice < 0.1:
        return case.mutator.bytes(data)
    if choice < 0.2:
        length = random.choice([0, 1, len(data), 2**31, 2**63 - 1, 2**63, 2**64 - 1, length - 1, length + 1])
        case.mutator.note(f"header length {length}")
        return struct.pack("<Q", length) + data[8:]
    if choice < 0.3:
        number = random.choice([float("nan"), float("inf"), -float("inf"), 3e38, 1e-45])
        case.mutator.note(f"all weights {number}")
        return data[:8 + length] + struct.pack("<f", number) * (len(body) // 4)
    if choice < 0.6 and "__metadata__" in header:
        header["__metadata__"] = case.mutator.values(header["__metadata__"], "checkpoint", random.choice([0.15, 0.4]))
    within = ["__metadata__"] if "__metadata__" in header and random.random() < 0.6 else []
    if choice >= 0.6 or "__metadata__" not in header:
        header = case.mutator.tree(header, "checkpoint", within)
    text = dump(header).encode("utf-8", errors="surrogatepass")
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def indexes(case):
    """lab.sqlite with other rows, tables, views or bytes."""
    case.copy("store", "fuzz.yaml", "small.md", "works.bib")
    path = case.path("store", "lab.sqlite")
    for name in ("lab.sqlite-wal", "lab.sqlite-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(case.path("store", name))
    choice = case.random.random()
    if choice < 0.55:
        alter_database(case, path)
    elif choice < 0.75:
        foreign_database(case, path)
    elif choice < 0.95 or not os.path.exists(path):
        with open(path, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(case.mutator.bytes(data))
    else:
        name = case.random.choice(["lab.sqlite-wal", "lab.sqlite-shm", "lab.sqlite-journal"])
        case.mutator.note(f"garbage as {name}")
        with open(case.path("store", name), "wb") as file:
            file.write(case.random.randbytes(case.random.choice([0, 10, 32768])))
    return store_commands(case)


def alter_database(case, path):
    random = case.random
    database = sqlite3.connect(path, isolation_level=None)
    for function in ("mean", "median", "only_first"):
        database.create_function(function, -1, lambda *values: None)
    tables = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    tables = [name for name in tables if not name.startswith("sqlite_")]
    for _ in range(case.times()):
        statement = alteration(case, database, random.choice(tables))
        case.mutator.note(statement)
        try:
            database.execute("PRAGMA foreign_keys = OFF")
            database.executescript(statement)
        except (sqlite3.Error, ValueError, UnicodeEncodeError) as error:
            case.mutator.note(f"  refused: {error}")
    database.close()


def alteration(case, database, table):
    random = case.random
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    column = random.choice(columns) if columns else "rowid"
    choice = random.randrange(8)
    literal = sql_literal(case)
    if choice in (0, 1):
        return f"UPDATE {table} SET {column} = {literal}"
    if choice == 2:  # the same table without types and rules
        loose = ", ".join(f"NULL AS {name}" if random.random() < 0.5 or name == column else name for name in columns)
        twice = " UNION ALL SELECT * FROM loose_rows" if random.random() < 0.5 else ""
        return (f"CREATE TABLE loose_rows AS SELECT {loose} FROM {table}; DROP TABLE {table}; "
                f"CREATE TABLE {table} AS SELECT * FROM loose_rows{twice}; DROP TABLE loose_rows;")
    if choice == 3:
        return f"DELETE FROM {table}"
    if choice == 4:
        return f"PRAGMA {random.choice(['user_version', 'application_id'])} = {random.choice([0, 1, 6, 8, 99, -1, 2**31 - 1])}"
    if choice == 5:
        view = random.choice(["trial_summary", "run_summary", "latest_metric"])
        body = random.choice([
            f"SELECT {literal} AS run", "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS run FROM n",
            "SELECT randomblob(100000000) AS run"])
        return f"DROP VIEW {view}; CREATE VIEW {view} AS {body}"
    if choice == 6:
        return f"CREATE TRIGGER more AFTER INSERT ON {table} BEGIN DELETE FROM {random.choice(['run', 'metric', table])}; END"
    return f"ALTER TABLE {table} RENAME COLUMN {column} TO \"{random.choice(['x', 'id', chr(27) + '[1m'])}\""


def sql_literal(case):
    value = case.mutator.value(case.random.choice([1, 0.5, "text"]))
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (int, float)) and value == value and abs(value) < 1e308:
        return repr(value)
    text = str(value).replace("'", "''").replace("\0", "").encode("utf-8", "replace").decode()
    return f"'{text[:5000]}'"


def foreign_database(case, path):
    """A database of another program, or no database, in the place of the index."""
    os.remove(path)
    choice = case.random.randrange(5)
    case.mutator.note(f"foreign database {choice}")
    if choice == 0:
        with open(path, "wb") as file:
            file.write(case.random.choice([b"", b"text\n", b"SQLite format 3\0", b"\0" * 100_000]))
    elif choice == 1:
        os.mkdir(path)
    else:
        database = sqlite3.connect(path)
        database.executescript(case.random.choice([
            "CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('x');",
            "CREATE TABLE run (id); INSERT INTO run VALUES (NULL), (NULL), (x'00ff');",
            "CREATE TABLE run (id TEXT, journal TEXT); CREATE VIEW run_summary AS SELECT * FROM run; PRAGMA user_version = 7;"]))
        if choice == 3:
            database.execute("PRAGMA journal_mode = WAL")
        database.close()


PLACES = [
    "lab.sqlite", "lab.sqlite-wal", "lab.sqlite-journal", "runs", "locks", "pins", "comparisons", "runs/{a}", "runs/{a}/journal.jsonl",
    "runs/{a}/annotations.jsonl", "runs/{a}/log", "runs/{a}/lock", "runs/{a}/last.safetensors", "runs/{a}/predictions.u8",
    "runs/{broken}/journal.jsonl", "runs/{broken}/log", "runs/{broken}/lock", "runs/{broken}/last.safetensors",
    "runs/{broken}/checkpoint", "runs/{broken}/annotations.jsonl", "runs/{removed}", "runs/{removed}/annotations.jsonl",
    "runs/stranger", "locks/one", "pins/one", "comparisons/kept.json", "fuzz.yaml", "small.md", "works.bib"]


def links(case):
    """Links, FIFOs, sockets, devices and folders in the place of a file or a folder of the store."""
    case.copy("store", "fuzz.yaml", "small.md", "works.bib")
    for _ in range(case.random.choice([1, 1, 2])):
        put_in_place(case, case.random.choice(PLACES))
    return store_commands(case)


def put_in_place(case, place):
    runs = case.corpus.runs
    name = place.format(a=runs["a"], broken=runs["broken-off"], removed=runs["removed"])
    folder, last = os.path.split(name)
    folder = case.path(folder) if name in ("fuzz.yaml", "small.md", "works.bib") else case.path("store", folder)
    if not os.path.isdir(folder):
        return
    if last in ("checkpoint", "one"):
        names = [found for found in sorted(os.listdir(folder)) if last == "one" or found.startswith("checkpoint")]
        if not names:
            return
        last = names[-1]
    path = os.path.join(folder, last)
    kind = case.random.choice(["link", "link", "link", "fifo", "socket", "folder", "endless", "loop", "unreadable", "copy"])
    target = case.random.choice([
        os.path.join(case.root, "victim.txt"), "../../../victim.txt", "../../victim.txt", "../victim-folder",
        os.path.join(case.root, "created-by-a-link"), os.path.join(case.root, "victim-folder")])
    case.mutator.note(f"{place}: {kind} {target if kind == 'link' else ''}")
    old = path + ".old"
    if os.path.lexists(path):
        os.rename(path, old)
    if kind == "link":
        os.symlink(target, path)
    elif kind == "endless":
        os.symlink("/dev/zero", path)
    elif kind == "loop":
        os.symlink(last, path)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        os.mkdir(path)
    elif kind == "socket":
        make_socket(path)
    elif kind == "copy" and os.path.exists(old):  # a link to what was there, moved outside the store
        moved = case.path("moved")
        os.path.lexists(moved) or shutil.move(old, moved)
        os.symlink(moved, path)
    elif os.path.exists(old):
        os.rename(old, path)
        os.chmod(path, 0)
    if os.path.lexists(old):
        shutil.rmtree(old) if os.path.isdir(old) and not os.path.islink(old) else os.remove(old)


def make_socket(path):
    folder, name = os.path.split(path)
    here = os.getcwd()
    os.chdir(folder)  # a socket's path has to be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(name)
    finally:
        os.chdir(here)
