import Files
import Foundation
import Journals
import Testing

/// What a worker is asked to do, as a file.
@Suite final class JobTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder("vgglab-job") }

  deinit { folder.remove() }

  private func job(_ text: String) throws -> Job {
    let run = try RunFolder.create(store: folder.path, trialID: "abababab").open()
    try run.write("job.json", Data(text.utf8))
    return try Job(in: run)
  }

  @Test func comesBackAsItWasWritten() throws {
    let run = try RunFolder.create(store: folder.path, trialID: "abababab").open()
    let job = Job(threads: 2, kernels: "fast", checkpointSeconds: 60, data: "some/folder")
    try job.write(to: run)
    #expect(try Job(in: run) == job)
    #expect(
      try String(decoding: run.read("job.json"), as: UTF8.self)
        == #"{"checkpoint_seconds":60,"data":"some/folder","kernels":"fast","task":"train","threads":2}"# + "\n")
    // Its owner alone may read where the data are.
    #expect(run.status("job.json").map { $0.st_mode & 0o777 } == 0o600)
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"checkpoint_seconds":60,"kernels":"fast","task":"train","threads":0}"#,
    #"{"checkpoint_seconds":60,"kernels":"fast","task":"train","threads":9223372036854775807}"#,
    #"{"checkpoint_seconds":-1,"kernels":"fast","task":"train","threads":1}"#,
    #"{"checkpoint_seconds":1e99,"kernels":"fast","task":"train","threads":1}"#,
    #"{"checkpoint_seconds":60,"kernels":"fast","task":"delete","threads":1}"#,
    #"{"checkpoint_seconds":60,"kernels":"fast","task":"first_step","threads":1}"#,
  ])
  func anythingElseIsRefused(text: String) throws {
    #expect(throws: JournalError.self) { try job(text) }
    do { _ = try job(text) } catch {
      #expect("\(error)".contains("job.json: is no job that a worker can do ("), "\(error)")
    }
  }
}
