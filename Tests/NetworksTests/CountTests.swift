import Networks
import Testing

/// Exact counts of the chapter's networks, computed apart from this program.
@Suite struct CountTests {
  struct Row: Sendable {
    var name: String
    var arch: Architecture
    var ratio = 1
    var channels = 1
    var side = 224
    var classes = 10
    var parameters: Int
    var convParameters: Int
    var linearParameters: Int
    var multiplyAdds: Int
    var convMultiplyAdds: Int
    var linearMultiplyAdds: Int
    var activations: Int
    var flatten: Int
    var kept: Int
  }

  static func row(
    _ name: String, _ arch: Architecture, _ ratio: Int, _ side: Int, _ counts: Int..., channels: Int = 1,
    classes: Int = 10
  ) -> Row {
    Row(
      name: name, arch: arch, ratio: ratio, channels: channels, side: side, classes: classes, parameters: counts[0],
      convParameters: counts[1], linearParameters: counts[2], multiplyAdds: counts[3], convMultiplyAdds: counts[4],
      linearMultiplyAdds: counts[5], activations: counts[6], flatten: counts[7], kept: counts[8])
  }

  static let rows = [
    row(
      "torchvision's AlexNet", .alexnetTorchvision, 1, 224, 61_100_840, 2_469_696, 58_631_144, 714_188_480, 655_566_528,
      58_621_952, 1_089_000, 9_216, 3_701_248, channels: 3, classes: 1000),
    row(
      "AlexNet of 2012", .alexnet2012, 1, 227, 60_965_224, 2_334_080, 58_631_144, 724_406_816, 665_784_864, 58_621_952,
      1_448_200, 9_216, 4_761_964, channels: 3, classes: 1000),
    row(
      "VGG-11 full 224", .vgg11, 1, 224, 128_806_154, 9_219_328, 119_586_826, 7_547_232_256, 7_427_653_632, 119_578_624,
      16_407_050, 25_088, 48_343_040),
    row(
      "VGG-11 full 96", .vgg11, 1, 96, 44_920_074, 9_219_328, 35_700_746, 1_399_955_456, 1_364_262_912, 35_692_544,
      3_033_610, 4_608, 8_939_520),
    row(
      "VGG-11 r4 224", .vgg11, 4, 224, 43_093_322, 576_832, 42_516_490, 512_155_648, 469_647_360, 42_508_288, 4_120_202,
      6_272, 12_291_584),
    row(
      "VGG-11 r4 96", .vgg11, 4, 96, 22_121_802, 576_832, 21_544_970, 107_798_528, 86_261_760, 21_536_768, 776_842,
      1_152, 2_317_824),
    row(
      "VGG-13 full 224", .vgg13, 1, 224, 128_990_666, 9_403_840, 119_586_826, 11_246_608_384, 11_127_029_760,
      119_578_624, 26_040_842, 25_088, 67_610_624),
    row(
      "VGG-13 full 96", .vgg13, 1, 96, 45_104_586, 9_403_840, 35_700_746, 2_079_432_704, 2_043_740_160, 35_692_544,
      4_803_082, 4_608, 12_478_464),
    row(
      "VGG-13 r4 224", .vgg13, 4, 224, 43_104_890, 588_400, 42_516_490, 743_366_656, 700_858_368, 42_508_288, 6_528_650,
      6_272, 17_108_480),
    row(
      "VGG-13 r4 96", .vgg13, 4, 96, 22_133_370, 588_400, 21_544_970, 150_265_856, 128_729_088, 21_536_768, 1_219_210,
      1_152, 3_202_560),
    row(
      "VGG-16 full 224", .vgg16, 1, 224, 134_300_362, 14_713_536, 119_586_826, 15_408_406_528, 15_288_827_904,
      119_578_624, 28_649_994, 25_088, 72_828_928),
    row(
      "VGG-16 full 96", .vgg16, 1, 96, 50_414_282, 14_713_536, 35_700_746, 2_843_844_608, 2_808_152_064, 35_692_544,
      5_282_314, 4_608, 13_436_928),
    row(
      "VGG-16 r4 224", .vgg16, 4, 224, 43_436_986, 920_496, 42_516_490, 1_003_479_040, 960_970_752, 42_508_288,
      7_180_938, 6_272, 18_413_056),
    row(
      "VGG-16 r4 96", .vgg16, 4, 96, 22_465_466, 920_496, 21_544_970, 198_041_600, 176_504_832, 21_536_768, 1_339_018,
      1_152, 3_442_176),
    row(
      "VGG-19 full 224", .vgg19, 1, 224, 139_610_058, 20_023_232, 119_586_826, 19_570_204_672, 19_450_626_048,
      119_578_624, 31_259_146, 25_088, 78_047_232),
    row(
      "VGG-19 full 96", .vgg19, 1, 96, 55_723_978, 20_023_232, 35_700_746, 3_608_256_512, 3_572_563_968, 35_692_544,
      5_761_546, 4_608, 14_395_392),
    row(
      "VGG-19 r4 224", .vgg19, 4, 224, 43_769_082, 1_252_592, 42_516_490, 1_263_591_424, 1_221_083_136, 42_508_288,
      7_833_226, 6_272, 19_717_632),
    row(
      "VGG-19 r4 96", .vgg19, 4, 96, 22_797_562, 1_252_592, 21_544_970, 245_817_344, 224_280_576, 21_536_768, 1_458_826,
      1_152, 3_681_792),
    row(
      "d2l AlexNet 224", .alexnet, 1, 224, 46_764_746, 3_723_968, 43_040_778, 938_146_176, 895_113_600, 43_032_576,
      1_333_642, 6_400, 3_974_144),
    row(
      "d2l AlexNet 96", .alexnet, 1, 96, 21_598_922, 3_723_968, 17_874_954, 134_474_112, 116_607_360, 17_866_752,
      215_434, 256, 631_808),
    row(
      "VGG-11, RGB, 1000 classes", .vgg11, 1, 224, 132_863_336, 9_220_480, 123_642_856, 7_609_090_048, 7_485_456_384,
      123_633_664, 16_408_040, 25_088, 48_744_448, channels: 3, classes: 1000),
    row(
      "VGG-13, RGB, 1000 classes", .vgg13, 1, 224, 133_047_848, 9_404_992, 123_642_856, 11_308_466_176, 11_184_832_512,
      123_633_664, 26_041_832, 25_088, 68_012_032, channels: 3, classes: 1000),
    row(
      "VGG-16, RGB, 1000 classes", .vgg16, 1, 224, 138_357_544, 14_714_688, 123_642_856, 15_470_264_320, 15_346_630_656,
      123_633_664, 28_650_984, 25_088, 73_230_336, channels: 3, classes: 1000),
    row(
      "VGG-19, RGB, 1000 classes", .vgg19, 1, 224, 143_667_240, 20_024_384, 123_642_856, 19_632_062_464, 19_508_428_800,
      123_633_664, 31_260_136, 25_088, 78_448_640, channels: 3, classes: 1000),
    row(
      "VGG-C, RGB, 1000 classes", .vgg16OneByOne, 1, 224, 133_638_952, 9_996_096, 123_642_856, 11_770_888_192,
      11_647_254_528, 123_633_664, 28_650_984, 25_088, 73_230_336, channels: 3, classes: 1000),
  ]

  @Test(arguments: rows.indices)
  func countsAreExact(index: Int) throws {
    let row = Self.rows[index]
    let network = try NetworkConfiguration(.architecture(row.arch), ratio: row.ratio)
      .build(input: .image(channels: row.channels, height: row.side, width: row.side), classes: row.classes)
    let convolutions = network.totals(ofType: "Conv2d")
    let linears = network.totals(ofType: "Linear")
    #expect(network.parameters == row.parameters, "\(row.name)")
    #expect(convolutions.parameters == row.convParameters, "\(row.name)")
    #expect(linears.parameters == row.linearParameters, "\(row.name)")
    #expect(network.multiplyAdds == row.multiplyAdds, "\(row.name)")
    #expect(convolutions.multiplyAdds == row.convMultiplyAdds, "\(row.name)")
    #expect(linears.multiplyAdds == row.linearMultiplyAdds, "\(row.name)")
    #expect(network.activationFloats == row.activations, "\(row.name)")
    #expect(network.layers.first { $0.type == "Flatten" }?.output.count == row.flatten, "\(row.name)")
    #expect(network.keptActivationBytes == row.kept, "\(row.name)")
    let state = network.stateKeys.reduce(0) { $0 + $1.shape.reduce(1, *) }
    #expect(state == row.parameters, "\(row.name)")
  }

  @Test(arguments: [
    (Architecture.vgg11, 1, 224, 22_612_795_392), (.vgg11, 4, 224, 1_529_241_600), (.vgg11, 4, 96, 322_068_480),
    (.vgg16, 4, 224, 3_003_211_776), (.vgg19, 4, 224, 3_783_548_928), (.vgg19, 4, 96, 736_124_928),
    (.alexnet, 1, 224, 2_780_566_272),
  ])
  func aTrainingStepsWork(arch: Architecture, ratio: Int, side: Int, expected: Int) throws {
    let network = try NetworkConfiguration(.architecture(arch), ratio: ratio)
      .build(input: .image(channels: 1, height: side, width: side), classes: 10)
    #expect(network.trainingMultiplyAdds == expected)
  }

  @Test func activationsByTypeOfLayer() throws {
    let network = try NetworkConfiguration(.architecture(.vgg11), ratio: 4)
      .build(input: .image(channels: 1, height: 224, width: 224), classes: 10)
    func floats(_ type: String) -> Int { network.totals(ofType: type).activationFloats }
    #expect(floats("Conv2d") == 1_856_512)
    #expect(floats("ReLU") == 1_864_704)
    #expect(floats("MaxPool2d") == 382_592)
    #expect(floats("Linear") == 8_202)
    #expect(floats("Dropout") == 8_192)
  }

  @Test(arguments: [
    (Architecture.vgg11, 13, 29, 11, [0, 0, 1, 1, 1]), (.vgg13, 13, 33, 13, [1, 1, 1, 1, 1]),
    (.vgg16, 13, 39, 16, [1, 1, 2, 2, 2]), (.vgg19, 13, 45, 19, [1, 1, 3, 3, 3]),
  ])
  func eightLinesOrElevenLayers(arch: Architecture, lines: Int, leaves: Int, weights: Int, hidden: [Int]) throws {
    let network = try NetworkConfiguration(.architecture(arch))
      .build(input: .image(channels: 1, height: 224, width: 224), classes: 10)
    #expect(network.shapeWalk.split(separator: "\n").count == lines)
    #expect(network.layers.count == leaves)
    #expect(network.layers.filter { $0.parameters > 0 }.count == weights)
    let convolutions = (0..<5).map { child in
      network.layers.filter { $0.child == child && $0.type == "Conv2d" }.count
    }
    #expect(convolutions.map { $0 - 1 } == hidden)
  }

  @Test func alexNetIsNotNested() throws {
    let network = try NetworkConfiguration(.architecture(.alexnet))
      .build(input: .image(channels: 1, height: 224, width: 224), classes: 10)
    #expect(network.children.count == 21)
    #expect(network.layers.count == 21)
  }

  @Test func blocksOfOnesOwnMakeTheSameNetwork() throws {
    let blocks = [Block(1, 64), Block(1, 128), Block(2, 256), Block(2, 512), Block(2, 512)]
    let input = TensorShape.image(channels: 1, height: 96, width: 96)
    #expect(
      try NetworkConfiguration(.blocks(blocks), ratio: 4).build(input: input, classes: 10)
        == NetworkConfiguration(.architecture(.vgg11), ratio: 4).build(input: input, classes: 10))
  }

  @Test func withoutGroupsThe2012NetworkHasMoreWeights() throws {
    let grouped = try NetworkConfiguration(.architecture(.alexnet2012)).build(
      input: .image(channels: 3, height: 227, width: 227), classes: 1000)
    let children = grouped.children.map { module -> Module in
      guard case .conv2d(var convolution) = module else { return module }
      convolution.groups = 1
      return .conv2d(convolution)
    }
    let network = try Network(children: children, input: grouped.input)
    #expect(network.parameters == 62_378_344 && network.multiplyAdds == 1_135_256_096)
    #expect(network.activationFloats == 1_448_200 && network.keptActivationBytes == 4_761_964)
  }

  @Test func groupsNeedChannelsThatTheyDivide() {
    #expect(throws: NetworkError.notDivisible(channels: 1, groups: 2)) {
      try NetworkConfiguration(.architecture(.alexnet2012), ratio: 64).build(
        input: .image(channels: 1, height: 227, width: 227), classes: 10)
    }
  }

  @Test func keysAreThoseOfTorchvision() throws {
    func keys(_ architecture: Architecture) throws -> [String] {
      try NetworkConfiguration(.architecture(architecture)).build(
        input: .image(channels: 3, height: 224, width: 224), classes: 1000
      ).torchvisionKeys
    }
    #expect(
      try keys(.alexnetTorchvision) == [0, 3, 6, 8, 10].flatMap { ["features.\($0).weight", "features.\($0).bias"] }
        + [1, 4, 6].flatMap { ["classifier.\($0).weight", "classifier.\($0).bias"] })
    #expect(
      try keys(.vgg11) == [0, 3, 6, 8, 11, 13, 16, 18].flatMap { ["features.\($0).weight", "features.\($0).bias"] }
        + [0, 3, 6].flatMap { ["classifier.\($0).weight", "classifier.\($0).bias"] })
  }
}
