import Files
import Foundation
import Processes
import Text

/// Asks a server over HTTP or HTTPS, by the program `curl`: it knows certificates, proxies and authentication of all kinds, and
/// costs the other commands nothing at their start (`docs/decisions/0015`).
///
/// Redirections are not followed, and nothing of a user's `.curlrc` is read. What is secret goes through a file that only this user
/// can read, and never into the arguments that others can list.
package struct HTTPClient: Sendable {
  /// Without a slash at its end.
  let address: String
  private let curl: String
  private let folder: TemporaryFolder
  private let authorization: [String]

  static let answerLimit = 64 << 20
  static let seconds = 120
  /// An answer that is slower than a kilobyte a second for so long is given up.
  static let slowSeconds = 60

  /// A client of a server. `environment` may have `MLFLOW_TRACKING_TOKEN`, or `MLFLOW_TRACKING_USERNAME` and
  /// `MLFLOW_TRACKING_PASSWORD`.
  ///
  /// Throws ``ExchangeError/badAddress(_:)``, ``ExchangeError/badCredentials(variable:)`` and ``ExchangeError/noCurl``.
  package init(address: String, environment: [String: String]) throws {
    var text = address
    while text.hasSuffix("/") { text.removeLast() }
    let rest = ["http://", "https://"].first { text.hasPrefix($0) }.map { text.dropFirst($0.count) }
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/%[]".utf8)
    guard let rest, let first = rest.utf8.first, first != UInt8(ascii: "/"), rest.utf8.allSatisfy(allowed.contains)
    else {
      throw ExchangeError.badAddress(address)
    }
    guard let curl = BoundedProcess.find("curl") else { throw ExchangeError.noCurl }
    self.curl = curl
    self.address = text
    folder = try TemporaryFolder("vgglab-http")
    let names = ["MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"]
    for name in names where (environment[name] ?? "").utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      throw ExchangeError.badCredentials(variable: name)
    }
    if let token = environment[names[0]], !token.isEmpty {
      authorization = ["header = \(Self.quoted("Authorization: Bearer \(token)"))"]
    } else if let user = environment[names[1]], !user.isEmpty {
      authorization = ["user = \(Self.quoted("\(user):\(environment[names[2]] ?? "")"))"]
    } else {
      authorization = []
    }
  }

  /// An answer's status and body.
  struct Answer {
    var status: Int
    var body: Data
  }

  /// Asks for a path with a query. `body` is sent as it is. An answer is received into memory, and no more of it than is allowed.
  ///
  /// Throws ``ExchangeError`` and `FileError`.
  func ask(
    _ method: String, _ path: String, query: [(String, String)] = [], body: Data? = nil,
    type: String = "application/json"
  ) throws -> Answer {
    let parameters = query.map { "\(Self.encoded($0))=\(Self.encoded($1))" }.joined(separator: "&")
    let url = "\(address)/\(path)" + (parameters.isEmpty ? "" : "?\(parameters)")
    var lines = [
      "url = \(Self.quoted(url))", "request = \(method)", "silent", "show-error", "globoff", "proto = \"=http,https\"",
      "max-time = \(Self.seconds)", "connect-timeout = 10", "max-filesize = \(Self.answerLimit)",
      "speed-limit = 1000", "speed-time = \(Self.slowSeconds)", "write-out = \"\\n%{http_code}\"",
      "header = \"Expect:\"",
    ]
    if let body {
      try writeFileAtomically("\(folder.path)/body", body)
      lines += [
        "data-binary = \(Self.quoted("@\(folder.path)/body"))", "header = \(Self.quoted("Content-Type: \(type)"))",
      ]
    }
    lines += authorization
    try writeFileAtomically("\(folder.path)/request", Data((lines.joined(separator: "\n") + "\n").utf8))
    let process = BoundedProcess(
      program: curl, environment: Self.environment, deadline: monotonicSeconds() + Double(Self.seconds + 10))
    let here = FileManager.default.currentDirectoryPath
    // Behind the body are a line end and the status.
    let limit = Self.answerLimit + 16
    guard let outcome = process.run(["-q", "--config", "\(folder.path)/request"], in: here, limit: limit) else {
      throw ExchangeError.noCurl
    }
    return try answer(outcome, isTooLong: outcome.output.count >= limit)
  }

  /// The status and the body of what curl has written. Throws ``ExchangeError``.
  private func answer(_ outcome: BoundedProcess.Outcome, isTooLong: Bool) throws(ExchangeError) -> Answer {
    let end = outcome.output.lastIndex(of: UInt8(ascii: "\n"))
    let bytes = end.map { outcome.output.distance(from: outcome.output.startIndex, to: $0) } ?? 0
    // 63: curl knows from the header fields that the answer is longer than it may be.
    guard !isTooLong, outcome.status != 63, bytes <= Self.answerLimit else {
      throw .badAnswer(address: address, reason: "it is longer than \(Quantity.bytes(Self.answerLimit))")
    }
    guard outcome.status == 0, let end,
      let status = Int(String(decoding: outcome.output[(end + 1)...], as: UTF8.self))
    else {
      let silent = outcome.isCut ? "it took longer than \(Self.seconds) s" : "curl exited without a message"
      let reason = outcome.errors.split(separator: "\n").first.map(String.init) ?? silent
      throw .noAnswer(address: address, reason: String(reason.prefix(200)))
    }
    return Answer(status: status, body: Data(outcome.output[..<end]))
  }

  /// What curl may know of the environment: proxies and certificates.
  private static var environment: [String: String] {
    let names = [
      "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "SSL_CERT_FILE",
      "SSL_CERT_DIR", "CURL_CA_BUNDLE", "LANG",
    ]
    return ProcessInfo.processInfo.environment.filter { names.contains($0.key) }
  }

  /// As curl's configuration has a text.
  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// As a URL has it, every byte but letters, digits and a few signs as `%XX`.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
