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
    ("tag=good", "b"), ("tag!=good", "ac"), ("arch=vgg11", "ab"), ("profile=quick", "abc"), ("profile=none", ""),
    ("trial=' OR 1=1 --", ""), ("seed>1e18", "abc"), ("learning_rate<=0.01", "abc"), ("cause~'", ""),
    ("created_at>2026-01-02", "c"),
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
    ("test_acuracy>0.9", "did you mean 'test_accuracy'?"), ("nothing_like_it=1", "fields are activation_floats, arch"),
    ("state=compleated", "did you mean 'completed'?"), ("state>completed", "a state is equal"),
    ("resize=big", "resize is a number, and 'big' is none"), ("resize~9", "~ is for texts"),
    ("resize>none", "is a number"),
    ("resize>nan", "is a number"), ("tag>a", "a run has a tag"), ("=1", "there is no field ''"),
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

  @Test func ordersAreFields() {
    #expect(throws: StoreError.self) { try RunOrder("tag") }
    #expect(throws: StoreError.self) { try RunOrder("-state") }
    #expect(throws: StoreError.self) { try RunOrder("") }
  }
}
