import Foundation
import Networks
import Testing

/// PyTorch's own texts, byte for byte; `Fixtures/make-printouts.py` made them.
@Suite struct PrintingTests {
  static let folder = (#filePath as NSString).deletingLastPathComponent + "/Fixtures"

  @Test(arguments: [
    ("vgg11-ratio4", Architecture.vgg11, 4, 1, 224, 10), ("vgg11-ratio4-96", .vgg11, 4, 1, 96, 10),
    ("vgg11", .vgg11, 1, 1, 224, 10), ("vgg11-lrn", .vgg11LRN, 1, 1, 224, 10),
    ("vgg16-1x1", .vgg16OneByOne, 1, 1, 224, 10), ("vgg16-rgb", .vgg16, 1, 3, 224, 1000),
    ("vgg19-ratio4", .vgg19, 4, 1, 224, 10), ("alexnet", .alexnet, 1, 1, 224, 10),
    ("alexnet-torchvision", .alexnetTorchvision, 1, 3, 224, 1000), ("alexnet-2012", .alexnet2012, 1, 3, 227, 1000),
  ])
  func printsAsPyTorchDoes(file: String, arch: Architecture, ratio: Int, channels: Int, side: Int, classes: Int) throws
  {
    let expected = try String(contentsOfFile: "\(Self.folder)/\(file).txt", encoding: .utf8)
    let network = try NetworkConfiguration(.architecture(arch), ratio: ratio)
      .build(input: .image(channels: channels, height: side, width: side), classes: classes)
    #expect("\(network.printed)\n\n\(network.shapeWalk)\n" == expected)
  }

  @Test func theSummaryHasTextWalkAndTable() throws {
    let network = try NetworkConfiguration(.architecture(.vgg11), ratio: 4)
      .build(input: .image(channels: 1, height: 224, width: 224), classes: 10)
    #expect(network.summary == [network.printed, network.shapeWalk, network.layerTable].joined(separator: "\n\n"))
    let lines = network.layerTable.split(separator: "\n")
    #expect(lines.count == 29 + 4)
    #expect(Set(lines.map(\.count)).count == 1)
    #expect(lines[2].hasPrefix("0.0"))
    #expect(lines.last!.contains("43,093,322"))
  }

  @Test func oddDropoutsPrintAsPythonFloats() {
    #expect(Module.dropout(Dropout(probability: 0)).printed == "Dropout(p=0.0, inplace=False)")
    #expect(Module.dropout(Dropout(probability: 0.25)).printed == "Dropout(p=0.25, inplace=False)")
    #expect(Module.dropout(Dropout(probability: 1e-05)).printed == "Dropout(p=1e-05, inplace=False)")
    #expect(Module.sequential([]).printed == "Sequential()")
  }
}
