import Foundation
import Testing

/// Commands that look at a store.
@Suite struct LookTests {
  static func finished(_ arguments: String...) throws -> Program {
    let program = try Program()
    try program.write("tiny.yaml", Samples.tiny)
    let outcome = try program.run(["run", "tiny.yaml", "--only", "small"] + arguments)
    #expect(outcome.code == 0, "\(outcome)")
    return program
  }

  @Test func listShowAndExport() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let list = try program("list")
    #expect(list.code == 0 && list.output.contains("small") && list.output.contains("completed"))
    #expect(try program("list", "--state", "failed").output == "no runs\n")
    #expect(try program("list", "--experiment", "tiny", "--state", "failed").output == "no runs\n")
    let show = try program("show", "small")
    for word in ["training.seed: 3", "peak memory", "OpenBLAS", "binary", "last.safetensors", "test_accuracy"] {
      #expect(show.output.contains(word), "\(word)")
    }
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(program("show", "small", "--json").output.utf8)) as? [String: Any])
    let run = try #require(json["run"] as? String)
    let csv = try program("export", run, "--format", "csv")
    let lines = csv.output.split(separator: "\n")
    #expect(lines[0] == "run,attempt,metric,step,epoch,value")
    #expect(lines.count == 1 + 4 * 8 + 4 * 2)
    #expect(lines.contains { $0.hasPrefix("\(run),1,step_loss,1,0.25,2.") })
    let jsonl = try program("export", String(run.prefix(12)), "--format", "jsonl", "-o", "out.jsonl")
    #expect(jsonl.code == 0 && jsonl.output == "")
    let file = try String(contentsOfFile: "\(program.directory)/out.jsonl", encoding: .utf8)
    #expect(file.split(separator: "\n").count == lines.count - 1)
  }

  @Test func weightsComeOutInPyTorchsOrder() throws {
    let program = try Self.finished()
    defer { program.remove() }
    for moment in ["initial", "last"] {
      let outcome = try program(
        "export", "small", "--format", "safetensors", "--at", moment, "-o", "\(moment).safetensors")
      #expect(outcome.code == 0, "\(outcome)")
    }
    func header(_ name: String) throws -> (keys: [String: [String: Any]], body: Data) {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/\(name).safetensors"))
      let length = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
      let keys = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: [String: Any]]
      return (try #require(keys), data[(8 + length)...])
    }
    let (initial, last) = (try header("initial"), try header("last"))
    #expect(initial.keys.count == 22)
    #expect(initial.keys["0.0.weight"]?["shape"] as? [Int] == [2, 1, 3, 3])
    #expect(initial.keys["6.weight"]?["shape"] as? [Int] == [4096, 16])
    #expect(initial.keys["12.bias"]?["shape"] as? [Int] == [10])
    #expect(initial.body.count == last.body.count && initial.body != last.body)
    let usage = try program("export", "small", "--format", "safetensors")
    #expect(usage.code == 64)
    #expect(try program("export", "small", "--format", "csv", "--at", "last").code == 64)
    // A file that was changed is not handed out.
    let runs = "\(program.directory)/.vgglab/runs"
    let run = try #require(try FileManager.default.contentsOfDirectory(atPath: runs).first)
    let handle = try #require(FileHandle(forWritingAtPath: "\(runs)/\(run)/last.safetensors"))
    try handle.seek(toOffset: 4000)
    try handle.write(contentsOf: Data([1, 2, 3]))
    try handle.close()
    #expect(try program("export", "small", "--format", "safetensors", "-o", "x.safetensors").code == 65)
    #expect(!program.exists("x.safetensors"))
  }

  @Test func aStoreThatIsNotThereIsMissing() throws {
    let program = try Program()
    defer { program.remove() }
    for arguments in [
      ["list"], ["show", "a"], ["query", "SELECT 1"], ["export", "a", "--format", "csv"], ["log", "a"],
    ] {
      let outcome = try program.run(arguments)
      #expect(outcome.code == 66 && outcome.errors.contains("there is no store"), "\(outcome)")
    }
    #expect(!program.exists(".vgglab"))
  }

  @Test func wrongQuestionsHaveTheirCodes() throws {
    let program = try Self.finished()
    defer { program.remove() }
    for (arguments, code) in [
      (["show", "none"], 66), (["show", "../../etc"], 66), (["query", "SELEC"], 65),
      (["query", "DELETE FROM run"], 65),
      (["query", "SELECT * FROM none"], 65), (["query"], 64), (["list", "--state", "odd"], 64), (["nonsense"], 64),
      (["export", "small", "--format", "png"], 64),
      (["export", "small", "--format", "csv", "-o", "no/such/folder"], 74),
    ] as [([String], Int32)] {
      let outcome = try program.run(arguments)
      #expect(outcome.code == code, "\(arguments): \(outcome)")
      #expect(outcome.output == "" && !outcome.errors.isEmpty)
    }
    #expect(try RunTests.rows(program, "SELECT count(*) AS n FROM run")[0]["n"] as? Int == 1)
  }

  @Test func doctorLooksAndRebuilds() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let before = try program("query", "SELECT * FROM run_summary").output
    let sound = try program("doctor")
    #expect(sound.code == 0 && sound.output.contains("sound"), "\(sound)")
    for name in ["lab.sqlite", "lab.sqlite-wal", "lab.sqlite-shm"] {
      try? FileManager.default.removeItem(atPath: "\(program.directory)/.vgglab/\(name)")
    }
    #expect(try program("doctor", "--rebuild").code == 0)
    #expect(try program("query", "SELECT * FROM run_summary").output == before)
    #expect(try program("doctor", "--data", "nowhere").code == 66)
  }

  @Test func aNewerStoreIsRefused() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA user_version = 99'); c.commit()",
      "\(program.directory)/.vgglab/lab.sqlite",
    ]
    try process.run()
    process.waitUntilExit()
    for arguments in [["list"], ["run", "tiny.yaml"], ["plan", "tiny.yaml"]] {
      let outcome = try program.run(arguments)
      #expect(outcome.code == 65 && outcome.errors.contains("newer vgglab"), "\(outcome)")
    }
  }

  @Test func aStoreThatCannotBeWrittenIsRefusedBeforeAnythingRuns() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    try program.write("file", "in the way")
    let outcome = try program("run", "tiny.yaml", "--store", "file")
    #expect(outcome.code == 74, "\(outcome)")
    let nested = try program("run", "tiny.yaml", "--store", "/proc/vgglab")
    #expect(nested.code == 74, "\(nested)")
  }

  @Test func benchPrintsItsFacts() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program(
      "bench", "step", "--arch", "vgg11", "--ratio", "32", "--resize", "32", "--batch", "4", "--steps", "2")
    #expect(outcome.code == 0, "\(outcome)")
    let facts = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    for key in [
      "images_per_second", "images_per_second_best", "seconds_median", "peak_rss_bytes", "threads", "blas",
    ] { #expect(facts[key] != nil, "\(key)") }
    for wrong in [["--arch", "vgg12"], ["--batch", "0"], ["--steps", "0"], ["--threads", "0"], ["--resize", "8"]] {
      #expect(try program.run(["bench", "step"] + wrong).code == 64)
    }
  }
}
