/// The names of series with a sample of each, in rows from the left.
struct Legend {
  enum Sample {
    case line, bar, mark
  }

  struct Entry {
    var name: String
    /// Follows the name, however short that is.
    var suffix = ""
    var look: SeriesLook
    var marked: Bool
  }

  private struct Placed {
    var entry: Entry
    var text: String
    var x: Double
    var row: Int
  }

  private static let rowHeight = 17.0
  private static let between = 18.0

  private let sample: Sample
  private var placed: [Placed] = []

  /// What all names are shown without; empty if they are shown in full.
  let common: String

  /// Height in points; zero for a legend without entries.
  var height: Double { placed.last.map { Double($0.row + 1) * Self.rowHeight } ?? 0 }

  private var sampleWidth: Double { sample == .line ? 26 : 11 }

  init(_ entries: [Entry], sample: Sample, width: Double, canvas: Canvas) {
    self.sample = sample
    let room = min(width, 260) - (sample == .line ? 26 : 11) - 6
    let short = canvas.measure.shortened(entries.map(\.name), to: room, font: canvas.font(.legend))
    common = short.common
    var (x, row) = (0.0, 0)
    for (entry, name) in zip(entries, short.names) {
      let text = name + entry.suffix
      let entryWidth = sampleWidth + 6 + canvas.width(text, .legend)
      if x > 0, x + entryWidth > width {
        (x, row) = (0, row + 1)
      }
      placed.append(Placed(entry: entry, text: text, x: x, row: row))
      x += entryWidth + Self.between
    }
  }

  /// The sample's width, less what would end in a gap or a piece of a dash.
  private func sampleLength(_ dash: [Double]) -> Double {
    guard let first = dash.first else { return sampleWidth }
    let period = dash.reduce(0, +)
    return ((sampleWidth - first) / period).rounded(.down) * period + first
  }

  func draw(x: Double, y: Double, on canvas: inout Canvas) {
    for entry in placed {
      let left = x + entry.x
      let middle = y + (Double(entry.row) + 0.5) * Self.rowHeight
      let look = entry.entry.look
      switch sample {
      case .line:
        let end = left + sampleLength(look.dash)
        canvas.line([.init(x: left, y: middle), .init(x: end, y: middle)], look.color, width: 2, dash: look.dash)
        if entry.entry.marked { canvas.mark(x: (left + end) / 2, y: middle, look) }
      case .mark: canvas.mark(x: left + 5, y: middle, look, radius: 4)
      case .bar:
        canvas.bar(.init(x: left, y: middle - 5, width: 11, height: 10), look)
      }
      canvas.write(entry.text, x: left + sampleWidth + 6, middle: middle, .legend)
    }
  }
}
