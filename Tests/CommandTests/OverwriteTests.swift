import Foundation
import TestImages
import Testing

/// Output is never written over what the same command reads, nor over a store's own files.
@Suite struct OverwriteTests {
  private static func bytes(_ program: Program, _ name: String) -> Data? {
    FileManager.default.contents(atPath: "\(program.directory)/\(name)")
  }

  @Test func theFilesOfAStoreStay() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--only", "small", "--profile", "quick", "--threads", "1").code == 0)
    let run = try #require(
      try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/.vgglab/runs").first)
    try FileManager.default.createSymbolicLink(
      atPath: "\(program.directory)/link.csv", withDestinationPath: ".vgglab/runs/\(run)/journal.jsonl")
    let journal = try #require(Self.bytes(program, ".vgglab/runs/\(run)/journal.jsonl"))
    let cases = [
      ("jsonl", ".vgglab/runs/\(run)/journal.jsonl"), ("csv", ".vgglab/runs/\(run)/new.csv"), ("csv", "link.csv"),
      ("sqlite", ".vgglab/lab.sqlite"), ("csv", "../\(lastPart(program.directory))/.vgglab/lab.sqlite-wal"),
      ("safetensors", ".vgglab/runs/weights"),
    ]
    for (format, file) in cases {
      let outcome = try program("export", "small", "--format", format, "-o", file)
      #expect(outcome.code == 74 && outcome.errors.contains("is a part of the store"), "\(file): \(outcome)")
    }
    #expect(Self.bytes(program, ".vgglab/runs/\(run)/journal.jsonl") == journal)
    let list = try program("list")
    #expect(list.code == 0 && list.output.contains("completed") && list.errors.isEmpty, "\(list)")
    // What only looks like it is written.
    for file in ["lab.csv", "runs.csv", ".vgglab/metrics.csv"] {
      #expect(try program("export", "small", "--format", "csv", "-o", file).code == 0)
    }
  }

  /// Where there is no room for a new report the old one stays as it was, and of the first one nothing is left.
  @Test func aReportThatDoesNotFitLeavesWhatWasThere() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--only", "small", "--profile", "quick", "--threads", "1").code == 0)
    let text = "# A page\n\n```{table t}\nSELECT trial FROM run_summary\n```\n"
    try program.write("n.md", text)
    #expect(try program("report", "n.md", "--out", "page").code == 0)
    let files = try FileManager.default.subpathsOfDirectory(atPath: "\(program.directory)/page").sorted()
    let page = try #require(Self.bytes(program, "page/index.html"))
    // An image in it makes the page larger than the store's index is.
    try PNGFile.flat(800, 800, [1, 2, 3]).write(to: URL(fileURLWithPath: "\(program.directory)/large.png"))
    try program.write("n.md", text + "\n![A color](large.png)\n")
    for folder in ["page", "new"] {
      let shell = try StartStopTests.Shell(program, "ulimit -f 1500; \"$P\" report n.md --out \(folder)")
      #expect(shell.end() == 74 && shell.text.contains("cannot be written (File too large)"), "\(shell.text)")
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(program.directory)/page").sorted() == files)
    #expect(Self.bytes(program, "page/index.html") == page)
    #expect(try program("verify", "page").code == 0)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(program.directory)/new").isEmpty)
    // What a killed command left of it goes with the next one, and other files stay.
    let left = ["page/data/t.csv.0123456789abcdef.tmp", "page/index.html.fedcba9876543210.tmp"]
    for name in left { try program.write(name, "x") }
    try program.write("n.md", text)
    #expect(try program("report", "n.md", "--out", "page").code == 0)
    for name in left { #expect(!program.exists(name)) }
    #expect(try program("verify", "page").code == 0)
    #expect(try program("report", "n.md", "--out", "new").code == 0)
  }

  @Test func aCommandDoesNotReplaceItsInput() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("c.csv", "metric,step,value\nloss,1,2\n")
    try FileManager.default.linkItem(atPath: "\(program.directory)/c.csv", toPath: "\(program.directory)/d.csv")
    for file in ["c.csv", "./c.csv", "d.csv"] {
      let outcome = try program("import", "csv", "c.csv", "--name", "c", "-o", file)
      #expect(outcome.code == 74 && outcome.errors.contains("is an input of this command"), "\(outcome)")
    }
    #expect(Self.bytes(program, "c.csv") == Data("metric,step,value\nloss,1,2\n".utf8))

    try OwnImages.writeFolder("\(program.directory)/data", train: 2, test: 1)
    let image = try #require(Self.bytes(program, "data/test/bar/2.png"))
    for file in ["data/test/bar/2.png", "data/new.png"] {
      let outcome = try program("doctor", "--data", "data", "-o", file)
      #expect(outcome.code == 74 && outcome.errors.contains("input of this command"), "\(file): \(outcome)")
    }
    #expect(Self.bytes(program, "data/test/bar/2.png") == image && !program.exists("data/new.png"))
  }

  @Test(arguments: ["folder", "file/x.csv"]) func whatIsNoFileCannotBeWritten(_ path: String) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("c.csv", "metric,step,value\nloss,1,2\n")
    try program.write("file", "text")
    try FileManager.default.createDirectory(atPath: "\(program.directory)/folder", withIntermediateDirectories: true)
    let outcome = try program("import", "csv", "c.csv", "--name", "c", "-o", path)
    #expect(outcome.code == 74, "\(outcome)")
  }

  private func lastPart(_ path: String) -> String { (path as NSString).lastPathComponent }
}
