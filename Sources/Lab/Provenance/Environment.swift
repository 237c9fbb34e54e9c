import Digests
import Foundation
import Kernels
import Store
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

  private static func git(_ arguments: [String], _ directory: String) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", directory] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }
}
