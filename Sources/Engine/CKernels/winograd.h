// Convolutions of kernel 3 by Winograd's transforms: F(4 x 4, 3 x 3) for stride 1, and its data
// gradients, which are the same with turned weights; for stride 2 see winograd_halving.h.
//
// A task takes a block of tiles: it transforms them into V [position][tile][channel], which stays
// in the second-level cache; then, panel by panel, or two at once, M [position][tile][16] = V U,
// and the outputs from M.

/// The product of one position: m = v u, some tiles times one or two panels.
typedef struct {
  const float *v;
  /// Floats of v from tile to tile.
  ptrdiff_t pitch, depth;
  yolos_panels u;
  float *m;
  /// Floats of m from the first panel to the second.
  ptrdiff_t second;
  int tiles, panels;
  /// Whether m goes on: m += v u, each chain from where it was left.
  int continues;
  /// The floats behind each panel in memory, those of the next position, that are brought nearer
  /// meanwhile.
  ptrdiff_t fetched;
} yolos_product;

/// One step of the chains, as in multiply_step, with the rows `pitch` floats apart and every third
/// of them given.
INLINE void multiply_tiles(
    const int rows, const int registers, const float *const *base, ptrdiff_t pitch, int at,
    const float *u, ptrdiff_t second, vec sum[TILE][2]) {
  vec low = vload(u), high = registers == 2 ? vload(u + second) : vzero();
  UNROLL for (int i = 0; i < rows; i++) {
    vec value = vsplat(base[i / 3][i % 3 * pitch + at]);
    sum[i][0] = vfma(value, low, sum[i][0]);
    if (registers == 2) sum[i][1] = vfma(value, high, sum[i][1]);
  }
}

/// A register tile of it: m (rows x 16 or 32) = v (rows x depth) u.
INLINE void multiply_rows(
    const int rows, const int registers, const yolos_product *in, const float *v, float *m) {
  const ptrdiff_t second = REGISTERS == 2 ? LANES : in->u.second;
  const ptrdiff_t other = REGISTERS == 2 ? LANES : in->second;
  const float *u = in->u.base;
  vec sum[TILE][2];
  UNROLL for (int i = 0; i < rows; i++) sum[i][0] = sum[i][1] = vzero();
  if (in->continues) {
    UNROLL for (int i = 0; i < rows; i++) {
      sum[i][0] = vload(m + i * PANEL);
      if (registers == 2) sum[i][1] = vload(m + i * PANEL + other);
    }
  }
  // Every third row by pointer, the two after it by their distance: twelve pointers and all else
  // would be more than the processor has registers for.
  const float *base[TILE / 3];
  UNROLL for (int i = 0; i < rows; i += 3) base[i / 3] = v + i * in->pitch;
  ptrdiff_t k = 0;
  for (; k + 4 <= in->depth; k += 4, u += 4 * PANEL) {
    UNROLL for (int step = 0; step < 4; step++) {
      multiply_tiles(rows, registers, base, in->pitch, step, u + step * PANEL, second, sum);
    }
    UNROLL for (int i = 0; i < rows; i += 3) {
      base[i / 3] += 4;
      // Opaque to the compiler, which would else keep one pointer for each row after all.
      __asm__("" : "+r"(base[i / 3]));
    }
  }
  for (; k < in->depth; k++, u += PANEL) {
    multiply_tiles(rows, registers, base, in->pitch, 0, u, second, sum);
    UNROLL for (int i = 0; i < rows; i += 3) base[i / 3]++;
  }
  UNROLL for (int i = 0; i < rows; i++) {
    vstore(m + i * PANEL, sum[i][0]);
    if (registers == 2) vstore(m + i * PANEL + other, sum[i][1]);
  }
}

#define ROWS_OF(rows, registers)                                                              \
  static void rows_of_##rows##_##registers(                                                   \
      const yolos_product *in, const float *v, float *m) {                                    \
    multiply_rows(rows, registers, in, v, m);                                                 \
  }
#define ROWS_NAME(rows, registers) rows_of_##rows##_##registers
FOR_TILES(ROWS_OF, 2)
#if LANES == PANEL
FOR_TILES(ROWS_OF, 1)
#endif

static void (*const rows_of[3][TILE + 1])(const yolos_product *, const float *, float *) = {
#if LANES == PANEL
    [1] = {0, LIST_TILES(ROWS_NAME, 1)},
#endif
    [2] = {0, LIST_TILES(ROWS_NAME, 2)}};

static void multiply_position(const yolos_product *in) {
  yolos_tiling tiling = tiling_of(in->tiles);
  ptrdiff_t done = 0, share = parts_of(in->depth, tiling.tiles) * PANEL;
  const float *a = in->v, *next = in->u.base + in->depth * PANEL;
  float *to = in->m;
  for (int tile = 0; tile < tiling.tiles; tile++) {
    int rows = size_of_tile(&tiling, tile);
    for (ptrdiff_t till = done + share; done < till && done < in->fetched; done += PANEL) {
      __builtin_prefetch(next + done, 0, 2);
      if (in->panels == 2) __builtin_prefetch(next + in->u.second + done, 0, 2);
    }
    rows_of[in->panels * REGISTERS][rows](in, a, to);
    a += rows * in->pitch;
    to += rows * PANEL;
  }
}

/// The outputs of one tile and one panel, from `points` x `points` products.
INLINE void output_tile(
    const int points, const float *m, ptrdiff_t position, const yolos_square *square,
    const yolos_target *to, const int silu) {
  for (int r = 0; r < REGISTERS; r++) {
    int lanes = to->lanes - r * LANES;
    if (lanes <= 0) return;
    vec bias = to->bias ? load_part(to->bias + r * LANES, lanes) : vzero();
    vec rows[4 * 9];
    UNROLL for (int j = 0; j < points; j++) {
      vec column[9], four[4];
      UNROLL for (int i = 0; i < points; i++) {
        column[i] = vload(m + (i * points + j) * position + r * LANES);
      }
      points == 6 ? a4(column, four) : a9(column, four);
      UNROLL for (int i = 0; i < 4; i++) rows[i * points + j] = four[i];
    }
    for (int i = 0; i < square->bottom; i++) {
      vec four[4];
      points == 6 ? a4(rows + i * points, four) : a9(rows + i * points, four);
      float *y = to->y + i * square->row + r * LANES;
      const float *residual =
          to->residual ? to->residual + i * (square->row / square->pixel) * to->residual_pitch +
                             r * LANES
                       : 0;
      for (int j = 0; j < square->right; j++) {
        vec value = finished(four[j], bias, silu);
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

/// The products of all positions, for one panel or two.
static void multiply_positions(
    yolos_product *product, int positions, const float *v, ptrdiff_t v_position, float *m,
    ptrdiff_t m_position) {
  for (int position = 0; position < positions; position++) {
    product->v = v + position * v_position;
    product->m = m + position * m_position;
    multiply_position(product);
    product->u.base += product->depth * PANEL;
  }
}

/// The same from plain weights of the panels from `panel` on, which are transformed chunk by chunk
/// into `u`.
static void multiply_plain(
    const yolos_pass *pass, yolos_product *product, int panel, const float *v,
    ptrdiff_t v_position, float *m, ptrdiff_t m_position, float *u) {
  ptrdiff_t tap = (ptrdiff_t)pass->x.c * PANEL, second = 36 * CHUNK * PANEL;
  product->fetched = 0;
  for (int first = 0; first < pass->x.c; first += CHUNK) {
    int channels = min_of(CHUNK, pass->x.c - first);
    for (int i = 0; i < product->panels; i++) {
      const float *g = pass->weights + (panel + i) * 9 * tap + first * PANEL;
      for (int c = 0; c < channels; c++) {
        transform_window(
            6, g + c * PANEL, tap, u + i * second + c * PANEL, (ptrdiff_t)channels * PANEL);
      }
    }
    product->depth = channels;
    product->continues = first > 0;
    product->u = (yolos_panels){u, second};
    multiply_positions(product, 36, v + first, v_position, m, m_position);
  }
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
  for (int panel = (int)part_start(panels, pass->groups, group); panel < end; panel += ACROSS) {
    int count = min_of(ACROSS, end - panel);
    yolos_product product = {
        .pitch = factor.pitch, .depth = depth,
        .u = {pass->weights + panel * positions * panel_size, positions * panel_size},
        .second = positions * m_position, .tiles = tiles, .panels = count, .fetched = fetched};
    if (pass->plain) {
      multiply_plain(
          pass, &product, panel, v, factor.position, m, m_position,
          m + ACROSS * product.second);
    } else {
      multiply_positions(&product, positions, v, factor.position, m, m_position);
    }
    for (int i = 0; i < count; i++) {
      output_tiles(pass, m + i * product.second, m_position, first, tiles, panel + i);
    }
  }
}
