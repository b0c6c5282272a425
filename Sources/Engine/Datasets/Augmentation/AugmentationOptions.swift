/// How training images are varied, under the names and with the defaults that YOLO users know.
///
/// Source of names, ranges and defaults: <https://docs.ultralytics.com/usage/cfg/#augmentation-settings>.
public struct AugmentationOptions: Hashable, Sendable {
  /// `hsv_h`: the hue moves by up to this part of the circle either way, 0...0.5.
  public var hsvH = 0.015
  /// `hsv_s`: the saturation changes by up to this part, 0...1.
  public var hsvS = 0.7
  /// `hsv_v`: the brightness changes by up to this part, 0...1.
  public var hsvV = 0.4
  /// `degrees`: the image turns by up to so many degrees either way, 0...180.
  public var degrees = 0.0
  /// `translate`: the image moves by up to this part of its size either way, 0...1.
  public var translate = 0.1
  /// `scale`: the image grows or shrinks by up to this part, below 1.
  public var scale = 0.5
  /// `shear`: the image is sheared by up to so many degrees along each axis, below 90.
  public var shear = 0.0
  /// `perspective`: the strength of the perspective, 0...0.001.
  public var perspective = 0.0
  /// `flipud`: the probability that the image is turned upside down.
  public var flipud = 0.0
  /// `fliplr`: the probability that left and right change places.
  public var fliplr = 0.5
  /// `mosaic`: the probability that four images become one.
  public var mosaic = 1.0
  /// `mixup`: the probability that another image shines through.
  public var mixup = 0.0

  /// The defaults of YOLO users.
  public init() {}

  /// No variation at all: images are resized and padded only.
  public static let none: AugmentationOptions = {
    var options = AugmentationOptions()
    (options.hsvH, options.hsvS, options.hsvV) = (0, 0, 0)
    (options.translate, options.scale, options.fliplr, options.mosaic) = (0, 0, 0, 0)
    return options
  }()
}
