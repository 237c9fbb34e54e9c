public import Files

/// Why nothing can be drawn, as facts.
public enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  case noTerminal(command: String)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .noTerminal(let command): "`vgglab \(command)` draws on a terminal, and there is none; try `vgglab list`"
    }
  }
}

extension TerminalError: Fault {
  public var kind: FaultKind { .usage }
}
