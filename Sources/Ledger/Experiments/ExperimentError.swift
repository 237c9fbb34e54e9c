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
    }
  }
}

/// What is wrong with several experiment files.
public struct ExperimentErrors: Error, Hashable, Sendable, CustomStringConvertible, Fault {
  /// One for each file that cannot be read, in their order.
  public let errors: [ExperimentError]

  /// The errors of several files.
  public init(_ errors: [ExperimentError]) {
    precondition(!errors.isEmpty, "no errors")
    self.errors = errors
  }

  public var description: String { errors.map(\.description).joined(separator: "\n") }

  public var kind: FaultKind { errors[0].kind }
}
