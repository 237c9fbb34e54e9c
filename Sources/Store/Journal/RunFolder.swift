import Files
import Foundation

/// A run's folder in a store: its journal, lock, log and weights.
public struct RunFolder: Sendable, Hashable {
  public let store: String
  /// The run's id.
  public let run: String

  private init(store: String, run: String) {
    self.store = store
    self.run = run
  }

  /// The folder of a run that is there. Throws ``StoreError``.
  public init(store: String, existing run: String) throws(StoreError) {
    guard Self.isID(run) else { throw .badRunID(run) }
    self.init(store: store, run: run)
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw .noSuchRun(run)
    }
  }

  /// A new folder for a run of a trial: its id is the trial's first eight digits and eight random ones.
  public static func create(store: String, trialID: String) throws(StoreError) -> RunFolder {
    do { try makeDirectory("\(store)/runs") } catch { throw .file(error) }
    for _ in 0..<100 {
      let random = String(UInt32.random(in: 0...UInt32.max), radix: 16)
      let run = "\(trialID.prefix(8))-\(String(repeating: "0", count: 8 - random.count))\(random)"
      precondition(isID(run), "'\(trialID)' is not a trial's id")
      let folder = RunFolder(store: store, run: run)
      if mkdir(folder.path, 0o755) == 0 { return folder }
      guard errno == EEXIST else {
        throw .notWritable(path: folder.path, reason: String(cString: strerror(errno)))
      }
    }
    throw .notWritable(path: "\(store)/runs", reason: "no free id was found")
  }

  public var path: String { "\(store)/runs/\(run)" }
  public var journalPath: String { Self.journalPath(store: store, run: run) }
  public static func journalPath(store: String, run: String) -> String { "\(store)/runs/\(run)/journal.jsonl" }
  public var annotationsPath: String { Self.annotationsPath(store: store, run: run) }
  static func annotationsPath(store: String, run: String) -> String { "\(store)/runs/\(run)/annotations.jsonl" }

  /// Letters, digits and dashes alone, so that an id is never a path.
  static func isID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == 45 }
  }

  /// Takes the run's kernel lock; nil where another process holds it.
  ///
  /// The lock falls with the process that holds it, however that ends.
  public func acquireLock() throws(StoreError) -> RunLock? {
    let descriptor = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .notWritable(path: "\(path)/lock", reason: String(cString: strerror(errno)))
    }
    // Somebody who only looks whether it is held holds it for a moment.
    for _ in 0..<40 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return RunLock(descriptor) }
      usleep(5_000)
    }
    close(descriptor)
    return nil
  }

  /// Whether a process works on the run.
  public var isLocked: Bool {
    let descriptor = open("\(path)/lock", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}

/// A lock that is held.
public final class RunLock: Sendable {
  private let descriptor: Int32

  fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Gives it back; so does the end of the process.
  public func release() { flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }
}
