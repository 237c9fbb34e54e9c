import Digests
import Files
import Foundation
public import Journals

extension Store {
  /// Takes runs in: each comes whole or not at all, and if one cannot come, none does. Runs that are there with the same
  /// journal, or have gone on from it, are skipped. Gives the ids of those that are new.
  ///
  /// Throws ``StoreError/runIsOther(_:)`` for a run that is there with another journal.
  public func take(_ copies: [RunCopy]) throws(StoreError) -> [String] {
    var new: [RunCopy] = []
    for copy in copies {
      guard let folder = try? RunFolder(store: directory, existing: copy.run) else {
        new.append(copy)
        continue
      }
      guard journalDigest(folder, bytes: copy.journal.count) == sha256Hex(copy.journal) else {
        throw .runIsOther(copy.run)
      }
    }
    do throws(FileError) { try move(new) } catch { throw .file(error) }
    _ = try ingest()
    return new.map(\.run)
  }

  /// Writes runs beside, then gives them their names; all of them or none.
  private func move(_ copies: [RunCopy]) throws(FileError) {
    let runs = try Folder(directory).folder(making: StoreFolder.runs, mode: StoreFolder.mode)
    var staged: [(hidden: String, name: PlainName)] = []
    var moved: [(hidden: String, name: PlainName)] = []
    do throws(FileError) {
      for copy in copies {
        guard let name = RunFolder.name(of: copy.run) else { continue }
        let hidden = ".import-\(randomDigits())-\(name)"
        let folder = try runs.makeHidden(hidden, mode: runs.permissions ?? StoreFolder.mode)
        staged.append((hidden, name))
        try copy.write(into: folder)
      }
      for move in staged {
        try runs.unhide(move.hidden, as: move.name)
        moved.append(move)
      }
    } catch {
      for move in moved { try? runs.removeAll(move.name.text) }
      for move in staged { try? runs.removeAll(move.hidden) }
      throw error
    }
  }

  /// All rows of some runs, with what is known of them besides. Throws ``StoreError``.
  public func evidence(ofRuns chosen: [String]) throws(StoreError) -> StoreEvidence {
    let scratch = try ScratchStore(path: databasePath)
    var choice = EvidenceChoice(tables: Set(scratch.tables))
    choice.runs = chosen
    choice.measured = .all(ofRuns: chosen)
    return StoreEvidence(
      schema: scratch.schema, tables: try scratch.rows(choice), runs: try facts(of: chosen, scratch), whole: [])
  }
}
