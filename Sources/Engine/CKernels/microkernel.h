// The heart: six pixels times sixteen output channels, held in twelve registers.
//
// Every output is one chain of fused multiply-adds from zero, in the order of the packed weights,
// whatever the tile it falls into. That is why the cut of the work does not show in the bits.

#define UNROLL _Pragma("clang loop unroll(full)")

/// Where the left factor lies: rows by pointer, each of `segments` runs of `length` floats, `step`
/// floats apart. A window of a padded image is such a row: a run for each of its lines.
typedef struct {
  int segments;
  ptrdiff_t step, length;
} yolos_runs;

/// Where a tile goes, and what is done to it on the way.
typedef struct {
  float *y;
  /// Floats from one of the tile's pixels to the next, in y and in the residual.
  ptrdiff_t pitch, residual_pitch;
  const float *bias, *residual;
  int silu;
  /// Channels that exist, at most 16.
  int lanes;
} yolos_target;

/// sum[i] += a[i] b for `rows` rows. K is unrolled by four, which is worth a fifth of the speed.
INLINE void multiply(
    const int rows, const float *const *a, const yolos_runs *runs, const float *b,
    v8 sum[TILE][2]) {
  UNROLL for (int i = 0; i < rows; i++) sum[i][0] = sum[i][1] = zero8();
  for (int segment = 0; segment < runs->segments; segment++) {
    const float *row[TILE];
    UNROLL for (int i = 0; i < rows; i++) row[i] = a[i] + segment * runs->step;
    ptrdiff_t k = 0;
    for (; k + 4 <= runs->length; k += 4) {
      UNROLL for (int u = 0; u < 4; u++) {
        v8 low = load8(b + u * PANEL), high = load8(b + u * PANEL + 8);
        UNROLL for (int i = 0; i < rows; i++) {
          v8 value = splat8(row[i][k + u]);
          sum[i][0] = fma8(value, low, sum[i][0]);
          sum[i][1] = fma8(value, high, sum[i][1]);
        }
      }
      b += 4 * PANEL;
    }
    for (; k < runs->length; k++) {
      v8 low = load8(b), high = load8(b + 8);
      UNROLL for (int i = 0; i < rows; i++) {
        v8 value = splat8(row[i][k]);
        sum[i][0] = fma8(value, low, sum[i][0]);
        sum[i][1] = fma8(value, high, sum[i][1]);
      }
      b += PANEL;
    }
  }
}

/// Finishes and stores a tile whose sixteen channels all exist.
INLINE void finish_whole(const int rows, v8 sum[TILE][2], const yolos_target *to, const int silu) {
  v8 low = zero8(), high = zero8();
  if (to->bias) {
    low = load8(to->bias);
    high = load8(to->bias + 8);
  }
  UNROLL for (int i = 0; i < rows; i++) {
    float *y = to->y + i * to->pitch;
    v8 first = finished8(sum[i][0], low, silu), second = finished8(sum[i][1], high, silu);
    if (to->residual) {
      first += load8(to->residual + i * to->residual_pitch);
      second += load8(to->residual + i * to->residual_pitch + 8);
    }
    store8(y, first);
    store8(y + 8, second);
  }
}

/// The same for the last panel of a map whose channels are no multiple of 16.
static __attribute__((noinline)) void finish_part(
    int rows, const v8 sum[TILE][2], const yolos_target *to) {
  for (int i = 0; i < rows; i++) {
    for (int half = 0; half < 2; half++) {
      int lanes = to->lanes - 8 * half;
      if (lanes <= 0) continue;
      v8 bias = to->bias ? load_part(to->bias + 8 * half, lanes) : zero8();
      v8 value = finished8(sum[i][half], bias, to->silu);
      if (to->residual) {
        value += load_part(to->residual + i * to->residual_pitch + 8 * half, lanes);
      }
      store_part(to->y + i * to->pitch + 8 * half, value, lanes);
    }
  }
}

/// A whole tile: multiplied, finished, stored.
INLINE void compute_tile(
    const int rows, const float *const *a, const yolos_runs *runs, const float *b,
    const yolos_target *to) {
  v8 sum[TILE][2];
  multiply(rows, a, runs, b, sum);
  if (to->lanes == PANEL) {
    if (to->silu) {
      finish_whole(rows, sum, to, 1);
    } else {
      finish_whole(rows, sum, to, 0);
    }
    return;
  }
  // A copy: sums that have an address are written back to memory in every step of the loop.
  v8 copy[TILE][2];
  UNROLL for (int i = 0; i < rows; i++) {
    copy[i][0] = sum[i][0];
    copy[i][1] = sum[i][1];
  }
  finish_part(rows, copy, to);
}

#define TILE_OF(rows)                                                \
  static void tile_of_##rows(                                        \
      const float *const *a, const yolos_runs *runs, const float *b, \
      const yolos_target *to) {                                      \
    compute_tile(rows, a, runs, b, to);                              \
  }
TILE_OF(1)
TILE_OF(2)
TILE_OF(3)
TILE_OF(4)
TILE_OF(5)
TILE_OF(6)

/// A tile of 1 to 6 pixels, by its number of pixels.
static void (*const tile_of[TILE + 1])(
    const float *const *, const yolos_runs *, const float *, const yolos_target *) = {
    0, tile_of_1, tile_of_2, tile_of_3, tile_of_4, tile_of_5, tile_of_6};
