import Foundation
import Testing

/// Wrong data sets: a clear error before anything is run.
@Suite struct BadDataTests {
  static let experiment = Samples.tiny.replacingOccurrences(
    of: "name: synthetic, resize: 32, train: 64, test: 32", with: "name: idx-folder, path: data, resize: 32")

  static let spoiled: [(name: String, file: String, data: Data, sentence: String)] = [
    (
      "truncated", "train-images-idx3-ubyte", Samples.idx(magic: 0x803, dimensions: [20, 28, 28], bytes: [1, 2, 3]),
      "train-images"
    ),
    ("header cut", "train-images-idx3-ubyte", Data([0, 0, 8]), "train-images"),
    (
      "wrong magic", "t10k-images-idx3-ubyte", Samples.idx(magic: 0x999, dimensions: [20, 28, 28], bytes: []),
      "t10k-images"
    ),
    (
      "counts that lie", "train-images-idx3-ubyte",
      Samples.idx(magic: 0x803, dimensions: [1 << 31, 28, 28], bytes: [0]), "train-images"
    ),
    (
      "label out of range", "train-labels-idx1-ubyte",
      Samples.idx(magic: 0x801, dimensions: [20], bytes: [UInt8](repeating: 10, count: 20)), "label"
    ),
    (
      "label count", "train-labels-idx1-ubyte",
      Samples.idx(magic: 0x801, dimensions: [19], bytes: [UInt8](repeating: 1, count: 19)), "19"
    ),
    (
      "broken gzip", "t10k-labels-idx1-ubyte", Data([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 99, 99, 99, 99]), "t10k-labels"
    ),
    ("empty", "t10k-labels-idx1-ubyte", Data(), "t10k-labels"),
  ]

  @Test(arguments: spoiled.indices)
  func isRefused(index: Int) throws {
    let sample = Self.spoiled[index]
    let program = try Program()
    defer { program.remove() }
    try program.write("bad.yaml", Self.experiment)
    try Samples.writeIDXFolder("\(program.directory)/data", replacing: [sample.file: sample.data])
    let outcome = try program("run", "bad.yaml")
    #expect(outcome.code == 65, "\(sample.name): \(outcome)")
    #expect(outcome.errors.contains(sample.sentence), "\(sample.name): \(outcome.errors)")
    #expect(!program.exists(".vgglab"))
  }

  @Test func soundDataOfOnesOwnTrain() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("own.yaml", Self.experiment)
    try Samples.writeIDXFolder("\(program.directory)/data")
    let outcome = try program("run", "own.yaml", "--only", "small", "--set", "training.epochs=1")
    #expect(outcome.code == 0, "\(outcome)")
  }

  @Test func aMissingDataSetTellsHowToGetIt() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      "fashion.yaml", Samples.tiny.replacingOccurrences(of: "name: synthetic", with: "name: fashion-mnist"))
    let outcome = try program("run", "fashion.yaml", "--data", "nowhere")
    #expect(outcome.code == 66, "\(outcome)")
    #expect(outcome.errors.contains("dataset-fashion-mnist"), "\(outcome.errors)")
    #expect(!program.exists(".vgglab"))
  }

  @Test func otherPicturesAreNotFashionMNIST() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      "fashion.yaml",
      Samples.tiny.replacingOccurrences(of: "name: synthetic", with: "name: fashion-mnist, path: data"))
    try Samples.writeIDXFolder("\(program.directory)/data")
    let outcome = try program("run", "fashion.yaml")
    #expect(outcome.code == 65, "\(outcome)")
    #expect(outcome.errors.contains("SHA-256"), "\(outcome.errors)")
  }
}
