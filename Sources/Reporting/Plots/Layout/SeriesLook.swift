/// The look of the n-th series, so that series differ in color and, for eyes that see no color, in dashes and markers.
///
/// No two of the first 105 have the same color with the same dash, and no two of the first 56 the same color with the
/// same marker.
package struct SeriesLook: Sendable, Hashable {
  package var color: Color
  package var dash: [Double]
  package var marker: Marker
  package var fill: BarFill

  /// Shapes of points.
  package enum Marker: Int, Sendable, Hashable, CaseIterable {
    case disc, ring, square, openSquare, triangle, openTriangle, diamond, openDiamond

    var isOpen: Bool { rawValue % 2 == 1 }
  }

  /// How bars are filled, so that bars of one color differ.
  package enum BarFill: Int, Sendable, Hashable, CaseIterable {
    case solid, pale, striped
  }

  package init(_ index: Int, _ palette: Palette) {
    let count = palette.series.count
    let (position, round) = (index % count, index / count)
    color = palette.series[position]
    // Each round over the colors begins with another pattern, so that a color meets each pattern once.
    dash = Self.dashes[(position + round) % Self.dashes.count]
    marker = Marker.allCases[(position + round) % Marker.allCases.count]
    fill = BarFill.allCases[round % BarFill.allCases.count]
  }

  /// Ink and gap in points; the first is solid.
  static let dashes: [[Double]] = [
    [], [6, 2.5], [7, 2.5, 1.8, 2.5], [2, 2], [10, 3], [7, 2.5, 1.8, 2.5, 1.8, 2.5], [3, 5], [14, 4], [1.5, 4],
    [10, 2, 4, 2], [4, 2, 1.5, 2, 1.5, 2], [5, 5], [12, 2, 1.5, 2], [8, 6], [3, 2, 8, 2],
  ]
}
