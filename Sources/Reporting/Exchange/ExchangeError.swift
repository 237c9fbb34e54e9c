package import Files
import Text

/// Why runs cannot be written for another tool, or curves of another program cannot be read, as facts.
package enum ExchangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file of another program is damaged or not of its format.
  case badFile(path: String, place: String, reason: String)
  /// A folder has no event files.
  case noEventFiles(path: String)
  /// There are more points, runs or files than are read.
  case tooMany(what: String, count: Int, limit: Int, remedy: String)
  /// Nothing is left of what was read.
  case noPoints(path: String, known: [String])
  /// A server has no experiment of a name.
  case noExperiment(address: String, name: String, known: [String])
  /// A server refuses a search string.
  case badFilter(address: String, filter: String, reason: String)
  /// A model has more bytes than one protocol buffer may have.
  case modelTooLarge(bytes: Int)
  /// A name that the cells of a notebook cannot have.
  case badName(String)
  /// A server's address is none.
  case badAddress(String)
  /// A variable of the environment with a line end or another control character.
  case badCredentials(variable: String)
  /// The program that speaks HTTP is not there.
  case noCurl
  /// A server could not be asked.
  case noAnswer(address: String, reason: String)
  /// A server refused what it was asked.
  case refused(address: String, status: Int, message: String)
  /// A server's answer is not what its interface promises.
  case badAnswer(address: String, reason: String)

  /// What happened, where, and what to do.
  package var description: String {
    switch self {
    case .badFile(let path, let place, let reason): "\(path): \(place): \(reason); nothing was imported"
    case .noEventFiles(let path):
      "\(path): has no event files (events.out.tfevents.…) in it or in its folders; name TensorBoard's log folder"
    case .tooMany(let what, let count, let limit, let remedy):
      "there are \(count) \(what), and at most \(limit) are read; \(remedy)"
    case .noPoints(let path, let known):
      "\(path): nothing was found to import"
        + (known.isEmpty ? "" : "; its metrics are \(known.prefix(20).joined(separator: ", "))")
    case .noExperiment(let address, let name, let known):
      "\(address): there is no experiment '\(name.prefix(100))' on the server"
        + Self.others(than: name, among: known.map { String($0.prefix(100)) })
    case .badFilter(let address, let filter, let reason):
      "--filter '\(filter.prefix(100))' is refused by \(address)\(reason.isEmpty ? "" : ": \(reason)")"
    case .modelTooLarge(let bytes):
      """
      the model has \(Quantity.bytes(bytes)), and an ONNX file may have 2 GiB; `--format safetensors` has no such limit
      """
    case .badName(let name):
      """
      '\(name.prefix(40))' cannot name the cells; use a letter and up to 30 more of a-z, 0-9 and _
      """
    case .badCredentials(let variable):
      "\(variable) has a line end or another control character, and nothing was sent; set it without one"
    case .badAddress(let text):
      "'\(text.prefix(200))' is not the address of a server; write http://HOST:PORT or https://HOST, without a user or query"
    case .noCurl: "curl is not in PATH, and vgglab needs it for HTTP; install it (apt-get install curl)"
    case .noAnswer(let address, let reason):
      "\(address): the server did not answer (\(reason)); check the address and that it runs, then run the same command again"
    case .refused(let address, let status, let message):
      "\(address): the server refused it (HTTP \(status)\(message.isEmpty ? "" : ": \(message)"))"
    case .badAnswer(let address, let reason):
      "\(address): the answer is not what MLflow's REST interface promises (\(reason)); is it an MLflow server?"
    }
  }
}

extension ExchangeError {
  /// The name that was probably meant, or all that there are.
  private static func others(than name: String, among known: [String]) -> String {
    if let near = nearest(to: name, among: known) { return "; did you mean '\(near)'?" }
    guard !known.isEmpty else { return "" }
    let shown = known.prefix(20).map { "'\($0)'" }.joined(separator: ", ")
    return "; its experiments are \(shown)\(known.count > 20 ? " and \(known.count - 20) more" : "")"
  }
}

extension ExchangeError: Fault {
  /// What the exit code follows from.
  package var kind: FaultKind {
    switch self {
    case .badFile, .tooMany, .noPoints, .noExperiment, .badAnswer, .modelTooLarge: .badInput
    case .noEventFiles: .missingInput
    case .badName, .badAddress, .badCredentials, .badFilter: .usage
    case .noCurl, .noAnswer, .refused: .inputOutput
    }
  }
}
