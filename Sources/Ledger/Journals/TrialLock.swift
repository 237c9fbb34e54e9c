import Files
import Foundation

/// A kernel lock on a trial: whoever holds it decides what is done with the trial, and does it.
///
/// The lock is released with the process that holds it, however that ends; its file stays and says nothing.
public final class TrialLock: Sendable {
  /// What an attempt to take it came to.
  public enum Attempt: Sendable {
    /// This process holds it.
    case taken(TrialLock)
    /// Another process holds it; which one, where it has written that down.
    case held(by: LockHolder?)
  }

  private let file: LockFile

  private init(_ file: LockFile) { self.file = file }

  /// Releases it; so does the end of the process.
  public func release() { file.release() }

  /// Takes the lock of a trial's configuration, or says who has it. Throws ``JournalError``.
  public static func take(store: String, trialID: String) throws(JournalError) -> Attempt {
    // A run belongs to a configuration, whatever names it has.
    guard let name = PlainName(String(trialID.prefix(24))) else {
      preconditionFailure("'\(trialID)' is not a trial's id")
    }
    let file = try filing { () throws(FileError) in
      try makeDirectory(store, mode: StoreFolder.mode)
      return try Folder(store).folder(making: StoreFolder.locks, mode: StoreFolder.mode).file(name, .update)
    }
    let lock = LockFile(file: file)
    if lock.take() { return .taken(TrialLock(lock)) }
    return .held(by: lock.holder)
  }
}
