package import Files
package import Foundation

/// A program that is run with a deadline and a bound on its output.
package struct BoundedProcess {
  /// What came of it.
  package struct Outcome {
    /// nil if it was killed at the deadline or because its output was too long.
    package var status: Int32?
    package var output: Data
    package var errors: String
    /// Whether output is missing.
    package var isCut: Bool
  }

  /// An absolute path.
  package var program: String
  /// All of its environment: nothing is inherited.
  package var environment: [String: String]
  /// On the clock of ``monotonicSeconds()``.
  package var deadline: Double
  /// Its standard input; nil for none.
  package var input: Descriptor?

  package init(program: String, environment: [String: String], deadline: Double, input: Descriptor? = nil) {
    self.input = input
    self.program = program
    self.environment = environment
    self.deadline = deadline
  }

  /// The first program of a name in `PATH`. Relative entries are passed over: they name whatever the current folder has.
  package static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  /// Runs it in a folder, which it takes as git does: behind `-C`. nil if it cannot be started.
  package func run(_ arguments: [String], in directory: String, limit: Int) -> Outcome? {
    guard let (process, output, errors) = try? start(arguments, in: directory) else { return nil }
    var streams = [
      Stream(descriptor: output.number, limit: limit), Stream(descriptor: errors.number, limit: 1 << 16),
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
    while !isLate, !streams[0].isFull, process.poll() == nil {
      if monotonicSeconds() >= deadline { isLate = true } else { usleep(1_000) }
    }
    let isKilled = isLate || streams[0].isFull
    if isKilled { process.send(signal: SIGKILL) }
    var status: Int32?
    if case .exited(let code) = process.wait(), !isKilled { status = code }
    withExtendedLifetime((output, errors)) {}
    return Outcome(
      status: status, output: streams[0].data, errors: String(decoding: streams[1].data, as: UTF8.self),
      isCut: isKilled)
  }

  /// The process, and the ends of the pipes that its output comes from; the other ends are closed here.
  private func start(
    _ arguments: [String], in directory: String
  ) throws -> (process: ChildProcess, output: Descriptor, errors: Descriptor) {
    // The current folder may have a name that no text can have.
    let place = directory == FileManager.default.currentDirectoryPath ? [] : ["-C", directory]
    let (output, errors) = (try ChildProcess.pipe(), try ChildProcess.pipe())
    let process = try ChildProcess(
      program, place + arguments, environment: environment, input: input ?? Self.nothing(),
      output: output.writing, errors: errors.writing)
    return (process, output.reading, errors.reading)
  }

  private static func nothing() throws -> Descriptor {
    let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw ProcessError.notStarted(reason: String(cString: strerror(errno))) }
    return Descriptor(number, path: "/dev/null")
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
