"""Journals and annotations: lines of a checksum and a JSON object, as docs/store.md defines them."""
import hashlib
import json


def frame(text):
    data = text.encode("utf-8", errors="surrogatepass")
    return hashlib.sha256(data).hexdigest()[:16].encode() + b" " + data + b"\n"


def read(path):
    """The objects of a file's lines."""
    with open(path, "rb") as file:
        return [json.loads(line.split(b" ", 1)[1]) for line in file.read().splitlines()]


def write(path, texts):
    with open(path, "wb") as file:
        file.write(b"".join(frame(text) for text in texts))


def kind(record):
    """The kind of a record: the key that is not the version, or an annotation's kind."""
    if "kind" in record:
        return record["kind"]
    keys = sorted(key for key in record if key != "version")
    return keys[0] if keys else ""
