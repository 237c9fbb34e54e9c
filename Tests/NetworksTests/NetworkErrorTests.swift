import Networks
import Testing

@Suite struct NetworkErrorTests {
  static func build(
    _ body: NetworkConfiguration.Body = .architecture(.vgg11), ratio: Int = 1, dropout: Double = 0.5, side: Int = 224,
    channels: Int = 1, classes: Int = 10
  ) throws(NetworkError) -> Network {
    try NetworkConfiguration(body, ratio: ratio, dropout: dropout)
      .build(input: .image(channels: channels, height: side, width: side), classes: classes)
  }

  @Test func wrongConfigurationsAreFacts() {
    #expect(throws: NetworkError.ratioTooLarge(ratio: 65, channels: 64)) { try Self.build(ratio: 65) }
    #expect(throws: NetworkError.ratioTooLarge(ratio: 97, channels: 96)) {
      try Self.build(.architecture(.alexnet), ratio: 97)
    }
    #expect(throws: NetworkError.notPositive(what: "the ratio", value: 0)) { try Self.build(ratio: 0) }
    #expect(throws: NetworkError.notPositive(what: "the number of classes", value: 0)) { try Self.build(classes: 0) }
    #expect(throws: NetworkError.noBlocks) { try Self.build(.blocks([])) }
    #expect(throws: NetworkError.dropoutOutOfRange(1)) { try Self.build(dropout: 1) }
    #expect(throws: NetworkError.imageTooSmall(path: "4.4", layer: "MaxPool2d", height: 1, width: 1)) {
      try Self.build(side: 31)
    }
    #expect(throws: NetworkError.tooLarge(what: "the input's height", value: 5000, limit: 4096)) {
      try Self.build(side: 5000)
    }
  }

  @Test func layersThatDoNotFitAreNamed() {
    #expect(throws: NetworkError.channelMismatch(path: "1", layer: "Conv2d", expected: 3, found: 2)) {
      try Network(
        children: [.conv2d(Conv2d(1, 2, kernelSize: 1)), .conv2d(Conv2d(3, 1, kernelSize: 1))],
        input: .image(channels: 1, height: 4, width: 4))
    }
    #expect(throws: NetworkError.wrongRank(path: "0", layer: "Linear", dimensions: [1, 4, 4])) {
      try Network(children: [.linear(Linear(16, 2))], input: .image(channels: 1, height: 4, width: 4))
    }
  }

  @Test func sentencesSayWhatToDo() {
    #expect(
      "\(NetworkError.ratioTooLarge(ratio: 65, channels: 64))"
        == "a ratio of 65 leaves a layer of 64 channels with none; use at most 64")
    #expect(
      "\(NetworkError.imageTooSmall(path: "4.4", layer: "MaxPool2d", height: 1, width: 1))"
        == "an image of 1x1 is too small for the MaxPool2d at 4.4; use a larger input")
    #expect(
      "\(NetworkError.unknownArchitecture("vgg12"))".hasPrefix("there is no architecture 'vgg12'; there are alexnet,"))
  }
}
