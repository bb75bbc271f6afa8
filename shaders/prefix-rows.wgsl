// Writes the prefix tokens (class, distillation, registers; positions already added) to the first rows of every image.
// prefix: [prefix_rows, stride4] vec4. y: [B*N, stride4] vec4; the other rows are left as they are.
struct Params { images: u32, prefix_rows: u32, tokens: u32, stride4: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> prefix: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let count = params.prefix_rows * params.stride4;
  if (id.x >= params.images * count) { return; }
  y[(id.x / count) * params.tokens * params.stride4 + id.x % count] = prefix[id.x % count];
}
