/// How a scalar that should be a number is written, and what it should have been where it is none.
package struct NumberText {
  /// Why the text is not taken, with the way to write it.
  package struct Complaint: Error {
    /// As in `a whole number was expected`; nil where another sentence says it all.
    package var remedy: String?
  }

  let text: String
  let plain: Bool

  package init(text: String, plain: Bool) { (self.text, self.plain) = (text, plain) }

  private var sign: Substring { text.prefix { $0 == "-" || $0 == "+" } }
  private var body: Substring { text.dropFirst(sign.count) }

  /// A decimal number without a leading zero.
  func whole() throws(Complaint) -> Substring {
    let digits = body
    guard sign.count <= 1, isDigits(digits) else {
      throw Complaint(remedy: wholeValue.map { "write \($0)\(plain ? "" : " without quotes")" })
    }
    // Zeros alone are zero to everybody.
    let isZero = digits.allSatisfy { $0 == "0" }
    if digits.count > 1, digits.first == "0", !isZero {
      throw Complaint(
        remedy:
          "a leading zero is ambiguous (octal in some programs); write \(plainDecimal(digits))"
      )
    }
    guard plain else { throw Complaint(remedy: "write \(text) without quotes") }
    return isZero ? "0" : sign == "+" ? digits : text[...]
  }

  /// A decimal number with or without fraction and exponent.
  package func number() throws(Complaint) -> Double {
    // JSON's and YAML's decimal numbers; not Swift's hexadecimal ones, infinities and the like.
    let isDecimal =
      !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }
    guard isDecimal, let value = Double(text) else { throw Complaint(remedy: numberRemedy) }
    let digits = body.prefix { ("0"..."9").contains($0) }
    if digits.count > 1, digits.first == "0", value != 0 {
      throw Complaint(
        remedy:
          "a leading zero is ambiguous (octal in some programs); write \(plainDecimal(digits))"
          + body.dropFirst(digits.count))
    }
    guard plain else { throw Complaint(remedy: "write \(text) without quotes") }
    guard value.isFinite else { throw Complaint(remedy: "it is too large") }
    // A negative zero is zero.
    return value == 0 ? 0 : value
  }

  /// The whole number that another spelling means.
  private var wholeValue: String? {
    let lowered = body.lowercased()
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where lowered.hasPrefix(prefix) {
      return UInt64(lowered.dropFirst(2).filter { $0 != "_" }, radix: radix).map { "\(sign)\($0)" }
    }
    if text.contains("_") {
      let bare = text.filter { $0 != "_" }
      return isDigits(bare.drop { $0 == "-" || $0 == "+" }) ? bare : nil
    }
    guard lowered.contains("e") || lowered.contains("."), lowered.allSatisfy({ "0123456789.e+-".contains($0) }),
      let value = Double(text), value == value.rounded(), abs(value) < 1e15
    else { return nil }
    return "\(Int(value))"
  }

  private var numberRemedy: String? {
    let lowered = body.lowercased()
    if [".inf", ".nan", "inf", "nan", "infinity"].contains(lowered) { return "it must be finite" }
    if let value = wholeValue { return "write \(value)" }
    for separator in ["_", ","] where text.contains(separator) {
      let other = text.replacing(separator, with: separator == "_" ? "" : ".")
      if Double(other) != nil, !lowered.contains("x") { return "write \(other)" }
    }
    if lowered.hasSuffix("%"), let percent = Double(lowered.dropLast()) { return "write \(sign)\(percent / 100)" }
    return nil
  }

  private func plainDecimal(_ digits: Substring) -> String {
    let rest = digits.drop { $0 == "0" }
    return "\(sign == "+" ? "" : sign)\(rest.isEmpty ? "0" : rest)"
  }

  private func isDigits(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
  }
}
