/// The exit codes that a command may end with, with what they mean.
enum ExitStatus: Int32, CaseIterable {
  case done = 0
  case failed = 1
  case differs = 2
  case refuted = 3
  case usage = 64
  case badInput = 65
  case missingInput = 66
  case otherProcessor = 69
  case inputOutput = 74
  case stopped = 75
  case interrupted = 130

  /// As `--help` prints it.
  var meaning: String {
    switch self {
    case .done: "done"
    case .failed: "something failed"
    case .differs: "something differs or could not be compared"
    case .refuted: "a claim is refuted (--strict)"
    case .usage: "usage"
    case .badInput: "bad input data"
    case .missingInput: "an input is missing"
    case .otherProcessor: "this processor lacks what the program was built for"
    case .inputOutput: "input/output error"
    case .stopped:
      "not finished (a signal, a time limit, a full disk, another process is running it): run the same command again"
    case .interrupted: "Ctrl-C"
    }
  }

  /// What every command may end with.
  static let common: [ExitStatus] = [.done, .usage, .badInput, .missingInput, .otherProcessor, .inputOutput]
}

/// What `--help` says below a command's abstract: a text, examples, and the exit codes.
func helpText(_ text: String = "", examples: String..., also further: [ExitStatus] = []) -> String {
  let lines = examples.map { "  vgglab \($0)" }.joined(separator: "\n")
  let codes = (ExitStatus.common + further).sorted { $0.rawValue < $1.rawValue }
    .map { "\($0.rawValue) \($0.meaning)" }.joined(separator: ", ")
  return (text.isEmpty ? "" : text + "\n\n")
    + "Example\(examples.count > 1 ? "s" : ""):\n\(lines)\n\nExit codes: \(codes)."
}
