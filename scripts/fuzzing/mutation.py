"""Mutations of values, JSON trees, texts and bytes, the same for the same random numbers."""
import copy
import functools
import json
import re
import zlib

# Written into JSON without quotes: numbers and words that `json.dumps` would not give.
RAW = re.compile(r'"@raw:([^"]*)@"')
INTEGERS = [
    0, 1, -1, 2, 7, 255, 65536, 2**31 - 1, 2**31, -2**31, 2**32, 2**53, 2**53 + 1, 2**62, 2**63 - 1, 2**63, -2**63,
    -2**63 - 1, 2**64 - 1, 2**64, 10**15, 10**19, -10**19, 10**40]
REALS = [
    0.5, -0.5, 1e19, -1e19, 1e15, 1e300, -1e300, 1e-300, 5e-324, 1.7976931348623157e308, 9.3e18, float("nan"),
    float("inf"), float("-inf"), "@raw:-0.0@", "@raw:1e400@", "@raw:1e19@", "@raw:1E+2@", "@raw:0x10@", "@raw:01@",
    "@raw:9223372036854775808@", "nan", "inf", "-inf", "NaN"]
NAMES = [
    "../../../victim.txt", "../../victim.txt", "../victim.txt", "../../../../victim.txt", "../../../victim-folder",
    "../victim-folder", "victim-folder", "..", ".", "/", "", "a/b", "//victim.txt", "journal.jsonl", "lock", "log", "-rf",
    "a\0b", "con trol", "@root@/victim.txt", "@root@/victim-folder", "@root@", "x" * 300, "\u202ename", ".hidden"]
CONTROLS = ["\x1b[2J\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b31m", "a\rb", "a\bb", "a\0b", "a\nb", "a\tb", "\x7f"]
TEXTS = [
    "0", "-1", "true", "null", "none", "completed", "failed", "x" * 100_000, "é" * 5000, "\u0301" * 2000, "中文",
    "👩‍👩‍👧‍👦", "\ud800", "%s%n%d", "'; DROP TABLE run; --", "<script>alert(1)</script>", "&amp;\"'>", "{{q.acc}}",
    "9999-12-31T23:59:59.999Z", "2026-13-45T99:99:99.999Z", "0000-00-00T00:00:00.000Z", "1e999", "0" * 64, "f" * 64,
    "1x32x32", "9223372036854775807x1x1", "-1x-1x-1", "[]", "{}", "[" * 3000]


class Mutator:
    """Mutates by the numbers of `random`; `root` replaces `@root@` in names; `notes` says what was done."""

    def __init__(self, random, root):
        self.random, self.root, self.notes = random, root, []

    def note(self, text):
        self.notes.append(text if len(text) < 400 else f"{text[:400]}… ({len(text)} characters)")

    def integer(self):
        return self.random.choice(INTEGERS)

    def number(self):
        return self.random.choice(INTEGERS if self.random.random() < 0.55 else REALS)

    def name(self):
        return self.random.choice(NAMES).replace("@root@", self.root)

    def text(self):
        pool = self.random.choice([NAMES, CONTROLS, CONTROLS, TEXTS])
        return self.random.choice(pool).replace("@root@", self.root)

    def value(self, old):
        """A value in the place of `old`: mostly one of its type."""
        random = self.random
        if random.random() < 0.25:
            return random.choice([None, True, False, [], {}, [[]], {"": None}, deep(1500), self.number(), self.text()])
        if isinstance(old, bool):
            return random.choice([not old, 0, 1, "true", None])
        if isinstance(old, (int, float)):
            return random.choice([self.number(), self.number(), self.number(), -old, old + 1, old * 1000003, str(old)])
        if isinstance(old, str):
            return random.choice([
                self.text(), self.text(), self.name(), old + random.choice(CONTROLS), random.choice(CONTROLS) + old, old[:-1],
                old.upper(), old * 2, self.number()])
        return self.number() if random.random() < 0.3 else self.text()

    def tree(self, tree, where="", within=()):
        """A copy of a JSON tree with one mutation; `within` is a path of keys that leads to where it has to be."""
        tree = copy.deepcopy(tree)
        parent, key, path = None, None, where
        node = tree
        for step in within:
            parent, key, node, path = node, step, node[step], f"{path}/{step}"
        while isinstance(node, (dict, list)) and node and (parent is None or self.random.random() > 0.12):
            step = self.random.choice(sorted(node)) if isinstance(node, dict) else self.random.randrange(len(node))
            parent, key, node, path = node, step, node[step], f"{path}/{step}"
        if parent is None:
            self.note(f"{where} replaced")
            return self.value(tree)
        self.edit(parent, key, node, path)
        return tree

    def values(self, tree, where, share, only=object):
        """A copy of a JSON tree in which a share of the values, or those of one type, are others of the same type, so that
        readers take them."""
        if isinstance(tree, dict):
            return {key: self.values(value, f"{where}/{key}", share, only) for key, value in sorted(tree.items())}
        if isinstance(tree, list):
            return [self.values(value, f"{where}/{at}", share, only) for at, value in enumerate(tree)]
        inner = inner_json(tree)
        if inner is not None:
            return dump(self.values(inner, f"{where}(text)", share, only))
        if self.random.random() >= share or not isinstance(tree, only):
            return tree
        new = self.like(tree)
        self.note(f"{where}: {short(tree)} -> {short(new)}")
        return new

    def like(self, old):
        random = self.random
        if isinstance(old, bool):
            return not old
        if isinstance(old, int):
            return random.choice([number for number in INTEGERS if -2**63 <= number < 2**63])
        if isinstance(old, float):
            return random.choice([1e19, -1e19, 1e300, -1e300, 1e-300, 9.3e18, 1e15, -1.0, 0, 2**62, -old, "nan", "inf", "-inf"])
        if isinstance(old, str):
            return self.text() if random.random() < 0.6 else self.name()
        return old

    def edit(self, parent, key, node, path):
        random = self.random
        inner = inner_json(node)
        if inner is not None and random.random() < 0.7:
            parent[key] = dump(self.tree(inner, f"{path}(text)"))
            return
        choice = random.random()
        if choice < 0.12:
            del parent[key]
            self.note(f"{path} deleted")
        elif choice < 0.17 and isinstance(parent, dict):
            other = random.choice([key + "x", key.upper(), "", "constructor", "\x1b[1m", *sorted(parent)])
            parent[other] = parent.pop(key)
            self.note(f"{path} renamed to {other!r}")
        elif choice < 0.24 and isinstance(parent, list):
            count = random.choice([1, 2, 50, 3000])
            parent[key:key] = [node] * count
            self.note(f"{path} repeated {count} times more")
        elif choice < 0.30 and isinstance(parent, dict) and len(parent) > 1:
            other = random.choice(sorted(parent))
            parent[key] = copy.deepcopy(parent[other])
            self.note(f"{path} = that of {other}")
        else:
            parent[key] = self.value(node)
            self.note(f"{path}: {short(node)} -> {short(parent[key])}")

    def lines(self, text, tokens):
        """A text with one mutation of its lines: `tokens` are pieces that mean something in its language."""
        random = self.random
        lines = text.split("\n")
        at = random.randrange(len(lines))
        line = lines[at]
        choice = random.randrange(12)
        if choice == 0:
            del lines[at]
        elif choice == 1:
            lines[at:at] = [line] * random.choice([1, 2, 300, 20_000])
        elif choice == 2:
            other = random.randrange(len(lines))
            lines[at], lines[other] = lines[other], line
        elif choice in (3, 4, 5):
            cut = random.randrange(len(line) + 1)
            lines[at] = line[:cut] + random.choice(tokens).replace("@root@", self.root) + line[cut:]
        elif choice == 6:
            lines[at:at] = random.choice(tokens).replace("@root@", self.root).split("\n")
        elif choice == 7:
            words = re.findall(r"[\w.+-]+", line) or [""]
            word = random.choice(words)
            lines[at] = line.replace(word, str(random.choice([self.number(), self.text(), self.name()])), 1)
        elif choice == 8:
            start = random.randrange(len(line) + 1)
            lines[at] = line[:start] + line[start + random.randrange(8):]
        elif choice == 9:
            lines[at] = random.choice([" ", "  ", "\t", "> ", "- ", "    "]) * random.choice([1, 2, 400]) + line
        elif choice == 10:
            token = random.choice(tokens).replace("@root@", self.root)
            lines[at] = line + token * max(1, min(random.choice([100, 5000, 50_000]), 2_000_000 // (len(token) + 1)))
        else:
            self.note("line ends changed")
            return random.choice(["\r\n", "\r", "\u2028", "\0\n"]).join(lines)
        self.note(f"line {at + 1}, change {choice}: {short(line)} -> {short(lines[at] if at < len(lines) else '')}")
        return "\n".join(lines)

    def bytes(self, data):
        random = self.random
        at = random.randrange(len(data) + 1)
        choice = random.randrange(5)
        if choice == 0:
            result = data[:at]
        elif choice == 1:
            result = data[:at] + bytes([random.randrange(256)]) + data[at + 1:]
        elif choice == 2:
            result = data[:at] + random.choice([b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7, b"\x80\0\0\0"]) + data[at + 8:]
        elif choice == 3:
            result = data[:at] + random.randbytes(random.choice([1, 4, 300])) + data[at:]
        else:
            result = random.choice([b"", b"\n", b"\0" * 5000, data + data, b"\xef\xbb\xbf" + data])
        self.note(f"bytes at {at}, change {choice}, {len(data)} -> {len(result)}")
        return result


@functools.cache
def packed_zeros(mebibytes, first=b"", letter=b"x"):
    """zlib data of a few hundred kilobytes that unpack to very many equal letters."""
    packer = zlib.compressobj(1)
    parts = [packer.compress(first)] + [packer.compress(letter * (1 << 20)) for _ in range(mebibytes)]
    return b"".join(parts) + packer.flush()


def deep(levels):
    value = 0
    for _ in range(levels // 10):
        value = [value]
    return value


def inner_json(node):
    """The tree inside a text that is a JSON object, else nil."""
    if isinstance(node, str) and node.startswith("{"):
        try:
            return json.loads(node)
        except ValueError:
            return None
    return None


def dump(tree):
    """JSON in one line with sorted keys; raw numbers as they are."""
    text = json.dumps(tree, sort_keys=True, separators=(",", ":"), default=str)
    return RAW.sub(lambda found: found[1], text)


def short(value):
    text = repr(value)
    return text if len(text) < 90 else f"{text[:60]}…({len(text)})"
