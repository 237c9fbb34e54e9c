import Cluster
import Experiments
import Foundation
import Testing

/// What Slurm prints, as it is read.
@Suite struct SlurmTests {
  @Test func aLineOfSqueueIsATask() throws {
    let task = try #require(Slurm.task("vgglab-ab|12|3|FAILED|19200|2|1764000000|node7|NonZeroExitCode|"))
    #expect(task.submission == "vgglab-ab" && task.job == "12_3" && task.state == .failed)
    #expect(
      task.exitStatus >> 8 == 75 && task.restarts == 2 && task.node == "node7" && task.reason == "NonZeroExitCode")
    #expect(task.startedAt == Date(timeIntervalSince1970: 1_764_000_000))
    let waiting = try #require(Slurm.task("vgglab-ab|12|0|PENDING|0|0|N/A|n/a|launch failed | requeued held|"))
    #expect(waiting.node == nil && waiting.startedAt == nil && waiting.reason == "launch failed | requeued held")
    // Jobs that are no array's, headings and unknown states are passed over.
    for line in [
      "vgglab-ab|12|N/A|PENDING|0|0|N/A|n/a|None|", "CLUSTER: a", "", "vgglab-ab|12|0|DREAMING|0|0|N/A|n/a|None|",
    ] {
      #expect(Slurm.task(line) == nil)
    }
  }

  @Test func everyStateIsInOnePhase() {
    let over = SlurmState.allCases.filter { $0.meaning.phase == .over }
    #expect(
      over == [
        .completed, .failed, .cancelled, .timeout, .nodeFailed, .outOfMemory, .preempted, .bootFailed, .deadline,
        .revoked,
      ])
    #expect(SlurmState.completing.meaning.phase == .working)
    #expect(over.filter { $0.meaning.remedy == .resubmit } == [.timeout, .nodeFailed, .preempted, .bootFailed])
    // Only what is over asks for a remedy.
    #expect(SlurmState.allCases.allSatisfy { $0.meaning.phase == .over || $0.meaning.remedy == .leave })
  }

  /// A store may come from anybody: the script appends to no file outside it.
  @Test(arguments: ["", "/log"]) func theScriptDoesNotWriteThroughALink(link: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vgglab-script-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files = FileManager.default
    try files.createDirectory(atPath: "\(folder)/elsewhere", withIntermediateDirectories: true)
    try Data("mine\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/elsewhere/log"))
    try files.createDirectory(
      atPath: "\(folder)/store/runs\(link.isEmpty ? "" : "/r")", withIntermediateDirectories: true)
    try files.createSymbolicLink(
      atPath: "\(folder)/store/runs/r\(link)", withDestinationPath: "\(folder)/elsewhere\(link)")
    let script = BatchScript(
      name: "vgglab-ab", store: "\(folder)/store", directory: folder, program: "/bin/true", runs: ["r"],
      settings: .init(), threads: 1, memoryBytes: 1, isExclusive: false, limit: nil
    ).text
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    process.environment = ["PATH": "/usr/bin:/bin", "SLURM_ARRAY_TASK_ID": "0"]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 65)
    #expect(files.contents(atPath: "\(folder)/elsewhere/log") == Data("mine\n".utf8))
  }

  @Test func theScriptQuotesWhatItIsGiven() {
    let script = BatchScript(
      name: "vgglab-ab", store: "/a b/it's 5%", directory: "/w", program: "/p", runs: ["r"], settings: .init(),
      threads: 2,
      memoryBytes: 1, isExclusive: true, limit: nil
    ).text
    #expect(
      script.contains(#"store='/a b/it'\''s 5%'"#)
        && script.contains(#"--output="/a b/it's 5%%/cluster/vgglab-ab/%a.log""#))
    #expect(script.contains("#SBATCH --mem=1M\n#SBATCH --exclusive\n") && script.contains("#SBATCH --array=0-0\n"))
  }
}
