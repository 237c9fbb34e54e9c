import Foundation
import Testing

/// The live page through real requests.
@Suite struct ServeTests {
  struct Listed: Decodable {
    struct Run: Decodable { var run, trial, experiment, state: String }
    var total: Int
    var runs: [Run]
  }
  struct Curves: Decodable { var curves: [String: [[Double?]]] }

  /// A store with two trained runs and a server for it.
  static func served() throws -> (program: Program, server: LiveServer) {
    let program = try Program()
    try program.write("tiny.yaml", Samples.tiny)
    try #require(try program("run", "tiny.yaml").code == 0)
    return (program, try LiveServer(program))
  }

  @Test func pagesAndFactsOfRuns() throws {
    let (program, server) = try Self.served()
    defer { program.remove() }
    defer { server.stop() }
    let list = try server.get("/api/runs?sort=trial").json(Listed.self)
    #expect(list.total == 2 && list.runs.map(\.trial) == ["small", "smaller"])
    #expect(list.runs.allSatisfy { $0.state == "completed" && $0.experiment == "tiny" })
    let page = try server.get("/")
    #expect(page.status == 200 && page.fields["content-type"] == "text/html; charset=utf-8")
    for run in list.runs { #expect(page.body.contains("href=\"/runs/\(run.run)\">\(run.trial)</a>")) }
    // Filters, orders, pages.
    #expect(try server.get("/api/runs?filter=ratio%3D64").json(Listed.self).runs.map(\.trial) == ["smaller"])
    #expect(try server.get("/api/runs?search=SMALLER").json(Listed.self).runs.map(\.trial) == ["smaller"])
    #expect(try server.get("/api/runs?state=running").json(Listed.self).total == 0)
    #expect(
      try server.get("/api/runs?experiment=tiny&size=1&page=2&sort=-trial").json(Listed.self).runs.map(\.trial) == [
        "small"
      ])
    #expect(try server.get("/api/runs?page=9").json(Listed.self).runs.isEmpty)
    // A run.
    let run = list.runs[0].run
    let shown = try server.get("/runs/\(run)").body
    for word in [
      "training.learning_rate", "0.02", "Attempts", "<h2>Timing</h2>", "test_accuracy",
      "Does everything work together?",
    ] {
      #expect(shown.contains(word), "\(word)")
    }
    let curves = try server.get("/api/runs/\(run)/curves").json(Curves.self).curves
    #expect(curves["test_accuracy"]?.count == 2 && curves["test_accuracy"]?.last?[0] == 2)
    #expect(try server.get("/api/runs/\(run)/log").fields["content-type"] == "text/plain; charset=utf-8")
    // What `show --json` prints.
    let facts =
      try JSONSerialization.jsonObject(with: Data(try server.get("/api/runs/\(run)").body.utf8)) as? NSDictionary
    let printed =
      try JSONSerialization.jsonObject(with: Data(try program("show", run, "--json").output.utf8)) as? NSDictionary
    #expect(facts != nil && facts == printed)
    // A comparison.
    let compared = try server.get("/compare?run=\(list.runs[0].run)&run=\(list.runs[1].run)").body
    #expect(compared.contains("network.ratio") && compared.contains("<code>64</code>"))
    #expect(try server.get("/api/compare?run=\(run)").status == 400)
    #expect(try server.get("/compare").body.contains("Select two runs"))
    // Health.
    #expect(try server.get("/health").body.contains("sound"))
    #expect(try server.get("/api/health").body.contains("\"journal_problems\":[]"))
  }

  @Test func aRunThatIsNamedLikeMarkupIsText() throws {
    let program = try Program()
    defer { program.remove() }
    let name = "a <script>alert(1)</script> & \"b\" 'c'"
    try program.write(
      "odd.yaml",
      Samples.tiny.replacing("Does everything work together?", with: "'</title><img src=x onerror=alert(2)>'")
        .replacing("name: small\n", with: "name: 'a'\n"))
    try #require(try program("run", "odd.yaml", "--only", "a", "--profile", "quick").code == 0)
    #expect(try program("note", "a", name).code == 0)
    let server = try LiveServer(program)
    defer { server.stop() }
    let run = try server.get("/api/runs").json(Listed.self).runs[0].run
    let page = try server.get("/runs/\(run)").body
    #expect(page.contains("a &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;b&quot; &#39;c&#39;"))
    #expect(!page.contains("<script>") && !page.contains("<img"))
    let search = try server.get("/?search=%22%3E%3Cscript%3E&filter=%3Cb%3E")
    #expect(search.status == 400 && !search.body.contains("<b>"))
    let found = try server.get("/?search=%22%3E%3Cscript%3E").body
    #expect(!found.contains("<script>") && found.contains("value=\"&quot;&gt;&lt;script&gt;\""))
  }

  static let refusals: [(target: String, method: String, host: String?, fields: [String], status: Int)] = [
    ("/", "POST", nil, [], 405), ("/api/runs", "DELETE", nil, [], 405), ("/", "PUT", nil, ["Content-Length: 0"], 405),
    ("/", "OPTIONS", nil, [], 405),
    // Names that lead here and are not this page's.
    ("/", "GET", "evil.example", [], 421), ("/", "GET", "127.0.0.1.evil.example:80", [], 421),
    ("/", "GET", "localhost.evil.example", [], 421), ("/", "GET", "192.168.0.1", [], 421), ("/", "GET", "", [], 400),
    ("/", "GET", "localhost:x", [], 400), ("/", "GET", nil, ["Host: evil.example"], 400),
    ("/", "GET", "[::1]evil", [], 400), ("/", "GET", "user@localhost", [], 421),
    // Other sites.
    ("/api/runs", "GET", nil, ["Origin: http://evil.example"], 403), ("/api/runs", "GET", nil, ["Origin: null"], 403),
    ("/api/runs", "GET", "localhost:9", ["Origin: http://localhost:10"], 403),
    ("/api/events", "GET", nil, ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors"], 403),
    ("/assets/page.js", "GET", nil, ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors"], 403),
    ("/", "GET", nil, ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"], 200),
    ("/api/runs", "GET", "localhost:9", ["Origin: http://localhost:9"], 200), ("/", "GET", "LOCALHOST", [], 200),
    ("/", "GET", "[::1]:80", [], 200),
    // Bodies, sizes.
    ("/", "GET", nil, ["Content-Length: 5"], 413), ("/", "GET", nil, ["Transfer-Encoding: chunked"], 413),
    ("/?search=" + String(repeating: "a", count: 5000), "GET", nil, [], 414),
    ("/?search=" + String(repeating: "a", count: 600), "GET", nil, [], 400),
    ("/?" + String(repeating: "a=b&", count: 70), "GET", nil, [], 400),
    // Paths.
    ("/../../etc/passwd", "GET", nil, [], 404), ("/reports/../lab.sqlite", "GET", nil, [], 404),
    ("/reports/%2e%2e/lab.sqlite", "GET", nil, [], 404), ("/reports/a/..%2f..%2flab.sqlite", "GET", nil, [], 404),
    ("/reports//etc/passwd", "GET", nil, [], 404), ("/runs/../../x", "GET", nil, [], 404),
    ("/runs/.hidden", "GET", nil, [], 404), ("/runs/a%2fb", "GET", nil, [], 404),
    ("/assets/../page.js", "GET", nil, [], 404),
    ("/assets/page.js/", "GET", nil, [], 404), ("//", "GET", nil, [], 404), ("/index.html", "GET", nil, [], 404),
    // As proxies ask: the host before the path counts, and the field Host does not.
    ("http://evil.example/", "GET", nil, [], 421), ("http://localhost.evil.example/", "GET", nil, [], 421),
    ("http://localhost:9/", "GET", nil, [], 200), ("*", "GET", nil, [], 400),
    // Parameters.
    ("/api/runs?bogus=1", "GET", nil, [], 400), ("/api/runs?stat=failed", "GET", nil, [], 400),
    ("/?stat=failed", "GET", nil, [], 400), ("/api/events?state=failed", "GET", nil, [], 400),
    ("/api/health?a=", "GET", nil, [], 400), ("/api/runs?token=abc&state=", "GET", nil, [], 200),
    ("/?page=0", "GET", nil, [], 400), ("/?page=9223372036854775808", "GET", nil, [], 400),
    ("/?size=501", "GET", nil, [], 400),
    ("/?state=asleep", "GET", nil, [], 400), ("/?sort=nothing", "GET", nil, [], 400),
    ("/?filter=nothing", "GET", nil, [], 400),
    ("/?search=%zz", "GET", nil, [], 400), ("/?search=%ff", "GET", nil, [], 400),
    ("/?search=a%00b", "GET", nil, [], 400),
    ("/?page=1&page=2", "GET", nil, [], 400), ("/api/runs/none", "GET", nil, [], 404),
    ("/runs/0000-0000", "GET", nil, [], 404),
    ("/compare?run=none&run=other", "GET", nil, [], 404),
    ("/compare?" + (0..<13).map { "run=r\($0)" }.joined(separator: "&"), "GET", nil, [], 400),
    ("/?sort=trial%3BDROP%20TABLE%20run", "GET", nil, [], 400),
    ("/?filter=trial%3D%27%20OR%201%3D1", "GET", nil, [], 200),
  ]

  @Test func whatIsRefused() throws {
    let (program, server) = try Self.served()
    defer { program.remove() }
    defer { server.stop() }
    for (target, method, host, fields, status) in Self.refusals {
      let answer = try server.ask(target, method: method, host: host, fields: fields)
      #expect(answer.status == status, "\(method) \(target.prefix(80)) \(host ?? "") \(fields): \(answer)")
      #expect(!answer.body.contains("root:") && !answer.body.contains("Error Domain"))
      Self.expectSecurityFields(answer)
    }
    // What is no method of HTTP never gets as far as the page.
    let unknown = try server.ask("/", method: "FOO")
    #expect(unknown.status == 400 && unknown.body.isEmpty)
    #expect(try server.ask("/", method: "POST").fields["allow"] == "GET, HEAD")
    let head = try server.ask("/", method: "HEAD")
    #expect(head.status == 200 && head.body.isEmpty && Int(head.fields["content-length"] ?? "") ?? 0 > 1000)
    #expect(try server.ask("/api/events", method: "HEAD").status == 200)
    // Nothing of it changed the store.
    #expect(try RunTests.rows(program, "SELECT count(*) AS n FROM run").first?["n"] as? Int == 2)
  }

  @Test func unknownParametersAreAnsweredWithTheKnownOnes() throws {
    let (program, server) = try Self.served()
    defer { program.remove() }
    defer { server.stop() }
    let answer = try server.get("/api/runs?stat=failed")
    #expect(
      answer.status == 400 && answer.body.contains("no parameter 'stat'") && answer.body.contains("state, filter"))
  }

  /// Requests that were begun and never ended keep nobody out.
  @Test func halfOpenConnectionsKeepNobodyOut() throws {
    let (program, server) = try Self.served()
    defer { program.remove() }
    defer { server.stop() }
    let sockets = try (0..<300).map { _ in try server.begin("GET / HT") }
    defer { for socket in sockets { close(socket) } }
    let start = Date()
    #expect(try server.get("/api/runs").status == 200)
    #expect(Date().timeIntervalSince(start) < 5)
    // The last of them is closed after five seconds.
    var byte: UInt8 = 0
    #expect(read(sockets[299], &byte, 1) <= 0)
    #expect(Date().timeIntervalSince(start) < 20)
  }

  /// A stream whose reader is gone makes room for another soon.
  @Test func closedStreamsMakeRoom() throws {
    let (program, server) = try Self.served()
    defer { program.remove() }
    defer { server.stop() }
    func begins(_ socket: Int32) -> String {
      var bytes = [UInt8](repeating: 0, count: 12)
      let count = read(socket, &bytes, bytes.count)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
    let sockets = try (0..<32).map { _ in try server.open("/api/events") }
    for socket in sockets { #expect(begins(socket) == "HTTP/1.1 200") }
    for socket in sockets { close(socket) }
    let start = Date()
    var found = ""
    while found != "HTTP/1.1 200", Date().timeIntervalSince(start) < 10 {
      usleep(500_000)
      let socket = try server.open("/api/events")
      found = begins(socket)
      close(socket)
    }
    #expect(found == "HTTP/1.1 200")
  }

  static func expectSecurityFields(_ answer: LiveServer.Answer) {
    let policy = answer.fields["content-security-policy"] ?? ""
    #expect(policy.hasPrefix("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
    #expect(!policy.contains("unsafe-eval") && !policy.contains("http"))
    #expect(answer.fields["x-content-type-options"] == "nosniff" && answer.fields["x-frame-options"] == "DENY")
    #expect(answer.fields["referrer-policy"] == "no-referrer" && answer.fields["cache-control"] == "no-store")
    #expect(answer.fields["cross-origin-resource-policy"] == "same-origin")
    #expect(answer.fields["access-control-allow-origin"] == nil && answer.fields["server"] == nil)
  }

  @Test func aTokenIsAskedForBeyondThisMachine() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    try #require(try program("run", "tiny.yaml", "--only", "small", "--profile", "quick").code == 0)
    let server = try LiveServer(program, "--host", "0.0.0.0")
    defer { server.stop() }
    let token = String(try #require(server.address.firstMatch(of: /\?token=([0-9a-f]{32})$/)).1)
    for target in ["/", "/api/runs", "/assets/page.js", "/api/events", "/reports/a/b", "/nothing"] {
      #expect(try server.get(target).status == 401)
    }
    for wrong in ["", "\(token)0", String(token.dropLast()), token.uppercased() + "X", "%00"] {
      #expect(try server.get("/?token=\(wrong)").status == 401)
      #expect(try server.get("/", "Authorization: Bearer \(wrong)").status == 401)
      #expect(try server.get("/", "Cookie: vgglab_page=\(wrong)").status == 401)
    }
    #expect(try server.get("/", "Cookie: vgglab_page=\(token)").status == 401)
    #expect(try server.get("/api/runs", "Authorization: Bearer \(token)").status == 200)
    // A browser gets a cookie for it, and an address without it.
    let welcome = try server.get("/?state=completed&token=\(token)&size=5")
    #expect(welcome.status == 303 && welcome.fields["location"] == "/?state=completed&size=5")
    let cookie = try #require(welcome.fields["set-cookie"])
    #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(token))
    let pair = String(cookie.prefix { $0 != ";" })
    #expect(try server.get("/", "Cookie: a=b; \(pair); c=d").status == 200)
    #expect(try server.get("//evil.example/?token=\(token)").fields["location"] == "/evil.example/")
    // Addresses are asked for by number, or by the machine's name.
    #expect(try server.ask("/", host: "10.0.0.7:80", fields: ["Cookie: \(pair)"]).status == 200)
    #expect(try server.ask("/", host: "evil.example", fields: ["Cookie: \(pair)"]).status == 421)
    // A token that is too short is refused before anything is served.
    let weak = try program("serve", "--token", "short")
    #expect(weak.code == 64 && weak.errors.contains("at least 16"))
    #expect(try program("serve", "--token", "sixteen characters!").code == 64)
    #expect(try program("serve", "--host", "a b").code == 64)
  }

  @Test func builtReportsAreServedAsTheyWereWritten() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    try #require(try program("run", "tiny.yaml", "--profile", "quick").code == 0)
    try program.write("sizes.md", TerminalTests.notebook)
    try #require(try program("report", "sizes.md").code == 0)
    let folder = "\(program.directory)/.vgglab/reports/sizes"
    try program.write("secret.txt", "secret\n")
    try program.write(".vgglab/reports/sizes/own.html", "mine\n")
    try program.write(".vgglab/reports/other/index.html", "not built\n")
    let server = try LiveServer(program)
    defer { server.stop() }
    #expect(try server.get("/reports").body.contains("href=\"/reports/sizes/index.html\""))
    let page = try server.get("/reports/sizes/index.html")
    #expect(page.status == 200 && page.body.contains("These are sizes."))
    #expect(page.fields["content-security-policy"]?.contains("script-src") == false)
    #expect(page.fields["content-security-policy"]?.contains("sandbox") == true)
    #expect(try server.get("/reports/sizes/figures/sizes.png").fields["content-type"] == "image/png")
    // What vgglab did not write there, or not so, is not served.
    for target in ["own.html", "vgglab-output.json", "figures", "figures/none.png", "figures/../index.html"] {
      #expect(try server.get("/reports/sizes/\(target)").status == 404, "\(target)")
    }
    #expect(try server.get("/reports/other/index.html").status == 404)
    try FileManager.default.removeItem(atPath: "\(folder)/README.md")
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/README.md", withDestinationPath: "\(program.directory)/secret.txt")
    #expect(try server.get("/reports/sizes/README.md").status == 404)
    try program.write(".vgglab/reports/sizes/index.html", "<script>alert(1)</script>")
    #expect(try server.get("/reports/sizes/index.html").status == 404)
  }

  @Test func endingItEndsNothingElse() throws {
    let (program, server) = try Self.served()
    defer { program.remove() }
    let stream = try server.open("/api/events")
    defer { close(stream) }
    var byte: UInt8 = 0
    #expect(read(stream, &byte, 1) == 1)
    // Another server cannot have the same port.
    let taken = try program("serve", "--port", "\(server.port)")
    #expect(taken.code == 74 && taken.errors.contains("choose another port with --port"), "\(taken)")
    let training = program.start(["run", "tiny.yaml", "--rerun", "--only", "small"])
    training.standardOutput = FileHandle.nullDevice
    training.standardError = FileHandle.nullDevice
    try training.run()
    #expect(server.stop(SIGINT) == 0)
    training.waitUntilExit()
    #expect(training.terminationStatus == 0)
    #expect(try LiveServer(program).stop(SIGTERM) == 0)
    // No store, no such address.
    #expect(try program("serve", "--store", "none").code == 66)
    let away = try program("serve", "--host", "192.0.2.1")
    #expect(away.code == 74 && away.errors.contains("192.0.2.1:8765: cannot listen on"), "\(away)")
  }

  /// Requests that were changed at random places, always the same ones: each gets an answer in good form or none, and the
  /// server goes on.
  @Test func requestsThatWereMutated() throws {
    let (program, server) = try Self.served()
    defer { program.remove() }
    defer { server.stop() }
    var random = Steps(state: 20_261_127)
    let targets = [
      "/", "/?search=a&state=completed&sort=-seconds&page=2", "/runs/0", "/compare?run=small&run=smaller", "/reports",
      "/reports/a/b/c", "/health", "/api/runs?filter=seed%3D3%3Barch%3Dvgg11", "/api/runs/small/curves",
      "/api/runs/small/log",
      "/api/events?run=small", "/api/compare?run=small&run=smaller", "/assets/page.js", "/?token=abc",
    ]
    let pieces = [
      "%", "%00", "../", "?", "&", "=", ";", "'", "\"", "<b>", "\r\n", " ", "\u{0}", "é", "//", "run=small&", "~", "[",
      ":",
    ]
    for _ in 0..<300 {
      let target = targets[random.below(targets.count)]
      var bytes = Array("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".utf8)
      for _ in 0..<(1 + random.below(4)) {
        let place = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: Array(pieces[random.below(pieces.count)].utf8), at: place)
        default: bytes.insert(contentsOf: bytes[place...].prefix(random.below(40)), at: place)
        }
      }
      if let answer = try server.send(bytes) {
        #expect(
          (200...599).contains(answer.status) && answer.status != 500,
          "\(String(decoding: bytes, as: UTF8.self)): \(answer)")
      }
      try #require(server.process.isRunning, "\(String(decoding: bytes, as: UTF8.self))")
    }
    #expect(try server.get("/").status == 200)
  }

  @Test func tenThousandRunsAreShownInPages() throws {
    let program = try Program()
    defer { program.remove() }
    try #require(try program("bench", "store", "--runs", "10000", "--rows", "1000000", "--keep", "many").code == 0)
    let server = try LiveServer(program, "--store", "many")
    defer { server.stop() }
    let page = try server.get("/")
    #expect(page.status == 200 && page.body.utf8.count < 120_000, "\(page.body.utf8.count)")
    #expect(page.body.contains("of 10,001") && page.body.matches(of: /<tr data-run=/).count == 100)
    let last = try server.get("/?page=101").body
    #expect(last.matches(of: /<tr data-run=/).count == 1)
    let list = try server.get("/api/runs?filter=resize%3D160%3Bepochs%3D5&state=failed&sort=-test_accuracy&size=500")
      .json(Listed.self)
    try #require(list.total == 100 && list.runs.count == 100)
    #expect(list.runs.allSatisfy { $0.state == "failed" })
    // A curve of many steps has bounded points.
    let curves = try server.get("/api/runs/\(list.runs[0].run)/curves")
    #expect(curves.body.utf8.count < 400_000)
  }
}

/// Numbers that are the same each time.
struct Steps {
  var state: UInt64

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ (value >> 31)) % UInt64(limit))
  }
}
