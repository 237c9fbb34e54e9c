import Text

/// Why a network cannot be built, as facts.
public enum NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownArchitecture(String)
  case ratioTooLarge(ratio: Int, channels: Int)
  case notPositive(what: String, value: Int)
  case tooLarge(what: String, value: Int, limit: Int)
  case noBlocks
  case notDivisible(channels: Int, groups: Int)
  case dropoutOutOfRange(Double)
  case imageTooSmall(path: String, layer: String, height: Int, width: Int)
  case channelMismatch(path: String, layer: String, expected: Int, found: Int)
  case wrongRank(path: String, layer: String, dimensions: [Int])

  public var description: String {
    switch self {
    case .unknownArchitecture(let name):
      "there is no architecture '\(name)'; there are \(Architecture.allCases.map(\.rawValue).joined(separator: ", "))"
    case .ratioTooLarge(let ratio, let channels):
      "a ratio of \(ratio) leaves a layer of \(channels) channels with none; use at most \(channels)"
    case .notPositive(let what, let value): "\(what) is \(value); it must be at least 1"
    case .tooLarge(let what, let value, let limit): "\(what) is \(value); it may be at most \(limit)"
    case .noBlocks: "the list of blocks is empty; write at least one [convolutions, channels]"
    case .notDivisible(let channels, let groups):
      "\(channels) channels are not divisible by \(groups) groups; use another ratio"
    case .dropoutOutOfRange(let value): "dropout is \(value); it must be at least 0 and below 1"
    case .imageTooSmall(let path, let layer, let height, let width):
      "an image of \(height)x\(width) is too small for the \(layer) at \(path); use a larger input"
    case .channelMismatch(let path, let layer, let expected, let found):
      "the \(layer) at \(path) takes \(expected) inputs and gets \(found)"
    case .wrongRank(let path, let layer, let dimensions):
      "the \(layer) at \(path) cannot take a shape of \(dimensions)"
    }
  }
}
