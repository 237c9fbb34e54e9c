import Files
import Foundation
import Kernels
import Synchronization

/// Threads that wait between phases of work; in a phase they take tasks from one counter until none is left.
///
/// Which thread does a task is open, so a task's result must not depend on it.
final class ThreadPool: @unchecked Sendable {
  let threads: Int
  private let shared: Shared
  private var others: [pthread_t] = []

  /// Throws ``TrainingError/thread(number:of:code:)``; threads that were started are ended then.
  init(threads: Int) throws(TrainingError) {
    precondition(threads >= 1, "a pool of \(threads) threads")
    self.threads = threads
    shared = Shared()
    for thread in 1..<max(1, threads) {
      let start = Unmanaged.passRetained(Start(shared: shared, thread: thread))
      var handle = pthread_t()
      let result = pthread_create(
        &handle, nil,
        { pointer in
          let start = Unmanaged<Start>.fromOpaque(pointer!).takeRetainedValue()
          start.shared.serve(thread: start.thread)
          return nil
        }, start.toOpaque())
      guard result == 0 else {
        start.release()
        throw .thread(number: thread + 1, of: threads, code: result)
      }
      others.append(handle)
    }
  }

  deinit {
    shared.finish()
    for handle in others { pthread_join(handle, nil) }
  }

  /// Runs `body(task, thread)` for each task in `0..<tasks` and returns when all are done.
  func run(tasks: Int, _ body: (_ task: Int, _ thread: Int) -> Void) {
    if threads == 1 || tasks == 1 {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      // Shared by its place: a thread must not hold on to the closure after the phase.
      withUnsafePointer(to: body) { shared.run(tasks: tasks, helpers: threads - 1, $0) }
    }
  }

  private final class Start {
    let shared: Shared
    let thread: Int
    init(shared: Shared, thread: Int) {
      self.shared = shared
      self.thread = thread
    }
  }

  /// What the threads have in common. Phases begin and end by atomic counters, which are watched for some microseconds;
  /// who has watched in vain goes to sleep, so that no thread holds up others on a busy machine.
  private final class Shared: @unchecked Sendable {
    /// Looks at a counter before going to sleep: some tens of microseconds.
    private static let looks = 4_000

    private let phase = Atomic<Int>(0)
    private let working = Atomic<Int>(0)
    private let next = Atomic<Int>(0)
    private let finished = Atomic<Bool>(false)
    private let sleepers = Atomic<Int>(0)
    private let condition = NSCondition()
    // Written before a phase begins, read within it.
    private var tasks = 0
    private var body: UnsafePointer<(Int, Int) -> Void>?

    func run(tasks: Int, helpers: Int, _ body: UnsafePointer<(Int, Int) -> Void>) {
      self.tasks = tasks
      self.body = body
      next.store(0, ordering: .relaxed)
      working.store(helpers, ordering: .relaxed)
      phase.wrappingAdd(1, ordering: .sequentiallyConsistent)
      wakeSleepers()
      take(thread: 0)
      wait { working.load(ordering: .sequentiallyConsistent) == 0 }
      self.body = nil
    }

    func serve(thread: Int) {
      var seen = 0
      while true {
        wait {
          phase.load(ordering: .sequentiallyConsistent) != seen || finished.load(ordering: .sequentiallyConsistent)
        }
        if finished.load(ordering: .sequentiallyConsistent) { return }
        seen = phase.load(ordering: .sequentiallyConsistent)
        take(thread: thread)
        if working.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0 { wakeSleepers() }
      }
    }

    func finish() {
      finished.store(true, ordering: .sequentiallyConsistent)
      wakeSleepers()
    }

    /// Returns when `isReached` says so; who changes what it looks at calls ``wakeSleepers()``.
    private func wait(_ isReached: () -> Bool) {
      for _ in 0..<Self.looks where isReached() { return }
      condition.lock()
      // Counted before the last look: whoever makes it true after that sees the sleeper.
      sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
      while !isReached() { condition.wait() }
      sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
      condition.unlock()
    }

    private func wakeSleepers() {
      guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
      condition.lock()
      condition.broadcast()
      condition.unlock()
    }

    private func take(thread: Int) {
      guard let body else { return }
      while true {
        let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard task < tasks else { return }
        body.pointee(task, thread)
      }
    }
  }
}
