import Foundation
public import Runs
import Text

extension RunComparison {
  /// For people.
  public var text: String {
    var sections: [String] = []
    if let question, !question.isEmpty { sections.append(printable(question)) }
    sections.append(groupTable)
    if parameters.isEmpty {
      sections.append(
        groups.count == 1 ? "the configurations differ in the seed alone" : "the configurations do not differ")
    } else {
      var table = TextTable([("parameter", .left)] + groups.map { ($0.letter, .right) })
      for parameter in parameters { table.add([parameter.key] + parameter.values) }
      sections.append(table.text)
    }
    if !metrics.isEmpty { sections.append(metricTable) }
    if !agreements.isEmpty { sections.append(agreements.map(\.sentence).joined(separator: "\n")) }
    if !remarks.isEmpty { sections.append(remarks.map { printable($0) }.joined(separator: "\n")) }
    return sections.joined(separator: "\n\n")
  }

  private var groupTable: String {
    var table = TextTable([("", .left), ("trial", .left), ("runs", .left), ("seeds", .left)])
    for group in groups {
      let seeds = Set(group.members.map(\.seed)).sorted { ($0.count, $0) < ($1.count, $1) }
      table.add([
        group.letter, group.name, group.members.map(\.run).joined(separator: " "),
        group.is_single ? "\(seeds[0]), single run" : seeds.joined(separator: " "),
      ])
    }
    return table.text
  }

  private var metricTable: String {
    let others = groups.dropFirst()
    var table = TextTable(
      [("the last of", .left)] + groups.map { ($0.letter, .left) } + others.map { ("\($0.letter) - A", .left) })
    for metric in metrics {
      table.add(
        [metric.name] + metric.values.map { Self.text($0, sample: "single run") }
          + metric.differences.dropFirst().map { Self.text($0, sample: "single pair") })
    }
    return table.text
  }

  private static func text(_ estimate: Estimate?, sample: String) -> String {
    guard let estimate else { return "–" }
    func number(_ value: Double) -> String { value.isFinite ? String(format: "%.5g", value) : "\(value)" }
    guard let deviation = estimate.standard_deviation, let low = estimate.low, let high = estimate.high else {
      return "\(number(estimate.mean)) (\(estimate.count == 0 ? "not paired" : sample))"
    }
    return
      "\(number(estimate.mean)) (n \(estimate.count), sd \(number(deviation)), 95 % \(number(low)) to \(number(high)))"
  }
}

extension RunComparison.Agreement {
  var sentence: String {
    """
    McNemar: of \(examples) test images \(only_first_right) are right in \(first) alone and \(only_second_right) in \
    \(second) alone; p = \(p < 1e-4 ? String(format: "%.2g", p) : String(format: "%.4f", p))
    """
  }
}
