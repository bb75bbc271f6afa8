// Attention output in integers, executed on f32 multiply-adds: every product v * 2^shift (or v * level) and every sum is an integer below 2^24.
// levels[c] = (level added to the even sum, level added to the odd sum) as floats; 0 where the code means 0. Codes of probabilities past column N are ignored.
//include lib/attention-output-codes.wgsl
//include lib/attention-tokens.wgsl
//include lib/quads.wgsl
override ODD: bool = true; // false: no level has a factor sqrt(2)
alias Level = vec2f;

fn attention_output_odd() -> bool { return ODD; }

// Even and odd levels of four neighbouring keys; `count` of them exist.
fn four_levels(word: u32, count: u32) -> mat2x4f {
  let l0 = levels[word & 255u];
  let l1 = select(vec2f(0.0), levels[(word >> 8u) & 255u], count > 1u);
  let l2 = select(vec2f(0.0), levels[(word >> 16u) & 255u], count > 2u);
  let l3 = select(vec2f(0.0), levels[word >> 24u], count > 3u);
  return mat2x4f(vec4f(l0.x, l1.x, l2.x, l3.x), vec4f(l0.y, l1.y, l2.y, l3.y));
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
  var a0 = vec4f(0.0); var b0 = vec4f(0.0); var c0 = vec4f(0.0); var d0 = vec4f(0.0); var s0 = vec2f(0.0);
  var a1 = vec4f(0.0); var b1 = vec4f(0.0); var c1 = vec4f(0.0); var d1 = vec4f(0.0); var s1 = vec2f(0.0);
  var a2 = vec4f(0.0); var b2 = vec4f(0.0); var c2 = vec4f(0.0); var d2 = vec4f(0.0); var s2 = vec2f(0.0);
  var a3 = vec4f(0.0); var b3 = vec4f(0.0); var c3 = vec4f(0.0); var d3 = vec4f(0.0); var s3 = vec2f(0.0);
  var values0 = vec4f(0.0); var values1 = vec4f(0.0);
  for (var j4 = 0u; j4 < key_quads; j4++) {
    let count = min(4u, params.tokens - 4u * j4);
    let v = attention_tokens(place.v_base, 4u * j4, place.last);
    let m0 = codes_unpack(qkv[v.x + place.channel4]); let m1 = codes_unpack(qkv[v.y + place.channel4]);
    let m2 = codes_unpack(qkv[v.z + place.channel4]); let m3 = codes_unpack(qkv[v.w + place.channel4]);
    let n0 = codes_unpack(qkv[v.x + place.pair]); let n1 = codes_unpack(qkv[v.y + place.pair]);
    let n2 = codes_unpack(qkv[v.z + place.pair]); let n3 = codes_unpack(qkv[v.w + place.pair]);
    if (EXTRA == 1u) {
      let present = vec4f(vec4u(count) > vec4u(0u, 1u, 2u, 3u));
      values0 = quads_madd(values0, m0, m1, m2, m3, present); values1 = quads_madd(values1, n0, n1, n2, n3, present);
    }
    let l0 = four_levels(p[r0 + j4], count); s0 += vec2f(l0[0].x + l0[0].y + l0[0].z + l0[0].w, l0[1].x + l0[1].y + l0[1].z + l0[1].w);
    a0 = quads_madd(a0, m0, m1, m2, m3, l0[0]); b0 = quads_madd(b0, n0, n1, n2, n3, l0[0]);
    if (ODD) { c0 = quads_madd(c0, m0, m1, m2, m3, l0[1]); d0 = quads_madd(d0, n0, n1, n2, n3, l0[1]); }
    let l1 = four_levels(p[r1 + j4], count); s1 += vec2f(l1[0].x + l1[0].y + l1[0].z + l1[0].w, l1[1].x + l1[1].y + l1[1].z + l1[1].w);
    a1 = quads_madd(a1, m0, m1, m2, m3, l1[0]); b1 = quads_madd(b1, n0, n1, n2, n3, l1[0]);
    if (ODD) { c1 = quads_madd(c1, m0, m1, m2, m3, l1[1]); d1 = quads_madd(d1, n0, n1, n2, n3, l1[1]); }
    let l2 = four_levels(p[r2 + j4], count); s2 += vec2f(l2[0].x + l2[0].y + l2[0].z + l2[0].w, l2[1].x + l2[1].y + l2[1].z + l2[1].w);
    a2 = quads_madd(a2, m0, m1, m2, m3, l2[0]); b2 = quads_madd(b2, n0, n1, n2, n3, l2[0]);
    if (ODD) { c2 = quads_madd(c2, m0, m1, m2, m3, l2[1]); d2 = quads_madd(d2, n0, n1, n2, n3, l2[1]); }
    let l3 = four_levels(p[r3 + j4], count); s3 += vec2f(l3[0].x + l3[0].y + l3[0].z + l3[0].w, l3[1].x + l3[1].y + l3[1].z + l3[1].w);
    a3 = quads_madd(a3, m0, m1, m2, m3, l3[0]); b3 = quads_madd(b3, n0, n1, n2, n3, l3[0]);
    if (ODD) { c3 = quads_madd(c3, m0, m1, m2, m3, l3[1]); d3 = quads_madd(d3, n0, n1, n2, n3, l3[1]); }
  }
  let even = array<vec4i, 8>(vec4i(a0), vec4i(b0), vec4i(a1), vec4i(b1), vec4i(a2), vec4i(b2), vec4i(a3), vec4i(b3));
  let odd = array<vec4i, 8>(vec4i(c0), vec4i(d0), vec4i(c1), vec4i(d1), vec4i(c2), vec4i(d2), vec4i(c3), vec4i(d3));
  let level_sums = array<vec2i, 4>(vec2i(s0), vec2i(s1), vec2i(s2), vec2i(s3));
  attention_output_finish(place, even, odd, level_sums, array<vec4i, 2>(vec4i(values0), vec4i(values1)));
}
