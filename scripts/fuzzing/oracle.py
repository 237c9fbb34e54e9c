"""What every command must keep, whatever its input was."""
import hashlib
import json
import os
import re
import stat

from .command import PEAK_BYTES

EXIT_CODES = {0, 1, 2, 3, 64, 65, 66, 74, 75, 130}
CANARY = b"canary: nothing may read, change or print this line\n"
FATAL = re.compile(rb"[^\n]*Fatal error:[^\n]*")
FRAME = re.compile(rb"^ *\d+ [^\n]*0x[0-9a-f]+ ([^\n]*?)(?: \+ \d+)? in vgglab", re.MULTILINE)
FOREIGN_TEXT = re.compile(rb"Error Domain=|NSCocoaError|NSPOSIXError|Swift\.DecodingError|debugDescription")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def judge(result):
    """Adds what is wrong with a command's end and output to `result.faults`: pairs of a class and a detail."""
    faults = result.faults
    command = result.command
    if result.signal and not result.timed_out:
        pass  # the backtrace takes seconds
    elif result.timed_out and result.peak > PEAK_BYTES:
        faults.append(("memory", f"stopped at {result.peak >> 20} MiB"))
    elif result.timed_out or result.seconds > command.limit:
        faults.append(("slow", f"{result.seconds:.1f} s, limit {command.limit:.0f} s"))
    elif result.peak > PEAK_BYTES:
        faults.append(("memory", f"{result.peak >> 20} MiB"))
    if result.signal and not result.timed_out:
        faults.append(("trap", where(result.err) or f"signal {result.signal}"))
    elif not result.timed_out and result.code not in EXIT_CODES:
        faults.append(("exit code", f"undocumented exit code {result.code}"))
    if command.must_notice and result.code == 0 and not result.signal:
        faults.append(("accepted", "altered input ended with 0"))
    for name, data in (("stdout", result.out), ("stderr", b"" if result.signal else result.err)):
        judge_text(name, data, faults)
    if "--json" in command.words and result.code == 0 and not result.signal and not result.timed_out:
        try:
            json.loads(result.out, parse_constant=lambda name: bad_constant(name))
        except ValueError as error:
            faults.append(("json", f"--json printed no JSON: {error}"))


def where(text):
    """What a Swift program says of its crash: the sentence, or the innermost functions of the backtrace."""
    found = FATAL.search(text)
    if found:
        return found[0].decode("utf-8", errors="replace")
    frames = [frame.decode("utf-8", errors="replace").strip() for frame in FRAME.findall(text)]
    named = [frame for frame in frames if not frame.startswith(("static ParsableCommand", "specialized LabCommand"))]
    return " < ".join(named[:3])


def judge_workers(runs):
    """Crashes of workers, which `run` records as failures and leaves in the runs' logs."""
    faults = []
    for folder in os.scandir(runs) if os.path.isdir(runs) else []:
        path = os.path.join(folder.path, "log")
        if not folder.is_dir(follow_symlinks=False) or not os.path.lexists(path) or not stat.S_ISREG(os.lstat(path).st_mode):
            continue
        with open(path, "rb") as file:
            text = file.read(1 << 20)
        if b"*** Signal" in text or FATAL.search(text):
            faults.append(("trap", f"worker: {where(text)}"))
            os.truncate(path, 0)
    return faults


def bad_constant(name):
    raise ValueError(f"{name} is no number of JSON")


def judge_text(name, data, faults):
    text = data.decode("utf-8", errors="replace")
    found = CONTROL.search(text)
    if found:
        around = text[max(0, found.start() - 40):found.end() + 40]
        faults.append(("control character", f"{name}: {around!r}"))
    found = FOREIGN_TEXT.search(data)
    if found:
        around = data[max(0, found.start() - 60):found.end() + 140].decode("utf-8", errors="replace")
        faults.append(("foreign text", f"{name}: {around!r}"))
    if CANARY.strip() in data:
        faults.append(("canary printed", name))


def snapshot(root, allowed):
    """Every file below `root` that is not below an allowed path, with what tells whether it changed; canaries always."""
    found = {}
    pending = [root]
    while pending:
        folder = pending.pop()
        for entry in os.scandir(folder):
            inside = any(entry.path == path or entry.path.startswith(path + "/") for path in allowed)
            kind = entry.stat(follow_symlinks=False)
            canary = entry.name.startswith("victim") or "/victim-folder" in entry.path
            if not inside or canary:
                found[entry.path] = facts(entry.path, kind)
            if stat.S_ISDIR(kind.st_mode):
                pending.append(entry.path)
    return found


def facts(path, kind):
    if stat.S_ISREG(kind.st_mode):
        with open(path, "rb") as file:
            return "file", stat.S_IMODE(kind.st_mode), kind.st_mtime_ns, hashlib.sha256(file.read()).hexdigest()
    if stat.S_ISLNK(kind.st_mode):
        return "link", os.readlink(path)
    return stat.S_IFMT(kind.st_mode), stat.S_IMODE(kind.st_mode)


def compare(before, after, root):
    """What became of files outside, as faults."""
    faults = []
    for path in sorted(before.keys() | after.keys()):
        name = os.path.relpath(path, root)
        if path not in after:
            faults.append(("outside", f"deleted {name}"))
        elif path not in before:
            faults.append(("outside", f"created {name}"))
        elif before[path] != after[path]:
            faults.append(("outside", f"changed {name}"))
    return faults
