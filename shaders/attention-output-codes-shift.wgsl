// Attention output in integers: y[b,i,h,c] = scale_c * sum_j level(p[b,h,i,j]) (v[b,j,h,c] - v_zero_c), p and v as u8 codes, 32-bit sums.
// SHIFT: level(c) = 2^-e(c) or sqrt(2) 2^-e(c): the value is shifted left and added to the even or the odd sum
// (one float multiplication by sqrt 2 per output, not per element). Otherwise level(c) is an integer from the table.
// levels[c]: SHIFT: shift | odd << 8 | used << 9 (unused: the code means 0); table: i32 bits.
// v_zero stays outside: sum level v - v_zero * sum level. Codes of probabilities past column N are ignored.
//include lib/attention-output-codes.wgsl
override SHIFT: bool = true;
alias Level = u32;

fn attention_output_odd() -> bool { return SHIFT; }

// v times the level's magnitude.
fn scaled(v: vec4i, level: u32) -> vec4i {
  if (SHIFT) { return v << vec4u(level & 31u); }
  return v * bitcast<i32>(level);
}

// All bits where the level belongs to the even sum; where it belongs to the odd one.
fn even_mask(level: u32) -> i32 { return select(0, -1, !SHIFT || (level & 768u) == 512u); }
fn odd_mask(level: u32) -> i32 { return select(0, -1, SHIFT && (level & 768u) == 768u); }

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let place = attention_output_place(id);
  if (!place.exists) { return; }
  let key_quads = (params.tokens + 3u) / 4u;
  let r0 = attention_output_row(place, 0u);
  let r1 = attention_output_row(place, 1u);
  let r2 = attention_output_row(place, 2u);
  let r3 = attention_output_row(place, 3u);
  var a0 = vec4i(0); var b0 = vec4i(0); var c0 = vec4i(0); var d0 = vec4i(0); var s0 = vec2i(0);
  var a1 = vec4i(0); var b1 = vec4i(0); var c1 = vec4i(0); var d1 = vec4i(0); var s1 = vec2i(0);
  var a2 = vec4i(0); var b2 = vec4i(0); var c2 = vec4i(0); var d2 = vec4i(0); var s2 = vec2i(0);
  var a3 = vec4i(0); var b3 = vec4i(0); var c3 = vec4i(0); var d3 = vec4i(0); var s3 = vec2i(0);
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
      let l0 = levels[(p0 >> (8u * lane)) & 255u]; let e0 = even_mask(l0); let o0 = odd_mask(l0);
      let m0 = scaled(m, l0); let n0 = scaled(n, l0); s0 += scaled(vec4i(1), l0).xy & vec2i(e0, o0);
      a0 += m0 & vec4i(e0); b0 += n0 & vec4i(e0);
      if (SHIFT) { c0 += m0 & vec4i(o0); d0 += n0 & vec4i(o0); }
      let l1 = levels[(p1 >> (8u * lane)) & 255u]; let e1 = even_mask(l1); let o1 = odd_mask(l1);
      let m1 = scaled(m, l1); let n1 = scaled(n, l1); s1 += scaled(vec4i(1), l1).xy & vec2i(e1, o1);
      a1 += m1 & vec4i(e1); b1 += n1 & vec4i(e1);
      if (SHIFT) { c1 += m1 & vec4i(o1); d1 += n1 & vec4i(o1); }
      let l2 = levels[(p2 >> (8u * lane)) & 255u]; let e2 = even_mask(l2); let o2 = odd_mask(l2);
      let m2 = scaled(m, l2); let n2 = scaled(n, l2); s2 += scaled(vec4i(1), l2).xy & vec2i(e2, o2);
      a2 += m2 & vec4i(e2); b2 += n2 & vec4i(e2);
      if (SHIFT) { c2 += m2 & vec4i(o2); d2 += n2 & vec4i(o2); }
      let l3 = levels[(p3 >> (8u * lane)) & 255u]; let e3 = even_mask(l3); let o3 = odd_mask(l3);
      let m3 = scaled(m, l3); let n3 = scaled(n, l3); s3 += scaled(vec4i(1), l3).xy & vec2i(e3, o3);
      a3 += m3 & vec4i(e3); b3 += n3 & vec4i(e3);
      if (SHIFT) { c3 += m3 & vec4i(o3); d3 += n3 & vec4i(o3); }
    }
  }
  let even = array<vec4i, 8>(a0, b0, a1, b1, a2, b2, a3, b3);
  let odd = array<vec4i, 8>(c0, d0, c1, d1, c2, d2, c3, d3);
  let level_sums = array<vec2i, 4>(s0, s1, s2, s3);
  attention_output_finish(place, even, odd, level_sums, array<vec4i, 2>(values0, values1));
}
