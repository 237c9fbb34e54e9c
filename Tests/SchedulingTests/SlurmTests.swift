import Cluster
import Experiments
import Testing

/// What Slurm prints, as it is read.
@Suite struct SlurmTests {
  @Test func aLineOfSqueueIsATask() throws {
    let task = try #require(Slurm.task("vgglab-ab|12|3|FAILED|19200|2|node7|NonZeroExitCode|"))
    #expect(task.submission == "vgglab-ab" && task.job == "12_3" && task.state == .failed)
    #expect(
      task.exitStatus >> 8 == 75 && task.restarts == 2 && task.node == "node7" && task.reason == "NonZeroExitCode")
    let waiting = try #require(Slurm.task("vgglab-ab|12|0|PENDING|0|0|n/a|launch failed | requeued held|"))
    #expect(waiting.node == nil && waiting.reason == "launch failed | requeued held")
    // Jobs that are no array's, headings and unknown states are passed over.
    for line in ["vgglab-ab|12|N/A|PENDING|0|0|n/a|None|", "CLUSTER: a", "", "vgglab-ab|12|0|DREAMING|0|0|n/a|None|"] {
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
