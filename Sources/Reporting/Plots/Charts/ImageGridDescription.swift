/// A grid of images in words.
struct ImageGridDescription {
  let grid: ImageGrid
  let language: FigureLanguage

  /// Images whose lines are read out.
  private static let named = 12

  var text: String {
    let cells = grid.rows.flatMap(\.cells)
    let title = drawable(grid.title)
    let count = language.isEnglish ? "\(cells.count) \(cells.count == 1 ? "image" : "images")" : "\(cells.count)幅图像"
    var sentences = [
      (language.isEnglish ? "Grid of images" : "图像网格") + language.colon
        + (title.isEmpty ? "" : title + language.semicolon)
        + count + language.stop
    ]
    let names = grid.rows.map { drawable($0.name) }.filter { !$0.isEmpty }
    if !names.isEmpty {
      sentences.append(
        (language.isEnglish ? "Rows" : "各行") + language.colon
          + names.prefix(Self.named).joined(separator: language.semicolon)
          + (names.count > Self.named ? " …" : "") + language.stop)
    }
    let captions = cells.map { $0.caption.map { drawable($0) }.joined(separator: language.comma) }.filter {
      !$0.isEmpty
    }
    if !captions.isEmpty {
      sentences.append(
        captions.prefix(Self.named).joined(separator: language.semicolon) + (captions.count > Self.named ? " …" : "")
          + language.stop)
    }
    return sentences.joined(separator: language.between)
  }
}
