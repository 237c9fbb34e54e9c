/// Whose fault an error is, as far as a caller must know: commands choose their exit codes by it.
public enum FaultKind: Sendable, Hashable {
  /// The command was not asked rightly.
  case usage
  /// Input is there and wrong.
  case badInput
  /// Input is not there.
  case missingInput
  /// A file, a disk or a permission stands in the way.
  case inputOutput
}

/// An error that knows whose fault it is.
public protocol Fault: Error, CustomStringConvertible {
  var kind: FaultKind { get }
}

extension FileError: Fault {
  public var kind: FaultKind {
    switch self {
    case .missing, .isDirectory, .notDirectory, .unreadable: .missingInput
    case .tooLarge, .notUTF8, .notPlain, .changed: .badInput
    case .unwritable, .exists, .occupied, .noTemporaryFolder: .inputOutput
    }
  }
}
