/// Tells the runs that a query depends on from others by halving: a group of runs that changes nothing is not looked at further.
///
/// It takes far fewer tries than looking at each run where few runs matter. The price: a run is missed if it changes the
/// query alone, and a group with it leaves the query as it is. Values of a group are bent to different ones, upwards and
/// downwards, so that comparisons of two runs are found.
struct GroupedInfluence {
  /// A group of runs, next to one another in their order.
  private struct Group {
    var range: Range<Int>
    /// Whether the query changes with it.
    var isChanging: Bool
    /// Places of its halves; none before they are looked at.
    var halves: [Int] = []
  }

  /// Ways in which a group is changed: away, and bent upwards and downwards.
  static let probes = 3

  private let runs: [String]
  private var groups: [Group]
  /// How often the query may still be asked.
  private(set) var left: Int
  /// Whether a group of several runs counts as a whole, of which not all need matter.
  private(set) var countsGroups = false

  /// The query changes if all of the runs do; it may be asked `asks` times.
  init(runs: [String], asks: Int) {
    self.runs = runs
    left = asks
    groups = [Group(range: runs.indices, isChanging: true)]
  }

  /// The runs that matter. A group that changes the query, and was not divided or has no half that does, counts as a whole.
  /// `isOtherwise` says whether a group changes the query, and how often it was asked.
  mutating func find(
    _ isOtherwise: ([String]) throws(StoreError) -> (Bool, asks: Int)
  ) throws(StoreError) -> Set<String> {
    var place = 0
    // Level by level, so that what there is no time for is spread evenly.
    while place < groups.count {
      let group = groups[place]
      defer { place += 1 }
      guard group.isChanging, group.range.count > 1, 2 * Self.probes <= left else { continue }
      let middle = group.range.lowerBound + (group.range.count + 1) / 2
      for half in [group.range.lowerBound..<middle, middle..<group.range.upperBound] {
        let (isChanging, asks) = try isOtherwise(Array(runs[half]))
        left -= asks
        groups[place].halves.append(groups.count)
        groups.append(Group(range: half, isChanging: isChanging))
      }
    }
    return used(in: 0)
  }

  private mutating func used(in place: Int) -> Set<String> {
    let group = groups[place]
    guard group.isChanging else { return [] }
    var found: Set<String> = []
    for half in group.halves { found.formUnion(used(in: half)) }
    guard found.isEmpty else { return found }
    if group.range.count > 1 { countsGroups = true }
    return Set(runs[group.range])
  }
}
