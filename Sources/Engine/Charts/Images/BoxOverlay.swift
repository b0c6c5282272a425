public import Geometry
public import Images

/// Boxes with their names, to be drawn over an image.
public struct BoxOverlay: Sendable {
  /// One box.
  public struct Item: Hashable, Sendable {
    /// Where it lies on the image.
    public let box: Box<ImagePixels>
    /// The class, from 0; it decides the color.
    public let classIndex: Int
    /// How sure the model was, 0...1; nil for labels.
    public let confidence: Double?

    /// One box.
    public init(box: Box<ImagePixels>, classIndex: Int, confidence: Double?) {
      (self.box, self.classIndex, self.confidence) = (box, classIndex, confidence)
    }

    /// A box that a model found.
    public init(_ detection: Detection<ImagePixels>) {
      self.init(
        box: detection.box, classIndex: detection.classIndex,
        confidence: Double(detection.confidence))
    }

    /// A box that somebody drew.
    public init(_ label: LabeledBox<ImagePixels>) {
      self.init(box: label.box, classIndex: label.classIndex, confidence: nil)
    }
  }

  /// The classes' names.
  public let names: [String]
  /// The boxes.
  public let items: [Item]

  /// An overlay of some boxes.
  public init(names: [String], items: [Item]) { (self.names, self.items) = (names, items) }

  /// The image at its own size with the boxes drawn over it.
  ///
  /// Lines and letters grow with the picture: the line is a three-hundredth of its mean side, a
  /// pixel at least, and the letters a thirty-eighth, nine pixels at least.
  ///
  /// - Throws: ``ChartError`` without the font, or for an image larger than Cairo takes.
  public func drawn(on image: Image) throws(ChartError) -> Image {
    let canvas = try Canvas.pixels(
      width: Double(image.width), height: Double(image.height), scale: 1, place: "overlay")
    let area = Rectangle(x: 0, y: 0, width: canvas.width, height: canvas.height)
    canvas.draw(image, in: area)
    let side = (area.width + area.height) / 2
    draw(
      on: canvas, over: area, imageWidth: image.width, imageHeight: image.height,
      line: max(1, side / 300), letters: max(9, side / 38))
    return try canvas.image(place: "overlay")
  }

  /// Draws the boxes over an image that fills `area`.
  func draw(
    on canvas: Canvas, over area: Rectangle, imageWidth: Int, imageHeight: Int, line: Double,
    letters: Double
  ) {
    guard imageWidth > 0, imageHeight > 0 else { return }
    let scaleX = area.width / Double(imageWidth), scaleY = area.height / Double(imageHeight)
    let visible = items.filter {
      [$0.box.minX, $0.box.minY, $0.box.maxX, $0.box.maxY].allSatisfy(\.isFinite)
    }
    let boxes = visible.map { item in
      let box = item.box.clipped(width: Float(imageWidth), height: Float(imageHeight))
      return Rectangle(
        x: area.x + Double(box.minX) * scaleX, y: area.y + Double(box.minY) * scaleY,
        width: Double(box.width) * scaleX, height: Double(box.height) * scaleY)
    }
    canvas.clipped(to: area) {
      for (item, box) in zip(visible, boxes) {
        // A line is drawn inside the box's edge, so that it shows at the picture's edge, too.
        let half = min(line / 2, box.width / 2, box.height / 2)
        canvas.stroke(
          box.inset(left: half, top: half, right: half, bottom: half),
          Theme.color(item.classIndex), width: line)
      }
      drawNames(visible, boxes, on: canvas, over: area, letters: letters)
    }
  }

  private func drawNames(
    _ items: [Item], _ boxes: [Rectangle], on canvas: Canvas, over area: Rectangle, letters: Double
  ) {
    let padding = letters * 0.25
    let texts = items.map {
      canvas.fitted(text($0), to: area.width - 2 * padding, size: letters, weight: .bold)
    }
    let sizes = texts.map {
      (
        width: canvas.width(of: $0, size: letters, weight: .bold) + 2 * padding,
        height: letters * 1.3
      )
    }
    let places = BoxLabels(bounds: area, boxes: boxes).places(for: sizes)
    for (index, place) in places.enumerated() {
      let color = Theme.color(items[index].classIndex)
      canvas.fill(place, color)
      canvas.text(
        texts[index], at: Point(x: place.x + padding, y: place.midY), size: letters, weight: .bold,
        color: color.ink)
    }
  }

  /// "oslík 0.87", or the name alone for a label.
  private func text(_ item: Item) -> String {
    let name =
      names.indices.contains(item.classIndex)
      ? names[item.classIndex] : "class \(item.classIndex)"
    return item.confidence.map { "\(name) \(NumberText.fixed($0, 2))" } ?? name
  }
}
