import Foundation
import TestImages

/// Folders of generated images: bright shapes on dark ground, that a small network distinguishes after seconds.
enum OwnImages {
  static let classes = ["bar", "frame", "spot"]

  /// The pixels of an image, `[side, side, channels]`: a vertical bar, a frame, a spot, moved and tinted by `index`.
  static func pixels(_ label: Int, _ index: Int, side: Int, channels: Int) -> [UInt8] {
    let shift = index % 4 - 2
    let tints: [[Int]] = [[255, 120, 60], [60, 255, 120], [120, 60, 255], [230, 230, 230]]
    let tint = tints[index / 4 % 4]
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let (u, v) = (x - side / 2 - shift, y - side / 2)
        let isInk: Bool
        switch label {
        case 0: isInk = abs(u) < side / 8
        case 1: isInk = max(abs(u), abs(v)) < side * 3 / 8 && max(abs(u), abs(v)) >= side / 4
        default: isInk = u * u + v * v < side * side / 16
        }
        let noise = (x * 7 + y * 13 + index * 31) % 17
        for channel in 0..<channels {
          pixels.append(UInt8(isInk ? (channels == 1 ? 230 : tint[channel]) - noise : noise))
        }
      }
    }
    return pixels
  }

  static func png(_ label: Int, _ index: Int, side: Int = 16, channels: Int = 3) -> Data {
    PNGFile.data(width: side, height: side, channels: channels, pixels(label, index, side: side, channels: channels))
  }

  /// Writes a folder with `train` and `test`, or without them.
  static func writeFolder(
    _ path: String, train: Int = 16, test: Int = 8, side: Int = 16, channels: Int = 3, isDivided: Bool = true
  ) throws {
    for (label, name) in classes.enumerated() {
      for index in 0..<train + test {
        let half = isDivided ? (index < train ? "train/" : "test/") : ""
        let folder = "\(path)/\(half)\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try png(label, index, side: side, channels: channels)
          .write(to: URL(fileURLWithPath: "\(folder)/\(index).png"))
      }
    }
  }

  /// The six files of CIFAR-10's binary form, with `count` records each.
  static func writeCIFAR(_ path: String, count: Int = 12) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (file, name) in ((1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]).enumerated() {
      var bytes = Data()
      for record in 0..<count {
        let label = (record + file) % 3
        let packed = pixels(label, record + file * count, side: 32, channels: 3)
        bytes.append(UInt8(label))
        for channel in 0..<3 {
          bytes.append(contentsOf: stride(from: channel, to: packed.count, by: 3).map { packed[$0] })
        }
      }
      try bytes.write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }
  }

  /// An experiment over a data set, with a network of two convolutions.
  static func experiment(_ dataset: String, resize: Int = 16, epochs: Int = 4, more: String = "") -> String {
    """
    schema: 1
    experiment: own
    dataset: {\(dataset), resize: \(resize)}
    network: {blocks: [[1, 16], [1, 32]], hidden: 32, dropout: 0.1}
    training: {epochs: \(epochs), batch_size: 8, learning_rate: 0.05, momentum: 0.9}
    trials: [{name: shapes}]
    \(more)
    """
  }
}
