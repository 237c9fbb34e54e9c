import Foundation
import Testing

/// Data sets of one's own, from the files to a trained run.
@Suite struct OwnDataTests {
  @Test(arguments: ["fast", "blas"])
  func aFolderOfColorImagesTrains(kernels: String) throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/data/shapes")
    try program.write("own.yaml", OwnImages.experiment("name: image-folder, path: data/shapes", epochs: 8))
    let outcome = try program("run", "own.yaml", "--kernels", kernels, "--threads", "1")
    #expect(outcome.code == 0, "\(outcome)")
    let rows = try RunTests.rows(program, "SELECT test_accuracy AS a, data FROM run_summary")
    #expect((rows[0]["a"] as? Double ?? 0) > 0.9, "\(rows)")
    #expect((rows[0]["data"] as? String)?.count == 64)
    // The network follows from the data: three channels go in, three classes come out.
    let network = try RunTests.rows(program, "SELECT input, classes, printed FROM network")[0]
    #expect(network["input"] as? String == "3x16x16" && network["classes"] as? Int == 3)
    let printed = network["printed"] as? String ?? ""
    #expect(printed.contains("Conv2d(3, 16,") && printed.contains("out_features=3,"))
    for moment in ["initial", "last"] {
      let export = try program("export", "shapes", "--format", "safetensors", "--at", moment, "-o", "w.safetensors")
      #expect(export.code == 0, "\(export)")
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/w.safetensors"))
      #expect(String(decoding: bytes.prefix(4000), as: UTF8.self).contains("[16,3,3,3]"))
    }
    #expect(try program("doctor").code == 0)
    #expect(try IdentityTests.plan(program, "own.yaml").map(\.action) == ["skip"])
  }

  @Test func bothKernelsLearnTheSame() throws {
    var losses: [Double] = []
    for kernels in ["fast", "blas"] {
      let program = try Program()
      defer { program.remove() }
      try OwnImages.writeFolder("\(program.directory)/data")
      try program.write("own.yaml", OwnImages.experiment("name: image-folder, path: data", epochs: 1))
      #expect(try program("run", "own.yaml", "--kernels", kernels).code == 0)
      let rows = try RunTests.rows(program, "SELECT value FROM metric WHERE name = 'step_loss' ORDER BY step LIMIT 1")
      losses.append(rows[0]["value"] as? Double ?? 0)
    }
    #expect(abs(losses[0] - losses[1]) < 1e-5 && losses[0] > 0.5, "\(losses)")
  }

  @Test func severalSizesWithoutHalves() throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/data", isDivided: false)
    try OwnImages.png(0, 3, side: 24).write(to: URL(fileURLWithPath: "\(program.directory)/data/bar/large.png"))
    try program.write("own.yaml", OwnImages.experiment("name: image-folder, path: data", resize: 20, epochs: 1))
    #expect(try program("run", "own.yaml").code == 0)
    let rows = try RunTests.rows(program, "SELECT input, classes FROM network")
    #expect(rows[0]["input"] as? String == "3x20x20")
  }

  @Test func grayImagesAreOneChannel() throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/data", channels: 1)
    try program.write("own.yaml", OwnImages.experiment("name: image-folder, path: data", epochs: 1))
    #expect(try program("run", "own.yaml").code == 0)
    #expect(try RunTests.rows(program, "SELECT input FROM network")[0]["input"] as? String == "1x16x16")
  }

  @Test func cifar10Trains() throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeCIFAR("\(program.directory)/data/cifar-10-batches-bin")
    try program.write("own.yaml", OwnImages.experiment("name: cifar-10, path: data", resize: 32, epochs: 1))
    let outcome = try program("run", "own.yaml")
    #expect(outcome.code == 0, "\(outcome)")
    let network = try RunTests.rows(program, "SELECT input, classes FROM network")[0]
    #expect(network["input"] as? String == "3x32x32" && network["classes"] as? Int == 10)
    // A network that is only described has the same shape.
    let described = try program("run", "own.yaml", "--set", "training.epochs=0")
    #expect(described.code == 0, "\(described)")
    #expect(try RunTests.rows(program, "SELECT DISTINCT input FROM network").count == 1)
  }

  @Test func identityIsTheContent() throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/data")
    try program.write("own.yaml", OwnImages.experiment("name: image-folder, path: data", epochs: 1))
    #expect(try program("run", "own.yaml").code == 0)
    try FileManager.default.moveItem(atPath: "\(program.directory)/data", toPath: "\(program.directory)/moved")
    #expect(try IdentityTests.plan(program, "own.yaml", "--data", "moved").map(\.action) == ["skip"])
    try OwnImages.png(0, 99).write(to: URL(fileURLWithPath: "\(program.directory)/moved/train/bar/99.png"))
    let changed = try IdentityTests.plan(program, "own.yaml", "--data", "moved")
    #expect(changed.map(\.action) == ["changed"] && changed[0].why.contains("data "), "\(changed)")
    let missing = try program("plan", "own.yaml")
    #expect(missing.code == 66 && missing.errors.contains("there is no folder data"), "\(missing)")
  }

  @Test func tooManyImagesAreAskedFor() throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/data")
    try program.write("own.yaml", OwnImages.experiment("name: image-folder, path: data, train: 49"))
    let outcome = try program("plan", "own.yaml")
    #expect(outcome.code == 65 && outcome.errors.contains("image-folder has 48 training images"), "\(outcome)")
  }

  @Test(arguments: ["truncated", "text", "bomb", "link", "fifo", "outside"])
  func spoiledFilesAreNamed(kind: String) throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/data")
    let name = "<script>\n.png"
    let path = "\(program.directory)/data/train/bar/\(name)"
    let whole = OwnImages.png(0, 0)
    switch kind {
    case "truncated": try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
    case "text": try Data("hello".utf8).write(to: URL(fileURLWithPath: path))
    case "bomb":
      var bomb = whole
      bomb.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
      try bomb.write(to: URL(fileURLWithPath: path))
    case "link": symlink("/dev/zero", path)
    case "fifo": mkfifo(path, 0o600)
    default: symlink("/", "\(program.directory)/data/train/away")
    }
    try program.write("own.yaml", OwnImages.experiment("name: image-folder, path: data"))
    for arguments in [["run", "own.yaml"], ["doctor", "--data", "data"]] {
      let outcome = try program.run(arguments)
      #expect(outcome.code == 65, "\(kind): \(outcome)")
      #expect(outcome.errors.contains(kind == "outside" ? "data/train/away" : "data/train/bar/<script>\\u{a}.png"))
      #expect(outcome.errors.contains("put") || outcome.errors.contains("remove") || outcome.errors.contains("smaller"))
    }
    #expect(!program.exists(".vgglab"))
  }

  // MARK: doctor --data

  struct Report: Decodable {
    struct Class: Decodable {
      var name: String
      var train: Int
      var test: Int
    }
    var name: String
    var channels: Int
    var classes: [Class]
    var notes: [String]
    var digest: String
  }

  static func report(_ program: Program, _ arguments: String...) throws -> [Report] {
    let outcome = try program.run(["doctor", "--json"] + arguments)
    #expect(outcome.code == 0, "\(outcome)")
    return try JSONDecoder().decode([Report].self, from: Data(outcome.output.utf8))
  }

  @Test func doctorSaysWhatWasFound() throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/shapes")
    let found = try Self.report(program, "--data", "shapes", "-o", "grid.png")[0]
    #expect(found.name == "image-folder" && found.channels == 3 && found.classes.map(\.name) == OwnImages.classes)
    #expect(found.classes.allSatisfy { $0.train == 16 && $0.test == 8 } && found.notes == [])
    let png = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/grid.png"))
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let text = try program("doctor", "--data", "shapes").output
    #expect(text.contains("16x16, colors") && text.contains("48 to train on, 24 to test on"), "\(text)")
    try OwnImages.writeCIFAR("\(program.directory)/cifar")
    #expect(try Self.report(program, "--data", "cifar")[0].name == "cifar-10")
    try Samples.writeIDXFolder("\(program.directory)/mnist")
    #expect(try Self.report(program, "--data", "mnist")[0].name == "idx-folder")
    try program.write("own.yaml", OwnImages.experiment("name: image-folder, path: shapes"))
    #expect(try Self.report(program, "--data", "own.yaml").map(\.digest) == [found.digest])
    #expect(try Self.report(program, "--data").map(\.name) == ["fashion-mnist"])
  }

  @Test func doctorNamesWhatIsMissing() throws {
    let program = try Program()
    defer { program.remove() }
    try FileManager.default.createDirectory(atPath: "\(program.directory)/empty", withIntermediateDirectories: true)
    for (path, code, sentence) in [
      ("nowhere", 66, "there is no folder nowhere"), ("empty", 65, "empty: has no data set"),
      ("nowhere.yaml", 66, "nowhere.yaml"),
    ] {
      let outcome = try program("doctor", "--data", path)
      #expect(outcome.code == Int32(code) && outcome.errors.contains(sentence), "\(outcome)")
    }
    #expect(try program("doctor", "-o", "x.png").code == 64)
  }
}
