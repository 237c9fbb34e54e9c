import Foundation
package import Scheduling
import Text

/// Prints how the trials are going: on a terminal a line a running trial and a total that redraw themselves, plain
/// lines at curve points otherwise.
package final class ProgressPrinter: ProgressReporter {
  private let isTerminal: Bool
  /// Whether progress is left out; lines that stay are printed still.
  private let isQuiet: Bool
  private let write: (String) -> Void
  private let size: () -> (columns: Int, rows: Int)
  private var drawn: [String] = []
  private var drawnAt = -Double.infinity

  package init(
    isTerminal: Bool, isQuiet: Bool = false, size: @escaping () -> (columns: Int, rows: Int) = { (80, 24) },
    write: @escaping (String) -> Void
  ) {
    self.isTerminal = isTerminal && !isQuiet
    self.isQuiet = isQuiet
    self.size = size
    self.write = write
  }

  /// On stderr; it redraws if that is a terminal that can, and `NO_COLOR` does not ask for plain text.
  package static func standard(isQuiet: Bool = false) -> ProgressPrinter {
    let variables = ProcessInfo.processInfo.environment
    let isPlain = variables["TERM"] == "dumb" || variables["NO_COLOR"].map { !$0.isEmpty } == true
    return ProgressPrinter(isTerminal: isatty(2) == 1 && !isPlain, isQuiet: isQuiet, size: terminalSize) {
      writeToTerminal($0, 2)
    }
  }

  /// A line that stays.
  package func printLine(_ line: String) {
    write(erasure + printable(line, keepingLines: true) + "\n")
    drawn = []
    drawnAt = -Double.infinity
  }

  /// The progress of the running trials; on a terminal this replaces what was drawn before, four times a second at most.
  package func draw(_ running: [TrialProgress], total: TotalProgress, now: Double) {
    guard isTerminal, now - drawnAt >= 0.25 else { return }
    let (columns, rows) = size()
    let width = max(1, columns - 1)
    var lines = running.map { printable($0.line(columns: width)) }
    // Lines above the terminal's top could not be reached any more.
    let room = max(1, rows - 2)
    if lines.count > room { lines = Array(lines.prefix(room)) }
    if !running.isEmpty { lines.append(String(total.line(running).prefix(width))) }
    guard lines != drawn else { return }
    write(erasure + lines.map { $0 + "\n" }.joined())
    drawn = lines
    drawnAt = now
  }

  /// A curve point was reached: worth a plain line where nothing redraws.
  package func reached(_ progress: TrialProgress, now: Double) {
    guard !isTerminal, !isQuiet else { return }
    write(printable(progress.line) + "\n")
  }

  /// Takes away what was drawn.
  package func finish() {
    if !drawn.isEmpty { write(erasure) }
    drawn = []
  }

  private var erasure: String { drawn.isEmpty ? "" : "\u{1B}[\(drawn.count)A\u{1B}[J" }

  private static func terminalSize() -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20, size.ws_row > 3 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
