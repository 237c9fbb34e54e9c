import Files
import Foundation
import Text

/// Reads curves from CSV (RFC 4180), in one of two forms:
///
/// - a line a value, with the columns `metric`, `value` and `step` or `epoch`, as `vgglab export` writes it;
/// - a line a step or epoch, with a column `step`, `global_step` or `epoch` and a column of numbers for each metric, as Keras'
///   CSVLogger and PyTorch Lightning write it. Empty fields are no values.
///
/// A column `run` names the runs in both. `metrics` are the columns that are read; all of them if it is empty. Throws
/// ``ExchangeError`` with the line.
package func readCurves(csv text: String, path: String, metrics: [String]) throws(ExchangeError) -> [ForeignPoint] {
  var records = CSVRecords(text, path: path)
  guard let header = try records.next() else {
    throw .badFile(path: path, place: "line 1", reason: "there is no header with the names of the columns")
  }
  let table = try CurveColumns(header, path: path, metrics: metrics)
  var points: [ForeignPoint] = []
  while let record = try records.next() {
    try table.read(record, line: records.line, &points)
    try ForeignCurves.checkPoints(points.count)
  }
  return points
}

/// Which columns of a table are what.
private struct CurveColumns {
  private let path: String
  private let names: [String]
  private var run, step, epoch, metric, value: Int?
  /// The columns of metrics in a table with a line a step.
  private var metrics: [Int] = []

  init(_ header: [String], path: String, metrics wanted: [String]) throws(ExchangeError) {
    self.path = path
    names = header.map { $0.trimmingCharacters(in: .whitespaces) }
    func fail(_ reason: String) -> ExchangeError { .badFile(path: path, place: "line 1", reason: reason) }
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted { throw fail("two columns are called '\(name.prefix(40))'") }
    if let name = Self.wronglyWritten(names) {
      throw fail("the column '\(name)' must be called '\(name.lowercased())'")
    }
    run = names.firstIndex(of: "run")
    step = names.firstIndex(of: "step") ?? names.firstIndex(of: "global_step")
    epoch = names.firstIndex(of: "epoch")
    guard step != nil || epoch != nil else {
      throw fail("there is no column 'step', 'global_step' or 'epoch'\(Self.separated(names))")
    }
    if let metric = names.firstIndex(of: "metric"), let value = names.firstIndex(of: "value") {
      (self.metric, self.value) = (metric, value)
      return
    }
    for name in wanted where !names.contains(name) { throw fail("there is no column '\(name.prefix(40))'") }
    metrics = names.indices.filter { column in
      ![run, step, epoch].contains(column) && names[column] != "attempt"
        && (wanted.isEmpty || wanted.contains(names[column]))
    }
    for column in metrics {
      if let reason = ForeignCurves.complaint(name: names[column]) {
        throw fail("the name of column \(column + 1) \(reason)")
      }
    }
    guard !metrics.isEmpty else { throw fail("there is no column of values") }
  }

  /// A name with a meaning that is written in capitals, and would be taken for a metric's.
  private static func wronglyWritten(_ names: [String]) -> String? {
    let lowered = names.map { $0.lowercased() }
    var meant = ["run"]
    if !names.contains(where: { ["step", "global_step", "epoch"].contains($0) }) {
      meant += ["step", "global_step", "epoch"]
    }
    if lowered.contains("metric"), lowered.contains("value") { meant += ["metric", "value"] }
    return names.first { !meant.contains($0) && meant.contains($0.lowercased()) && !names.contains($0.lowercased()) }
  }

  /// That a header has other separators than commas; empty where it has none.
  private static func separated(_ names: [String]) -> String {
    for (sign, word) in [(";", "semicolons"), ("\t", "tabs")] where names.contains(where: { $0.contains(sign) }) {
      return "; the fields are separated by \(word), and commas were expected"
    }
    return ""
  }

  func read(_ record: [String], line: Int, _ points: inout [ForeignPoint]) throws(ExchangeError) {
    func fail(_ reason: String) -> ExchangeError { .badFile(path: path, place: "line \(line)", reason: reason) }
    guard record.count == names.count else {
      let verb = record.count == 1 ? "is" : "are"
      throw fail(
        "there \(verb) \(Quantity.count(record.count, "field")) for \(Quantity.count(names.count, "column"))")
    }
    func number(_ column: Int) throws(ExchangeError) -> Double? {
      let text = record[column].trimmingCharacters(in: .whitespaces)
      if text.isEmpty { return nil }
      let place = "'\(text.prefix(40))' in column '\(names[column].prefix(40))'"
      // Double reads hexadecimal numbers too, which no CSV has.
      guard text.utf8.count <= 40, !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }),
        let number = Double(text)
      else {
        throw fail("\(place) is no number; --metric NAME,… reads other columns alone")
      }
      guard number.isFinite || !text.utf8.contains(where: { (48...57).contains($0) }) else {
        throw fail("\(place) is too large for a number of 64 bits")
      }
      return number
    }
    func whole(_ column: Int?) throws(ExchangeError) -> Int64? {
      guard let column, let found = try number(column) else { return nil }
      guard let step = Int64(exactly: found), step >= 0 else { throw fail("\(found) is no step") }
      return step
    }
    let name = run.map { record[$0] } ?? ""
    if run != nil, let reason = ForeignCurves.complaint(name: name) { throw fail("the run's name \(reason)") }
    let step = try whole(step)
    let epoch: Double? = if let epoch { try number(epoch) } else { nil }
    if let epoch, !epoch.isFinite { throw fail("\(epoch) is no epoch") }
    guard step != nil || epoch != nil else { throw fail("there is neither a step nor an epoch") }
    func add(_ metric: String, _ column: Int) throws(ExchangeError) {
      guard let value = try number(column) else { return }
      points.append(ForeignPoint(run: name, metric: metric, step: step, epoch: epoch, value: value))
    }
    guard let metric, let value else {
      for column in metrics { try add(names[column], column) }
      return
    }
    if let reason = ForeignCurves.complaint(name: record[metric]) { throw fail("the metric's name \(reason)") }
    try add(record[metric], value)
  }
}

/// The records of a CSV text, one after the other.
private struct CSVRecords {
  private let path: String
  private let bytes: [UInt8]
  private var place = 0
  /// Of the last record, from 1.
  private(set) var line = 0
  private var nextLine = 1

  static let fieldLimit = 10_000

  init(_ text: String, path: String) {
    self.path = path
    let bytes = Array(text.utf8)
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }

  /// The next record; nil behind the last. Empty lines are passed over.
  mutating func next() throws(ExchangeError) -> [String]? {
    while place < bytes.count, isLineEnd(bytes[place]) { skipLineEnd() }
    guard place < bytes.count else { return nil }
    line = nextLine
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard fields.count <= Self.fieldLimit else {
        throw .badFile(path: path, place: "line \(line)", reason: "there are more than \(Self.fieldLimit) fields")
      }
      guard place < bytes.count, bytes[place] == UInt8(ascii: ",") else { break }
      place += 1
    }
    if place < bytes.count { skipLineEnd() }
    return fields
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }

  private mutating func skipLineEnd() {
    if bytes[place] == 13, place + 1 < bytes.count, bytes[place + 1] == 10 { place += 1 }
    place += 1
    nextLine += 1
  }

  private mutating func field() throws(ExchangeError) -> String {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
      let start = place
      while place < bytes.count, bytes[place] != UInt8(ascii: ","), !isLineEnd(bytes[place]) { place += 1 }
      return String(decoding: bytes[start..<place], as: UTF8.self)
    }
    place += 1
    var text: [UInt8] = []
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "\"") {
        place += 1
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
          guard place == bytes.count || bytes[place] == UInt8(ascii: ",") || isLineEnd(bytes[place]) else {
            throw .badFile(path: path, place: "line \(nextLine)", reason: "there is text behind a quoted field")
          }
          return String(decoding: text, as: UTF8.self)
        }
      } else if bytes[place] == 10 {
        nextLine += 1
      }
      text.append(bytes[place])
      place += 1
    }
    throw .badFile(path: path, place: "line \(line)", reason: "a quoted field has no end")
  }
}
