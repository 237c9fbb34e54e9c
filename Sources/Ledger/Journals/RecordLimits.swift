import Digests
import Files
import Foundation

/// What the values of a run's records can be: every number is bounded here by what it means, once, so that no code that works
/// with records meets a step before the first, a time before the start or a size beyond every disk.
struct RecordLimits {
  /// The run whose records follow; nil before its record.
  private var run: RunRecord?
  private var steps = Self.most
  /// Where the last step ends.
  private var lastEpoch = Double(Self.epochs)

  /// Steps of a training that nothing else bounds.
  private static let most = 1 << 40

  /// A century.
  static let seconds = 100.0 * 365.25 * 86_400
  /// A pebibyte.
  static let bytes = 1 << 50
  static let attempts = 1 << 20
  static let epochs = 1 << 20
  /// Timed steps of a measurement of cost.
  static let costSteps = 1000
  /// Images of a data set.
  static let examples = 1 << 32

  /// The limits before a journal's first record.
  init() {}

  /// As a run's configuration sets them.
  init(of run: RunRecord) {
    self.run = run
    (steps, lastEpoch) = Self.ends(of: run)
  }

  /// What is invalid in a record, as a phrase; nil if nothing is.
  func problem(of record: JournalRecord) -> String? {
    do throws(InvalidRecord) {
      try check(record)
      return nil
    } catch { return error.what }
  }

  private struct InvalidRecord: Error {
    var what: String
  }

  private func check(_ record: JournalRecord) throws(InvalidRecord) {
    switch record {
    case .run(let run): try check(run)
    case .attempt(let attempt): try check(attempt)
    case .network(let network): try check(network)
    case .metric(let metrics): for metric in metrics { try check(metric) }
    case .layerMetric(let metrics): for metric in metrics { try check(metric) }
    case .event(let event):
      try time(event.at)
      try text("kind", event.kind, 100)
      try text("message", event.message, 1 << 16)
    case .artifact(let file):
      try text("name", file.name, 100)
      try own(file.path)
      try size("bytes", file.bytes)
      try digest(file.digest)
    case .predictions(let predictions): try check(predictions)
    case .evaluation(let evaluation): try check(evaluation)
    case .checkpoint(let file):
      try step(file.step)
      try time(file.at)
      try own(file.path)
      try size("bytes", file.bytes)
      try digest(file.digest)
    case .exit(let exit):
      try whole("attempt", exit.attempt, 0...Self.attempts)
      try time(exit.at)
      try whole("code", exit.code ?? 0, 0...255)
      try whole("signal", exit.signal ?? 1, 1...64)
      try text("cause", exit.cause ?? "", 1 << 16)
    case .forecast(let forecast):
      try time(forecast.at)
      try whole("steps", forecast.steps, 0...Self.most)
      try duration("seconds", forecast.seconds ?? 0)
      try size("memoryBytes", forecast.memoryBytes)
      try size("diskBytes", forecast.diskBytes)
      try text("basis", forecast.basis ?? "", 100)
    case .end(let end):
      try time(end.at)
      try duration("trainingSeconds", end.trainingSeconds)
      try duration("seconds", end.seconds)
      try size("peakResidentBytes", end.peakResidentBytes)
      try text("cause", end.cause ?? "", 1 << 16)
    }
  }

  private func check(_ run: RunRecord) throws(InvalidRecord) {
    if let known = self.run {
      throw InvalidRecord(what: "it is the record of run \(run.run.prefix(40)) after that of \(known.run)")
    }
    guard RunFolder.isID(run.run) else { throw InvalidRecord(what: "'\(run.run.prefix(40))' is not the id of a run") }
    guard run.trialID.utf8.count <= 64,
      run.trialID.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) || $0 == 45 })
    else { throw InvalidRecord(what: "'\(run.trialID.prefix(40))' is not the id of a trial") }
    guard run.trialID.utf8.count < 64 || run.trialID == sha256Hex(run.configuration) else {
      throw InvalidRecord(what: "the trial's id is not the digest of the configuration")
    }
    try text("experiment", run.experiment, 1000)
    try text("trial", run.trial, 1000)
    try text("question", run.question, 1 << 16)
    try text("profile", run.profile ?? "", 1000)
    try text("author", run.author ?? "", 1000)
    try text("configuration", run.configuration, 1 << 20)
    try whole("epochs", run.epochs, 0...Self.epochs)
    try time(run.createdAt)
    try whole("sequence", run.sequence ?? 0, 0...RunRecord.lastSequence)
    for reduction in run.reductions {
      try text("key", reduction.key, 1000)
      try text("full", reduction.full, 1 << 16)
      try text("used", reduction.used, 1 << 16)
    }
  }

  private func check(_ attempt: AttemptRecord) throws(InvalidRecord) {
    let environment = attempt.environment
    try whole("attempt", attempt.attempt, 1...Self.attempts)
    try time(attempt.startedAt)
    try step(attempt.resumedFrom ?? 0)
    try whole("cores", environment.cores, 0...(1 << 20))
    try whole("threads", environment.threads, 0...(1 << 20))
    try whole("processID", environment.processID, 0...Int(Int32.max))
    for fact in [
      environment.vgglabVersion, environment.binaryDigest, environment.gitCommit ?? "", environment.host,
      environment.bootID ?? "", environment.operatingSystem, environment.cpu, environment.kernels,
      environment.instructionSet, environment.blas, environment.blasCore,
    ] { try text("the environment", fact, 4096) }
    for difference in attempt.differences ?? [] { try text("differences", difference, 4096) }
    for (name, value) in environment.dataDigests {
      try text("dataDigests", name, 1000)
      try digest(value)
    }
  }

  private func check(_ network: NetworkRecord) throws(InvalidRecord) {
    let count = 0...(1 << 53)
    try text("arch", network.arch, 1000)
    try whole("ratio", network.ratio, 0...(1 << 30))
    try text("input", network.input, 100)
    try whole("classes", network.classes, 0...(1 << 30))
    try whole("parameters", network.parameters, count)
    try whole("multiplyAdds", network.multiplyAdds, count)
    try whole("activationFloats", network.activationFloats, count)
    try text("printed", network.printed, 1 << 20)
    try text("shapeWalk", network.shapeWalk, 1 << 20)
    try whole("layers", network.layers.count, 0...10_000)
    if let images = network.images { try check(images) }
    for layer in network.layers {
      try text("path", layer.path, 1000)
      try whole("child", layer.child, 0...10_000)
      try text("type", layer.type, 100)
      try text("printed", layer.printed, 4096)
      try text("outputShape", layer.outputShape, 1000)
      try whole("parameters", layer.parameters, count)
      try whole("multiplyAdds", layer.multiplyAdds, count)
      try whole("activationFloats", layer.activationFloats, count)
    }
  }

  private func check(_ images: ImagesRecord) throws(InvalidRecord) {
    try whole("classNames", images.classNames.count, 0...(1 << 16))
    for name in images.classNames { try text("classNames", name, 1000) }
    try whole("height", images.height, 1...(1 << 16))
    try whole("width", images.width, 1...(1 << 16))
    guard (0...255).contains(images.mean), (0...255).contains(images.borderMean) else {
      throw InvalidRecord(what: "the images' means are \(images.mean) and \(images.borderMean)")
    }
  }

  private func check(_ metric: MetricRecord) throws(InvalidRecord) {
    try text("a metric's name", metric.name, 100)
    try step(metric.step)
    guard metric.epoch >= 0, metric.epoch <= lastEpoch + 1e-6 else {
      throw InvalidRecord(what: "\(metric.name.prefix(40)) is of epoch \(metric.epoch)")
    }
    try value(metric.name, metric.value, in: metric.metric?.range ?? LayerMeasure(rawValue: metric.name)?.range)
    try duration("seconds", metric.seconds ?? 0)
    try duration("trainingSeconds", metric.trainingSeconds ?? 0)
    if let timing = metric.timing { try check(timing) }
  }

  private func check(_ timing: EpochTimingRecord) throws(InvalidRecord) {
    try whole("examples", timing.examples, 1...Self.examples)
    try whole("involuntary_switches", timing.involuntarySwitches, 0...Self.most)
    guard timing.trainingSeconds > 0, timing.seconds >= timing.trainingSeconds else {
      throw InvalidRecord(what: "an interval of \(timing.seconds) s has steps of \(timing.trainingSeconds) s")
    }
    try duration("seconds", timing.seconds)
    // Of many cores.
    for (name, value) in [
      ("processor_seconds", timing.processorSeconds), ("wait_seconds", timing.waitSeconds ?? 0),
      ("other_processor_seconds", timing.otherProcessorSeconds ?? 0), ("pressure_seconds", timing.pressureSeconds ?? 0),
    ] {
      try duration(name, value)
    }
  }

  private func check(_ metric: LayerMetricRecord) throws(InvalidRecord) {
    try text("a metric's name", metric.name, 100)
    try step(metric.step)
    try whole("position", metric.position, 0...10_000)
    try value(
      metric.name, metric.value,
      in: LayerMeasure(rawValue: metric.name)?.range ?? MetricName(rawValue: metric.name)?.range)
  }

  private func check(_ predictions: PredictionsRecord) throws(InvalidRecord) {
    try whole("examples", predictions.examples, 0...Self.examples)
    let digits = predictions.correct.utf8
    guard digits.count == (predictions.examples + 7) / 8 * 2,
      digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else {
      throw InvalidRecord(what: "the digits of its predictions are not those of \(predictions.examples) images")
    }
  }

  private func check(_ evaluation: EvaluationRecord) throws(InvalidRecord) {
    let classes = evaluation.classNames.count
    try whole("classes", classes, 2...256)
    for name in evaluation.classNames { try text("a class's name", name, 1000) }
    guard evaluation.confusion.count == classes, evaluation.confusion.allSatisfy({ $0.count == classes }) else {
      throw InvalidRecord(what: "its confusions are not \(classes) rows of \(classes)")
    }
    for images in evaluation.confusion.joined() { try whole("confusions", images, 0...Self.examples) }
    try whole("calibration bins", evaluation.calibration.count, 0...EvaluationRecord.bins)
    for bin in evaluation.calibration {
      try whole("bin", bin.bin, 0...EvaluationRecord.bins - 1)
      try whole("images", bin.images, 1...Self.examples)
      try whole("correct", bin.correct, 0...bin.images)
      try value("confidence", bin.confidence, in: 0...1)
    }
    try whole("mistakes", evaluation.mistakes.count, 0...EvaluationRecord.mistakeLimit)
    for mistake in evaluation.mistakes { try check(mistake, classes: classes) }
    try whole("filters", evaluation.filters.count, 0...EvaluationRecord.filterLimit)
    for filter in evaluation.filters {
      try whole("channels", filter.channels, 1...3)
      try whole("height", filter.height, 1...EvaluationRecord.filterSide)
      try whole("width", filter.width, 1...EvaluationRecord.filterSide)
      guard filter.weights.count == filter.channels * filter.height * filter.width,
        filter.weights.allSatisfy(\.isFinite)
      else { throw InvalidRecord(what: "a filter's weights are not those of its sides") }
    }
  }

  private func check(_ mistake: MistakeRecord, classes: Int) throws(InvalidRecord) {
    try whole("image", mistake.image, 0...Self.examples)
    try whole("label", mistake.label, 0...classes - 1)
    try whole("predicted", mistake.predicted, 0...classes - 1)
    try value("probability", mistake.probability, in: 0...1)
    try whole("height", mistake.height, 1...EvaluationRecord.imageSide)
    try whole("width", mistake.width, 1...EvaluationRecord.imageSide)
    let digits = mistake.pixels.utf8
    let plane = 2 * mistake.height * mistake.width
    guard digits.count == plane || digits.count == 3 * plane,
      digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { throw InvalidRecord(what: "the pixels of image \(mistake.image) are not those of its sides") }
  }

  private func value(_ name: String, _ value: Double, in range: ClosedRange<Double>?) throws(InvalidRecord) {
    guard range?.contains(value) != false else { throw InvalidRecord(what: "\(name) is \(value)") }
  }

  private func step(_ step: Int) throws(InvalidRecord) { try whole("step", step, 0...steps) }

  private func own(_ path: PlainName) throws(InvalidRecord) {
    guard !RunFiles.reserved.contains(path) else { throw InvalidRecord(what: "'\(path)' is not a file of its own") }
  }

  private func size(_ name: String, _ bytes: Int) throws(InvalidRecord) { try whole(name, bytes, 0...Self.bytes) }

  private func whole(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(InvalidRecord) {
    guard range.contains(value) else {
      throw InvalidRecord(what: "\(name) is \(value), outside \(range.lowerBound) to \(range.upperBound)")
    }
  }

  private func duration(_ name: String, _ seconds: Double) throws(InvalidRecord) {
    guard (0...Self.seconds).contains(seconds) else { throw InvalidRecord(what: "\(name) is \(seconds)") }
  }

  private func time(_ text: String) throws(InvalidRecord) {
    guard text.utf8.count <= 40, text.utf8.allSatisfy({ (32...126).contains($0) }) else {
      throw InvalidRecord(what: "a time is invalid")
    }
  }

  private func digest(_ text: String) throws(InvalidRecord) {
    guard text.utf8.count <= 128, text.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw InvalidRecord(what: "a digest is invalid")
    }
  }

  private func text(_ name: String, _ text: String, _ limit: Int) throws(InvalidRecord) {
    guard text.utf8.count <= limit else {
      throw InvalidRecord(what: "\(name) has \(text.utf8.count) bytes, more than \(limit)")
    }
  }
}

extension RecordLimits {
  /// At most so many steps can be done by a run, and so many epochs.
  private static func ends(of run: RunRecord) -> (steps: Int, epoch: Double) {
    let settings = RunSettings(of: run)
    // Bounded like the examples, so that their sum is no overflow.
    let batch = min(Self.examples, max(1, settings.training?.batch_size ?? 1))
    if let cost = settings.measure?.cost {
      // A measurement may go on beyond an epoch: it takes the images again.
      let steps = max(0, min(cost.steps ?? Self.costSteps, Self.costSteps))
      return (steps, Double(steps) * Double(batch) / Double(max(1, settings.dataset?.train ?? 1)))
    }
    let examples = min(Self.examples, max(0, settings.dataset?.train ?? Self.examples))
    var steps = min(most, run.epochs * ((examples + batch - 1) / batch))
    if let limit = settings.training?.max_steps { steps = max(0, min(limit, steps)) }
    return (steps, Double(max(run.epochs, 1)))
  }
}
