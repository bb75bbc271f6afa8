// Cost of a barrier with what it is for: a word written to workgroup memory, the barrier, a neighbour's word read, the barrier. BARRIER false: the same without both.
@group(0) @binding(0) var<storage, read> seed: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
override BARRIER: bool = true;
var<workgroup> words: array<u32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) index: u32) {
  var value = id.x;
  for (var i = 0u; i < seed[0].x; i++) {
    words[index] = value;
    if (BARRIER) { workgroupBarrier(); }
    value += words[select((index + 1u) % 64u, index, !BARRIER)];
    if (BARRIER) { workgroupBarrier(); }
  }
  y[id.x] = value;
}
