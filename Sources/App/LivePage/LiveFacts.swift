import Configurations
import Foundation
import Journals
import Runs
import Store

/// A run of the list and of the events: what `list --json` has of it, and how far it is.
@dynamicMemberLookup
struct LiveRun: Encodable, Sendable, Hashable {
  /// Of a run that is running.
  struct Progress: Encodable, Sendable, Hashable {
    /// Epochs done.
    var epoch: Double
    var step: Int
    var steps: Int?
    /// The part that is done, from 0 to 1.
    var share: Double
    var seconds_left: Double?
  }

  var facts: RunFacts
  var progress: Progress?

  init(_ run: RunSummary, in store: Store) throws(StoreError) {
    facts = RunFacts(run)
    guard run.state == .running else { return }
    let found = try RunProgress(of: run, in: store)
    progress = Progress(
      epoch: found.epoch, step: found.step, steps: found.totalSteps, share: found.share,
      seconds_left: found.secondsLeft)
  }

  subscript<Value>(dynamicMember path: KeyPath<RunFacts, Value>) -> Value { facts[keyPath: path] }

  /// One object with the members of both.
  func encode(to encoder: any Encoder) throws {
    try facts.encode(to: encoder)
    try progress?.encode(to: encoder)
  }
}

/// A page of the list.
struct RunListFacts: Encodable, Sendable {
  var total, page, size: Int
  var runs: [LiveRun]
}

/// Curves of a run by the metrics' names, each a list of [epoch, value]; null where a value is no number.
struct Curves: Encodable, Sendable, Hashable {
  /// The metrics that the page draws.
  static let metrics: [MetricName] = [.trainLoss, .testLoss, .trainAccuracy, .testAccuracy]
  /// A longer curve is drawn with every second, third … of its points, and its last.
  static let mostPoints = 2000

  /// A measured value.
  struct Point: Encodable, Sendable, Hashable {
    var epoch: Double
    var value: Double?

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(epoch)
      try container.encode(value)
    }
  }

  var values: [String: [Point]] = [:]

  init() {}

  init(of run: String, in store: Store) throws(StoreError) {
    for metric in Self.metrics.map(\.rawValue) {
      let curve = try store.curve(run: run, metric: metric).map {
        Point(epoch: $0.epoch, value: $0.value.isFinite ? $0.value : nil)
      }
      if !curve.isEmpty { values[metric] = Self.thinned(curve) }
    }
  }

  private static func thinned(_ curve: [Point]) -> [Point] {
    guard curve.count > mostPoints else { return curve }
    let every = (curve.count + mostPoints - 1) / mostPoints
    return curve.enumerated().filter { $0.offset % every == 0 || $0.offset == curve.count - 1 }.map(\.element)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}

/// A run with its curves.
struct RunCurves: Encodable, Sendable {
  var run: LiveRun
  var curves: Curves
}

/// What a stream of events says of a run: its facts, and of each curve what is new. Points from number `from` on are to be
/// replaced by `points`.
struct RunUpdate: Encodable, Sendable, Hashable {
  struct Piece: Encodable, Sendable, Hashable {
    var from: Int
    var points: [Curves.Point]
  }
  var run: LiveRun
  var curves: [String: Piece]
  /// Bytes of the worker's log.
  var log_bytes: Int

  init(_ run: LiveRun, log: Int, from old: Curves, to new: Curves) {
    self.run = run
    log_bytes = log
    curves = [:]
    for (name, points) in new.values {
      let known = old.values[name] ?? []
      guard points != known else { continue }
      let same = zip(known, points).prefix { $0 == $1 }.count
      curves[name] = Piece(from: same, points: Array(points[same...]))
    }
  }
}

/// The runs that are running, and how a list knows that it is out of date.
struct ListUpdate: Encodable, Sendable, Hashable {
  var census: String
  var running: [LiveRun]
}

/// A built report.
struct ReportFacts: Encodable, Sendable {
  var name, notebook, address: String
}

/// How the server, the store and the machine are.
struct HealthFacts: Encodable, Sendable {
  var vgglab_version: String
  var store: StoreHealth
  var journal_problems: [String]
  var running: Int
  var load: [Double]
  var cores: Int
  var available_memory_bytes: Int
  var streams: Int

  var isHealthy: Bool { store.problems.isEmpty && journal_problems.isEmpty }
}

/// A value as JSON with sorted keys; numbers that are not finite are texts.
func pageJSON(_ value: some Encodable) throws -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return try encoder.encode(value)
}

/// The end of a worker's log: whole lines, at most so many bytes.
func logTail(store: String, run: String, bytes: Int = 64 << 10) -> (text: String, bytes: Int) {
  guard let folder = try? RunFolder(store: store, existing: run), let size = folder.size(of: RunFiles.log),
    let file = try? folder.open().file(RunFiles.log)
  else { return ("", 0) }
  let start = max(0, size - bytes)
  lseek(file.number, off_t(start), SEEK_SET)
  guard var data = try? file.readAll(limit: bytes + (1 << 20)) else { return ("", size) }
  if start > 0, let end = data.firstIndex(of: UInt8(ascii: "\n")) { data = data[(end + 1)...] }
  return (String(decoding: data, as: UTF8.self), size)
}
