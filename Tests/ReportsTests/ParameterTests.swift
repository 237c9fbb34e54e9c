import Foundation
import Evidence
import Notebooks
import Rendering
import Testing

@Suite struct ParameterTests {
  static let front = """
    ---
    parameters: {threads: 2, rate: 0.05, quick: true, net: vgg11, text: "7"}
    ---
    {{parameters.threads}} {{parameters.rate | %.3f}} {{parameters.net}} {{parameters.quick}}

    ```{table seen}
    parameters
    ```

    """

  @Test func queriesAndSentencesSeeThem() throws {
    let folder = ReportFolder()
    let rendered = try folder.render(Self.front)
    #expect(try folder.text("data/seen.csv") == "net,quick,rate,text,threads\nvgg11,1,0.05,7,2\n")
    let html = try folder.text("index.html")
    #expect(html.contains("<data value=\"2\" data-query=\"parameters\">2</data>"))
    #expect(html.contains("<data value=\"0.05\" data-query=\"parameters\">0.050</data> vgg11"))
    #expect(rendered.queries.map(\.id) == ["seen"])
  }

  @Test func theyAreSetFromOutside() throws {
    let folder = ReportFolder()
    _ = try folder.render(
      Self.front,
      settings: ["threads": "8", "rate": "1e-3", "quick": "false", "net": "a'; DROP TABLE run", "text": "9"])
    #expect(try folder.text("data/seen.csv") == "net,quick,rate,text,threads\na'; DROP TABLE run,0,0.001,9,8\n")
  }

  @Test func wrongSettingsAreToldAtOnce() throws {
    #expect(
      throws: NotebookError.settings([
        .unknown("thread", nearest: "threads", known: ["threads", "rate", "quick", "net", "text"]),
        .wrongKind("threads", value: "2.5", expected: "a whole number"),
      ])
    ) { try ReportFolder().render(Self.front, settings: ["thread": "1", "threads": "2.5"]) }
    #expect(throws: NotebookError.settings([.notASetting("a"), .doubled("b")])) {
      try readSettings(["a", "b=1", "b=2", "c=x=y"])
    }
    #expect(try readSettings(["c=x=y", "d="]) == ["c": "x=y", "d": ""])
  }

  @Test(arguments: [
    ("---\nparameters: [1]\n---\n", "2:13: parameters is a list; a mapping was expected"),
    (
      "---\nparameters: {1a: 2}\n---\n",
      "2:14: \"1a\" is no parameter's name; use letters, digits and underscores, a letter first"
    ),
    ("---\nparameters: {a: }\n---\n", "2:17: the parameter a is empty; a text, number or Boolean was expected"),
    ("---\nparameters: {a: [1]}\n---\n", "2:17: the parameter a is a list; a text, number or Boolean was expected"),
    ("---\nconstants: {three: a}\n---\n", "2:13: the constant \"three\" has no digit; leave it out"),
    (
      "---\nbibliography: ../other.bib\n---\n",
      "2:15: the bibliography \"../other.bib\" is not the name of a file beside the notebook"
    ),
    (
      "---\nparameters: {count: 2}\n---\n{{parameters.cuont}}\n",
      "4: the front matter has no parameter \"cuont\"; did you mean \"count\"?"
    ),
  ])
  func wrongFrontMatter(text: String, expected: String) {
    #expect(NotebookErrorTests.problems(text).first == expected)
  }
}
