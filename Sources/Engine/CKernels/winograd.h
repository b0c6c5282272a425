// Convolutions of kernel 3 and stride 1 by F(4 x 4, 3 x 3), and their data gradients, which are the
// same with turned weights.
//
// A task takes a block of tiles: it transforms them into V [36][tile][channel], which stays in the
// second-level cache; then, panel by panel, M [36][tile][16] = V U, and the outputs from M.

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

/// M = V U for one position: all tiles of the block times one panel of U.
static __attribute__((noinline)) void multiply_position(
    const float *v, ptrdiff_t pitch, ptrdiff_t depth, const float *u, float *m, int tiles) {
  yolos_tiling tiling = tiling_of(tiles);
  const float *a = v;
  float *to = m;
  for (int tile = 0; tile < tiling.tiles; tile++) {
    int rows = size_of_tile(&tiling, tile);
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

/// The outputs of one tile and one panel.
INLINE void output_tile(
    const float *m, ptrdiff_t position, const yolos_square *square, const yolos_target *to,
    const int silu) {
  for (int half = 0; half < 2; half++) {
    int lanes = to->lanes - 8 * half;
    if (lanes <= 0) return;
    v8 bias = to->bias ? load_part(to->bias + 8 * half, lanes) : zero8();
    v8 rows[24];
    UNROLL for (int j = 0; j < 6; j++) {
      v8 column[6], four[4];
      UNROLL for (int i = 0; i < 6; i++) column[i] = load8(m + (i * 6 + j) * position + 8 * half);
      a4(column, four);
      UNROLL for (int i = 0; i < 4; i++) rows[i * 6 + j] = four[i];
    }
    for (int i = 0; i < square->bottom; i++) {
      v8 four[4];
      a4(rows + i * 6, four);
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

static __attribute__((noinline)) void output_tile_plain(
    const float *m, ptrdiff_t position, const yolos_square *square, const yolos_target *to) {
  output_tile(m, position, square, to, 0);
}
static __attribute__((noinline)) void output_tile_silu(
    const float *m, ptrdiff_t position, const yolos_square *square, const yolos_target *to) {
  output_tile(m, position, square, to, 1);
}

/// Writes the outputs of the tiles from `first` on, for one panel.
static void output_tiles(
    const yolos_pass *pass, const float *m, ptrdiff_t position, ptrdiff_t first, int tiles,
    int panel) {
  int channel = panel * PANEL;
  for (int tile = 0; tile < tiles; tile++) {
    yolos_square square = square_of(&pass->y, first + tile, 4, 0);
    ptrdiff_t pixel = (square.base - pass->y.base) / pass->y.pixel;
    yolos_target to = {
        .y = pass->y.base + pixel * pass->y.pixel + channel, .pitch = pass->y.pixel,
        .bias = pass->bias ? pass->bias + channel : 0,
        .residual = pass->residual ? pass->residual + pixel * pass->residual_pixel + channel : 0,
        .residual_pitch = pass->residual_pixel, .lanes = min_of(PANEL, pass->y.c - channel)};
    (pass->silu ? output_tile_silu : output_tile_plain)(
        m + tile * PANEL, position, &square, &to);
  }
}

/// Asks for the four columns of pixels that the tile to the right will need beyond this one's.
static void prefetch_square(const yolos_square *square, int channels) {
  for (int i = square->top; i < square->bottom; i++) {
    const float *from = square->base + i * square->row + 6 * square->pixel;
    for (int j = 0; j < 4; j++) {
      for (int c = 0; c < channels; c += 16) __builtin_prefetch(from + j * square->pixel + c, 0, 3);
    }
  }
}

void YOLOS(winograd)(const yolos_pass *pass, int task, float *scratch) {
  int block = task / pass->groups, group = task % pass->groups, depth = pass->x.c;
  ptrdiff_t all = tiles_of(&pass->y), first = (ptrdiff_t)block * pass->block;
  int tiles = all - first < pass->block ? (int)(all - first) : pass->block;
  ptrdiff_t pitch = padded_of(depth);
  // An odd distance in cache lines between positions: at a power of two, 36 stores would meet in
  // few sets of the first-level cache.
  ptrdiff_t v_position = tiles * pitch + PANEL, m_position = (ptrdiff_t)tiles * PANEL + PANEL;
  float *m = scratch + 36 * v_position;
  for (int tile = 0; tile < tiles; tile++) {
    yolos_square square = square_of(&pass->x, first + tile, 6, 1);
    if (tile + 1 < tiles) prefetch_square(&square, depth);
    transform_inputs(
        &square, depth,
        &(yolos_transformed){scratch + tile * pitch, .position = v_position, .panel = PANEL});
  }
  int panels = panels_of(pass->y.c), end = (int)part_start(panels, pass->groups, group + 1);
  for (int panel = (int)part_start(panels, pass->groups, group); panel < end; panel++) {
    const float *u = pass->weights + (ptrdiff_t)panel * 36 * depth * PANEL;
    for (int position = 0; position < 36; position++, u += (ptrdiff_t)depth * PANEL) {
      multiply_position(
          scratch + position * v_position, pitch, depth, u, m + position * m_position, tiles);
    }
    output_tiles(pass, m, m_position, first, tiles, panel);
  }
}
