import Datasets
import Foundation
import Testing

@Suite struct LoadTests {
  /// A folder of four small files that is gone afterwards.
  final class Folder {
    let path = NSTemporaryDirectory() + "vgglab-data-\(UUID().uuidString)"

    init(count: Int = 12, height: Int = 5, width: Int = 4) throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for half in ["train", "t10k"] {
        try write(
          "\(half)-images-idx3-ubyte",
          Self.idx(0x803, [count, height, width], (0..<count * height * width).map { UInt8(truncatingIfNeeded: $0) }))
        try write("\(half)-labels-idx1-ubyte", Self.idx(0x801, [count], (0..<count).map { UInt8($0 % 10) }))
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ data: Data) throws { try data.write(to: URL(fileURLWithPath: "\(path)/\(name)")) }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    static func idx(_ magic: UInt32, _ dimensions: [Int], _ bytes: [UInt8]) -> Data {
      var data = Data()
      for word in [magic] + dimensions.map({ UInt32($0) }) {
        withUnsafeBytes(of: word.bigEndian) { data.append(contentsOf: $0) }
      }
      return data + Data(bytes)
    }

    func load() throws -> Dataset { try loadDataset(named: "idx-folder", path: path, environment: [:]) }
  }

  static func gzip(_ data: Data) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-9c"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    DispatchQueue.global().async {
      input.fileHandleForWriting.write(data)
      try? input.fileHandleForWriting.close()
    }
    let result = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return result
  }

  @Test func readsAFolderPlainOrPacked() throws {
    let folder = try Folder()
    let plain = try folder.load()
    #expect(plain.training.count == 12 && plain.training.height == 5 && plain.training.width == 4)
    #expect(plain.training.pixels[21] == 21)
    #expect(plain.test.labels[11] == 1)
    #expect(plain.digests.count == 4)
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/train-images-idx3-ubyte"))
    try folder.remove("train-images-idx3-ubyte")
    try folder.write("train-images-idx3-ubyte.gz", Self.gzip(data))
    let packed = try folder.load()
    #expect(packed.training.pixels == plain.training.pixels)
    #expect(packed.digests == plain.digests)
  }

  func error(_ folder: Folder) -> DatasetError? {
    do {
      _ = try folder.load()
      return nil
    } catch { return error as? DatasetError }
  }

  @Test func whatTheHeaderClaimsIsChecked() throws {
    let images = "train-images-idx3-ubyte"
    let labels = "train-labels-idx1-ubyte"
    let folder = try Folder()
    let path = "\(folder.path)/\(images)"
    func expect(_ name: String, _ data: Data, _ expected: DatasetError) throws {
      let other = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)"))
      try folder.write(name, data)
      #expect(error(folder) == expected)
      #expect(!"\(expected)".isEmpty)
      try folder.write(name, other)
    }
    try expect(images, Data(), .headerCut(path: path, bytes: 0))
    try expect(images, Folder.idx(0x803, [12], []), .headerCut(path: path, bytes: 8))
    try expect(images, Folder.idx(0x801, [12, 5, 4], []), .magic(path: path, found: 0x801, expected: 0x803))
    try expect(
      images, Folder.idx(0x803, [1 << 31, 28, 28], [0]),
      .size(path: path, what: "images", found: 1 << 31, limit: 10_000_000))
    try expect(
      images, Folder.idx(0x803, [12, 5, 0xFFFF_FFFF], []),
      .size(path: path, what: "pixels a side", found: 0xFFFF_FFFF, limit: 4096))
    try expect(images, Folder.idx(0x803, [12, 5, 4], [1, 2]), .length(path: path, expected: 240, found: 2))
    try expect(
      images, Folder.idx(0x803, [12, 5, 4], [UInt8](repeating: 0, count: 241)),
      .length(path: path, expected: 240, found: 241))
    try expect(images, Folder.idx(0x803, [0, 5, 4], []), .noImages(path: path))
    let labelPath = "\(folder.path)/\(labels)"
    try expect(
      labels, Folder.idx(0x801, [12], [UInt8](repeating: 3, count: 11) + [10]),
      .label(path: labelPath, index: 11, found: 10, classes: 10))
    try expect(
      labels, Folder.idx(0x801, [11], [UInt8](repeating: 3, count: 11)),
      .counts(images: path, imageCount: 12, labels: labelPath, labelCount: 11))
    #expect(error(folder) == nil)
  }

  @Test func brokenAndBoundlessGzipIsRefused() throws {
    let folder = try Folder()
    let name = "t10k-images-idx3-ubyte"
    let packed = try Self.gzip(Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)")))
    for length in [2, 10, 20, packed.count - 1] {
      try folder.write(name, packed.prefix(length))
      guard case .gzip? = error(folder) else {
        Issue.record("the first \(length) bytes were taken: \(String(describing: error(folder)))")
        continue
      }
    }
    var spoiled = packed
    spoiled[packed.count / 2] ^= 0x55
    try folder.write(name, spoiled)
    #expect(error(folder) != nil)
    // A thousand small files of zeros in a row, each of 2 MiB: about 2 MB that would unpack to 2 GiB.
    let member = try Self.gzip(Data(count: 2 << 20))
    try folder.write(name, Data((0..<1000).flatMap { _ in member }))
    #expect(error(folder) == .unpacksTooLarge(path: "\(folder.path)/\(name)", limit: 1 << 30))
  }

  @Test func aMissingFileIsNamedAndAMissingSetTellsHowToGetIt() throws {
    let folder = try Folder()
    try folder.remove("t10k-labels-idx1-ubyte")
    #expect(
      error(folder)
        == .missing(name: "idx-folder", files: ["t10k-labels-idx1-ubyte"], places: [folder.path], isPackaged: false))
    do {
      _ = try loadDataset(named: "fashion-mnist", path: "/nowhere", environment: [:])
      Issue.record("found in /nowhere")
    } catch {
      #expect("\(error)".contains("apt-get install dataset-fashion-mnist"))
      #expect(error.kind == .missingInput)
    }
    #expect(throws: DatasetError.pathNeeded(name: "idx-folder")) {
      try loadDataset(named: "idx-folder", path: nil, environment: [:])
    }
    #expect(throws: DatasetError.unknown(name: "mnist")) {
      try loadDataset(named: "mnist", path: nil, environment: [:])
    }
  }

  @Test func placesAreTriedInTheirOrder() throws {
    let folder = try Folder()
    // Found in VGGLAB_DATA before all others, and refused there because it is not Fashion-MNIST.
    do {
      _ = try loadDataset(named: "fashion-mnist", path: nil, environment: ["VGGLAB_DATA": folder.path])
      Issue.record("other images passed for Fashion-MNIST")
    } catch {
      guard case .digest = error else { throw error }
      #expect("\(error)".contains("SHA-256"))
    }
    let xdg = NSTemporaryDirectory() + "vgglab-xdg-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: xdg, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: xdg) }
    try FileManager.default.createSymbolicLink(atPath: "\(xdg)/fashion-mnist", withDestinationPath: folder.path)
    #expect(throws: DatasetError.self) {
      try loadDataset(named: "fashion-mnist", path: nil, environment: ["XDG_DATA_HOME": xdg])
    }
  }

  @Test func theRealFashionMNIST() throws {
    let set = try loadDataset(named: "fashion-mnist", path: nil, environment: [:])
    #expect(set.training.count == 60_000 && set.test.count == 10_000)
    #expect(set.training.height == 28 && set.training.width == 28)
    #expect(Array(set.training.labels[..<10]) == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5])
    #expect(Array(set.test.labels[..<5]) == [9, 2, 1, 1, 6])
    for label in 0..<10 { #expect(set.training.labels.count { $0 == label } == 6000) }
    #expect(set.digests["train-images-idx3-ubyte"]?.hasPrefix("c59f468a2f67") == true)
    #expect(set.training.prefix(100).count == 100)
  }

  @Test func theGeneratedSetIsTheSameEverywhere() {
    let set = syntheticDataset(training: 50, test: 20)
    #expect(set.training.count == 50 && set.test.count == 20)
    #expect(set.training.labels == syntheticDataset(training: 60, test: 1).training.prefix(50).labels)
    #expect(ResizeTests.crc32(set.training.pixels) == 886_127_944)
  }
}
