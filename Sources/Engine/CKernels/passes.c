// Which set of kernels runs the passes of normalize.h and pooling.h.

#include "dispatch.h"

YOLOS_DISPATCH_WHERE(
    yolos_fits_sixteen(c), moments,
    (const float *x, ptrdiff_t x_pixel, int32_t c, ptrdiff_t pixels, double *mean, double *squares),
    (x, x_pixel, c, pixels, mean, squares))

YOLOS_DISPATCH_WHERE(
    yolos_fits_sixteen(c), normalize,
    (const float *x, ptrdiff_t x_pixel, const float *scale, const float *shift, int32_t silu, const
     float *residual, ptrdiff_t residual_pixel, float *y, ptrdiff_t y_pixel, int32_t c, ptrdiff_t
     pixels),
    (x, x_pixel, scale, shift, silu, residual, residual_pixel, y, y_pixel, c, pixels))

YOLOS_DISPATCH_WHERE(
    yolos_fits_sixteen(c), normalize_sums,
    (const float *z, ptrdiff_t z_pixel, float *dy, ptrdiff_t dy_pixel, const float *scale,
     const float *shift, const float *mean, int32_t silu, int32_t c, ptrdiff_t pixels, double *sum,
     double *sum_z),
    (z, z_pixel, dy, dy_pixel, scale, shift, mean, silu, c, pixels, sum, sum_z))

YOLOS_DISPATCH_WHERE(
    yolos_fits_sixteen(c), normalize_gradient,
    (float *z, ptrdiff_t z_pixel, const float *dy, ptrdiff_t dy_pixel, const float *scale, const
     float *shift, const float *mean, const float *a, const float *b, const float *k, int32_t silu,
     int32_t c, ptrdiff_t pixels),
    (z, z_pixel, dy, dy_pixel, scale, shift, mean, a, b, k, silu, c, pixels))

YOLOS_DISPATCH_WHERE(
    yolos_fits_sixteen(c), channel_sums,
    (const float *x, ptrdiff_t x_pixel, int32_t c, ptrdiff_t pixels, double *sum),
    (x, x_pixel, c, pixels, sum))

YOLOS_DISPATCH_WHERE(
    yolos_fits_sixteen(c), copy,
    (const float *x, ptrdiff_t x_pixel, float *y, ptrdiff_t y_pixel, int32_t accumulate, int32_t c,
     ptrdiff_t pixels),
    (x, x_pixel, y, y_pixel, accumulate, c, pixels))

YOLOS_DISPATCH(
    clear,
    (float *y, ptrdiff_t y_pixel, int32_t c, ptrdiff_t pixels),
    (y, y_pixel, c, pixels))

YOLOS_DISPATCH(
    bytes_to_unit,
    (const uint8_t *x, float *y, ptrdiff_t count),
    (x, y, count))

YOLOS_DISPATCH_WHERE(
    yolos_fits_sixteen(c), max_pool_row,
    (const float *x, ptrdiff_t x_pixel, float *y, ptrdiff_t y_pixel, int32_t h, int32_t w, int32_t
     c, int32_t kernel, int32_t row),
    (x, x_pixel, y, y_pixel, h, w, c, kernel, row))

YOLOS_DISPATCH(
    max_pool_gradient,
    (const float *x, ptrdiff_t x_pixel, const float *dy, ptrdiff_t dy_pixel, float *dx, ptrdiff_t
     dx_pixel, int32_t h, int32_t w, int32_t kernel, int32_t first, int32_t last),
    (x, x_pixel, dy, dy_pixel, dx, dx_pixel, h, w, kernel, first, last))

YOLOS_DISPATCH(
    upsample_row,
    (const float *x, ptrdiff_t x_pixel, float *y, ptrdiff_t y_pixel, int32_t w, int32_t c, int32_t
     factor, int32_t row),
    (x, x_pixel, y, y_pixel, w, c, factor, row))

YOLOS_DISPATCH_WHERE(
    yolos_fits_sixteen(c), upsample_gradient_row,
    (const float *dy, ptrdiff_t dy_pixel, float *dx, ptrdiff_t dx_pixel, int32_t w, int32_t c,
     int32_t factor, int32_t row, int32_t accumulate),
    (dy, dy_pixel, dx, dx_pixel, w, c, factor, row, accumulate))
