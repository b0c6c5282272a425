// The pixel loops that every augmented training image passes through. All in integers but for the
// perspective division, hence with the same bits on every processor and at every optimisation level.
#ifndef CAUGMENT_H
#define CAUGMENT_H
#include <stddef.h>
#include <stdint.h>

/// Samples RGB pixels bilinearly under an affine map; outside the source lies `border`.
///
/// Output pixel (u, v) shows the source at x = m[0] u + m[1] v + m[2], y = m[3] u + m[4] v + m[5], in
/// fixed point with 32 fractional bits; pixel centers lie at whole numbers. Weights have 11 bits.
void yolos_warp_affine(const uint8_t *_Nonnull source, int source_width, int source_height,
                       const int64_t *_Nonnull m, uint8_t border, uint8_t *_Nonnull output, int width,
                       int height);

/// The same under a projective map of nine doubles, row by row: x = (m[0] u + m[1] v + m[2]) / w, …
void yolos_warp_perspective(const uint8_t *_Nonnull source, int source_width, int source_height,
                            const double *_Nonnull m, uint8_t border, uint8_t *_Nonnull output,
                            int width, int height);

/// What ``yolos_shift_colors`` looks up.
typedef struct {
  /// 255 / value and 30 / chroma in fixed point with 12 fractional bits; 0 for 0.
  int32_t per_value[256], per_chroma[256];
  /// New saturation and value by the old ones.
  uint8_t saturation[256], value[256];
  /// By the old hue, 0...179: how far the new one takes red, green and blue off the value, 0...30.
  uint8_t fall[3][180];
} yolos_color_tables;

/// Changes hue, saturation and value of RGB pixels in place, by tables over 8-bit HSV.
void yolos_shift_colors(uint8_t *_Nonnull pixels, size_t count,
                         const yolos_color_tables *_Nonnull tables);

/// Mirrors RGB rows left to right in place.
void yolos_mirror(uint8_t *_Nonnull pixels, int width, int height);

/// pixels = (pixels * weight + other * (256 - weight)) / 256, rounded down, for bytes.
void yolos_mix(uint8_t *_Nonnull pixels, const uint8_t *_Nonnull other, size_t count, int weight);

#endif
