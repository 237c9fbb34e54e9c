import Foundation
import Testing

/// The walkthroughs of docs/own-data.md: their files are written and their commands run, over small generated data.
@Suite struct OwnDataDocumentTests {
  /// A fenced block: what is behind the backticks, and its lines.
  struct Block {
    var info: [String]
    var lines: [String]
  }

  static func blocks(_ text: String) -> [Block] {
    var blocks: [Block] = []
    var open: Block?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        if let block = open { blocks.append(block) }
        open = open == nil ? Block(info: line.dropFirst(3).split(separator: " ").map(String.init), lines: []) : nil
      } else {
        open?.lines.append(line)
      }
    }
    return blocks
  }

  @Test func theCommandsOfTheDocumentRun() throws {
    let program = try Program()
    defer { program.remove() }
    let data = "\(program.directory)/data"
    try OwnImages.writeFolder("\(data)/shapes")
    try OwnImages.writeFolder("\(data)/mixed", isDivided: false)
    try OwnImages.png(2, 5, side: 30).write(to: URL(fileURLWithPath: "\(data)/mixed/spot/large.png"))
    try Samples.writeIDXFolder("\(data)/kmnist")
    try OwnImages.writeCIFAR("\(data)/cifar/cifar-10-batches-bin")
    try OwnImages.png(1, 77, side: 40).write(to: URL(fileURLWithPath: "\(program.directory)/photo.png"))
    var commands = 0
    for block in Self.blocks(try String(contentsOfFile: "\(Program.root)/docs/own-data.md", encoding: .utf8)) {
      if block.info.count == 2, block.info[0] == "yaml" {
        try program.write(block.info[1], block.lines.joined(separator: "\n") + "\n")
      }
      guard block.info == ["sh"] else { continue }
      for line in block.lines {
        let words = line.split(separator: " ").map(String.init)
        #expect(words.first == "vgglab", "\(line)")
        let outcome = try program.run(Array(words.dropFirst()))
        #expect(outcome.code == 0, "\(line): \(outcome)")
        #expect(!outcome.output.isEmpty || line.contains("export"), "\(line)")
        commands += 1
      }
    }
    #expect(commands > 12)
    for file in ["shapes.png", "mistakes.png", "cifar.png", "cifar.safetensors"] {
      #expect(program.exists(file), "\(file)")
    }
    // The names are those that the document promises.
    #expect(
      try program("predict", "kmnist", "data/kmnist/t10k-images-idx3-ubyte#7", "--json").output.contains("\"tsu\""))
  }
}
