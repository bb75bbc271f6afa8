/** The wrappers against the text of their shaders: what one says of the other must be true. */
import { describe, expect, test } from "vitest";
import { kernelCases } from "../cases/index.ts";
import { SUBGROUP_MATRIX } from "../subgroup-matrix.ts";
import { linearGrid, link, packParams, rowGrid, type Kernel } from "../kernel.ts";
import { kernels, type KernelName } from "./index.ts";

const sources = import.meta.glob<string>("../../../shaders/*.wgsl", { query: "?raw", import: "default", eager: true });
const names = Object.keys(kernels) as KernelName[];

const sourceOf = (name: string): string => sources[`../../../shaders/${name}.wgsl`];
const withoutComments = (code: string): string => code.replaceAll(/\/\/.*/g, "");

test("every shader has its wrapper, under its own name", () => {
  const files = Object.keys(sources).map((path) => path.replace(/^.*\/(.*)\.wgsl$/, "$1"));
  expect(files.sort()).toEqual([...names].sort());
  for (const name of names) expect(kernels[name].name).toBe(name);
});

describe.each(names)("%s", (name) => {
  const kernel: Kernel = kernels[name];
  const source = sourceOf(name);
  const code = withoutComments(kernel.code);

  test("struct Params: names, order, types", () => {
    const body = /struct Params \{([^}]*)\}/.exec(code)?.[1] ?? "";
    const fields = [...body.matchAll(/(\w+)\s*:\s*(\w+)/g)].map(([, field, type]) => [field, type]);
    expect(fields.length).toBeGreaterThan(0);
    expect(kernel.params).toEqual(fields);
  });

  test("bindings: 0 is Params, then read-only inputs, the output last and writable", () => {
    const found = [...code.matchAll(/@group\(0\) @binding\((\d+)\) var<([^>]*)> (\w+)/g)].map(([, index, access, variable]) => ({
      index: Number(index),
      access,
      variable,
    }));
    // Snippets that declare some of them come behind.
    found.sort((a, b) => a.index - b.index);
    const last = kernel.bindings.length;
    expect(found).toEqual([
      { index: 0, access: "uniform", variable: "params" },
      ...kernel.bindings.map((variable, i) => ({
        index: i + 1,
        access: i + 1 === last ? "storage, read_write" : "storage, read",
        variable,
      })),
    ]);
    expect(code.match(/@binding/g)).toHaveLength(last + 1);
  });

  test("override constants: the same names, bool as 0 and 1", () => {
    const found = [...code.matchAll(/override (\w+): (\w+)/g)];
    expect(Object.keys(kernel.constants).sort()).toEqual(found.map(([, constant]) => constant).sort());
    for (const [, constant, type] of found) if (type === "bool") expect(kernel.constants[constant]).toEqual([0, 1]);
  });

  test("one entry point main, barriers, subgroups and f16 only where it says so, the language feature it needs", () => {
    expect(code.match(/@compute/g)).toHaveLength(1);
    expect(withoutComments(source)).toMatch(/^fn main\(/m);
    expect(/workgroupBarrier|var<workgroup>/.test(code)).toBe(kernel.barriers === true);
    const enabled = { subgroups: "subgroups", f16: "shader-f16", chromium_experimental_subgroup_matrix: SUBGROUP_MATRIX } as const;
    const features = [...code.matchAll(/^enable (\w+);/gm)].map(([, name]) => enabled[name as keyof typeof enabled]);
    expect(features).toEqual(kernel.features ?? []);
    expect(/(subgroup|quad)[A-Z]/.test(code)).toBe(features.includes("subgroups"));
    expect(/^requires (\w+);/m.exec(code)?.[1]).toBe(kernel.requires);
    expect(kernel.matrix !== undefined).toBe(features.includes(SUBGROUP_MATRIX));
  });

  test("no builtin whose bits differ between adapters", () => {
    expect(code.match(/\b(exp2?|log2?|pow|sqrt|inverseSqrt|tanh|sin|cos|smoothstep|normalize|length|dot)\(/g) ?? []).toEqual([]);
  });

  test("the header comes first and every include is there", () => {
    expect(source).toMatch(/^((enable|requires) \w+;\n)*\/\/ \S/);
    for (const [, path] of kernel.code.matchAll(/^\/\/include (.*)$/gm)) expect(path).toMatch(/^lib\/[\w-]+\.wgsl$/);
    expect(kernel.code.startsWith(source)).toBe(true);
  });

  test("its cases fit its bindings and parameters, and take every declared constant", () => {
    const cases = kernelCases[name];
    expect(new Set(cases.map((one) => one.name)).size).toBe(cases.length);
    for (const { params, constants, inputs, outputWords } of cases) {
      expect(packParams(kernel, params).byteLength % 16).toBe(0);
      expect(Object.keys(constants).sort()).toEqual(Object.keys(kernel.constants).sort());
      const arrays = inputs();
      expect(arrays).toHaveLength(kernel.bindings.length - 1);
      expect(inputs()).toEqual(arrays);
      expect(outputWords).toBeGreaterThan(0);
    }
    for (const [constant, values] of Object.entries(kernel.constants)) {
      const used = new Set(cases.map((one) => one.constants[constant]));
      expect(used, constant).toEqual(new Set(values));
    }
  });
});

describe("attention in one dispatch", () => {
  const namesOf = (name: KernelName) => kernelCases[name].map((each) => each.name);

  test.each(["f32", "f16", "codes-f32", "codes-integer"] as const)("%s: lanes that share run the cases of those that do not", (product) => {
    expect(namesOf(`attention-share-${product}`)).toEqual(namesOf(`attention-rows-${product}`));
  });

  test.each([
    { tile: "attention-tile-f32", rows: "attention-rows-f32" },
    { tile: "attention-tile-f16", rows: "attention-rows-f16" },
    { tile: "attention-tile-codes", rows: "attention-rows-codes-integer" },
  ] as const)("$tile runs those that workgroup memory holds", ({ tile, rows }) => {
    const fitting = kernelCases[rows].filter(({ params }) => params.tokens <= 240);
    expect(fitting.length).toBeGreaterThan(kernelCases[rows].length - 2);
    expect(namesOf(tile)).toEqual(expect.arrayContaining(fitting.map((each) => each.name)));
  });
});

describe("integer layers", () => {
  test.each([{ name: "gemm-codes-f32" }, { name: "gemm-codes-dot" }] as const)(
    "the cases of $name take every pair of values of two constants",
    ({ name }) => {
      const constants = Object.entries(kernels[name].constants);
      const cases = kernelCases[name];
      for (const [one, values] of constants)
        for (const [other, otherValues] of constants.filter(([constant]) => constant > one)) {
          const found = new Set(cases.map(({ constants: has }) => `${has[one]} ${has[other]}`));
          expect(found, `${one} ${other}`).toEqual(new Set(values.flatMap((a) => otherValues.map((b) => `${a} ${b}`))));
        }
    },
  );
});

describe("link", () => {
  test("appends the snippet, so that line numbers stay", () => {
    const code = "//include lib/codes.wgsl\nfn main() {}";
    expect(link(code).startsWith(`${code}\n`)).toBe(true);
    expect(link(code)).toContain("fn codes_pack");
  });

  test("follows includes in snippets, and appends each snippet once", () => {
    const linked = link("//include lib/gemm-float.wgsl\n//include lib/exact-math.wgsl\nfn main() {}");
    expect(linked.match(/^fn gemm_float_finish\(/gm)).toHaveLength(1);
    expect(linked.match(/^fn exact_exp\(/gm)).toHaveLength(1);
  });

  test("refuses an include that does not exist", () => {
    expect(() => link("//include lib/absent.wgsl")).toThrow("internal: shader include not found: lib/absent.wgsl");
  });
});

describe("packParams", () => {
  const kernel: Kernel = {
    ...kernels.quantize,
    params: [
      ["a", "u32"],
      ["b", "i32"],
      ["c", "f32"],
      ["d", "u32"],
      ["e", "f32"],
    ],
  };

  test("writes each type at its place, padded to 16 bytes", () => {
    const view = new DataView(packParams(kernel, { a: 4_000_000_000, b: -5, c: 0.25, d: 7, e: -1 }));
    expect(view.byteLength).toBe(32);
    expect([view.getUint32(0, true), view.getInt32(4, true), view.getFloat32(8, true)]).toEqual([4_000_000_000, -5, 0.25]);
    expect([view.getUint32(12, true), view.getFloat32(16, true)]).toEqual([7, -1]);
  });

  test.each([
    { name: "missing", params: { a: 1, b: 1, c: 1, d: 1 }, message: "parameter e is undefined" },
    { name: "NaN", params: { a: 1, b: 1, c: Number.NaN, d: 1, e: 1 }, message: "parameter c is NaN" },
    { name: "unknown", params: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }, message: "unknown parameters f" },
  ])("refuses a parameter that is $name", ({ params, message }) => {
    expect(() => packParams(kernel, params)).toThrow(message);
  });
});

describe("grids", () => {
  test("linearGrid covers all elements and stays within 65535 a dimension", () => {
    expect(linearGrid(1, 64)).toEqual([1, 1, 1]);
    expect(linearGrid(65, 64)).toEqual([2, 1, 1]);
    expect(linearGrid(65535 * 64, 64)).toEqual([65535, 1, 1]);
    expect(linearGrid(65535 * 64 + 1, 64)).toEqual([65535, 2, 1]);
  });

  test("rowGrid refuses what one dimension cannot hold", () => {
    expect(rowGrid("softmax", 33, 32)).toEqual([2, 1, 1]);
    expect(() => rowGrid("softmax", 65535 * 32 + 1, 32)).toThrow("internal: softmax");
  });
});
