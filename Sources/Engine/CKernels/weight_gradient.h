// Weight gradients directly: for every tap, dw += x(shifted)' dz.
//
// A task goes through its blocks of rows. Each block of x and dz is copied into panels of 16
// channels [panel][pixel][16] first: in the maps themselves the pixels lie 512 or 1024 bytes apart,
// which falls into a few sets of the first-level cache. With fewer than 16 input channels a panel
// would be mostly air; then the window's line, kernel x channels neighboring floats, takes its
// place.

/// A block of the maps in scratch memory.
typedef struct {
  const float *x, *dz;
  /// The panels that the copies begin with, of x and of dz.
  int x_first, dz_first;
  /// Floats of a panel of x and of dz.
  ptrdiff_t x_panel, dz_panel;
  /// Floats of a padded line of x in its panel, and of a line of dz.
  ptrdiff_t x_line, dz_line;
} yolos_block;

/// Copies one pixel into its place in every panel; channels that do not exist become zeros.
INLINE void copy_pixel(float *to, ptrdiff_t panel, const float *from, int channels) {
  int c = 0;
  for (; c + PANEL <= channels; c += PANEL, to += panel) {
    for (int r = 0; r < REGISTERS; r++) vstore(to + r * LANES, vload(from + c + r * LANES));
  }
  if (c == channels) return;
  for (int r = 0; r < REGISTERS; r++) {
    vstore(to + r * LANES, load_part(from + c + r * LANES, max_of(0, channels - c - r * LANES)));
  }
}

/// Sets `count` pixels to zero in every panel.
static void clear_pixels(float *to, ptrdiff_t panel, int panels, ptrdiff_t count) {
  for (int p = 0; p < panels; p++) {
    memset(to + p * panel, 0, (size_t)(count * PANEL) * sizeof(float));
  }
}

/// Copies lines of a map into panels, with `pad` zero pixels at both ends; lines outside are zeros.
static void copy_panels(
    float *to, ptrdiff_t panel, const yolos_map *map, int image, int first, int end, int pad) {
  ptrdiff_t width = map->w + 2 * pad;
  int panels = panels_of(map->c);
  for (int row = first; row < end; row++, to += width * PANEL) {
    if (row < 0 || row >= map->h) {
      clear_pixels(to, panel, panels, width);
      continue;
    }
    const float *from = map->base + ((ptrdiff_t)image * map->h + row) * map->w * map->pixel;
    clear_pixels(to, panel, panels, pad);
    for (int x = 0; x < map->w; x++) {
      copy_pixel(to + (pad + x) * PANEL, panel, from + x * map->pixel, map->c);
    }
    clear_pixels(to + (pad + map->w) * PANEL, panel, panels, pad);
  }
}

/// The part of a direct gradient that a task computes: its units, and the panels that they need.
typedef struct {
  int first, end;
  int in_first, in_end, out_first, out_end;
} yolos_units;

static yolos_units units_of_part(const yolos_weight_pass *pass, int part) {
  int panels = panels_of(pass->dz.c), inputs = is_thin(pass->x.c) ? 1 : panels_of(pass->x.c);
  int units = units_of(pass), first = (int)part_start(units, pass->parts, part);
  int end = (int)part_start(units, pass->parts, part + 1);
  int pair = first / (inputs * pass->kernel), last = (end - 1) / (inputs * pass->kernel);
  yolos_units part_units = {
      first, end, 0, inputs, 2 * pair, min_of(panels, 2 * last + 2)};
  if (pair == last) {
    part_units.in_first = first / pass->kernel % inputs;
    part_units.in_end = (end - 1) / pass->kernel % inputs + 1;
  }
  return part_units;
}

/// The panels `first` up to `end` of a map, as a map.
static yolos_map panels_of_map(const yolos_map *map, int first, int end) {
  yolos_map part = *map;
  part.base += first * PANEL;
  part.c = min_of(map->c, end * PANEL) - first * PANEL;
  return part;
}

/// Some units of some lines of a block. The sums are [ky][kx][i][o], o filled up to panels.
static void gradient_of_lines(
    const yolos_weight_pass *pass, const yolos_block *block, const yolos_units *units, int first,
    int lines, float *sums, int fresh) {
  int kernel = pass->kernel, inputs = pass->x.c, thin = is_thin(inputs);
  int panels = panels_of(pass->dz.c), across_inputs = thin ? 1 : panels_of(inputs);
  ptrdiff_t pixel = thin ? inputs : PANEL, pitch = (ptrdiff_t)panels * PANEL;
  for (int unit = units->first; unit < units->end; unit++) {
    int ky = unit % kernel, in = unit / kernel % across_inputs;
    int pair = unit / kernel / across_inputs * 2;
    for (int out = pair; out < min_of(panels, pair + 2); out += ACROSS) {
      int across = min_of(ACROSS, panels - out);
      yolos_lines dz = {
          block->dz + (out - block->dz_first) * block->dz_panel + first * block->dz_line,
          block->dz_line, PANEL};
      yolos_lines x = {
          block->x + (in - block->x_first) * block->x_panel +
              (first * pass->stride + ky) * block->x_line,
          pass->stride * block->x_line, pass->stride * pixel};
      float *to = sums + ((ptrdiff_t)ky * kernel * inputs + in * PANEL) * pitch + out * PANEL;
      if (thin) {
        outer_product(
            kernel * inputs, across, lines, pass->dz.w, x, &dz, block->dz_panel, to, pitch, fresh);
        continue;
      }
      for (int kx = 0; kx < kernel; kx++, x.base += PANEL, to += inputs * pitch) {
        outer_product(
            min_of(PANEL, inputs - in * PANEL), across, lines, pass->dz.w, x, &dz,
            block->dz_panel, to, pitch, fresh);
      }
    }
  }
}

void YOLOS(weight_gradient)(const yolos_weight_pass *pass, int task, float *scratch) {
  const yolos_map *dz = &pass->dz;
  int pad = pass->kernel / 2, thin = is_thin(pass->x.c);
  int run = task / pass->parts, shard = run / pass->cuts, cut = run % pass->cuts;
  yolos_units units = units_of_part(pass, task % pass->parts);
  yolos_map x_map =
      thin ? pass->x : panels_of_map(&pass->x, units.in_first, units.in_end);
  yolos_map dz_map = panels_of_map(dz, units.out_first, units.out_end);
  float *sums = pass->sums + (size_t)run * pass->sum_count;
  ptrdiff_t start = shard_start(&pass->shards, shard) * dz->h;
  ptrdiff_t count = shard_start(&pass->shards, shard + 1) * dz->h - start;
  ptrdiff_t end = start + part_start(count, pass->cuts, cut + 1);
  int fresh = 1, rows;
  for (ptrdiff_t row = start + part_start(count, pass->cuts, cut); row < end; row += rows) {
    int image = (int)(row / dz->h), first = (int)(row % dz->h);
    rows = min_of(dz->h - first, pass->block);
    if (rows > end - row) rows = (int)(end - row);
    int top = first * pass->stride - pad, height = (rows - 1) * pass->stride + pass->kernel;
    yolos_block block = {
        .x_first = units.in_first, .dz_first = units.out_first,
        .x_line = (ptrdiff_t)(pass->x.w + 2 * pad) * (thin ? pass->x.c : PANEL),
        .dz_line = (ptrdiff_t)dz->w * PANEL};
    // Whole cache lines, and one more than the panel needs: else panels would fall on each other in
    // the cache.
    block.x_panel = (parts_of(height * block.x_line, PANEL) + 1) * PANEL;
    block.dz_panel = rows * block.dz_line + PANEL;
    float *x_copy = scratch, *dz_copy = scratch + (thin ? 1 : panels_of(x_map.c)) * block.x_panel;
    if (thin) {
      copy_rows(x_copy, &x_map, image, top, top + height, pad, pad);
    } else {
      copy_panels(x_copy, block.x_panel, &x_map, image, top, top + height, pad);
    }
    copy_panels(dz_copy, block.dz_panel, &dz_map, image, first, first + rows, 0);
    block.x = x_copy;
    block.dz = dz_copy;
    // Some 160 pixels at a time: their two panels stay in the first-level cache.
    int lines = max_of(1, 160 / dz->w);
    for (int line = 0; line < rows; line += lines, fresh = 0) {
      gradient_of_lines(pass, &block, &units, line, min_of(lines, rows - line), sums, fresh);
    }
  }
}

/// The sum of `count` registers, at most YOLOS_SHARDS, that lie `pitch` floats apart: the first
/// half's plus the second half's.
INLINE vec tree_of(const float *from, size_t pitch, int count) {
#define AT(i) vload(from + (i) * pitch)
  switch (count) {
    case 1: return AT(0);
    case 2: return AT(0) + AT(1);
    case 3: return AT(0) + (AT(1) + AT(2));
    case 4: return (AT(0) + AT(1)) + (AT(2) + AT(3));
    case 5: return (AT(0) + AT(1)) + (AT(2) + (AT(3) + AT(4)));
    case 6: return (AT(0) + (AT(1) + AT(2))) + (AT(3) + (AT(4) + AT(5)));
    case 7: return (AT(0) + (AT(1) + AT(2))) + ((AT(3) + AT(4)) + (AT(5) + AT(6)));
    default:
      return ((AT(0) + AT(1)) + (AT(2) + AT(3))) + ((AT(4) + AT(5)) + (AT(6) + AT(7)));
  }
#undef AT
}

/// The sum of some shards, each of which is the sum of its runs.
INLINE vec shards_sum(const yolos_weight_pass *pass, const float *from) {
  if (pass->cuts == 1) return tree_of(from, pass->sum_count, pass->sum_shards);
  float shards[YOLOS_SHARDS * LANES] __attribute__((aligned(64)));
  for (int i = 0; i < pass->sum_shards; i++) {
    vstore(shards + i * LANES,
           tree_of(from + i * pass->cuts * pass->sum_count, pass->sum_count, pass->cuts));
  }
  return tree_of(shards, LANES, pass->sum_shards);
}

/// All taps of one input and a register of outputs; the sums of taps lie `pitch` floats apart.
static void sum_of_weights(
    const yolos_weight_pass *pass, const float *sums, ptrdiff_t pitch, float *dw, int lanes) {
  int taps = pass->kernel * pass->kernel;
  for (int tap = 0; tap < taps; tap += 9) {
    vec values[9];
    int count = min_of(9, taps - tap);
    for (int i = 0; i < count; i++) values[i] = shards_sum(pass, sums + (tap + i) * pitch);
    scatter_taps(
        values, count, dw + tap, (ptrdiff_t)pass->x.c * taps, lanes, pass->overwrites);
  }
}

void YOLOS(weight_gradient_sum)(const yolos_weight_pass *pass, int panel) {
  int taps = pass->kernel * pass->kernel, inputs = pass->x.c, outputs = pass->dz.c;
  int end = min_of(inputs, (panel + 1) * PANEL);
  ptrdiff_t pitch = (ptrdiff_t)panels_of(outputs) * PANEL, row = (ptrdiff_t)inputs * taps;
  const float *sums = pass->sums + pass->sum_first * pass->cuts * pass->sum_count;
  // Four cache lines of every sum at a time: the sums are many streams for the memory, and short runs
  // of them would be slow.
  for (int block = 0; block < outputs; block += 4 * PANEL) {
    for (int input = panel * PANEL; input < end; input++) {
      for (int o = block; o < min_of(outputs, block + 4 * PANEL); o += LANES) {
        sum_of_weights(pass, sums + input * pitch + o, inputs * pitch,
                       pass->dw + o * row + (ptrdiff_t)input * taps, min_of(LANES, outputs - o));
      }
    }
  }
}
