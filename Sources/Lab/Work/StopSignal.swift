import Foundation
import Synchronization

/// What asks this process to stop: the first such signal is remembered, a second Ctrl-C ends the process at once.
public enum StopSignal {
  private static let received = Atomic<Int32>(0)

  /// Begins to listen to SIGINT (Ctrl-C), SIGTERM and SIGUSR1.
  public static func listen() {
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

  /// The signal that came, if one did.
  public static var number: Int32? {
    let value = received.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }

  /// The exit code for having stopped by it: 130 for Ctrl-C, 75 (to be resumed) for the others.
  public static var exitCode: Int32 { number == SIGINT ? 130 : 75 }

  /// As if the signal had come.
  static func receive(_ number: Int32) {
    let (exchanged, earlier) = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
    if !exchanged, earlier == SIGINT, number == SIGINT { _exit(130) }
  }
}
