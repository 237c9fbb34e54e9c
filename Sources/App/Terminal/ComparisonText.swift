import Foundation
public import Runs
import Text

extension RunComparison {
  /// For people, in 80 columns.
  public var text: String { text(.plain) }

  /// For people: a line a trial with its seeds summarized, what differs between the trials, and all that was measured.
  public func text(_ look: OutputStyle) -> String {
    var sections: [[String]] = []
    if let question, !question.isEmpty { sections.append([wrapped(printable(question), width: look.width, indent: 0)]) }
    let (table, omitted) = look.lines(summary(look))
    sections.append(
      table + summaryNotes(showsRates: !omitted.contains("images/s")).map { wrapped($0, width: look.width) })
    if parameters.isEmpty {
      sections.append([
        groups.count == 1 ? "the configurations differ in the seed alone" : "the configurations do not differ"
      ])
    } else {
      sections.append(
        Grid(
          corner: "parameter", rows: parameters.map(\.key), columns: groups.map(\.letter),
          cells: parameters.map(\.values)
        ).lines(look))
    }
    if !metrics.isEmpty { sections.append(metricGrid.lines(look)) }
    if !agreements.isEmpty { sections.append(agreementLines(look)) }
    if !remarks.isEmpty { sections.append(remarks.map { wrapped(printable($0), width: look.width) }) }
    return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// The metrics of the summary, with what their columns are called.
  private static let summarized: [(name: String, title: String)] = [
    ("test_accuracy", "test acc"), ("train_loss", "train loss"), ("examples_per_second", "images/s"),
  ]

  private func summary(_ look: OutputStyle) -> FittedTable {
    let shown = Self.summarized.compactMap { wanted in
      metrics.first { $0.name == wanted.name }.map { (metric: $0, title: wanted.title) }
    }
    var columns: [FittedTable.Column] = [
      .init(""), .init("trial", shortens: true), .init("run", dropRank: 10), .init("runs", .right, folds: true),
      .init(groups.allSatisfy(\.is_single) ? "seed" : "seeds", folds: true, shortens: true),
    ]
    for (index, (_, title)) in shown.enumerated() {
      columns.append(.init(title, dropRank: index == 0 ? 1 : 4 + index))
      guard index == 0 else { continue }
      columns.append(.init("", dropRank: 11))
      if groups.count > 1 { columns.append(.init("\(title) - A", dropRank: 2)) }
    }
    // Networks that were described and not trained have their sizes to compare.
    let hasSizes = shown.isEmpty && groups.contains { $0.parameters != nil }
    if hasSizes { columns += [.init("parameters", .right), .init("multiply-adds", .right)] }
    var table = FittedTable(columns)
    for (index, group) in groups.enumerated() {
      var row: [FittedTable.Cell] = [
        .init(group.letter), .init(group.name), .init(group.members.count == 1 ? group.members[0].run : ""),
        .init("\(group.members.count)"), .init(seeds(group)),
      ]
      for (place, (metric, _)) in shown.enumerated() {
        let isDisturbed = metric.name == "examples_per_second" && group.disturbed_epochs > 0
        row.append(.init(Self.short(metric.values[index]) + (isDisturbed ? "*" : "")))
        guard place == 0 else { continue }
        row.append(.init(metric.name == "test_accuracy" ? look.bar(metric.values[index]?.mean) : "", .faint))
        if groups.count > 1 { row.append(Self.difference(metric.differences[index], isFirst: index == 0)) }
      }
      if hasSizes {
        row += [group.parameters, group.multiply_adds].map {
          .init($0.map { Quantity.grouped($0) } ?? FittedTable.absent)
        }
      }
      table.add(row)
    }
    return table
  }

  private func summaryNotes(showsRates: Bool) -> [String] {
    let hasIntervals = metrics.contains { $0.values.contains { $0?.low != nil } }
    let isUnpaired = metrics.contains { $0.differences.contains { $0?.count == 0 } }
    var notes: [String] = []
    if hasIntervals {
      notes.append(
        "± is half the 95 % interval of the mean over seeds; differences are paired by seed\(isUnpaired ? " where seeds are common" : "")."
      )
    }
    func seedCount(_ group: Group) -> Int { Set(group.members.map(\.seed)).count }
    let shown = metrics.first { $0.name == Self.summarized[0].name } ?? metrics.first
    for (index, group) in groups.enumerated().dropFirst() {
      let (own, first) = (seedCount(group), seedCount(groups[0]))
      guard let pairs = shown?.differences[index]?.count, pairs > 0, pairs < max(own, first) else { continue }
      notes.append("\(group.letter) - A: \(Quantity.count(pairs, "seed")) in common, of \(first) and \(own).")
    }
    if showsRates, groups.contains(where: { $0.disturbed_epochs > 0 }) {
      notes.append("* other work on the machine disturbed some epochs; see below before you compare rates.")
    }
    if !metrics.isEmpty, groups.contains(where: \.is_single) {
      notes.append("A trial with a single run has no interval: chance may explain a difference.")
    }
    return notes
  }

  /// `0-4`, `0 3 7`, or `3, single run`; `3` where all are single runs.
  private func seeds(_ group: Group) -> String {
    let seeds = Set(group.members.map(\.seed)).sorted { ($0.count, $0) < ($1.count, $1) }
    if group.is_single { return groups.allSatisfy(\.is_single) ? seeds[0] : "\(seeds[0]), single run" }
    let numbers = seeds.compactMap { Int($0) }
    if numbers.count == seeds.count, seeds.count > 2, numbers == Array(numbers[0]..<numbers[0] + numbers.count) {
      return "\(numbers[0])-\(numbers[numbers.count - 1])"
    }
    return seeds.joined(separator: " ")
  }

  /// The last value of each metric in each trial, and how far the others are from the first.
  private var metricGrid: Grid {
    let others = groups.indices.dropFirst()
    return Grid(
      corner: "last value", rows: metrics.map(\.name),
      columns: groups.map(\.letter) + others.map { "\(groups[$0].letter) - A" },
      cells: metrics.map { metric in
        metric.values.map { Self.exact($0) } + others.map { Self.exact(metric.differences[$0], isDifference: true) }
      })
  }

  /// `0.832 ± 0.012`, or the value alone where there is no interval.
  private static func short(_ estimate: Estimate?) -> String {
    guard let estimate else { return FittedTable.absent }
    let size = abs(estimate.mean)
    let decimals = size >= 100 ? 1 : size >= 10 ? 2 : 3
    guard let half = estimate.halfWidth else { return Quantity.fixed(estimate.mean, decimals) }
    return "\(Quantity.fixed(estimate.mean, decimals)) ± \(Quantity.fixed(half, decimals))"
  }

  /// A difference to the first group, with its color where the interval leaves out 0.
  private static func difference(_ estimate: Estimate?, isFirst: Bool) -> FittedTable.Cell {
    guard !isFirst, let estimate else { return .init(isFirst ? "" : FittedTable.absent) }
    let text = (estimate.mean > 0 ? "+" : "") + short(estimate) + (estimate.count == 0 ? " (not paired)" : "")
    guard let low = estimate.low, let high = estimate.high, low > 0 || high < 0 else { return .init(text) }
    return .init(text, low > 0 ? .good : .bad)
  }

  /// With five digits.
  private static func exact(_ estimate: Estimate?, isDifference: Bool = false) -> String {
    guard let estimate else { return FittedTable.absent }
    func number(_ value: Double) -> String { value.isFinite ? String(format: "%.5g", value) : "\(value)" }
    guard let half = estimate.halfWidth else {
      return number(estimate.mean) + (isDifference && estimate.count == 0 ? " (not paired)" : "")
    }
    return "\(number(estimate.mean)) ± \(String(format: "%.2g", half))"
  }

  private func agreementLines(_ look: OutputStyle) -> [String] {
    var table = FittedTable([
      .init("first run"), .init("second run"), .init("images", .right, folds: true), .init("first", .right),
      .init("second", .right), .init("p", .right),
    ])
    for agreement in agreements {
      table.add([
        .init(agreement.first), .init(agreement.second), .init("\(agreement.examples)"),
        .init("\(agreement.only_first_right)"), .init("\(agreement.only_second_right)"),
        .init(agreement.p < 1e-4 ? String(format: "%.2g", agreement.p) : String(format: "%.4f", agreement.p)),
      ])
    }
    return [
      wrapped("McNemar's exact test: test images that only one of two runs classified correctly", width: look.width)
    ] + look.lines(table).text
  }
}

extension RunComparison.Estimate {
  /// Half of the 95 % interval; nil without one.
  fileprivate var halfWidth: Double? {
    guard let low, let high else { return nil }
    return (high - low) / 2
  }
}

/// A table of values by two names, in as many blocks of columns as the width needs.
private struct Grid {
  var corner: String
  var rows: [String]
  var columns: [String]
  /// A list a row.
  var cells: [[String]]

  /// Rows become columns where one block is too wide and there are fewer of them.
  func lines(_ look: OutputStyle) -> [String] {
    guard columns.count > rows.count, fit(columns.indices, look).width > look.width else { return blocks(look) }
    return Grid(
      corner: "", rows: columns, columns: rows, cells: columns.indices.map { place in cells.map { $0[place] } }
    ).blocks(look)
  }

  private func blocks(_ look: OutputStyle) -> [String] {
    var lines: [String] = []
    var rest = columns.indices
    while !rest.isEmpty {
      var taken = rest.prefix(1)
      var block = fit(taken, look)
      while taken.count < rest.count {
        let wider = fit(rest.prefix(taken.count + 1), look)
        guard wider.width <= look.width else { break }
        (taken, block) = (rest.prefix(taken.count + 1), wider)
      }
      lines += (lines.isEmpty ? [] : [""]) + block.lines
      rest = rest.dropFirst(taken.count)
    }
    return lines
  }

  private func fit(_ columns: Range<Int>, _ look: OutputStyle) -> FittedTable.Fit {
    var table = FittedTable(
      [.init(corner, shortens: true)] + columns.map { .init(self.columns[$0], .left, shortens: true) })
    for (row, name) in rows.enumerated() { table.add([.init(name)] + columns.map { .init(cells[row][$0]) }) }
    let natural = table.fit(width: nil, paint: look.painted)
    return columns.count > 1 || natural.width <= look.width
      ? natural : table.fit(width: look.width, paint: look.painted)
  }
}
