import Files
import Foundation
import Synchronization

/// What asks this process to stop: the first such signal is remembered, and how often Ctrl-C was pressed.
public enum StopSignal {
  private static let received = Atomic<Int32>(0)
  private static let interrupted = Atomic<Int>(0)
  private static let patience = Atomic<Int>(2)
  /// When Ctrl-C was last heard, in milliseconds since boot.
  private static let lastHeard = Atomic<Int>(.min / 2)
  /// What comes again so soon was one press: it reached this process alone and with its group, as `timeout` sends it.
  private static let onePress = 100

  /// Whether this process was asked to pause, by Ctrl-Z.
  private static let pausing = Atomic<Bool>(false)

  /// Begins to listen to SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal is gone), SIGQUIT (Ctrl-\) and SIGUSR1. One that
  /// was ignored when the process began stays ignored, as `nohup` and background jobs of a shell have it.
  ///
  /// The Ctrl-C of the number `endingAt` ends the process at once. With `pausing` Ctrl-Z is noted, for ``pause()``.
  public static func listen(endingAt count: Int = 2, pausing: Bool = false) {
    patience.store(count, ordering: .relaxed)
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1] where !isIgnored(number) {
      signal(number) { number in StopSignal.receive(number) }
      sigaddset(&wanted, number)
    }
    if pausing {
      listenToPauses()
      sigaddset(&wanted, SIGTSTP)
    }
    // Whoever started this process may have had them blocked, and that is inherited.
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    // A worker's death or a closed pipe is a fact to be read, not a reason to die.
    signal(SIGPIPE, SIG_IGN)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func listenToPauses() {
    guard !isIgnored(SIGTSTP) else { return }
    signal(SIGTSTP) { _ in StopSignal.pausing.store(true, ordering: .relaxed) }
  }

  /// Whether Ctrl-Z was pressed and not acted on yet.
  package static var isPauseWanted: Bool { pausing.load(ordering: .relaxed) }

  /// Stops this process, as Ctrl-Z does, until it is continued.
  package static func pause() {
    pausing.store(false, ordering: .relaxed)
    signal(SIGTSTP, SIG_DFL)
    raise(SIGTSTP)
    listenToPauses()
  }

  /// The signal that came first, if one did.
  public static var number: Int32? {
    let value = received.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }

  /// How often Ctrl-C was pressed.
  package static var interrupts: Int { interrupted.load(ordering: .relaxed) }

  /// The exit code for having stopped by it: 130 for Ctrl-C, 75 (to be resumed) for the others.
  public static var exitCode: Int32 { number == SIGINT ? 130 : 75 }

  /// As if the signal had come.
  package static func receive(_ number: Int32) {
    _ = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
    guard number == SIGINT else { return }
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
    guard now - lastHeard.exchange(now, ordering: .relaxed) > onePress else { return }
    let presses = interrupted.wrappingAdd(1, ordering: .relaxed).newValue
    if presses >= patience.load(ordering: .relaxed) { _exit(130) }
  }

  /// Standard input is a pipe that the parent holds: its end means that the parent is gone or asks to stop, and is taken as
  /// a SIGTERM. Throws ``ProcessError/tooFewThreads(wanted:reason:)``.
  package static func stopWithParent() throws(ProcessError) {
    var (thread, attributes) = (pthread_t(), pthread_attr_t())
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    // The libraries' thread-local variables take 60 kB of it; a thread with less room than they need never starts.
    pthread_attr_setstacksize(&attributes, 512 << 10)
    let status = pthread_create(
      &thread, &attributes,
      { _ in
        var byte: UInt8 = 0
        while true {
          let count = read(0, &byte, 1)
          if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        StopSignal.receive(SIGTERM)
        return nil
      }, nil)
    guard status == 0 else { throw .tooFewThreads(wanted: 1, reason: String(cString: strerror(status))) }
    pthread_detach(thread)
  }
}
