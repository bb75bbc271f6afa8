// The one order of summation for rows: sixteen partial sums, column c goes to partial c mod 16, then a tree.
// a0..a3 hold the partials 0-3, 4-7, 8-11, 12-15. A workgroup-parallel rung can follow the same order and return the same bits.
fn sums_fold(a0: vec4f, a1: vec4f, a2: vec4f, a3: vec4f) -> f32 {
  let eight = a0 + a2;
  let rest = a1 + a3;
  let four = eight + rest;
  let two = four.xy + four.zw;
  return two.x + two.y;
}
