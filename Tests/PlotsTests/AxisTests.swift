import Plots
import Testing

@Suite struct AxisTests {
  static let ranges: [ClosedRange<Double>] = [
    0.69314718...0.69314726, 1.23e-6...1.24e-6, 0...1.23e-6, 1e-300...3e-300, 0...1e300, -1e300...1e300, 0.005...0.02,
    1e-5...5e-5, 999_999...1_000_001, 1e12...1.00001e12, 1e15...1.2e15, 123_456_789...123_456_790, 0...1, -3...7, 1...2,
    0.1...0.9, 4...4, 0...0, 0.93...0.9301, 1...1.00000000001, -2.5e-9 ... -2.4e-9, 0...25_000, 0...2_500_000,
    1_000_000...1_000_025,
  ]

  @Test(arguments: ranges)
  func ticksAreDistinctAndTrue(range: ClosedRange<Double>) {
    for format in [NumberFormat.automatic, .fixed(2), .thousands, .si, .percent(1)] {
      for steps in [2, 3, 5, 8, 10] {
        for ends in [Axis.Ends.ticks, .data, .fixed] {
          let axis = Axis.linear(over: range, ends: ends, steps: steps, format: format)
          expectDistinct(axis, "\(range) \(format) \(steps) \(ends)")
          guard range.lowerBound > 0 else { continue }
          for opensBelow in [false, true] {
            let log = Axis.logarithmic(over: range, ends: ends, steps: steps, opensBelow: opensBelow, format: format)
            expectDistinct(log, "log \(range) \(format) \(steps) \(ends)")
          }
        }
      }
    }
  }

  private func expectDistinct(_ axis: Axis, _ what: String) {
    let labels = axis.ticks.map(\.label)
    #expect(Set(labels).count == labels.count, "\(what): \(labels)")
    #expect(zip(axis.ticks, axis.ticks.dropFirst()).allSatisfy { $0.value < $1.value }, "\(what): \(axis.ticks)")
    for tick in axis.ticks {
      #expect(value(of: tick.label).map { abs($0 - tick.value) <= abs(tick.value) * 1e-9 } ?? false, "\(what): \(tick)")
    }
  }

  /// The number that a label says.
  private func value(of label: String) -> Double? {
    var text = label.replacing("\u{2212}", with: "-")
    var factor = 1.0
    let prefixes: [(Character, Double)] = [
      ("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3), ("m", 1e-3), ("µ", 1e-6), ("n", 1e-9), ("%", 0.01),
    ]
    if let (_, size) = prefixes.first(where: { $0.0 == text.last }) {
      factor = size
      text.removeLast()
    }
    text = text.replacing("\u{2009}", with: "")
    guard let ten = text.range(of: "10", options: .backwards),
      text[ten.upperBound...].contains(where: { "⁰¹²³⁴⁵⁶⁷⁸⁹".contains($0) })
    else { return Double(text).map { $0 * factor } }
    let power = text[ten.upperBound...].map { character -> String in
      character == "⁻"
        ? "-"
        : "⁰¹²³⁴⁵⁶⁷⁸⁹".firstIndex(of: character).map {
          "\("⁰¹²³⁴⁵⁶⁷⁸⁹".distance(from: "⁰¹²³⁴⁵⁶⁷⁸⁹".startIndex, to: $0))"
        } ?? "?"
    }.joined()
    var mantissa = String(text[..<ten.lowerBound])
    if mantissa.hasSuffix("×") { mantissa.removeLast() }
    if mantissa.isEmpty || mantissa == "-" { mantissa += "1" }
    return Double("\(mantissa)e\(power)").map { $0 * factor }
  }

  @Test func ticksAreWrittenAsNumbersAre() {
    func labels(_ range: ClosedRange<Double>, steps: Int = 5) -> [String] {
      Axis.linear(over: range, steps: steps).ticks.map(\.label)
    }
    #expect(labels(0.005...0.02) == ["0.000", "0.005", "0.010", "0.015", "0.020"])
    #expect(labels(0...1) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(0.69314718...0.69314726).first == "0.69314718")
    #expect(labels(0.93...0.94, steps: 2) == ["0.930", "0.935", "0.940"])
    let rates = Axis.logarithmic(over: 0.001...0.02).ticks.map(\.label)
    #expect(rates.contains("0.005") || rates == ["0.001", "0.01", "0.1"], "\(rates)")
    #expect(Axis.logarithmic(over: 0.005...0.02).ticks.map(\.label) == ["0.005", "0.01", "0.02"])
    #expect(NumberFormat.automatic.text(0.005) == "0.005")
    #expect(NumberFormat.automatic.text(1.0 / 3) == "0.333")
    // Rounded to fewer digits, but not written so.
    #expect(NumberFormat.automatic.text(0.50001) == "0.500")
  }

  @Test(arguments: [(1, 2), (1, 3), (1, 5), (1, 30), (1, 96), (7, 8), (3, 3), (0, 1), (1, 1000)])
  func epochsAreWholeNumbers(first: Int, last: Int) throws {
    let axis = Axis.linear(over: Double(first)...Double(last), ends: .data, wholeNumbers: true)
    #expect(axis.ticks.allSatisfy { $0.value == $0.value.rounded() }, "\(axis.ticks)")
    #expect(axis.ticks.count > 1)
    let points = (first...last).map { LineChart.Point(x: Double($0), y: 1) }
    let drawing = try Drawing(
      .lines(
        LineChart(panels: [
          .init(title: "", xLabel: "epoch", yLabel: "", series: [.init(name: "s", points: points)])
        ])))
    #expect(drawing.xTicks.count > 1 && drawing.xTicks.allSatisfy { !$0.text.contains(".") }, "\(drawing.xTicks)")
  }

  @Test func partsOfEpochsHaveTicksToo() {
    let axis = Axis.linear(over: 0.2...0.8, ends: .data, wholeNumbers: true)
    #expect(axis.ticks.count > 1)
  }
}
