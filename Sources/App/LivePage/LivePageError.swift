package import Files

/// Why the live page cannot be served, as facts.
package enum LivePageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another program listens there.
  case portInUse(host: String, port: Int)
  /// The machine has no such address, or does not allow to listen there.
  case cannotListen(host: String, port: Int, reason: String)
  /// A token that could be guessed.
  case weakToken(bytes: Int)
  /// A token with characters that an address cannot carry as they are.
  case badToken
  /// A host that is neither an address nor a name.
  case badHost(String)

  /// What happened, and what to do.
  package var description: String {
    switch self {
    case .portInUse(let host, let port):
      "\(host):\(port): another program listens there already; choose another port with --port, or 0 for any free one"
    case .cannotListen(let host, let port, let reason):
      "\(host):\(port): cannot listen on this address (\(reason)); choose another address with --host or --port"
    case .weakToken(let bytes):
      "--token has \(bytes) characters; use at least \(LivePageSettings.shortestToken), or leave --token out and one is generated"
    case .badToken: "--token has characters that an address cannot carry; use letters, digits, '-', '.', '_' and '~'"
    case .badHost(let host):
      "--host is '\(host.prefix(100))'; name an address of this machine such as 127.0.0.1, or 0.0.0.0 for all of them"
    }
  }
}

extension LivePageError: Fault {
  package var kind: FaultKind {
    switch self {
    case .portInUse, .cannotListen: .inputOutput
    case .weakToken, .badToken, .badHost: .usage
    }
  }
}
