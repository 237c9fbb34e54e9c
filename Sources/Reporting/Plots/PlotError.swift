/// Why a chart could not be laid out, a display list not drawn or a PNG not read.
public enum PlotError: Error, Sendable, Hashable {
  /// The size asked for, in points, and what is allowed on each side.
  case size(width: Double, height: Double, allowed: ClosedRange<Double>)
  case scale(Double, allowed: ClosedRange<Double>)
  /// The image would have more pixels than are drawn or decoded.
  case pixels(width: Int, height: Int, limit: Int)
  /// `what` is counted: panels, series, points, groups, items.
  case tooMany(what: String, count: Int, limit: Int)
  /// A fixed range of an axis with an end that is not finite, or not above zero on a logarithmic axis.
  case axisRange(panel: String, axis: String, range: ClosedRange<Double>)
  /// A group of bars whose values do not match the chart's series one to one.
  case valueCount(group: String, values: Int, series: Int)
  /// Two things under one key.
  case duplicate(Duplicate)
  /// A band or an error bar whose lower end is above the upper one.
  case interval(place: String, low: Double, high: Double)
  /// The item at `index` of a display list cannot be drawn.
  case item(index: Int, problem: ItemProblem)
  /// Cairo or Pango refused; `status` is the library's own word.
  case drawing(operation: String, status: String)
  case png(PNGProblem)

  /// What a chart has more than once.
  public enum Duplicate: Sendable, Hashable {
    /// Values of one series at one x.
    case point(panel: String, series: String, x: Double, count: Int)
    /// Series of one name; the panel's title is empty in a chart without panels.
    case series(String, panel: String)
    /// Groups of bars of one name.
    case group(String)
    /// Values of one bar.
    case bar(group: String, series: String, count: Int)
    /// Values of one square of a heatmap.
    case square(row: String, column: String, count: Int)
  }

  /// Why an item of a display list cannot be drawn.
  public enum ItemProblem: Sendable, Hashable {
    case coordinate(Double)
    case lineWidth(Double)
    case radius(Double)
    case dash([Double])
    /// The line is so long that it would be cut into more dashes than are drawn.
    case dashCount(Double)
    case fontSize(Double)
    case textLength(Int)
    /// An image without pixels, or with another number of bytes than its sides say.
    case pixels(width: Int, height: Int, bytes: Int)
  }

  /// What is wrong with a PNG file.
  public enum PNGProblem: Sendable, Hashable {
    case notPNG
    /// The file ends inside the chunk that starts at `offset`.
    case truncated(offset: Int)
    case checksum(chunk: String, offset: Int)
    /// A chunk that does not follow its format.
    case malformed(chunk: String, offset: Int)
    /// A keyword is 1 to 79 printable Latin-1 characters without leading, trailing or doubled spaces.
    case keyword(String)
    case text(keyword: String, bytes: Int, limit: Int)
  }
}

extension PlotError: CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .size(let width, let height, let allowed):
      return "a figure of \(width) × \(height) points cannot be drawn: "
        + "each side must be \(allowed.lowerBound) to \(allowed.upperBound) points; choose another size"
    case .scale(let scale, let allowed):
      return "a scale of \(scale) is outside \(allowed.lowerBound) to \(allowed.upperBound)"
    case .pixels(let width, let height, let limit):
      return "an image of \(width) × \(height) pixels has more than the \(limit) that are allowed; "
        + "choose a smaller size or scale"
    case .tooMany(let what, let count, let limit):
      return "\(count) \(what) in one figure; at most \(limit) are drawn: show fewer"
    case .axisRange(let panel, let axis, let range):
      return "the fixed \(axis) range \(range.lowerBound)…\(range.upperBound) of panel \"\(panel)\" "
        + "must be finite, and above zero on a logarithmic axis"
    case .valueCount(let group, let values, let series):
      return "group \"\(group)\" has \(values) values for \(series) series; give one value, or none (nil), a series"
    case .duplicate(let duplicate):
      return "\(duplicate)"
    case .interval(let place, let low, let high):
      return "the interval of \(place) runs from \(low) down to \(high): give the lower end first"
    case .item(let index, let problem):
      return "item \(index) of the display list cannot be drawn: \(problem)"
    case .drawing(let operation, let status):
      return "drawing failed at \(operation): \(status)"
    case .png(let problem):
      return "PNG: \(problem)"
    }
  }
}

extension PlotError.Duplicate: CustomStringConvertible {
  /// What is there twice, where, and what to do.
  public var description: String {
    switch self {
    case .point(let panel, let series, let x, let count):
      "\(count) values of series \"\(series)\" at \(x)\(panel.isEmpty ? "" : " in panel \"\(panel)\""): "
        + "select one, name the series apart, or draw replicates as a mean with a band"
    case .series(let name, let panel):
      "two series are called \"\(name)\"\(panel.isEmpty ? "" : " in panel \"\(panel)\""): name them apart"
    case .group(let name):
      "two groups of bars are called \"\(name)\": name them apart"
    case .bar(let group, let series, let count):
      "\(count) values of group \"\(group)\", series \"\(series)\": "
        + "select one, name them apart, or draw replicates as a mean with an error bar"
    case .square(let row, let column, let count):
      "\(count) values of row \"\(row)\", column \"\(column)\": select one, or their mean"
    }
  }
}

extension PlotError.ItemProblem: CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .coordinate(let value): "coordinate \(value) is not finite or too far away"
    case .lineWidth(let value): "line width \(value) is outside 0 to 100 points"
    case .radius(let value): "radius \(value) is outside 0 to 1000 points"
    case .dash(let lengths): "dash pattern \(lengths) needs 1 to 8 lengths, none negative, that add up to 0.5 or more"
    case .dashCount(let count): "the line would be cut into \(count) dashes; make them longer"
    case .fontSize(let value): "font size \(value) is outside 1 to 200 points"
    case .textLength(let count): "a text of \(count) characters is too long"
    case .pixels(let width, let height, let bytes): "\(bytes) bytes are no image of \(width)×\(height) pixels"
    }
  }
}

extension PlotError.PNGProblem: CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .notPNG: "the data does not start with PNG's signature and header"
    case .truncated(let offset): "the data ends inside the chunk at byte \(offset)"
    case .checksum(let chunk, let offset): "the checksum of chunk \(chunk) at byte \(offset) is wrong"
    case .malformed(let chunk, let offset): "chunk \(chunk) at byte \(offset) is malformed"
    case .keyword(let keyword):
      "the keyword \"\(keyword)\" must be 1 to 79 printable Latin-1 characters without outer or doubled spaces"
    case .text(let keyword, let bytes, let limit):
      "the text of \"\(keyword)\" has \(bytes) bytes; at most \(limit) are written"
    }
  }
}
