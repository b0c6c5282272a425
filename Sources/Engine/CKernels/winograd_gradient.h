// Weight gradients of kernel 3 and stride 1 by F(4 x 4, 3 x 3):
//
//   dg = G' [ sum over tiles of V . Y ] G,    V = B' x B,  Y = A dz A'
//
// At each of the 36 positions the sum over tiles is a matrix product V' Y with the tiles as its
// inner dimension. Both are held in panels [position][panel][tile][16].
//
// Few channels: every group has its own 36 sums, small enough for the second-level cache, and goes
// through its tiles block by block. Many channels: there is one set of sums; a chunk of tiles is
// transformed by all threads, then each of the 36 products goes on with its sum. No sum is shared
// between tasks, so that nothing need be added up afterwards.

/// Floats from one position to the next in the transformed tiles of a map; the cache line more
/// keeps the 36 positions apart in the first-level cache.
static ptrdiff_t position_of(const yolos_map *map, int tiles) {
  return (ptrdiff_t)panels_of(map->c) * tiles * PANEL + PANEL;
}

/// Transforms some of the tiles of a chunk, of which `place` counts from the chunk's start.
static void transform_tiles(
    const yolos_weight_pass *pass, ptrdiff_t chunk, int tiles, int place, int end, float *v,
    float *y) {
  ptrdiff_t panel = (ptrdiff_t)tiles * PANEL;
  for (; place < end; place++) {
    yolos_square inputs = square_of(&pass->x, chunk + place, 1, 6, 1);
    yolos_square gradients = square_of(&pass->dz, chunk + place, 1, 4, 0);
    transform_inputs(
        &inputs, pass->x.c,
        &(yolos_transformed){v + place * PANEL, position_of(&pass->x, tiles), panel});
    transform_gradients(
        &gradients, pass->dz.c,
        &(yolos_transformed){y + place * PANEL, position_of(&pass->dz, tiles), panel});
  }
}

/// Clears the registers of a panel that no transform writes to: those of maps with,
/// say, 40 channels, whose third panel is half full.
static void clear_gap(const yolos_map *map, int tiles, float *transformed) {
  int panels = panels_of(map->c);
  if (LANES == PANEL || map->c > (panels - 1) * PANEL + LANES) return;
  for (int position = 0; position < 36; position++) {
    float *panel =
        transformed + position * position_of(map, tiles) + (ptrdiff_t)(panels - 1) * tiles * PANEL;
    for (int tile = 0; tile < tiles; tile++) vstore(panel + tile * PANEL + LANES, vzero());
  }
}

/// The product of one position over all tiles that are there: sums [i][o] += V' Y.
static void product_of_position(
    const yolos_weight_pass *pass, int tiles, const float *v, const float *y, float *sums) {
  int panels = panels_of(pass->dz.c);
  ptrdiff_t pitch = (ptrdiff_t)panels * PANEL;
  // Two panels of 200 tiles fit the first-level cache.
  for (int first = 0; first < tiles; first += 200) {
    int count = min_of(200, tiles - first);
    for (int out = 0; out < panels; out += ACROSS) {
      yolos_lines right = {y + ((ptrdiff_t)out * tiles + first) * PANEL, 0, PANEL};
      for (int in = 0; in < panels_of(pass->x.c); in++) {
        yolos_lines left = {v + ((ptrdiff_t)in * tiles + first) * PANEL, 0, PANEL};
        outer_product(
            min_of(PANEL, pass->x.c - in * PANEL), min_of(ACROSS, panels - out), 1, count, left,
            &right, (ptrdiff_t)tiles * PANEL, sums + (ptrdiff_t)in * PANEL * pitch + out * PANEL,
            pitch);
      }
    }
  }
}

void YOLOS(winograd_gradient)(const yolos_weight_pass *pass, int group, float *scratch) {
  ptrdiff_t all = tiles_of(&pass->dz), end = part_start(all, pass->groups, group + 1);
  float *sums = pass->sums + (size_t)group * pass->sum_count;
  memset(sums, 0, pass->sum_count * sizeof(float));
  for (ptrdiff_t chunk = part_start(all, pass->groups, group); chunk < end; chunk += pass->block) {
    int tiles = end - chunk < pass->block ? (int)(end - chunk) : pass->block;
    float *v = scratch, *y = scratch + 36 * position_of(&pass->x, tiles);
    clear_gap(&pass->dz, tiles, y);
    transform_tiles(pass, chunk, tiles, 0, tiles, v, y);
    for (int position = 0; position < 36; position++) {
      product_of_position(
          pass, tiles, v + position * position_of(&pass->x, tiles),
          y + position * position_of(&pass->dz, tiles), sums + position * (pass->sum_count / 36));
    }
  }
}

/// The number of tiles in a chunk.
static int chunk_tiles(const yolos_weight_pass *pass, int chunk) {
  ptrdiff_t rest = tiles_of(&pass->dz) - (ptrdiff_t)chunk * pass->block;
  return rest < pass->block ? (int)rest : pass->block;
}

void YOLOS(winograd_gradient_transform)(const yolos_weight_pass *pass, int chunk, int task) {
  int tiles = chunk_tiles(pass, chunk);
  float *v = pass->transformed, *y = v + 36 * position_of(&pass->x, tiles);
  if (task == 0) clear_gap(&pass->dz, tiles, y);
  transform_tiles(
      pass, (ptrdiff_t)chunk * pass->block, tiles, (int)part_start(tiles, 16, task),
      (int)part_start(tiles, 16, task + 1), v, y);
}

void YOLOS(winograd_gradient_product)(const yolos_weight_pass *pass, int chunk, int position) {
  int tiles = chunk_tiles(pass, chunk);
  const float *v = pass->transformed, *y = v + 36 * position_of(&pass->x, tiles);
  size_t count = pass->sum_count / 36;
  float *sums = pass->sums + position * count;
  if (chunk == 0) memset(sums, 0, count * sizeof(float));
  product_of_position(
      pass, tiles, v + position * position_of(&pass->x, tiles),
      y + position * position_of(&pass->dz, tiles), sums);
}

/// A register of outputs and one input: the sum of the groups, transformed back.
INLINE void gradient_taps(const yolos_weight_pass *pass, const float *sums, vec *taps) {
  vec half[18];
  for (int j = 0; j < 6; j++) {
    vec column[6], three[3];
    for (int i = 0; i < 6; i++) {
      const float *from = sums + (i * 6 + j) * (pass->sum_count / 36);
      column[i] = vload(from);
      for (int group = 1; group < pass->groups; group++) {
        column[i] += vload(from + group * pass->sum_count);
      }
    }
    g3(column, three);
    for (int i = 0; i < 3; i++) half[i * 6 + j] = three[i];
  }
  for (int i = 0; i < 3; i++) g3(half + i * 6, taps + i * 3);
}

void YOLOS(winograd_gradient_sum)(const yolos_weight_pass *pass, int panel) {
  int inputs = pass->x.c, outputs = pass->dz.c, end = min_of(inputs, (panel + 1) * PANEL);
  ptrdiff_t pitch = (ptrdiff_t)panels_of(outputs) * PANEL, row = (ptrdiff_t)inputs * 9;
  for (int o = 0; o < outputs; o += LANES) {
    for (int input = panel * PANEL; input < end; input++) {
      vec taps[9];
      gradient_taps(pass, pass->sums + input * pitch + o, taps);
      scatter_taps(
          taps, 9, pass->dw + o * row + (ptrdiff_t)input * 9, row, min_of(LANES, outputs - o));
    }
  }
}
