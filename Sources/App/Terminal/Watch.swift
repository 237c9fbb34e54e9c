import Foundation
import Journals
import Processes
public import Store
import Text

/// A live view of a store that fills the terminal: a line a running run, and what was completed last.
///
/// Ends at `q` or the end of input. The terminal is given back however that ends, signals and crashes included. Throws
/// ``TerminalError/noTerminal(command:)`` without a terminal, and ``StoreError``.
public func watch(store directory: String) throws {
  guard isatty(0) == 1, isatty(1) == 1, ProcessInfo.processInfo.environment["TERM"] != "dumb" else {
    throw TerminalError.noTerminal(command: "watch")
  }
  let store = try Store.openToRead(at: directory)
  enterScreen()
  defer { leaveScreen() }
  while true {
    let size = screenSize()
    draw(try liveLines(store, height: size.height), size)
    var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, 1000) > 0 else { continue }
    var key: UInt8 = 0
    if read(0, &key, 1) <= 0 || key == UInt8(ascii: "q") || key == UInt8(ascii: "Q") { return }
  }
}

/// What the view shows, at most so many lines.
public func liveLines(_ store: Store, height: Int) throws(StoreError) -> [String] {
  // A store that may only be read shows what others have taken in.
  _ = try? store.ingest()
  let running = try store.runs(RunSelection(filters: [RunFilter("state=running")]))
  let completed = try store.runs(
    RunSelection(filters: [RunFilter("state=completed")], order: RunOrder("-ended_at"), limit: 5))
  var lines = ["vgglab  \(store.directory)  \(timestamp().prefix(19).replacing("T", with: " ")) UTC  q quits", ""]
  lines.append(running.isEmpty ? "nothing is running" : "running")
  for run in running {
    let finals = try store.finals(run: run.id)
    var parts = ["  \(run.trial)", run.id]
    if let last = try store.lastStep(run: run.id) {
      parts.append("epoch \(Quantity.fixed(last.epoch, 2))/\(run.epochs)  step \(last.step)")
    }
    if let loss = finals[MetricName.trainLoss.rawValue] { parts.append("loss \(Quantity.fixed(loss, 3))") }
    if let accuracy = run.trainAccuracy { parts.append("train acc \(Quantity.fixed(accuracy, 3))") }
    if let accuracy = run.testAccuracy { parts.append("test acc \(Quantity.fixed(accuracy, 3))") }
    if let rate = run.examplesPerSecond { parts.append("\(Quantity.fixed(rate, 1)) images/s") }
    lines.append(parts.joined(separator: "  "))
  }
  lines += ["", completed.isEmpty ? "nothing is completed" : "completed last"]
  for run in completed {
    lines.append(
      "  \(run.trial)  \(run.id)  test acc \(Quantity.fixed(run.testAccuracy, 3))  "
        + "\(run.seconds.map(Quantity.duration) ?? "–")  \(run.endedAt?.prefix(19).replacing("T", with: " ") ?? "")")
  }
  return lines.prefix(max(1, height)).map { printable($0) }
}

private func screenSize() -> (width: Int, height: Int) {
  var size = winsize()
  guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
  return (Int(size.ws_col), Int(size.ws_row))
}

private func draw(_ lines: [String], _ size: (width: Int, height: Int)) {
  // Each line is cleared behind its text instead of the screen before it, which would flicker.
  let body = lines.map { "\(String($0.prefix(size.width)))\u{1B}[K" }.joined(separator: "\n")
  writeToScreen("\u{1B}[H\(body)\u{1B}[J")
}

private func writeToScreen(_ text: String) {
  writeToTerminal(text, 1)
}

// What a signal handler needs to give the terminal back.
nonisolated(unsafe) private var original = termios()
nonisolated(unsafe) private var isOnScreen: sig_atomic_t = 0

private func enterScreen() {
  tcgetattr(0, &original)
  var raw = original
  raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
  // Ctrl-Z would leave the other screen on the terminal.
  withUnsafeMutableBytes(of: &raw.c_cc) { $0[Int(VSUSP)] = 0 }
  isOnScreen = 1
  // Whoever started this program may have had them blocked.
  var heard = sigset_t()
  sigemptyset(&heard)
  for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE] {
    sigaddset(&heard, number)
    signal(number) { number in
      leaveScreen()
      signal(number, SIG_DFL)
      raise(number)
    }
  }
  pthread_sigmask(SIG_UNBLOCK, &heard, nil)
  tcsetattr(0, TCSANOW, &raw)
  writeToScreen("\u{1B}[?1049h\u{1B}[?25l")
}

/// Gives the terminal back, where `watch` has it; for whoever ends the process.
public func giveTerminalBack() { leaveScreen() }

/// Safe in a signal handler: two system calls.
private func leaveScreen() {
  guard isOnScreen != 0 else { return }
  isOnScreen = 0
  tcsetattr(0, TCSANOW, &original)
  let sequence: StaticString = "\u{1B}[?25h\u{1B}[?1049l"
  _ = write(1, sequence.utf8Start, sequence.utf8CodeUnitCount)
}
