import Foundation

/// Where one running trial stands.
package struct TrialProgress: Sendable {
  var trial: String
  var epochs: Int
  var totalSteps: Int
  var batchSize: Int
  var step = 0
  var epoch = 0.0
  var stepLoss: Double?
  /// Running over the epoch, as the accuracies are.
  package var loss: Double?
  package var trainAccuracy: Double?
  var testAccuracy: Double?

  /// Moments and the steps done by then, of the last half minute; the first is the beginning or its successor.
  private var moments: [(time: Double, step: Int)]
  private static let span = 30.0

  package init(trial: String, epochs: Int, totalSteps: Int, batchSize: Int, startedAt: Double) {
    self.trial = trial
    self.epochs = epochs
    self.totalSteps = totalSteps
    self.batchSize = batchSize
    moments = [(startedAt, 0)]
  }

  /// A step is done.
  package mutating func reach(step: Int, epoch: Double, now: Double) {
    // The first that is heard of may be the one behind a checkpoint.
    if self.step == 0, step > 1 { moments = [(moments[0].time, step - 1)] }
    self.step = step
    self.epoch = epoch
    if moments.count > 1, moments[moments.count - 1].time == now {
      moments[moments.count - 1].step = step
    } else {
      moments.append((now, step))
    }
    while moments.count > 2, now - moments[1].time > Self.span { moments.removeFirst() }
  }

  /// Over the last half minute, loading and evaluation included; nil before the first step.
  private var stepsPerSecond: Double? {
    guard let first = moments.first, let last = moments.last, last.step > first.step, last.time > first.time else {
      return nil
    }
    return Double(last.step - first.step) / (last.time - first.time)
  }

  var imagesPerSecond: Double? { stepsPerSecond.map { $0 * Double(batchSize) } }

  /// Seconds still to go at the pace of late; nil before the first step.
  var remaining: Double? { stepsPerSecond.map { Double(max(0, totalSteps - step)) / $0 } }

  package var line: String { line(columns: .max) }

  /// In so many columns: what is least missed is left out, before the rest is cut off.
  package func line(columns: Int) -> String {
    var parts = [trial, String(format: "epoch %.2f/%d", epoch, epochs), "step \(step)/\(totalSteps)"]
    if let loss = loss ?? stepLoss { parts.append(String(format: "loss %.3f", loss)) }
    if let trainAccuracy { parts.append(String(format: "train acc %.3f", trainAccuracy)) }
    if let testAccuracy { parts.append(String(format: "test acc %.3f", testAccuracy)) }
    if let imagesPerSecond { parts.append(String(format: "%.0f images/s", imagesPerSecond)) }
    if let remaining, step < totalSteps { parts.append("about \(Figures.duration(remaining)) left") }
    for dispensable in ["train acc", "epoch", "test acc"] {
      if parts.joined(separator: "  ").count <= columns { break }
      // The first is the trial's name, whatever it begins with.
      if let place = parts.dropFirst().firstIndex(where: { $0.hasPrefix(dispensable) }) { parts.remove(at: place) }
    }
    return String(parts.joined(separator: "  ").prefix(columns))
  }
}

/// Where all the trials together stand.
package struct TotalProgress: Sendable {
  package var done: Int
  package var working: Int
  package var waiting: Int
  /// Forecast of the waiting; nil if it is not known of all.
  package var secondsWaiting: Double?

  package init(done: Int, working: Int, waiting: Int, secondsWaiting: Double? = nil) {
    self.done = done
    self.working = working
    self.waiting = waiting
    self.secondsWaiting = secondsWaiting
  }

  package func line(_ running: [TrialProgress]) -> String {
    var text = "\(done) of \(done + working + waiting) trials done, \(working) at work, \(waiting) to come"
    let remaining = running.compactMap(\.remaining)
    if let secondsWaiting, !running.isEmpty, remaining.count == running.count {
      text += "  about \(Figures.duration((remaining.max() ?? 0) + secondsWaiting)) left"
    }
    return text
  }
}

/// Tells people how the trials are going: on a terminal a line a running trial and a total that redraw themselves, plain
/// lines at curve points otherwise.
package final class ProgressPrinter {
  private let isTerminal: Bool
  private let write: (String) -> Void
  private let size: () -> (columns: Int, rows: Int)
  private var drawn: [String] = []
  private var drawnAt = -Double.infinity

  package init(
    isTerminal: Bool, size: @escaping () -> (columns: Int, rows: Int) = { (80, 24) },
    write: @escaping (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.size = size
    self.write = write
  }

  /// On stderr; it redraws if that is a terminal that can, and `NO_COLOR` does not ask for plain text.
  static func standard() -> ProgressPrinter {
    let variables = ProcessInfo.processInfo.environment
    let isPlain = variables["TERM"] == "dumb" || variables["NO_COLOR"].map { !$0.isEmpty } == true
    return ProgressPrinter(isTerminal: isatty(2) == 1 && !isPlain, size: terminalSize) { writeToTerminal($0, 2) }
  }

  /// A line that stays.
  package func say(_ line: String) {
    write(erasure + printable(line, keepingLines: true) + "\n")
    drawn = []
    drawnAt = -Double.infinity
  }

  /// Where the running trials stand now; on a terminal this replaces what was drawn before, four times a second at most.
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
    guard !isTerminal else { return }
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
