import Foundation
package import Processes
import Text

/// Why the scheduler asked a worker to stop.
package enum StopReason: Sendable, Hashable {
  case ctrlC
  /// A second Ctrl-C: the worker was killed.
  case secondCtrlC
  case signal(Int32)
  case timeLimit(seconds: Double)
  case failFast
  /// The worker had not begun with its run after so long.
  case startLimit(seconds: Double, process: Int?)
}

extension StopReason {
  /// Whether it is ``startLimit(seconds:process:)``.
  var isStartLimit: Bool { if case .startLimit = self { true } else { false } }
}

/// Why a worker ended that left no end of its run behind, as far as that is known.
package enum WorkerCause: Sendable, Hashable {
  case stopped(StopReason)
  /// Killed while its own control group's, or else the machine's, count of kills for want of memory rose.
  case outOfMemory(inOwnGroup: Bool)
  case killed(signal: Int32)
  /// A fault of its own: a trap, a bad access.
  case crashed(signal: Int32)
  /// It stopped in good order by a signal that did not come from the scheduler.
  case stoppedByOthers(code: Int32)
  case diskFull
  case inputOutput
  case exited(code: Int32)

  /// Tells what is known of a worker's end.
  ///
  /// `killsBefore` and `killsNow` are the kernel's counts when it began and when it was found dead, `log` is what it wrote
  /// since it began, `freeBytes` the room on the store's disk.
  package init(
    _ end: ProcessEnd, asked: StopReason?, killsBefore: Memory.Kills, killsNow: Memory.Kills, log: String,
    freeBytes: Int?
  ) {
    switch end {
    case .killed(SIGKILL) where asked == .secondCtrlC: self = .stopped(.secondCtrlC)
    case .killed(SIGKILL) where asked?.isStartLimit == true: self = .stopped(asked!)
    case .killed(let signal):
      if signal == SIGKILL, let before = killsBefore.group, let now = killsNow.group, now > before {
        self = .outOfMemory(inOwnGroup: true)
      } else if signal == SIGKILL, let before = killsBefore.machine, let now = killsNow.machine, now > before {
        self = .outOfMemory(inOwnGroup: false)
      } else if [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS].contains(signal) {
        self = .crashed(signal: signal)
      } else {
        self = .killed(signal: signal)
      }
    case .exited(let code) where code == 75 || code == 130:
      self = asked.map { .stopped($0) } ?? .stoppedByOthers(code: code)
    case .exited(74):
      let isFull = Self.mentionsFullDisk(log) || freeBytes.map { $0 < 64 << 10 } == true
      self = isFull ? .diskFull : .inputOutput
    case .exited(let code): self = .exited(code: code)
    }
  }

  /// Whether a text has the system's own words for a full disk.
  static func mentionsFullDisk(_ text: String) -> Bool {
    [ENOSPC, EDQUOT].contains { text.contains(String(cString: strerror($0))) }
  }

  /// Whether the same may go well another time.
  package var isTransient: Bool {
    switch self {
    case .outOfMemory, .killed, .stoppedByOthers, .diskFull, .inputOutput: true
    case .stopped, .crashed, .exited: false
    }
  }

  /// For the journal and for people.
  package var sentence: String {
    switch self {
    case .stopped(.ctrlC): "Ctrl-C"
    case .stopped(.secondCtrlC): "Ctrl-C, pressed twice: the worker was killed"
    case .stopped(.signal(let number)): "stopped by \(Self.name(number))"
    case .stopped(.timeLimit(let seconds)): "time limit of \(Quantity.duration(seconds))"
    case .stopped(.startLimit(let seconds, let process)):
      """
      the worker\(process.map { " (process \($0))" } ?? "") had not begun after \(Quantity.duration(seconds)) and was killed; \
      see its log, and the limits on memory and processes (`ulimit -a`)
      """
    case .stopped(.failFast): "stopped because another trial failed (--fail-fast)"
    case .outOfMemory(true): "out of memory: killed by SIGKILL during an out-of-memory kill in its control group"
    case .outOfMemory(false):
      "probably out of memory: killed by SIGKILL during an out-of-memory kill on this machine"
    case .killed(let signal): "the worker was killed by signal \(signal) (\(Self.name(signal)))"
    case .crashed(let signal): "the worker crashed by signal \(signal) (\(Self.name(signal))); see its log"
    case .stoppedByOthers(130): "stopped by SIGINT, sent to the worker"
    case .stoppedByOthers: "stopped by SIGTERM, SIGHUP, SIGQUIT or SIGUSR1, sent to the worker"
    case .diskFull: "the disk is full"
    case .inputOutput: "an input or output error; see its log"
    case .exited(let code): "the worker ended with code \(code); see its log"
    }
  }

  static func name(_ signal: Int32) -> String {
    let names: [Int32: String] = [
      SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
      SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1",
      SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM",
      SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGSYS: "SIGSYS",
    ]
    return names[signal] ?? "signal \(signal)"
  }
}
