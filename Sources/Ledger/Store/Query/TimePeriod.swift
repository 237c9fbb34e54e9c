/// The period that a time with some of its digits means: a day, an hour, a minute, a second or less, in UTC.
///
/// The store's times are texts in ISO 8601, so that those within a period begin with the same letters.
struct TimePeriod: Sendable, Hashable {
  /// What the times within it begin with.
  let start: String
  /// Greater than all of them, and less than the times after it: the tilde comes behind all letters that they have.
  var end: String { start + "~" }

  /// Of `2026`, `2026-11`, `2026-11-28`, and the last with a space or T and `03`, `03:06`, `03:06:12` or `03:06:12.345`, with
  /// or without a Z at the end; nil for all else.
  init?(_ text: String) {
    let pattern = /(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[ T](\d\d)(?::(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?)?)?)?( UTC|Z)?/
    guard let match = text.wholeMatch(of: pattern.asciiOnlyDigits())?.output else { return nil }
    func number(_ part: Substring?) -> Int? { part.flatMap { Int($0) } }
    let (year, month, day) = (number(match.1) ?? 0, number(match.2) ?? 1, number(match.3) ?? 1)
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...days[month - 1]).contains(day), number(match.4) ?? 0 < 24,
      number(match.5) ?? 0 < 60, number(match.6) ?? 0 <= 60, match.7 == nil || match.4 != nil
    else { return nil }
    start = String(text.dropLast(match.7?.count ?? 0)).replacing(" ", with: "T")
  }
}
