// Codes, four per u32, where no producer's epilogue can write them.
// GRID: clamp(round(x * inverse) + zero, 0, top) with (inverse, zero, top, 0) = table[(row % table_rows) * sections + section]: one entry for the
// tensor, one per token, or one per head, section or token of each.
// Otherwise a codebook: the code is the number of thresholds (the words of table, ascending) that x has reached, counted from the other end where REVERSED.
// x: [rows, stride4] vec4 f32. y: [rows, stride4] u32. A row is a line of heads, each head_dim columns padded to head4 quads; padding is written as 0.
//include lib/codes.wgsl
struct Params { rows: u32, stride4: u32, head4: u32, head_dim: u32, table_rows: u32, section4: u32, threshold_count: u32 }
override GRID: bool = true;
override REVERSED: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> table: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

fn reached(v: f32) -> f32 {
  var low = 0u;
  var high = params.threshold_count;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (v >= table[middle / 4u][middle % 4u]) { low = middle + 1u; } else { high = middle; }
  }
  return f32(select(low, params.threshold_count - low, REVERSED));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.rows * params.stride4) { return; }
  let row = at / params.stride4;
  let column4 = at % params.stride4;
  let v = x[at];
  var code = vec4f(0.0);
  if (GRID) {
    let q = table[(row % params.table_rows) * (params.stride4 / params.section4) + column4 / params.section4];
    code = codes_encode(v, vec4f(q.x), vec4f(q.y), vec4f(q.z));
  } else {
    code = vec4f(reached(v.x), reached(v.y), reached(v.z), reached(v.w));
  }
  let inside = vec4u(4u * (column4 % params.head4)) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.head_dim);
  y[at] = codes_pack(select(vec4f(0.0), code, inside));
}
