/// What this room draws random numbers for; each use has streams of its own under one seed.
package enum RandomPurpose {
  /// The order of the images in an epoch.
  package static let order: UInt8 = 0x20
  /// What happens to one image in one epoch.
  package static let augmentation: UInt8 = 0x21
  /// What happens to the image that is mixed into another.
  package static let mixedImage: UInt8 = 0x22
  /// Which images go to which split.
  package static let split: UInt8 = 0x23
  /// Which images stay in a fraction.
  package static let fraction: UInt8 = 0x24
  /// Which images are held out together in a cross-validation.
  package static let folds: UInt8 = 0x25
}
