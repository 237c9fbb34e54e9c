import Files
import Foundation
import Evidence
import Notebooks
import Rendering
import Testing

/// What is wrong with notebooks, with lines.
@Suite struct NotebookErrorTests {
  static func problems(_ text: String) -> [String] {
    let folder = ReportFolder()
    do {
      _ = try folder.render(text)
      return []
    } catch {
      #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/out"))
      #expect((error as? any Fault)?.kind == .badInput)
      return "\(error)".split(separator: "\n").compactMap { line in
        line.range(of: "note.md:").map { String(line[$0.upperBound...]) }
      }
    }
  }

  @Test(arguments: [
    ("\n```{tabel x}\nrows\n```\n", "2: there is no cell of the kind \"tabel\"; did you mean \"table\"?"),
    (
      "```{surface x}\nrows\n```\n",
      "1: there is no cell of the kind \"surface\"; there are query, table, curves, bars, scatter, heatmap, grid, printout, claim, provenance"
    ),
    (
      "```{table parameters}\nrows\n```\n",
      "1: the id \"parameters\" belongs to the notebook's parameters; choose another"
    ),
    ("```{claim x}\nyes\n```\n", "1: the claim \"x\" has no sentence; give it an option `says`"),
    (
      "```{claim x}\n--| says: a\nyes\n```\n",
      "1: a claim cell needs the columns holds (effect, low, high and detail are optional), and the query gives yes"
    ),
    (
      "```{claim x}\n--| says: a\n--| test: median\nyes\n```\n",
      "3: test is \"median\"; one of holds, mean, proportion, mcnemar was expected"
    ),
    (
      "```{claim x}\n--| says: a\n--| margin: 1\nyes\n```\n",
      "3: `test: holds` has no margin; leave it out, or choose a test that has one (mean, proportion)"
    ),
    (
      "```{claim x}\n--| says: a\n--| alternative: less\nyes\n```\n",
      "3: `test: holds` has no alternative; leave it out, or choose a test that has one (mean, proportion, mcnemar)"
    ),
    (
      "```{claim x}\n--| says: a\n--| test: mean\n--| margin: 0x10\ncolumns value; 1; 2\n```\n",
      "4: margin is \"0x10\"; a number was expected"
    ),
    (
      "```{claim x}\n--| says: a\ncolumns holds, efect; 1, 0.5\n```\n",
      "1: a claim cell does not read the column \"efect\"; did you mean \"effect\"?"
    ),
    (
      "```{claim x}\n--| says: a\ncolumns holds, lo, high; 1, 0.5, 2\n```\n",
      "1: a claim cell does not read the column \"lo\"; did you mean \"low\"?"
    ),
    (
      "```{claim x}\n--| says: a\n--| test: mean\n--| level: 95\nyes\n```\n",
      "4: level is \"95\"; a number from 0.5 to 0.9999 was expected"
    ),
    (
      "```{claim x}\n--| says: a\ncolumns holds; 1; 1\n```\n",
      "1: \"x\" finds 2 rows; one was expected"
    ),
    (
      "```{claim x}\n--| says: a\n--| test: mean\ncolumns value; good\n```\n",
      "1: the column value has \"good\"; a number was expected"
    ),
    (
      "```{claim x}\n--| says: a\n--| test: proportion\ncolumns successes, trials; 1.5, 2\n```\n",
      "1: the column successes has \"1.5\"; a whole number from 0 to 1,000,000,000 was expected"
    ),
    (
      "```{claim x}\n--| says: a\n--| test: mcnemar\ncolumns only_first, only_second; 2000000000, 2\n```\n",
      "1: the column only_first has \"2000000000\"; a whole number from 0 to 1,000,000,000 was expected"
    ),
    (
      "```{claim x}\n--| says: a\n--| test: proportion\ncolumns successes, trials; 3, 2\n```\n",
      "1: there are 3 successes in 2 trials; successes are a part of the trials"
    ),
    (
      "```{claim x}\n--| says: a\ncolumns holds; 1\n```\n:::{if x}\n```{claim y}\n--| says: b\ncolumns holds; 1\n```\n:::\n",
      "6: the claim \"y\" is inside a condition on the claim \"x\"; claims are judged together, so use a query"
    ),
    (
      "```{query q}\nno\n```\n:::{if q}\n```{claim x}\n--| says: a\ncolumns holds; 1\n```\n:::\n{{x.effect}}\n",
      "10: the claim \"x\" is not judged, as its condition does not hold; put this under the same condition"
    ),
    (
      "```{claim x}\n--| says: a\ncolumns holds; 1\n```\n{{x.truth}}\n",
      "5: \"x\" has no column \"truth\"; it has verdict, effect, low, high, p, p_holm, n, more, supported, refuted, undecided"
    ),
    ("```{query q}\nyes\n```\n:::{if q.no}\n:::\n", "4: \"q\" has no column \"no\"; it has yes"),
    (":::{if q.}\n:::\n", "1: \":::{if q.}\" is no condition; write :::{if id}, :::{if id.column} or :::{unless id}"),
    (
      "```{query a}\n--| view: true\nSELECT * FROM b\n```\n```{query b}\n--| view: true\nSELECT * FROM a\n```\n",
      "1: views read one another in a cycle: a → b → a; write one of them without the others"
    ),
    (
      "```{table a}\nSELECT * FROM x JOIN b\n```\n```{query b}\n--| view: true\none\n```\n",
      "1: the query reads the view \"b\", which is defined later, in line 4; put the view first"
    ),
    ("```{table x\nrows\n```\n", "1: \"{table x\" is not the head of a cell; write {kind id}"),
    (
      "```{table <x>}\nrows\n```\n",
      "1: \"<x>\" is no id; an id has up to 60 lower-case letters a to z, digits, dashes and underscores"
    ),
    (
      "```{table X}\nrows\n```\n",
      "1: \"X\" is no id; an id has up to 60 lower-case letters a to z, digits, dashes and underscores"
    ),
    ("```{table x}\nrows\n", "1: the cell has no end; close it with as many backticks as it begins with"),
    (
      "```{query x}\none\n```\n```{query x}\none\n```\n",
      "4: the id \"x\" is taken by the cell in line 1; choose another"
    ),
    ("```{table x}\n```\n", "1: the table cell has no query"),
    (
      "```{table x}\n--| captoin: a\nrows\n```\n",
      "2: a table cell has no option \"captoin\"; did you mean \"caption\"?"
    ),
    ("```{curves x}\n--| overlay: maybe\ncurves\n```\n", "2: overlay is \"maybe\"; true or false was expected"),
    (
      "```{curves x}\n--| y_range: 2, 1\ncurves\n```\n",
      "2: y_range is \"2, 1\"; two numbers such as 0, 2.5 was expected"
    ),
    (
      "```{curves x}\n--| y_range: 0x0, 0x2\ncurves\n```\n",
      "2: y_range is \"0x0, 0x2\"; two numbers such as 0, 2.5 was expected"
    ),
    (
      "```{curves x}\n--| y_range: 0, most, 2\ncurves\n```\n",
      "2: y_range is \"0, most, 2\"; two numbers such as 0, 2.5 was expected"
    ),
    (
      "```{curves x}\ncolumns trial, metric, epoch, value; a, loss, -, 1\n```\n",
      "1: the column epoch has NULL; a number was expected"
    ),
    ("```{bars x}\n--| scale: square\nbars\n```\n", "2: scale is \"square\"; linear or log was expected"),
    ("```{table x}\n--| columns: los=a\nrows\n```\n", "2: \"x\" has no column \"los\"; did you mean \"loss\"?"),
    (
      "```{table x}\n--| columns: loss=a:%x\nrows\n```\n",
      "2: columns is \"loss=a:%x\"; a format of %.2f, %d, grouped, percent, points, ratio, bytes, duration, text behind the colon was expected"
    ),
    (
      "```{table x}\n--| columns: trial; loss:percentt\nrows\n```\n",
      "2: columns is \"loss:percentt\"; name=heading:format was expected"
    ),
    (
      "```{table x}\n--| columns: ;\nrows\n```\n",
      "2: columns is \";\"; name=heading, separated by semicolons was expected"
    ),
    (
      "```{table x}\n--| columns:\nrows\n```\n",
      "2: columns is \"\"; name=heading, separated by semicolons was expected"
    ),
    ("```{table x}\n--| otherwise:\nnone\n```\n", "2: otherwise is \"\"; a sentence was expected"),
    ("```{table x}\nbad sql\n```\n", "1: no such query: bad sql"),
    (
      "```{table x}\nnone\n```\n",
      "1: the table cell \"x\" finds no rows; run the experiment first, or give it an option `otherwise`"
    ),
    (
      "```{query x}\nnone\n```\n",
      "1: the query cell \"x\" finds no rows; run the experiment first, or give it `--| optional: true`"
    ),
    (
      "```{query x}\n--| optional: true\nnone\n```\n{{x.a}}\n",
      "5: the query cell \"x\" finds no rows, so there is no value here; put this into a condition on there being rows, or let the query always give one, as with max()"
    ),
    ("```{printout x}\ncolumns text; a; b\n```\n", "1: \"x\" finds 2 rows; one was expected"),
    (
      "```{curves x}\nrows\n```\n",
      "1: a curves cell needs the columns trial, metric, epoch, value, and the query gives trial, loss, note"
    ),
    (
      "```{printout x}\nrows\n```\n",
      "1: a printout cell needs the columns of one text, and the query gives trial, loss, note"
    ),
    ("a\n{{x.y}}\n", "2: there is no query or table \"x\""),
    ("```{query one}\none\n```\n{{oen.count}}\n", "4: there is no query or table \"oen\"; did you mean \"one\"?"),
    (
      "```{query one}\none\n```\n{{one.cuont}}\n",
      "4: \"one\" has no column \"cuont\"; did you mean \"count\"?"
    ),
    ("```{query one}\none\n```\n{{one}}\n", "4: {{one}}: write {{id.column | format}}"),
    (
      "```{query one}\none\n```\n{{one.count | %q}}\n",
      "4: {{one.count | %q}}: there is no such format; there are %.2f, %d, grouped, percent, points, ratio, bytes, duration, text"
    ),
    (":::{if x}\na\n:::\n", "1: there is no query or table \"x\""),
    ("```{query q}\nyes\n```\n:::{if q}\na\n", "4: the condition has no end; close it with a line of three colons"),
    (":::\n", "1: three colons close a condition, and none is open"),
    (":::{when x}\n:::\n", "1: \":::{when x}\" is no condition; write :::{if id}, :::{if id.column} or :::{unless id}"),
    (
      " :::{if q}\na\n",
      "1: \":::{if q}\" must be at the line's beginning, on a line of its own, outside of lists and quotes"
    ),
    ("---\ntitle: a\n", "1: the front matter has no end; close it with a line of three dashes"),
    ("---\ntitel: a\n---\n", "2:1: unknown key \"titel\" in the front matter; did you mean \"title\"?"),
    ("---\nlang: fr\n---\n", "2:7: there is no language \"fr\"; there are en, zh"),
  ])
  func everySentenceIsPinned(text: String, expected: String) {
    #expect(Self.problems(text).first == expected)
  }

  @Test func allProblemsAreToldAtOnce() {
    let found = Self.problems("{{a.b}}\n\n```{table x}\nnone\n```\n\n{{c.d}}\n\n```{table y}\nbad\n```\n")
    #expect(found.map { $0.prefix { $0 != ":" } } == ["1", "3", "7", "9"])
  }

  @Test func aQueryThatWentWrongIsToldOnce() {
    #expect(Self.problems("```{query q}\nbad\n```\n{{q.a}} {{q.b}}\n:::{if q}\na\n:::\n").count == 1)
  }

  @Test func missingAndWrongFiles() throws {
    let folder = ReportFolder()
    func read(_ path: String) -> NotebookError? {
      do {
        _ = try readNotebookSource(path)
        return nil
      } catch { return error }
    }
    #expect(read("\(folder.path)/none.md") == .file(.missing(path: "\(folder.path)/none.md")))
    #expect(read(folder.path) == .file(.isDirectory(path: folder.path)))
    try Data([0xFF, 0xFE]).write(to: URL(fileURLWithPath: "\(folder.path)/bytes.md"))
    #expect(read("\(folder.path)/bytes.md") == .file(.notUTF8(path: "\(folder.path)/bytes.md", byteOffset: 0)))
    try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/out"))
    #expect(throws: ReportError.output(.notAFolder("\(folder.path)/out"))) { try folder.render("text") }
  }
}
