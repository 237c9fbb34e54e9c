import Foundation
import Store

/// A request that cannot be answered, as its answer.
struct RequestProblem: Error, Hashable, Sendable {
  var status: Int
  var reason: String
}

/// The parameters of an address, decoded; a name may have several values.
struct PageQuery: Sendable, Hashable {
  private(set) var values: [String: [String]] = [:]
  /// All names, those without a value as well.
  private(set) var names: Set<String> = []

  /// More parameters than any form of the page has.
  static let most = 64
  /// Bytes of the longest value that is taken.
  static let longest = 512

  /// Throws ``RequestProblem``.
  init(_ text: String?) throws(RequestProblem) {
    guard let text, !text.isEmpty else { return }
    let parts = text.split(separator: "&")
    guard parts.count <= Self.most else {
      throw RequestProblem(status: 400, reason: "the address has more than \(Self.most) parameters")
    }
    for part in parts {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = try Self.decoded(pair.count > 1 ? pair[1] : "")
      guard value.utf8.count <= Self.longest else {
        throw RequestProblem(status: 400, reason: "a parameter is longer than \(Self.longest) bytes")
      }
      let name = try Self.decoded(pair[0])
      names.insert(name)
      // An empty field of a form asks for nothing.
      if !value.isEmpty { values[name, default: []].append(value) }
    }
  }

  private static func decoded(_ text: Substring) throws(RequestProblem) -> String {
    guard let value = text.replacing("+", with: " ").removingPercentEncoding, !value.utf8.contains(0) else {
      throw RequestProblem(status: 400, reason: "the address has an invalid percent-encoding")
    }
    return value
  }

  /// Throws ``RequestProblem`` for a name that is not among the known ones; the token is known everywhere.
  func check(known: [String]) throws(RequestProblem) {
    guard let unknown = names.sorted().first(where: { $0 != "token" && !known.contains($0) }) else { return }
    throw RequestProblem(
      status: 400,
      reason: "there is no parameter '\(unknown.prefix(40))'; "
        + (known.isEmpty ? "this address has none" : "parameters are \(known.joined(separator: ", "))"))
  }

  /// The only value of a name. Throws ``RequestProblem`` for several.
  func one(_ name: String) throws(RequestProblem) -> String? {
    guard let found = values[name] else { return nil }
    guard found.count == 1 else { throw RequestProblem(status: 400, reason: "'\(name)' is given more than once") }
    return found[0]
  }

  /// A whole number in a range. Throws ``RequestProblem``.
  func whole(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws(RequestProblem) -> Int {
    guard let text = try one(name) else { return standard }
    guard let value = Int(text), range.contains(value) else {
      throw RequestProblem(
        status: 400, reason: "'\(name)' is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// The runs that an address names, each once. Throws ``RequestProblem`` for more than `most`.
  func runs(most: Int) throws(RequestProblem) -> [String] {
    var seen: Set<String> = []
    let runs = (values["run"] ?? []).flatMap { $0.split(separator: ",").map(String.init) }.filter {
      seen.insert($0).inserted
    }
    guard runs.count <= most else {
      throw RequestProblem(status: 400, reason: "at most \(most) runs can be shown together")
    }
    return runs
  }
}

/// Which runs the list shows: its form, and the selection that follows.
struct RunListQuery: Sendable, Hashable {
  var search: String?
  var experiment: String?
  var state: RunState?
  /// Conditions as `list --filter` takes them, separated by semicolons.
  var conditions: String?
  /// A field; `-` before it for descending.
  var sort: String
  /// From 1.
  var page: Int
  var size: Int
  let selection: RunSelection

  static let defaultSort = "-created_at"
  static let defaultSize = 100

  /// Throws ``RequestProblem``.
  init(_ query: PageQuery) throws(RequestProblem) {
    search = try query.one("search")
    experiment = try query.one("experiment")
    conditions = try query.one("filter")
    sort = try query.one("sort") ?? Self.defaultSort
    page = try query.whole("page", in: 1...1_000_000, default: 1)
    size = try query.whole("size", in: 1...500, default: Self.defaultSize)
    if let name = try query.one("state") {
      guard let state = RunState(rawValue: name) else {
        throw RequestProblem(
          status: 400,
          reason:
            "there is no state '\(name.prefix(40))'; states are \(RunState.allCases.map(\.name).joined(separator: ", "))"
        )
      }
      self.state = state
    }
    do throws(StoreError) {
      var filters: [RunFilter] = []
      if let search { filters.append(try RunFilter("trial~'\(search)'")) }
      if let experiment { filters.append(RunFilter(experiment: experiment)) }
      if let state { filters.append(try RunFilter("state=\(state.name)")) }
      for condition in (conditions ?? "").split(separator: ";").prefix(16) where !condition.allSatisfy(\.isWhitespace) {
        filters.append(try RunFilter(String(condition)))
      }
      selection = RunSelection(filters: filters, order: try RunOrder(sort))
    } catch { throw RequestProblem(status: 400, reason: "\(error)") }
  }

  /// The address of the same list with another page or order.
  func address(page: Int = 1, sort: String? = nil) -> String {
    var parts: [(String, String)] = []
    if let search { parts.append(("search", search)) }
    if let experiment { parts.append(("experiment", experiment)) }
    if let state { parts.append(("state", state.name)) }
    if let conditions { parts.append(("filter", conditions)) }
    let sort = sort ?? self.sort
    if sort != Self.defaultSort { parts.append(("sort", sort)) }
    if size != Self.defaultSize { parts.append(("size", "\(size)")) }
    if page != 1 { parts.append(("page", "\(page)")) }
    return "/" + (parts.isEmpty ? "" : "?") + parts.map { "\($0)=\(encoded($1))" }.joined(separator: "&")
  }
}

/// A value within an address.
func encoded(_ text: String) -> String {
  let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
  return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
}
