import Configurations
import Networks
import Testing

/// The canonical text, and what is made of the table.
@Suite struct CanonicalTests {
  @Test func theDefaultsAreWrittenOutAsEver() {
    #expect(
      TrialConfiguration().canonicalText() == """
        {"dataset":{"name":"fashion-mnist","resize":224,"test":null,"train":null},\
        "network":{"arch":"vgg11","dropout":0.5,"init":"xavier","ratio":1},\
        "training":{"batch_size":128,"epochs":10,"learning_rate":0.05,"max_steps":null,"momentum":0.0,"seed":0,\
        "shuffle":true,"weight_decay":0.0}}
        """)
  }

  @Test func whatIsNotTheDefaultOfLaterKeysIsWritten() {
    var configuration = TrialConfiguration()
    configuration.dataset.path = "/somewhere"
    configuration.dataset.data = "ab"
    configuration.network.hidden = 64
    configuration.network.body = .blocks([Block(1, 64), Block(2, 8)])
    configuration.training.seed = .max
    configuration.training.weightDecay = 0.0005
    configuration.measure.threads = 2
    #expect(
      configuration.canonicalText() == """
        {"dataset":{"data":"ab","name":"fashion-mnist","resize":224,"test":null,"train":null},\
        "measure":{"cost":null,"repeat":1,"signal":false,"threads":2},\
        "network":{"blocks":[[1,64],[2,8]],"dropout":0.5,"hidden":64,"init":"xavier","ratio":1},\
        "training":{"batch_size":128,"epochs":10,"learning_rate":0.05,"max_steps":null,"momentum":0.0,\
        "seed":18446744073709551615,"shuffle":true,"weight_decay":0.0005}}
        """)
    configuration.measure.cost = CostSettings(steps: 2, warmup: 0)
    #expect(
      configuration.canonicalText().contains(
        "\"measure\":{\"cost\":{\"steps\":2,\"warmup\":0},\"repeat\":1,\"signal\":false,\"threads\":2}"))
  }

  @Test func everyValueComesBack() throws {
    var configuration = TrialConfiguration()
    configuration.network.body = .blocks([Block(1, 64)])
    configuration.network.initialization = .kaiming
    configuration.training.seed = (1 << 53) + 1
    configuration.training.momentum = 0.9
    configuration.training.learningRate = 1e-7
    configuration.training.shuffle = false
    configuration.dataset.train = 7
    configuration.measure = MeasureSettings(cost: CostSettings(steps: 9, warmup: 0), threads: 4, repeat: 3)
    for configuration in [configuration, TrialConfiguration()] {
      let back = try TrialConfiguration(canonicalText: configuration.canonicalText())
      #expect(back == configuration)
    }
  }

  @Test(arguments: [
    ("", ConfigurationTextError.notJSON), ("{}", .missing(key: "dataset.name")),
    ("\"arch\":\"vgg11\"|\"arch\":\"vgg12\"", .notAValue(key: "network.arch")),
    ("\"seed\":0|\"seed\":-1", .notAValue(key: "training.seed")),
    ("\"seed\":0|\"seed\":0,\"tempo\":3", .unknown(key: "training.tempo")),
    ("\"resize\":224,|", .missing(key: "dataset.resize")),
  ])
  func whatIsNoConfigurationIsRefused(change: String, error: ConfigurationTextError) {
    let parts = change.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    let text = parts.count == 2 ? TrialConfiguration().canonicalText().replacing(parts[0], with: parts[1]) : change
    #expect(throws: error) { try TrialConfiguration(canonicalText: text) }
  }

  @Test func differencesNameTheFields() {
    var other = TrialConfiguration()
    other.training.learningRate = 0.02
    other.network.hidden = 64
    other.dataset.train = 100
    let plain = TrialConfiguration().canonicalText()
    #expect(
      configurationDifferences(from: plain, to: other.canonicalText()) == [
        "dataset.train all → 100", "network.hidden 4096 → 64", "training.learning_rate 0.05 → 0.02",
      ])
    // What another version has written is compared as far as it can be read.
    let newer = plain.replacing("\"seed\":0", with: "\"seed\":1,\"tempo\":3")
    #expect(
      configurationDifferences(from: newer, to: plain).contains("training.tempo 3 → none"))
  }

  @Test func theTableIsOfOnePiece() {
    let keys = ConfigurationTable.standard.keys
    #expect(Set(keys.map(\.name)).count == keys.count)
    #expect(keys.allSatisfy { $0.help.hasSuffix(".") && $0.name.contains(".") })
    #expect(Set(keys.compactMap(\.column?.name)).count == keys.compactMap(\.column).count)
    #expect(ConfigurationTable.standard["network.width_divisor"]?.name == "network.ratio")
    // Every value that is read back is the one that was put in.
    for key in keys where key.kind != .group && key.canonical != .never {
      var configuration = TrialConfiguration()
      if key.name.hasPrefix("measure.cost.") { configuration.measure.cost = CostSettings() }
      let value: ConfigurationValue =
        switch key.kind {
        case .whole(let range): .whole(range.lowerBound + 1)
        case .unsigned: .unsigned(7)
        case .number: .number(0.25)
        case .truth: .truth(key.defaultValue == .truth(false))
        case .path: .text("x")
        case .choice(_, let words): .text(words.last!)
        case .blocks: .blocks([Block(2, 3)])
        case .group: .truth(true)
        }
      key.set(&configuration, value)
      #expect(key.get(configuration) == value, "\(key.name)")
    }
  }
}
