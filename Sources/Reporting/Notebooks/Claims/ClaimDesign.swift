import Foundation

/// How a claim is decided.
public enum ClaimTest: String, Sendable, Hashable, CaseIterable, Codable {
  /// One row with a column `holds`.
  case holds
  /// A row a replicate with a column `value`: Student's t test of the mean.
  case mean
  /// One row `successes, trials`: the exact binomial test of the proportion.
  case proportion
  /// One row `only_first, only_second`: McNemar's exact test.
  case mcnemar

  package var isStatistical: Bool { self != .holds }
}

/// On which side of the margin the claim sees the truth.
public enum ClaimAlternative: String, Sendable, Hashable, CaseIterable, Codable {
  case greater, less, different
}

/// What a claim's options say, before anything is known of its rows.
package struct ClaimDesign: Sendable, Hashable {
  /// The sentence, as it was said.
  package var says = ""
  /// Who said it; nil for the page itself.
  package var by: String?
  package var test = ClaimTest.holds
  package var alternative = ClaimAlternative.greater
  package var margin = 0.0
  package var level = 0.95
  /// Of the effect.
  package var format = ValueFormat.automatic

  /// What is wrong with the options is noted; nil then.
  package init?(_ cell: Cell, _ problems: inout ProblemList) {
    let before = problems.found.count
    if let sentence = cell.option("says"), !sentence.isEmpty {
      says = sentence
    } else {
      problems.add(cell.line, .claimWithoutSentence(cell.id))
    }
    by = cell.option("by").flatMap { $0.isEmpty ? nil : $0 }
    test = Self.choice("test", cell, ClaimTest.holds, &problems)
    alternative = Self.choice("alternative", cell, ClaimAlternative.greater, &problems)
    margin = test == .proportion ? 0.5 : 0
    let takes: [String: Set<ClaimTest>] = [
      "alternative": [.mean, .proportion, .mcnemar], "margin": [.mean, .proportion],
      "level": Set(ClaimTest.allCases),
    ]
    for (name, tests) in takes.sorted(by: { $0.key < $1.key }) {
      guard let option = cell.options[name], !tests.contains(test) else { continue }
      let others = ClaimTest.allCases.filter { tests.contains($0) }.map(\.rawValue)
      problems.add(option.line, .optionOfOtherTest(name, test: test.rawValue, tests: others))
    }
    let margins: ClosedRange<Double> = test == .proportion ? 0...1 : -1e300...1e300
    margin = Self.number("margin", cell, margin, margins, &problems)
    level = Self.number("level", cell, level, 0.5...0.9999, &problems)
    if let option = cell.options["format"] {
      if let format = ValueFormat(option.value) {
        self.format = format
      } else {
        problems.add(
          option.line, .badOption("format", value: option.value, expected: "one of \(ValueFormat.names)"))
      }
    }
    if problems.found.count > before { return nil }
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ cell: Cell, _ standard: Choice, _ problems: inout ProblemList
  ) -> Choice where Choice.RawValue == String {
    guard let option = cell.options[name] else { return standard }
    if let choice = Choice(rawValue: option.value) { return choice }
    let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    problems.add(option.line, .badOption(name, value: option.value, expected: "one of \(known)"))
    return standard
  }

  private static func number(
    _ name: String, _ cell: Cell, _ standard: Double, _ range: ClosedRange<Double>, _ problems: inout ProblemList
  ) -> Double {
    guard let option = cell.options[name] else { return standard }
    if let number = decimalNumber(option.value), range.contains(number) { return number }
    let bounds =
      range.upperBound > 1 ? "a number" : "a number from \(range.lowerBound) to \(range.upperBound)"
    problems.add(option.line, .badOption(name, value: option.value, expected: bounds))
    return standard
  }
}
