import Foundation
import Testing

/// Wrong experiment files: a clear error, exit code 65 (66 where the file is missing), and no store made.
@Suite struct BadExperimentTests {
  struct Case: Sendable {
    var name: String
    var text: String
    var sentences: [String]
  }

  static let cases = [
    Case(name: "broken", text: "schema: 1\nexperiment: [a\n", sentences: ["bad.yaml:"]),
    Case(
      name: "unknown key", text: Samples.tiny.replacingOccurrences(of: "batch_size", with: "batchsize"),
      sentences: ["bad.yaml:6:", "batchsize", "batch_size", "^"]),
    Case(
      name: "doubled key", text: Samples.tiny + "experiment: again\n",
      sentences: ["bad.yaml:12:1", "experiment", "^"]),
    Case(
      name: "wrong type", text: Samples.tiny.replacingOccurrences(of: "epochs: 2", with: "epochs: two"),
      sentences: ["bad.yaml:6:", "two", "^"]),
    Case(
      name: "ratio", text: Samples.tiny.replacingOccurrences(of: "ratio: 64", with: "ratio: 128"),
      sentences: ["bad.yaml:9:", "ratio"]),
    Case(
      name: "small image", text: Samples.tiny.replacingOccurrences(of: "resize: 32", with: "resize: 31"),
      sentences: ["bad.yaml:4:", "too small"]),
    Case(
      name: "batch 0", text: Samples.tiny.replacingOccurrences(of: "batch_size: 16", with: "batch_size: 0"),
      sentences: ["bad.yaml:6:", "batch_size"]),
    Case(
      name: "slash", text: Samples.tiny.replacingOccurrences(of: "name: smaller", with: "name: a/b"),
      sentences: ["bad.yaml:9:", "a/b"]),
    Case(
      name: "dots", text: Samples.tiny.replacingOccurrences(of: "experiment: tiny", with: "experiment: .."),
      sentences: ["bad.yaml:2:"]),
    Case(
      name: "script", text: Samples.tiny.replacingOccurrences(of: "name: smaller", with: "name: \"<script>\""),
      sentences: ["bad.yaml:9:"]),
    Case(
      name: "long name",
      text: Samples.tiny.replacingOccurrences(of: "name: smaller", with: "name: " + String(repeating: "x", count: 300)),
      sentences: ["bad.yaml:9:"]),
    Case(
      name: "emoji", text: Samples.tiny.replacingOccurrences(of: "name: smaller", with: "name: net🔥"),
      sentences: ["bad.yaml:9:"]),
    Case(
      name: "alias bomb",
      text: "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + (1..<12).map {
          "k\($0): &\(Character(UnicodeScalar(97 + $0)!)) ["
            + Array(repeating: "*\(Character(UnicodeScalar(96 + $0)!))", count: 9).joined(separator: ",") + "]\n"
        }.joined(),
      sentences: ["bad.yaml:"]),
    Case(name: "empty", text: "", sentences: ["bad.yaml"]),
    Case(name: "not UTF-8 text but a list", text: "- 1\n- 2\n", sentences: ["bad.yaml:1:"]),
  ]

  @Test(arguments: cases.indices)
  func isRefused(index: Int) throws {
    let sample = Self.cases[index]
    let program = try Program()
    defer { program.remove() }
    try program.write("bad.yaml", sample.text)
    for command in ["run", "plan"] {
      let outcome = try program(command, "bad.yaml")
      #expect(outcome.code == 65, "\(sample.name): \(outcome)")
      #expect(outcome.output == "")
      for sentence in sample.sentences {
        #expect(outcome.errors.contains(sentence), "\(sample.name): \(outcome.errors)")
      }
    }
    #expect(!program.exists(".vgglab"))
  }

  @Test func tellsAllErrorsAtOnce() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      "bad.yaml",
      Samples.tiny.replacingOccurrences(of: "epochs: 2", with: "epochs: two")
        .replacingOccurrences(of: "arch: vgg11", with: "arch: vgg12")
        .replacingOccurrences(of: "question", with: "qestion"))
    let outcome = try program("run", "bad.yaml")
    #expect(outcome.code == 65)
    for place in ["bad.yaml:3:1", "bad.yaml:5:", "bad.yaml:6:"] { #expect(outcome.errors.contains(place)) }
    #expect(outcome.errors.contains("question"))
  }

  @Test func aMissingFileIsMissingAndAFolderIsNoFile() throws {
    let program = try Program()
    defer { program.remove() }
    let missing = try program("run", "none.yaml")
    #expect(missing.code == 66)
    #expect(missing.errors.contains("none.yaml"))
    try FileManager.default.createDirectory(
      atPath: "\(program.directory)/folder.yaml", withIntermediateDirectories: true)
    let folder = try program("run", "folder.yaml")
    #expect(folder.code == 65 || folder.code == 66)
    #expect(folder.errors.contains("is a folder"))
    #expect(!program.exists(".vgglab"))
  }

  @Test(arguments: [
    (["run", "tiny.yaml", "--profile", "quik"], "quick"),
    (["run", "tiny.yaml", "--only", "smal"], "smal"),
    (["run", "tiny.yaml", "--set", "training.epoch=1"], "training.epochs"),
    (["run", "tiny.yaml", "--set", "training.epochs"], "training.epochs"),
    (["run", "tiny.yaml", "--set", "training.epochs=many"], "many"),
    (["run", "tiny.yaml", "--jobs", "0"], "--jobs"),
    (["run", "tiny.yaml", "--jobs", "999"], "cores"),
    (["run", "tiny.yaml", "--threads", "0"], "--threads"),
    (["run"], "file"),
  ])
  func wrongOptionsAreUsageErrors(arguments: [String], sentence: String) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let outcome = try program.run(arguments)
    #expect(outcome.code == 64, "\(outcome)")
    #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
    #expect(!program.exists(".vgglab"))
  }

  @Test func theErrorsOfAllFilesAreTold() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.write("good.yaml", Samples.tiny)
    _ = try program.write("one.yaml", Samples.tiny.replacingOccurrences(of: "batch_size", with: "batchsize"))
    _ = try program.write("two.yaml", Samples.tiny.replacingOccurrences(of: "epochs", with: "epoch"))
    for command in ["run", "plan"] {
      let outcome = try program(command, "one.yaml", "good.yaml", "two.yaml", "three.yaml")
      #expect(outcome.code == 65, "\(outcome)")
      for words in ["one.yaml:", "\"batchsize\"", "two.yaml:", "\"epoch\"", "three.yaml: "] {
        #expect(outcome.errors.contains(words), "\(words): \(outcome)")
      }
      #expect(!outcome.errors.contains("good.yaml"))
    }
    #expect(!program.exists(".vgglab"))
  }
}
