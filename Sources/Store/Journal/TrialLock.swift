import Files
import Foundation

/// A kernel lock on a trial: whoever holds it decides what is done with the trial, and does it.
///
/// The lock falls with the process that holds it, however that ends; its file stays and says nothing.
public final class TrialLock: Sendable {
  /// What an attempt to take it came to.
  public enum Attempt: Sendable {
    case taken(TrialLock)
    /// Another holds it: the process of that number, where it has said so.
    case held(by: Int?)
  }

  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Gives it back; so does the end of the process.
  public func release() { flock(descriptor, LOCK_UN) }

  /// Takes the lock of a trial's configuration, or tells who has it. Throws ``StoreError``.
  public static func take(store: String, trialID: String) throws(StoreError) -> Attempt {
    let folder = "\(store)/locks"
    do { try makeDirectory(folder) } catch { throw .file(error) }
    // A run belongs to a configuration, whatever names it has.
    let path = "\(folder)/\(trialID.prefix(24))"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .notWritable(path: path, reason: String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      defer { close(descriptor) }
      guard reason == EWOULDBLOCK else { throw .notWritable(path: path, reason: String(cString: strerror(reason))) }
      var digits = [UInt8](repeating: 0, count: 20)
      let count = pread(descriptor, &digits, digits.count, 0)
      return .held(by: Int(String(decoding: digits.prefix(max(0, count)), as: UTF8.self)))
    }
    let process = "\(getpid())"
    // Who holds it is told for people; on a full disk it is not.
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, process, process.utf8.count, 0) }
    return .taken(TrialLock(descriptor))
  }
}
