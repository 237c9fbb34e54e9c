"""Runs one command of the program with limits, and records what it did."""
import contextlib
import os
import resource
import signal
import subprocess
import time
from dataclasses import dataclass, field

SECONDS = 10.0
PEAK_BYTES = 1 << 30
READ_BYTES = 64 << 20
TOKEN = "VGGLAB_FUZZ_CASE"


@dataclass
class Command:
    """What to run in a case's folder, and what is expected of it."""

    words: list
    # Folders and files, relative to the working folder, that it may write besides the store.
    writes: tuple = ()
    # Only if every command before it ended with 0.
    after_success: bool = False
    # Its input was altered in a way that must be noticed: exit code 0 is a fault.
    must_notice: bool = False
    limit: float = SECONDS


@dataclass
class Result:
    command: Command
    code: int = 0
    signal: int = 0
    seconds: float = 0.0
    peak: int = 0
    timed_out: bool = False
    out: bytes = b""
    err: bytes = b""
    faults: list = field(default_factory=list)


def run(binary, command, folder, environment, scratch):
    """Runs a command in `folder`; kills it above twice its time or one and a half times the memory."""
    paths = [os.path.join(scratch, name) for name in ("stdout", "stderr")]
    began = time.monotonic()
    with open(paths[0], "wb") as out, open(paths[1], "wb") as err:
        process = subprocess.Popen(
            [binary, *command.words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            start_new_session=True, preexec_fn=bound)
        result = Result(command)
        status, usage = wait(process.pid, began + 2 * command.limit, result)
    process.returncode = 0  # reaped here, not by subprocess
    result.seconds = time.monotonic() - began
    result.peak = usage.ru_maxrss * 1024
    if os.WIFSIGNALED(status):
        result.signal = os.WTERMSIG(status)
    else:
        result.code = os.WEXITSTATUS(status)
    if command.words[0] == "run" or result.timed_out:
        end_strays(environment[TOKEN])
    result.out, result.err = (read(path) for path in paths)
    return result


def bound():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 30, 2 << 30))


def wait(pid, deadline, result):
    pause = 0.001
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage
        if time.monotonic() > deadline or resident(pid) > 1.5 * PEAK_BYTES:
            result.timed_out = True
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            return status, usage
        time.sleep(pause)
        pause = min(0.02, pause * 1.3)


def resident(pid):
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def end_strays(token):
    """Kills what a command of this case left running, found by a variable in its environment."""
    mark = f"{TOKEN}={token}".encode()
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            with contextlib.suppress(OSError):
                with open(f"/proc/{name}/environ", "rb") as file:
                    if mark in file.read().split(b"\0"):
                        os.kill(int(name), signal.SIGKILL)


def read(path):
    with open(path, "rb") as file:
        return file.read(READ_BYTES)
