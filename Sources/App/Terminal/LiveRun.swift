import Foundation
import Journals
import Processes
import Runs
import Store
import Text

/// A running run as `watch` shows it: a line of names, a bar, and its curves.
struct LiveRun {
  private let run: RunSummary
  private let progress: RunProgress
  private let loss: [(epoch: Double, value: Double)]
  private let trainAccuracy: [(epoch: Double, value: Double)]
  private let testAccuracy: [(epoch: Double, value: Double)]

  /// The lines of ``charts(width:braille:)``.
  static let chartHeight = 8

  init(_ run: RunSummary, in store: Store, now: Date = Date()) throws(StoreError) {
    self.run = run
    progress = try RunProgress(of: run, in: store, now: now)
    loss = try store.curve(run: run.id, metric: MetricName.trainLoss.rawValue)
    trainAccuracy = try store.curve(run: run.id, metric: MetricName.trainAccuracy.rawValue)
    testAccuracy = try store.curve(run: run.id, metric: MetricName.testAccuracy.rawValue)
  }

  /// Names, a bar with what is left, and the last figures.
  func lines(width: Int) -> [String] {
    let cells = max(10, min(30, width / 3))
    let full = Int((progress.share * Double(cells)).rounded(.down))
    var bar = "  [\(String(repeating: "#", count: full))\(String(repeating: "-", count: cells - full))] "
    bar += "\(Quantity.fixed(100 * progress.share, 0)) %  epoch \(Quantity.fixed(progress.epoch, 2))/\(run.epochs)"
    if let secondsLeft = progress.secondsLeft { bar += "  about \(Quantity.duration(secondsLeft)) left" }
    var parts = ["  step \(progress.step)\(progress.totalSteps.map { "/\($0)" } ?? "")"]
    if let loss = loss.last { parts.append("loss \(Quantity.fixed(loss.value, 3))") }
    if let accuracy = run.trainAccuracy { parts.append("train acc \(Quantity.fixed(accuracy, 3))") }
    if let accuracy = run.testAccuracy { parts.append("test acc \(Quantity.fixed(accuracy, 3))") }
    if let rate = run.examplesPerSecond { parts.append("\(Quantity.fixed(rate, 1)) images/s") }
    return ["  \(run.trial)  \(run.id)", bar, parts.joined(separator: "  ")]
  }

  /// Loss and accuracies beside each other.
  func charts(width: Int, braille: Bool) -> [String] {
    let each = (width - 4) / 2
    let losses = CharacterChart(
      title: "training loss", curves: [loss], end: Double(run.epochs), range: nil, width: each,
      height: Self.chartHeight,
      braille: braille)
    let accuracies = CharacterChart(
      title: "accuracy: training, test", curves: [trainAccuracy, testAccuracy], end: Double(run.epochs), range: 0...1,
      width: each, height: Self.chartHeight, braille: braille)
    return zip(losses.lines, accuracies.lines).map { "  \(padded($0, to: each))  \($1)" }
  }
}

/// Curves over epochs, drawn with characters.
package struct CharacterChart {
  package var title: String
  /// Each in the order of its epochs.
  package var curves: [[(epoch: Double, value: Double)]]
  /// The last epoch of the axis.
  package var end: Double
  /// Of the values; nil for that of the values themselves.
  package var range: ClosedRange<Double>?
  package var width: Int
  package var height: Int
  /// Two by four dots a character, or one.
  package var braille: Bool

  package init(
    title: String, curves: [[(epoch: Double, value: Double)]], end: Double, range: ClosedRange<Double>?, width: Int,
    height: Int, braille: Bool
  ) {
    self.title = title
    self.curves = curves
    self.end = end
    self.range = range
    self.width = width
    self.height = height
    self.braille = braille
  }

  /// A title, the drawing with the ends of the axis before it, and the epochs below: ``height`` lines of at most ``width`` columns.
  package var lines: [String] {
    let values = curves.flatMap { $0 }.map(\.value).filter(\.isFinite)
    guard let low = range?.lowerBound ?? values.min(), let high = range?.upperBound ?? values.max() else {
      return [fitted(title, width: width)] + Array(repeating: "", count: max(0, height - 1))
    }
    let names = [Quantity.fixed(high, 2), Quantity.fixed(low, 2)]
    let margin = names.map(\.count).max()! + 1
    let (columns, rows) = (max(4, width - margin), max(1, height - 2))
    let drawing = draw(columns: columns, rows: rows, low: low, high: high > low ? high : low + 1)
    var lines = [fitted(title, width: width)]
    for (index, row) in drawing.enumerated() {
      let name = index == 0 ? names[0] : index == rows - 1 ? names[1] : ""
      lines.append(String(repeating: " ", count: margin - 1 - name.count) + name + " " + row)
    }
    let last = Quantity.fixed(end, 0)
    lines.append(
      String(repeating: " ", count: margin) + "0" + String(repeating: " ", count: max(1, columns - 1 - last.count))
        + last)
    return lines
  }

  private func draw(columns: Int, rows: Int, low: Double, high: Double) -> [String] {
    let (across, down) = braille ? (2, 4) : (1, 1)
    let (dotsAcross, dotsDown) = (columns * across, rows * down)
    var dots = Set<[Int]>()
    for curve in curves {
      var previous: (x: Int, y: Int)?
      for point in curve where point.value.isFinite {
        let x = Int((point.epoch / max(end, 1e-9) * Double(dotsAcross - 1)).rounded())
        let share = (point.value - low) / (high - low)
        let y = Int(((1 - min(1, max(0, share))) * Double(dotsDown - 1)).rounded())
        guard (0..<dotsAcross).contains(x) else { continue }
        let from = previous ?? (x, y)
        let steps = max(abs(x - from.x), abs(y - from.y), 1)
        for step in 0...steps {
          dots.insert([from.x + (x - from.x) * step / steps, from.y + (y - from.y) * step / steps])
        }
        previous = (x, y)
      }
    }
    // The bits of braille patterns, left column downwards and then the right one.
    let bits = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    return (0..<rows).map { row in
      (0..<columns).map { column -> String in
        guard braille else { return dots.contains([column, row]) ? "*" : " " }
        var pattern = 0
        for x in 0..<2 { for y in 0..<4 where dots.contains([2 * column + x, 4 * row + y]) { pattern |= bits[x][y] } }
        return pattern == 0 ? " " : String(UnicodeScalar(UInt32(0x2800 + pattern))!)
      }.joined()
    }
  }
}
