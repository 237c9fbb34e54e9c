import Foundation
import Testing

/// A run belongs to a configuration and to its data; experiments and names refer to it.
@Suite struct IdentityTests {
  static func text(_ experiment: String, _ trial: String, dataset: String = "name: synthetic, train: 32, test: 16")
    -> String
  {
    """
    schema: 1
    experiment: \(experiment)
    dataset: {\(dataset), resize: 32}
    network: {arch: vgg11, ratio: 64, hidden: 16}
    training: {epochs: 1, batch_size: 16}
    trials: [{name: \(trial)}]

    """
  }

  struct Row: Decodable {
    var experiment: String
    var trial: String
    var action: String
    var why: String
    var run: String?
    var steps: Int
  }

  static func plan(_ program: Program, _ arguments: String...) throws -> [Row] {
    let outcome = try program.run(["plan", "--json"] + arguments)
    #expect(outcome.code == 0, "\(outcome)")
    return try JSONDecoder().decode([Row].self, from: Data(outcome.output.utf8))
  }

  static func count(_ program: Program, _ table: String) throws -> String {
    try program("query", "SELECT count(*) AS n FROM \(table)", "--json").output.filter(\.isNumber)
  }

  @Test func anotherNameDoesNotTrainAgain() throws {
    var program = try Program()
    program.environment["COLUMNS"] = "200"
    defer { program.remove() }
    try program.write("a.yaml", Self.text("one", "first"))
    try program.write("b.yaml", Self.text("two", "second"))
    // Both name the same configuration: it is run once.
    #expect(try Self.plan(program, "a.yaml", "b.yaml").map(\.action) == ["new", "skip"])
    let outcome = try program("run", "a.yaml", "b.yaml")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.errors.contains("the same configuration"), "\(outcome.errors)")
    #expect(try Self.count(program, "run") == "1" && Self.count(program, "trial_summary") == "2")
    let rows = try program("query", "SELECT experiment, trial, run FROM trial_summary ORDER BY experiment", "--json")
      .output
    #expect(rows.contains("\"two\"") && rows.contains("\"second\""), "\(rows)")
    // It is listed under each name, once without any.
    for experiment in ["one", "two"] {
      let list = try program("list", "--experiment", experiment).output
      #expect(list.contains(experiment) && list.split(separator: "\n").count == 2, "\(list)")
    }
    #expect(try program("list").output.split(separator: "\n").count == 2)
    #expect(try program("show", "second").code == 0)
    // A page over the second name carries what it needs to be verified.
    try program.write(
      "page.md",
      """
      ---
      title: A page
      ---
      ```{query q}
      SELECT test_accuracy AS accuracy, trial FROM trial_summary WHERE experiment = 'two'
      ```
      {{q.trial}} reaches {{q.accuracy | %.3f}}.

      """)
    let report = try program("report", "page.md", "--out", "page")
    #expect(report.code == 0, "\(report)")
    let verified = try program("verify", "page")
    #expect(verified.code == 0, "\(verified)")
    // A trial that is renamed is the same one.
    try program.write("a.yaml", Self.text("one", "renamed"))
    let renamed = try Self.plan(program, "a.yaml")
    #expect(renamed.map(\.action) == ["skip"] && renamed[0].why.contains("of one/first"))
    // The names are in the run's folder: the index is made again from there.
    #expect(try program("doctor", "--rebuild").code == 0)
    #expect(try Self.count(program, "trial_summary") == "2")
    // Again, when that is asked for, and once.
    #expect(try program("run", "a.yaml", "b.yaml", "--rerun", "--set", "training.epochs=1").code == 0)
    #expect(try Self.count(program, "run") == "2")
  }

  @Test func dataOfOnesOwnAreTheirContent() throws {
    let program = try Program()
    defer { program.remove() }
    try Samples.writeIDXFolder("\(program.directory)/sub/ok", count: 20)
    for (name, path) in [
      ("a", "ok"), ("b", "./ok"), ("c", "ok/"), ("d", "\(program.directory)/sub/ok"), ("e", "../sub/ok"),
    ] {
      try program.write("sub/\(name).yaml", Self.text("own", "t", dataset: "name: idx-folder, path: \(path)"))
    }
    let outcome = try program("run", "sub/a.yaml")
    #expect(outcome.code == 0, "\(outcome)")
    for name in "abcde" {
      #expect(try Self.plan(program, "sub/\(name).yaml").map(\.action) == ["skip"], "\(name)")
    }
    #expect(try Self.plan(program, "sub/a.yaml", "--set", "dataset.path=sub/ok").map(\.action) == ["skip"])
    // Other files under the same path.
    try Samples.writeIDXFolder("\(program.directory)/sub/ok", count: 30)
    let changed = try Self.plan(program, "sub/a.yaml")
    #expect(changed.map(\.action) == ["changed"] && changed[0].why.contains("data "), "\(changed)")
    #expect(changed[0].steps == 2)
  }

  @Test(arguments: [
    ("name: synthetic, train: 3000", "dataset.train is 3000, and synthetic has 2048 training images"),
    ("name: synthetic, test: 5000", "dataset.test is 5000, and synthetic has 512 test images"),
    ("name: fashion-mnist, train: 70000", "dataset.train is 70000, and fashion-mnist has 60000 training images"),
    ("name: idx-folder, path: own, train: 21", "dataset.train is 21, and idx-folder has 20 training images"),
    ("name: idx-folder, path: own, test: 21", "dataset.test is 21, and idx-folder has 20 test images"),
  ])
  func moreThanThereIsIsRefused(dataset: String, sentence: String) throws {
    let program = try Program()
    defer { program.remove() }
    try Samples.writeIDXFolder("\(program.directory)/own", count: 20)
    try program.write("a.yaml", Self.text("a", "t", dataset: dataset))
    for command in ["run", "plan"] {
      let outcome = try program(command, "a.yaml")
      #expect(outcome.code == 65, "\(outcome)")
      #expect(outcome.errors.contains("a.yaml:3:") && outcome.errors.contains(sentence), "\(outcome.errors)")
      #expect(outcome.errors.contains("^"))
    }
    #expect(!program.exists(".vgglab"))
  }

  @Test func forecastsKnowTheTrueSizes() throws {
    let program = try Program()
    defer { program.remove() }
    try Samples.writeIDXFolder("\(program.directory)/own", count: 20)
    try program.write("a.yaml", Self.text("a", "t", dataset: "name: idx-folder, path: own"))
    try program.write("b.yaml", Self.text("b", "t", dataset: "name: synthetic"))
    #expect(try Self.plan(program, "a.yaml").map(\.steps) == [2])
    #expect(try Self.plan(program, "b.yaml").map(\.steps) == [128])
    let option = try program("plan", "b.yaml", "--set", "dataset.train=2049")
    #expect(option.code == 65 && option.errors.contains("--set:1:15: dataset.train is 2049"), "\(option)")
    #expect(try Self.plan(program, "b.yaml", "--set", "dataset.train=2048").map(\.steps) == [128])
  }

  @Test func aFolderThatIsMissingIsSpokenOf() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("sub/a.yaml", Self.text("a", "t", dataset: "name: idx-folder, path: nowhere"))
    for command in ["run", "plan"] {
      let outcome = try program(command, "sub/a.yaml")
      #expect(outcome.code == 66 && outcome.errors.contains("there is no folder sub/nowhere"), "\(outcome)")
      #expect(!outcome.errors.contains("apt-get"))
    }
    try FileManager.default.createDirectory(
      atPath: "\(program.directory)/sub/nowhere", withIntermediateDirectories: true)
    let empty = try program("run", "sub/a.yaml")
    #expect(empty.code == 66 && empty.errors.contains("sub/nowhere") && empty.errors.contains("lacks"), "\(empty)")
    let file = try program("run", "sub/a.yaml", "--data", "sub/a.yaml")
    #expect(file.code == 66 && file.errors.contains("is no folder"), "\(file)")
    #expect(!program.exists(".vgglab"))
  }

  @Test func torchvisionsLayoutIsFound() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("a.yaml", Self.text("a", "t", dataset: "name: fashion-mnist, train: 8, test: 8"))
    try Samples.writeIDXFolder("\(program.directory)/tv/FashionMNIST/raw", count: 20)
    // They are looked at there: these are no Fashion-MNIST.
    for folder in ["tv", "tv/FashionMNIST", "tv/FashionMNIST/raw"] {
      let outcome = try program("run", "a.yaml", "--data", folder)
      #expect(outcome.code == 65 && outcome.errors.contains("SHA-256"), "\(outcome)")
      #expect(outcome.errors.contains("tv/FashionMNIST/raw/"))
    }
    try program.write("b.yaml", Self.text("b", "t", dataset: "name: idx-folder"))
    try Samples.writeIDXFolder("\(program.directory)/own/MNIST/raw", count: 20)
    #expect(try program("plan", "b.yaml", "--data", "own").code == 0)
  }
}
