// Blocks of 33 rows whose x the four lanes of a quad share: lane l loads row l of every four rows and swaps with the others, so that its sums of them are in the
// order l, l ^ 1, l ^ 2, l ^ 3. The 33rd row has no such partners: each lane loads it.

// Which row of its block sum r of a lane belongs to.
fn gemm_share33_row(r: u32, lane: u32) -> u32 { return select(r ^ (lane & 3u), r, r == 32u); }
