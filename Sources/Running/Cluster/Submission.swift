import Experiments
package import Files
import Foundation
package import Journals
import Processes

/// What a run's folder says of the job that works on it: `cluster.json`.
struct RunJobRecord: Codable, Sendable, Hashable {
  /// The submission's name.
  var submission: String
  /// The number of its task.
  var task: Int

  /// Of a run; nil where it was never submitted. Throws ``FileError``.
  static func read(_ folder: RunFolder) throws(FileError) -> RunJobRecord? {
    let data: Data
    do throws(FileError) { data = try folder.open().read(RunFiles.cluster, limit: 4096) } catch {
      if case .missing = error { return nil }
      throw error
    }
    guard let record = try? JSONDecoder().decode(RunJobRecord.self, from: data), PlainName(record.submission) != nil
    else { return nil }
    return record
  }

  func write(_ folder: RunFolder) throws(FileError) {
    try folder.open().write(RunFiles.cluster, encoded(self), mode: 0o600)
  }
}

/// What is known of a submission once sbatch has answered: `submission.json` in its folder below `cluster/`.
struct SubmissionRecord: Codable, Sendable, Hashable {
  var name: String
  /// The number of the job array.
  var job: String
  var cluster: String?
  var user: String
  var host: String
  var at: String
}

private func encoded(_ value: some Encodable) -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  // Texts and numbers can always be encoded.
  guard let data = try? encoder.encode(value) else { preconditionFailure("\(value) cannot be encoded") }
  return data + Data("\n".utf8)
}

/// An array of jobs on its way to Slurm: a folder below the store's `cluster`, with the script and what sbatch answered.
///
/// The script's file is locked from before a run refers to the submission until sbatch has ended, also where this process is
/// killed meanwhile: sbatch has the same open file as its standard input. Whoever finds a submission without an answer takes
/// that lock first and then looks for its jobs by their name.
package final class Submission {
  /// Its name, which is the name of its jobs.
  package let name: String
  private let folder: Folder
  private let script: Descriptor
  /// The ids of its runs, by the numbers of their tasks.
  package private(set) var runs: [String] = []

  static let scriptName: PlainName = "script.sh"
  static let recordName: PlainName = "submission.json"

  /// A new submission in a store. Throws `FileError`.
  package init(store: String) throws(FileError) {
    let all = try Folder(store).folder(making: StoreFolder.cluster, mode: StoreFolder.mode)
    var made: (PlainName, Folder)?
    for _ in 0..<100 where made == nil {
      guard let name = PlainName("vgglab-\(randomDigits().prefix(10))") else { continue }
      if try all.makeFolder(name, mode: StoreFolder.mode) { made = (name, try all.folder(name)) }
    }
    guard let (name, folder) = made else { throw .unwritable(path: all.path, reason: "no free name was found") }
    self.name = name.text
    self.folder = folder
    script = try folder.file(Self.scriptName, .update)
    guard flock(script.number, LOCK_EX | LOCK_NB) == 0 else {
      throw .unwritable(path: script.path, reason: String(cString: strerror(errno)))
    }
  }

  /// Adds a run, whose folder then says so. Throws ``FileError``.
  package func add(_ run: RunFolder) throws(FileError) {
    try RunJobRecord(submission: name, task: runs.count).write(run)
    runs.append(run.run)
  }

  /// Submits it: the number of the job array. Throws ``ClusterError`` and `FileError`.
  package func submit(_ text: BatchScript, to slurm: Slurm) throws -> String {
    try script.writeAll(Data(text.text.utf8))
    try script.flush()
    let (job, cluster) = try slurm.submit(script, without: text.dropped)
    try record(job: job, cluster: cluster)
    flock(script.number, LOCK_UN)
    return job
  }

  private func record(job: String, cluster: String?) throws(FileError) {
    let record = SubmissionRecord(
      name: name, job: job, cluster: cluster, user: Self.user, host: Self.host, at: timestamp())
    try folder.write(Self.recordName, encoded(record), mode: 0o600)
  }

  /// Takes back that the runs were submitted: sbatch refused them.
  package func withdraw(store: String) {
    for run in runs { try? RunFolder(store: store, existing: run).open().remove(RunFiles.cluster) }
    flock(script.number, LOCK_UN)
    try? Folder(store).folder(StoreFolder.cluster).removeAll(name)
  }

  /// The user's name; its number where it has none.
  static var user: String {
    let entry = getpwuid(getuid())
    return entry.map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
  }

  private static var host: String { ProcessInfo.processInfo.hostName }
}

/// What is known of the answer to a submission.
enum SubmissionState {
  /// sbatch may still be at work on it.
  case underway
  /// Nothing was recorded, and sbatch is over: its jobs are found by name, if there are any.
  case unrecorded
  case recorded(SubmissionRecord)
  /// There is no such folder any more.
  case gone

  init(_ name: String, store: String) {
    guard let name = PlainName(name),
      let folder = try? Folder(store).folder(StoreFolder.cluster).folder(name)
    else {
      self = .gone
      return
    }
    func recorded() -> SubmissionRecord? {
      guard let data = try? folder.read(Submission.recordName, limit: 1 << 16) else { return nil }
      return try? JSONDecoder().decode(SubmissionRecord.self, from: data)
    }
    if let record = recorded() {
      self = .recorded(record)
      return
    }
    if let script = try? folder.file(Submission.scriptName), flock(script.number, LOCK_SH | LOCK_NB) != 0 {
      self = .underway
      return
    }
    // It may have been recorded between the two looks.
    self = recorded().map { .recorded($0) } ?? .unrecorded
  }
}
