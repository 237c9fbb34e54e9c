/// The candidate that `word` was probably meant to be; nil if none is near.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let limit = max(1, word.count / 3)
  var best: (distance: Int, candidate: String)?
  for candidate in candidates {
    let distance = editDistance(Array(word.lowercased()), Array(candidate.lowercased()))
    if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
  }
  return best?.candidate
}

/// At most so many names that `word` was probably meant to be, the nearest first: of a name with several words, one of which
/// it is or that begin with it, as well.
public func nearestNames(to word: String, among names: some Sequence<String>, limit: Int) -> [String] {
  guard !word.isEmpty else { return [] }
  var near: [(distance: Int, name: String)] = []
  for name in names {
    let distance = editDistance(Array(word.lowercased()), Array(name.lowercased()))
    let isPart =
      word.count > 2
      && (name.split(separator: "_").contains(word[...]) || name.lowercased().hasPrefix(word.lowercased()))
    if isPart || distance <= max(1, min(word.count, name.count) / 3) { near.append((distance, name)) }
  }
  return near.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
}

/// Levenshtein's distance, an exchange of neighbors counting once.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  guard a.count < 200, b.count < 200 else { return .max }
  var rows = [[Int](0...b.count)]
  for i in 1..<a.count + 1 {
    var row = [i]
    for j in 1..<b.count + 1 {
      var cost = min(row[j - 1] + 1, rows[i - 1][j] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, rows[i - 2][j - 2] + 1) }
      row.append(cost)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
