#ifndef YOLOS_PASSES_H
#define YOLOS_PASSES_H

#include <stddef.h>
#include <stdint.h>

// Passes over feature maps that touch every element once: normalization, activation, pooling, copies.
//
// A run of pixels is given by its first float, the distance `*_pixel` in floats from one pixel to the
// next, the number of channels and the number of pixels. Maps may be slices of wider maps: nothing
// outside the `c` channels of a pixel is read or written. Callers cut the work; every function here
// computes its part in one fixed order and gives the same bits on every instruction set.

/// Mean of each channel and the sum of squared deviations from it, both in double precision.
///
/// 64 pixels at a time are summed in single precision about the channel's first value, and such
/// pieces are merged in order by the update of Chan, Golub & LeVeque (1979).
void yolos_moments(const float *x, ptrdiff_t x_pixel, int32_t c, ptrdiff_t pixels, double *mean,
                   double *squares);

/// y = f(scale * x + shift) + residual, where f is SiLU (`silu` != 0) or the identity.
///
/// `residual` may be NULL. `y` may be `x` with the same distance between pixels.
void yolos_normalize(const float *x, ptrdiff_t x_pixel, const float *scale, const float *shift,
                     int32_t silu, const float *residual, ptrdiff_t residual_pixel, float *y,
                     ptrdiff_t y_pixel, int32_t c, ptrdiff_t pixels);

/// For u = scale * z + shift and du = dy * f'(u): per channel the sums of du and of du * (z - mean).
/// Writes du over dy.
void yolos_normalize_sums(const float *z, ptrdiff_t z_pixel, float *dy, ptrdiff_t dy_pixel,
                          const float *scale, const float *shift, const float *mean, int32_t silu,
                          int32_t c, ptrdiff_t pixels, double *sum, double *sum_z);

/// dz = a * du + b * (z - mean) + k with du as above, written over z. Who has du already passes it
/// as dy, and 0 for `silu`.
void yolos_normalize_gradient(float *z, ptrdiff_t z_pixel, const float *dy, ptrdiff_t dy_pixel,
                              const float *scale, const float *shift, const float *mean,
                              const float *a, const float *b, const float *k, int32_t silu,
                              int32_t c, ptrdiff_t pixels);

/// Per channel the sum over the pixels, in double precision.
void yolos_channel_sums(const float *x, ptrdiff_t x_pixel, int32_t c, ptrdiff_t pixels,
                        double *sum);

/// y = x, or y += x where `accumulate` != 0.
void yolos_copy(const float *x, ptrdiff_t x_pixel, float *y, ptrdiff_t y_pixel, int32_t accumulate,
                int32_t c, ptrdiff_t pixels);

/// y = 0.
void yolos_clear(float *y, ptrdiff_t y_pixel, int32_t c, ptrdiff_t pixels);

/// y = x / 255, the network's input from 8-bit pixels.
void yolos_bytes_to_unit(const uint8_t *x, float *y, ptrdiff_t count);

/// One row of a max pooling with stride 1 whose window is cut at the border of the map.
///
/// `x` is the first float of the image, `y` of the image, `row` the row of both; kernel is odd.
void yolos_max_pool_row(const float *x, ptrdiff_t x_pixel, float *y, ptrdiff_t y_pixel, int32_t h,
                        int32_t w, int32_t c, int32_t kernel, int32_t row);

/// Adds the gradient of a max pooling of one image to dx, for the channels `first..<last`.
///
/// Where several elements of a window are equal to its maximum, the first in row-major order takes
/// the whole gradient.
void yolos_max_pool_gradient(const float *x, ptrdiff_t x_pixel, const float *dy, ptrdiff_t dy_pixel,
                             float *dx, ptrdiff_t dx_pixel, int32_t h, int32_t w, int32_t kernel,
                             int32_t first, int32_t last);

/// Row `row` of y, which is x with every pixel repeated `factor` times in both directions.
///
/// h and w are those of x; row counts in y.
void yolos_upsample_row(const float *x, ptrdiff_t x_pixel, float *y, ptrdiff_t y_pixel, int32_t w,
                        int32_t c, int32_t factor, int32_t row);

/// Row `row` of dx: the sums over the `factor` x `factor` pixels of dy that came from each pixel of x.
void yolos_upsample_gradient_row(const float *dy, ptrdiff_t dy_pixel, float *dx, ptrdiff_t dx_pixel,
                                 int32_t w, int32_t c, int32_t factor, int32_t row,
                                 int32_t accumulate);

#endif
