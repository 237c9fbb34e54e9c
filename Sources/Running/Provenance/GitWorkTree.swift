import Files
package import Foundation
import Journals
import Processes
import Text

/// Why nothing is known of a folder's commit.
package enum GitAbsence: Error, Hashable, CustomStringConvertible {
  case noGit
  case notARepository
  case dubiousOwner
  case noCommit
  case tookTooLong(seconds: Int)
  case otherWorkTree
  case failed(String)

  package var description: String {
    switch self {
    case .noGit: "git is not installed; the commit is not recorded"
    case .notARepository: "not run inside a git repository"
    case .dubiousOwner:
      "the repository belongs to another user and git refuses to read it (dubious ownership); the commit is not "
        + "recorded; `git config --global --add safe.directory FOLDER` allows it"
    case .noCommit: "the repository has no commit yet"
    case .tookTooLong(let seconds): "git took too long (more than \(seconds) s); provenance not recorded"
    case .otherWorkTree: "the repository's configuration names a work tree elsewhere; provenance not recorded"
    case .failed(let reason): "git failed (\(reason)); provenance not recorded"
    }
  }

  /// Whether there is a commit that should have been recorded.
  package var isFailure: Bool {
    switch self {
    case .noGit, .notARepository, .noCommit: false
    case .dubiousOwner, .tookTooLong, .otherWorkTree, .failed: true
    }
  }
}

/// A git work tree that is read without running anything that the folder can name.
///
/// A repository's configuration can name programs: filters, text converters, diff drivers, hooks, a file system monitor, a
/// pager, transports. Git is asked only for paths and the commit with that configuration, which runs none of them.
/// Everything that looks at files is asked with a git directory of our own: an own configuration without any program, a
/// copy of the index, and the repository's objects. The repository itself is never written to.
package final class GitWorkTree {
  /// The commit that is checked out.
  package let commit: String
  private let top: String
  private let temporary: String
  private let process: BoundedProcess
  private let infoExclude: String?
  private let seconds: Int

  /// The work tree that `directory` is in. All questions together may take some seconds.
  package init(of directory: String, seconds: Int = 5) throws(GitAbsence) {
    guard let program = BoundedProcess.find("git") else { throw .noGit }
    self.seconds = seconds
    let deadline = monotonicSeconds() + Double(seconds)
    let variables = ProcessInfo.processInfo.environment
    var environment = [
      "PATH": variables["PATH"] ?? "", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0",
      "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1",
    ]
    for name in ["HOME", "XDG_CONFIG_HOME", "GIT_CEILING_DIRECTORIES"] { environment[name] = variables[name] }
    let first = BoundedProcess(program: program, environment: environment, deadline: deadline)

    let paths = try Self.ask(
      first,
      [
        "rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-path", "objects", "--git-path", "index",
        "--git-path", "info/exclude", "--show-object-format",
      ],
      directory, seconds)
    let lines = String(decoding: paths, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    guard lines.count == 7, Data(lines.joined(separator: "\n").utf8) == paths else {
      throw .failed("the folder's name cannot be read")
    }
    func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }
    top = lines[0]
    // core.worktree could name any folder, whose files would then be taken for changes.
    guard Self.entryFolder(above: directory) == realPath(top) else { throw .otherWorkTree }
    let head = first.run(Self.options + ["rev-parse", "--verify", "--quiet", "HEAD"], in: directory, limit: 1 << 12)
    guard let head, !head.isCut else { throw .tookTooLong(seconds: seconds) }
    let commit = String(decoding: head.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard head.status == 0, commit.utf8.count >= 40, commit.allSatisfy(\.isHexDigit) else { throw .noCommit }
    self.commit = commit

    do { temporary = try makeSmallTemporaryFolder(prefix: "vgglab-git") } catch { throw .failed("\(error)") }
    do {
      try Self.makeGitDirectory(
        temporary, commit: commit, gitDirectory: lines[1], objects: absolute(lines[2]), index: absolute(lines[3]),
        format: lines[5], settings: Self.settings(first, directory))
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw .failed("its index cannot be copied")
    }
    infoExclude = isRegularFile(absolute(lines[4])) ? absolute(lines[4]) : nil
    environment["XDG_CONFIG_HOME"] = variables["XDG_CONFIG_HOME"] ?? "\(variables["HOME"] ?? "/nonexistent")/.config"
    environment["HOME"] = temporary
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    environment["GIT_ATTR_NOSYSTEM"] = "1"
    environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
    environment["GIT_DIR"] = temporary
    environment["GIT_WORK_TREE"] = top
    environment["GIT_INDEX_FILE"] = "\(temporary)/index"
    process = BoundedProcess(program: program, environment: environment, deadline: deadline)
  }

  deinit { try? FileManager.default.removeItem(atPath: temporary) }

  /// Files that git tracks and that are not as in the commit, by their paths from the top.
  package func changedFiles() throws(GitAbsence) -> [[UInt8]] {
    let output = try ask(["diff", "--name-only", "-z"] + Self.diffOptions + [commit, "--"], limit: 4 << 20)
    return output.split(separator: 0).map(Array.init)
  }

  /// Files that git neither tracks nor ignores, the first of them if there are very many.
  package func untrackedFiles() throws(GitAbsence) -> [[UInt8]] {
    var arguments = ["ls-files", "--others", "--exclude-standard", "-z"]
    if let infoExclude { arguments.append("--exclude-from=\(infoExclude)") }
    guard let outcome = process.run(Self.options + arguments, in: top, limit: 1 << 20) else { throw .noGit }
    guard outcome.status == 0 || outcome.output.count >= 1 << 20 else { throw problem(outcome) }
    // A name without its end is half a name.
    guard let last = outcome.output.lastIndex(of: 0) else { return [] }
    return outcome.output[..<last].split(separator: 0).map(Array.init)
  }

  /// Lets ``patch(limit:)`` show untracked files as new ones; only our copy of the index learns of them.
  package func add(untracked paths: [[UInt8]]) throws(GitAbsence) {
    let list = "\(temporary)/untracked"
    guard FileManager.default.createFile(atPath: list, contents: Data(paths.joined(separator: [0]))) else {
      throw .failed("a temporary file cannot be written")
    }
    _ = try ask(
      [
        "--literal-pathspecs", "add", "--intent-to-add", "--ignore-errors", "--pathspec-from-file=\(list)",
        "--pathspec-file-nul",
      ], limit: 1 << 20)
  }

  /// The changes as `git apply` takes them, byte for byte, at most `limit` of them.
  package func patch(limit: Int) throws(GitAbsence) -> (data: Data, isCut: Bool) {
    guard
      let outcome = process.run(
        Self.options + ["diff", "--binary"] + Self.diffOptions + [commit, "--"], in: top, limit: limit)
    else { throw .noGit }
    let isFull = outcome.output.count >= limit
    guard outcome.status == 0 || isFull else { throw problem(outcome) }
    return (outcome.output, isFull)
  }

  /// The bytes of a file of the work tree; nil where it is no regular file.
  package func size(ofUntracked path: [UInt8]) -> Int? {
    var status = stat()
    let full = Array(top.utf8) + [UInt8(ascii: "/")] + path + [0]
    let result = full.withUnsafeBytes { lstat($0.baseAddress!.assumingMemoryBound(to: CChar.self), &status) }
    return result == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  /// A folder's place in the work tree; nil where it is outside.
  package func relativePath(of folder: String) -> String? {
    guard let path = realPath(folder), let top = realPath(top), path.hasPrefix(top + "/") else { return nil }
    return String(path.dropFirst(top.count + 1))
  }

  // MARK: Asking git

  /// No hook, monitor, pager or alias.
  private static let options = [
    "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat",
  ]
  private static let diffOptions = [
    "--no-textconv", "--no-ext-diff", "--no-color", "--no-renames", "--ignore-submodules=all", "--src-prefix=a/",
    "--dst-prefix=b/", "--unified=3", "--diff-algorithm=default",
  ]

  private func ask(_ arguments: [String], limit: Int) throws(GitAbsence) -> Data {
    guard let outcome = process.run(Self.options + arguments, in: top, limit: limit) else { throw .noGit }
    guard outcome.status == 0 else { throw problem(outcome) }
    return outcome.output
  }

  private func problem(_ outcome: BoundedProcess.Outcome) -> GitAbsence { Self.problem(outcome, seconds) }

  private static func ask(
    _ process: BoundedProcess, _ arguments: [String], _ directory: String, _ seconds: Int
  ) throws(GitAbsence) -> Data {
    guard let outcome = process.run(options + arguments, in: directory, limit: 1 << 16) else { throw .noGit }
    guard outcome.status == 0 else { throw problem(outcome, seconds) }
    return outcome.output
  }

  private static func problem(_ outcome: BoundedProcess.Outcome, _ seconds: Int) -> GitAbsence {
    if outcome.isCut { return .tookTooLong(seconds: seconds) }
    if outcome.errors.contains("not a git repository") || outcome.errors.contains("must be run in a work tree") {
      return .notARepository
    }
    if outcome.errors.contains("dubious ownership") || outcome.errors.contains("unsafe repository") {
      return .dubiousOwner
    }
    // Git's own words may hold paths; how it ended is enough.
    return .failed(outcome.status.map { "exit code \($0)" } ?? "killed by a signal")
  }

  /// The nearest folder above that has a `.git`.
  private static func entryFolder(above directory: String) -> String? {
    guard var folder = realPath(directory) else { return nil }
    while true {
      var status = stat()
      if lstat("\(folder)/.git", &status) == 0 { return folder }
      if folder == "/" { return nil }
      folder = parentPath(folder)
    }
  }

  /// How files are compared, as far as the repository and the user may choose it: words from a list and no program.
  private static func settings(_ process: BoundedProcess, _ directory: String) -> [(key: String, value: String)] {
    let keys = ["core.autocrlf", "core.eol", "core.filemode", "core.symlinks", "core.ignorecase"]
    let values: Set = ["true", "false", "input", "lf", "crlf", "native"]
    let pattern = "^(\(keys.map { $0.replacing(".", with: "\\.") }.joined(separator: "|")))$"
    let outcome = process.run(options + ["config", "-z", "--get-regexp", pattern], in: directory, limit: 1 << 16)
    var found: [(key: String, value: String)] = []
    for entry in (outcome?.output ?? Data()).split(separator: 0) {
      let parts = String(decoding: entry, as: UTF8.self).split(separator: "\n", maxSplits: 1).map(String.init)
      if parts.count == 2, keys.contains(parts[0]), values.contains(parts[1]) { found.append((parts[0], parts[1])) }
    }
    let ignored = process.run(
      options + ["config", "--global", "--type=path", "--get", "core.excludesFile"], in: directory, limit: 1 << 12)
    if let ignored, ignored.status == 0 {
      let path = String(decoding: ignored.output, as: UTF8.self).trimmingCharacters(in: .newlines)
      if path.hasPrefix("/"), isRegularFile(path) { found.append(("core.excludesFile", path)) }
    }
    return found
  }

  private static func makeGitDirectory(
    _ folder: String, commit: String, gitDirectory: String, objects: String, index: String, format: String,
    settings: [(key: String, value: String)]
  ) throws {
    for name in ["refs", "objects", "objects/info"] { try makeDirectory("\(folder)/\(name)") }
    var text = "[core]\n\trepositoryformatversion = \(format == "sha256" ? 1 : 0)\n\tbare = false\n"
    for setting in settings {
      let quoted = setting.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      text += "\t\(setting.key.dropFirst("core.".count)) = \"\(quoted)\"\n"
    }
    if format == "sha256" { text += "[extensions]\n\tobjectformat = sha256\n" }
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/config"))
    try Data("\(commit)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/HEAD"))
    try Data("\(realPath(objects) ?? objects)\n".utf8).write(
      to: URL(fileURLWithPath: "\(folder)/objects/info/alternates"))
    guard isRegularFile(index) else { return }
    try readFile(index, limit: 1 << 30).write(to: URL(fileURLWithPath: "\(folder)/index"))
    // Git takes a file for unchanged by the index's own time, so the copy has it too.
    var status = stat()
    guard stat(index, &status) == 0 else { return }
    let times = [status.st_atim, status.st_mtim]
    utimensat(AT_FDCWD, "\(folder)/index", times, 0)
    // A split index reads its other half beside it.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: gitDirectory)) ?? []
    where name.hasPrefix("sharedindex.") && isRegularFile("\(gitDirectory)/\(name)") {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/\(name)", withDestinationPath: "\(gitDirectory)/\(name)")
    }
  }
}

private func isRegularFile(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}
