/// The notes below a figure: what its bands and marks mean, and what names are shown without.
struct Notes {
  private enum Entry {
    case text(String)
    case mark(OffAxis, String)
  }

  private struct Placed {
    var entry: Entry
    var x: Double
    var row: Int
  }

  private static let rowHeight = 15.0
  private static let markWidth = 13.0

  private var placed: [Placed] = []

  /// Zero for no notes.
  var height: Double { placed.last.map { Double($0.row + 1) * Self.rowHeight + 6 } ?? 0 }

  init(
    intervals: String?, omitted: OffAxisCounts, missing: String? = nil, common: [String], width: Double, canvas: Canvas
  ) {
    let language = canvas.style.language
    var row = -1
    let texts = [intervals, missing].compactMap(\.self) + common.map { language.shortened($0) }
    for text in texts {
      for line in canvas.measure.wrapped(text, to: width, lines: 3, font: canvas.font(.tick)) {
        row += 1
        placed.append(Placed(entry: .text(line), x: 0, row: row))
      }
    }
    var x = Double.infinity
    for (reason, count) in omitted.entries {
      let text = canvas.elided("\(reason.text(language))\(language.colon)\(count)", to: width - Self.markWidth, .tick)
      let entryWidth = Self.markWidth + canvas.width(text, .tick)
      if x + entryWidth > width { (x, row) = (0, row + 1) }
      placed.append(Placed(entry: .mark(reason, text), x: x, row: row))
      x += entryWidth + 16
    }
  }

  func draw(x: Double, y: Double, on canvas: inout Canvas) {
    for note in placed {
      let (left, middle) = (x + note.x, y + 6 + (Double(note.row) + 0.5) * Self.rowHeight)
      switch note.entry {
      case .text(let text): canvas.write(text, x: left, middle: middle, .tick)
      case .mark(let reason, let text):
        let edge: Edge = reason == .notOnLogAxis ? .bottom : .top
        canvas.offAxisMark(x: left + 4, y: middle, reason, toward: edge, canvas.palette.muted)
        canvas.write(text, x: left + Self.markWidth, middle: middle, .tick)
      }
    }
  }
}
