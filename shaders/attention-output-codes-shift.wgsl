// Attention output in integers: y[b,i,h,c] = scale_c * sum_j level(p[b,h,i,j]) (v[b,j,h,c] - v_zero_c), p and v as u8 codes, 32-bit sums.
// SHIFT: level(c) = 2^-e(c) or sqrt(2) 2^-e(c): the value is shifted left and added to the even or the odd sum
// (one float multiplication by sqrt 2 per output, not per element). Otherwise level(c) is an integer from the table.
// levels[c]: SHIFT: shift | odd << 8 | used << 9 (unused: the code means 0); table: i32 bits.
// v_zero stays outside: sum level v - v_zero * sum level. Codes of probabilities past column N are ignored.
//include lib/attention-output-codes.wgsl
override SHIFT: bool = true;
alias Level = u32;

fn attention_output_odd() -> bool { return SHIFT; }

// Of a query: even sums of two quads of channels, odd ones, and those of its levels.
struct Sums { a: vec4i, b: vec4i, c: vec4i, d: vec4i, levels: vec2i }

fn add_key(sums: Sums, level: u32, m: vec4i, n: vec4i) -> Sums {
  var s = sums;
  if (SHIFT) {
    let used = select(0i, -1i, (level & 512u) != 0u);
    let is_odd = select(0i, -1i, (level & 256u) != 0u);
    let shift = level & 31u;
    let one = (1i << shift) & used;
    let m_shifted = (m << vec4u(shift)) & vec4i(used);
    let n_shifted = (n << vec4u(shift)) & vec4i(used);
    s.a += m_shifted & vec4i(~is_odd); s.b += n_shifted & vec4i(~is_odd); s.levels += vec2i(one & ~is_odd, one & is_odd);
    s.c += m_shifted & vec4i(is_odd); s.d += n_shifted & vec4i(is_odd);
  } else {
    let weight = bitcast<i32>(level);
    s.a += m * weight; s.b += n * weight; s.levels.x += weight;
  }
  return s;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let place = attention_output_place(id);
  if (!place.exists) { return; }
  let key_quads = (params.tokens + 3u) / 4u;
  let r0 = attention_output_row(place, 0u);
  let r1 = attention_output_row(place, 1u);
  let r2 = attention_output_row(place, 2u);
  let r3 = attention_output_row(place, 3u);
  var s0 = Sums();
  var s1 = Sums();
  var s2 = Sums();
  var s3 = Sums();
  var values0 = vec4i(0); var values1 = vec4i(0);
  for (var j4 = 0u; j4 < key_quads; j4++) {
    let p0 = p[r0 + j4];
    let p1 = p[r1 + j4];
    let p2 = p[r2 + j4];
    let p3 = p[r3 + j4];
    let count = min(4u, params.tokens - 4u * j4);
    for (var lane = 0u; lane < count; lane++) {
      let v_at = place.v_base + (4u * j4 + lane) * params.qkv_stride4;
      let m = codes_bytes(qkv[v_at + place.channel4]);
      let n = codes_bytes(qkv[v_at + place.pair]);
      if (EXTRA == 1u) { values0 += m; values1 += n; }
      s0 = add_key(s0, levels[(p0 >> (8u * lane)) & 255u], m, n);
      s1 = add_key(s1, levels[(p1 >> (8u * lane)) & 255u], m, n);
      s2 = add_key(s2, levels[(p2 >> (8u * lane)) & 255u], m, n);
      s3 = add_key(s3, levels[(p3 >> (8u * lane)) & 255u], m, n);
    }
  }
  let even = array<vec4i, 8>(s0.a, s0.b, s1.a, s1.b, s2.a, s2.b, s3.a, s3.b);
  let odd = array<vec4i, 8>(s0.c, s0.d, s1.c, s1.d, s2.c, s2.d, s3.c, s3.d);
  let level_sums = array<vec2i, 4>(s0.levels, s1.levels, s2.levels, s3.levels);
  attention_output_finish(place, even, odd, level_sums, array<vec4i, 2>(values0, values1));
}
