// Convolutions of kernel 3 and stride 1 by F(4 x 4, 3 x 3), and their data gradients, which are the
// same with turned weights.
//
// A task takes a block of tiles: it transforms them into V [36][tile][channel], which stays in the
// second-level cache; then, panel by panel, M [36][tile][16] = V U, and the outputs from M.

/// M = V U for one position: rows of V times one panel of U.
static void multiply_position(
    const float *v, ptrdiff_t pitch, int depth, const float *u, float *m, int tiles) {
  yolos_runs runs = {.segments = 1, .length = depth};
  ptrdiff_t parts = parts_of(tiles, TILE);
  yolos_target to = {.pitch = PANEL, .lanes = PANEL};
  for (ptrdiff_t part = 0; part < parts; part++) {
    ptrdiff_t start = part_start(tiles, parts, part);
    int rows = (int)(part_start(tiles, parts, part + 1) - start);
    const float *a[TILE];
    for (int i = 0; i < rows; i++) a[i] = v + (start + i) * pitch;
    to.y = m + start * PANEL;
    tile_of[rows](a, &runs, u, &to);
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

void YOLOS(winograd)(const yolos_pass *pass, int task, float *scratch) {
  int block = task / pass->groups, group = task % pass->groups, depth = pass->x.c;
  ptrdiff_t all = tiles_of(&pass->y), first = (ptrdiff_t)block * pass->block;
  int tiles = all - first < pass->block ? (int)(all - first) : pass->block;
  ptrdiff_t pitch = padded_of(depth);
  // An odd distance in cache lines between positions: at a power of two, 36 stores would meet in few
  // sets of the first-level cache.
  ptrdiff_t v_position = tiles * pitch + PANEL, m_position = (ptrdiff_t)tiles * PANEL + PANEL;
  float *m = scratch + 36 * v_position;
  for (int tile = 0; tile < tiles; tile++) {
    yolos_square square = square_of(&pass->x, first + tile, 6, 1);
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
