import Digests
import Files
import Foundation
import Testing

@Suite struct FilesTests {
  final class Folder {
    let path = NSTemporaryDirectory() + "vgglab-files-\(UUID().uuidString)"
    init() throws { try makeDirectory(path) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  @Test func writesWholeFilesAndLeavesNothingBeside() throws {
    let folder = try Folder()
    let path = "\(folder.path)/a.txt"
    try writeTextAtomically(path, "one")
    try writeTextAtomically(path, "two")
    #expect(try readText(path) == "two")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.txt"])
    #expect(throws: FileError.self) { try writeTextAtomically("\(folder.path)/none/a.txt", "x") }
    #expect(throws: FileError.self) { try writeTextAtomically(folder.path, "x") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.txt"])
  }

  @Test func whatCannotBeReadIsAFact() throws {
    let folder = try Folder()
    #expect(throws: FileError.missing(path: "\(folder.path)/x")) { try readFile("\(folder.path)/x") }
    #expect(throws: FileError.isDirectory(path: folder.path)) { try readFile(folder.path) }
    let path = "\(folder.path)/a"
    try writeFileAtomically(path, Data([97, 98, 0xFF, 99]))
    #expect(throws: FileError.notUTF8(path: path, byteOffset: 2)) { try readText(path) }
    #expect(throws: FileError.tooLarge(path: path, bytes: 4, limit: 3)) { try readFile(path, limit: 3) }
    #expect(throws: FileError.unwritable(path: path, reason: "it is a file")) { try makeDirectory(path) }
    #expect(throws: FileError.self) { try makeDirectory("\(path)/below") }
    if getuid() != 0 {
      chmod(path, 0)
      #expect(throws: FileError.self) { try readFile(path) }
    }
  }

  @Test func makesFoldersInFolders() throws {
    let folder = try Folder()
    try makeDirectory("\(folder.path)/a/b/c")
    try makeDirectory("\(folder.path)/a/b/c")
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/a/b/c"))
  }

  @Test func pathsFromTheRootOnAndWithoutLinks() throws {
    let folder = try Folder()
    try makeDirectory("\(folder.path)/a/b")
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/link", withDestinationPath: "a/b")
    let real = try #require(realPath(folder.path))
    #expect(realPath("\(folder.path)/link/../b/.") == "\(real)/a/b")
    #expect(realPath("\(folder.path)/none") == nil)
    #expect(absolutePath("/a") == "/a")
    #expect(absolutePath("a").hasPrefix("/") && absolutePath("a").hasSuffix("/a"))
  }

  @Test func everyErrorSaysWhatToDoAndWhoseFaultItIs() {
    let errors: [(FileError, FaultKind)] = [
      (.missing(path: "p"), .missingInput), (.isDirectory(path: "p"), .missingInput),
      (.notDirectory(path: "p"), .missingInput), (.unreadable(path: "p", reason: "r"), .missingInput),
      (.tooLarge(path: "p", bytes: 2, limit: 1), .badInput), (.notUTF8(path: "p", byteOffset: 0), .badInput),
      (.unwritable(path: "p", reason: "r"), .inputOutput), (.occupied(path: "p", reason: "r"), .inputOutput),
      (.noTemporaryFolder(path: "p", reason: "r"), .inputOutput), (.changed(path: "p"), .badInput),
    ]
    for (error, kind) in errors {
      #expect(error.kind == kind)
      #expect("\(error)".hasPrefix("p: "))
      #expect("\(error)".contains(";") || "\(error)".contains("?"))
    }
  }

  @Test func digestsAreSHA256() throws {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(sha256Hex("") == empty)
    #expect(sha256Hex(Data("abc".utf8)) == abc)
    let folder = try Folder()
    try writeTextAtomically("\(folder.path)/a", "abc")
    #expect(sha256Hex(ofFile: "\(folder.path)/a") == abc)
    #expect(sha256Hex(ofFile: "\(folder.path)/none") == nil)
  }
}
