import Datasets
import Experiments
import Foundation
import Networks
import Store
import Training

/// What a trial would cost.
public struct Forecast: Sendable, Hashable {
  /// What the seconds come from.
  public enum Basis: String, Sendable, Hashable, Codable {
    /// The rate of an earlier run of the same network with so many threads and such kernels in this store.
    case history
    /// A few steps that were timed for it.
    case measured
  }

  /// All steps of the training.
  public var steps: Int
  /// The steps that a run has behind it already.
  public var firstStep = 0
  /// For the steps that remain; nil where nothing is known.
  public var seconds: Double?
  public var basis: Basis?
  public var memoryBytes: Int
  public var diskBytes: Int
}

/// Makes forecasts of trials. Rates that were measured are kept, so that each network is timed once.
final class Forecaster {
  private let store: Store?
  private let threads: Int
  private let kernels: KernelPath
  /// Whether a few steps are timed where the store knows no rate.
  private let measures: Bool
  private var measured: [MeasuredNetwork: Double] = [:]

  private struct MeasuredNetwork: Hashable {
    var network: NetworkConfiguration
    var input: TensorShape
    var classes: Int
    var batchSize: Int
    var threads: Int
  }

  init(store: Store?, threads: Int, kernels: KernelPath, measures: Bool = false) {
    self.store = store
    self.threads = threads
    self.kernels = kernels
    self.measures = measures
  }

  func forecast(_ trial: Trial) throws -> Forecast {
    let network = try trial.builtNetwork()
    let work = TrialWork(trial)
    let threads = trial.measure?.threads ?? threads
    guard trial.training.epochs > 0 else { return Forecast(steps: 0, memoryBytes: 0, diskBytes: 20_000) }
    var rate = try store?.newestRate(
      printed: network.printed, input: "\(network.input)", threads: threads,
      kernels: kernels.used(for: network).rawValue,
      batchSize: trial.training.batchSize)
    var basis: Forecast.Basis? = rate == nil ? nil : .history
    if rate == nil, measures {
      rate = try measure(
        network,
        MeasuredNetwork(
          network: trial.network, input: network.input, classes: network.classes,
          batchSize: trial.training.batchSize, threads: threads))
      basis = .measured
    }
    var memory =
      plannedBytes(
        network: network, batchSize: trial.training.batchSize, threads: threads,
        momentum: trial.training.momentum != 0, kernels: kernels) + Self.beside(network, trial)
    if trial.measure?.signal == true {
      // The measurement comes first, on kernels of its own.
      memory = max(
        memory,
        plannedBytes(network: network, batchSize: signalImages, threads: threads, kernels: .blas)
          + Self.beside(network, trial))
    }
    let isCost = trial.measure?.cost != nil
    return Forecast(
      steps: work.steps, seconds: rate.map { work.trainingExamples / $0 }, basis: basis, memoryBytes: memory,
      diskBytes: isCost
        ? 20_000 + 10_000 * work.steps : 4 * network.parameters + 220 * work.steps + 20_000)
  }

  /// The bytes beside a training's own: the program, the images, and the weights twice while they are saved, or once
  /// where they are only drawn.
  private static func beside(_ network: Network, _ trial: Trial) -> Int {
    let images =
      trial.available.map { data in
        (data.train + data.test) * (data.imageBytes ?? data.channels * trial.dataset.resize * trial.dataset.resize)
      } ?? 70_000 * 784
    return 40_000_000 + images + (trial.measure?.cost == nil ? 8 : 4) * network.parameters
  }

  /// Whether a trial is surely a matter of seconds: by its forecast, or by its multiply-adds at a rate that every machine
  /// reaches.
  func isShort(_ trial: Trial, _ forecast: Forecast) throws -> Bool {
    if let seconds = forecast.seconds { return seconds < 10 }
    let network = try trial.builtNetwork()
    let threads = trial.measure?.threads ?? threads
    // Forward once, backward twice.
    return 3 * Double(network.multiplyAdds) * TrialWork(trial).trainingExamples < 10 * 2e9 * Double(threads)
  }

  private func measure(_ network: Network, _ key: MeasuredNetwork) throws -> Double {
    if let known = measured[key] { return known }
    let timing = try benchmarkStep(
      network: network, batch: key.batchSize, steps: 3, threads: key.threads, kernels: kernels)
    let rate = Double(key.batchSize) / timing.secondsMedian
    measured[key] = rate
    return rate
  }
}

extension Trial {
  /// Its network for the images and classes of its data set, as far as these are known.
  func builtNetwork() throws(NetworkError) -> Network {
    let known = knownShape(ofDataset: dataset.name) ?? (channels: 1, classes: 10)
    return try network.build(
      input: .image(channels: available?.channels ?? known.channels, height: dataset.resize, width: dataset.resize),
      classes: available?.classes ?? known.classes)
  }
}

/// How much a trial has to do.
struct TrialWork {
  var steps: Int
  /// Training images, and test images at a third: theirs is the forward pass alone.
  var trainingExamples: Double

  init(_ trial: Trial) {
    if let cost = trial.measure?.cost {
      steps = cost.steps
      trainingExamples = Double((cost.warmup + cost.steps) * trial.training.batchSize)
      return
    }
    let examples = trial.trainingCount ?? 60_000
    let tests = trial.testCount ?? 10_000
    let stepsPerEpoch = (examples + trial.training.batchSize - 1) / trial.training.batchSize
    let all = stepsPerEpoch * trial.training.epochs
    steps = trial.training.maxSteps.map { min($0, all) } ?? all
    let epochs = steps == 0 ? 0 : (steps + stepsPerEpoch - 1) / stepsPerEpoch
    trainingExamples =
      Double(min(steps * trial.training.batchSize, examples * trial.training.epochs)) + Double(tests * epochs) / 3
  }
}
