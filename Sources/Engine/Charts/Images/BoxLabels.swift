/// Finds a place for the name of every box: inside the picture, off the other names.
package struct BoxLabels {
  /// The picture.
  package let bounds: Rectangle
  /// Every box drawn; names avoid covering small ones.
  package let boxes: [Rectangle]

  package init(bounds: Rectangle, boxes: [Rectangle]) {
    (self.bounds, self.boxes) = (bounds, boxes)
  }

  /// One place for each label size, in order.
  ///
  /// Tried are the places along the box's edges, outside before inside, then the rows further up
  /// and down; the cheapest wins: covering another name costs most, then leaving the box, then
  /// covering other boxes. Where all of them cover a name, the nearest free place of the picture is
  /// taken; where there is none either, the cheapest of them.
  package func places(for sizes: [(width: Double, height: Double)]) -> [Rectangle] {
    var taken: [Rectangle] = []
    for (index, size) in sizes.enumerated() {
      let candidates = candidates(for: boxes[index], size)
      let costs = candidates.enumerated().map { order, place in
        let names = taken.reduce(0) { $0 + $1.overlap(place) }
        let others = boxes.enumerated().reduce(0) { sum, other in
          other.offset == index
            ? sum
            : sum + other.element.overlap(place)
              / max(1, other.element.width * other.element.height)
        }
        let area = max(1, size.width * size.height)
        return names / area * 100 + others * 4 + Double(order) * 0.05
      }
      let best = candidates[costs.indices.min { costs[$0] < costs[$1] } ?? 0]
      let isFree = taken.allSatisfy { $0.overlap(best) == 0 }
      taken.append(isFree ? best : free(size, nearest: best, taken) ?? best)
    }
    return taken
  }

  /// The free place of the picture that lies nearest to `wanted`, by rows and quarters of a name.
  private func free(
    _ size: (width: Double, height: Double), nearest wanted: Rectangle, _ taken: [Rectangle]
  ) -> Rectangle? {
    let right = bounds.maxX - size.width, bottom = bounds.maxY - size.height
    guard size.width > 0, size.height > 0, right >= bounds.x, bottom >= bounds.y else { return nil }
    // Flush with the edges, too, where whole steps leave a gap.
    let columns = Array(stride(from: bounds.x, to: right, by: size.width / 4)) + [right]
    let rows = Array(stride(from: bounds.y, to: bottom, by: size.height / 2)) + [bottom]
    var nearest: (place: Rectangle, distance: Double)?
    for y in rows {
      for x in columns {
        let distance = (x - wanted.x) * (x - wanted.x) + (y - wanted.y) * (y - wanted.y)
        guard distance < nearest?.distance ?? .infinity else { continue }
        let place = Rectangle(x: x, y: y, width: size.width, height: size.height)
        if taken.allSatisfy({ $0.overlap(place) == 0 }) { nearest = (place, distance) }
      }
    }
    return nearest?.place
  }

  private func candidates(
    for box: Rectangle, _ size: (width: Double, height: Double)
  ) -> [Rectangle] {
    let lefts = [box.x, box.maxX - size.width, box.midX - size.width / 2]
    let outside = [box.y - size.height, box.maxY]
    let inside = [box.y, box.maxY - size.height, box.midY - size.height / 2]
    var corners: [(Double, Double)] = []
    for y in [outside[0], inside[0], outside[1], inside[1], inside[2]] {
      corners += lefts.map { ($0, y) }
    }
    for step in 1...4 {
      let shift = Double(step) * size.height
      for y in [outside[0] - shift, inside[0] + shift, outside[1] + shift] {
        corners += lefts.prefix(2).map { ($0, y) }
      }
    }
    // Clamped into the picture, so that none is cut off.
    return corners.map { x, y in
      Rectangle(
        x: max(bounds.x, min(x, bounds.maxX - size.width)),
        y: max(bounds.y, min(y, bounds.maxY - size.height)),
        width: size.width, height: size.height)
    }
  }
}
