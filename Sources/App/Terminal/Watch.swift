import Foundation
import Journals
import Processes
public import Store
import Text

/// A live view of a store that fills the terminal: a line a running run, and what was completed last.
///
/// Ends at `q` or the end of input. The terminal is given back however that ends, signals and crashes included. Throws
/// ``TerminalError/noTerminal(command:)`` without a terminal, and `StoreError`.
public func watch(store directory: String) throws {
  guard isatty(0) == 1, isatty(1) == 1, ProcessInfo.processInfo.environment["TERM"] != "dumb" else {
    throw TerminalError.noTerminal(command: "watch")
  }
  let store = try Store.openToRead(at: directory)
  enterScreen()
  defer { leaveScreen() }
  while true {
    let size = screenSize()
    draw(try liveLines(store, height: size.height, width: size.width), size)
    var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, 1000) > 0 else { continue }
    var key: UInt8 = 0
    if read(0, &key, 1) <= 0 || key == UInt8(ascii: "q") || key == UInt8(ascii: "Q") { return }
  }
}

/// What the view shows: at most so many lines of so many columns. Curves are drawn for as many running runs as there is room
/// for; `braille` draws them finer than plain characters can.
public func liveLines(
  _ store: Store, height: Int, width: Int = 80, braille: Bool = hasBraille()
) throws(StoreError) -> [String] {
  // A store that may only be read shows what others have taken in.
  _ = try? store.ingest()
  let running = try store.runs(RunSelection(filters: [RunFilter("state=running")]))
  let completed = try store.runs(
    RunSelection(filters: [RunFilter("state=completed")], order: RunOrder("-ended_at"), limit: 5))
  var lines = ["vgglab  \(store.directory)  \(timestamp().prefix(19).replacing("T", with: " ")) UTC  q quits"]
  lines.append(machineLine())
  lines += ["", running.isEmpty ? "nothing is running" : "running"]
  var last = ["", completed.isEmpty ? "no completed runs" : "last completed"]
  for run in completed {
    last.append(
      "  \(run.trial)  \(run.id)  test acc \(Quantity.fixed(run.testAccuracy, 3))  "
        + "\(run.seconds.map(Quantity.duration) ?? "–")  \(run.endedAt?.prefix(19).replacing("T", with: " ") ?? "")")
  }
  var room = height - lines.count - 3 * running.count - last.count
  for run in running {
    let view = try LiveRun(run, in: store)
    lines += view.lines(width: width)
    guard room >= LiveRun.chartHeight, width >= 40 else { continue }
    room -= LiveRun.chartHeight
    lines += view.charts(width: width, braille: braille)
  }
  return (lines + last).prefix(max(1, height)).map { fitted(printable($0), width: width) }
}

/// What the machine's cores and memory do.
private func machineLine() -> String {
  let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first ?? "?"
  let memory = Quantity.bytes(Memory().available)
  return "load \(load) on \(Processor.cores) cores, \(memory) of memory available"
}

/// Whether the terminal's character set has braille patterns.
public func hasBraille() -> Bool {
  let environment = ProcessInfo.processInfo.environment
  let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
  return locale.uppercased().contains("UTF-8") || locale.uppercased().contains("UTF8")
}

private func screenSize() -> (width: Int, height: Int) {
  var size = winsize()
  guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
  return (Int(size.ws_col), Int(size.ws_row))
}

private func draw(_ lines: [String], _ size: (width: Int, height: Int)) {
  // Each line is cleared behind its text instead of the screen before it, which would flicker.
  let body = lines.map { "\($0)\u{1B}[K" }.joined(separator: "\n")
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
public func restoreTerminal() { leaveScreen() }

/// Safe in a signal handler: two system calls.
private func leaveScreen() {
  guard isOnScreen != 0 else { return }
  isOnScreen = 0
  tcsetattr(0, TCSANOW, &original)
  let sequence: StaticString = "\u{1B}[?25h\u{1B}[?1049l"
  _ = write(1, sequence.utf8Start, sequence.utf8CodeUnitCount)
}
