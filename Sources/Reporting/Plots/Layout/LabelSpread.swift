/// Moves labels of one column apart so that none overlaps another, each as little as possible.
///
/// The labels keep the order of their wanted positions. Overlapping neighbors are merged into a block around
/// the mean of the positions its members want (the pool-adjacent-violators way), then blocks are pushed inside the
/// bounds.
///
/// - Parameters:
///   - wanted: centers wanted.
///   - height: room for one label.
///   - bounds: the labels' upper and lower edge; if they do not all fit, they run over its end.
/// - Returns: centers, in the order of `wanted`.
package func spread(_ wanted: [Double], height: Double, within bounds: ClosedRange<Double>) -> [Double] {
  struct Block {
    var members: [Int]
    var center: Double
  }
  func clamped(_ block: Block) -> Double {
    let half = Double(block.members.count) * height / 2
    return max(min(block.center, bounds.upperBound - half), bounds.lowerBound + half)
  }
  let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
  var blocks: [Block] = []
  for index in order {
    var block = Block(members: [index], center: wanted[index])
    block.center = clamped(block)
    while let above = blocks.last {
      let needed = Double(above.members.count + block.members.count) * height / 2
      if block.center - above.center >= needed - 1e-9 { break }
      blocks.removeLast()
      block.members = above.members + block.members
      // Each member's want, less its offset inside the block, is a want for the block's center.
      let middle = Double(block.members.count - 1) / 2
      let wants = block.members.enumerated().map { wanted[$1] - (Double($0) - middle) * height }
      block.center = wants.reduce(0, +) / Double(wants.count)
      block.center = clamped(block)
    }
    blocks.append(block)
  }
  var placed = wanted
  for block in blocks {
    let top = block.center - Double(block.members.count) * height / 2
    for (position, index) in block.members.enumerated() {
      placed[index] = top + (Double(position) + 0.5) * height
    }
  }
  return placed
}
