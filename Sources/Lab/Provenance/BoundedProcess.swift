import Foundation

/// A program that is run with a deadline and a bound on its output.
struct BoundedProcess {
  /// What came of it.
  struct Outcome {
    /// nil if it was killed at the deadline or because its output was too long.
    var status: Int32?
    var output: Data
    var errors: String
    /// Whether output is missing.
    var isCut: Bool
  }

  /// An absolute path.
  var program: String
  /// All of its environment: nothing is inherited.
  var environment: [String: String]
  /// On the clock of ``monotonicSeconds()``.
  var deadline: Double

  /// The first program of a name in `PATH`. Relative entries are passed over: they name whatever the current folder has.
  static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  /// Runs it; nil if it cannot be started.
  func run(_ arguments: [String], in directory: String, limit: Int) -> Outcome? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    var streams = [
      Stream(descriptor: output.fileHandleForReading.fileDescriptor, limit: limit),
      Stream(descriptor: errors.fileHandleForReading.fileDescriptor, limit: 1 << 16),
    ]
    var isLate = false
    while streams.contains(where: \.isOpen), !streams[0].isFull {
      let left = deadline - monotonicSeconds()
      guard left > 0 else {
        isLate = true
        break
      }
      var polls = streams.map { pollfd(fd: $0.isOpen ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0) }
      _ = poll(&polls, nfds_t(polls.count), Int32(min(left * 1000 + 1, 1000)))
      for index in polls.indices where polls[index].revents != 0 { streams[index].take() }
    }
    // A program that closes its output can still go on.
    while !isLate, !streams[0].isFull, process.isRunning {
      if monotonicSeconds() >= deadline { isLate = true } else { usleep(1_000) }
    }
    let isKilled = isLate || streams[0].isFull
    if isKilled, process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return Outcome(
      status: isKilled || process.terminationReason != .exit ? nil : process.terminationStatus,
      output: streams[0].data, errors: String(decoding: streams[1].data, as: UTF8.self), isCut: isKilled)
  }

  /// One of its outputs.
  private struct Stream {
    let descriptor: Int32
    let limit: Int
    var data = Data()
    var isOpen = true
    var isFull: Bool { data.count >= limit }

    init(descriptor: Int32, limit: Int) {
      self.descriptor = descriptor
      self.limit = limit
    }

    mutating func take() {
      var piece = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(descriptor, &piece, piece.count)
      if count > 0 {
        // What is over the limit of a second stream is read and dropped, so that the program is not blocked.
        data.append(contentsOf: piece[..<min(count, max(0, limit - data.count))])
      } else if count == 0 || errno != EINTR {
        isOpen = false
      }
    }
  }
}
