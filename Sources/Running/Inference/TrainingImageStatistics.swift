package import Datasets
package import Images

/// What the images are like that a network was trained on.
package struct TrainingImageStatistics: Sendable, Hashable {
  /// 1 gray, 3 colors.
  package var channels: Int
  /// Rows, before they were resized.
  package var height: Int
  /// Columns, before they were resized.
  package var width: Int
  /// As a whole and at their edges.
  package var brightness: Brightness

  /// Known facts.
  package init(channels: Int, height: Int, width: Int, brightness: Brightness) {
    self.channels = channels
    self.height = height
    self.width = width
    self.brightness = brightness
  }

  /// Sentences on what an image has that the training images have not; none for one that is like them.
  package func differences(of image: PixelImage) -> [String] {
    var found: [String] = []
    if channels == 1, !image.isGray {
      found.append("has colors, and the network was trained on gray images: its gray values are used")
    }
    if channels == 3, image.isGray {
      found.append("is gray, and the network was trained on images with colors")
    }
    let shape = Double(image.width) / Double(image.height) * Double(height) / Double(width)
    if shape > 1.5 || shape < 1 / 1.5 {
      found.append(
        """
        is \(image.width)x\(image.height) pixels and the training images are \(width)x\(height): resizing squeezes it; crop \
        it to their shape
        """)
    }
    let own = Brightness(of: image.converted(toChannels: 1))
    if image.pixels.allSatisfy({ $0 == image.pixels[0] }) {
      found.append("is uniform (a single brightness): there is nothing to classify")
    } else if let (wrong, right) = oppositeEdges(own) {
      found.append(
        """
        has \(wrong) edges (mean \(Int(own.borderMean.rounded())) of 255) and the training images have \(right) ones (mean \
        \(Int(brightness.borderMean.rounded()))): if it is a negative of them, add --invert
        """)
    }
    return found
  }

  /// The background is bright where it should be dark, or the other way round.
  private func oppositeEdges(_ own: Brightness) -> (wrong: String, right: String)? {
    if brightness.borderMean < 80, own.borderMean > 160 { return ("bright", "dark") }
    if brightness.borderMean > 175, own.borderMean < 95 { return ("dark", "bright") }
    return nil
  }
}

extension TrainedRun {
  /// What its training images are like: from its journal, or from the data set where that is there; nil otherwise.
  package func likeness() -> TrainingImageStatistics? {
    if let images {
      return TrainingImageStatistics(
        channels: channels, height: images.height, width: images.width,
        brightness: Brightness(mean: images.mean, borderMean: images.borderMean))
    }
    guard let data = try? loadDataset() else { return nil }
    return TrainingImageStatistics(
      channels: data.training.channels, height: data.typicalSize.height, width: data.typicalSize.width,
      brightness: Brightness(of: data.training))
  }
}
