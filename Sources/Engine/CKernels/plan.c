// How each pass is cut into tasks, from the shapes alone: neither the number of threads nor the
// processor has a say, and so the bits cannot depend on them.
//
// The numbers aim at a second-level cache of 512 KB and at eight tasks or more.

#include "arithmetic.h"
#include "dispatch.h"

/// Floats of a task's scratch memory that leave room for weights and outputs in the cache.
enum { BUDGET = 200 * 1024 / 4 };
/// Tasks that a pass should at least have, where the caller does not ask for more.
enum { WANTED = 8 };

static int wanted_of(const yolos_pass *pass) { return pass->wanted > 0 ? pass->wanted : WANTED; }

static void cut(yolos_pass *pass, int blocks, int groups) {
  pass->blocks = blocks;
  pass->groups = groups;
  pass->tasks = blocks * groups;
}

/// Into how many groups of panels to cut `blocks` pieces of a map that has too few of them.
static int groups_for(int blocks, int channels, int wanted) {
  return blocks >= wanted ? 1 : min_of(panels_of(channels), (int)parts_of(wanted, blocks));
}

/// Rows of a block: as many as the budget holds, fewer where there would be too few blocks, and all
/// blocks about equal. `line` is in floats, `lines` how many a row of the map needs, `more` how
/// many on top.
static int rows_of_block(
    int height, int images, ptrdiff_t line, int lines, int more, int wanted) {
  int rows = (int)((BUDGET / line - more) / lines);
  rows = min_of(height, max_of(1, rows));
  int blocks = (int)parts_of(height, rows);
  if (blocks * images < wanted) {
    blocks = min_of(max_of(1, height / 4), (int)parts_of(wanted, images));
  }
  blocks = max_of(blocks, (int)parts_of(height, rows));
  return (int)parts_of(height, blocks);
}

static void plan_pixels(yolos_pass *pass) {
  ptrdiff_t pixels = (ptrdiff_t)pass->x.n * pass->x.h * pass->x.w;
  ptrdiff_t block = max_of(48, 24 * 1024 / pass->x.c);
  int wanted = wanted_of(pass);
  if (parts_of(pixels, block) < wanted) block = parts_of(pixels, wanted);
  // Whole tiles, and blocks of about equal size.
  ptrdiff_t blocks = parts_of(pixels, block);
  block = parts_of(parts_of(pixels, blocks), UNIT) * UNIT;
  pass->block = (int32_t)block;
  pass->scratch = 0;
  blocks = parts_of(pixels, block);
  cut(pass, (int)blocks, groups_for((int)blocks, pass->y.c, wanted));
}

void yolos_plan_direct(yolos_pass *pass) {
  if (pass->kernel == 1 && pass->stride == 1) {
    plan_pixels(pass);
    return;
  }
  int pad = pass->kernel / 2;
  ptrdiff_t line = (ptrdiff_t)(pass->x.w + 2 * pad) * pass->x.c;
  pass->block = rows_of_block(
      pass->y.h, pass->y.n, line, pass->stride, pass->kernel - pass->stride, wanted_of(pass));
  int blocks = pass->y.n * (int)parts_of(pass->y.h, pass->block);
  pass->scratch = (size_t)(((pass->block - 1) * pass->stride + pass->kernel) * line);
  cut(pass, blocks, groups_for(blocks, pass->y.c, wanted_of(pass)));
}

void yolos_plan_spread(yolos_pass *pass) {
  int around = pass->kernel / 2;
  ptrdiff_t line = (ptrdiff_t)(pass->x.w + around + 1) * pass->x.c;
  pass->block = rows_of_block(pass->x.h, pass->x.n, line, 1, around + 1, wanted_of(pass));
  int blocks = pass->x.n * (int)parts_of(pass->x.h, pass->block);
  pass->scratch = (size_t)((pass->block + around + 1) * line);
  cut(pass, blocks, groups_for(blocks, pass->y.c, wanted_of(pass)));
}

void yolos_plan_winograd(yolos_pass *pass) {
  ptrdiff_t tiles = tiles_of(&pass->y), depth = padded_of(pass->x.c);
  int positions = positions_of(pass->stride), wanted = wanted_of(pass);
  pass->transformed_count = 0;
  // Plain weights should be transformed once, too.
  ptrdiff_t plain = pass->plain ? (ptrdiff_t)2 * 36 * CHUNK * PANEL : 0;
  if (tiles <= (plain > 0 ? 20 : 6) * UNIT) {
    // Few tiles (20 x 20 pixels are 25) and, as a rule, many channels: the weights are what there
    // is to read, and they should be read once. All tasks share the transformed inputs.
    int panels = panels_of(pass->y.c), blocks = panels < WANTED / 2 ? 2 : 1;
    if (wanted > WANTED) {
      blocks = max_of(blocks, min_of((int)tiles / UNIT, (int)parts_of(wanted, panels)));
    }
    pass->block = (int32_t)parts_of(tiles, blocks);
    pass->transformed_count = (size_t)(positions * (tiles * depth + PANEL));
    // Products of two panels: the most that a register tile takes at once.
    pass->scratch = (size_t)(positions * (pass->block + 1) * 2 * PANEL + plain);
    cut(pass, (int)parts_of(tiles, pass->block), panels);
    return;
  }
  // Weights that are read anew for each block are read less often the larger it is.
  int least = streams_weights(pass) ? 4 * UNIT : 2 * UNIT;
  ptrdiff_t block = max_of(least, (int)(BUDGET / (positions * depth)) / UNIT * UNIT);
  ptrdiff_t blocks = parts_of(tiles, block);
  if (blocks < wanted && tiles >= 2 * UNIT * wanted) blocks = wanted;
  block = parts_of(tiles, blocks);
  // Whole register tiles, where there are many.
  if (blocks >= WANTED) block = parts_of(block, UNIT) * UNIT;
  pass->block = (int32_t)block;
  pass->scratch = (size_t)(positions * (pass->block * (depth + 2 * PANEL) + 3 * PANEL) + plain);
  blocks = parts_of(tiles, block);
  // Each group of panels transforms the inputs for itself: only where threads would idle.
  cut(pass, (int)blocks, wanted > WANTED ? groups_for((int)blocks, pass->y.c, wanted) : 1);
}

/// Rearranges the pixels of a convolution of kernel 1 and stride 1 into longer rows, where their
/// number allows: every row is a run of its own to the kernel.
static void lengthen_rows(yolos_weight_pass *pass) {
  int height = pass->x.h, width = pass->x.w, best = 1;
  for (int factor = 2; factor <= height && factor * width <= 160; factor++) {
    if (height % factor == 0) best = factor;
  }
  pass->x.h = pass->dz.h = height / best;
  pass->x.w = pass->dz.w = width * best;
}

/// Into how many runs each shard is cut: twice as many as long as `fits` says so for them, at most
/// 8. The number depends on the shape of the whole batch, so that all who hold parts of it agree.
#define CUTS_WHERE(fits)                                   \
  ({                                                       \
    int cuts = 1;                                          \
    for (int twice = 2; twice <= 8 && (fits); twice *= 2) cuts = twice; \
    cuts;                                                  \
  })

void yolos_plan_weight_gradient(yolos_weight_pass *pass) {
  if (pass->kernel == 1 && pass->stride == 1) lengthen_rows(pass);
  const yolos_map *x = &pass->x, *dz = &pass->dz;
  int pad = pass->kernel / 2, thin = is_thin(x->c);
  ptrdiff_t in = thin ? x->c : (ptrdiff_t)panels_of(x->c) * PANEL;
  ptrdiff_t out = (ptrdiff_t)panels_of(dz->c) * PANEL;
  ptrdiff_t x_line = (x->w + 2 * pad) * in, dz_line = dz->w * out;
  // Per row of dz, `stride` lines of x and one of dz; the window's other lines come on top.
  ptrdiff_t row = pass->stride * x_line + dz_line;
  ptrdiff_t rows = (BUDGET - (pass->kernel - pass->stride) * x_line) / row;
  rows = rows < 2 ? 2 : rows > dz->h ? dz->h : rows;
  pass->block = (int32_t)parts_of(dz->h, parts_of(dz->h, rows));
  ptrdiff_t lines = (ptrdiff_t)(pass->block - 1) * pass->stride + pass->kernel;
  pass->scratch = (size_t)(lines * x_line + in + pass->block * dz_line + out + 2 * PANEL);
  pass->sum_count = (size_t)(pass->kernel * pass->kernel * x->c * out);
  pass->transformed_count = 0;
  pass->chunks = 0;
  // Few weights: the sums of more runs cost nothing. Many: there are channels to cut by.
  ptrdiff_t all = smallest_shard(&pass->shards) * dz->h;
  pass->cuts = CUTS_WHERE(
      twice * pass->sum_count <= 16 * 1024 && all >= 4 * twice && all * dz->w >= 512 * twice);
  int runs = pass->shards.held * pass->cuts;
  pass->parts = min_of(units_of(pass), (int)parts_of(max_of(1, pass->wanted), max_of(1, runs)));
  pass->tasks = runs * pass->parts;
}

void yolos_plan_winograd_gradient(yolos_weight_pass *pass) {
  int in = panels_of(pass->x.c) * PANEL, out = panels_of(pass->dz.c) * PANEL;
  const yolos_shards *shards = &pass->shards;
  ptrdiff_t image = tiles_of_image(&pass->dz);
  ptrdiff_t largest = image * largest_shard(shards), smallest = image * smallest_shard(shards);
  pass->sum_count = (size_t)9 * pass->x.c * out;
  pass->chunks = pass->transformed_count = 0;
  pass->cuts = pass->parts = 1;
  if (in + out <= 64) {
    // Transforming the sums back costs as much as some ten tiles.
    pass->cuts = CUTS_WHERE(
        smallest >= 200 * twice || (shards->count * twice <= WANTED && smallest >= 12 * twice));
    ptrdiff_t block = in + out <= 32 ? 72 : 36, run = parts_of(largest, pass->cuts);
    pass->block = (int32_t)(run < block ? run : block);
    pass->tasks = shards->held * pass->cuts;
    pass->scratch = (size_t)(36 * ((ptrdiff_t)pass->block * (in + out) + 2 * PANEL) +
                             36 * (in * out + PANEL));
    return;
  }
  ptrdiff_t block = in + out <= 168 ? 100 : in + out <= 256 ? 200 : 400, tiles;
  if (largest <= block) {
    // Some 4 MB of transformed maps, which stay in a cache while tasks read them several times.
    int whole = max_of(1, (int)(28 * 1024 / (in + out) / largest));
    pass->whole = max_of(1, min_of(shards->held, whole));
    pass->chunks = (int32_t)parts_of(shards->held, pass->whole);
    tiles = pass->whole * largest;
    int pairs = (int)parts_of(panels_of(pass->dz.c), 2), inputs = panels_of(pass->x.c);
    int wanted = max_of(WANTED, pass->wanted);
    pass->step = 4;
    while (pass->step > 1 &&
           pass->whole * pairs * (int)parts_of(inputs, pass->step) < wanted) {
      pass->step /= 2;
    }
    pass->scratch = (size_t)(36 * (pass->step * 2 * PANEL * PANEL + PANEL));
  } else {
    pass->whole = 0;
    pass->pieces = (int32_t)parts_of(largest, block);
    pass->chunks = shards->held * pass->pieces;
    tiles = parts_of(largest, pass->pieces);
    // More than 36 tasks where there are threads for them.
    pass->parts = min_of((int)parts_of(panels_of(pass->dz.c), 2),
                         (int)parts_of(max_of(1, pass->wanted), 36));
    pass->scratch = 0;
  }
  pass->products = (size_t)(36 * (tiles * (in + out) + 2 * PANEL));
  pass->transformed_count =
      pass->products + (pass->whole ? 0 : (size_t)(36 * ((ptrdiff_t)in * out + PANEL)));
}

int yolos_winograd_gradient_products(const yolos_weight_pass *pass, int chunk) {
  if (pass->whole == 0) return 36 * pass->parts;
  int pairs = (int)parts_of(panels_of(pass->dz.c), 2);
  return chunk_of(pass, chunk).shards * pairs * (int)parts_of(panels_of(pass->x.c), pass->step);
}

int yolos_winograd_gradient_backs(const yolos_weight_pass *pass, int chunk) {
  return pass->whole == 0 && chunk_of(pass, chunk).closes ? panels_of(pass->x.c) : 0;
}
