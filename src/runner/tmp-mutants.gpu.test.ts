import { test } from "vitest";
import { kernelCases } from "../gpu/cases/index.ts";
import { kernels, type KernelName } from "../gpu/kernels/index.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { checkKernel } from "./check-kernel.ts";
const M: [KernelName, string, string][] = [
  ["gemm-f32", "if (row >= params.rows || column4 >= params.columns4) { return; }\n  var v", "var v"],
  ["gemm-f32", "if (row >= params.rows || column4 >= params.columns4) { return; }\n  var v", "if (row >= params.rows) { return; } var v"],
  ["gemm-f32", "% params.residual_rows", ""],
  ["gemm-f32", "fma(b3, vec4f(a.w), ", "(vec4f(0.0) + "],
  ["gemm-f32", "k < params.depth4", "k + 1u < params.depth4"],
  ["gemm-f32", "min(row, params.rows - 1u)", "row"],
  ["gemm-f32", "sum + bias[column4]", "bias[column4] + sum * 1.0000001"],
  ["gemm-codes-f32", "CHUNKED);", "false);"],
  ["gemm-codes-f32", "let shift = bit % 32u;", "let shift = 0u;"],
  ["gemm-codes-f32", "- i.x * row_sum", "+ i.x * row_sum"],
  ["gemm-codes-f32", "clamp(round(v * inverse) + zero, vec4f(0.0), top)", "clamp(floor(v * inverse + 0.5) + zero, vec4f(0.0), top)"],
  ["gemm-codes-f32", "clamp(round(v * inverse) + zero, vec4f(0.0), top)", "clamp(round(v * inverse + zero), vec4f(0.0), top)"],
  ["gemm-codes-f32", "clamp(round(v * inverse) + zero, vec4f(0.0), top)", "min(round(v * inverse) + zero, top)"],
  ["gemm-codes-f32", "v[lane] = fma(f32(exact), f.x, f.y)", "v[lane] = f32(exact) * f.x + f.y * 1.0000001"],
  ["gemm-codes-dot", "g < groups && k < params.depth4", "g < groups"],
  ["gemm-codes-dot", "0x0f0f0f0fu", "0x07070707u"],
  ["gemm-codes-dot", "if (row >= params.rows || column4 >= params.columns4) { return; }\n  var v", "if (column4 >= params.columns4) { return; } var v"],
  ["layer-norm", "params.epsilon)", "0.0)"],
  ["layer-norm", "if (row >= params.rows) { return; }", ""],
  ["layer-norm", "select(vec4f(0.0), x[base + c4], inside(c4))", "x[base + c4]"],
  ["layer-norm", "i < 4; i++", "i < 3; i++"],
  ["softmax", "if (row >= params.rows) { return; }", ""],
  ["softmax", "e >= thresholds", "e > thresholds"],
  ["softmax", "if (REVERSED)", "if (false)"],
  ["softmax", "top4 = max(top4, select(vec4f(-3.4e38), x[base + c], inside(c)))", "top4 = max(top4, x[base + c])"],
  ["attention-scores-f32", "* params.scale", ""],
  ["attention-scores-f32", "if (row >= params.tokens || column4 >= params.out_stride4) { return; }", ""],
  ["attention-scores-codes-f32", "+ params.constant", ""],
  ["attention-scores-codes-f32", "if (row >= params.tokens || column4 >= params.out_stride4) { return; }", "if (row >= params.tokens) { return; }"],
  ["attention-scores-codes-dot", "params.q_zero * k_sum", "params.q_zero * q_sum"],
  ["attention-output-codes-f32", "count > 3u", "true"],
  ["attention-output-codes-f32", "channel4 + t % 2u < params.head4", "true"],
  ["attention-output-codes-f32", "channel < vec4u(params.head_dim)", "vec4<bool>(true)"],
  ["attention-output-codes-f32", "params.v_zero * i32(level_sums.y)", "0"],
  ["attention-output-codes-shift", "& vec4i(is_odd); d0", "; d0"],
  ["attention-output-codes-shift", "row + r < params.tokens &&", ""],
  ["attention-output-f32", "if (row + 7u < params.tokens)", "if (true)"],
  ["attention-output-f32", "if (channel4 + 1u < params.head4)", "if (true)"],
  ["prefix-rows", "if (id.x >= params.images * count) { return; }", ""],
  ["reduce-mean", "var i = params.start", "var i = 0u"],
  ["reduce-mean", "if (id.x >= params.images * params.stride4) { return; }", ""],
  ["patchify", "if (at >= params.images * params.patches * params.stride4) { return; }", ""],
  ["patchify", "in_patch / params.patch_size", "in_patch % params.patch_size"],
  ["patchify", "top[lane] = params.code_max;", "top = vec4f(params.code_max);"],
  ["quantize", "if (at >= params.rows * params.stride4) { return; }", ""],
  ["quantize", "select(vec4f(0.0), code, inside)", "code"],
  ["fake-quantize", "if (at >= params.rows * params.stride4) { return; }", ""],
  ["fake-quantize", "- q.y)", "- round(q.y))"],
  ["fake-quantize-codebook", "v >= thresholds", "v > thresholds"],
  ["fake-quantize-codebook", "if (at >= params.rows * params.stride4) { return; }", ""],
];
test("mutants", async () => {
  const gpu = await nodeGpu();
  for (const [name, from, to] of M) {
    const code = kernels[name].code;
    if (!code.includes(from)) { console.log("NOT FOUND", name, from); continue; }
    const kernel = { ...kernels[name], code: code.replaceAll(from, to) };
    let caught = "";
    for (const c of kernelCases[name]) {
      const r = await checkKernel(gpu, name, c, false, kernel).catch((e: Error) => ({ ok: false, detail: e.message }));
      if (!r.ok) { caught = `${c.name}: ${r.detail.slice(0, 150)}`; break; }
    }
    console.log(caught ? "caught  " : "SURVIVED", name, "|", from.slice(0, 40), "->", to.slice(0, 40), "|", caught);
  }
}, 600000);
