import Configurations
import Foundation
import Store
import Testing

/// The columns of `run_summary` and the fields of filters follow from the table of keys.
@Suite struct SummaryColumnTests {
  static let table = ConfigurationTable(
    ConfigurationTable.standard.keys + [
      .other(
        "training.label_smoothing", NumberRange(0, 1, excludesUpper: true), default: 0.25,
        column: .init("label_smoothing"), help: "How much of the target goes to the other classes.")
    ])

  @Test func everyKeyWithAColumnIsAColumnAndAField() throws {
    let folder = TemporaryStore()
    _ = try folder.addRun(trial: "a", createdAt: "2026-01-01", Samples.whole)
    let store = try folder.open()
    _ = try store.ingest()
    for key in ConfigurationTable.standard.keys {
      guard let column = key.column?.name else { continue }
      for view in ["run_summary", "trial_summary"] {
        #expect(try store.query("SELECT \(column) FROM \(view)").rows.count == 1)
      }
      _ = try store.runs(RunSelection(filters: [RunFilter("\(column)!=\(key.kind == .unsigned ? "7" : "none")")]))
      _ = try store.runs(RunSelection(order: RunOrder(column)))
    }
    #expect(try store.query("SELECT hidden, dropout, repeat, signal FROM run_summary").rows.count == 1)
  }

  @Test func aNewKeyIsOneToo() throws {
    let columns = SummaryColumn.all(Self.table)
    let filter = try RunFilter("label_smoothing>0.2", fields: RunField.fields(columns))
    #expect(filter.condition == "s.label_smoothing > ?")
    #expect(throws: StoreError.self) { try RunFilter("label_smoothing>0.2") }
    #expect(
      Schema.views(columns).contains("coalesce(json_extract(r.configuration, '$.training.label_smoothing'), 0.25)"))
  }
}
