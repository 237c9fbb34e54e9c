import Foundation
import Testing

/// Comparing runs and keeping house among them, through the built program.
@Suite struct KeepTests {
  /// Two described networks: runs without a training.
  private static func store() throws -> (program: Program, runs: [String]) {
    let program = try Program()
    try program.write("tiny.yaml", Samples.tiny)
    let outcome = try program("run", "tiny.yaml", "--set", "training.epochs=0")
    #expect(outcome.code == 0, "\(outcome)")
    let rows = try RunTests.rows(program, "SELECT id FROM run ORDER BY trial")
    return (program, rows.compactMap { $0["id"] as? String })
  }

  @Test func filtersOrderAndLimit() throws {
    let (program, runs) = try Self.store()
    defer { program.remove() }
    func listed(_ arguments: String...) throws -> [String] {
      let outcome = try program.run(["list", "--json"] + arguments)
      #expect(outcome.code == 0, "\(outcome)")
      let facts = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
      return try #require(facts).compactMap { $0["run"] as? String }
    }
    #expect(try listed("--filter", "state=completed", "--filter", "ratio=64") == [runs[1]])
    #expect(try listed("--sort", "-ratio") == [runs[1], runs[0]])
    #expect(try listed("--sort", "trial", "--limit", "1") == [runs[0]])
    #expect(try listed("--experiment", "tiny", "--filter", "trial~small", "--state", "completed").count == 2)
    for (arguments, sentence) in [
      (
        ["--filter", "stat=completed"],
        "vgglab: 'stat=completed': there is no field 'stat'; did you mean 'state'?; fields are "
      ),
      (["--filter", "ratio=x"], "vgglab: 'ratio=x': ratio is a number, and 'x' is none\n"),
      (["--sort", "tag"], "vgglab: 'tag': runs cannot be put in order by tag\n"), (["--limit", "0"], "--limit is 0"),
    ] {
      let outcome = try program.run(["list"] + arguments)
      #expect(outcome.code == 64 && outcome.output == "" && outcome.errors.contains(sentence), "\(outcome)")
    }
  }

  @Test func tagsNotesAndRemovals() throws {
    let (program, runs) = try Self.store()
    defer { program.remove() }
    func expect(_ output: String, _ arguments: String..., code: Int32 = 0) throws {
      let outcome = try program.run(arguments)
      #expect(outcome.code == code && outcome.output == output && (code != 0 || outcome.errors == ""), "\(outcome)")
    }
    try expect("\(runs[0]): good paper\n", "tag", "small", "paper", "good")
    try expect("\(runs[0]): good\n", "tag", runs[0], "paper", "--remove")
    try expect("", "tag", "small", "a b", code: 64)
    try expect("\(runs[0]): noted\n", "note", "small", "the first\u{1B}]0;x\u{7}\n<script>")
    let show = try program("show", "small")
    #expect(show.output.contains("tags              good\n") && !show.output.contains("\u{1B}"))
    #expect(show.output.contains("the first\\u{1b}]0;x\\u{7}\n    <script>"))
    #expect(try program("list").output.contains("  good\n"))
    try expect("\(runs[0]): removed\n", "rm", "small")
    try expect("\(runs[0]): was removed before\n", "rm", runs[0])
    #expect(try !program("list").output.contains(runs[0]))
    #expect(try program("list", "--removed").output.contains("completed, removed"))
    try expect("", "show", "small", code: 66)
    // What is removed is missing: `plan` would do it again.
    #expect(try program("plan", "tiny.yaml", "--set", "training.epochs=0").output.contains("new"))
    let before = try program("query", "SELECT * FROM run_summary ORDER BY run").output
    let tables = try ["tag", "note", "removal"].map { try program("query", "SELECT * FROM \($0)").output }
    #expect(try program("doctor", "--rebuild").code == 0)
    #expect(try program("query", "SELECT * FROM run_summary ORDER BY run").output == before)
    #expect(try ["tag", "note", "removal"].map { try program("query", "SELECT * FROM \($0)").output } == tables)
    try expect("\(runs[0]): restored\n", "restore", runs[0])
    try expect("\(runs[0]): was not removed\n", "restore", runs[0])
    try expect("deleted 0 removed runs and 0 stale files, 0 B\n", "gc")
    try expect("\(runs[0]): removed\n", "rm", runs[0])
    let dry = try program("gc", "--dry-run")
    #expect(dry.output.hasPrefix("runs/\(runs[0])  ") && dry.output.contains("would delete 1 removed run and 0 stale"))
    #expect(program.exists(".vgglab/runs/\(runs[0])/journal.jsonl"))
    #expect(try program("gc").output.contains("\ndeleted 1 removed run "))
    #expect(!program.exists(".vgglab/runs/\(runs[0])"))
    try expect("", "restore", runs[0], code: 66)
    for arguments in [["rm", "../../etc"], ["tag", "../..", "x"], ["note", "<script>", "x"]] {
      #expect(try program.run(arguments).code == 66)
    }
  }

  @Test func namesNeverCommandTheTerminal() throws {
    let (program, _) = try Self.store()
    defer { program.remove() }
    let outcome = try program("show", "\u{1B}[31mred")
    #expect(outcome.code == 66 && !outcome.errors.contains("\u{1B}") && outcome.errors.contains("\\u{1b}[31mred"))
  }

  @Test func comparisonsAreDrawnAndSavedAndPin() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml").code == 0)
    let outcome = try program(
      "compare", "small", "smaller", "--plot", "curves.png", "--save", "pair", "--question", "Why?")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.output.hasPrefix("Why?\n\n") && outcome.output.contains("A trial with a single run"))
    #expect(outcome.output.contains("network.ratio  32  64"))
    let png = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/curves.png"))
    #expect(png.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]) && png.count > 5000)
    let loaded = try program("compare", "--load", "pair")
    #expect(loaded.code == 0 && loaded.output == outcome.output)
    let facts = try #require(
      JSONSerialization.jsonObject(with: Data(program("compare", "small", "smaller", "--json").output.utf8))
        as? [String: Any])
    #expect((facts["groups"] as? [[String: Any]])?.allSatisfy { $0["is_single"] as? Bool == true } == true)
    let pinned = try program("rm", "small")
    #expect(
      pinned.code == 64 && pinned.errors.contains("saved comparison 'pair'; `vgglab compare --delete pair`"),
      "\(pinned)")
    #expect(try program("compare", "small", "smaller", "--save", "../x").code == 64)
    #expect(try program("compare", "small", "smaller", "--save", "pair").code == 64)
    #expect(try program("compare", "--load", "none").code == 66)
    // Who has saved it finds it again, and can let its runs go.
    let saved = try program("compare", "--saved")
    #expect(saved.code == 0 && saved.output.contains("pair") && saved.output.contains("Why?"), "\(saved)")
    let list = try JSONSerialization.jsonObject(with: Data(program("compare", "--saved", "--json").output.utf8))
    #expect((list as? [[String: Any]])?.map { $0["name"] as? String } == ["pair"])
    #expect(try program("compare", "--delete", "none").code == 66)
    #expect(try program("compare", "--delete", "../pins/x").code == 64)
    #expect(try program("compare", "--delete", "pair", "small").code == 64)
    #expect(try program("compare", "--delete", "pair").output == "deleted comparison 'pair'; its runs stay\n")
    #expect(try program("compare", "--saved").output == "no saved comparisons\n")
    #expect(try program("compare", "--load", "pair").code == 66)
    #expect(try program("compare", "small").code == 64)
    #expect(try program("compare").code == 64)
    #expect(try program("rm", "small").code == 0)
  }

  @Test func followingEndsWithTheRun() throws {
    let (program, runs) = try Self.store()
    defer { program.remove() }
    let log = try program("log", runs[0], "-f")
    #expect(log.code == 0 && log.errors == "", "\(log)")
    let watch = try program("watch")
    #expect(watch.code == 64 && watch.output == "" && watch.errors.contains("draws on a terminal"), "\(watch)")
  }

  @Test(arguments: ["q", "SIGTERM", "SIGINT", "hangup"])
  func theTerminalIsGivenBack(how: String) throws {
    let (program, runs) = try Self.store()
    defer { program.remove() }
    // A pseudo-terminal of Python's: what the program writes to it, and the terminal's mode before and after.
    let script = """
      import os, pty, select, signal, sys, termios, time
      pid, fd = pty.fork()
      if pid == 0:
          os.environ["TERM"] = "xterm"
          os.execv(sys.argv[1], [sys.argv[1], "watch"])
      before, text, sent = termios.tcgetattr(fd)[3], b"", False
      end = time.monotonic() + 60
      while True:
          if time.monotonic() > end: os.kill(pid, 9)
          if select.select([fd], [], [], 1)[0] == []: continue
          try: piece = os.read(fd, 65536)
          except OSError: break
          if piece == b"": break
          text += piece
          if not sent and text.endswith(b"\\x1b[J"):
              sent = True
              changed = termios.tcgetattr(fd)[3] != before
              if sys.argv[2] == "q": os.write(fd, b"q")
              elif sys.argv[2] == "hangup": os.kill(pid, signal.SIGHUP)
              else: os.kill(pid, getattr(signal, sys.argv[2]))
      status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
      print(status, changed, termios.tcgetattr(fd)[3] == before, text.startswith(b"\\x1b[?1049h"), text.endswith(b"\\x1b[?25h\\x1b[?1049l"),
        sys.argv[3].encode() in text)
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, Program.path, how, runs[0]]
    process.currentDirectoryURL = URL(fileURLWithPath: program.directory)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let status = ["q": 0, "SIGTERM": -SIGTERM, "SIGINT": -SIGINT, "hangup": -SIGHUP][how] ?? 1
    #expect(text == "\(status) True True True True True\n")
  }

  @Test func aSmallStoreIsMadeAndMeasured() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program("bench", "store", "--runs", "80", "--rows", "8000", "--keep", "bench")
    #expect(outcome.code == 0, "\(outcome)")
    let facts = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(facts["runs"] as? Int == 81 && facts["metric_rows"] as? Int == 80 * 100 + 9540, "\(facts)")
    #expect(try program("bench", "store", "--runs", "80", "--rows", "8000", "--keep", "bench").code == 64)
  }
}
