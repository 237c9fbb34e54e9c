public import Files
import Foundation

/// What a worker is asked to do, a file in the folder that it works in: on this machine, or on another that sees the folder.
///
/// The run's configuration is in its journal; this file has what an attempt is free in. It is replaced at each attempt, stays on
/// this machine, and goes into no archive.
public struct Job: Codable, Sendable, Hashable {
  /// What kind of work it is.
  public enum Task: String, Codable, Sendable {
    /// Train the run that the folder belongs to, from its last checkpoint on.
    case train
    /// Take one step of ``Job/configuration`` and record nothing.
    case firstStep = "first_step"
  }

  /// What kind of work it is.
  public var task: Task
  /// The canonical configuration of a trial, where there is no journal that has it.
  public var configuration: String?
  /// Threads of the training.
  public var threads: Int
  /// The name of the kernels, `fast` or `blas`.
  public var kernels: String
  /// Seconds between two checkpoints.
  public var checkpointSeconds: Double
  /// What it may be.
  public static let checkpointInterval = 0..<1e9
  /// The folder of the data set's files; nil to look for it in the usual places.
  public var data: String?

  /// A job; by default the training of a run.
  public init(
    task: Task = .train, configuration: String? = nil, threads: Int, kernels: String, checkpointSeconds: Double,
    data: String?
  ) {
    self.task = task
    self.configuration = configuration
    self.threads = threads
    self.kernels = kernels
    self.checkpointSeconds = checkpointSeconds
    self.data = data
  }

  private enum CodingKeys: String, CodingKey {
    case task, configuration, threads, kernels, data
    case checkpointSeconds = "checkpoint_seconds"
  }

  /// The folder of the data set's files, for another process: a relative one, as earlier versions wrote it, is looked for in the working
  /// folder and beside the store.
  public func dataFolder(store: String) -> String? {
    guard let data, !data.hasPrefix("/"), fileKind(data) == nil else { return data }
    let beside = "\(parentPath(store))/\(data)"
    return fileKind(beside) == nil ? data : beside
  }

  /// Writes the job into a folder, in place of an earlier one; only its owner may read it. Throws ``JournalError``.
  public func write(to folder: Folder) throws(JournalError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts and finite numbers can always be encoded.
    guard let data = try? encoder.encode(self) else { preconditionFailure("the job \(self) cannot be encoded") }
    try filing { () throws(FileError) in try folder.write(RunFiles.job, data + Data("\n".utf8), mode: 0o600) }
  }

  /// Reads the job of a folder. Throws ``JournalError`` where there is none, or none that a worker can do.
  public init(in folder: Folder) throws(JournalError) {
    let data = try filing { () throws(FileError) in try folder.read(RunFiles.job, limit: 1 << 20) }
    let path = "\(folder.path)/\(RunFiles.job)"
    do { self = try JSONDecoder().decode(Job.self, from: data) } catch {
      throw .badJob(path: path, reason: "it is no JSON of a job")
    }
    guard (1...4096).contains(threads) else { throw .badJob(path: path, reason: "\(threads) threads") }
    guard Self.checkpointInterval.contains(checkpointSeconds) else {
      throw .badJob(path: path, reason: "\(checkpointSeconds) seconds between two checkpoints")
    }
    guard task == .train || configuration != nil else { throw .badJob(path: path, reason: "no configuration") }
  }
}
