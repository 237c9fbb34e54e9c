import Foundation

/// Where one running trial stands.
struct TrialProgress: Sendable {
  var trial: String
  var epochs: Int
  var totalSteps: Int
  var step = 0
  var epoch = 0.0
  var loss: Double?
  var trainAccuracy: Double?
  var testAccuracy: Double?
  var startedAt: Double

  /// Seconds still to go at the pace so far; nil before the first step.
  func remaining(now: Double) -> Double? {
    guard step > 0, totalSteps > 0 else { return nil }
    let elapsed = now - startedAt
    return elapsed / Double(step) * Double(totalSteps - step)
  }

  func line(now: Double) -> String {
    var parts = [trial, String(format: "epoch %.2f/%d", epoch, epochs), "step \(step)/\(totalSteps)"]
    if let loss { parts.append(String(format: "loss %.3f", loss)) }
    if let trainAccuracy { parts.append(String(format: "train acc %.3f", trainAccuracy)) }
    if let testAccuracy { parts.append(String(format: "test acc %.3f", testAccuracy)) }
    if let remaining = remaining(now: now), step < totalSteps {
      parts.append("about \(Figures.duration(remaining)) left")
    }
    return parts.joined(separator: "  ")
  }
}

/// Tells people how the trials are going: one line a running trial that redraws itself on a terminal, plain lines
/// at curve points otherwise.
final class ProgressPrinter {
  private let isTerminal: Bool
  private let write: (String) -> Void
  private var drawnLines = 0

  init(isTerminal: Bool, write: @escaping (String) -> Void) {
    self.isTerminal = isTerminal
    self.write = write
  }

  /// On stderr, redrawing if that is a terminal.
  static func standard() -> ProgressPrinter {
    ProgressPrinter(isTerminal: isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb") {
      writeToStandardError($0)
    }
  }

  /// A line that stays.
  func say(_ line: String) {
    erase()
    write(line + "\n")
  }

  /// Where the running trials stand now; on a terminal this replaces what was drawn before.
  func draw(_ progress: [TrialProgress], now: Double) {
    guard isTerminal else { return }
    erase()
    let width = terminalWidth()
    for line in progress.map({ $0.line(now: now) }) { write(String(line.prefix(width - 1)) + "\n") }
    drawnLines = progress.count
  }

  /// A curve point was reached: worth a plain line where nothing redraws.
  func reached(_ progress: TrialProgress, now: Double) {
    guard !isTerminal else { return }
    write(progress.line(now: now) + "\n")
  }

  private func erase() {
    if drawnLines > 0 { write("\u{1B}[\(drawnLines)A\u{1B}[J") }
    drawnLines = 0
  }

  private func terminalWidth() -> Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }
}

/// Writes a text to stderr in one piece; what cannot be written there is nobody's loss.
func writeToStandardError(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
}
