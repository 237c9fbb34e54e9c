import Foundation
import Testing

@Suite struct SummaryTests {
  @Test func printsPyTorchsTextThenTheShapesThenTheTable() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program("summary", "vgg11", "--ratio", "4")
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == "Sequential(")
    #expect(lines[2] == "    (0): Conv2d(1, 16, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))")
    #expect(outcome.output.contains("\n  (6): Linear(in_features=6272, out_features=4096, bias=True)\n"))
    #expect(outcome.output.contains("\nSequential output shape:\t torch.Size([1, 16, 112, 112])\n"))
    #expect(outcome.output.contains("43,093,322"))
    #expect(outcome.output.contains("512,155,648"))
  }

  @Test func takesInputAndClasses() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program("summary", "vgg19", "--input", "3x224x224", "--classes", "1000", "--json")
    #expect(outcome.code == 0)
    let facts = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(facts["parameters"] as? Int == 143_667_240)
    #expect(facts["multiply_adds"] as? Int == 19_632_062_464)
    #expect((facts["layers"] as? [Any])?.count == 45)
  }

  @Test(arguments: [
    (["summary", "vgg12"], "there is no architecture 'vgg12'"),
    (["summary", "vgg11", "--ratio", "128"], "ratio of 128 leaves a layer of 64 channels with none"),
    (["summary", "vgg11", "--ratio", "0"], "the ratio is 0"),
    (["summary", "vgg11", "--input", "1x16x16"], "too small"),
    (["summary", "vgg11", "--input", "224"], "write channels, height and width"),
    (["summary", "vgg11", "--input", "1x99999999999999999999x3"], "write channels, height and width"),
    (["summary", "vgg11", "--classes", "0"], "the number of classes is 0"),
    (["summary"], "Missing expected argument"),
    (["sumary", "vgg11"], "sumary"),
  ])
  func refusesWhatCannotBe(arguments: [String], sentence: String) throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run(arguments)
    #expect(outcome.code == 64)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
  }
}
