import Foundation
import Testing

/// Servers that call themselves MLflow and mean no good.
@Suite(.enabled(if: PythonTools.isInstalled, "there is no Python 3")) struct HostileServerTests {
  /// A small server in Python on a free port, with one kind of behavior.
  struct Server {
    static let script = """
      import http.server, json, sys
      mode = sys.argv[1]
      class Handler(http.server.BaseHTTPRequestHandler):
          def log_message(self, *words): pass
          def reply(self, value, status=200):
              body = json.dumps(value).encode()
              self.send_response(status)
              self.send_header("Content-Length", str(len(body)))
              self.end_headers()
              self.wfile.write(body)
          def do_GET(self):
              if mode == "endless":
                  self.send_response(200)
                  self.end_headers()
                  try:
                      while True: self.wfile.write(b" " * 65536)
                  except OSError:
                      return
              if mode == "none":
                  return self.reply({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}, 404)
              self.reply({"experiment": {"experiment_id": "1", "name": "tiny"}})
          def do_POST(self):
              self.rfile.read(int(self.headers["Content-Length"]))
              if self.path.endswith("experiments/search"):
                  return self.reply({"experiments": [{"name": "mnist"}, {"name": "other"}]})
              if mode == "filter":
                  return self.reply({"error_code": "INVALID_PARAMETER_VALUE", "message": "no such key"}, 400)
              self.reply({"runs": [], "next_page_token": "again"})
      server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
      print(server.server_address[1], flush=True)
      server.serve_forever()
      """

    let process = Process()
    let url: String

    init(_ mode: String) throws {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["python3", "-c", Self.script, mode]
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      let port = try #require(Int(line.trimmingCharacters(in: .newlines)), "the server did not start: \(line)")
      url = "http://127.0.0.1:\(port)"
    }

    func stop() {
      // Not SIGTERM: a child may have inherited that it is blocked.
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
  }

  /// An import from a server of a kind.
  static func imported(_ mode: String, _ arguments: [String]) throws -> (found: Program.Outcome, url: String) {
    let program = try Program()
    defer { program.remove() }
    let server = try Server(mode)
    defer { server.stop() }
    let found = try program.run(["import", "mlflow", "--url", server.url] + arguments)
    #expect(found.output.isEmpty)
    return (found, server.url)
  }

  @Test func anEndlessAnswerIsNotReceivedToItsEnd() throws {
    let (found, url) = try Self.imported("endless", ["--experiment", "tiny"])
    #expect(found.code == 65 && found.errors.contains("\(url): ") && found.errors.contains("longer than"), "\(found)")
  }

  @Test func aListWithoutEndEnds() throws {
    let (found, url) = try Self.imported("pages", ["--experiment", "tiny"])
    #expect(found.code == 65 && found.errors.contains("\(url): ") && found.errors.contains("next page"), "\(found)")
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--only", "small", "--profile", "quick", "--threads", "1").code == 0)
    let server = try Server("pages")
    defer { server.stop() }
    let pushed = try program("push", "mlflow", "--url", server.url, "small")
    #expect(pushed.code == 65 && pushed.errors.contains("\(server.url): "), "\(pushed)")
  }

  @Test func anUnknownExperimentIsNamedWithThoseOfTheServer() throws {
    let (found, url) = try Self.imported("none", ["--experiment", "zzz"])
    #expect(found.code == 65 && found.errors.contains("\(url): there is no experiment 'zzz'"), "\(found)")
    #expect(found.errors.contains("'mnist', 'other'"), "\(found)")
    let near = try Self.imported("none", ["--experiment", "minst"]).found
    #expect(near.errors.contains("did you mean 'mnist'?"), "\(near)")
  }

  @Test func aRefusedFilterIsWrongUse() throws {
    let (found, _) = try Self.imported("filter", ["--experiment", "tiny", "--filter", "x"])
    #expect(found.code == 64 && found.errors.contains("no such key"), "\(found)")
  }
}
