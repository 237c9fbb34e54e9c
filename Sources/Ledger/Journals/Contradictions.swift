import Digests
import Files
import Foundation

extension RunFolder {
  /// Where a run's journal and its kept predictions contradict each other or themselves, as sentences; none for a sound run.
  ///
  /// Throws ``JournalError`` if the journal cannot be read.
  public func contradictions() throws(JournalError) -> [String] {
    let records = try readJournal(self).records
    var found = records.contradictions
    for case .artifact(let file) in records where file.name == ArtifactName.predictions.rawValue {
      guard let data = try? open().read(file.path, limit: 1 << 26) else { continue }
      found += contradictions(of: data, file, records)
    }
    return found
  }

  private func contradictions(of data: Data, _ file: ArtifactRecord, _ records: [JournalRecord]) -> [String] {
    guard sha256Hex(data) == file.digest, data.count == file.bytes else {
      return ["\(file.path) is not what the journal says of it"]
    }
    let isRight = stride(from: 0, to: data.count - 1, by: 2).map {
      data[data.startIndex + $0] == data[data.startIndex + $0 + 1]
    }
    for case .predictions(let predictions) in records where predictions != PredictionsRecord(isRight: isRight) {
      return ["\(file.path) gives other correct classifications than the journal"]
    }
    return []
  }
}

extension [JournalRecord] {
  /// Where a journal says a thing twice and not alike: the accuracy and the images that were classified correctly, the losses
  /// of steps and their means, counts and settings, times and rates.
  ///
  /// Means are compared to seven digits, for they were summed in another order.
  public var contradictions: [String] {
    guard case .run(let run)? = first else { return ["the journal does not begin with its run"] }
    var facts = JournalFacts(run)
    for record in self { facts.add(record) }
    return facts.contradictions
  }
}

/// What a journal says, ordered for comparison.
private struct JournalFacts {
  let run: RunRecord
  let settings: RunSettings
  /// By name and step; what a later attempt did again replaces what an earlier one recorded.
  var metrics: [String: [Int: MetricRecord]] = [:]
  var attempts = 0
  var predictions: PredictionsRecord?
  var evaluation: EvaluationRecord?
  var networks: [NetworkRecord] = []
  var end: EndRecord?

  init(_ run: RunRecord) {
    self.run = run
    settings = RunSettings(of: run)
  }

  mutating func add(_ record: JournalRecord) {
    switch record {
    case .attempt(let attempt):
      attempts += 1
      let done = attempt.resumedFrom ?? 0
      for name in metrics.keys { metrics[name] = metrics[name]?.filter { $0.key <= done } }
    case .metric(let values): for value in values { metrics[value.name, default: [:]][value.step] = value }
    case .predictions(let record): predictions = record
    case .evaluation(let record): evaluation = record
    case .network(let record): networks.append(record)
    case .end(let record): end = record
    default: break
    }
  }

  var contradictions: [String] {
    var found = identity + networks.flatMap(counts)
    guard settings.measure?.cost == nil else { return found }
    found += accuracies + evaluations + means
    if attempts == 1 { found += times }
    return found
  }

  /// Names and settings.
  private var identity: [String] {
    var found: [String] = []
    if let epochs = settings.training?.epochs, epochs != run.epochs {
      found.append("it records \(run.epochs) epochs, and its configuration \(epochs)")
    }
    if let seed = settings.training?.seed, seed != run.seed {
      found.append("it records the seed \(run.seed), and its configuration \(seed)")
    }
    return found
  }

  /// The sums over a network's layers.
  private func counts(_ network: NetworkRecord) -> [String] {
    guard !network.layers.isEmpty else { return [] }
    let parameters = network.layers.reduce(0) { $0 &+ $1.parameters }
    let products = network.layers.reduce(0) { $0 &+ $1.multiplyAdds }
    var found: [String] = []
    if parameters != network.parameters {
      found.append("its layers have \(parameters) parameters, and it records \(network.parameters)")
    }
    if products != network.multiplyAdds {
      found.append("its layers have \(products) multiply-adds, and it records \(network.multiplyAdds)")
    }
    return found
  }

  /// Accuracies are counts of images.
  private var accuracies: [String] {
    guard let predictions, predictions.examples > 0 else { return [] }
    var found: [String] = []
    if let test = settings.dataset?.test, test != predictions.examples {
      found.append("it has predictions of \(predictions.examples) images, and its configuration asks for \(test)")
    }
    let tests = (metrics[MetricName.testAccuracy.rawValue] ?? [:]).values.sorted { $0.step < $1.step }
    for test in tests where !Self.isWhole(test.value * Double(predictions.examples)) {
      found.append("test_accuracy of step \(test.step) is \(test.value), no fraction of \(predictions.examples) images")
    }
    if let last = tests.last {
      let right = predictions.correctCount
      if abs(last.value - Double(right) / Double(predictions.examples)) > 1e-9 {
        found.append(
          "test_accuracy is \(last.value), and its predictions give \(Double(right) / Double(predictions.examples)) (\(right) of \(predictions.examples))"
        )
      }
    }
    return found
  }

  /// Confusions, calibration and mistakes are of the same predictions.
  private var evaluations: [String] {
    guard let evaluation, let predictions else { return [] }
    var found: [String] = []
    func compare(_ what: String, _ counted: Int, _ right: Int) {
      if counted != right { found.append("\(what) \(counted) images, and its predictions \(right)") }
    }
    let confusion = evaluation.confusion
    let all = confusion.joined().reduce(0, &+)
    let correct = confusion.indices.reduce(0) { $0 &+ confusion[$1][$1] }
    compare("its confusions are of", all, predictions.examples)
    compare("its confusions have on their diagonal", correct, predictions.correctCount)
    compare("its calibration is of", evaluation.calibration.reduce(0) { $0 &+ $1.images }, predictions.examples)
    compare(
      "its calibration has right", evaluation.calibration.reduce(0) { $0 &+ $1.correct }, predictions.correctCount)
    for mistake in evaluation.mistakes {
      if mistake.label == mistake.predicted || mistake.image >= predictions.examples
        || predictions.isRight(mistake.image)
      {
        found.append("it calls image \(mistake.image) a mistake, and its predictions do not")
      }
    }
    return found
  }

  /// Steps of an epoch, as the positions of the steps say; nil where they do not.
  private var stepsPerEpoch: Int? {
    guard let first = metrics[MetricName.stepLoss.rawValue]?[1], first.epoch > 0 else { return nil }
    let steps = (1 / first.epoch).rounded()
    return steps >= 1 && steps <= 1e9 ? Int(steps) : nil
  }

  /// The running means over an epoch, of what its steps record.
  private var means: [String] {
    guard let stepsPerEpoch else { return [] }
    var found: [String] = []
    let pairs: [(MetricName, MetricName)] = [(.trainLoss, .stepLoss), (.trainAccuracy, .stepAccuracy)]
    for (mean, part) in pairs.map({ ($0.rawValue, $1.rawValue) }) {
      guard let points = metrics[mean], let parts = metrics[part] else { continue }
      var sum = 0.0
      var count = 0
      var epoch = 0
      var previous = 0
      for point in points.values.sorted(by: { $0.step < $1.step }) {
        // The last batch of an epoch may be smaller, by how much is not recorded.
        let isLast = point.step % stepsPerEpoch == 0
        let its = (point.step - 1) / stepsPerEpoch
        if its != epoch || previous == 0 {
          (sum, count, epoch, previous) = (0, 0, its, its * stepsPerEpoch)
        }
        guard point.step - previous <= 1 << 24 else { break }
        for step in previous..<point.step {
          guard let value = parts[step + 1]?.value else {
            found.append("\(mean) of step \(point.step) is a mean, and step \(step + 1) is not recorded")
            return found
          }
          sum += value
          count += 1
        }
        previous = point.step
        guard !isLast, count > 0, sum.isFinite, point.value.isFinite else { continue }
        let right = sum / Double(count)
        if abs(right - point.value) > 1e-6 * max(1, abs(right)) {
          found.append("\(mean) of step \(point.step) is \(point.value), and its steps give \(right)")
          break
        }
      }
    }
    return found
  }

  /// Rates and the times that they are made of.
  private var times: [String] {
    guard let end, end.outcome == .completed else { return [] }
    var found: [String] = []
    if end.trainingSeconds > end.seconds * 1.001 + 1 {
      found.append("its training took \(end.trainingSeconds) s, and the whole run \(end.seconds) s")
    }
    let epochs = (metrics[MetricName.epochSeconds.rawValue] ?? [:]).values.reduce(0) { $0 + $1.value }
    if epochs > end.seconds * 1.001 + 1 {
      found.append("its epochs took \(epochs) s, and the whole run \(end.seconds) s")
    }
    return found
  }

  private static func isWhole(_ value: Double) -> Bool { abs(value - value.rounded()) < 1e-5 }
}
