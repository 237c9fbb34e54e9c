import Images
import Plots

extension ImageGrid.Cell {
  /// A decoded image with a caption.
  init(_ image: PixelImage, caption: [String] = []) {
    self.init(width: image.width, height: image.height, pixels: image.pixels, caption: caption)
  }
}
