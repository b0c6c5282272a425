// The heart: some pixels times one or two panels of output channels, held in registers: six pixels
// times two registers of eight lanes, or twelve times two of sixteen.
//
// Every output is one chain of fused multiply-adds from zero, in the order of the packed weights,
// whatever the tile it falls into. That is why the cut of the work does not show in the bits.

#define UNROLL _Pragma("clang loop unroll(full)")

/// Registers that hold a panel, and panels that a register tile takes at once.
enum { REGISTERS = PANEL / LANES, ACROSS = 2 / REGISTERS };

/// The register tiles that some pixels are split into, as evenly as possible: the first `larger`
/// ones have size + 1 pixels, the others `size`. No division within the loop over tiles.
typedef struct {
  ptrdiff_t tiles, size, larger;
} yolos_tiling;

INLINE yolos_tiling tiling_of(ptrdiff_t pixels) {
  ptrdiff_t tiles = parts_of(pixels, TILE);
  return (yolos_tiling){tiles, pixels / tiles, pixels % tiles};
}
INLINE int size_of_tile(const yolos_tiling *tiling, ptrdiff_t tile) {
  return (int)(tiling->size + (tile < tiling->larger));
}

/// Where the left factor lies: rows by pointer, each of `segments` runs of `length` floats, `step`
/// floats apart. A window of a padded image is such a row: a run for each of its lines.
typedef struct {
  int segments;
  ptrdiff_t step, length;
} yolos_runs;

/// Where the right factor lies: a panel, and how many floats behind it the second one, where a
/// tile takes two.
typedef struct {
  const float *base;
  ptrdiff_t second;
} yolos_panels;

/// Where a tile goes, and what is done to it on the way.
typedef struct {
  float *y;
  /// Floats from one of the tile's pixels to the next, in y and in the residual.
  ptrdiff_t pitch, residual_pitch;
  const float *bias, *residual;
  int silu;
  /// Channels that exist, at most those of the tile's registers.
  int lanes;
} yolos_target;

/// One step of the chains: sum[i] += row[i][at] b for `rows` rows and one or two registers of b.
INLINE void multiply_step(
    const int rows, const int registers, const float *const *row, ptrdiff_t at, const float *b,
    ptrdiff_t second, vec sum[TILE][2]) {
  vec low = vload(b), high = registers == 2 ? vload(b + second) : vzero();
  UNROLL for (int i = 0; i < rows; i++) {
    vec value = vsplat(row[i][at]);
    sum[i][0] = vfma(value, low, sum[i][0]);
    if (registers == 2) sum[i][1] = vfma(value, high, sum[i][1]);
  }
}

/// sum[i] += a[i] b for `rows` rows. K is unrolled by four, which is worth a fifth of the speed.
INLINE void multiply(
    const int rows, const int registers, const float *const *a, const yolos_runs *runs,
    const yolos_panels *panels, vec sum[TILE][2]) {
  const float *b = panels->base;
  const ptrdiff_t second = REGISTERS == 2 ? LANES : panels->second;
  UNROLL for (int i = 0; i < rows; i++) sum[i][0] = sum[i][1] = vzero();
  for (int segment = 0; segment < runs->segments; segment++) {
    const float *row[TILE];
    UNROLL for (int i = 0; i < rows; i++) row[i] = a[i] + segment * runs->step;
    ptrdiff_t k = 0;
    for (; k + 4 <= runs->length; k += 4, b += 4 * PANEL) {
      UNROLL for (int u = 0; u < 4; u++) {
        multiply_step(rows, registers, row, k + u, b + u * PANEL, second, sum);
      }
    }
    for (; k < runs->length; k++, b += PANEL) {
      multiply_step(rows, registers, row, k, b, second, sum);
    }
  }
}

/// Finishes and stores a tile whose channels all exist.
INLINE void finish_whole(
    const int rows, const int registers, vec sum[TILE][2], const yolos_target *to, const int silu) {
  UNROLL for (int r = 0; r < registers; r++) {
    vec bias = to->bias ? vload(to->bias + r * LANES) : vzero();
    UNROLL for (int i = 0; i < rows; i++) {
      vec value = finished(sum[i][r], bias, silu);
      if (to->residual) value += vload(to->residual + i * to->residual_pitch + r * LANES);
      vstore(to->y + i * to->pitch + r * LANES, value);
    }
  }
}

/// The same for the last panels of a map whose channels do not fill them.
static __attribute__((noinline)) void finish_part(
    int rows, const vec sum[TILE][2], const yolos_target *to) {
  for (int i = 0; i < rows; i++) {
    for (int r = 0; r < 2; r++) {
      int lanes = to->lanes - r * LANES;
      if (lanes <= 0) continue;
      vec bias = to->bias ? load_part(to->bias + r * LANES, lanes) : vzero();
      vec value = finished(sum[i][r], bias, to->silu);
      if (to->residual) {
        value += load_part(to->residual + i * to->residual_pitch + r * LANES, lanes);
      }
      store_part(to->y + i * to->pitch + r * LANES, value, lanes);
    }
  }
}

/// A whole tile: multiplied, finished, stored.
INLINE void compute_tile(
    const int rows, const int registers, const float *const *a, const yolos_runs *runs,
    const yolos_panels *b, const yolos_target *to) {
  vec sum[TILE][2];
  // Many stores come all at once; let their cache lines come in meanwhile. The smaller tiles do not
  // need it.
  UNROLL for (int i = 0; LANES == PANEL && i < rows; i++) {
    UNROLL for (int r = 0; r < registers; r++) {
      __builtin_prefetch(to->y + i * to->pitch + r * LANES, 1, 3);
    }
  }
  multiply(rows, registers, a, runs, b, sum);
  if (to->lanes == registers * LANES) {
    if (to->silu) {
      finish_whole(rows, registers, sum, to, 1);
    } else {
      finish_whole(rows, registers, sum, to, 0);
    }
    return;
  }
  // A copy: sums that have an address are written back to memory in every step of the loop.
  vec copy[TILE][2];
  UNROLL for (int i = 0; i < rows; i++) {
    copy[i][0] = sum[i][0];
    copy[i][1] = sum[i][1];
  }
  finish_part(rows, copy, to);
}

typedef void (*yolos_tile)(
    const float *const *, const yolos_runs *, const yolos_panels *, const yolos_target *);

#define TILE_OF(rows, registers)                                                              \
  static void tile_of_##rows##_##registers(                                                   \
      const float *const *a, const yolos_runs *runs, const yolos_panels *b,                   \
      const yolos_target *to) {                                                               \
    compute_tile(rows, registers, a, runs, b, to);                                            \
  }
#define TILE_NAME(rows, registers) tile_of_##rows##_##registers
FOR_TILES(TILE_OF, 2)
#if LANES == PANEL
FOR_TILES(TILE_OF, 1)
#endif

/// A tile, by its number of registers and of pixels.
static yolos_tile const tile_of[3][TILE + 1] = {
#if LANES == PANEL
    [1] = {0, LIST_TILES(TILE_NAME, 1)},
#endif
    [2] = {0, LIST_TILES(TILE_NAME, 2)}};
