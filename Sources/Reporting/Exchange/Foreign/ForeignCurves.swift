import Digests
import Foundation
import Text

/// A value of a curve that another program measured.
package struct ForeignPoint: Sendable, Hashable {
  /// Empty where the source names no runs.
  package var run: String
  package var metric: String
  /// nil where the source has epochs alone.
  package var step: Int64?
  package var epoch: Double?
  package var value: Double

  package init(run: String, metric: String, step: Int64?, epoch: Double?, value: Double) {
    (self.run, self.metric, self.step, self.epoch, self.value) = (run, metric, step, epoch, value)
  }
}

/// Curves that another program measured, and where they come from.
package struct ForeignCurves: Sendable {
  /// How the views of a notebook are called.
  package var name: String
  /// `csv`, `tfevents` or `mlflow`.
  package var format: String
  /// The file, the folder or the server.
  package var source: String
  /// SHA-256 over the points as they were read.
  package var digest: String
  package var points: [ForeignPoint]

  package init(name: String, format: String, source: String, points: [ForeignPoint]) {
    (self.name, self.format, self.points) = (name, format, points)
    // A path can have line ends, and would end the cell that it is written into.
    self.source = String(String.UnicodeScalarView(source.unicodeScalars.map { isCommand($0) ? "_" : $0 }))
    var hash = RunningSHA256()
    for point in points {
      let step = point.step.map { "\($0)" } ?? ""
      let epoch = point.epoch.map { "\($0)" } ?? ""
      Data("\(point.run),\(point.metric),\(step),\(epoch),\(point.value)\n".utf8).withUnsafeBytes { hash.update($0) }
    }
    digest = hash.hexadecimal
  }

  /// Points that are read of a source.
  package static let readLimit = 1_000_000
  /// Points that the cells of a notebook have; more are slow to compile for SQLite at each build of a page.
  package static let cellLimit = 10_000
  static let runLimit = 200
  static let nameLimit = 200

  /// Throws where a source has more points than are read.
  static func checkPoints(_ count: Int) throws(ExchangeError) {
    guard count <= readLimit else {
      throw .tooMany(what: "points", count: count, limit: readLimit, remedy: "import fewer runs at once")
    }
  }

  /// Why a run's or a metric's name is refused; nil for a name that is fine.
  static func complaint(name: String) -> String? {
    if name.isEmpty { return "is empty" }
    if name.utf8.count > nameLimit { return "has more than \(nameLimit) bytes" }
    let isPlain = name.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: false
      default: true
      }
    }
    return isPlain ? nil : "has control characters"
  }

  /// Keeps these metrics, and of each curve every so many points with the last.
  ///
  /// Throws ``ExchangeError/noPoints(path:known:)`` where nothing is left.
  package mutating func select(metrics: [String], every stride: Int) throws(ExchangeError) {
    let known = Array(Set(points.map(\.metric))).sorted()
    if !metrics.isEmpty { points.removeAll { !metrics.contains($0.metric) } }
    guard !points.isEmpty else { throw .noPoints(path: source, known: known) }
    guard stride > 1 else { return }
    struct Curve: Hashable {
      var run: String
      var metric: String
    }
    var places: [Curve: Int] = [:]
    let lengths = Dictionary(grouping: points) { Curve(run: $0.run, metric: $0.metric) }.mapValues(\.count)
    points = points.filter { point in
      let curve = Curve(run: point.run, metric: point.metric)
      let place = places[curve, default: 0]
      places[curve] = place + 1
      return place % stride == 0 || place + 1 == lengths[curve]
    }
  }
}
