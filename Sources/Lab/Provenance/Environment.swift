import Digests
import Foundation
import Kernels
import Journals
import Training

/// Where and with what this process runs.
func captureEnvironment(threads: Int, kernels: KernelPath, dataDigests: [String: String]) -> EnvironmentRecord {
  let git = GitFacts(of: FileManager.default.currentDirectoryPath)
  return EnvironmentRecord(
    vgglabVersion: vgglabVersion,
    binaryDigest: sha256Hex(ofFile: ProcessFacts.executable) ?? "unknown",
    gitCommit: git?.commit,
    gitDirty: git?.dirty,
    host: ProcessInfo.processInfo.hostName,
    bootID: ProcessFacts.bootID,
    processID: Int(getpid()),
    processStart: ProcessFacts.startTicks,
    operatingSystem: ProcessFacts.operatingSystem,
    cpu: Processor.name,
    cores: Processor.cores,
    threads: threads,
    kernels: kernels.rawValue,
    instructionSet: InstructionSet.name,
    blas: BLAS.configuration,
    blasCore: BLAS.coreName,
    dataDigests: dataDigests)
}

/// The commit of the git work tree that a folder stands in, and whether files differ from it.
struct GitFacts {
  var commit: String
  var dirty: Bool

  init?(of directory: String) {
    guard let commit = Self.git(["rev-parse", "HEAD"], directory), commit.count >= 40,
      let status = Self.git(["status", "--porcelain", "--untracked-files=no"], directory)
    else { return nil }
    self.commit = commit.trimmingCharacters(in: .whitespacesAndNewlines)
    self.dirty = !status.isEmpty
  }

  /// The bytes of a diff that are kept.
  static let diffLimit = 1 << 20

  /// What of the work tree is not in its commit, as `git diff` tells it, cut at ``diffLimit`` with a line that says so; nil
  /// without such changes or without a work tree.
  static func uncommittedChanges(of directory: String) -> Data? {
    guard
      let text = git(["diff", "--no-ext-diff", "--no-color", "HEAD"], directory, limit: diffLimit + 1), !text.isEmpty
    else { return nil }
    var data = Data(text.utf8)
    if data.count > diffLimit {
      data = data.prefix(diffLimit)
      data.append(contentsOf: "\n(cut here: only the first \(diffLimit) bytes of the changes are kept)\n".utf8)
    }
    return data
  }

  private static func git(_ arguments: [String], _ directory: String, limit: Int = .max) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", directory] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    var data = Data()
    while data.count < limit {
      let piece = output.fileHandleForReading.availableData
      if piece.isEmpty { break }
      data.append(piece)
    }
    let isCut = data.count >= limit
    try? output.fileHandleForReading.close()
    process.waitUntilExit()
    return isCut || process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }
}
