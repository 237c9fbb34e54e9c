import Digests
import Files
import Foundation
package import Journals
import Processes
package import Training

/// Keeps a run's last two checkpoints. Each is recorded in the journal once it is complete and flushed to disk.
///
/// They are written by a thread of their own while the training goes on; ``settle(waiting:)`` records them in the journal.
package struct CheckpointKeeper {
  private let folder: RunFolder
  private let journal: JournalWriter
  private let cadence: Double
  private var kept: [CheckpointRecord]
  /// The files of all checkpoints that the journal names.
  private var files: Set<PlainName>
  private var writing: CheckpointWriting?
  private var lastKept = monotonicSeconds()

  /// `past` is the journal so far, and `resumed` the checkpoint in it that the training goes on from: later ones are damaged
  /// and count for nothing. `cadence` is how many seconds may pass between two checkpoints.
  package init(
    folder: RunFolder, journal: JournalWriter, past: [JournalRecord], resumed: CheckpointRecord?, cadence: Double
  ) {
    self.folder = folder
    self.journal = journal
    self.cadence = cadence
    let recorded = past.checkpoints
    files = Set(recorded.map(\.path))
    kept = resumed.flatMap { recorded.lastIndex(of: $0) }.map { Array(recorded[...$0].suffix(2)) } ?? []
  }

  package var isDue: Bool { writing == nil && monotonicSeconds() - lastKept >= cadence }

  /// Begins to write a checkpoint; one that is still being written is waited for. Throws as ``settle(waiting:)``.
  package mutating func keep(_ checkpoint: TrainingCheckpoint) throws {
    try settle(waiting: true)
    lastKept = monotonicSeconds()
    // Behind an epoch's last step there are two: with the evaluation still to come, and with it done.
    guard let name = PlainName("checkpoint-\(checkpoint.name).safetensors") else {
      preconditionFailure("'\(checkpoint.name)' is not part of a file name")
    }
    guard kept.last?.path != name else { return }
    writing = CheckpointWriting(checkpoint, name: name, in: folder)
  }

  /// Records a checkpoint that has been written by now, or waits for it, and deletes all but the last two. Throws
  /// `FileError` where it could not be written, and `JournalError`.
  package mutating func settle(waiting: Bool) throws {
    guard let writing, waiting || writing.isDone else { return }
    self.writing = nil
    let record = try writing.result()
    try journal.append([.checkpoint(record)])
    try journal.flush()
    kept.append(record)
    files.insert(record.path)
    for old in kept.dropLast(2) where kept.suffix(2).allSatisfy({ $0.path != old.path }) {
      try folder.open().remove(old.path)
    }
    kept = kept.suffix(2)
    lastKept = monotonicSeconds()
  }

  /// A complete run needs none.
  package func removeAll() {
    guard let open = try? folder.open() else { return }
    for path in files { try? open.remove(path) }
  }
}

extension [JournalRecord] {
  fileprivate var checkpoints: [CheckpointRecord] {
    compactMap { if case .checkpoint(let record) = $0 { record } else { nil } }
  }
}

/// What the next attempt of a run goes on from.
package struct Resumption {
  package var checkpoint: TrainingCheckpoint?
  /// What the journal says of it.
  package var record: CheckpointRecord?
  /// What is wrong with checkpoints that were passed over, as sentences.
  package var problems: [String] = []
  /// What of the environment is not as it was, as far as it may change results.
  package var differences: [String] = []
  /// How the data differ from those that the run began with; nil where they do not.
  package var dataComplaint: String?

  package init() {}

  /// The newest sound checkpoint of a journal: a damaged one is reported and the previous one is used. Of records of one file the
  /// last counts.
  package init(of past: [JournalRecord], in folder: RunFolder, environment: EnvironmentRecord) {
    var seen: Set<PlainName> = []
    let files = try? folder.open()
    for record in past.checkpoints.reversed() where seen.insert(record.path).inserted {
      // Of those before the two newest, which have gone, nothing is said.
      if seen.count > 2, files?.kind(of: record.path.text) == nil { continue }
      do {
        checkpoint = try Self.read(record, in: folder)
        self.record = record
        break
      } catch {
        problems.append(
          "the checkpoint of step \(record.step) cannot be used (\(error)); the one before is used, or the training starts again"
        )
      }
    }
    let earlier: [AttemptRecord] = past.compactMap { if case .attempt(let record) = $0 { record } else { nil } }
    if let last = earlier.last?.environment { differences = last.differences(to: environment) }
    if let first = earlier.first(where: { !$0.environment.dataDigests.isEmpty })?.environment.dataDigests {
      let changed = first.filter { environment.dataDigests[$0.key] != $0.value }.keys.sorted()
      if !changed.isEmpty { dataComplaint = changed.joined(separator: ", ") }
    }
  }

  private static func read(_ record: CheckpointRecord, in folder: RunFolder) throws -> TrainingCheckpoint {
    let path = "\(folder.path)/\(record.path)"
    let data = try folder.open().read(record.path, limit: min(record.bytes, 16 << 30))
    guard sha256Hex(data) == record.digest else { throw WorkerError.artifactChanged(path: path) }
    let checkpoint = try TrainingCheckpoint(safetensors: data)
    guard checkpoint.step == record.step else { throw WorkerError.artifactChanged(path: path) }
    return checkpoint
  }
}

extension EnvironmentRecord {
  /// What differs from a later environment, as far as it may change a result's bits; threads do not.
  package func differences(to later: EnvironmentRecord) -> [String] {
    let facts: [(String, String, String)] = [
      ("binary", String(binaryDigest.prefix(12)), String(later.binaryDigest.prefix(12))),
      ("kernels", KernelPath.presentName(kernels), KernelPath.presentName(later.kernels)),
      ("instruction set", instructionSet, later.instructionSet),
      ("OpenBLAS", blas, later.blas), ("OpenBLAS core", blasCore, later.blasCore), ("processor", cpu, later.cpu),
    ]
    return facts.compactMap { name, before, now in before == now ? nil : "\(name) \(before) → \(now)" }
  }
}
