import Datasets
import Foundation
import Images
import TestImages
import Testing

/// A folder in a temporary place that is gone afterwards.
final class DataFolder {
  let path = NSTemporaryDirectory() + "vgglab-images-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ data: Data) throws {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try data.write(to: URL(fileURLWithPath: file))
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

  func load(_ name: String = "image-folder", side: Int = 8) throws -> Dataset {
    try loadDataset(named: name, path: path, side: side, environment: [:])
  }

  func error(_ name: String = "image-folder") -> DatasetError? {
    do {
      _ = try load(name)
      return nil
    } catch { return error as? DatasetError }
  }
}

@Suite struct ImageFolderTests {
  /// Classes with images of single colors, of a given number in each half.
  static func divided(train: Int = 3, test: Int = 2, side: Int = 4, color: Bool = true) throws -> DataFolder {
    let folder = try DataFolder()
    for (half, count) in [("train", train), ("test", test)] {
      for (label, name) in ["cat", "dog"].enumerated() {
        for index in 0..<count {
          let value = UInt8(10 * index + (half == "test" ? 100 : 0))
          try folder.write(
            "\(half)/\(name)/\(index).png",
            PNGFile.flat(side, side, color ? [value, UInt8(label), 7] : [value + UInt8(label)]))
        }
      }
    }
    return folder
  }

  @Test func readsHalvesClassesAndColors() throws {
    let data = try Self.divided().load()
    #expect(data.classNames == ["cat", "dog"] && data.training.classes == 2)
    #expect(data.training.count == 6 && data.test.count == 4)
    #expect(data.training.channels == 3 && data.training.height == 4 && data.training.width == 4)
    for index in 0..<data.training.count {
      let image = data.training.image(index)
      #expect(image.pixels[16..<32].allSatisfy { $0 == data.training.labels[index] })
      #expect(image.pixels[32..<48].allSatisfy { $0 == 7 })
    }
  }

  @Test func grayFilesStayGrayAndOneColorFileMakesAllColors() throws {
    let folder = try Self.divided(color: false)
    #expect(try folder.load().training.channels == 1)
    try folder.write("test/dog/last.png", PNGFile.flat(4, 4, [1, 2, 3]))
    let mixed = try folder.load()
    #expect(mixed.training.channels == 3)
    #expect(mixed.training.image(0).isGray)
  }

  @Test func orderAndIdentityFollowFromTheContent() throws {
    let folder = try Self.divided()
    let before = try folder.load()
    // Other names, the same images.
    for name in ["cat", "dog"] {
      try FileManager.default.moveItem(
        atPath: "\(folder.path)/train/\(name)/0.png", toPath: "\(folder.path)/train/\(name)/zebra\n<script>.PNG")
    }
    let renamed = try folder.load()
    #expect(renamed.digest == before.digest && renamed.training.pixels == before.training.pixels)
    #expect(renamed.training.labels == before.training.labels)
    // The first images are of both classes.
    #expect(Set(before.training.prefix(4).labels) == [0, 1])
    try folder.write("train/cat/0b.png", PNGFile.flat(4, 4, [1, 1, 1]))
    #expect(try folder.load().digest != before.digest)
    try folder.remove("train/cat/0b.png")
    #expect(try folder.load().digest == before.digest)
    // A test image among the training images is another data set, and so is a class of another name.
    try FileManager.default.moveItem(atPath: "\(folder.path)/test/cat/0.png", toPath: "\(folder.path)/train/cat/t.png")
    #expect(try folder.load().digest != before.digest)
  }

  @Test func imagesOfSeveralSizesAreResizedToTheSide() throws {
    let folder = try Self.divided()
    try folder.write("train/dog/wide.png", PNGFile.flat(20, 5, [9, 9, 9]))
    let data = try folder.load(side: 6)
    #expect(data.training.height == 6 && data.training.width == 6 && data.test.width == 6)
    #expect(data.typicalSize == ImageSize(height: 4, width: 4))
    #expect(try folder.load(side: 6).digest == folder.load(side: 9).digest)
    let found = try inspectDataset(named: "image-folder", path: folder.path, side: 6, environment: [:])
    #expect(found.sizes.map(\.count) == [10, 1] && found.sizes[1].width == 20)
  }

  @Test func imagesLargerThanTheSideAreKeptSmall() throws {
    let folder = try Self.divided(side: 12)
    let data = try folder.load(side: 6)
    #expect(data.training.height == 6 && data.typicalSize == ImageSize(height: 12, width: 12))
    #expect(try folder.load(side: 12).training.height == 12)
  }

  @Test func withoutHalvesTheDigestsDivide() throws {
    let folder = try DataFolder()
    for name in ["a", "b", "c"] {
      for index in 0..<60 {
        try folder.write("\(name)/\(index).png", PNGFile.flat(3, 3, [UInt8(index), name.utf8.first!, 0]))
      }
    }
    try folder.write("README.md", Data("Not an image.".utf8))
    let data = try folder.load()
    #expect(data.training.count + data.test.count == 180)
    #expect((15...45).contains(data.test.count))
    let tested = Set((0..<data.test.count).map { data.test.image($0).pixels })
    // More images move none from one half to the other.
    for index in 60..<80 { try folder.write("a/\(index).png", PNGFile.flat(3, 3, [UInt8(index), 97, 0])) }
    let more = try folder.load()
    #expect(Set((0..<more.test.count).map { more.test.image($0).pixels }).isSuperset(of: tested))
    // Of two images each half has one.
    let small = try DataFolder()
    for name in ["a", "b"] {
      for index in 0..<2 {
        try small.write("\(name)/\(index).png", PNGFile.flat(3, 3, [UInt8(index), name.utf8.first!]))
      }
    }
  }

  @Test func aPairOfImagesIsDivided() throws {
    for salt in 0..<8 {
      let folder = try DataFolder()
      for name in ["a", "b"] {
        for index in 0..<2 {
          try folder.write("\(name)/\(index).png", PNGFile.flat(3, 3, [UInt8(index), name.utf8.first!, UInt8(salt)]))
        }
      }
      let data = try folder.load()
      #expect(data.training.labels.sorted() == [0, 1] && data.test.labels.sorted() == [0, 1])
    }
    let single = try DataFolder()
    for name in ["a", "b"] { try single.write("\(name)/0.png", PNGFile.flat(3, 3, [1])) }
    #expect(single.error() == .noTestImages(path: single.path))
  }

  @Test func classesMayBeCalledTrainAndTest() throws {
    let folder = try DataFolder()
    for name in ["train", "ship"] {
      for index in 0..<4 {
        try folder.write("\(name)/\(index).png", PNGFile.flat(3, 3, [UInt8(index), name.utf8.first!, 0]))
      }
    }
    #expect(try folder.load().classNames == ["ship", "train"])
  }

  @Test func whatIsMissingIsNamed() throws {
    #expect(throws: DatasetError.folderMissing(name: "image-folder", path: "/nowhere/x")) {
      try loadDataset(named: "image-folder", path: "/nowhere/x", environment: [:])
    }
    #expect(throws: DatasetError.pathNeeded(name: "cifar-10")) {
      try loadDataset(named: "cifar-10", path: nil, environment: [:])
    }
    let empty = try DataFolder()
    #expect(empty.error() == .noClasses(path: empty.path))
    let single = try DataFolder()
    try single.write("train/a/0.png", PNGFile.flat(3, 3, [1]))
    try single.write("test/a/0.png", PNGFile.flat(3, 3, [1]))
    #expect(single.error() == .noClasses(path: "\(single.path)/train"))
    let half = try DataFolder()
    try half.write("train/a/0.png", PNGFile.flat(3, 3, [1]))
    #expect(half.error() == .halfMissing(path: half.path, found: "train", missing: "test"))
    let folder = try Self.divided()
    try folder.write("test/cta/0.png", PNGFile.flat(3, 3, [1, 2, 3]))
    #expect(folder.error() == .unknownClass(path: "\(folder.path)/test/cta", known: ["cat", "dog"]))
    #expect("\(folder.error()!)".contains("did you mean cat?"))
    try folder.remove("test/cta")
    try folder.remove("train/dog")
    try folder.write("train/dog/notes.txt", Data("x".utf8))
    #expect(folder.error() == .noImagesOfClass(path: "\(folder.path)/train/dog", others: 1))
    try folder.write("train/dog/deeper/1.png", PNGFile.flat(3, 3, [1, 2, 3]))
    #expect(folder.error() == .nestedFolder(path: "\(folder.path)/train/dog/deeper"))
  }

  @Test func namesOfClassesAndHalvesThatMislead() throws {
    // One name in two forms of Unicode would be one class.
    let folder = try DataFolder()
    for half in ["train", "test"] {
      for (value, name) in ["caf\u{E9}", "cafe\u{301}"].enumerated() {
        try folder.write("\(half)/\(name)/0.png", PNGFile.flat(3, 3, [UInt8(value)]))
      }
    }
    #expect(folder.error() == .sameName(path: "\(folder.path)/train", name: "caf\u{E9}"))
    #expect("\(folder.error()!)".contains("rename one"))
    // Of bytes, as other programs put them in order: the first has an accent of its own.
    let accents = try DataFolder()
    for name in ["e\u{301}", "z", "f"] {
      for value in 0..<3 { try accents.write("\(name)/\(value).png", PNGFile.flat(3, 3, [UInt8(value)])) }
    }
    #expect(try accents.load().classNames.map { Array($0.utf8) } == ["e\u{301}", "f", "z"].map { Array($0.utf8) })
    for (train, test) in [("Train", "Test"), ("train", "valid"), ("training", "validation")] {
      let halves = try DataFolder()
      for half in [train, test] {
        for name in ["a", "b"] { try halves.write("\(half)/\(name)/0.png", PNGFile.flat(3, 3, [1])) }
      }
      #expect(halves.error() == .halfNames(path: halves.path, found: [train, test].sorted()))
      #expect("\(halves.error()!)".contains("called train and test"))
    }
  }

  @Test(arguments: [
    ("\u{FEFF}a\r\nb\r\n", nil), ("a\nb\n\n\n", nil), ("a\n\nb\n", "line 2 is empty"),
    ("a\nb\u{0}c\n", "line 2 has a control"),
  ])
  func namesInAFile(text: String, reason: String?) throws {
    let folder = try DataFolder()
    for (half, count) in [("train", 4), ("t10k", 2)] {
      let size = [UInt8(0), 0, 0, UInt8(count)]
      try folder.write(
        "\(half)-images-idx3-ubyte",
        Data([0, 0, 8, 3] + size + [0, 0, 0, 2, 0, 0, 0, 2] + [UInt8](repeating: 9, count: 4 * count)))
      try folder.write("\(half)-labels-idx1-ubyte", Data([0, 0, 8, 1] + size + (0..<count).map { UInt8($0 % 2) }))
    }
    try folder.write("classes.txt", Data(text.utf8))
    if let reason {
      #expect(folder.error("idx-folder").map { "\($0)".contains(reason) } == true)
    } else {
      #expect(try folder.load("idx-folder", side: 2).classNames == ["a", "b"])
    }
  }

  @Test func hostileFilesAreRefused() throws {
    let folder = try Self.divided()
    let bad = "\(folder.path)/train/cat/bad.png"
    try folder.write("train/cat/bad.png", Data("no image".utf8))
    #expect(folder.error() == .image(path: bad, .unknownFormat))
    let whole = PNGFile.flat(40, 40, [1, 2, 3])
    try folder.write("train/cat/bad.png", whole.prefix(whole.count / 2))
    guard case .image(bad, .damaged(.png, _))? = folder.error() else {
      Issue.record("\(String(describing: folder.error()))")
      return
    }
    try folder.remove("train/cat/bad.png")
    symlink("/etc/passwd", bad)
    #expect(folder.error() == .notPlain(path: bad, kind: .link))
    try folder.remove("train/cat/bad.png")
    mkfifo(bad, 0o600)
    #expect(folder.error() == .notPlain(path: bad, kind: .fifo))
    try folder.remove("train/cat/bad.png")
    symlink("/tmp", "\(folder.path)/train/elsewhere")
    #expect(folder.error() == .notPlain(path: "\(folder.path)/train/elsewhere", kind: .link))
    try folder.remove("train/elsewhere")
    #expect(folder.error() == nil)
    // A name that is no UTF-8.
    close(open("\(folder.path)/train/cat/", O_RDONLY))
    var name = Array("\(folder.path)/train/cat/x".utf8CString)
    name[name.count - 2] = CChar(bitPattern: 0xFF)
    close(open(name, O_CREAT | O_WRONLY, 0o600))
    #expect(folder.error() == .fileName(path: "\(folder.path)/train/cat"))
    unlink(name)
  }

  @Test func errorsStayOnOneLine() throws {
    let folder = try Self.divided()
    try folder.write("train/cat/a\nb\u{1b}[31m.png", Data("<script>".utf8))
    let text = "\(folder.error()!)"
    #expect(text.contains("a\\u{a}b\\u{1b}[31m.png: is neither PNG nor JPEG"), "\(text)")
    #expect(!text.contains("\n"))
  }
}

@Suite struct OtherFormTests {
  /// CIFAR-10's files with `count` records each.
  static func cifar(_ count: Int = 4) throws -> DataFolder {
    let folder = try DataFolder()
    for (file, name) in ((1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]).enumerated() {
      let records = (0..<count).flatMap { index -> [UInt8] in
        [UInt8((file + index) % 10)] + [1, 2, 3].flatMap { [UInt8](repeating: UInt8(index * 10 + $0), count: 1024) }
      }
      try folder.write("cifar-10-batches-bin/\(name)", Data(records))
    }
    return folder
  }

  @Test func readsCIFAR10() throws {
    let folder = try Self.cifar()
    let data = try folder.load("cifar-10")
    #expect(data.training.count == 20 && data.test.count == 4 && data.training.channels == 3)
    #expect(data.training.labels[..<6] == [0, 1, 2, 3, 1, 2])
    let image = data.training.image(1)
    #expect(image.pixels[0] == 11 && image.pixels[1024] == 12 && image.pixels[2048] == 13)
    #expect(data.classNames == ClassNames.cifar10 && data.classNames[9] == "truck")
    try folder.write(
      "cifar-10-batches-bin/batches.meta.txt", Data((0...9).map { "kind \($0)\n" }.joined().utf8))
    #expect(try folder.load("cifar-10").classNames[3] == "kind 3")
    #expect(try folder.load("cifar-10").digest == data.digest)
    #expect(try detectDataset(in: folder.path) == "cifar-10")
  }

  @Test func wrongCIFAR10IsRefused() throws {
    let folder = try Self.cifar()
    let inner = "\(folder.path)/cifar-10-batches-bin"
    try folder.write("cifar-10-batches-bin/test_batch.bin", Data(count: 3072))
    #expect(folder.error("cifar-10") == .record(path: "\(inner)/test_batch.bin", bytes: 3072, record: 3073))
    try folder.write("cifar-10-batches-bin/test_batch.bin", Data([10]) + Data(count: 3072))
    #expect(folder.error("cifar-10") == .recordLabel(path: "\(inner)/test_batch.bin", record: 0, found: 10))
    try folder.remove("cifar-10-batches-bin/test_batch.bin")
    #expect(
      folder.error("cifar-10")
        == .missing(name: "cifar-10", files: ["test_batch.bin"], places: [inner], isPackaged: false))
    let python = try DataFolder()
    try python.write("cifar-10-batches-py/data_batch_1", Data([1]))
    #expect(python.error("cifar-10") == .pythonBatches(path: "\(python.path)/cifar-10-batches-py"))
    let packed = try DataFolder()
    try packed.write("cifar-10-binary.tar.gz", Data([1]))
    #expect(packed.error("cifar-10") == .packed(path: "\(packed.path)/cifar-10-binary.tar.gz"))
  }

  /// Four IDX files with labels from 0 to below `classes`.
  static func idx(_ folder: DataFolder, _ prefix: String, classes: Int, names: [String] = ["train", "t10k"]) throws {
    for half in names {
      try folder.write(
        "\(prefix)\(half)-images-idx3-ubyte",
        LoadTests.Folder.idx(0x803, [classes, 4, 4], [UInt8](repeating: 3, count: 16 * classes)))
      try folder.write(
        "\(prefix)\(half)-labels-idx1-ubyte", LoadTests.Folder.idx(0x801, [classes], (0..<classes).map { UInt8($0) }))
    }
  }

  @Test func classNamesFollowFromTheFolder() throws {
    let folder = try DataFolder()
    try Self.idx(folder, "KMNIST/raw/", classes: 10)
    let data = try folder.load("idx-folder")
    #expect(data.classNames == ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"])
    let own = try DataFolder()
    try Self.idx(own, "", classes: 10)
    #expect(try own.load("idx-folder").classNames == (0...9).map { "\($0)" })
    // Names do not change what is computed.
    #expect(try own.load("idx-folder").digest == data.digest)
  }

  @Test func emnistHasItsOwnFileNamesAndClasses() throws {
    let folder = try DataFolder()
    try Self.idx(folder, "emnist-balanced/emnist-balanced-", classes: 47, names: ["train", "test"])
    let data = try loadDataset(
      named: "idx-folder", path: "\(folder.path)/emnist-balanced", environment: [:])
    #expect(data.training.classes == 47 && data.classNames[10] == "A" && data.classNames[46] == "t")
    #expect(data.digests["classes"] != nil)
  }

  @Test func classesOfOnesOwnAreInAFile() throws {
    let folder = try DataFolder()
    try Self.idx(folder, "", classes: 3)
    let ten = try folder.load("idx-folder")
    #expect(ten.training.classes == 10 && ten.digests.count == 4)
    try folder.write("classes.txt", Data("round\r\nsharp\r\n  flat \r\n\r\n".utf8))
    let three = try folder.load("idx-folder")
    #expect(three.classNames == ["round", "sharp", "flat"] && three.training.classes == 3)
    // Another number of classes is another network: so it is other data.
    #expect(three.digest != ten.digest)
    try folder.write("classes.txt", Data("round\nsharp\n".utf8))
    #expect(
      folder.error("idx-folder")
        == .label(path: "\(folder.path)/train-labels-idx1-ubyte", index: 2, found: 2, classes: 2))
    for text in ["one\n", "a\na\nb\n", String(repeating: "x", count: 201) + "\nb\n"] {
      try folder.write("classes.txt", Data(text.utf8))
      guard case .classNames? = folder.error("idx-folder") else {
        Issue.record("\(text) was taken")
        continue
      }
    }
  }

  @Test func twoDataSetsInOneFolderAreToldApart() throws {
    let folder = try DataFolder()
    try Self.idx(folder, "emnist-letters-", classes: 27)
    try Self.idx(folder, "emnist-digits-", classes: 10)
    guard case .ambiguous? = folder.error("idx-folder") else {
      Issue.record("\(String(describing: folder.error("idx-folder")))")
      return
    }
  }

  @Test func imagesInBothHalvesAreCounted() throws {
    let folder = try ImageFolderTests.divided()
    try folder.write("test/cat/again.png", Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/train/cat/0.png")))
    let found = try inspectDataset(named: "image-folder", path: folder.path, side: 8, environment: [:])
    #expect(found.inBothHalves == 1 && found.isDivided)
  }
}
