/** Parameters that linear layers have in common. */
export const INPUT_ROWS = ["x_step", "x_offset", "x_stride4"] as const;
export const OUTPUT_ROWS = [
  "out_group",
  "out_group_stride",
  "out_offset",
  "out_stride4",
  "residual_rows",
  "residual_stride4",
  "gelu",
  "has_residual",
] as const;
