internal import Evaluation
internal import Files
internal import Language
internal import Mathematics

/// One side of a comparison: a run, or a study or cross-validation as a whole.
struct Contender {
  let name: String
  let runs: [RunObject]
  /// The seeds of a study; nil for others.
  var seeds: [Int]? { study?.seeds }
  let study: StudyObject?
  let crossValidation: CrossValidationObject?

  /// A run, a study or a cross-validation.
  init?(_ value: Value) {
    study = value.asObject(StudyObject.self)
    crossValidation = value.asObject(CrossValidationObject.self)
    if let run = value.asObject(RunObject.self) {
      (name, runs) = (run.record.name, [run])
    } else if let study {
      (name, runs) = (study.name, study.runs)
    } else if let crossValidation {
      (name, runs) = (crossValidation.name, crossValidation.runs)
    } else {
      return nil
    }
  }

  /// What each run's best epoch found, image by image; nil where one was not validated.
  ///
  /// The runs of a cross-validation count as one, which found what each found in its fold.
  private var images: [[MatchedImage]]? {
    if let crossValidation { return [crossValidation.images] }
    let all = runs.compactMap { $0.record.best.matches?.images }
    return all.count == runs.count ? all : nil
  }

  /// What it was scored on; of a cross-validation that of all folds.
  private var data: Set<String> {
    let all = runs.map(\.record.dataset)
    return crossValidation == nil ? Set(all) : [all.joined(separator: "\n")]
  }

  /// How much better this side is than another.
  ///
  /// - Parameters:
  ///   - other: The other side.
  ///   - seed: What decides the draws of the bootstrap.
  /// - Returns: Nil where they were not scored on the same images by the same rules.
  func difference(from other: Contender, seed: UInt64) -> ScoreDifference? {
    let rules = Set((runs + other.runs).compactMap { $0.record.best.scores?.rules })
    guard rules.count == 1, let rules = rules.first, data.union(other.data).count == 1, let images,
      let others = other.images
    else { return nil }
    var source = RandomSource(seed: seed, purpose: 201)
    return ScoreDifference(
      of: images, against: others, sharesSeeds: seeds != nil && seeds == other.seeds,
      rules: rules, source: &source)
  }
}

/// How much better one run or study is than another, as a value of the language.
struct DifferenceObject: LanguageObject {
  let name, against: String
  let difference: ScoreDifference

  static let objectType = ObjectType(
    "Difference",
    "difference between two runs, studies or cross-validations, and whether it may be luck",
    members: [
      .init("name", .string, "the run, study or cross-validation"),
      .init("against", .string, "the one it is compared with"),
      .init("map50_95", .number, "its mean mAP50-95 minus that of the other"),
      .init("lower", .number, "lower end of the 95 % interval of the difference"),
      .init("upper", .number, "upper end of that interval"),
      .init("significant", .bool, "whether the interval excludes 0, so more than luck"),
    ])

  func member(_ name: String) throws(Diagnostic) -> Value {
    switch name {
    case "name": .string(self.name)
    case "against": .string(against)
    case "map50_95": .number(difference.value)
    case "lower": .number(difference.interval.lower)
    case "upper": .number(difference.interval.upper)
    default: .bool(difference.isSignificant)
    }
  }

  /// The answer in words: "'b' is better than 'a' by 0.031 mAP50-95 (95 % interval 0.012 to 0.049)".
  var summary: String {
    let size = Wording.fixed(abs(difference.value), 3)
    let interval = difference.interval
    func ends(_ lower: Double, _ upper: Double) -> String {
      "95 % interval \(Self.signed(lower)) to \(Self.signed(upper))"
    }
    guard difference.isSignificant else {
      guard difference.value != 0 || interval.lower != interval.upper else {
        return "'\(name)' and '\(against)' score the same."
      }
      return "The difference of \(size) mAP50-95 between '\(name)' and '\(against)' may be luck: "
        + "\(ends(interval.lower, interval.upper))."
    }
    let isBetter = difference.value > 0
    let range =
      isBetter ? ends(interval.lower, interval.upper) : ends(-interval.upper, -interval.lower)
    return "'\(name)' is \(isBetter ? "better" : "worse") than '\(against)' by \(size) mAP50-95 "
      + "(\(range))."
  }

  /// The difference alone: "+0.031".
  var short: String {
    let text = Wording.fixed(abs(difference.value), 3)
    return text == "0.000" ? text : (difference.value < 0 ? "−" : "+") + text
  }

  private static func signed(_ number: Double) -> String {
    let text = Wording.fixed(abs(number), 3)
    return number < 0 && text != "0.000" ? "−" + text : text
  }

  var digest: String {
    let interval = difference.interval
    return Digest(
      of: "\(name)\n\(against)\n\(difference.value) \(interval.lower) \(interval.upper)"
    ).description
  }
}

extension [Contender] {
  /// How much better each is than the first; none where they cannot be compared.
  func differences(seed: UInt64) -> [DifferenceObject] {
    guard let first else { return [] }
    return dropFirst().compactMap { own in
      own.difference(from: first, seed: seed).map {
        DifferenceObject(name: own.name, against: first.name, difference: $0)
      }
    }
  }

  /// What has to be known to read the differences.
  func remarks(on differences: [DifferenceObject]) -> [String] {
    guard let images = differences.first?.difference.images else { return [] }
    var remarks: [String] = []
    if differences.contains(where: { $0.difference.runs == 1 && $0.difference.others == 1 }) {
      let isOfFolds = contains { $0.crossValidation != nil }
      remarks.append(
        "Each side is a single run\(isOfFolds ? " for each fold" : ""), so the interval does not include "
          + "the effect of the seed; the command study trains several.")
    }
    if images < Self.fewImages {
      remarks.append(
        "\(Wording.number(images, "validation image")) "
          + "\(images == 1 ? "is" : "are") few: the interval is rough, and other images may lead to "
          + "another conclusion.")
    }
    return remarks
  }

  /// Below so many images a bootstrap knows little of what other images are like.
  private static var fewImages: Int { 30 }
}
