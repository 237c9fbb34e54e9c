import Files
import Foundation
import Hummingbird
import Store

typealias FieldName = HTTPFields.Element.Name

/// Answers requests: the gate first, then the page or the facts that the address names.
struct PageResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  let gate: RequestGate
  let pages: Pages

  func respond(to request: Request, context: Context) async throws -> Response {
    let facts = RequestFacts(request.head)
    let isHead = request.method == .head
    let route = Route(path: request.uri.path)
    var response: Response
    switch gate.answer(facts) {
    case .pass:
      response = await answer(route, request, isHead: isHead)
    case .welcome:
      response = Response(status: .seeOther)
      response.headers[.location] = Self.withoutToken(facts.target ?? "/")
      response.headers[.setCookie] =
        "\(RequestGate.cookie)=\(gate.session); HttpOnly; SameSite=Strict; Path=/"
    case .refuse(let status, let reason):
      response = Answer.problem(status, reason, isForPrograms: route?.isForPrograms == true)
      if status == 405 { response.headers[.allow] = "GET, HEAD" }
      if status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
    }
    for (name, value) in Answer.securityHeaders where response.headers[name] == nil { response.headers[name] = value }
    return isHead ? response.createHeadResponse() : response
  }

  private func answer(_ route: Route?, _ request: Request, isHead: Bool) async -> Response {
    guard let route else {
      return Answer.problem(404, "there is no such page", isForPrograms: request.uri.path.hasPrefix("/api/"))
    }
    do {
      let query = try PageQuery(request.uri.query.map { String($0) })
      if let known = route.parameters { try query.check(known: known) }
      return try await pages.response(to: route, query, isHead: isHead)
    } catch let problem as RequestProblem {
      return Answer.problem(problem.status, problem.reason, isForPrograms: route.isForPrograms)
    } catch let error as StoreError {
      let status =
        switch error.kind {
        case .missingInput: 404
        case .usage: 400
        case .badInput, .inputOutput: 500
        }
      return Answer.problem(status, "\(error)", isForPrograms: route.isForPrograms)
    } catch let error as any Fault {
      return Answer.problem(error.kind == .usage ? 400 : 500, "\(error)", isForPrograms: route.isForPrograms)
    } catch {
      return Answer.problem(500, "the answer could not be made", isForPrograms: route.isForPrograms)
    }
  }

  /// An address without its token, which is to stay in no history. Only within this page: a path of one slash.
  private static func withoutToken(_ target: String) -> String {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    let path = "/" + (parts.first ?? "").drop { $0 == "/" }
    let rest = (parts.count > 1 ? parts[1] : "").split(separator: "&").filter { !$0.hasPrefix("token=") }
    let isPlain = path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    return isPlain ? path + (rest.isEmpty ? "" : "?" + rest.joined(separator: "&")) : "/"
  }
}

extension RequestFacts {
  /// What a request says of itself.
  init(_ head: HTTPRequest) {
    let fields = head.headerFields
    method = head.method.rawValue
    target = head.path
    hosts = (head.authority.map { [$0] } ?? []) + fields.filter { $0.name.canonicalName == "host" }.map(\.value)
    origin = fields[.origin]
    fetchSite = FieldName("Sec-Fetch-Site").flatMap { fields[$0] }
    fetchMode = FieldName("Sec-Fetch-Mode").flatMap { fields[$0] }
    hasBody = fields[.contentLength].map { $0 != "0" } ?? false || fields[.transferEncoding] != nil
    authorization = fields[.authorization]
    let prefix = "\(RequestGate.cookie)="
    cookies = fields[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair in
      let pair = pair.drop { $0 == " " }
      return pair.hasPrefix(prefix) ? String(pair.dropFirst(prefix.count)) : nil
    }
    if let query = target?.split(separator: "?", maxSplits: 1).dropFirst().first {
      token = query.split(separator: "&").first { $0.hasPrefix("token=") }.map { String($0.dropFirst(6)) }
    }
  }
}

/// Answers in their forms.
enum Answer {
  /// Of every answer that says nothing else: no other site may frame, embed or read it; the only script and style are the
  /// program's own files, and nothing is kept.
  static let securityHeaders: [(FieldName, String)] = [
    ("Content-Security-Policy", pagePolicy), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"), ("Cache-Control", "no-store"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
  ].map { (FieldName($0.0)!, $0.1) }

  static let pagePolicy = """
    default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'
    """

  /// A built report has its own style in it, and figures as data; it has no script, and gets none.
  static let reportPolicy = """
    default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; \
    frame-ancestors 'none'; sandbox allow-same-origin allow-popups
    """

  static func bytes(_ data: Data, type: String, status: Int = 200) -> Response {
    Response(
      status: .init(code: status), headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: data)))
  }

  static func html(_ page: String, status: Int = 200) -> Response {
    bytes(Data(page.utf8), type: "text/html; charset=utf-8", status: status)
  }

  static func json(_ value: some Encodable) throws -> Response {
    bytes(try pageJSON(value), type: "application/json")
  }

  /// What is wrong, as a page or as JSON.
  static func problem(_ status: Int, _ reason: String, isForPrograms: Bool) -> Response {
    if isForPrograms, let data = try? pageJSON(["error": reason]) {
      return bytes(data, type: "application/json", status: status)
    }
    return html(PageFrame.problem(status, reason), status: status)
  }
}
