import Digests

/// What a request is judged by before anything is done for it.
struct RequestFacts: Sendable, Hashable {
  var method: String
  /// Path and query as they came; nil where there is none.
  var target: String?
  /// The values of all `Host` fields.
  var hosts: [String] = []
  var origin: String?
  /// `Sec-Fetch-Site` and `Sec-Fetch-Mode`, where a browser sends them.
  var fetchSite: String?
  var fetchMode: String?
  var hasBody = false
  /// The value of `Authorization`.
  var authorization: String?
  /// The values of all cookies of the page's name.
  var cookies: [String] = []
  /// The parameter `token` of the query.
  var token: String?
}

/// Lets through what somebody at this page may ask, and nothing else.
struct RequestGate: Sendable {
  /// The longest path and query together, in bytes.
  static let longestTarget = 4096
  /// The cookie that a browser gets for the token.
  static let cookie = "vgglab_page"

  enum Answer: Sendable, Hashable {
    case pass
    /// The token is right and was in the address: from now on the browser has a cookie.
    case welcome
    case refuse(status: Int, reason: String)
  }

  let settings: LivePageSettings
  /// What the cookie has; another at each start, so that it never is the token itself.
  let session: String

  func answer(_ request: RequestFacts) -> Answer {
    guard request.method == "GET" || request.method == "HEAD" else {
      return .refuse(status: 405, reason: "this page is read-only; it accepts GET and HEAD")
    }
    guard let target = request.target, target.utf8.first == UInt8(ascii: "/") else {
      return .refuse(status: 400, reason: "the request names no path")
    }
    guard target.utf8.count <= Self.longestTarget else {
      return .refuse(status: 414, reason: "the address is longer than \(Self.longestTarget) bytes")
    }
    guard !request.hasBody else { return .refuse(status: 413, reason: "requests with a body are not accepted") }
    guard request.hosts.count == 1, let name = Self.name(of: request.hosts[0]) else {
      return .refuse(status: 400, reason: "the request must have one Host field")
    }
    guard settings.allows(host: name) else {
      return .refuse(
        status: 421,
        reason: "this page is not served under the name '\(name.prefix(100))'; use the address that was printed")
    }
    // A page of another site may lead here by a link, and may not read, embed or send anything.
    if let origin = request.origin, origin.lowercased() != "http://\(request.hosts[0].lowercased())" {
      return .refuse(status: 403, reason: "cross-site requests are not accepted")
    }
    if let site = request.fetchSite, site == "cross-site" || site == "same-site", request.fetchMode != "navigate" {
      return .refuse(status: 403, reason: "cross-site requests are not accepted")
    }
    return authorization(request)
  }

  private func authorization(_ request: RequestFacts) -> Answer {
    guard let token = settings.token else { return .pass }
    if request.cookies.contains(where: { Self.isSame($0, session) }) { return request.token == nil ? .pass : .welcome }
    let prefix = "Bearer "
    if let text = request.authorization, text.hasPrefix(prefix),
      Self.isSame(String(text.dropFirst(prefix.count)), token)
    {
      return .pass
    }
    if let given = request.token, Self.isSame(given, token) { return .welcome }
    return .refuse(
      status: 401, reason: "this page requires a token; open the address that `vgglab serve` printed at startup")
  }

  /// The host of a `Host` field without its port; nil for what is none.
  static func name(of field: String) -> String? {
    if field.hasPrefix("[") {
      guard let end = field.firstIndex(of: "]") else { return nil }
      let rest = field[field.index(after: end)...]
      guard rest.isEmpty || isPort(rest) else { return nil }
      return String(field[field.index(after: field.startIndex)..<end])
    }
    guard let colon = field.firstIndex(of: ":") else { return field.isEmpty ? nil : field }
    guard colon != field.startIndex, isPort(field[colon...]) else { return nil }
    return String(field[..<colon])
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.first == ":" && text.count <= 6 && text.dropFirst().utf8.allSatisfy { (48...57).contains($0) }
  }

  /// Takes as long whatever is wrong: digests are compared, and all of them.
  static func isSame(_ one: String, _ other: String) -> Bool {
    zip(sha256Hex(one).utf8, sha256Hex(other).utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
