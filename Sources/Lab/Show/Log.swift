public import Files

/// What a run's worker wrote to its standard output and error; empty if it said nothing.
public func logText(store: String, run: String) throws(FileError) -> String {
  do {
    var text = String(decoding: try readFile("\(store)/runs/\(run)/log"), as: UTF8.self)
    while text.last == "\n" { text.removeLast() }
    return text
  } catch .missing {
    return ""
  }
}
