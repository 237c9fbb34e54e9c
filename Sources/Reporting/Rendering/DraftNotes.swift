import Notebooks

extension Renderer {
  /// Notes of one draft; there may be more of them than anybody reads.
  private static let draftNoteLimit = 100

  /// What is open in a draft: the warnings, and the claims that nothing has decided.
  var draftNotes: Block {
    let open = report.claims.filter { $0.verdict == .undecided }.map { claim in
      words.undecidedClaim(
        "\(words.claim)\(words.gap)\(numbers[claim.id] ?? 0) (\(claim.id))", line: notebook.cell(claim.id)?.line ?? 0)
    }
    let toDo = notebook.toDo.filter { report.isShown($0.lowerBound) }.map {
      "\(words.line($0.lowerBound)) \(words.toDo)"
    }
    // The notebook's name says nothing before each of its lines.
    let warnings = self.warnings.map {
      $0.hasPrefix("\(notebook.file):") ? words.lined($0.dropFirst(notebook.file.count + 1)) : $0
    }
    var notes = warnings + toDo + open
    if notes.isEmpty { notes = [words.nothingOpen] }
    let left = notes.count - Self.draftNoteLimit
    if left > 0 { notes = notes.prefix(Self.draftNoteLimit) + [words.moreNotes(left)] }
    let items = notes.map { note in
      List.Item(line: 0, isDone: nil, blocks: [Block(line: 0, content: .paragraph([.text(note)]))])
    }
    return Block(
      line: 0,
      content: .alert(
        .todo,
        [
          Block(line: 0, content: .paragraph([.strong([.text(words.draft)])])),
          Block(line: 0, content: .list(List(start: nil, isTight: true, items: items))),
        ]))
  }
}
