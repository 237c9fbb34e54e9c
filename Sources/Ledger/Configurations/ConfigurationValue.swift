import Foundation
public import Networks
import Text

/// A value of a configuration's key.
public enum ConfigurationValue: Sendable, Hashable {
  case whole(Int)
  case unsigned(UInt64)
  case number(Double)
  case truth(Bool)
  case text(String)
  case blocks([Block])

  /// As people read it, and as `--set` takes it.
  public var description: String {
    switch self {
    case .whole(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value): "\(value)"
    case .truth(let value): "\(value)"
    case .text(let value): value
    case .blocks(let blocks): "[\(blocks.map { "[\($0.convolutions), \($0.channels)]" }.joined(separator: ", "))]"
    }
  }

  /// As the canonical text has it.
  public var json: String {
    switch self {
    case .text(let value): jsonQuoted(value)
    case .blocks(let blocks): "[\(blocks.map { "[\($0.convolutions),\($0.channels)]" }.joined(separator: ","))]"
    case .whole, .unsigned, .number, .truth: description
    }
  }
}
