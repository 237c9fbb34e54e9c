public import Files
public import PositionedYAML
import Text

/// Why an experiment cannot be read, as facts.
public enum ExperimentError: Error, Hashable, Sendable, CustomStringConvertible {
  case file(FileError)
  case problems(YAMLProblems)
  case unknownProfile(String, file: String, known: [String])
  case unknownTrial(String, file: String, known: [String])
  /// A `--set` that cannot be followed.
  case override(String, reason: String)
  /// Several of the others, in the order in which they are printed.
  indirect case several([ExperimentError])

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .problems(let problems): "\(problems)"
    case .unknownProfile(let name, let file, let known):
      """
      \(file) has no profile \"\(shortened(name))\"; \
      \(known.isEmpty ? "it has none at all" : remedy(name, known))
      """
    case .unknownTrial(let name, let file, let known):
      "\(file) has no trial \"\(shortened(name))\"; \(remedy(name, known))"
    case .override(let text, let reason): "--set \(shortened(text)): \(reason)"
    case .several(let errors): errors.map(\.description).joined(separator: "\n")
    }
  }
}

private func remedy(_ name: String, _ known: [String]) -> String {
  let list = known.prefix(20).joined(separator: ", ")
  return nearest(to: name, among: known).map { "did you mean \"\($0)\"?" } ?? "there are \(list)"
}

extension ExperimentError: Fault {
  /// What sort of failure it is, for the exit code.
  public var kind: FaultKind {
    switch self {
    case .file(let error): error.kind
    case .problems: .badInput
    case .unknownProfile, .unknownTrial, .override: .usage
    case .several(let errors): errors[0].kind
    }
  }

  /// One error for all that is wrong; nil where nothing is.
  static func all(_ errors: [ExperimentError]) -> ExperimentError? {
    errors.count > 1 ? .several(errors) : errors.first
  }

  /// Itself, or what it consists of.
  var parts: [ExperimentError] {
    if case .several(let errors) = self { errors } else { [self] }
  }
}

/// What is wrong with several experiment files.
public struct ExperimentErrors: Error, Hashable, Sendable, CustomStringConvertible, Fault {
  /// What is wrong with each file, in their order, and with the options.
  public let errors: [ExperimentError]

  /// The errors of several files.
  public init(_ errors: [ExperimentError]) {
    precondition(!errors.isEmpty, "no errors")
    // An option that is wrong is wrong for each file.
    var seen: Set<ExperimentError> = []
    self.errors = errors.flatMap(\.parts).filter { seen.insert($0).inserted }
  }

  public var description: String { errors.map(\.description).joined(separator: "\n") }

  public var kind: FaultKind { errors[0].kind }
}
