// LayerNormalization and RMSNorm of a row: n = (x - mean) / sqrt(variance + epsilon), without the mean where it is not centred; then n * gain + shift.
// The module declares row_norm_x(at), gain, shift, and the constant CENTRED.
//include lib/exact-math.wgsl
//include lib/sums.wgsl

struct RowNorm { columns: u32, stride4: u32, inverse_columns: f32, epsilon: f32 }

// The sum of a row (0 where it is not centred), and 1 / sqrt(variance + epsilon).
struct RowStatistics { total: f32, rstd: f32 }

fn row_norm_inside(norm: RowNorm, c4: u32) -> vec4<bool> { return vec4u(4u * c4) + vec4u(0u, 1u, 2u, 3u) < vec4u(norm.columns); }

fn row_norm_value(norm: RowNorm, base: u32, c4: u32) -> vec4f {
  if (c4 >= norm.stride4) { return vec4f(0.0); }
  return select(vec4f(0.0), row_norm_x(base + c4), row_norm_inside(norm, c4));
}

// x - mean as an explicit fma: a compiler that contracts products into sums would do so here on some adapters only.
fn row_norm_deviation(norm: RowNorm, at: u32, total: f32) -> vec4f { return fma(vec4f(-total), vec4f(norm.inverse_columns), row_norm_x(at)); }

fn row_norm_square(norm: RowNorm, base: u32, c4: u32, total: f32, sum: vec4f) -> vec4f {
  if (c4 >= norm.stride4) { return sum; }
  let d = select(vec4f(0.0), row_norm_deviation(norm, base + c4, total), row_norm_inside(norm, c4));
  return fma(d, d, sum);
}

// Mean first, then squared deviations, both in the order of lib/sums. base: the row's first quad.
fn row_norm_statistics(norm: RowNorm, base: u32) -> RowStatistics {
  var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
  var total = 0.0;
  if (CENTRED) {
    for (var c = 0u; c < norm.stride4; c += 4u) {
      a0 += row_norm_value(norm, base, c); a1 += row_norm_value(norm, base, c + 1u);
      a2 += row_norm_value(norm, base, c + 2u); a3 += row_norm_value(norm, base, c + 3u);
    }
    total = sums_fold(a0, a1, a2, a3);
    a0 = vec4f(0.0); a1 = vec4f(0.0); a2 = vec4f(0.0); a3 = vec4f(0.0);
  }
  for (var c = 0u; c < norm.stride4; c += 4u) {
    a0 = row_norm_square(norm, base, c, total, a0); a1 = row_norm_square(norm, base, c + 1u, total, a1);
    a2 = row_norm_square(norm, base, c + 2u, total, a2); a3 = row_norm_square(norm, base, c + 3u, total, a3);
  }
  return RowStatistics(total, exact_inverse_sqrt(fma(sums_fold(a0, a1, a2, a3), norm.inverse_columns, norm.epsilon)));
}

// Four columns of the result; padding is 0.
fn row_norm_quad(norm: RowNorm, base: u32, c4: u32, row: RowStatistics) -> vec4f {
  let n = row_norm_deviation(norm, base + c4, row.total) * row.rstd;
  return select(vec4f(0.0), fma(n, gain[c4], shift[c4]), row_norm_inside(norm, c4));
}
