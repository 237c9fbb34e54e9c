import Foundation
import Glibc
import Testing

/// A running `vgglab serve`, asked over sockets byte by byte, so that a test sends what no client library would.
struct LiveServer {
  struct Answer {
    var status: Int
    /// Names in lower case.
    var fields: [String: String]
    var body: String

    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try JSONDecoder().decode(type, from: Data(body.utf8))
    }
  }

  let process: Process
  /// As it was printed.
  let address: String
  let port: UInt16

  /// Starts it for a program's store, on a free port.
  init(_ program: Program, _ arguments: String...) throws {
    process = program.start(["serve", "--port", "0"] + arguments)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var text = ""
    while !text.contains("\n") {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      text += String(decoding: data, as: UTF8.self)
    }
    address = try #require(text.split(separator: "\n").first.map(String.init), "nothing was printed")
    port = UInt16(try #require(address.firstMatch(of: /:(\d+)\//)).1)!
  }

  /// Ends it by a signal; its exit code.
  @discardableResult
  func stop(_ signal: Int32 = SIGTERM) -> Int32 {
    if process.isRunning { kill(process.processIdentifier, signal) }
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
  }

  /// Asks as a browser at this page does.
  func get(_ target: String, _ fields: String...) throws -> Answer { try ask(target, fields: fields) }

  /// Asks with other methods, hosts and fields.
  func ask(
    _ target: String, method: String = "GET", host: String? = nil, fields: [String] = []
  ) throws -> Answer {
    let lines = ["\(method) \(target) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(port)")", "Connection: close"] + fields
    return try #require(try send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)), "no answer to \(target)")
  }

  /// Sends bytes; the answer, or nil if the server closed the connection without one.
  func send(_ bytes: [UInt8]) throws -> Answer? {
    let socket = try connect()
    defer { close(socket) }
    _ = bytes.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
    shutdown(socket, Int32(SHUT_WR))
    var found: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(socket, &buffer, buffer.count)
      guard count > 0 else { break }
      found += buffer[..<count]
    }
    return Self.parsed(found)
  }

  /// Opens a stream and keeps it open: the descriptor is the caller's to close.
  func open(_ target: String) throws -> Int32 {
    let socket = try connect()
    let request = "GET \(target) HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n"
    _ = Array(request.utf8).withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
    return socket
  }

  /// Opens a connection, sends a part of a request and keeps it open: the descriptor is the caller's to close.
  func begin(_ text: String) throws -> Int32 {
    let socket = try connect()
    _ = Array(text.utf8).withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
    return socket
  }

  private func connect() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0, "cannot connect")
    return descriptor
  }

  private static func parsed(_ bytes: [UInt8]) -> Answer? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      let pair = line.split(separator: ":", maxSplits: 1)
      fields[pair[0].lowercased()] = pair.count > 1 ? pair[1].trimmingCharacters(in: .whitespaces) : ""
    }
    return Answer(status: status, fields: fields, body: String(text[end.upperBound...]))
  }
}
