import Foundation
import Testing

/// What is reported is so: damage stays visible, archives have nothing of others, nothing that was mistyped decides a claim.
@Suite struct TruthTests {
  private func trained() throws -> (program: Program, run: String) {
    let program = try Program()
    try program.write("tiny.yaml", Samples.tiny)
    let trained = try program("run", "tiny.yaml", "--profile", "quick", "--only", "small", "--threads", "1")
    try #require(trained.code == 0, "\(trained)")
    return (program, try RunTests.rows(program, "SELECT run FROM run_summary")[0]["run"] as? String ?? "")
  }

  @Test func aDamagedJournalIsReportedEachTime() throws {
    let (program, run) = try trained()
    defer { program.remove() }
    let path = ".vgglab/runs/\(run)/journal.jsonl"
    let text = try String(contentsOfFile: "\(program.directory)/\(path)", encoding: .utf8)
    let damaged = text.replacing("\"test_loss\"", with: "\"test_lOss\"", maxReplacements: 1)
    try #require(damaged != text)
    try program.write(path, damaged)
    for arguments in [["--rebuild"], [], []] {
      let doctor = try program.run(["doctor"] + arguments)
      #expect(doctor.code == 1 && doctor.output.contains("does not match its checksum"), "\(doctor)")
    }
    try program.write("n.md", "# N\n\n```{query n}\nSELECT count(*) AS n FROM run\n```\n\n{{n.n}}\n")
    let archive = try program("archive", "create", "x", "--runs", run, "--notebook", "n.md")
    #expect(archive.code == 65 && archive.errors.contains("its journal is damaged"), "\(archive)")
  }

  /// Also where something else has the copy's name: a link is not followed, an earlier copy stays.
  @Test(arguments: [false, true]) func aRunWithoutItsJournalIsGoneAndTheIndexIsKept(isTaken: Bool) throws {
    let (program, run) = try trained()
    defer { program.remove() }
    let name = ".vgglab/lab.sqlite.before-rebuild"
    if isTaken {
      try program.write("victim", "mine")
      try FileManager.default.createSymbolicLink(
        atPath: "\(program.directory)/\(name)", withDestinationPath: "\(program.directory)/victim")
    }
    try FileManager.default.removeItem(atPath: "\(program.directory)/.vgglab/runs/\(run)/journal.jsonl")
    let rebuilt = try program("doctor", "--rebuild")
    #expect(rebuilt.code == 1 && rebuilt.output.contains("kept in .vgglab/lab.sqlite.before-rebuild"), "\(rebuilt)")
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/.vgglab")
    #expect(files.count { $0.hasPrefix("lab.sqlite.before-rebuild") } == (isTaken ? 2 : 1))
    #expect(!isTaken || FileManager.default.contents(atPath: "\(program.directory)/victim") == Data("mine".utf8))
    #expect(try program("list").output.contains("completed") == false)
  }

  @Test(arguments: ["README.md", "ro-crate-metadata.json", "extra.html", "reports/n/more.html", "archive.json"])
  func anArchiveWithForgedMembersIsRefused(_ name: String) throws {
    let (program, run) = try trained()
    defer { program.remove() }
    try program.write("n.md", "# N\n\n```{query n}\nSELECT count(*) AS n FROM run\n```\n\n{{n.n}}\n")
    let made = try program("archive", "create", "x", "--runs", run, "--notebook", "n.md", "--archives", "archives")
    try #require(made.code == 0, "\(made)")
    #expect(try program("archive", "verify", "x", "--archives", "archives").code == 0)
    let file = "\(program.directory)/archives/x/\(name)"
    let old = (try? String(contentsOfFile: file, encoding: .utf8)) ?? "<h1>nothing</h1>"
    let new = name == "archive.json" ? old.replacing(#""created_at": "2"#, with: #""created_at": "1"#) : old + "99 %\n"
    try program.write("archives/x/\(name)", new)
    try program.write(
      "sums.py",
      """
      import hashlib, pathlib
      root = pathlib.Path("archives/x")
      files = sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
      (root / "SHA256SUMS").write_text("".join(
          hashlib.sha256((root / f).read_bytes()).hexdigest() + "  " + f + "\\n" for f in files))

      """)
    let sums = Process()
    sums.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    sums.arguments = ["python3", "sums.py"]
    sums.currentDirectoryURL = URL(fileURLWithPath: program.directory)
    try sums.run()
    sums.waitUntilExit()
    let verified = try program("archive", "verify", "x", "--archives", "archives")
    #expect(verified.code == 2, "\(verified)")
  }

  static let refused: [(text: String, line: Int, message: String)] = [
    ("```{claim c}\n--| says: x\n\n--| test: mean\nSELECT 1.0 AS holds\n```\n", 4, "would be a comment of the query"),
    ("```{claim c}\n--| says: x\n --| test: mean\nSELECT 1.0 AS holds\n```\n", 3, "would be a comment of the query"),
    ("```{claim c}\n--| says: x\n--| says: y\nSELECT 1 AS holds\n```\n", 3, "is given in line 2 already"),
    ("```{claim c}\n--| says: x\nSELECT ?1 IS NULL AS holds\n```\n", 1, "a parameter without a name has no value"),
    ("```{claim c}\n--| says: x\nSELECT 1 AS holds, 0 AS holds\n```\n", 1, "gives two columns \"holds\""),
    (
      "```{claim c}\n--| says: x\nSELECT min(tset_accuracy) > 0 AS holds FROM trial_summary\n```\n", 1,
      "did you mean test_accuracy?"
    ),
    ("```{query q}\nSELECT datetime(created_at, 'localtime') AS v FROM run\n```\n\n{{q.v}}\n", 1, "time zone"),
    ("```{query q}\nSELECT sqlite_version() AS v\n```\n\n{{q.v}}\n", 1, "gives another value"),
    ("```{table t}\n--| columns: =\nSELECT 1 AS a\n```\n", 2, "name=heading"),
    ("x <!-- old -- {{q.nope}} -->\n", 1, "a comment is not one to HTML"),
    (
      "```{query v}\n--| view: true\nSELECT * FROM trial_sumary\n```\n\n```{query q}\nSELECT count(*) AS n FROM v\n```\n\n{{q.n}}\n",
      1,
      "did you mean trial_summary?"
    ),
    (
      "```{query v}\nSELECT 1 AS a\n\n```{query q}\nSELECT 2 AS a\n```\n", 1,
      "has no end before the cell {query q} in line 4"
    ),
    ("---\nparameters: {floor: 1_000_000}\n---\n", 2, "the parameter floor is"),
    ("---\nparameters: {floor: yes}\n---\n", 2, "write true or false"),
    ("---\nparameters: {floor: 010}\n---\n", 2, "a leading zero is ambiguous"),
  ]

  @Test(arguments: refused.indices) func whatWasMistypedDecidesNothing(_ index: Int) throws {
    let (text, line, message) = Self.refused[index]
    let (program, _) = try trained()
    defer { program.remove() }
    try program.write("n.md", text)
    let report = try program("report", "n.md", "--out", "out")
    #expect(
      report.code == 65 && report.errors.contains("n.md:\(line):") && report.errors.contains(message), "\(report)")
    #expect(!program.exists("out/index.html"))
  }

  @Test func aPageListsTheQueriesOfItsSentencesAndViews() throws {
    let (program, _) = try trained()
    defer { program.remove() }
    try program.write(
      "n.md",
      "# N\n\n```{query v}\n--| view: true\nSELECT 41 + 1 AS n\n```\n\n```{query q}\nSELECT n FROM v\n```\n\n{{q.n}} and 97 by hand.\n"
    )
    #expect(try program("report", "n.md", "--out", "out").code == 0)
    for name in ["index.html", "README.md"] {
      let page = try String(contentsOfFile: "\(program.directory)/out/\(name)", encoding: .utf8)
      #expect(page.contains("SELECT 41 + 1 AS n") && page.contains("SELECT n FROM v"))
    }
    #expect(try program("verify", "out").code == 0)
    let strict = try program("verify", "out", "--strict")
    #expect(strict.code == 2 && strict.errors.contains("1 number is bound to no query"), "\(strict)")
  }

  @Test func filesOfTheOtherKindAreRefused() throws {
    let (program, run) = try trained()
    defer { program.remove() }
    try program.write("n.md", "# N\n")
    let report = try program("report", "tiny.yaml")
    #expect(report.code == 64 && report.errors.contains("is an experiment file"), "\(report)")
    let trained = try program("run", "n.md")
    #expect(trained.code == 64 && trained.errors.contains("is a notebook"), "\(trained)")
    #expect(try program("show", String(run.prefix(3))).code == 0)
    let misspelt = try program("show", "smal")
    #expect(misspelt.code == 66 && misspelt.errors.contains("did you mean 'small'?"), "\(misspelt)")
  }

  @Test func foldersOfEventFilesMayHaveAnyName() throws {
    let (program, _) = try trained()
    defer { program.remove() }
    #expect(try program("export", "--all", "--format", "tfevents", "-o", "tb").code == 0)
    let folder = try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/tb")[0]
    try FileManager.default.moveItem(
      atPath: "\(program.directory)/tb/\(folder)", toPath: "\(program.directory)/tb/lr=0.1,seed=2")
    let found = try program("import", "tfevents", "tb", "-o", "tb.cells.md")
    #expect(found.code == 0, "\(found)")
    #expect(try String(contentsOfFile: "\(program.directory)/tb.cells.md", encoding: .utf8).contains("lr=0.1,seed=2"))
  }

  /// What a step costs while other programs have all cores says little of the step.
  @Test func aMeasurementOfCostSaysWhatElseTheMachineDid() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      "cost.yaml",
      """
      schema: 1
      experiment: cost
      dataset: {name: synthetic, resize: 64, train: 64, test: 16}
      network: {arch: vgg11, ratio: 4}
      training: {epochs: 1, batch_size: 32}
      trials:
        - {name: busy, measure: {cost: {steps: 10, warmup: 1}}}
        - {name: short, dataset: {train: 32}, measure: {cost: {}}}
      """)
    let others = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "while :; do :; done"]
      try process.run()
      return process
    }
    defer {
      for process in others {
        // A shell ignores the signals that the tests' own process ignores.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
    }
    let run = try program("run", "cost.yaml")
    try #require(run.code == 0, "\(run)")
    let rows = try RunTests.rows(
      program, "SELECT timed_epochs, disturbed_epochs FROM run_summary WHERE trial = 'busy'")
    #expect(
      rows.count == 1 && rows[0]["timed_epochs"] as? Int == 1 && rows[0]["disturbed_epochs"] as? Int == 1, "\(rows)")
    // Both take more steps than an epoch has.
    let steps = try RunTests.rows(
      program, "SELECT count(*) AS n FROM metric WHERE name = 'step_seconds' GROUP BY run ORDER BY n")
    #expect(steps.compactMap { $0["n"] as? Int } == [3, 10])
    #expect(try program("doctor").output.contains("skipped") == false)
    let show = try program("show", "busy")
    #expect(show.output.contains("other work on the machine disturbed all 1 measurement\n"), "\(show)")
    #expect(show.output.contains("images/s, disturbed ("), "\(show)")
  }
}
