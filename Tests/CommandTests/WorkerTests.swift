import Foundation
import Testing

/// A worker is started by whoever sees the run's folder: everything that it needs is there.
@Suite struct WorkerTests {
  @Test func aRunIsFinishedByAWorkerAlone() throws {
    let (program, run) = try HostileStoreTests.interrupted()
    defer { program.remove() }
    let outcome = try program("worker", ".vgglab/runs/\(run)")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(try program("list", "--filter", "state=completed").output.contains(run))
  }

  @Test func aWrongFolderIsASentence() throws {
    let (program, run) = try HostileStoreTests.interrupted()
    defer { program.remove() }
    for (folder, code, words) in [
      (".", Int32(66), "job.json"), ("missing", 66, "missing"), (".vgglab/runs/../runs", 66, "job.json"),
      (".vgglab/runs/no-such-run", 66, "there is no run"),
    ] {
      let outcome = try program("worker", folder)
      #expect(outcome.code == code && outcome.errors.contains(words), "\(folder): \(outcome)")
    }
    // Elsewhere a job trains nothing: its run would have no lock.
    let job = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/.vgglab/runs/\(run)/job.json"))
    try job.write(to: URL(fileURLWithPath: "\(program.directory)/job.json"))
    let outcome = try program("worker", ".")
    #expect(outcome.code == 64 && outcome.errors.contains("is not a run's folder"), "\(outcome)")
  }

  @Test(arguments: ["gpu", "", "../fast"])
  func unknownKernelsAreASentence(name: String) throws {
    let (program, run) = try HostileStoreTests.interrupted()
    defer { program.remove() }
    _ = try program.write(
      ".vgglab/runs/\(run)/job.json",
      #"{"checkpoint_seconds":60,"kernels":"\#(name)","task":"train","threads":1}"#)
    let outcome = try program("worker", ".vgglab/runs/\(run)")
    #expect(outcome.code == 64 && outcome.errors.contains("there are no kernels"), "\(outcome)")
  }
}
