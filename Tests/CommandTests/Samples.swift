import Foundation

/// Experiments that take a second: generated images, a sixteenth of the channels, 32 pixels.
enum Samples {
  static let tiny = """
    schema: 1
    experiment: tiny
    question: Does everything work together?
    dataset: {name: synthetic, resize: 32, train: 64, test: 32}
    network: {arch: vgg11, ratio: 32}
    training: {epochs: 2, batch_size: 16, learning_rate: 0.02, momentum: 0.9, seed: 3}
    trials:
      - name: small
      - {name: smaller, network: {ratio: 64}}
    profiles:
      quick: {dataset: {train: 32}, training: {epochs: 1}}

    """

  /// An IDX file: magic, dimensions, bytes.
  static func idx(magic: UInt32, dimensions: [UInt32], bytes: [UInt8]) -> Data {
    var data = Data()
    for word in [magic] + dimensions { withUnsafeBytes(of: word.bigEndian) { data.append(contentsOf: $0) } }
    data.append(contentsOf: bytes)
    return data
  }

  /// A folder of four small IDX files with `count` images each; parts can be replaced to spoil them.
  static func writeIDXFolder(_ path: String, count: Int = 20, replacing: [String: Data] = [:]) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for half in ["train", "t10k"] {
      let images = idx(
        magic: 0x803, dimensions: [UInt32(count), 28, 28],
        bytes: (0..<count * 784).map { UInt8(truncatingIfNeeded: $0 &* 37 >> 3) })
      let labels = idx(magic: 0x801, dimensions: [UInt32(count)], bytes: (0..<count).map { UInt8($0 % 10) })
      for (name, data) in [("\(half)-images-idx3-ubyte", images), ("\(half)-labels-idx1-ubyte", labels)] {
        try (replacing[name] ?? data).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
      }
    }
  }
}
