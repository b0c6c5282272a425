internal import Mathematics

/// A drawn thing, cut out: its pixels, and how it lies about its own origin.
struct Sprite {
  /// Cropped to what can be seen of it.
  let raster: Raster
  /// Where the origin of its drawing lies, from the raster's top-left corner.
  let originX, originY: Int
  /// How many pixels are at least half opaque.
  let solid: Int

  /// Draws a figure that stays within -1.3...1.3 on both axes.
  ///
  /// `scale` counts pixels per unit of the figure, `rotation` leans the whole, `fabric` is what it is
  /// made of; nil leaves it as it is drawn. `strand` and `offset` place its hairs.
  init(
    scale: Double, rotation: Rotation, fabric: Fabric?, strand: Rotation, offset: Int,
    _ draw: (Canvas) -> Void
  ) {
    let reach = Int((scale * 1.5).rounded(.up)) + 2, side = 2 * reach
    var drawn = Raster(width: side, height: side)
    drawn.draw { canvas in
      canvas.within(x: Double(reach), y: Double(reach), scale: scale, rotation: rotation) {
        draw(canvas)
      }
    }
    if let fabric, let part = drawn.cropped(margin: Int(scale * 0.06) + 2) {
      let woven = part.raster.woven(fabric, height: scale * 2, strand: strand, offset: offset)
      let edge = woven.cropped(margin: 0)
      raster = edge?.raster ?? Raster(width: 0, height: 0)
      originX = reach - part.left - (edge?.left ?? 0)
      originY = reach - part.top - (edge?.top ?? 0)
    } else {
      let part = drawn.cropped(margin: 0)
      raster = part?.raster ?? Raster(width: 0, height: 0)
      (originX, originY) = (reach - (part?.left ?? 0), reach - (part?.top ?? 0))
    }
    solid = raster.pixels.reduce(0) { $0 + ($1 >= 0x8000_0000 ? 1 : 0) }
  }
}
