import Foundation
import GRDBSQLite

/// The processor time of the thread that asks, in laps: a lap that began in another thread counts as nothing.
struct ThreadStopwatch {
  private var thread = pthread_self()
  private var last = ThreadStopwatch.seconds

  /// The next lap begins now.
  mutating func start() { (thread, last) = (pthread_self(), Self.seconds) }

  /// Seconds of the processor since the lap began; the next one begins.
  mutating func lap() -> Double {
    let isSame = pthread_equal(thread, pthread_self()) != 0
    let before = last
    start()
    return isSame ? max(0, last - before) : 0
  }

  private static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// How often queries of this thread have asked for the current time. SQLite works in the thread that calls it.
///
/// `date('now')`, `date()`, `unixepoch()` and `CURRENT_TIMESTAMP` all ask SQLite's operating system layer, and nothing else of
/// a query does. Connections whose answers must be the same tomorrow are opened over a copy of that layer that counts.
var clockReads: Int { Int(bitPattern: pthread_getspecific(clockKey)) }

private let clockKey: pthread_key_t = {
  var key = pthread_key_t()
  pthread_key_create(&key, nil)
  return key
}()

private func countClockRead() {
  pthread_setspecific(clockKey, UnsafeRawPointer(bitPattern: clockReads + 1))
}

/// The name of the layer that counts; nil where SQLite does not take one.
nonisolated(unsafe) let countingLayer: UnsafePointer<CChar>? = {
  guard let standard = sqlite3_vfs_find(nil) else { return nil }
  // Both live as long as the process: SQLite keeps the pointers.
  let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
  layer.initialize(to: standard.pointee)
  layer.pointee.pNext = nil
  let name = strdup("vgglab-query")
  layer.pointee.zName = UnsafePointer(name)
  layer.pointee.xCurrentTime = { _, days in
    countClockRead()
    days?.pointee = 2_440_587.5
    return SQLITE_OK
  }
  layer.pointee.xCurrentTimeInt64 = { _, milliseconds in
    countClockRead()
    milliseconds?.pointee = 210_866_760_000_000
    return SQLITE_OK
  }
  return sqlite3_vfs_register(layer, 0) == SQLITE_OK ? UnsafePointer(name) : nil
}()
