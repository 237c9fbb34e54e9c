import Foundation
import Testing

/// Messages say where something is wrong, and what helps.
@Suite struct RemedyTests {
  private static func write(_ program: Program, _ name: String, _ data: Data) throws {
    try data.write(to: URL(fileURLWithPath: "\(program.directory)/\(name)"))
  }

  @Test func weightsThatNeverWereThatChangedAndThatAreGone() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    try Self.write(program, "one.png", OwnImages.png(0, 0))
    let uses = [
      ["predict", "small", "one.png"], ["export", "small", "--format", "safetensors", "-o", "w"],
      ["export", "small", "--format", "onnx", "-o", "w"],
    ]
    func expect(_ code: Int32, _ words: String, of commands: [[String]]) throws {
      for arguments in commands {
        let outcome = try program.run(arguments)
        #expect(outcome.code == code && outcome.output.isEmpty, "\(arguments): \(outcome)")
        #expect(outcome.errors.contains(words) && !outcome.errors.contains("vgglab rerun"), "\(arguments): \(outcome)")
        #expect(!program.exists("w"))
      }
    }
    try expect(66, "never trained (training.epochs is 0); train it with `vgglab run FILE --set training.ep", of: uses)
    // What the message says works.
    let remedy = ["run", "tiny.yaml", "--only", "small", "--set", "training.epochs=1", "--set", "dataset.train=32"]
    #expect(try program.run(remedy).code == 0)
    #expect(try program("predict", "small", "one.png").code == 0)

    let row = try RunTests.rows(program, "SELECT run, path FROM artifact WHERE name = 'last'")[0]
    let path = "\(program.directory)/.vgglab/runs/\(row["run"] as? String ?? "")/\(row["path"] as? String ?? "")"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try Data(bytes.dropLast() + [bytes[bytes.count - 1] ^ 1]).write(to: URL(fileURLWithPath: path))
    let archive = ["archive", "create", "kept", "--runs", "small", "--weights"]
    try expect(65, "is not what the run has recorded (its SHA-256 differs)", of: uses + [archive])
    try Data(bytes.dropLast()).write(to: URL(fileURLWithPath: path))
    let doctor = try program("doctor")
    #expect(doctor.code == 1 && doctor.output.contains("\(row["path"] as? String ?? "?"): is not what"), "\(doctor)")
    #expect(!program.exists("reports/archive/kept"))

    try FileManager.default.removeItem(atPath: path)
    try expect(66, "are gone (", of: uses)
    // What is drawn again needs no file.
    #expect(try program("export", "small", "--format", "safetensors", "--at", "initial", "-o", "w").code == 0)
  }

  @Test func aMeasuredRunHasNoWeights() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      "cost.yaml",
      """
      schema: 1
      experiment: cost
      dataset: {name: synthetic, resize: 32, train: 32, test: 32}
      network: {arch: vgg11, ratio: 64, hidden: 16}
      training: {epochs: 1, batch_size: 8, learning_rate: 0.02}
      measure: {cost: {steps: 1, warmup: 0}}
      trials: [{name: cheap}]
      """)
    #expect(try program("run", "cost.yaml", "--threads", "1").code == 0)
    try Self.write(program, "one.png", OwnImages.png(0, 0))
    let outcome = try program("predict", "cheap", "one.png")
    #expect(outcome.code == 66 && outcome.errors.contains("without measure.cost"), "\(outcome)")
    #expect(!outcome.errors.contains("vgglab rerun"), "\(outcome)")
  }

  @Test func queriesAreCorrectedByTheTablesThatTheyRead() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    for (sql, remedy) in [
      ("SELECT run FROM run", "did you mean id?"), ("SELECT r.run FROM metric JOIN run AS r", "did you mean id?"),
      ("SELECT experiment FROM experiment", "did you mean name?"), ("SELECT run FROM network", "docs/store.md"),
      ("SELECT seed FROM metric", "docs/store.md"), ("SELECT 1 FROM runn", "did you mean run?"),
      ("SELECT test_acc FROM trial_summary", "did you mean test_accuracy?"),
    ] {
      let outcome = try program("query", sql)
      #expect(outcome.code == 65 && outcome.errors.contains("; \(remedy)"), "\(sql): \(outcome)")
    }
    // Nothing that is printed commands a terminal, and programs get it as it is.
    let sql = "SELECT 'a' || char(27) || 'b' AS x"
    #expect(try program("query", sql).output == "x\n--------\na\\u{1b}b\n")
    #expect(try program("query", sql, "--csv").output == "x\na\u{1B}b\n")
  }

  @Test func dataSetsNameTheirWrongFile() throws {
    let program = try Program()
    defer { program.remove() }
    let small = Samples.idx(magic: 0x803, dimensions: [20, 14, 56], bytes: [UInt8](repeating: 7, count: 20 * 784))
    try Samples.writeIDXFolder("\(program.directory)/data", replacing: ["t10k-images-idx3-ubyte": small])
    let sizes = try program("doctor", "--data", "data")
    #expect(sizes.code == 65, "\(sizes)")
    #expect(sizes.errors.contains("data/t10k-images-idx3-ubyte: its images are 14x56 (rows x columns)"), "\(sizes)")
    #expect(sizes.errors.contains("those of data/train-images-idx3-ubyte are 28x28"), "\(sizes)")
    #expect(sizes.errors.contains("get the right file"), "\(sizes)")

    try OwnImages.writeCIFAR("\(program.directory)/cifar")
    var batch = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/cifar/data_batch_2.bin"))
    batch[3073] = 10
    try Self.write(program, "cifar/data_batch_2.bin", batch)
    let label = try program("doctor", "--data", "cifar")
    #expect(
      label.code == 65 && label.errors.contains("cifar/data_batch_2.bin: the label of record 1 is 10"), "\(label)")
    #expect(label.errors.contains("get the file again") && !label.errors.contains("classes.txt"), "\(label)")
  }

  @Test func filesThatTheFrontMatterNamesAreReportedThere() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("x.md", "---\nbibliography: nope.bib\n---\n\n# N\n")
    try program.write("sub/y.md", "---\ntitle: Nets\ncells: nope.md\n---\n\n# N\n")
    for (file, message) in [
      ("x.md", "x.md:2:15: nope.bib: there is no such file"),
      ("sub/y.md", "sub/y.md:3:8: sub/nope.md: there is no such file"),
    ] {
      let outcome = try program("report", file, "--out", "out")
      #expect(outcome.code == 66 && outcome.errors.hasPrefix("vgglab: \(message)"), "\(outcome)")
    }
    #expect(!program.exists("out"))
  }
}
