// Small whole-number helpers that plans and kernels share.

#ifndef YOLOS_ARITHMETIC_H
#define YOLOS_ARITHMETIC_H

#include "CKernels.h"

/// Output channels of a panel: two registers of eight lanes, or one of sixteen.
#define PANEL 16
/// Pieces of a map are whole multiples of so many pixels, where there are enough: a register tile
/// of the kernels with eight lanes, half of one with sixteen. The same for all, since plans must
/// be.
enum { UNIT = 6 };
/// Tasks that transform the inputs of a Winograd pass for all others.
enum { INPUT_TASKS = YOLOS_WINOGRAD_INPUT_TASKS };

static inline int min_of(int a, int b) { return a < b ? a : b; }
static inline int max_of(int a, int b) { return a > b ? a : b; }
/// a / b, rounded up.
static inline ptrdiff_t parts_of(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }
static inline int panels_of(int channels) { return (channels + PANEL - 1) / PANEL; }
/// Where part `index` of `count` things begins when they are split into `parts` as evenly as
/// possible: 20 pixels are four tiles of five, not three of six and one of two.
static inline ptrdiff_t part_start(ptrdiff_t count, ptrdiff_t parts, ptrdiff_t index) {
  return count * index / parts;
}

/// Channels of a map filled up to whole panels, and so to whole registers.
static inline ptrdiff_t padded_of(int channels) { return (channels + PANEL - 1) / PANEL * PANEL; }
/// Whether a map has too few channels to be cut into panels.
static inline int is_thin(int channels) { return channels < PANEL; }
/// Winograd tiles of 4 x 4 outputs in a batch.
static inline ptrdiff_t tiles_of(const yolos_map *map) {
  return (ptrdiff_t)map->n * ((map->h + 3) / 4) * ((map->w + 3) / 4);
}
static inline ptrdiff_t tiles_of_image(const yolos_map *map) {
  return (ptrdiff_t)((map->h + 3) / 4) * ((map->w + 3) / 4);
}
/// The first image of a held shard, counted in the maps.
static inline ptrdiff_t shard_start(const yolos_shards *shards, int index) {
  return part_start(shards->images, shards->count, shards->first + index) -
         part_start(shards->images, shards->count, shards->first);
}
/// Images of the largest shard of the batch, and of the smallest.
static inline ptrdiff_t largest_shard(const yolos_shards *shards) {
  return parts_of(shards->images, shards->count);
}
static inline ptrdiff_t smallest_shard(const yolos_shards *shards) {
  return shards->images / shards->count;
}

/// What the work of a direct weight gradient is cut by: pairs of panels of outputs, panels of inputs
/// and lines of the window, in this order.
static inline int units_of(const yolos_weight_pass *pass) {
  int inputs = is_thin(pass->x.c) ? 1 : panels_of(pass->x.c);
  return (int)parts_of(panels_of(pass->dz.c), 2) * inputs * pass->kernel;
}

/// The tiles of a chunk of a Winograd gradient: a piece of a shard, or so many whole shards.
typedef struct {
  ptrdiff_t first;
  int tiles, shard, shards;
  /// Whether a shard begins and ends with it.
  int opens, closes;
} yolos_chunk;

static inline yolos_chunk chunk_of(const yolos_weight_pass *pass, int index) {
  ptrdiff_t image = tiles_of_image(&pass->dz);
  if (pass->whole > 0) {
    int shard = index * pass->whole, end = min_of(pass->shards.held, shard + pass->whole);
    ptrdiff_t first = image * shard_start(&pass->shards, shard);
    ptrdiff_t last = image * shard_start(&pass->shards, end);
    return (yolos_chunk){first, (int)(last - first), shard, end - shard, 1, 1};
  }
  int shard = index / pass->pieces, piece = index % pass->pieces;
  ptrdiff_t first = image * shard_start(&pass->shards, shard);
  ptrdiff_t tiles = image * shard_start(&pass->shards, shard + 1) - first;
  ptrdiff_t start = part_start(tiles, pass->pieces, piece);
  ptrdiff_t end = part_start(tiles, pass->pieces, piece + 1);
  return (yolos_chunk){first + start, (int)(end - start), shard, 1, piece == 0,
                       piece == pass->pieces - 1};
}

/// Channels in whose plain weights a Winograd pass transforms at a time: with two panels they take 300
/// KB, which stay in the second-level cache.
enum { CHUNK = 64 };
/// Products that Winograd's transform takes for a tile: 6 x 6 with stride 1, 9 x 9 with stride 2.
static inline int positions_of(int stride) { return stride == 1 ? 36 : 81; }
/// Whether the weights of a Winograd pass are too many (1 MB) to stay in the second-level cache
/// from one block of tiles to the next, so that they are fetched ahead of their use.
static inline int streams_weights(const yolos_pass *pass) {
  ptrdiff_t matrix = (ptrdiff_t)pass->x.c * panels_of(pass->y.c) * PANEL;
  return positions_of(pass->stride) * matrix > 1024 * 1024 / 4;
}

#endif
