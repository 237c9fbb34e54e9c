import Kernels

/// A number that no kernel makes, for poolIndices that none may change.
let outside: Float = 98765

/// Memory between two strips that no kernel may change, and that only one with overreach may read.
final class Memory<Element: BitwiseCopyable> {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int
  private let whole: UnsafeMutableBufferPointer<Element>
  private let strip: [Element]

  init(_ count: Int, fill: Element, beyond: Element, slack: Int = 64) {
    self.count = count
    strip = [Element](repeating: beyond, count: slack)
    whole = .allocate(capacity: count + 2 * slack)
    whole.initialize(repeating: beyond)
    pointer = whole.baseAddress! + slack
    pointer.update(repeating: fill, count: count)
  }

  deinit { whole.deallocate() }

  var elements: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// Whether the strips in front and behind hold the same bits as at first.
  var isIntact: Bool {
    strip.withUnsafeBytes { strip in
      [UnsafeRawPointer(whole.baseAddress!), UnsafeRawPointer(pointer + count)].allSatisfy {
        UnsafeRawBufferPointer(start: $0, count: strip.count).elementsEqual(strip)
      }
    }
  }
}

extension Memory where Element == Float {
  /// As much as a kernel asks for, of no use before it has been written.
  convenience init(unwritten count: Int) { self.init(count, fill: .nan, beyond: outside) }

  convenience init(_ values: [Float]) {
    self.init(values.count, fill: 0, beyond: outside)
    values.withUnsafeBufferPointer { if let base = $0.baseAddress { pointer.update(from: base, count: count) } }
  }
}

/// Images as the fast kernels take them: channels innermost, each in a border, one behind the other.
///
/// Legend: S stored channels, of which those beyond `channels` are spare.
final class StoredImages {
  let count: Int
  let channels: Int
  let S: Int
  let height: Int
  let width: Int
  let border: Int
  /// Floats from row to row and from image to image.
  let row: Int
  let image: Int
  let memory: Memory<Float>
  private let before: [Float]

  /// `around` fills the borders, `beyond` the memory in front of all images and behind.
  init(
    _ count: Int, channels: Int, stored: Int? = nil, height: Int, width: Int, border: Int = 0, paddedHeight: Int = 0,
    paddedWidth: Int = 0, around: Float, beyond: Float = outside, slack: Int = 64
  ) {
    self.count = count
    self.channels = channels
    S = stored ?? storedChannels(channels)
    self.height = height
    self.width = width
    self.border = border
    row = max(paddedWidth, width + 2 * border) * S
    image = (max(paddedHeight, height + 2 * border) * row + 15) & ~15
    memory = Memory(count * image, fill: around, beyond: beyond, slack: slack)
    before = memory.elements
  }

  var corners: PlaneStack { PlaneStack(memory.pointer, row: row, image: image) }
  var interiors: PlaneStack { PlaneStack(memory.pointer + border * (row + S), row: row, image: image) }

  /// What is in channels `channels`, `[count, channels, height, width]`.
  private subscript(channels: Range<Int>) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(count * channels.count * height * width)
    for imageIndex in 0..<count {
      let plane = interiors[imageIndex]
      for c in channels {
        for y in 0..<height {
          for x in 0..<width { values.append(plane.base[y * row + x * S + c]) }
        }
      }
    }
    return values
  }

  /// The numbers in use; setting them makes the spare ones zero.
  var values: [Float] {
    get { self[0..<channels] }
    set {
      precondition(newValue.count == count * channels * height * width, "\(newValue.count) numbers for other images")
      var index = 0
      for imageIndex in 0..<count {
        let plane = interiors[imageIndex]
        for c in 0..<S {
          for y in 0..<height {
            for x in 0..<width {
              plane.base[y * row + x * S + c] = c < channels ? newValue[index] : 0
              if c < channels { index += 1 }
            }
          }
        }
      }
    }
  }

  func values(_ imageIndex: Int) -> [Float] { slice(values, imageIndex, of: count) }

  var spareIsZero: Bool { self[channels..<S].allSatisfy { $0 == 0 } }

  /// Whether the borders and the memory around all images hold the same bits as at first.
  var bordersAreUnchanged: Bool {
    var isInside = [Bool](repeating: false, count: memory.count)
    for imageIndex in 0..<count {
      for y in 0..<height {
        let first = imageIndex * image + border * (row + S) + y * row
        for place in first..<first + width * S { isInside[place] = true }
      }
    }
    return memory.isIntact
      && before.indices.allSatisfy { isInside[$0] || memory.pointer[$0].bitPattern == before[$0].bitPattern }
  }
}

/// The numbers of one of `count` images.
func slice<Number>(_ values: [Number], _ imageIndex: Int, of count: Int) -> [Number] {
  let size = values.count / count
  return Array(values[imageIndex * size..<(imageIndex + 1) * size])
}
