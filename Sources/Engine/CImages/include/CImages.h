// What images need from C: Debian's decoders, whose long jumps and callbacks never cross a Swift frame,
// and the two pixel loops that every training image passes through.
#ifndef CIMAGES_H
#define CIMAGES_H
#include <stddef.h>
#include <stdint.h>

/// Decodes a whole file into `width * height` RGB pixels of 8 bits.
///
/// 16-bit samples keep their high byte, alpha is dropped without blending, gray is replicated, palettes
/// are looked up; no orientation is applied. The caller has read the sides from the header; other sides in the file are an
/// error. Returns 0, or 1 with a reason in `message`, of which `capacity` bytes are there.
typedef int yolos_decoder(const uint8_t *_Nonnull data, size_t size, uint32_t width, uint32_t height,
                          uint8_t *_Nonnull rgb, char *_Nonnull message, size_t capacity);

yolos_decoder yolos_png_decode;
/// Of an animation the first frame, composed on its canvas.
yolos_decoder yolos_webp_decode;
/// The first frame, on a ground of the transparent color where it covers a part only.
yolos_decoder yolos_gif_decode;
/// The first directory: what the header's sides are of.
yolos_decoder yolos_tiff_decode;
/// The primary image of a HEIF or AVIF file, with the rotation and cropping that the container states.
yolos_decoder yolos_heif_decode;

/// The sides of a HEIF or AVIF file's primary image, as ``yolos_heif_decode`` gives it.
///
/// Returns 0, or 1 with a reason in `message`.
int yolos_heif_size(const uint8_t *_Nonnull data, size_t size, uint32_t *_Nonnull width,
                    uint32_t *_Nonnull height, char *_Nonnull message, size_t capacity);

/// Whether libheif has a decoder here: for HEIC where `is_avif` is 0, else for AVIF.
///
/// Since Debian 13 they are packages of their own. Below 0: libheif itself is missing.
int yolos_heif_has_decoder(int is_avif);

/// Encodes pixels as a PNG file in memory that the caller frees with `free`.
///
/// `pixels` are RGB where `colors` is 0; otherwise one byte each, an index below `colors` into the RGB
/// `palette` of at most 256. `texts` holds `count` pairs of keyword and UTF-8 text, each ended by a NUL. Returns 0, or 1 with a
/// reason in `message` and nothing to free.
int yolos_png_encode(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height,
                     const uint8_t *_Nonnull palette, int colors, const char *_Nonnull texts, int count,
                     uint8_t *_Nullable *_Nonnull output, size_t *_Nonnull size,
                     char *_Nonnull message, size_t capacity);

/// One resampled coordinate: two source positions and what each weighs, of 2048.
typedef struct {
  int32_t first, second;
  int16_t first_weight, second_weight;
} yolos_tap;

/// Bilinear resampling of RGB pixels in integers, hence with the same bits everywhere.
///
/// `columns` and `rows` hold one tap for every output column and row. `scratch` holds
/// `6 * width` values. `stride` counts bytes from one output row to the next.
void yolos_resample(const uint8_t *_Nonnull source, int source_width, const yolos_tap *_Nonnull columns,
                    int width, const yolos_tap *_Nonnull rows, int height, uint8_t *_Nonnull output,
                    size_t stride, int16_t *_Nonnull scratch);

/// Copies RGB pixels in another order: output pixel (x, y) is the one at `origin + x * dx + y * dy`,
/// counted in pixels of the source.
void yolos_reorder(const uint8_t *_Nonnull source, ptrdiff_t origin, ptrdiff_t dx, ptrdiff_t dy,
                   int width, int height, uint8_t *_Nonnull output);

#endif
