import Synchronization

/// A store as it was at one moment: everything that a report asks is asked here, so that a run which is removed or goes on
/// meanwhile is either in all of the report or in nothing of it.
public final class StoreSnapshot: Sendable {
  /// Seconds of the processor in which the rows behind a report must be found.
  public static let gatheringSeconds = 60.0

  private struct Box {
    let scratch: ScratchStore
  }

  private let box: Mutex<Box>

  init(path: String) throws(StoreError) {
    let scratch = try ScratchStore(path: path)
    scratch.connection.limitTime(to: QueryBounds.notebook.seconds)
    box = Mutex(Box(scratch: scratch))
  }

  /// The rows of one SELECT, whose answer must be the same tomorrow. Throws ``StoreError/badQuery(sql:reason:)``.
  public func query(_ sql: String, _ parameters: [String: SQLValue]) throws(StoreError) -> QueryResult {
    try withScratch { scratch throws(StoreError) in try scratch.connection.rows(sql, parameters) }
  }

  func withScratch<T: Sendable>(_ body: (ScratchStore) throws(StoreError) -> T) throws(StoreError) -> T {
    try box.withLock { box throws(StoreError) in try body(box.scratch) }
  }
}

extension Store {
  /// The store as it is now.
  public func snapshot() throws(StoreError) -> StoreSnapshot { try StoreSnapshot(path: databasePath) }
}
