import Files

/// The exit code of the contract for an error: 64 usage, 65 bad input data, 66 an input is missing, 74 input/output.
func contractExitCode(for error: any Error) -> Int32 {
  guard let fault = error as? any Fault else { return 70 }
  return switch fault.kind {
  case .usage: 64
  case .badInput: 65
  case .missingInput: 66
  case .inputOutput: 74
  }
}
