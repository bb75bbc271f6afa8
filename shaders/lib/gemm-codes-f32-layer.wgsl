// What gemm-codes-f32 and its rungs are given.
// x: u8 codes, four per u32 along K; LEVELS: code c stands for the integer levels[c] instead of itself.
// weight: codes in CONTAINER bits, packed along columns: word (k, n * CONTAINER / 32), k-major.
// Where K (2^bx - 1)(2^bw - 1) >= 2^24 the sum is cut into chunks of chunk4 * 4 (CHUNKED) whose exact parts are added as i32.
// Per column n: column_f = (x_scale * weight_scale, bias, 1 / out_scale, out_zero_point), column_i = (256 weight_zero_point + out_code_max, constant) with
// constant = K * x_zero * w_zero - x_zero * sum_k w; exact = sum_k x w - w_zero * sum_k x + constant equals sum_k (x - x_zero)(w - w_zero).
// TOKENS: row_table = (x_scale, x_zero) of the rows of x, repeated every row_period; column_f.x is weight_scale and column_i.y = K * w_zero - sum_k w.
// GROUPED: K is cut into groups of group4 quads, each with its own columns (x, x, y of group g at g * 4 * columns4 + n); their products are added in order.
// v = fma(exact, scale, bias), group by group; then GELU, residual, or codes clamp(round(v / out_scale) + out_zero, 0, max), four per u32.
// Padded columns have scale, bias and max 0, so that their codes are 0 and drop out of the next product.
//include lib/gemm-codes.wgsl
//include lib/gemm-codes-operands.wgsl
//include lib/gemm-codes-x.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_stride: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, gelu: u32, has_residual: u32, quantize: u32, chunk4: u32,
  row_period: u32, group4: u32,
}
override CONTAINER: u32 = 8; // bits that a stored weight code takes: 2, 4 or 8
override CHUNKED: bool = false;
override LEVELS: bool = false;
override TOKENS: bool = false;
override GROUPED: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> column_f: array<vec4f>;
@group(0) @binding(4) var<storage, read> column_i: array<vec2i>;
@group(0) @binding(5) var<storage, read> residual: array<vec4u>;
@group(0) @binding(6) var<storage, read> levels: array<f32>;
@group(0) @binding(7) var<storage, read> row_table: array<vec2f>;
@group(0) @binding(8) var<storage, read_write> y: array<u32>;

// Quads of K with columns of their own.
fn gemm_codes_group4() -> u32 { return select(params.depth4, params.group4, GROUPED); }
