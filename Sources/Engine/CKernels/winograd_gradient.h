// Weight gradients of kernel 3 and stride 1 by F(4 x 4, 3 x 3):
//
//   dg = G' [ sum over tiles of V . Y ] G,    V = B' x B,  Y = A dz A'
//
// At each of the 36 positions the sum over tiles is a matrix product V' Y with the tiles as its
// inner dimension. Both are held in panels [position][panel][tile][16]. The sums of a shard, or of
// a run of its tiles, are transformed back before shards are added: nine floats a weight, not 36.
//
// Few channels: a task goes through the tiles of its run block by block, with 36 sums that are
// small enough for the second-level cache. Many channels: a chunk of tiles is transformed by all
// threads. Where it holds whole shards, a task computes all 36 products of one of them for so few
// channels that they stay in the cache, and transforms them back. Where it is a piece of a shard,
// each of the 36 products goes on with its sum, and the last piece is followed by the transform.

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

/// Channels that a task multiplies, in panels.
typedef struct {
  int in_first, in_end, out_first, out_end;
} yolos_cut;

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

/// The product of one position over `count` tiles from `first` on, of `tiles` that are there:
/// sums [i][o] += V' Y for the channels of the cut, or = where they are `fresh`.
static void product_of_position(
    const yolos_weight_pass *pass, int tiles, int first, int count, const yolos_cut *cut,
    const float *v, const float *y, float *sums, ptrdiff_t pitch, int fresh) {
  // Two panels of 200 tiles fit the first-level cache.
  for (int end = first + count; first < end; first += 200, fresh = 0) {
    int some = min_of(200, end - first);
    for (int out = cut->out_first; out < cut->out_end; out += ACROSS) {
      yolos_lines right = {y + ((ptrdiff_t)out * tiles + first) * PANEL, 0, PANEL};
      for (int in = cut->in_first; in < cut->in_end; in++) {
        yolos_lines left = {v + ((ptrdiff_t)in * tiles + first) * PANEL, 0, PANEL};
        outer_product(
            min_of(PANEL, pass->x.c - in * PANEL), min_of(ACROSS, cut->out_end - out), 1, some,
            left, &right, (ptrdiff_t)tiles * PANEL,
            sums + (ptrdiff_t)(in - cut->in_first) * PANEL * pitch +
                (out - cut->out_first) * PANEL,
            pitch, fresh);
      }
    }
  }
}

/// The products of all positions for a cut, one `position` floats behind the other.
typedef struct {
  float *base;
  ptrdiff_t position, pitch;
} yolos_products;

/// The cache line more keeps the 36 positions apart in the first-level cache.
static yolos_products products_of(const yolos_cut *cut, float *base) {
  ptrdiff_t pitch = (cut->out_end - cut->out_first) * PANEL;
  return (yolos_products){
      base, (cut->in_end - cut->in_first) * PANEL * pitch + PANEL, pitch};
}

/// Transforms the products of a cut back, into the sums of a run.
static void transform_back(
    const yolos_weight_pass *pass, const yolos_products *products, const yolos_cut *cut,
    float *sums) {
  ptrdiff_t pitch = (ptrdiff_t)panels_of(pass->dz.c) * PANEL, tap = pass->x.c * pitch;
  int first = cut->in_first * PANEL, end = min_of(pass->x.c, cut->in_end * PANEL);
  for (int input = first; input < end; input++) {
    const float *from = products->base + (input - first) * products->pitch;
    float *to = sums + input * pitch + cut->out_first * PANEL;
    for (int o = 0; o < products->pitch; o += LANES) {
      vec half[18], taps[9];
      UNROLL for (int j = 0; j < 6; j++) {
        vec column[6], three[3];
        UNROLL for (int i = 0; i < 6; i++) {
          column[i] = vload(from + (i * 6 + j) * products->position + o);
        }
        g3(column, three);
        UNROLL for (int i = 0; i < 3; i++) half[i * 6 + j] = three[i];
      }
      UNROLL for (int i = 0; i < 3; i++) g3(half + i * 6, taps + i * 3);
      UNROLL for (int i = 0; i < 9; i++) vstore(to + i * tap + o, taps[i]);
    }
  }
}

static yolos_cut whole_cut(const yolos_weight_pass *pass) {
  return (yolos_cut){0, panels_of(pass->x.c), 0, panels_of(pass->dz.c)};
}

void YOLOS(winograd_gradient)(const yolos_weight_pass *pass, int task, float *scratch) {
  int shard = task / pass->cuts, run = task % pass->cuts, fresh = 1;
  ptrdiff_t image = tiles_of_image(&pass->dz);
  ptrdiff_t start = image * shard_start(&pass->shards, shard);
  ptrdiff_t count = image * shard_start(&pass->shards, shard + 1) - start;
  ptrdiff_t end = start + part_start(count, pass->cuts, run + 1);
  yolos_cut cut = whole_cut(pass);
  yolos_products products = products_of(&cut, scratch);
  float *v = scratch + 36 * products.position;
  for (ptrdiff_t chunk = start + part_start(count, pass->cuts, run); chunk < end;
       chunk += pass->block, fresh = 0) {
    int tiles = end - chunk < pass->block ? (int)(end - chunk) : pass->block;
    float *y = v + 36 * position_of(&pass->x, tiles);
    clear_gap(&pass->dz, tiles, y);
    transform_tiles(pass, chunk, tiles, 0, tiles, v, y);
    for (int position = 0; position < 36; position++) {
      product_of_position(
          pass, tiles, 0, tiles, &cut, v + position * position_of(&pass->x, tiles),
          y + position * position_of(&pass->dz, tiles),
          products.base + position * products.position, products.pitch, fresh);
    }
  }
  transform_back(pass, &products, &cut, pass->sums + (size_t)task * pass->sum_count);
}

void YOLOS(winograd_gradient_transform)(const yolos_weight_pass *pass, int index, int task) {
  yolos_chunk chunk = chunk_of(pass, index);
  float *v = pass->transformed, *y = v + 36 * position_of(&pass->x, chunk.tiles);
  if (task == 0) clear_gap(&pass->dz, chunk.tiles, y);
  transform_tiles(
      pass, chunk.first, chunk.tiles, (int)part_start(chunk.tiles, 16, task),
      (int)part_start(chunk.tiles, 16, task + 1), v, y);
}

/// All products of some channels of a whole shard of a chunk, transformed back.
static void product_of_shard(
    const yolos_weight_pass *pass, const yolos_chunk *chunk, int task, float *scratch) {
  int pairs = (int)parts_of(panels_of(pass->dz.c), 2);
  int blocks = (int)parts_of(panels_of(pass->x.c), pass->step);
  int shard = chunk->shard + task / (pairs * blocks);
  int in = task / pairs % blocks * pass->step, out = task % pairs * 2;
  yolos_cut cut = {
      in, min_of(panels_of(pass->x.c), in + pass->step), out,
      min_of(panels_of(pass->dz.c), out + 2)};
  yolos_products products = products_of(&cut, scratch);
  ptrdiff_t image = tiles_of_image(&pass->dz);
  int first = (int)(image * shard_start(&pass->shards, shard) - chunk->first);
  int count = (int)(image * shard_start(&pass->shards, shard + 1) - chunk->first) - first;
  const float *v = pass->transformed, *y = v + 36 * position_of(&pass->x, chunk->tiles);
  for (int position = 0; position < 36; position++) {
    product_of_position(
        pass, chunk->tiles, first, count, &cut,
        v + position * position_of(&pass->x, chunk->tiles),
        y + position * position_of(&pass->dz, chunk->tiles),
        products.base + position * products.position, products.pitch, 1);
  }
  transform_back(pass, &products, &cut, pass->sums + (size_t)shard * pass->sum_count);
}

void YOLOS(winograd_gradient_product)(
    const yolos_weight_pass *pass, int index, int task, float *scratch) {
  yolos_chunk chunk = chunk_of(pass, index);
  if (pass->whole > 0) {
    product_of_shard(pass, &chunk, task, scratch);
    return;
  }
  yolos_cut cut = whole_cut(pass);
  yolos_products products = products_of(&cut, pass->transformed + pass->products);
  int position = task % 36, part = task / 36, pairs = (int)parts_of(cut.out_end, 2);
  int first = 2 * (int)part_start(pairs, pass->parts, part);
  cut.out_end = min_of(cut.out_end, 2 * (int)part_start(pairs, pass->parts, part + 1));
  cut.out_first = first;
  const float *v = pass->transformed, *y = v + 36 * position_of(&pass->x, chunk.tiles);
  product_of_position(
      pass, chunk.tiles, 0, chunk.tiles, &cut, v + position * position_of(&pass->x, chunk.tiles),
      y + position * position_of(&pass->dz, chunk.tiles),
      products.base + position * products.position + first * PANEL, products.pitch, chunk.opens);
}

void YOLOS(winograd_gradient_back)(const yolos_weight_pass *pass, int index, int panel) {
  yolos_chunk chunk = chunk_of(pass, index);
  yolos_cut cut = whole_cut(pass);
  yolos_products products = products_of(&cut, pass->transformed + pass->products);
  products.base += panel * PANEL * products.pitch;
  cut.in_first = panel;
  cut.in_end = panel + 1;
  transform_back(pass, &products, &cut, pass->sums + (size_t)chunk.shard * pass->sum_count);
}
