import { describe, expect, it } from "vitest";
import { createFakeClient } from "../testing/fake-client.ts";
import { imageRows } from "../results/image-rows.ts";
import { nodeData } from "./node-data.ts";
import { reportDocument } from "./report-document.ts";
import { reportHtml } from "./report-html.ts";
import { reproductionCommand } from "./reproduction.ts";

const fake = createFakeClient();
const { model, images } = await fake.client.openSample({});
const request = { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict" } as const;
const result = await fake.client.compare({ ...request, baseline: "min-max" }, {});
const manifest = await fake.client.manifest({});
fake.close();

const document = (name = "model"): Parameters<typeof reportHtml>[0] =>
  reportDocument({
    result,
    card: { ...model.card, name },
    verdict: "RepQ-ViT keeps 29 of 32.",
    method: "Folds ranges into the LayerNorm.",
    rows: imageRows(result, images.evaluation, "main"),
    nameOf: (index) => model.card.labels?.[index] ?? "",
    labelOf: (recipe) => recipe,
    pictureOf: () => "data:image/png;base64,AAAA",
    command: "npm run lab -- compare",
    manifest,
    madeAt: "2026-01-02T03:04:05Z",
  });

describe("report", () => {
  it("is one file that fetches nothing and carries its data", () => {
    const html = reportHtml(document());
    expect(html).toContain("<h1>RepQ-ViT keeps 29 of 32.</h1>");
    expect(html).toContain("<p>repq-vit: Folds ranges into the LayerNorm.</p>");
    expect(html.match(/<img src="data:image\/png/g)).toHaveLength(32);
    expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(html).toContain("default-src 'none'");
    const data = /<script type="application\/json" id="vitrine-data">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    expect(JSON.parse(data)).toMatchObject({ schema: "vitrine-report/1", main: { request }, manifest: { seed: 1 } });
    expect(data).not.toContain("floatLogits");
  });

  it("shows flips first", () => {
    const marks = document().images.map(({ mark }) => mark);
    expect(marks.indexOf("same")).toBe(marks.filter((mark) => mark !== "same").length);
    expect(marks.slice(0, 2)).not.toContain("same");
  });

  it("names from outside stay text", () => {
    const html = reportHtml(document(`</script><script>alert(1)</script>"'&`));
    expect(html).not.toContain("<script>alert");
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.match(/<\/script/g)).toHaveLength(1);
    expect(html).toContain("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;");
  });
});

describe("reproductionCommand", () => {
  const { card } = model;
  it("runs the sample as it is", () => {
    expect(reproductionCommand({ request, executor: "integer" }, { isSample: true, modelFiles: [], card, preprocessing: null })).toBe(
      "npm run lab -- compare --model public/sample --manifest vitrine-manifest.json --recipe repq-vit --weights 4 --activations 4 --levels strict",
    );
  });
  it("quotes names, gives assumed heads and the folder of several files", () => {
    const assumed = { ...card, assumed: ["numHeads"] };
    const one = reproductionCommand(
      { request: { ...request, attentionBits: 8 }, executor: "cpu" },
      { isSample: false, modelFiles: ["it's a model.safetensors"], card: assumed, preprocessing: "size=256,mean=0.5/0.5/0.5" },
    );
    expect(one).toContain(`--model 'it'\\''s a model.safetensors' --images IMAGES_FOLDER`);
    expect(one).toContain("--heads 4");
    expect(one).toContain("--attention 8");
    expect(one).toContain("--preprocessing size=256,mean=0.5/0.5/0.5 ");
    expect(one).toMatch(/ --executor cpu$/);
    const rules = [{ where: ["head"], bits: 8 }];
    expect(
      reproductionCommand(
        { request: { ...request, rules }, executor: "integer" },
        { isSample: true, modelFiles: [], card, preprocessing: null },
      ),
    ).toMatch(/ --levels strict --rules vitrine-recipe.json$/);
    const files = ["deit/config.json", "deit/model.safetensors"];
    expect(
      reproductionCommand({ request, executor: "integer" }, { isSample: false, modelFiles: files, card, preprocessing: null }),
    ).toContain("--model deit ");
  });
});

it("nodeData: values by tensor name on the strip's scale", () => {
  const layer = (name: string, sqnrDb: number) => ({ name, block: null, role: name, sqnrDb, cosine: 1 });
  const parsed = JSON.parse(nodeData("m", [layer("a", 12.3456), layer("b", Infinity), layer("c", -5), layer("d", NaN)])) as object;
  expect(parsed).toMatchObject({ name: "m: SQNR (dB)", results: { a: { value: 12.346 }, b: { value: 40 }, c: { value: 0 } } });
  expect(Object.keys((parsed as { results: object }).results)).toEqual(["a", "b", "c"]);
});
