import Foundation
import Synchronization

/// Threads that wait between phases of work; in a phase they take tasks from one counter until none is left.
///
/// Which thread does a task is open, so a task's result must not depend on it.
final class ThreadTeam: @unchecked Sendable {
  let threads: Int
  private let shared: Shared
  private var others: [pthread_t] = []

  init(threads: Int) {
    precondition(threads >= 1, "a team of \(threads) threads")
    self.threads = threads
    shared = Shared()
    for thread in 1..<max(1, threads) {
      let start = Start(shared: shared, thread: thread)
      var handle = pthread_t()
      let result = pthread_create(
        &handle, nil,
        { pointer in
          let start = Unmanaged<Start>.fromOpaque(pointer!).takeRetainedValue()
          start.shared.serve(thread: start.thread)
          return nil
        }, Unmanaged.passRetained(start).toOpaque())
      precondition(result == 0, "thread \(thread) of \(threads) could not be started: error \(result)")
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

  private final class Shared: @unchecked Sendable {
    private let condition = NSCondition()
    private let next = Atomic<Int>(0)
    private var tasks = 0
    private var body: UnsafePointer<(Int, Int) -> Void>?
    private var phase = 0
    private var working = 0
    private var finished = false

    func run(tasks: Int, helpers: Int, _ body: UnsafePointer<(Int, Int) -> Void>) {
      condition.lock()
      self.tasks = tasks
      self.body = body
      next.store(0, ordering: .relaxed)
      working = helpers
      phase += 1
      condition.broadcast()
      condition.unlock()
      take(tasks, body, thread: 0)
      condition.lock()
      while working > 0 { condition.wait() }
      self.body = nil
      condition.unlock()
    }

    func serve(thread: Int) {
      var seen = 0
      while true {
        condition.lock()
        while phase == seen && !finished { condition.wait() }
        if finished {
          condition.unlock()
          return
        }
        seen = phase
        let (tasks, body) = (tasks, body)
        condition.unlock()
        if let body { take(tasks, body, thread: thread) }
        condition.lock()
        working -= 1
        if working == 0 { condition.broadcast() }
        condition.unlock()
      }
    }

    func finish() {
      condition.lock()
      finished = true
      condition.broadcast()
      condition.unlock()
    }

    private func take(_ tasks: Int, _ body: UnsafePointer<(Int, Int) -> Void>, thread: Int) {
      while true {
        let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard task < tasks else { return }
        body.pointee(task, thread)
      }
    }
  }
}
