import Digests
import Foundation

/// Takes the names of machines and people out of copies of runs, the same way in all of them: the first host becomes
/// `host-1` everywhere, the second `host-2`, and whoever made the runs `author`.
///
/// Journals are written anew with new checksums, so that their digests are not those of the store's.
public struct Anonymizer: Sendable {
  /// The replacement of each host's name.
  private var hosts: [String: String] = [:]
  /// Words that are replaced in texts, the longest first.
  private var words: [(word: String, replacement: String)] = []

  /// `runs` are those of a store, in the order in which their hosts are counted; `people` are names, addresses and folders
  /// of the author.
  ///
  /// Throws ``JournalError`` where a journal cannot be read.
  public init(root: String, runs: [String], people: [String]) throws(JournalError) {
    for run in runs {
      for case .attempt(let attempt) in try readJournal(RunFolder(store: root, existing: run)).records {
        let host = attempt.environment.host
        if hosts[host] == nil { hosts[host] = "host-\(hosts.count + 1)" }
      }
    }
    for (host, replacement) in hosts {
      words.append((host, replacement))
      if let short = host.split(separator: ".").first, short.count >= 3 { words.append((String(short), replacement)) }
    }
    words += people.filter { $0.count >= 3 }.map { ($0, "author") }
    // Every machine is that one to itself.
    words = words.filter { !$0.word.isEmpty && $0.word != "localhost" }
      .sorted { ($1.word.count, $0.word) < ($0.word.count, $1.word) }
  }

  /// A text of people (a note, a notebook) with the names replaced.
  public func text(_ text: String) -> String {
    var text = text
    for (word, replacement) in words where text.contains(word) { text = Self.replace(word, by: replacement, in: text) }
    return text.replacing(/\/(home|Users)\/[^\/\s"'`,;:)]+/) { "/\($0.1)/author" }
  }

  /// A sentence of the program: folders are left out as well.
  private func sentence(_ sentence: String) -> String {
    text(sentence.replacing(/(^|[\s"'(=])\/(?:[^\/\s"'`,;:()]+\/)+/) { "\($0.1)…/" })
  }

  /// A run without the names. Files of changes to the source are left out: they are text that nobody has looked through.
  ///
  /// Throws ``JournalError`` for a journal that cannot be written again.
  public func anonymize(_ copy: RunCopy) throws(JournalError) -> RunCopy {
    var result = copy
    result.journal = try reframe(copy.journal) { (record: JournalRecord) in anonymize(record) }
    result.annotations = try copy.annotations.map { data throws(JournalError) in
      try reframe(data) { (record: AnnotationRecord) in
        var record = record
        record.text = text(record.text)
        return record
      }
    }
    for name in copy.artifacts.keys where name.text.hasPrefix(RunCopy.changesPrefix) { result.artifacts[name] = nil }
    return result
  }

  private func anonymize(_ record: JournalRecord) -> JournalRecord? {
    switch record {
    case .run(var run):
      run.question = text(run.question)
      run.author = run.author.map { _ in "author" }
      let configuration = withoutDataPath(run.configuration)
      // The id is the configuration's digest.
      if configuration != run.configuration, run.trialID == sha256Hex(run.configuration) {
        run.trialID = sha256Hex(configuration)
      }
      run.configuration = configuration
      return .run(run)
    case .attempt(var attempt):
      attempt.differences = attempt.differences?.map(sentence)
      attempt.environment.host = hosts[attempt.environment.host] ?? "host"
      (attempt.environment.gitCommit, attempt.environment.gitDirty) = (nil, nil)
      attempt.environment.bootID = nil
      (attempt.environment.processID, attempt.environment.processStart) = (0, nil)
      return .attempt(attempt)
    case .event(var event):
      event.message = sentence(event.message)
      return .event(event)
    case .exit(var exit):
      exit.cause = exit.cause.map(sentence)
      return .exit(exit)
    case .end(var end):
      end.cause = end.cause.map(sentence)
      return .end(end)
    case .artifact(let artifact):
      return artifact.name.hasPrefix(RunCopy.changesPrefix) ? nil : record
    case .network, .metric, .layerMetric, .predictions, .evaluation, .checkpoint, .forecast: return record
    }
  }

  /// Reads lines and writes them again. Lines that are no records are left out.
  private func reframe<Record: Codable>(_ data: Data, _ change: (Record) -> Record?) throws(JournalError) -> Data {
    let (decoder, encoder) = (JournalLine.decoder, JournalLine.encoder)
    var result = Data()
    for line in data.split(separator: UInt8(ascii: "\n")) {
      let json = Data(line.dropFirst(JournalLine.checksumLength + 1))
      guard line.prefix(JournalLine.checksumLength).elementsEqual(JournalLine.checksum(json).utf8),
        let record = try? decoder.decode(Record.self, from: json)
      else { continue }
      guard let changed = change(record) else { continue }
      do { result.append(JournalLine.framed(try encoder.encode(changed))) } catch {
        throw .unwritable(path: "journal.jsonl", reason: "a record cannot be written again")
      }
    }
    return result
  }

  /// Replaces a word where it is not part of a longer one.
  private static func replace(_ word: String, by replacement: String, in text: String) -> String {
    func isPart(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" } ?? false
    }
    var result = ""
    var rest = text[...]
    while let range = rest.firstRange(of: word) {
      let before = range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : nil
      let after = range.upperBound < text.endIndex ? text[range.upperBound] : nil
      let isWord = !isPart(before) && !isPart(after)
      result += rest[..<range.lowerBound] + (isWord ? replacement : word)
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
