/// How a model looks at images.
///
/// Names and defaults are those YOLO users know.
public struct PredictionOptions: Codable, Hashable, Sendable {
  /// `conf`: what a detection's score must exceed, 0...1.
  public var confidence: Float = 0.25
  /// `iou`: of two boxes that overlap more than this, the less sure one goes, 0...1.
  public var iou: Float = 0.7
  /// `max_det`: detections kept on one image.
  public var limit = 300
  /// `classes`: only these, by name; nil for all.
  public var classes: [String]?
  /// `agnostic_nms`: whether boxes of different classes compete.
  public var isAgnostic = false
  /// `imgsz`: the longer side of the network's input in pixels, rounded up to a multiple of 32.
  public var imageSize = 640
  /// `rect`: whether the input is as narrow as the image allows rather than a square.
  public var isRectangular = true
  /// Whether several models speak with one voice: classes of one name are one class, and of boxes of
  /// different models that overlap more than ``iou`` the surest stays.
  ///
  /// Otherwise each speaks for itself.
  public var mergesModels = false

  /// For each model, in order, thresholds in place of ``confidence``; nil for ``confidence`` everywhere.
  public var thresholds: [Thresholds]?

  /// What the scores of one model's detections must exceed, each 0...1.
  public struct Thresholds: Codable, Hashable, Sendable {
    /// For classes without a threshold of their own.
    public var overall: Float
    /// By class name.
    public var classes: [String: Float]

    /// Thresholds of one model.
    public init(overall: Float, classes: [String: Float] = [:]) {
      (self.overall, self.classes) = (overall, classes)
    }
  }

  /// The defaults YOLO users know.
  public init() {}
}
