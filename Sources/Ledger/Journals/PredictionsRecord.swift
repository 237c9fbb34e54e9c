/// Which test images a training classified correctly, a bit each, in the order of the test set.
public struct PredictionsRecord: Sendable, Hashable, Codable {
  /// How many images there are.
  public var examples: Int
  /// Hexadecimal digits of bytes; the first image is the first byte's highest bit, and bits behind the last are 0.
  public var correct: String

  /// As it was recorded.
  public init(examples: Int, correct: String) {
    self.examples = examples
    self.correct = correct
  }

  /// Whether each image was classified correctly, in the order of the test set.
  public init(isRight: [Bool]) {
    examples = isRight.count
    var text = ""
    for start in stride(from: 0, to: isRight.count, by: 8) {
      var byte: UInt8 = 0
      for (place, right) in isRight[start..<min(start + 8, isRight.count)].enumerated() where right {
        byte |= 0x80 >> UInt8(place)
      }
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    correct = text
  }
}

extension PredictionsRecord {
  /// Whether an image was classified correctly; false for one that there is not.
  func isRight(_ index: Int) -> Bool {
    let digits = correct.utf8
    guard index >= 0, index < examples,
      let place = digits.index(digits.startIndex, offsetBy: index / 4, limitedBy: digits.endIndex),
      place < digits.endIndex
    else { return false }
    let digit = digits[place]
    return (digit < 58 ? digit &- 48 : digit &- 87) & (8 >> UInt8(index % 4)) != 0
  }

  /// How many images were classified correctly.
  public var correctCount: Int {
    correct.utf8.reduce(0) { sum, digit in
      let value = digit < 58 ? digit &- 48 : digit &- 87
      return sum + (value & 15).nonzeroBitCount
    }
  }
}
