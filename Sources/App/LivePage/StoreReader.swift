import Dispatch
import Foundation
import Processes
import Store
import Synchronization

/// Reads a store for many visitors: one at a time, with what the journals have new taken in before, and never more often than
/// that is cheap.
final class StoreReader: Sendable {
  private struct State {
    var store: Store
    /// The index's file, which `doctor --rebuild` replaces.
    var file: UInt64
    var refreshed = -Double.infinity
    var pause = 0.0
    var problems: [String]
  }

  private let directory: String
  private let queue = DispatchQueue(label: "vgglab.store")
  private let state: Mutex<State>
  private let checks = DispatchQueue(label: "vgglab.checks")
  private let checked = Mutex<(at: Double, health: StoreHealth)?>(nil)

  /// Seconds from one look at the journals to the next, and how much longer it is than the look itself.
  private static let shortestPause = 0.4
  private static let pauseFactor = 8.0
  /// Seconds for which a check of the whole index is good.
  private static let checkLife = 60.0

  /// Throws ``StoreError``.
  init(_ directory: String) throws(StoreError) {
    self.directory = directory
    var problems: [String] = []
    let store = try Store.openToRead(at: directory) { if case .journal(let problem) = $0 { problems.append(problem) } }
    state = Mutex(State(store: store, file: Self.fileNumber(directory), problems: problems))
  }

  /// Does something with the store as it is now. Throws what that throws.
  func read<Value: Sendable>(_ body: @escaping @Sendable (Store) throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body(try self.fresh()) }) }
    }
  }

  /// What is wrong with journals.
  var problems: [String] { state.withLock { $0.problems } }

  /// A check of the whole index, which takes long for a large one: at most one a minute.
  func health() async throws -> StoreHealth {
    let directory = directory
    return try await withCheckedThrowingContinuation { continuation in
      checks.async {
        continuation.resume(
          with: Result {
            if let known = self.checked.withLock({ $0 }), monotonicSeconds() - known.at < Self.checkLife {
              return known.health
            }
            let store = try Store.openToRead(at: directory)
            defer { store.close() }
            let health = try store.health()
            self.checked.withLock { $0 = (monotonicSeconds(), health) }
            return health
          })
      }
    }
  }

  /// Only on ``queue``.
  private func fresh() throws(StoreError) -> Store {
    let known = state.withLock { ($0.store, $0.file, $0.refreshed + $0.pause) }
    let began = monotonicSeconds()
    guard began >= known.2 else { return known.0 }
    var store = known.0
    var problems: [String] = []
    let file = Self.fileNumber(directory)
    var isStale = file != known.1
    if !isStale {
      // A store that may only be read shows what others have taken in.
      do throws(StoreError) { problems = try store.ingest() } catch { isStale = !store.isTemporary }
    }
    if isStale {
      store = try Store.openToRead(at: directory) { if case .journal(let problem) = $0 { problems.append(problem) } }
      known.0.close()
    }
    let ended = monotonicSeconds()
    state.withLock {
      $0.store = store
      $0.file = Self.fileNumber(directory)
      $0.refreshed = ended
      $0.pause = max(Self.shortestPause, Self.pauseFactor * (ended - began))
      $0.problems = problems
    }
    return store
  }

  private static func fileNumber(_ directory: String) -> UInt64 {
    var status = stat()
    return stat(Store.databasePath(directory), &status) == 0 ? UInt64(status.st_ino) : 0
  }
}
