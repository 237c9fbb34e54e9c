package import Foundation

/// The wall clock as the journal writes it: ISO 8601 in UTC with milliseconds.
package func timestamp(_ date: Date = wallClock()) -> String {
  let milliseconds = milliseconds(date)
  var seconds = time_t(milliseconds / 1000)
  var parts = tm()
  gmtime_r(&seconds, &parts)
  func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
  let day =
    "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))-\(padded(Int(parts.tm_mday), 2))"
  let clock = "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2)):\(padded(Int(parts.tm_sec), 2))"
  return "\(day)T\(clock).\(padded(milliseconds % 1000, 3))Z"
}

/// The time that a text in ISO 8601 names, with or without parts of a second; nil for a text that is none.
package func date(ofTimestamp text: String) -> Date? {
  (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
    ?? (try? Date.ISO8601FormatStyle().parse(text))
}

/// Milliseconds since 1970 by the wall clock; 0 before.
package func milliseconds(_ date: Date = wallClock()) -> Int {
  max(0, Int((date.timeIntervalSince1970 * 1000).rounded(.down)))
}

/// Now; some seconds off where VGGLAB_CLOCK_SHIFT says so, to see what a wrong clock does.
private func wallClock() -> Date {
  let shift = ProcessInfo.processInfo.environment["VGGLAB_CLOCK_SHIFT"].flatMap(Double.init) ?? 0
  return Date(timeIntervalSinceNow: shift)
}

/// Seconds on a clock that only goes forward.
package func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Now, in ISO 8601 in UTC with milliseconds.
public func currentTime() -> String { timestamp() }
