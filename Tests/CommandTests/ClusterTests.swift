import Foundation
import Testing

/// Trials as jobs of a real Slurm: two nodes on this machine.
@Suite(.serialized, .enabled(if: TestCluster.isInstalled, "there is no Slurm: make setup-tests installs it"))
struct ClusterTests {
  let cluster: TestCluster

  init() throws {
    cluster = try TestCluster.shared.get()
    try cluster.clear()
  }

  /// Twelve trials.
  private static func twelve(epochs: Int) -> String {
    """
    schema: 1
    experiment: twelve
    dataset: {name: synthetic, resize: 32, train: 128, test: 16}
    network: {arch: vgg11, ratio: 32, hidden: 16, init: kaiming}
    training: {epochs: \(epochs), batch_size: 16, learning_rate: 0.01, momentum: 0.9}
    trials: [{name: t}]
    sweep: {training.seed: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}

    """
  }

  /// As many epochs as one of twelve trials needs to last about ten seconds on a core of this machine as it is now: long
  /// enough to be disturbed before it is half done, however fast the machine is.
  private static func epochs() throws -> Int {
    let program = try Program()
    defer { program.remove() }
    let tried = 40
    try program.write("twelve.yaml", twelve(epochs: tried))
    let outcome = try program(
      "run", "twelve.yaml", "--only", "t seed=0", "--threads", "1", "--no-smoke", "--quiet")
    try #require(outcome.code == 0, "\(outcome)")
    let rows = try RunTests.rows(program, "SELECT training_seconds FROM run_summary")
    let seconds = try #require(rows.first?["training_seconds"] as? Double)
    return min(2_000, max(16, Int(10 / seconds * Double(tried))))
  }

  /// Two of a second each.
  static let tiny = """
    schema: 1
    experiment: tiny
    dataset: {name: synthetic, resize: 32, train: 32, test: 16}
    network: {arch: vgg11, ratio: 32, hidden: 16}
    training: {epochs: 1, batch_size: 16, learning_rate: 0.01}
    trials:
      - name: small
      - {name: smaller, network: {ratio: 64}}

    """

  private static let slurm = ["--executor", "slurm"]

  /// Everything that must not depend on where a trial was worked on: metrics of the last value of each step, and weights.
  private static func results(_ program: Program) throws -> [String] {
    var rows: [[String: Any]] = []
    for seed in 0..<12 {
      let metrics = try program(
        "query",
        """
        SELECT r.trial, m.name, m.step, m.value, max(m.attempt) FROM metric AS m JOIN run AS r ON r.id = m.run
        WHERE r.trial = 't seed=\(seed)' AND m.name NOT IN ('examples_per_second', 'epoch_seconds')
        GROUP BY m.name, m.step ORDER BY 2, 3
        """, "--json")
      rows += try #require(JSONSerialization.jsonObject(with: Data(metrics.output.utf8)) as? [[String: Any]])
    }
    let weights = try program(
      "query",
      "SELECT r.trial, a.name, a.digest FROM artifact AS a JOIN run AS r ON r.id = a.run WHERE a.name = 'last' ORDER BY 1",
      "--json")
    return rows.map { "\($0["trial"]!) \($0["name"]!) \($0["step"]!) \($0["value"]!)" } + [weights.output]
  }

  private func start(_ program: Program, _ arguments: [String]) throws -> (process: Process, log: String) {
    let process = program.start(arguments)
    let log = "\(program.directory)/log-\(UUID().uuidString)"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: log)
    try process.run()
    return (process, log)
  }

  private func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

  private func runs(_ program: Program) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/.vgglab/runs")) ?? []).sorted()
  }

  private func journal(_ program: Program, _ run: String) -> String {
    text("\(program.directory)/.vgglab/runs/\(run)/journal.jsonl")
  }

  /// The runs by the jobs that work on them: `12_3`.
  private func jobs(_ program: Program) throws -> [String: String] {
    var found: [String: String] = [:]
    for run in runs(program) {
      func object(_ path: String) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text("\(program.directory)/.vgglab/\(path)").utf8)))
          as? [String: Any] ?? [:]
      }
      let record = object("runs/\(run)/cluster.json")
      guard let name = record["submission"] as? String, let task = record["task"] as? Int,
        let job = object("cluster/\(name)/submission.json")["job"] as? String
      else { continue }
      found["\(job)_\(task)"] = run
    }
    return found
  }

  /// A running job on a node whose run has a checkpoint, and its run.
  private func working(
    _ program: Program, on node: String? = nil, but others: Set<String> = [], of epochs: Int
  ) throws -> (job: String, run: String) {
    var found: (String, String)?
    try cluster.wait("a job with a checkpoint on \(node ?? "a node")") {
      let jobs = try jobs(program)
      for task in try cluster.tasks() where task.state == "RUNNING" && node.map({ $0 == task.node }) ?? true {
        guard let run = jobs[task.job], !others.contains(run) else { continue }
        let text = journal(program, run)
        // With more than half of its work before it, so that it is disturbed before its end.
        let done = text.components(separatedBy: #""name":"epoch_seconds""#).count - 1
        if text.contains(#"{"checkpoint":"#), done < epochs / 2 { found = (task.job, run) }
      }
      return found != nil
    }
    return found!
  }

  @Test func twelveTrialsSurviveAKilledSubmitterAStoppedJobAPreemptedJobAndADeadNode() throws {
    let (local, remote) = (try Program(), try cluster.program())
    defer {
      local.remove()
      remote.remove()
    }
    let epochs = try Self.epochs()
    for program in [local, remote] { try program.write("twelve.yaml", Self.twelve(epochs: epochs)) }
    let arguments = ["run", "twelve.yaml", "--checkpoint-seconds", "0.1"]

    // The submitter is killed as soon as jobs work. Arrays have nine tasks at most here.
    let first = try start(remote, arguments + Self.slurm)
    try cluster.wait("both arrays") { try Set(jobs(remote).keys.map { $0.prefix { $0 != "_" } }).count == 2 }
    _ = try working(remote, of: epochs)
    kill(first.process.processIdentifier, SIGKILL)
    first.process.waitUntilExit()
    #expect(runs(remote).count == 12)

    // Another one follows the same jobs. One of them is asked to stop as before its time limit, one is queued again by Slurm
    // as for a preemption, and a node dies.
    let second = try start(remote, arguments + Self.slurm)
    try cluster.wait("the second command follows") { text(second.log).contains("following Slurm job") }
    let stopped = try working(remote, on: "node1", of: epochs)
    try cluster.slurm("scancel", "--batch", "--signal=TERM", stopped.job)
    let preempted = try working(remote, on: "node1", but: [stopped.run], of: epochs)
    try cluster.slurm("scontrol", "requeue", preempted.job)
    let lost = try working(remote, on: "node2", but: [stopped.run, preempted.run], of: epochs)
    try cluster.kill("node2")
    try cluster.restore()
    second.process.waitUntilExit()
    #expect(second.process.terminationStatus == 0, "\(text(second.log))")
    #expect(text(second.log).contains("was requeued (start 2)"), "\(text(second.log))")

    // All are complete, none twice, and those that were disturbed went on from a checkpoint.
    #expect(runs(remote).count == 12)
    let attempts = try RunTests.rows(
      remote,
      """
      SELECT run, count(*) AS attempts, max(resumed_from) AS resumed FROM attempt
      WHERE run IN (SELECT id FROM run WHERE outcome = 'completed') GROUP BY run ORDER BY run
      """)
    #expect(attempts.count == 12)
    for row in attempts {
      let run = row["run"] as? String ?? ""
      if [stopped.run, preempted.run, lost.run].contains(run) {
        #expect(row["attempts"] as? Int ?? 0 >= 2 && row["resumed"] as? Int ?? 0 > 0, "\(row)")
      }
      #expect(journal(remote, run).components(separatedBy: #"{"end":"#).count == 2)
    }
    // A job is one array's task; nothing was submitted a second time.
    let folders = try FileManager.default.contentsOfDirectory(atPath: "\(remote.directory)/.vgglab/cluster")
    #expect(folders.count == 2, "\(folders)")

    let outcome = try local.run(arguments + ["--jobs", "2", "--threads", "1"])
    #expect(outcome.code == 0, "\(outcome)")
    let (here, there) = (try Self.results(local), try Self.results(remote))
    #expect(here.count > 12 * 8 * epochs && here == there)
  }

  @Test func aSubmissionThatNobodyRecordedIsFoundAgain() throws {
    var program = try cluster.program()
    defer { program.remove() }
    try program.write("tiny.yaml", Self.tiny)
    // sbatch succeeds, and its caller dies before it hears of it.
    let sbatch = try program.write(
      "bin/sbatch",
      "#!/bin/sh\n/usr/bin/env -i SLURM_CONF=\"$SLURM_CONF\" PATH=/usr/bin:/bin sbatch \"$@\"\nkill -KILL $PPID\n")
    chmod(sbatch, 0o755)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    program.environment["PATH"] = "\(program.directory)/bin:\(path)"
    let first = try program.run(["run", "tiny.yaml"] + Self.slurm)
    #expect(first.code == 128 + SIGKILL, "\(first)")
    #expect(try jobs(program).isEmpty && runs(program).count == 2)
    program.environment["PATH"] = path
    let second = try program.run(["run", "tiny.yaml"] + Self.slurm)
    #expect(second.code == 0 && second.errors.contains("following Slurm job"), "\(second)")
    let folders = try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/.vgglab/cluster")
    #expect(folders.count == 1 && runs(program).count == 2)
    #expect(try RunTests.rows(program, "SELECT run FROM attempt").count == 2)
  }

  @Test func aDetachedCommandEndsAndOthersLeaveItsRunsAlone() throws {
    let program = try cluster.program()
    defer { program.remove() }
    try program.write("long.yaml", Self.tiny.replacingOccurrences(of: "epochs: 1", with: "epochs: 100000"))
    let first = try program.run(
      ["run", "long.yaml", "--detach", "--only", "small", "--checkpoint-seconds", "0.1"] + Self.slurm)
    #expect(first.code == 0 && first.errors.contains("submitted 1 trial as Slurm job"), "\(first)")
    // The other executor, and the one that resumes, see that the run has a job.
    let here = try program("run", "long.yaml", "--only", "small")
    #expect(here.code == 75 && here.errors.contains("is left to Slurm job"), "\(here)")
    let run = try #require(runs(program).first)
    #expect(runs(program).count == 1)
    #expect(try program("list").errors.contains("run \(run) (small) is left to Slurm job"))
    // Ctrl-C leaves the job, a second one cancels it.
    let job = try working(program, of: 100_000).job
    let follow = ["run", "long.yaml", "--only", "small"] + Self.slurm
    let follower = try start(program, follow)
    try cluster.wait("the command follows") { text(follower.log).contains("following Slurm job \(job)") }
    kill(follower.process.processIdentifier, SIGINT)
    follower.process.waitUntilExit()
    #expect(follower.process.terminationStatus == 130 && text(follower.log).contains("press Ctrl-C once more"))
    #expect(try cluster.tasks().contains { $0.job == job && $0.state == "RUNNING" })
    let canceling = try Canceling(program, follow, onceSaid: "following Slurm job \(job)")
    canceling.process.waitUntilExit()
    #expect(canceling.process.terminationStatus == 130)
    try cluster.wait("no jobs") { try cluster.tasks().isEmpty }
    let list = try program("list", "--json")
    #expect(list.output.contains(#""interrupted""#) && list.output.contains(run), "\(list)")
    // What was canceled can go on anywhere.
    let plan = try program("plan", "long.yaml", "--only", "small")
    #expect(plan.output.contains("resume") && !plan.output.contains("Slurm job 1_0 ("), "\(plan)")
  }

  @Test func whatSlurmRefusesOrNeverStartsIsReportedInItsWordsAndOurs() throws {
    var program = try cluster.program()
    defer { program.remove() }
    try program.write("tiny.yaml", Self.tiny)
    let refused = try program.run(["run", "tiny.yaml", "--partition", "nope"] + Self.slurm)
    #expect(refused.code == 64, "\(refused)")
    #expect(refused.errors.contains("Slurm refused the jobs") && refused.errors.contains("Invalid partition name"))
    #expect(try cluster.tasks().isEmpty)
    // More cores than a node has: accepted, and never started. Nothing is left in the queue.
    let never = try program.run(["run", "tiny.yaml", "--only", "small", "--cpus-per-task", "64"] + Self.slurm)
    #expect(never.code == 1, "\(never)")
    #expect(
      never.output.contains("PartitionConfig (no node of the partition has what the job asks for"), "\(never)")
    #expect(try cluster.tasks().isEmpty)
    // Run rightly, the same run goes on.
    let right = try program.run(["run", "tiny.yaml", "--only", "small"] + Self.slurm)
    #expect(right.code == 0 && right.output.contains("completed"), "\(right)")
    #expect(runs(program).count == 2)

    // A controller that does not answer is something else than a job that is over.
    try program.write(
      "other.conf", text(cluster.configuration).replacing(/SlurmctldPort=\d+/, with: "SlurmctldPort=9"))
    program.environment["SLURM_CONF"] = "\(program.directory)/other.conf"
    let down = try program.run(["run", "tiny.yaml"] + Self.slurm)
    #expect(down.code == 74 && down.errors.contains("the controller of Slurm does not answer"), "\(down)")
    try FileManager.default.createDirectory(atPath: "\(program.directory)/empty", withIntermediateDirectories: true)
    program.environment["PATH"] = "\(program.directory)/empty"
    let none = try program.run(["run", "tiny.yaml"] + Self.slurm)
    #expect(none.code == 66 && none.errors.contains("there is no program sbatch on this machine"), "\(none)")
  }
}

/// A command whose jobs are canceled by pressing Ctrl-C twice.
private struct Canceling {
  var process: Process
  var log: String

  var text: String { Self.text(log) }

  static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

  /// Starts the command, and presses once it has said some words. From then on there is a file `trouble`.
  ///
  /// Where this process gets no time for seconds between the presses, the second comes too late, and all of it is done again.
  init(_ program: Program, _ arguments: [String], onceSaid words: String, trouble: String? = nil) throws {
    var tries = 0
    repeat {
      tries += 1
      process = program.start(arguments)
      log = try program.write("log-\(UUID().uuidString)", "")
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle(forWritingAtPath: log)
      try process.run()
      guard wait(for: words) else { throw TestCluster.Failure(description: "it ended: \(text)") }
      if let trouble { _ = FileManager.default.createFile(atPath: trouble, contents: nil) }
      kill(process.processIdentifier, SIGINT)
      if wait(for: "press Ctrl-C once more") {
        // What comes within a tenth of a second is one press.
        usleep(200_000)
        kill(process.processIdentifier, SIGINT)
        if wait(for: "canceling 1 job") { return }
      }
      if let trouble { try FileManager.default.removeItem(atPath: trouble) }
    } while tries < 10
    throw TestCluster.Failure(description: "it does not cancel: \(text)")
  }

  /// Waits until the command has said some words, for ten minutes at most; whether it has.
  func wait(for words: String) -> Bool {
    let end = Date(timeIntervalSinceNow: 600)
    while process.isRunning, !text.contains(words), Date() < end { usleep(20_000) }
    return text.contains(words)
  }
}

/// What of clusters needs none.
@Suite struct ClusterOptionTests {
  /// Programs that replace Slurm's: one job runs until it is canceled, or is over as the file `state` says. While there is a file
  /// `silent` only `sbatch` answers, with the state `GONE` no job is listed, and while there is a file `refusing` nothing is canceled.
  private static let programs = [
    "sbatch": "cat > script; echo 7",
    "squeue": #"""
    [ ! -e silent ] || exit 1
    for word in "$@"; do case $word in --name=*) name=${word#--name=} ;; esac; done
    if [ -e canceled ]; then state=CANCELLED; else state=$(cat state 2>/dev/null || echo RUNNING); fi
    [ "$state" != GONE ] || exit 0
    for one in $(echo "$name" | tr , ' '); do
      echo "$one|7|0|$state|0|0|$(cat started 2>/dev/null || echo N/A)|node1|None|"
    done
    """#,
    "scancel": #"""
    if [ -e silent ] || [ -e refusing ]; then echo 'not now' >&2; exit 1; fi
    echo "$@" >> canceled
    """#,
    "scontrol": #"""
    [ ! -e silent ] || exit 1
    case $1 in ping) echo 'Slurmctld(primary) at localhost is UP' ;; *) echo 'MaxArraySize = 9' ;; esac
    """#,
  ]

  private static func program() throws -> Program {
    var program = try Program()
    for (name, script) in programs {
      chmod(try program.write("bin/\(name)", "#!/bin/sh\ncd '\(program.directory)'\n\(script)\n"), 0o755)
    }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    program.environment["PATH"] = "\(program.directory)/bin:\(path)"
    try program.write("tiny.yaml", Samples.tiny)
    return program
  }

  /// A job that was queued again loses its node before its worker begins: that is not the end of the attempt before.
  /// Slurm lists it at its end, or has forgotten it by then.
  @Test(arguments: [3600, -3600], [false, true])
  func theEndOfAJobIsThatOfItsOwnAttempt(startedLater: Int, isForgotten: Bool) throws {
    let program = try Self.program()
    defer { program.remove() }
    // An attempt of a submitted job that was killed, and of whose end nobody has recorded anything.
    try program.write("long.yaml", Samples.tiny.replacing("epochs: 2", with: "epochs: 100000"))
    let command = ["run", "long.yaml", "--only", "small", "--executor", "slurm"]
    let submitted = try program.run(command + ["--detach", "--checkpoint-seconds", "0.1"])
    #expect(submitted.code == 0, "\(submitted)")
    let run = try #require(
      FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/.vgglab/runs").first)
    let worker = program.start(["worker", ".vgglab/runs/\(run)"])
    worker.standardError = FileHandle.nullDevice
    worker.standardOutput = FileHandle.nullDevice
    try worker.run()
    let journal = "\(program.directory)/.vgglab/runs/\(run)/journal.jsonl"
    while worker.isRunning, !Canceling.text(journal).contains("{\"checkpoint\":") { usleep(20_000) }
    kill(worker.processIdentifier, SIGKILL)
    worker.waitUntilExit()
    try program.write("started", "\(Int(Date().timeIntervalSince1970) + startedLater)\n")
    let follower = program.start(command)
    let log = try program.write("log", "")
    follower.standardOutput = FileHandle.nullDevice
    follower.standardError = FileHandle(forWritingAtPath: log)
    try follower.run()
    while follower.isRunning, !Canceling.text(log).contains("Slurm job 7_0 runs on node1") { usleep(20_000) }
    try program.write("state", isForgotten ? "GONE\n" : "NODE_FAIL\n")
    follower.waitUntilExit()
    let words = isForgotten ? "Slurm does not list it any more" : "lost its node (NODE_FAIL)"
    #expect(follower.terminationStatus != 0 && Canceling.text(log).contains(words), "\(Canceling.text(log))")
    let list = try program("list", "--columns", "cause", "--json")
    #expect(list.output.contains(words) == (startedLater < 0), "\(list)")
  }

  /// What is complete needs no controller, no programs of Slurm, and no data.
  @Test func whatIsCompleteNeedsNothing() throws {
    var program = try Self.program()
    defer { program.remove() }
    let first = try program("run", "tiny.yaml", "--no-smoke", "--threads", "1")
    #expect(first.code == 0, "\(first)")
    // Of the real images, for those that are generated are nowhere.
    try program.write("real.yaml", Samples.tiny.replacing("name: synthetic", with: "name: fashion-mnist"))
    let real = try program("run", "real.yaml", "--only", "small", "--no-smoke", "--threads", "1")
    #expect(real.code == 0, "\(real)")
    let elsewhere = ["--data", "\(program.directory)/none"]
    let data = try program.run(["run", "real.yaml", "--only", "small"] + elsewhere)
    #expect(data.code == 0 && data.output.contains("already complete"), "\(data)")
    let needed = try program.run(["run", "real.yaml"] + elsewhere)
    #expect(needed.code == 66 && needed.errors.contains("/none"), "\(needed)")

    try program.write("silent", "")
    let again = ["run", "tiny.yaml", "--executor", "slurm"]
    let silent = try program.run(again)
    #expect(silent.code == 0 && silent.output.contains("already complete"), "\(silent)")
    try FileManager.default.createDirectory(atPath: "\(program.directory)/empty", withIntermediateDirectories: true)
    program.environment["PATH"] = "\(program.directory)/empty"
    let none = try program.run(again)
    #expect(none.code == 0 && none.output.contains("already complete"), "\(none)")
    // Asked for again, it does.
    let rerun = try program.run(again + ["--rerun"])
    #expect(rerun.code == 66 && rerun.errors.contains("there is no program sbatch"), "\(rerun)")
  }

  /// Who presses Ctrl-C twice wants the jobs to end, also where Slurm does not answer at that moment.
  @Test(arguments: ["silent", "refusing", ""]) func whatIsToBeCanceledIsCanceledOnceSlurmAnswers(state: String) throws {
    let program = try Self.program()
    defer { program.remove() }
    let trouble = "\(program.directory)/\(state.isEmpty ? "none" : state)"
    let command = try Canceling(
      program, ["run", "tiny.yaml", "--only", "small", "--executor", "slurm"], onceSaid: "Slurm job 7_0 runs on node1",
      trouble: trouble)
    let words = ["silent": "the controller of Slurm does not answer", "refusing": #"scancel failed ("not now")"#][state]
    if let words { #expect(command.wait(for: words) && !program.exists("canceled"), "\(command.text)") }
    try FileManager.default.removeItem(atPath: trouble)
    command.process.waitUntilExit()
    #expect(command.process.terminationStatus == 130, "\(command.text)")
    #expect(Canceling.text("\(program.directory)/canceled") == "7_0\n", "\(command.text)")
  }

  @Test func theScriptIsPrintedByOptionsFileAndOwnConfiguration() throws {
    var program = try Program()
    defer { program.remove() }
    program.environment = ["XDG_CONFIG_HOME": "\(program.directory)/config"]
    try program.write("config/vgglab/config.yaml", "cluster: {partition: own, account: club, options: [--nice=100]}\n")
    try program.write(
      "tiny.yaml", Samples.tiny + "cluster: {executor: slurm, partition: short, time: 90m, memory: 2GB}\n")
    let plan = try program("plan", "tiny.yaml", "--print-script", "--cpus-per-task", "3", "--jobs", "5", "--time", "60")
    #expect(plan.code == 0, "\(plan)")
    for line in [
      "#!/bin/bash", "#SBATCH --array=0-1%5", "#SBATCH --partition=short", "#SBATCH --account=club",
      "#SBATCH --time=60",
      "#SBATCH --cpus-per-task=3", "#SBATCH --mem=1908M", "#SBATCH --requeue", "#SBATCH --signal=B:TERM@120",
      "#SBATCH --nice=100", "  'new run of small'", "store='\(program.directory)/.vgglab'",
    ] {
      #expect(plan.output.split(separator: "\n").map(String.init).contains(line), "\(line): \(plan.output)")
    }
    #expect(!program.exists(".vgglab"))
    // The shell reads it.
    let script = try program.write("script.sh", plan.output)
    let bash = Process()
    bash.executableURL = URL(fileURLWithPath: "/bin/bash")
    bash.arguments = ["-n", script]
    try bash.run()
    bash.waitUntilExit()
    #expect(bash.terminationStatus == 0)
    // The option has the last word.
    let local = try program("plan", "tiny.yaml", "--print-script", "--executor", "local")
    #expect(local.code == 64 && local.output.isEmpty && local.errors.contains("use --executor slurm"), "\(local)")
  }

  @Test(arguments: [
    (["--partition", "a b"], Int32(64), "--partition is 'a b'"), (["--time", "soon"], 64, "--time is 'soon'"),
    (["--cpus-per-task", "0"], 64, "--cpus-per-task is 0"), (["--sbatch=--array=0-9"], 64, "--sbatch is '--array=0-9'"),
    (["--detach", "--executor", "local"], 64, "--detach requires --executor slurm"),
    (["--executor", "slurm", "--time-limit", "5m"], 64, "use --time"),
  ])
  func wrongOptionsAreSentences(_ options: [String], _ code: Int32, _ words: String) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let outcome = try program.run(["plan", "tiny.yaml"] + options)
    #expect(outcome.code == code && outcome.errors.contains(words), "\(outcome)")
  }

  @Test func theDocumentationHasTheTables() throws {
    let program = try Program()
    defer { program.remove() }
    let page = try String(contentsOfFile: "\(Program.root)/docs/cluster.md", encoding: .utf8)
    let tables = try program("keys", "--cluster").output.components(separatedBy: "\n\n")
    #expect(tables.count == 3)
    for table in tables {
      #expect(page.contains(table.trimmingCharacters(in: .newlines)), "write it anew: vgglab keys --cluster")
    }
  }

  @Test func aWrongBlockIsReportedAtItsPlace() throws {
    var program = try Program()
    defer { program.remove() }
    program.environment = ["XDG_CONFIG_HOME": "\(program.directory)/config"]
    try program.write(
      "bad.yaml",
      Samples.tiny
        + "cluster: {partition: \"a\\n#SBATCH\", time: soon, cpus_per_task: 0, partitoin: x, options: [--nice=1]}\n")
    let outcome = try program("plan", "bad.yaml")
    #expect(outcome.code == 65, "\(outcome)")
    for words in [
      "cluster.partition", "cluster.time", "cluster.cpus_per_task", "did you mean \"partition\"?", "\"options\"",
    ] {
      #expect(outcome.errors.contains(words), "\(words): \(outcome.errors)")
    }
    try program.write("config/vgglab/config.yaml", "cluster: {executor: pbs}\n")
    try program.write("tiny.yaml", Samples.tiny)
    let own = try program("plan", "tiny.yaml")
    #expect(own.code == 65 && own.errors.contains("config.yaml:1:"), "\(own)")
  }

  /// On a file system whose locks are one machine's own, only the record in the lock's file names another machine.
  @Test func aLockThatAnotherMachineHoldsIsNotTakenForFree() throws {
    var (program, run) = try HostileStoreTests.interrupted()
    defer { program.remove() }
    let folder = ".vgglab/runs/\(run)"
    func state() throws -> String { try program("list", "--columns", "state").output }
    try program.write("\(folder)/lock", "4711\nnode7\n00000000-0000-0000-0000-000000000000\n12_3\n")
    // Where the kernel's locks reach all machines they are the truth.
    #expect(try state().contains("lost"))
    program.environment["VGGLAB_SHARED_LOCKS"] = "no"
    #expect(try state().contains("running"))
    let worker = try program("worker", folder)
    #expect(worker.code == 74 && worker.errors.contains("another process already works on run"), "\(worker)")
    // Two processes of one job never run at a time: the earlier one is over.
    program.environment["SLURM_ARRAY_JOB_ID"] = "12"
    program.environment["SLURM_ARRAY_TASK_ID"] = "3"
    let again = try program("worker", folder)
    #expect(again.code == 0, "\(again)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/\(folder)/lock")).isEmpty)
    #expect(try state().contains("completed"))
  }
}
