import Configurations
package import Datasets
import Digests
import Files
package import Foundation
package import Journals
package import Networks
package import Store
package import Training
package import Worker

/// A run of a store whose network is used again: what its journal says of network, data and kernels.
package struct TrainedRun {
  /// As the store lists it.
  package let run: RunSummary
  /// As it was trained.
  package let configuration: RunConfiguration
  /// For its images and classes.
  package let network: Network
  /// By the labels.
  package let classNames: [String]
  /// What the training images are like; nil where the data set's name says it, and for runs of earlier versions.
  package let images: ImagesRecord?
  private let kernels: KernelPath
  private let folder: RunFolder
  private let store: Store
  private let data: String?
  /// Whether somebody has named the folder of the data set's files for this look at the run.
  let isDataNamed: Bool

  /// Reads the run's journal. `data` is the folder of the data set's files; without it, the one that the run was trained with.
  ///
  /// Throws ``JournalError``, ``WorkerError`` for a configuration that cannot be read, `DatasetError` for a folder that is none,
  /// and ``NetworkError``.
  package init(_ run: RunSummary, in store: Store, data: String? = nil) throws {
    self.run = run
    self.store = store
    configuration = try RunConfiguration(canonical: run.configuration ?? "", run: run.id)
    if let data { try checkDataFolder(data, ofDataset: configuration.dataset.name) }
    folder = try RunFolder(store: store.directory, existing: run.id)
    let records = try readJournal(folder).records
    let recorded = records.lazy.compactMap { if case .network(let record) = $0 { record } else { nil } }.last
    if let recorded, let channels = Int(recorded.input.prefix { $0 != "x" }) {
      network = try configuration.buildNetwork(channels: channels, classes: recorded.classes)
    } else {
      network = try configuration.buildNetwork(for: nil)
    }
    images = recorded?.images
    let names = images?.classNames ?? Self.knownNames(configuration.dataset.name)
    let classes = network.classes
    classNames = names.flatMap { $0.count == classes ? $0 : nil } ?? (0..<classes).map { "\($0)" }
    let attempt = records.lazy.compactMap { if case .attempt(let record) = $0 { record } else { nil } }.last
    kernels = attempt.flatMap { KernelPath(name: $0.environment.kernels) } ?? .fast
    isDataNamed = data != nil
    self.data = data ?? (try? Job(in: folder.open()))?.dataFolder(store: store.directory)
  }

  private static func knownNames(_ dataset: String) -> [String]? {
    switch dataset {
    case "fashion-mnist": ClassNames.fashionMNIST
    case "cifar-10": ClassNames.cifar10
    default: nil
    }
  }

  /// 1 for gray images, 3 for colors.
  package var channels: Int { network.input.dimensions[0] }

  /// The images of its data set, as many as it was trained and tested with. Throws ``DatasetError``.
  package func loadDataset() throws -> Dataset { try configuration.loadDataset(path: data) }

  /// The weights of a moment that the run keeps: `last`, `best`. Throws ``InferenceError``.
  package func weights(_ name: String) throws -> StateDictionary {
    let (path, data) = try Self.weightsFile(name, of: run, in: store)
    do { return try StateDictionary(safetensors: data) } catch {
      throw InferenceError.unreadableWeights(path: path, reason: "\(error)")
    }
  }

  /// The safetensors file of weights that a run keeps, with its path. Throws ``InferenceError``.
  package static func weightsFile(
    _ name: String, of run: RunSummary, in store: Store
  ) throws -> (path: String, data: Data) {
    guard let artifact = try store.artifact(run: run.id, name: name) else { throw InferenceError.without(name, run) }
    let folder = try RunFolder(store: store.directory, existing: run.id)
    let path = "\(folder.path)/\(artifact.path)"
    guard let file = PlainName(artifact.path) else { throw InferenceError.weightsChanged(path: path) }
    let data: Data
    do { data = try folder.open().read(file, limit: 4 << 30) } catch {
      if case FileError.missing = error { throw InferenceError.weightsGone(run: run.id, path: path) }
      throw error
    }
    guard sha256Hex(data) == artifact.digest else { throw InferenceError.weightsChanged(path: path) }
    return (path, data)
  }

  /// The weights of a safetensors file, under this network's keys or torchvision's. Throws ``InferenceError``, and
  /// ``FileError`` where it cannot be read.
  package func weights(file path: String) throws -> StateDictionary {
    let data = try readFile(path, limit: 4 << 30)
    let state: StateDictionary
    do { state = try StateDictionary(safetensors: data).named(for: network) } catch {
      throw InferenceError.unreadableWeights(path: path, reason: "\(error)")
    }
    if let complaint = state.mismatch(with: network) {
      throw InferenceError.unreadableWeights(path: path, reason: "the weights are not this network's: \(complaint)")
    }
    if let tensor = state.tensors.first(where: { !$0.values.allSatisfy(\.isFinite) }) {
      throw InferenceError.unreadableWeights(path: path, reason: "'\(tensor.key)' has values that are not finite")
    }
    return state
  }

  /// What classifies images with given weights. Throws ``TrainingError``.
  package func classifier(_ state: StateDictionary, threads: Int) throws -> Classifier {
    try Classifier(
      network: network, state: state, batchSize: configuration.settings.batchSize, threads: threads, kernels: kernels)
  }

  /// What classifies images with the weights of a moment. Throws ``InferenceError`` and ``TrainingError``.
  package func classifier(_ name: String, threads: Int) throws -> Classifier {
    try classifier(try weights(name), threads: threads)
  }

  /// What the run predicted for each test image, as it was kept; nil where the file is gone or was never kept.
  ///
  /// Throws ``InferenceError`` for a file that is not what was recorded.
  func keptPredictions() throws -> (classes: [UInt8], labels: [UInt8])? {
    guard let artifact = try store.artifact(run: run.id, name: ArtifactName.predictions.rawValue),
      let file = PlainName(artifact.path)
    else { return nil }
    let data: Data
    do { data = try folder.open().read(file, limit: 64 << 20) } catch {
      if case FileError.missing = error { return nil }
      throw error
    }
    guard sha256Hex(data) == artifact.digest, data.count.isMultiple(of: 2) else {
      throw InferenceError.weightsChanged(path: "\(folder.path)/\(artifact.path)")
    }
    let bytes = [UInt8](data)
    return (
      stride(from: 0, to: bytes.count, by: 2).map { bytes[$0] },
      stride(from: 1, to: bytes.count, by: 2).map { bytes[$0] }
    )
  }
}
