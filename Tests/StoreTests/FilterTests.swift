import Foundation
import Journals
import Store
import Testing

@Suite struct FilterTests {
  private func store() throws -> (TemporaryStore, Store, [RunFolder]) {
    let folder = TemporaryStore()
    let runs = [
      try folder.addRun(trial: "a", createdAt: "2026-01-01", Samples.whole),
      try folder.addRun(
        trial: "b", createdAt: "2026-01-02",
        [Samples.attempt(), Samples.network, Samples.metrics(1, epoch: 1, testAccuracy: 0.9)]),
      try folder.addRun(trial: "c", createdAt: "2026-01-03"),
    ]
    try runs[1].annotate([AnnotationRecord(kind: .tag, text: "good", at: "t")])
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    return (folder, store, runs)
  }

  @Test(arguments: [
    ("state=completed", "a"), ("state!=completed", "bc"), ("state=lost", "b"), ("state=queued", "c"), ("trial=a", "a"),
    ("trial == a", "a"), ("trial!=a", "bc"), ("trial~A", "a"), ("experiment=resize", "abc"), ("resize=96", "abc"),
    ("resize>96", ""), ("test_accuracy>0.7", "b"), ("test_accuracy>=0.625", "ab"), ("test_accuracy<0.9", "a"),
    ("test_accuracy=0.625", "a"), ("test_accuracy=none", "c"), ("test_accuracy!=none", "ab"),
    ("test_accuracy!=0.9", "ac"),
    ("tag=none", "ac"), ("tag!=none", "b"), ("tag='none'", ""), ("tag=good", "b"), ("tag!=good", "ac"),
    ("arch=vgg11", "ab"), ("profile=quick", "abc"), ("profile=none", ""),
    ("trial=' OR 1=1 --", ""), ("seed>1e18", "abc"), ("learning_rate<=0.01", "abc"), ("cause~'", ""),
    ("created_at>2026-01-02", "c"), ("created_at>=2026-01-02", "bc"), ("created_at<=2026-01-02", "ab"),
    ("created_at<2026-01-02", "a"), ("created_at=2026-01-02", "b"), ("created_at!=2026-01-02", "ac"),
    ("created_at=2026-01", "abc"), ("created_at>2025", "abc"), ("created_at>2026", ""), ("created_at~01-03", "c"),
    ("ended_at=2026-01-01 00:10", "a"), ("ended_at>2026-01-01 00:10", ""), ("ended_at<'2026-01-01 00:10:01 UTC'", "a"),
    ("ended_at!=2026", "bc"), ("ended_at!=none", "a"),
    ("trial='a'", "a"), ("trial=\"a\"", "a"), ("trial='a", ""), ("measure=cost", ""),
    ("outcome=completed", "a"), ("outcome=none", "bc"), ("repeat=1", "abc"), ("network!=none", "ab"),
    ("dropout=0.5", "abc"), ("hidden=4096", "abc"), ("hidden<4096", ""), ("removed_at=none", "abc"),
    ("shuffle=true", "abc"), ("shuffle=0", ""), ("profile='none'", ""),
  ])
  func letsThrough(filter: String, trials: String) throws {
    let (folder, store, _) = try store()
    defer { withExtendedLifetime(folder) {} }
    #expect(try store.runs(RunSelection(filters: [RunFilter(filter)])).map(\.trial).joined() == trials)
  }

  @Test func severalFiltersOrderAndLimit() throws {
    let (folder, store, _) = try store()
    defer { withExtendedLifetime(folder) {} }
    func trials(_ filters: [String], _ order: String? = nil, _ limit: Int? = nil) throws -> String {
      try store.runs(
        RunSelection(filters: filters.map { try RunFilter($0) }, order: order.map { try RunOrder($0) }, limit: limit)
      ).map(\.trial).joined()
    }
    #expect(try trials(["state!=queued", "test_accuracy>0.7"]) == "b")
    #expect(try trials([], "-test_accuracy") == "bac")
    #expect(try trials([], "test_accuracy") == "abc")
    #expect(try trials([], "-created_at", 2) == "cb")
    #expect(try trials([], nil, 2) == "bc")
    #expect(try trials(["state!=completed"], nil, 1) == "c")
    #expect(try trials(["state!=completed"], "trial", 1) == "b")
  }

  @Test(arguments: [
    ("state", "write field, comparison"), ("", "write field, comparison"), ("stat=completed", "did you mean 'state'?"),
    ("test_acuracy>0.9", "did you mean 'test_accuracy'?"),
    ("nothing_like_it=1", "fields are the columns of run_summary"),
    ("losss=1", "there is no field 'losss'"), ("accuracy>0.5", "did you mean 'test_accuracy' or 'train_accuracy'?"),
    ("seed=-1", "a whole number from 0 to 18446744073709551615"), ("seed=18446744073709551616", "a whole number"),
    ("seed~1", "~ is for texts"), ("seed=1.5", "a whole number"), ("seed=", "a whole number"),
    ("state=compleated", "did you mean 'completed'?"), ("state>completed", "a state can only be compared"),
    ("resize=big", "resize is a number, and 'big' is none"), ("resize~9", "~ is for texts"),
    ("resize>none", "is a number"), ("created_at>yesterday", "'yesterday' is none"), ("ended_at=2026-13", "is a time"),
    ("created_at<2026-02-29", "is a time in UTC, such as"), ("created_at=28.11.2026", "is a time"),
    ("created_at=2026-1-2", "is a time"), ("created_at=2026-01-02 24:00", "'2026-01-02 24:00' is none"),
    ("resize>nan", "is a number"), ("tag>a", "a tag can only be compared"), ("=1", "there is no field ''"),
  ])
  func wrongOnesSayWhatIsWrong(filter: String, sentence: String) throws {
    do {
      _ = try RunFilter(filter)
      Issue.record("it was taken")
    } catch {
      #expect("\(error)".contains(sentence), "\(error)")
      #expect(error.kind == .usage)
    }
  }

  @Test func seedsAreComparedWithAllTheirBits() throws {
    let folder = TemporaryStore()
    let seeds: [UInt64] = [0, 7, 10, (1 << 53) - 1, 1 << 53, (1 << 53) + 1, 1 << 63, .max - 1, .max]
    for (index, seed) in seeds.enumerated() {
      _ = try folder.addRun(trial: "t\(index)", seed: seed, createdAt: "2026-01-0\(index + 1)")
    }
    let store = try folder.open()
    _ = try store.ingest()
    func found(_ filter: String) throws -> [UInt64] {
      try store.runs(RunSelection(filters: [RunFilter(filter)], order: RunOrder("seed"))).compactMap { UInt64($0.seed) }
    }
    for seed in seeds {
      #expect(try found("seed=\(seed)") == [seed])
      #expect(try found("seed!=\(seed)") == seeds.filter { $0 != seed })
      #expect(try found("seed<\(seed)") == seeds.filter { $0 < seed })
      #expect(try found("seed>=\(seed)") == seeds.filter { $0 >= seed })
    }
    #expect(try found("seed=007") == [7] && found("seed=1e1") == [10])
  }

  @Test func namesThatMeanSomethingElseAreFound() throws {
    let folder = TemporaryStore()
    _ = try folder.addRun(trial: "none", experiment: "none", createdAt: "2026-01-01")
    let store = try folder.open()
    _ = try store.ingest()
    for filter in [RunFilter(experiment: "none"), try RunFilter("trial='none'"), try RunFilter("experiment=none")] {
      #expect(try store.runs(RunSelection(filters: [filter])).count == 1)
    }
  }

  @Test func ordersAreFields() {
    #expect(throws: StoreError.self) { try RunOrder("tag") }
    #expect(throws: StoreError.self) { try RunOrder("-state") }
    #expect(throws: StoreError.self) { try RunOrder("") }
  }
}
