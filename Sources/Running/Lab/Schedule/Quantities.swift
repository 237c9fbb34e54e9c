/// Quantities as options write them.
public enum Quantities {
  /// `90m`, `2h`, `1h30m`, `45s` in seconds; nil for anything else and for nothing at all.
  public static func seconds(_ text: String) -> Double? {
    read(text, ["s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400])
  }

  /// `6GB`, `500MB`, `1.5GiB` in bytes; nil for anything else and for nothing at all.
  public static func bytes(_ text: String) -> Int? {
    let units = [
      "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824,
      "tib": 1_099_511_627_776,
    ]
    return read(text.lowercased(), units).flatMap { $0 < 1e18 ? Int($0) : nil }
  }

  /// Numbers with a unit behind each, added.
  private static func read(_ text: String, _ units: [String: Double]) -> Double? {
    var rest = text[...]
    var sum = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
      guard let number = Double(digits), let size = units[String(unit)] else { return nil }
      sum += number * size
      rest = rest.dropFirst(digits.count + unit.count)
    }
    return sum > 0 && sum.isFinite ? sum : nil
  }
}
