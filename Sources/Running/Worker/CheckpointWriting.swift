import Dispatch
import Files
import Journals
import Processes
import Training

/// A checkpoint that is being written by another thread.
final class CheckpointWriting: @unchecked Sendable {
  private let group = DispatchGroup()
  /// Set by the other thread before it leaves the group.
  private var outcome: Result<CheckpointRecord, FileError>?

  init(_ checkpoint: TrainingCheckpoint, name: PlainName, in folder: RunFolder) {
    DispatchQueue.global().async(group: group) {
      self.outcome = Result { () throws(FileError) in
        let (bytes, digest) = try checkpoint.write(to: "\(folder.path)/\(name)")
        return CheckpointRecord(step: checkpoint.step, at: timestamp(), path: name, bytes: bytes, digest: digest)
      }
    }
  }

  var isDone: Bool { group.wait(timeout: .now()) == .success }

  /// Waits for the end. Throws ``FileError``.
  func result() throws(FileError) -> CheckpointRecord {
    group.wait()
    return try outcome!.get()
  }
}
