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

  /// Begins to listen to SIGINT (Ctrl-C), SIGTERM and SIGUSR1.
  ///
  /// The Ctrl-C of the number `endingAt` ends the process where it stands.
  public static func listen(endingAt count: Int = 2) {
    patience.store(count, ordering: .relaxed)
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM, SIGUSR1] {
      signal(number) { number in StopSignal.receive(number) }
      sigaddset(&wanted, number)
    }
    // Whoever started this process may have had them blocked, and that is inherited.
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    // A worker's death or a closed pipe is a fact to be read, not a reason to die.
    signal(SIGPIPE, SIG_IGN)
  }

  /// The signal that came first, if one did.
  public static var number: Int32? {
    let value = received.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }

  /// How often Ctrl-C was pressed.
  static var interrupts: Int { interrupted.load(ordering: .relaxed) }

  /// The exit code for having stopped by it: 130 for Ctrl-C, 75 (to be resumed) for the others.
  public static var exitCode: Int32 { number == SIGINT ? 130 : 75 }

  /// As if the signal had come.
  static func receive(_ number: Int32) {
    _ = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
    guard number == SIGINT else { return }
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
    guard now - lastHeard.exchange(now, ordering: .relaxed) > onePress else { return }
    let presses = interrupted.wrappingAdd(1, ordering: .relaxed).newValue
    if presses >= patience.load(ordering: .relaxed) { _exit(130) }
  }

  /// Standard input is a pipe that the parent holds: its end means that the parent is gone, and is taken as a SIGTERM.
  static func stopWithParent() {
    let thread = Thread {
      var byte: UInt8 = 0
      while true {
        let count = read(0, &byte, 1)
        if count == 0 || (count < 0 && errno != EINTR) { break }
      }
      StopSignal.receive(SIGTERM)
    }
    // The libraries' thread-local variables take 60 kB of it; a thread with less room than they need never starts.
    thread.stackSize = 512 << 10
    thread.start()
  }
}
