package import Files
package import Foundation

/// How a process ended.
package enum ProcessEnd: Sendable, Hashable {
  case exited(Int32)
  case killed(signal: Int32)
}

/// A process that this one started and waits for.
///
/// Foundation's `Process` resolves paths, needs threads and sockets of its own, and waits for ever where they cannot be had;
/// this one needs none.
package final class ChildProcess {
  /// This program itself: it is the one that runs, even where its file was replaced, renamed or deleted since, and whatever
  /// bytes the names of its folders have.
  package static let itself = "/proc/self/exe"

  /// The kernel's number of the process.
  package let id: pid_t
  private var end: ProcessEnd?

  /// Starts a program, with all of its environment and its three standard files.
  ///
  /// Signals that this process ignores are ignored there too. The process has this one's process group, so that a terminal's
  /// signals reach both. Throws ``ProcessError/notStarted(reason:)``.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String], input: Descriptor, output: Descriptor,
    errors: Descriptor
  ) throws(ProcessError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (place, file) in [input, output, errors].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file.number, Int32(place))
    }
    for number in Self.inheritable() { posix_spawn_file_actions_addclose(&actions, number) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, restored) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&restored)
    // This process ignores them on its own account.
    for number in [SIGPIPE, SIGXFSZ] { sigaddset(&restored, number) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &restored)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let name = program == Self.itself ? "vgglab" : program
    var words = ([name] + arguments).map { strdup($0) } + [nil]
    var settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var id = pid_t()
    let status = posix_spawn(&id, program, &actions, &attributes, &words, &settings)
    guard status == 0 else { throw .notStarted(reason: Self.reason(status)) }
    self.id = id
  }

  /// The two ends of a pipe that no other program inherits. Throws ``ProcessError/notStarted(reason:)``.
  package static func pipe() throws(ProcessError) -> (reading: Descriptor, writing: Descriptor) {
    var ends: [Int32] = [-1, -1]
    guard Foundation.pipe(&ends) == 0 else { throw .notStarted(reason: reason(errno)) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (Descriptor(ends[0], path: "a pipe"), Descriptor(ends[1], path: "a pipe"))
  }

  /// How it ended; nil while it runs.
  package func poll() -> ProcessEnd? {
    if let end { return end }
    var status: Int32 = 0
    let found = waitpid(id, &status, WNOHANG)
    if found == 0 || (found < 0 && errno == EINTR) { return nil }
    let signal = status & 0x7F
    // Somebody else has waited for it where there is no such child: then nothing is known of its end.
    end = found < 0 ? .exited(70) : signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
    return end
  }

  /// Sends a signal, unless it has ended.
  package func send(signal: Int32) {
    // The number of a process that is gone may be another's by now.
    if poll() == nil { kill(id, signal) }
  }

  /// Waits until it has ended.
  package func wait() -> ProcessEnd {
    while true {
      if let end = poll() { return end }
      usleep(1_000)
    }
  }

  /// The open files that a new program would inherit, but the three standard ones.
  private static func inheritable() -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }.filter { number in
      guard number > 2 else { return false }
      let flags = fcntl(number, F_GETFD)
      return flags >= 0 && flags & FD_CLOEXEC == 0
    }
  }

  private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}
