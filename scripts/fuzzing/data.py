"""Cases of binary files: data sets of IDX files, and figures as PNG."""
import gzip
import os
import struct
import zlib

from .case import STORE, Command
from .mutation import CONTROLS, NAMES, TEXTS, packed_zeros

IDX = """schema: 1
experiment: own
dataset: {name: idx-folder, path: data, resize: 32}
network: {arch: vgg11, ratio: 16, hidden: 64}
training: {epochs: 1, batch_size: 16}
"""
FILES = {
    "train-images-idx3-ubyte": (0x803, 32), "train-labels-idx1-ubyte": (0x801, 32),
    "t10k-images-idx3-ubyte": (0x803, 16), "t10k-labels-idx1-ubyte": (0x801, 16)}
SIDE = 8
NUMBERS = [0, 1, 2, 9, 255, 0x800, 0x802, 0x803, 0x804, 0x80D, 65535, 2**31 - 1, 2**31, 2**32 - 1]


def datasets(case):
    """Four IDX files of which some are mutated in header, length, labels or packing."""
    random = case.random
    os.makedirs(case.path("data"))
    chosen = {random.choice(sorted(FILES)) for _ in range(case.times())}
    for name in sorted(FILES):
        magic, count = FILES[name]
        numbers = [magic, count, SIDE, SIDE] if magic == 0x803 else [magic, count]
        body = random.randbytes(count * SIDE * SIDE) if magic == 0x803 else bytes(random.randrange(10) for _ in range(count))
        data = mutated_idx(case, name, numbers, body) if name in chosen else pack(numbers, body)
        if random.random() < 0.4:
            data = packed_idx(case, name, data) if name in chosen else gzip.compress(data, mtime=0)
            name += ".gz"
        case.write(os.path.join("data", name), data)
        if name.removesuffix(".gz") in chosen and random.random() < 0.15:
            os.remove(case.path("data", name))
            kind = random.choice(["missing", "fifo", "folder", "endless", "link"])
            case.mutator.note(f"{name}: {kind}")
            if kind == "fifo":
                os.mkfifo(case.path("data", name))
            elif kind == "folder":
                os.mkdir(case.path("data", name))
            elif kind != "missing":
                os.symlink("/dev/zero" if kind == "endless" else os.path.join(case.root, "victim.txt"), case.path("data", name))
    case.write("own.yaml", IDX)
    return [
        Command(["plan", "own.yaml", *STORE]), Command(["doctor", "--data", "data", *STORE]),
        Command(["run", "own.yaml", *STORE, "--no-smoke", "--threads", "1", "--time-limit", "5s", "--memory", "300MB"], limit=25),
        Command(["list", *STORE])]


def pack(numbers, body):
    return struct.pack(f">{len(numbers)}I", *numbers) + body


def mutated_idx(case, name, numbers, body):
    random = case.random
    choice = random.randrange(5)
    if choice in (0, 1):
        at, value = random.randrange(len(numbers)), random.choice(NUMBERS)
        case.mutator.note(f"{name}: number {at} of the header {numbers[at]} -> {value}")
        numbers[at] = value
        if random.random() < 0.5:  # as long as the header says, within reason
            count = 1
            for number in numbers[1:]:
                count *= number
            body = (body * (min(count, 4 << 20) // max(1, len(body)) + 1))[:min(count, 4 << 20)]
    elif choice == 2:
        body = bytes([random.choice([9, 10, 255])]) * len(body)
        case.mutator.note(f"{name}: all bytes {body[0]}")
    elif choice == 3:
        body = body[:random.randrange(len(body))] if random.random() < 0.5 else body + b"more"
        case.mutator.note(f"{name}: {len(body)} bytes of data")
    else:
        return case.mutator.bytes(pack(numbers, body))
    return pack(numbers, body)


def packed_idx(case, name, data):
    choice = case.random.randrange(5)
    case.mutator.note(f"{name}.gz: packing {choice}")
    packed = gzip.compress(data, mtime=0)
    if choice == 0:
        return case.mutator.bytes(packed)
    if choice == 1:
        return packed + packed
    if choice == 2:
        return packed + b"more"
    if choice == 3:
        return gzip.compress(data + b"\0" * (200 << 20), 1, mtime=0)
    return data


def figures(case):
    """A figure's PNG with other text, chunks, lengths and checksums."""
    folder = os.path.join(case.corpus.folder, "report", "figures")
    name = case.random.choice(sorted(os.listdir(folder)))
    with open(os.path.join(folder, name), "rb") as file:
        data = file.read()
    chunks = chunks_of(data)
    for _ in range(case.times()):
        mutate_chunks(case, chunks)
    data = data[:8] + b"".join(chunk(kind, body) for kind, body in chunks)
    if case.random.random() < 0.2:
        data = case.mutator.bytes(data)
    case.write("figure.png", data)
    return [Command(["whence", "figure.png"]), Command(["whence", "--json", "figure.png"])]


def chunks_of(data):
    found, at = [], 8
    while at + 12 <= len(data):
        length = struct.unpack(">I", data[at:at + 4])[0]
        found.append((data[at + 4:at + 8], data[at + 8:at + 8 + length]))
        at += 12 + length
    return found


def chunk(kind, body, length=None):
    return struct.pack(">I", len(body) if length is None else length) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def mutate_chunks(case, chunks):
    random = case.random
    texts = [at for at, (kind, _) in enumerate(chunks) if kind in (b"tEXt", b"iTXt", b"zTXt")]
    choice = random.randrange(7)
    at = random.choice(texts) if texts and choice < 5 else random.randrange(len(chunks))
    kind, body = chunks[at]
    keyword, _, text = body.partition(b"\0")
    value = random.choice([*CONTROLS, *NAMES, *TEXTS]).replace("@root@", case.root).encode("utf-8", "surrogatepass")
    if choice in (0, 1):
        chunks[at] = (kind, keyword + b"\0" + random.choice([value, text + value]))
    elif choice == 2:
        chunks[at] = (kind, value[:79] + b"\0" + text)
    elif choice == 3:
        chunks[at] = (b"iTXt", keyword + b"\0" + random.choice([b"\0\0\0\0", b"\1\0\0\0", b""]) + random.choice([text, value, packed_zeros(300)]))
    elif choice == 4:
        chunks[at] = (b"zTXt", keyword + b"\0\0" + random.choice([zlib.compress(value), value, packed_zeros(300)]))
    elif choice == 5:
        chunks[at:at + 1] = [(kind, body)] * random.choice([0, 2, 3000])
    else:
        chunks[at] = (random.choice([b"tEXt", b"IHDR", b"\0\0\0\0", b"\x1b[1m", kind]), case.mutator.bytes(body))
    case.mutator.note(f"chunk {at} {kind!r}, change {choice}: {value[:80]!r}")
