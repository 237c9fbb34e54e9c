import Foundation
import Store
import Testing

@Suite struct SavedComparisonTests {
  @Test func whatIsSavedIsThereAndNamesAreNoPaths() throws {
    let folder = TemporaryStore()
    let store = try folder.open()
    let comparison = SavedComparison(name: "small-or-large", question: "Which?", savedAt: "t", runs: ["a-1", "b-2"])
    try store.save(comparison)
    #expect(try store.comparison(named: "small-or-large") == comparison)
    #expect(store.comparisons() == [comparison])
    #expect(throws: StoreError.comparisonExists("small-or-large")) { try store.save(comparison) }
    for name in ["", "../x", "a/b", "a b", ".", "a\u{0}", "ä", String(repeating: "x", count: 65)] {
      #expect(throws: StoreError.badComparisonName(name)) {
        try store.save(SavedComparison(name: name, question: "", savedAt: "t", runs: []))
      }
    }
    #expect(throws: StoreError.noSuchComparison("none", known: ["small-or-large"])) {
      try store.comparison(named: "none")
    }
  }
}
