/// A part of a notebook's text, as CommonMark has them, or one of its cells.
///
/// A report is a list of these; every output is rendered from the same list.
package struct Block: Sendable, Hashable {
  package indirect enum Content: Sendable, Hashable {
    /// With its level as it was written, from 1.
    case heading(level: Int, [Inline])
    case paragraph([Inline])
    /// A block of code and the language that its fence names.
    case code(String, language: String)
    /// A formula on lines of its own.
    case math(String)
    case list(List)
    case quote([Block])
    /// A quote that begins with `[!NOTE]`.
    case alert(Alert, [Block])
    case table(TextTable)
    case rule
    /// A cell, by its place among the notebook's.
    case cell(Int)
  }

  /// The notebook's line that it begins in, from 1.
  package var line: Int
  package var content: Content

  package init(line: Int, content: Content) { (self.line, self.content) = (line, content) }
}

/// A list with bullets or numbers.
package struct List: Sendable, Hashable {
  package struct Item: Sendable, Hashable {
    package var line: Int
    /// Of a task.
    package var isDone: Bool?
    package var blocks: [Block]

    package init(line: Int, isDone: Bool?, blocks: [Block]) {
      (self.line, self.isDone, self.blocks) = (line, isDone, blocks)
    }
  }

  /// The first number; nil for bullets.
  package var start: Int?
  /// Whether its paragraphs have no space between them.
  package var isTight: Bool
  package var items: [Item]

  package init(start: Int?, isTight: Bool, items: [Item]) {
    (self.start, self.isTight, self.items) = (start, isTight, items)
  }
}

/// A table that is written in Markdown.
package struct TextTable: Sendable, Hashable {
  package enum Alignment: String, Sendable {
    case left, center, right
  }

  /// Of each column; nil where none is given.
  package var alignments: [Alignment?]
  package var head: [[Inline]]
  package var rows: [[[Inline]]]
}

/// What a quote that begins with `[!NOTE]` is for.
package enum Alert: String, CaseIterable, Sendable {
  case note, tip, important, warning, caution
  /// Work that is left: in drafts only.
  case todo

  /// As quotes begin with them.
  package static var markers: String { allCases.map { "[!\($0.rawValue.uppercased())]" }.joined(separator: ", ") }
}

/// A piece of a sentence.
package indirect enum Inline: Sendable, Hashable {
  case text(String)
  case code(String)
  /// The end of a line of the source, a space to readers.
  case softBreak
  case lineBreak
  case emphasis([Inline])
  case strong([Inline])
  case struck([Inline])
  case link(Address, title: [AddressPart], [Inline])
  case image(String, title: String, alternative: [Inline], line: Int)
  /// A footnote, by its place among the notebook's.
  case footnote(Int)
  /// A value, formula, reference or citation, by its place among the notebook's expressions.
  case expression(Int)
}

/// Where a link leads to; values may be in it.
package typealias Address = [AddressPart]

package enum AddressPart: Sendable, Hashable {
  case text(String)
  /// A value, by its place among the notebook's expressions.
  case value(Int)
}

extension Inline {
  /// What is within it.
  package var children: [Inline] {
    switch self {
    case .emphasis(let inner), .strong(let inner), .struck(let inner), .link(_, _, let inner): inner
    case .image(_, _, let inner, _): inner
    case .text, .code, .softBreak, .lineBreak, .footnote, .expression: []
    }
  }
}

extension Block {
  /// All inlines of the block itself; those of blocks within it are not among them.
  package var inlines: [[Inline]] {
    switch content {
    case .heading(_, let inlines), .paragraph(let inlines): [inlines]
    case .table(let table): table.head + table.rows.flatMap { $0 }
    case .code, .math, .list, .quote, .alert, .rule, .cell: []
    }
  }

  /// The blocks within it.
  package var children: [Block] {
    switch content {
    case .list(let list): list.items.flatMap(\.blocks)
    case .quote(let blocks), .alert(_, let blocks): blocks
    case .heading, .paragraph, .code, .math, .table, .rule, .cell: []
    }
  }
}

extension [Block] {
  /// Every block, outer ones before those within them.
  package func walk(_ visit: (Block) -> Void) {
    for block in self {
      visit(block)
      block.children.walk(visit)
    }
  }

  /// The blocks in lines that `holds` is true of; what is empty then is left out.
  package func kept(_ holds: (Int) -> Bool) -> [Block] {
    compactMap { block in
      guard holds(block.line) else { return nil }
      var block = block
      switch block.content {
      case .list(var list):
        list.items = list.items.compactMap { item in
          guard holds(item.line) else { return nil }
          var item = item
          let before = item.blocks.count
          item.blocks = item.blocks.kept(holds)
          return item.blocks.isEmpty && before > 0 ? nil : item
        }
        if list.items.isEmpty { return nil }
        block.content = .list(list)
      case .quote(let blocks):
        let kept = blocks.kept(holds)
        if kept.isEmpty, !blocks.isEmpty { return nil }
        block.content = .quote(kept)
      case .alert(let alert, let blocks): block.content = .alert(alert, blocks.kept(holds))
      case .heading, .paragraph, .code, .math, .table, .rule, .cell: break
      }
      return block
    }
  }
}

extension [Inline] {
  /// Every inline, outer ones before those within them.
  package func walk(_ visit: (Inline) -> Void) {
    for inline in self {
      visit(inline)
      inline.children.walk(visit)
    }
  }
}
