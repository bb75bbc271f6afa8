/** Zips in the documented layouts of torch.export.save; the state dicts inside older ones are PyTorch's own (tools/goldens/torch_checkpoints.py). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectCode } from "../../testing/expect-code.ts";
import { exportedProgram, PROGRAM_CONFIG, programPayload } from "../../testing/exported-program.ts";
import { zipOf } from "../../testing/zip.ts";
import { fromBytes } from "../byte-source.ts";
import { sniff } from "../sniff.ts";
import { readAny } from "../tensor-store.ts";
import { openWeights } from "../weight-formats.ts";

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe("since PyTorch 2.8", () => {
  it("tensors are views of raw storages, several of one", async () => {
    const half = new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer);
    const config = {
      "head.weight": programPayload("weight_0", [2, 3]),
      transposed: programPayload("weight_0", [3, 2], {}, [1, 3]),
      tail: programPayload("weight_0", [2], { storage_offset: { as_int: 4 } }),
      half: programPayload("weight_1", [2], { dtype: 6 }),
      count: programPayload("weight_2", [], { dtype: 5 }),
    };
    const source = exportedProgram(config, {
      weight_0: floats(1, 2, 3, 4, 5, 6),
      weight_1: half,
      weight_2: Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0),
    });
    expect(await sniff(source)).toBe("exported-program");
    const store = await openWeights(source);
    const values = async (name: string) => [...(await readAny(store, name)).data];
    expect(await values("head.weight")).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await values("transposed")).toEqual([1, 4, 2, 5, 3, 6]);
    expect(await values("tail")).toEqual([5, 6]);
    expect(await values("half")).toEqual([1, -2]);
    expect(await values("count")).toEqual([7]);
    // By its contents, whatever it is called.
    expect(await sniff({ ...source, name: "vit.pt" })).toBe("exported-program");
  });

  it("refuses what is damaged, sparse, pickled or of an unknown type", async () => {
    const storages = { weight_0: floats(1, 2) };
    const open = (config: object) => openWeights(exportedProgram(config, storages));
    await expectCode("CHECKPOINT_INVALID", () => open({ a: programPayload("weight_0", [3]) }));
    await expectCode("CHECKPOINT_INVALID", () => open({ a: programPayload("weight_9", [2]) }));
    await expectCode("CHECKPOINT_INVALID", () => open({ a: programPayload("weight_0", [2], { dtype: 10 }) }));
    await expectCode("CHECKPOINT_INVALID", () => open({ a: programPayload("weight_0", [2], { layout: 1 }) }));
    await expectCode("CHECKPOINT_INVALID", () => open({ a: programPayload("weight_0", [2], { sizes: [{ as_expr: "s0" }] }) }));
    await expectCode("CHECKPOINT_INVALID", () => open({ a: programPayload("weight_0", [2], { strides: [] }) }));
    await expectCode("CHECKPOINT_INVALID", () => open({ a: null }));
    await expectCode("EXPORTED_PROGRAM", () => open({ a: { ...programPayload("weight_0", [2]), use_pickle: true } }));
    await expectCode("EXPORTED_PROGRAM", () => open({}));
    await expectCode("CHECKPOINT_INVALID", () => openWeights(fromBytes(zipOf({ [PROGRAM_CONFIG]: "{" }), "a.pt2")));
  });
});

describe("before", () => {
  const stateDict = new Uint8Array(readFileSync(new URL("goldens/state-dict.pth", import.meta.url)));

  it.each(["serialized_state_dict.pt", "vit/data/weights/model.pt"])("%s is a state dict of torch.save", async (name) => {
    const source = fromBytes(zipOf({ "serialized_exported_program.json": "{}", [name]: stateDict, version: "8.1" }), "vit.pt2");
    const expected = await openWeights(fromBytes(stateDict, "state-dict.pth"));
    const store = await openWeights(source);
    expect(store.names).toEqual(expected.names);
    for (const tensor of store.names) expect(await readAny(store, tensor)).toEqual(await readAny(expected, tensor));
  });

  it("says what else an exported program may be", async () => {
    const refusal = async (...names: string[]) =>
      (await expectCode("EXPORTED_PROGRAM", () => openWeights(fromBytes(zipOf(Object.fromEntries(names.map((name) => [name, "x"]))), "a.pt2")))).message; // prettier-ignore
    expect(await refusal("a/data/aotinductor/model/x.so")).toContain("AOTInductor");
    expect(await refusal("a/data/executorch/x.pte")).toContain("ExecuTorch");
    expect(await refusal("serialized_state_dict.json")).toContain("2.0");
    expect(await refusal("a/data/weights/x_config.json", "a/data/weights/y_config.json")).toContain("2 programs");
    expect(await refusal("readme")).toContain("none of its members");
  });
});
