import Files
import Foundation
import Processes

/// The process that took a lock, as the lock's file records it: its number, its machine, and its job of a cluster.
///
/// On this machine the kernel knows whether a lock is held, and the record is for people. Where machines share a store on a file
/// system whose kernel locks are for one machine alone, a record that another machine has left says that the lock is held.
public struct LockHolder: Sendable, Hashable {
  /// The process's number on its machine.
  public var process: Int
  /// The machine's name; nil in records of earlier versions.
  public var host: String?
  /// The machine's boot id, which is another after each start of the machine.
  public var boot: String?
  /// The job that the process is of, such as `12_3` (`12` for one that is no array's); nil outside a cluster's job.
  public var job: String?

  /// This process.
  static var current: LockHolder {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return LockHolder(process: Int(getpid()), host: host, boot: ProcessFacts.bootID, job: ownJob)
  }

  /// The job of Slurm that this process is of.
  static var ownJob: String? {
    let variables = ProcessInfo.processInfo.environment
    if let array = variables["SLURM_ARRAY_JOB_ID"], let task = variables["SLURM_ARRAY_TASK_ID"] {
      return "\(array)_\(task)"
    }
    return variables["SLURM_JOB_ID"]
  }

  /// A line for each fact: process, host, boot id, job.
  var text: String { "\(process)\n\(host ?? "")\n\(boot ?? "")\n\(job ?? "")\n" }

  /// Reads ``text``, or what earlier versions wrote: the number alone. nil for anything else.
  init?(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let process = lines.first.flatMap({ Int32($0) }) else { return nil }
    self.process = Int(process)
    func fact(_ line: Int) -> String? {
      lines.indices.contains(line) && !lines[line].isEmpty ? String(lines[line].prefix(200)) : nil
    }
    (host, boot, job) = (fact(1), fact(2), fact(3))
  }

  init(process: Int, host: String?, boot: String?, job: String?) {
    (self.process, self.host, self.boot, self.job) = (process, host, boot, job)
  }

  /// For sentences: `process 12`, and its machine where that is another.
  public var name: String {
    "process \(process)\(host.map { $0 == Self.current.host ? "" : " on \($0)" } ?? "")"
  }

  /// Whether it is this process itself.
  public var isThisProcess: Bool { process == Int(getpid()) && (host == nil || host == Self.current.host) }

  /// Whether it is of another machine, by its boot id and its name: a machine that was started anew keeps its name.
  func isElsewhere(than own: LockHolder) -> Bool {
    guard let host, let boot, let here = own.host, let kernel = own.boot else { return false }
    return boot != kernel && host != here
  }
}

/// The file of a kernel lock, which says who holds it.
struct LockFile {
  let file: Descriptor

  /// Who took the lock and has not released it; nil where nobody has, or nothing is known.
  var holder: LockHolder? {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = pread(file.number, &bytes, bytes.count, 0)
    return LockHolder(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
  }

  /// Whether a process of another machine has taken it and not released it, where this kernel would know nothing of that.
  var isHeldElsewhere: Bool {
    guard let holder, holder.isElsewhere(than: .current) else { return false }
    return !NetworkFileSystem.sharesLocks(at: file.path)
  }

  /// Takes the lock: whether that was possible. A holder on another machine that is of the job `endedJob`, or of this process's
  /// own job, is over: no two processes of one job run at a time.
  func take(endedJob: String? = nil) -> Bool {
    guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return false }
    if isHeldElsewhere, holder?.job.map({ ![endedJob, LockHolder.ownJob].contains($0) }) ?? true {
      flock(file.number, LOCK_UN)
      return false
    }
    let text = LockHolder.current.text
    // The record is for people and other machines; on a full disk it is missing.
    if ftruncate(file.number, 0) == 0 { _ = pwrite(file.number, text, text.utf8.count, 0) }
    return true
  }

  func release() {
    ftruncate(file.number, 0)
    flock(file.number, LOCK_UN)
  }
}
