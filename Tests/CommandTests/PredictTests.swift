import Foundation
import TestImages
import Testing

/// A run's network on images: of the test set, of one's own, and unlike those that it was trained on.
@Suite struct PredictTests {
  struct Prediction: Decodable {
    struct Class: Decodable {
      var name: String
      var probability: Double
    }
    var image: String
    var label: Int
    var predicted: String
    var probability: Double
    var classes: [Class]
    var differences: [String]
  }

  struct Mistakes: Decodable {
    struct Row: Decodable {
      var index: Int
      var true_class: String
      var true_label: Int
      var predicted_class: String
      var predicted_label: Int
      var probability: Double?
    }
    var run: String
    var images: Int
    var misclassified: Int
    var mistakes: [Row]
  }

  static func predict(_ program: Program, _ arguments: [String]) throws -> [Prediction] {
    let outcome = try program.run(["predict", "--json"] + arguments)
    #expect(outcome.code == 0, "\(outcome)")
    return try JSONDecoder().decode([Prediction].self, from: Data(outcome.output.utf8))
  }

  static func mistakes(_ program: Program, _ arguments: String...) throws -> Mistakes {
    let outcome = try program.run(["mistakes", "--json"] + arguments)
    #expect(outcome.code == 0, "\(outcome)")
    return try JSONDecoder().decode(Mistakes.self, from: Data(outcome.output.utf8))
  }

  /// Four IDX files of gray shapes and noise, which are learned in part.
  static func writeIDX(_ path: String, count: Int = 40) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (half, offset) in [("train", 0), ("t10k", 400)] {
      var pixels: [UInt8] = []
      var labels: [UInt8] = []
      for index in 0..<count {
        let label = index % 3
        // Every seventh image has the pixels of another class.
        let drawn = index % 7 == 3 ? (label + 1) % 3 : label
        pixels += OwnImages.pixels(drawn, index + offset, side: 16, channels: 1)
        labels.append(UInt8(label))
      }
      for (name, data) in [
        ("images-idx3-ubyte", Samples.idx(magic: 0x803, dimensions: [UInt32(count), 16, 16], bytes: pixels)),
        ("labels-idx1-ubyte", Samples.idx(magic: 0x801, dimensions: [UInt32(count)], bytes: labels)),
      ] { try data.write(to: URL(fileURLWithPath: "\(path)/\(half)-\(name)")) }
    }
    try Data("bar\nframe\nspot\n".utf8).write(to: URL(fileURLWithPath: "\(path)/classes.txt"))
  }

  /// A program with a run of gray IDX images.
  static func gray(_ kernels: String = "fast") throws -> Program {
    let program = try Program()
    try writeIDX("\(program.directory)/data")
    try program.write("own.yaml", OwnImages.experiment("name: idx-folder, path: data", resize: 20, epochs: 5))
    let outcome = try program("run", "own.yaml", "--kernels", kernels)
    #expect(outcome.code == 0, "\(outcome)")
    return program
  }

  static func runFolder(_ program: Program) throws -> String {
    let ids = try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/.vgglab/runs")
    return "\(program.directory)/.vgglab/runs/\(ids.filter { !$0.hasPrefix(".") }[0])"
  }

  @Test(arguments: ["fast", "blas"])
  func predictionsAreThoseOfTheTraining(kernels: String) throws {
    let program = try Self.gray(kernels)
    defer { program.remove() }
    // Two bytes an image: predicted class, label.
    let kept = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: "\(Self.runFolder(program))/predictions.u8")))
    let file = "data/t10k-images-idx3-ubyte"
    let all = try Self.predict(program, ["shapes", file])
    #expect(all.count == 40 && all[7].image == "\(file)#7")
    #expect(all.map { UInt8($0.label) } == stride(from: 0, to: kept.count, by: 2).map { kept[$0] })
    #expect(Set(all.map(\.label)).count == 3)
    for prediction in all {
      #expect(abs(prediction.classes.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
      #expect(prediction.classes.map(\.name) == OwnImages.classes && prediction.differences == [])
    }
    // An image by itself gets the same bits as among others on the fast kernels, on any number of threads; so does its PNG.
    for index in [0, 7, 39] {
      let png = PNGFile.data(
        width: 16, height: 16, channels: 1,
        OwnImages.pixels(index % 7 == 3 ? (index % 3 + 1) % 3 : index % 3, index + 400, side: 16, channels: 1))
      try png.write(to: URL(fileURLWithPath: "\(program.directory)/one.png"))
      for arguments in [["shapes", "\(file)#\(index)"], ["shapes", "one.png", "--threads", "1"]] {
        let one = try Self.predict(program, arguments)
        let difference = zip(one[0].classes, all[index].classes).map { abs($0.probability - $1.probability) }.max()!
        // OpenBLAS's products depend on the number of rows.
        #expect(one.count == 1 && difference <= (kernels == "fast" ? 0 : 1e-5))
      }
    }
    // The loss that the training recorded is that of these probabilities.
    let loss = try RunTests.rows(program, "SELECT test_loss AS l, test_accuracy AS a FROM trial_summary")[0]
    let labels = stride(from: 1, to: kept.count, by: 2).map { Int(kept[$0]) }
    let mean = zip(all, labels).reduce(0) { $0 - log($1.0.classes[$1.1].probability) } / 40
    #expect(abs(mean - (loss["l"] as? Double ?? 0)) < 1e-9)
    let wrong = try Self.mistakes(program, "shapes", "-n", "100")
    #expect(wrong.images == 40 && wrong.misclassified == wrong.mistakes.count)
    #expect(1 - Double(wrong.misclassified) / 40 == loss["a"] as? Double)
    for row in wrong.mistakes {
      #expect(all[row.index].label == row.predicted_label && labels[row.index] == row.true_label)
      #expect(all[row.index].probability == row.probability && row.predicted_label != row.true_label)
    }
    #expect(wrong.mistakes.map { $0.probability! } == wrong.mistakes.map { $0.probability! }.sorted(by: >))
  }

  @Test func imagesUnlikeTheDataAreSpokenOf() throws {
    let program = try Self.gray()
    defer { program.remove() }
    func write(_ name: String, _ data: Data) throws {
      try data.write(to: URL(fileURLWithPath: "\(program.directory)/\(name)"))
    }
    let pixels = OwnImages.pixels(1, 1, side: 16, channels: 1)
    try write("plain.png", PNGFile.data(width: 16, height: 16, channels: 1, pixels))
    try write("negative.png", PNGFile.data(width: 16, height: 16, channels: 1, pixels.map { 255 - $0 }))
    try write("color.png", OwnImages.png(1, 1))
    try write("wide.png", PNGFile.data(width: 32, height: 8, channels: 1, pixels))
    let found = try Self.predict(program, ["shapes", "plain.png", "negative.png", "color.png", "wide.png"])
    #expect(found[0].differences == [])
    #expect(found[1].differences.count == 1 && found[1].differences[0].contains("--invert"))
    #expect(found[2].differences.count == 1 && found[2].differences[0].contains("has colors"))
    #expect(found[3].differences.contains { $0.contains("32x8") })
    let inverted = try Self.predict(program, ["shapes", "negative.png", "--invert"])
    #expect(inverted[0].classes.map(\.probability) == found[0].classes.map(\.probability))
    let text = try program("predict", "shapes", "negative.png")
    #expect(text.code == 0 && text.output.hasPrefix("class  probability\n"), "\(text)")
    #expect(text.output.contains("negative.png has bright edges"), "\(text)")
    let several = try program("predict", "shapes", "plain.png", "color.png").output
    #expect(several.hasPrefix("image") && several.contains("color.png has colors"), "\(several)")
    // What the images are like is in the journal: the data need not be there.
    try FileManager.default.removeItem(atPath: "\(program.directory)/data")
    #expect(try Self.predict(program, ["shapes", "negative.png"])[0].differences.count == 1)
  }

  @Test func colorRunsTakeColorImages() throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/data")
    try program.write("own.yaml", OwnImages.experiment("name: image-folder, path: data", epochs: 8))
    #expect(try program("run", "own.yaml").code == 0)
    for (label, name) in OwnImages.classes.enumerated() {
      let found = try Self.predict(program, ["shapes", "data/test/\(name)/20.png"])
      #expect(found[0].label == label && found[0].predicted == name && found[0].differences == [])
    }
    try OwnImages.png(0, 1, channels: 1).write(to: URL(fileURLWithPath: "\(program.directory)/gray.png"))
    #expect(try Self.predict(program, ["shapes", "gray.png"])[0].differences[0].contains("is gray"))
  }

  @Test func wrongArgumentsAreExplained() throws {
    let program = try Self.gray()
    defer { program.remove() }
    let file = "data/t10k-images-idx3-ubyte"
    try program.write("text.png", "no image")
    mkfifo("\(program.directory)/pipe.png", 0o600)
    for (arguments, code, sentence) in [
      (["shapes"], 64, "image"), (["shapes", "nowhere.png"], 66, "nowhere.png"),
      (["shapes", "\(file)#40"], 66, "numbered from 0 to 39"), (["shapes", "\(file)#x"], 66, "has no image x"),
      (["shapes", "text.png"], 65, "neither PNG nor JPEG"), (["shapes", "text.png#3"], 65, "neither PNG nor JPEG"),
      (["shapes", "data/train-labels-idx1-ubyte"], 65, "IDX images begin with"),
      (["shapes", "pipe.png"], 65, "FIFO"), (["shapes", "data"], 66, "folder"),
      (["nothing", "text.png"], 66, "nothing"), (["shapes", file, "--at", "best"], 66, "--at last"),
      (["shapes", file, "--top", "0"], 64, "--top"), (["shapes", file, "--threads", "0"], 64, "--threads"),
    ] {
      let outcome = try program.run(["predict"] + arguments)
      #expect(outcome.code == Int32(code), "\(arguments): \(outcome)")
      #expect(outcome.errors.contains(sentence) && outcome.output == "", "\(arguments): \(outcome)")
    }
  }

  @Test func weightsThatAreGoneAreSpokenOf() throws {
    let program = try Self.gray()
    defer { program.remove() }
    let weights = "\(try Self.runFolder(program))/last.safetensors"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: weights))
    try Data(bytes.dropLast() + [1]).write(to: URL(fileURLWithPath: weights))
    let file = "data/t10k-images-idx3-ubyte#0"
    #expect(try program("predict", "shapes", file).code == 65)
    try FileManager.default.removeItem(atPath: weights)
    let gone = try program("predict", "shapes", file)
    #expect(
      gone.code == 66 && gone.errors.contains("the weights of run") && gone.errors.contains("are gone"), "\(gone)")
    // The mistakes are known all the same, without probabilities.
    let table = try program("mistakes", "shapes")
    #expect(table.code == 0 && table.errors.contains("there are no probabilities"), "\(table)")
    #expect(try Self.mistakes(program, "shapes").mistakes.allSatisfy { $0.probability == nil })
    try FileManager.default.removeItem(atPath: "\(program.directory)/data")
    #expect(try program("mistakes", "shapes").code == 0)
    #expect(try program("mistakes", "shapes", "-o", "x.png").code == 66 && !program.exists("x.png"))
    try FileManager.default.removeItem(atPath: "\(try Self.runFolder(program))/predictions.u8")
    #expect(try program("mistakes", "shapes").code == 66)
  }

  @Test func mistakesOfAClassAreDrawn() throws {
    let program = try Self.gray()
    defer { program.remove() }
    let all = try Self.mistakes(program, "shapes", "-n", "100")
    #expect(all.misclassified >= 3)
    let one = all.mistakes[0].true_class
    let some = try Self.mistakes(program, "shapes", "-n", "100", "--class", one)
    #expect(some.mistakes.map(\.index) == all.mistakes.filter { $0.true_class == one }.map(\.index))
    let drawn = try program("mistakes", "shapes", "--class", one, "-o", "wrong.png", "-n", "3")
    #expect(drawn.code == 0 && drawn.output.contains("true class"), "\(drawn)")
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/wrong.png")).starts(with: [
        0x89, 0x50, 0x4E, 0x47,
      ]))
    let near = try program("mistakes", "shapes", "--class", "frmae")
    #expect(near.code == 64 && near.errors.contains("did you mean 'frame'?"), "\(near)")
    #expect(try program("mistakes", "shapes", "-n", "0").code == 64)
    // Other test images than those of the run.
    try Self.writeIDX("\(program.directory)/data", count: 41)
    let other = try program("mistakes", "shapes")
    #expect(other.code == 0 && other.errors.contains("have changed"), "\(other)")
  }

  /// Weights that PyTorch saved under torchvision's keys, with what PyTorch makes of an image.
  @Test func weightsWithTorchvisionsKeysGiveTorchsProbabilities() throws {
    let fixtures = (#filePath as NSString).deletingLastPathComponent + "/Fixtures"
    struct Expected: Decodable { var probabilities: [Double] }
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/torchvision-state.json")))
    let program = try Program()
    defer { program.remove() }
    try Self.writeIDX("\(program.directory)/data")
    try program.write(
      "own.yaml",
      """
      schema: 1
      experiment: own
      dataset: {name: idx-folder, path: data, resize: 96}
      network: {arch: alexnet-torchvision, ratio: 64, hidden: 16}
      training: {epochs: 1, batch_size: 8, max_steps: 1, learning_rate: 0.01}
      trials: [{name: small}]
      """)
    let ran = try program("run", "own.yaml")
    #expect(ran.code == 0, "\(ran)")
    // The fast kernels lack its layers; what is recorded is what ran.
    #expect(try program("query", "--csv", "SELECT kernels FROM environment").output == "kernels\nblas\n")
    let pixels = (0..<96 * 96).map { (index: Int) -> UInt8 in
      let value = 7 * index * index + 13 * index
      return UInt8(value % 256)
    }
    try PNGFile.data(width: 96, height: 96, channels: 1, pixels).write(
      to: URL(fileURLWithPath: "\(program.directory)/one.png"))
    let found = try Self.predict(
      program, ["small", "one.png", "--weights", "\(fixtures)/torchvision-state.safetensors"])
    for (ours, theirs) in zip(found[0].classes, expected.probabilities) {
      #expect(abs(ours.probability - theirs) < 1e-5)
    }
    #expect(found[0].classes.count == 3)

    // Those of the run itself are another network's, and a file that is none is an error.
    let own = try Self.predict(program, ["small", "one.png"])
    #expect(zip(own[0].classes, expected.probabilities).contains { abs($0.probability - $1) > 1e-3 })
    let wrong = try program("predict", "small", "one.png", "--weights", "own.yaml")
    #expect(wrong.code == 65 && wrong.errors.contains("own.yaml"), "\(wrong)")
    #expect(try program("predict", "small", "one.png", "--weights", "none.safetensors").code == 66)
    #expect(try program("predict", "small", "one.png", "--weights", "own.yaml", "--at", "best").code == 64)
  }
}
