import Text

/// Reads typed values from a document and collects everything that is wrong, to be reported at once.
public final class YAMLReader {
  /// What is read.
  public let document: YAMLDocument
  private var problems: [YAMLProblem]

  /// A reader that already has the problems that parsing found.
  public init(_ document: YAMLDocument) {
    self.document = document
    problems = document.problems
  }

  /// Notes what is wrong at a place.
  public func report(line: Int, column: Int, _ message: String) {
    // A value that is quoted may have any length.
    let shown = message.count > 2000 ? "\(message.prefix(600))…\(message.suffix(600))" : message
    problems.append(YAMLProblem(line: line, column: column, message: shown))
  }

  /// Notes what is wrong with a value.
  public func report(_ node: YAMLNode, _ message: String) { report(line: node.line, column: node.column, message) }

  /// Throws if anything was wrong.
  public func finish() throws(YAMLProblems) {
    guard problems.isEmpty else {
      throw YAMLProblems(file: document.file, text: document.text, problems: problems)
    }
  }

  /// A mapping's entries by their keys; unknown keys are reported, with the nearest that is.
  public func mapping(_ node: YAMLNode, _ what: String, known: [String]) -> [String: YAMLNode.Entry]? {
    guard case .mapping(let entries) = node.content else {
      report(node, "\(what) is \(node.kind); a mapping with \(known.joined(separator: ", ")) was expected")
      return nil
    }
    var found: [String: YAMLNode.Entry] = [:]
    for entry in entries {
      if known.contains(entry.key) {
        found[entry.key] = entry
      } else {
        let remedy =
          nearest(to: entry.key, among: known).map { "did you mean \"\($0)\"?" }
          ?? "known keys are \(known.joined(separator: ", "))"
        report(line: entry.line, column: entry.column, "unknown key \"\(shortened(entry.key))\" in \(what); \(remedy)")
      }
    }
    return found
  }

  /// A list's items.
  public func sequence(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
    guard case .sequence(let items) = node.content else {
      report(node, "\(what) is \(node.kind); a list was expected")
      return nil
    }
    return items
  }

  /// A text; a word that means no value has to be quoted.
  public func string(_ node: YAMLNode, _ what: String) -> String? {
    guard case .scalar(let text, _) = node.content else {
      report(node, "\(what) is \(node.kind); a text was expected")
      return nil
    }
    if node.isNull, !text.isEmpty {
      report(node, "\(what) is \(text), which is no value in YAML; write \"\(text)\" in quotes where the word is meant")
      return nil
    }
    // What reads it behind this may take it for the text's end.
    guard !text.utf8.contains(0) else {
      report(node, "\(what) has a zero character (\\0); leave it out")
      return nil
    }
    return text
  }

  /// A decimal whole number in a range.
  public func integer(_ node: YAMLNode, _ what: String, _ range: ClosedRange<Int>) -> Int? {
    guard let text = digits(node, what, "a whole number was expected") else { return nil }
    guard let value = Int(text), range.contains(value) else {
      report(node, "\(what) is \(text); it must be \(bounds(range))")
      return nil
    }
    return value
  }

  /// A decimal whole number of 64 bits without a sign.
  public func unsigned(_ node: YAMLNode, _ what: String) -> UInt64? {
    let expected = "a whole number from 0 to \(UInt64.max) was expected"
    guard let text = digits(node, what, expected) else { return nil }
    guard let value = UInt64(text) else {
      report(node, "\(what) is \(node.shown); \(expected)")
      return nil
    }
    return value
  }

  private func digits(_ node: YAMLNode, _ what: String, _ expected: String) -> Substring? {
    guard case .scalar(let text, let plain) = node.content else {
      report(node, "\(what) is \(node.kind); \(expected)")
      return nil
    }
    do { return try NumberText(text: text, plain: plain).whole() } catch {
      reportNumber(node, what, expected, error)
      return nil
    }
  }

  /// A finite number that fulfils `condition`, which `demand` says in words.
  public func number(
    _ node: YAMLNode, _ what: String, _ demand: String, where condition: (Double) -> Bool
  ) -> Double? {
    guard case .scalar(let text, let plain) = node.content else {
      report(node, "\(what) is \(node.kind); a number was expected")
      return nil
    }
    let value: Double
    do { value = try NumberText(text: text, plain: plain).number() } catch {
      reportNumber(node, what, "a number was expected", error)
      return nil
    }
    guard condition(value) else {
      report(node, "\(what) is \(text); it must be \(demand)")
      return nil
    }
    return value
  }

  private func reportNumber(_ node: YAMLNode, _ what: String, _ expected: String, _ complaint: NumberText.Complaint) {
    report(node, "\(what) is \(node.named); \(expected)\(complaint.remedy.map { ": \($0)" } ?? "")")
  }

  /// `true` or `false`.
  public func truth(_ node: YAMLNode, _ what: String) -> Bool? {
    var remedy = ""
    if case .scalar(let text, let plain) = node.content {
      let value: Bool?
      switch text.lowercased() {
      case "true", "yes", "on", "y", "1": value = true
      case "false", "no", "off", "n", "0": value = false
      default: value = nil
      }
      if plain, ["true", "True", "TRUE", "false", "False", "FALSE"].contains(text) { return value }
      if let value { remedy = ": write \(value)\(plain ? "" : " without quotes")" }
    }
    report(node, "\(what) is \(node.named); true or false was expected\(remedy)")
    return nil
  }

  /// One of several words.
  public func choice(_ node: YAMLNode, _ what: String, _ words: [String]) -> String? {
    guard case .scalar(let text, _) = node.content else {
      report(node, "\(what) is \(node.kind); one of \(words.joined(separator: ", ")) was expected")
      return nil
    }
    if words.contains(text) { return text }
    let remedy =
      nearest(to: text, among: words).map { "did you mean \"\($0)\"?" } ?? "there are \(words.joined(separator: ", "))"
    report(node, "there is no \(what) \"\(shortened(text))\"; \(remedy)")
    return nil
  }

  private func bounds(_ range: ClosedRange<Int>) -> String {
    range.upperBound == .max ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
  }
}

/// At most 40 characters of what somebody wrote.
public func shortened(_ text: String) -> String { text.count <= 40 ? text : "\(text.prefix(39))…" }

extension YAMLNode {
  /// Whether it is written as no value: empty, `null` or `~` without quotes.
  public var isNull: Bool {
    if case .scalar(let text, true) = content { ["", "~", "null", "Null", "NULL"].contains(text) } else { false }
  }

  /// ``shown``, with quotes said where they make a text of it.
  var named: String {
    if case .scalar(_, false) = content { "the text \(shown)" } else { shown }
  }

  /// What kind of value it is, for sentences.
  public var kind: String {
    switch content {
    case .scalar where isNull: "empty"
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// The value itself where it is a scalar, otherwise its kind.
  public var shown: String {
    switch content {
    case .scalar(let text, let plain): plain && text.isEmpty ? "empty" : "\"\(shortened(text))\""
    case .sequence, .mapping: kind
    }
  }
}
