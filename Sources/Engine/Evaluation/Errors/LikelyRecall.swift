public import Geometry

/// How likely an object is found, by its size and by what it touches, as counted on a set of images.
public struct LikelyRecall: Sendable {
  private struct Group: Hashable {
    let size: MistakeSummary.Size
    let crowding: MistakeSummary.Crowding
  }

  private var groups: [Group: MistakeSummary.Recall] = [:]

  /// Nothing was counted: every object is found with even odds.
  public init() {}

  /// Counts the labels that some detection has the place of, whatever its class.
  ///
  /// - Parameters:
  ///   - results: The images.
  ///   - confidence: What a detection needs to count.
  public init(of results: [ImageResult<ImagePixels>], confidence: Float) {
    for result in results {
      let sure = result.detections.filter { $0.confidence >= confidence }
      for (index, truth) in result.truths.enumerated() {
        let isFound = sure.contains { intersectionOverUnion($0.box, truth.box) >= 0.5 }
        let group = Group(
          size: MistakeSummary.Size(area: truth.box.area),
          crowding: MistakeSummary.Crowding(of: index, in: result.truths))
        groups[group, default: MistakeSummary.Recall()].add(!isFound)
      }
    }
  }

  /// The share of objects like a label that are found; few of them count little (Laplace's rule).
  func ofLabel(_ index: Int, in truths: [LabeledBox<ImagePixels>]) -> Double {
    let group = Group(
      size: MistakeSummary.Size(area: truths[index].box.area),
      crowding: MistakeSummary.Crowding(of: index, in: truths))
    let counted = groups[group] ?? MistakeSummary.Recall()
    return Double(counted.objects - counted.missed + 1) / Double(counted.objects + 2)
  }
}
