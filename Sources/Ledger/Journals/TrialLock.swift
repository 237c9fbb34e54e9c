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
    /// Another process holds it; its number, where it has written that down.
    case held(by: Int?)
  }

  private let file: Descriptor

  private init(_ file: Descriptor) { self.file = file }

  /// Releases it; so does the end of the process.
  public func release() { flock(file.number, LOCK_UN) }

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
    guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      guard reason == EWOULDBLOCK else {
        throw .file(.unwritable(path: file.path, reason: String(cString: strerror(reason))))
      }
      var digits = [UInt8](repeating: 0, count: 20)
      let count = pread(file.number, &digits, digits.count, 0)
      return .held(by: Int32(String(decoding: digits.prefix(max(0, count)), as: UTF8.self)).map(Int.init))
    }
    let process = "\(getpid())"
    // The number is for people; on a full disk it is missing.
    if ftruncate(file.number, 0) == 0 { _ = pwrite(file.number, process, process.utf8.count, 0) }
    return .taken(TrialLock(file))
  }
}
