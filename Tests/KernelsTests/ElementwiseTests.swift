import Kernels
import Testing

/// Rung 1: what the fast path does number by number.
@Suite struct ElementwiseTests {
  @Test func channelsAreStoredBySixteens() {
    for channels in 0...100 {
      let stored = storedChannels(channels)
      #expect(stored % 16 == 0 && stored >= channels && stored < channels + 16)
    }
    #expect(16 % tileRows == 0)
  }

  @Test(arguments: [(1, 1), (1, 7), (5, 1), (16, 32), (17, 33)])
  func transposeExchangesRowsAndColumns(rows: Int, columns: Int) {
    let source = numbers(rows * columns, 501)
    let target = Memory<Float>(unwritten: rows * columns)
    transpose(source, rows: rows, columns: columns, target.pointer)
    for row in 0..<rows {
      for column in 0..<columns { #expect(target.pointer[column * rows + row] == source[row * columns + column]) }
    }
    #expect(target.isIntact)
  }

  @Test(arguments: [(1, 16), (3, 48), (17, 128)], [false, true])
  func biasIsAddedToEveryRow(size: (rows: Int, columns: Int), relu: Bool) {
    let (rows, columns) = size
    let (sourceRow, targetRow) = (columns + 16, columns + 32)
    var source = numbers(rows * sourceRow, 511)
    source[0] = .nan
    let bias = numbers(columns, 512)
    let target = Memory<Float>(rows * targetRow, fill: outside, beyond: outside)
    addBias(
      source, row: sourceRow, count: rows, columns: columns, bias: bias, relu: relu, target.pointer, row: targetRow)
    for t in 0..<rows {
      for i in 0..<targetRow {
        let found = target.pointer[t * targetRow + i]
        if t == 0, i == 0 {
          #expect(found.isNaN)
        } else if i < columns {
          let sum = source[t * sourceRow + i] + bias[i]
          #expect(found == (relu ? max(sum, 0) : sum))
        } else {
          #expect(found == outside)
        }
      }
    }
    #expect(target.isIntact)
  }

  @Test func bytesBecomeHundredsOfFiftyFifths() {
    let bytes = (0...255).map { UInt8($0) }
    for count in [0, 1, 17, 256] {
      let target = Memory<Float>(256, fill: outside, beyond: outside)
      scaleToUnit(bytes, count: count, target.pointer)
      for i in 0..<256 { #expect(target.pointer[i] == (i < count ? Float(i) / 255 : outside)) }
    }
  }
}
