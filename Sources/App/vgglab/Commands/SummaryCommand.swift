import ArgumentParser
import Networks

struct SummaryCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Print a network as PyTorch does, its shapes, and a table of all its layers.",
    discussion: helpText(
      examples: "summary vgg11 --ratio 4 --input 1x96x96"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(
    help: ArgumentHelp(
      "The architecture: \(Architecture.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "net"))
  var architecture: String

  @Option(name: .long, help: "Divides the channels of every convolution.")
  var ratio = 1

  @Option(name: .long, help: "The outputs of both hidden Linear layers.")
  var hidden = NetworkConfiguration.paperHidden

  @Option(name: .long, help: ArgumentHelp("The input's shape.", valueName: "CxHxW"))
  var input = "1x224x224"

  @Option(name: .long, help: "The number of classes.")
  var classes = 10

  func execute() throws {
    guard let architecture = Architecture(rawValue: architecture) else {
      throw ValidationError("\(NetworkError.unknownArchitecture(architecture))")
    }
    let sides = input.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 3, let channels = sides[0], let height = sides[1], let width = sides[2] else {
      throw ValidationError("--input is '\(input)'; write channels, height and width as in 1x224x224")
    }
    let network: Network
    do {
      network = try NetworkConfiguration(.architecture(architecture), ratio: ratio, hidden: hidden)
        .build(input: .image(channels: channels, height: height, width: width), classes: classes)
    } catch { throw ValidationError("\(error)") }
    if format.json {
      output(try json(NetworkFacts(network)))
    } else {
      output(network.summary)
    }
  }
}

private struct NetworkFacts: Encodable {
  struct Layer: Encodable {
    var path: String
    var type: String
    var printed: String
    var output_shape: [Int]
    var parameters: Int
    var multiply_adds: Int
    var activation_floats: Int
  }

  var printed: String
  var shape_walk: String
  var parameters: Int
  var multiply_adds: Int
  var activation_floats: Int
  var layers: [Layer]

  init(_ network: Network) {
    printed = network.printed
    shape_walk = network.shapeWalk
    parameters = network.parameters
    multiply_adds = network.multiplyAdds
    activation_floats = network.activationFloats
    layers = network.layers.map {
      Layer(
        path: $0.path, type: $0.type, printed: $0.printed, output_shape: $0.output.dimensions,
        parameters: $0.parameters, multiply_adds: $0.multiplyAdds, activation_floats: $0.activationFloats)
    }
  }
}
