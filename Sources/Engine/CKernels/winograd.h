// Convolutions of kernel 3 by Winograd's transforms: F(4 x 4, 3 x 3) for stride 1, and its data
// gradients, which are the same with turned weights; for stride 2 see winograd_halving.h.
//
// A task takes a block of tiles: it transforms them into V [position][tile][channel], which stays in
// the second-level cache; then, panel by panel, M [position][tile][16] = V U, and the outputs from M.

/// Up to six tiles of one position times one panel: m (rows x 16) = v (rows x depth) u.
INLINE void multiply_rows(
    const int rows, const float *v, ptrdiff_t pitch, ptrdiff_t depth, const float *u, float *m) {
  v8 sum[TILE][2];
  UNROLL for (int i = 0; i < rows; i++) sum[i][0] = sum[i][1] = zero8();
  ptrdiff_t k = 0;
  for (; k + 4 <= depth; k += 4, u += 4 * PANEL) {
    UNROLL for (int step = 0; step < 4; step++) {
      v8 low = load8(u + step * PANEL), high = load8(u + step * PANEL + 8);
      UNROLL for (int i = 0; i < rows; i++) {
        v8 value = splat8(v[i * pitch + k + step]);
        sum[i][0] = fma8(value, low, sum[i][0]);
        sum[i][1] = fma8(value, high, sum[i][1]);
      }
    }
  }
  for (; k < depth; k++, u += PANEL) {
    v8 low = load8(u), high = load8(u + 8);
    UNROLL for (int i = 0; i < rows; i++) {
      v8 value = splat8(v[i * pitch + k]);
      sum[i][0] = fma8(value, low, sum[i][0]);
      sum[i][1] = fma8(value, high, sum[i][1]);
    }
  }
  UNROLL for (int i = 0; i < rows; i++) {
    store8(m + i * PANEL, sum[i][0]);
    store8(m + i * PANEL + 8, sum[i][1]);
  }
}

/// M = V U for one position: all tiles of the block times one panel of U. Meanwhile the `fetched`
/// floats that follow the panel in memory, those of the next position, are brought nearer.
static __attribute__((noinline)) void multiply_position(
    const float *v, ptrdiff_t pitch, ptrdiff_t depth, const float *u, float *m, int tiles,
    ptrdiff_t fetched) {
  yolos_tiling tiling = tiling_of(tiles);
  const float *a = v, *next = u + depth * PANEL, *end = next + fetched;
  float *to = m;
  ptrdiff_t share = parts_of(depth, tiling.tiles) * PANEL;
  for (int tile = 0; tile < tiling.tiles; tile++) {
    int rows = size_of_tile(&tiling, tile);
    for (const float *till = next + share; next < till && next < end; next += PANEL) {
      __builtin_prefetch(next, 0, 2);
    }
    switch (rows) {
    case 6: multiply_rows(6, a, pitch, depth, u, to); break;
    case 5: multiply_rows(5, a, pitch, depth, u, to); break;
    case 4: multiply_rows(4, a, pitch, depth, u, to); break;
    case 3: multiply_rows(3, a, pitch, depth, u, to); break;
    case 2: multiply_rows(2, a, pitch, depth, u, to); break;
    default: multiply_rows(1, a, pitch, depth, u, to); break;
    }
    a += rows * pitch;
    to += rows * PANEL;
  }
}

/// The outputs of one tile and one panel, from `points` x `points` products.
INLINE void output_tile(
    const int points, const float *m, ptrdiff_t position, const yolos_square *square,
    const yolos_target *to, const int silu) {
  for (int half = 0; half < 2; half++) {
    int lanes = to->lanes - 8 * half;
    if (lanes <= 0) return;
    v8 bias = to->bias ? load_part(to->bias + 8 * half, lanes) : zero8();
    v8 rows[4 * 9];
    UNROLL for (int j = 0; j < points; j++) {
      v8 column[9], four[4];
      UNROLL for (int i = 0; i < points; i++) {
        column[i] = load8(m + (i * points + j) * position + 8 * half);
      }
      points == 6 ? a4(column, four) : a9(column, four);
      UNROLL for (int i = 0; i < 4; i++) rows[i * points + j] = four[i];
    }
    for (int i = 0; i < square->bottom; i++) {
      v8 four[4];
      points == 6 ? a4(rows + i * points, four) : a9(rows + i * points, four);
      float *y = to->y + i * square->row + 8 * half;
      const float *residual =
          to->residual ? to->residual + i * (square->row / square->pixel) * to->residual_pitch +
                             8 * half
                       : 0;
      for (int j = 0; j < square->right; j++) {
        v8 value = finished8(four[j], bias, silu);
        if (residual) value += load_part(residual + j * to->residual_pitch, lanes);
        store_part(y + j * to->pitch, value, lanes);
      }
    }
  }
}

typedef void (*yolos_output)(
    const float *, ptrdiff_t, const yolos_square *, const yolos_target *);

#define OUTPUT_OF(points, name, silu)                                                      \
  static __attribute__((noinline)) void output_tile_##points##name(                        \
      const float *m, ptrdiff_t position, const yolos_square *square,                      \
      const yolos_target *to) {                                                            \
    output_tile(points, m, position, square, to, silu);                                    \
  }
OUTPUT_OF(6, _plain, 0)
OUTPUT_OF(6, _silu, 1)
OUTPUT_OF(9, _plain, 0)
OUTPUT_OF(9, _silu, 1)

/// Writes the outputs of the tiles from `first` on, for one panel.
static void output_tiles(
    const yolos_pass *pass, const float *m, ptrdiff_t position, ptrdiff_t first, int tiles,
    int panel) {
  int channel = panel * PANEL;
  yolos_output output = pass->stride == 1 ? (pass->silu ? output_tile_6_silu : output_tile_6_plain)
                                          : (pass->silu ? output_tile_9_silu : output_tile_9_plain);
  for (int tile = 0; tile < tiles; tile++) {
    yolos_square square = square_of(&pass->y, first + tile, 1, 4, 0);
    ptrdiff_t pixel = (square.base - pass->y.base) / pass->y.pixel;
    yolos_target to = {
        .y = pass->y.base + pixel * pass->y.pixel + channel, .pitch = pass->y.pixel,
        .bias = pass->bias ? pass->bias + channel : 0,
        .residual = pass->residual ? pass->residual + pixel * pass->residual_pixel + channel : 0,
        .residual_pitch = pass->residual_pixel, .lanes = min_of(PANEL, pass->y.c - channel)};
    output(m + tile * PANEL, position, &square, &to);
  }
}

/// Where transformed inputs lie: floats from tile to tile, and from position to position.
typedef struct {
  ptrdiff_t pitch, position;
} yolos_factor;

/// An odd distance in cache lines between positions: at a power of two, all the stores of a tile
/// would meet in few sets of the first-level cache.
static yolos_factor factor_of(const yolos_pass *pass, ptrdiff_t tiles) {
  ptrdiff_t pitch = padded_of(pass->x.c);
  return (yolos_factor){pitch, tiles * pitch + PANEL};
}

/// V of the tiles from `first` up to `end`.
static void input_tiles(
    const yolos_pass *pass, ptrdiff_t first, ptrdiff_t end, float *v, const yolos_factor *factor) {
  int depth = pass->x.c;
  for (ptrdiff_t tile = first; tile < end; tile++, v += factor->pitch) {
    yolos_transformed to = {v, .position = factor->position, .panel = PANEL};
    if (pass->stride == 1) {
      yolos_square square = square_of(&pass->x, tile, 1, 6, 1);
      transform_inputs(&square, depth, &to);
    } else {
      yolos_square square = square_of(&pass->x, tile, 2, 9, 1);
      transform_halving(&square, depth, &to);
    }
  }
}

void YOLOS(winograd_inputs)(const yolos_pass *pass, int task) {
  ptrdiff_t tiles = tiles_of(&pass->y), first = part_start(tiles, INPUT_TASKS, task);
  yolos_factor factor = factor_of(pass, tiles);
  input_tiles(
      pass, first, part_start(tiles, INPUT_TASKS, task + 1),
      pass->transformed + first * factor.pitch, &factor);
}

void YOLOS(winograd)(const yolos_pass *pass, int task, float *scratch) {
  int block = task / pass->groups, group = task % pass->groups, depth = pass->x.c;
  int positions = positions_of(pass->stride), shared = pass->transformed_count > 0;
  ptrdiff_t all = tiles_of(&pass->y), first = (ptrdiff_t)block * pass->block;
  int tiles = all - first < pass->block ? (int)(all - first) : pass->block;
  yolos_factor factor = factor_of(pass, shared ? all : tiles);
  ptrdiff_t m_position = (ptrdiff_t)tiles * PANEL + PANEL;
  const float *v = shared ? pass->transformed + first * factor.pitch : scratch;
  float *m = scratch + (shared ? 0 : positions * factor.position);
  if (!shared) input_tiles(pass, first, first + tiles, scratch, &factor);
  ptrdiff_t panel_size = (ptrdiff_t)depth * PANEL;
  ptrdiff_t fetched = shared || streams_weights(pass) ? panel_size : 0;
  int panels = panels_of(pass->y.c), end = (int)part_start(panels, pass->groups, group + 1);
  for (int panel = (int)part_start(panels, pass->groups, group); panel < end; panel++) {
    const float *u = pass->weights + panel * positions * panel_size;
    for (int position = 0; position < positions; position++, u += panel_size) {
      multiply_position(
          v + position * factor.position, factor.pitch, depth, u, m + position * m_position, tiles,
          fetched);
    }
    output_tiles(pass, m, m_position, first, tiles, panel);
  }
}
