#ifndef CKERNELS_CONVOLUTION_H
#define CKERNELS_CONVOLUTION_H

// Convolutions. The padding is always kernel / 2, so an output has (h - 1) / stride + 1 rows.
//
// A pass is a number of tasks that may run in any order on any threads. Its plan, the number and
// cut of the tasks, depends on the shapes alone. The caller fills in the first fields of a pass,
// calls the plan, allocates what the plan asks for, and runs the tasks.

/// A pass from an input map x to an output map y: the convolution itself, or its data gradient
/// (which goes from dz to dx).
typedef struct {
  yolos_map x, y;
  /// Window and step of the convolution.
  int32_t kernel, stride;
  /// Packed for the kernel that runs.
  const float *weights;
  /// Winograd with stride 1 only: whether they are packed as for yolos_direct, a quarter of the size.
  /// Each task then transforms what it needs, to the same bits.
  int32_t plain;
  /// y = silu(z + bias) + residual. Bias and residual may be null; the residual may be y itself.
  const float *bias;
  int32_t silu;
  const float *residual;
  ptrdiff_t residual_pixel;

  /// Tasks that the pass should at least have, where it is not to be 8. No bit depends on it.
  int32_t wanted;

  /// The plan: the tasks are `blocks` pieces of the map x `groups` pieces of the output channels.
  int32_t tasks, blocks, groups;
  /// Pixels, rows or tiles in a piece, according to the kernel.
  int32_t block;
  /// Floats of scratch memory, aligned to 64 bytes, that each worker brings.
  size_t scratch;
  /// Winograd only: floats of the transformed inputs that all tasks share, and where they lie,
  /// aligned to 64 bytes; 0 where each task transforms its own.
  size_t transformed_count;
  float *transformed;
} yolos_pass;

/// Any convolution, directly from its definition: implicit matrix product.
void yolos_plan_direct(yolos_pass *pass);
void yolos_direct(const yolos_pass *pass, int task, float *scratch);

/// Convolutions of kernel 3 by Winograd's transforms: F(4 x 4, 3 x 3) for stride 1, 81 products for
/// 4 x 4 outputs for stride 2. Where the plan has `transformed_count`, the inputs are transformed
/// first, by so many tasks.
#define YOLOS_WINOGRAD_INPUT_TASKS 16
void yolos_plan_winograd(yolos_pass *pass);
void yolos_winograd_inputs(const yolos_pass *pass, int task);
void yolos_winograd(const yolos_pass *pass, int task, float *scratch);

/// The data gradient of stride 2: x is dz, y is dx; `kernel` and `stride` are those of the
/// convolution.
void yolos_plan_spread(yolos_pass *pass);
void yolos_spread(const yolos_pass *pass, int task, float *scratch);

/// How weights (O, I, K, K) are packed, and for what. Work is cut by panels of 16 output channels
/// of the pass; what is left of the last panel is filled with zeros.
typedef struct {
  const float *weights;
  int32_t inputs, outputs, kernel;
  float *packed;
} yolos_packing;

/// For yolos_direct, forward, and `plain` passes of yolos_winograd: [panel][ky][kx][i][16].
void yolos_pack_direct(const yolos_packing *packing, int panel);
/// For yolos_direct, data gradient of stride 1: the window turned by 180 degrees, outputs and
/// inputs exchanged.
void yolos_pack_turned(const yolos_packing *packing, int panel);
/// For yolos_winograd with stride 1: [panel][36][i][16]; the `turned` one for the data gradient.
void yolos_pack_winograd(const yolos_packing *packing, int panel);
void yolos_pack_winograd_turned(const yolos_packing *packing, int panel);
/// For yolos_winograd with stride 2: [panel][81][i][16].
void yolos_pack_winograd_halving(const yolos_packing *packing, int panel);
/// For yolos_spread: for each panel of inputs and each of the four phases, its taps.
void yolos_pack_spread(const yolos_packing *packing, int panel);

/// The shards of a batch: `images` images are cut into `count` runs of whole images, as evenly as
/// possible, at most YOLOS_SHARDS of them. Maps hold the images of `held` shards from `first` on.
///
/// A sum over a batch is a sum for each shard, as if the shard were alone, and the sums of the
/// shards are added as a balanced tree: the first half's sum plus the second half's, where of an
/// odd number the first half has one less.
typedef struct {
  int32_t images, count, first, held;
} yolos_shards;
enum { YOLOS_SHARDS = 8 };

/// A weight gradient from x and dz.
typedef struct {
  yolos_map x, dz;
  int32_t kernel, stride;
  yolos_shards shards;
  /// Tasks that the pass should at least have. No bit depends on it.
  int32_t wanted;

  /// The plan of the direct gradient, and of Winograd's for few channels: so many tasks. Each
  /// shard is cut into `cuts` runs of rows or tiles, whose number depends on the shape of the whole
  /// batch, and whose sums are added as a tree; the direct gradient's work on each of these again
  /// into `parts` by channels.
  int32_t tasks, cuts, parts;
  /// Rows or tiles that are computed at a time.
  int32_t block;
  /// Winograd for many channels only: so many chunks of tiles, one after the other. A chunk holds
  /// `whole` shards, each of which its tasks cut into blocks of `step` panels of inputs by two of
  /// outputs; or, where `whole` is 0, a piece of a shard, of `pieces` equal ones.
  int32_t chunks, whole, step, pieces;
  /// Floats of scratch for each worker.
  size_t scratch;
  /// Floats of one run's sums, [ky][kx][i][o] with o filled up to panels, and where the
  /// `shards.held` x `cuts` of them lie.
  size_t sum_count;
  float *sums;
  /// Winograd by chunks only: floats of the two transformed maps and, behind `products`, of the
  /// sums of a shard that is computed in pieces; and where they lie.
  size_t transformed_count, products;
  float *transformed;

  /// What yolos_weight_gradient_sum adds up: so many of the held shards from one on. Their sum goes
  /// to dw (O, I, K, K): it is added, or takes the place of what is there.
  int32_t sum_first, sum_shards, overwrites;
  float *dw;
} yolos_weight_pass;

/// Directly: `tasks` tasks, then yolos_weight_gradient_sum.
void yolos_plan_weight_gradient(yolos_weight_pass *pass);
void yolos_weight_gradient(const yolos_weight_pass *pass, int task, float *scratch);
/// Adds up the sums of some shards, a panel of 16 input channels a task.
void yolos_weight_gradient_sum(const yolos_weight_pass *pass, int panel);

/// Kernel 3, stride 1 by Winograd. Few channels (`chunks` is 0): `tasks` tasks. Many: for each of
/// the chunks, 16 transform tasks, then so many product tasks as yolos_winograd_gradient_products
/// says, then so many that transform back as yolos_winograd_gradient_backs says, which may be none.
/// Then yolos_weight_gradient_sum.
void yolos_plan_winograd_gradient(yolos_weight_pass *pass);
void yolos_winograd_gradient(const yolos_weight_pass *pass, int task, float *scratch);
void yolos_winograd_gradient_transform(const yolos_weight_pass *pass, int chunk, int task);
int yolos_winograd_gradient_products(const yolos_weight_pass *pass, int chunk);
void yolos_winograd_gradient_product(
    const yolos_weight_pass *pass, int chunk, int task, float *scratch);
int yolos_winograd_gradient_backs(const yolos_weight_pass *pass, int chunk);
void yolos_winograd_gradient_back(const yolos_weight_pass *pass, int chunk, int panel);

/// Finishes `count` output pixels of a convolution from pixel `first` on, in place:
/// y = silu(y + bias) + residual. `bias` and `residual` may be null, and `silu` 0.
void yolos_epilogue(
    const yolos_map *y, ptrdiff_t first, ptrdiff_t count, const float *bias, int silu,
    const yolos_map *residual);

/// Writes the windows of `count` output pixels, from pixel `first` of the batch on, as rows of
/// kernel x kernel x c floats; positions outside the image are 0.
void yolos_im2col(
    const yolos_map *x, ptrdiff_t first, ptrdiff_t count, int kernel, int stride, float *columns);

/// Adds such rows back to where they came from.
void yolos_col2im(
    const float *columns, ptrdiff_t first, ptrdiff_t count, int kernel, int stride,
    const yolos_map *dx);

#endif
