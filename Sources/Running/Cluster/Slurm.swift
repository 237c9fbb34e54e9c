package import Files
package import Foundation
import Processes

/// The programs of Slurm: they submit, list and cancel jobs. Only what they print for programs is read, and exit codes.
package struct Slurm: Sendable {
  /// Where the programs are, by their names.
  private let programs: [String: String]
  private let environment: [String: String]
  /// Seconds that a program may take. A controller that does not answer is given up by the program itself after nine.
  private static let patience = 30.0

  /// The programs in `PATH`. Throws ``ClusterError/noSlurm(program:)``.
  package init() throws(ClusterError) {
    var found: [String: String] = [:]
    for name in ["sbatch", "squeue", "scancel", "scontrol"] {
      guard let path = BoundedProcess.find(name) else { throw .noSlurm(program: name) }
      found[name] = path
    }
    programs = found
    // A user's own formats and filters are for people: they would change what is printed here.
    // Times are printed in seconds since 1970.
    environment = ProcessInfo.processInfo.environment.filter { name, _ in
      !["SQUEUE_", "SCANCEL_", "SCONTROL_", "SINFO_"].contains { name.hasPrefix($0) }
    }.merging(["SLURM_TIME_FORMAT": "%s"]) { $1 }
  }

  /// A task of a job array, as squeue lists it.
  package struct Task: Sendable, Hashable {
    /// The name of the submission that it is of.
    package var submission: String
    package var array: String
    package var index: Int
    package var state: SlurmState
    /// Why it waits.
    package var reason: String
    /// The wait status of its script.
    package var exitStatus: Int
    package var restarts: Int
    /// When it was started, the last time; nil before.
    package var startedAt: Date?
    package var node: String?

    /// As Slurm's commands take it.
    package var job: String { "\(array)_\(index)" }
  }

  /// The largest number of tasks that an array may have. Throws ``ClusterError``.
  package func maxArraySize() throws(ClusterError) -> Int {
    let text = try run("scontrol", ["show", "config"])
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      if parts.count == 2, parts[0] == "MaxArraySize", let size = Int(parts[1]) { return size }
    }
    throw .unreadable(program: "scontrol", what: "it names no MaxArraySize")
  }

  /// Whether a controller answers.
  package var answers: Bool {
    guard let outcome = execute("scontrol", ["ping"]) else { return false }
    return outcome.status == 0 && outcome.output.contains(" is UP")
  }

  /// Submits a script: the number of its job, and its cluster where there are several. A lock on `script` is held until sbatch
  /// has ended, also where this process ends before it. Throws ``ClusterError``.
  package func submit(_ script: Descriptor, without dropped: Set<String>) throws(ClusterError) -> (
    job: String, cluster: String?
  ) {
    lseek(script.number, 0, SEEK_SET)
    let text = try run("sbatch", ["--parsable"], input: script, without: dropped)
    let parts = text.split(whereSeparator: \.isNewline).last?.split(separator: ";").map(String.init) ?? []
    guard let job = parts.first, Int(job) != nil else { throw .unreadable(program: "sbatch", what: "it names no job") }
    return (job, parts.count > 1 ? parts[1] : nil)
  }

  private static let fields = [
    "Name", "ArrayJobID", "ArrayTaskID", "State", "exit_code", "RestartCnt", "StartTime", "BatchHost", "Reason",
  ]

  /// The tasks of some submissions that Slurm knows, also those that ended not long ago. Throws ``ClusterError``.
  package func tasks(of submissions: [String], users: [String]) throws(ClusterError) -> [Task] {
    guard !submissions.isEmpty else { return [] }
    let format = Self.fields.map { "\($0):|" }.joined(separator: ",")
    let text = try run(
      "squeue",
      [
        "-h", "-r", "-t", "all", "--name=\(submissions.joined(separator: ","))",
        "--user=\(users.joined(separator: ","))",
        "-O", format,
      ])
    return text.split(separator: "\n").compactMap { Self.task(String($0)) }
  }

  /// Reads a line of squeue.
  package static func task(_ line: String) -> Task? {
    let parts = line.split(separator: "|", maxSplits: fields.count - 1, omittingEmptySubsequences: false).map(
      String.init)
    guard parts.count == fields.count, let index = Int(parts[2]), let state = SlurmState(rawValue: parts[3]) else {
      return nil
    }
    let reason = parts[8].hasSuffix("|") ? String(parts[8].dropLast()) : parts[8]
    return Task(
      submission: parts[0], array: parts[1], index: index, state: state, reason: reason, exitStatus: Int(parts[4]) ?? 0,
      restarts: Int(parts[5]) ?? 0, startedAt: Int(parts[6]).map { Date(timeIntervalSince1970: Double($0)) },
      node: ["", "n/a", "N/A", "(null)"].contains(parts[7]) ? nil : parts[7])
  }

  /// Cancels jobs or tasks. Those that are over are no error. Throws ``ClusterError``.
  package func cancel(_ jobs: [String]) throws(ClusterError) {
    for start in stride(from: 0, to: jobs.count, by: 500) {
      try cancelOnce(Array(jobs[start..<min(start + 500, jobs.count)]), again: 4)
    }
  }

  /// A job that is just started or requeued cannot be changed for a moment: it is tried a few times more, a second apart.
  private func cancelOnce(_ jobs: [String], again: Int) throws(ClusterError) {
    do throws(ClusterError) { _ = try run("scancel", jobs) } catch {
      guard case .failed = error, again > 0 else { throw error }
      usleep(1_000_000)
      try cancelOnce(jobs, again: again - 1)
    }
  }

  // MARK: Processes

  private func run(
    _ program: String, _ arguments: [String], input: Descriptor? = nil, without dropped: Set<String> = []
  ) throws(ClusterError) -> String {
    guard let outcome = execute(program, arguments, input: input, without: dropped) else {
      throw .failed(program: program, words: "it could not be started")
    }
    guard outcome.status != 0 else { return outcome.output }
    let words = Self.words(outcome.errors)
    // Whether the controller is down is asked for, and not read from a sentence.
    guard answers else { throw .controllerDown(words: words) }
    if program == "sbatch", outcome.status != nil { throw .refused(words: words) }
    throw .failed(program: program, words: outcome.status == nil ? "it did not answer" : words)
  }

  private func execute(
    _ program: String, _ arguments: [String], input: Descriptor? = nil, without dropped: Set<String> = []
  ) -> (status: Int32?, output: String, errors: String)? {
    let process = BoundedProcess(
      program: programs[program] ?? program, environment: environment.filter { !dropped.contains($0.key) },
      deadline: monotonicSeconds() + Self.patience, input: input)
    guard
      let outcome = process.run(arguments, in: FileManager.default.currentDirectoryPath, limit: 64 << 20)
    else { return nil }
    return (outcome.status, String(decoding: outcome.output, as: UTF8.self), outcome.errors)
  }

  /// The last lines of an error, without the names of programs before them.
  static func words(_ errors: String) -> String {
    let lines = errors.split(separator: "\n").map { line in
      var text = line[...]
      for prefix in ["sbatch: ", "squeue: ", "scancel: ", "scontrol: ", "error: "] where text.hasPrefix(prefix) {
        text = text.dropFirst(prefix.count)
      }
      return String(text).trimmingCharacters(in: .whitespaces)
    }
    return lines.filter { !$0.isEmpty }.suffix(3).joined(separator: "; ")
  }
}
