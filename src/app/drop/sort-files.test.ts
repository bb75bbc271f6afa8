import { describe, expect, it } from "vitest";
import type { DroppedFile } from "../worker/lab-api.ts";
import { completeImages, completeModel, sortFiles } from "./sort-files.ts";

const files = (...paths: readonly string[]): readonly DroppedFile[] => paths.map((path) => ({ path, blob: new Blob([path]) }));
const paths = (list: readonly DroppedFile[]): readonly string[] => list.map((file) => file.path);

describe("sortFiles", () => {
  it("sorts a mixed drop", () => {
    const sorted = sortFiles(files("m/model.safetensors", "m/config.json", "p/cat.JPG", "p/labels.csv", "p/.DS_Store", "m/README.md"));
    expect(paths(sorted.model)).toEqual(["m/model.safetensors", "m/config.json"]);
    expect(paths(sorted.images)).toEqual(["p/cat.JPG", "p/labels.csv"]);
    expect(paths(sorted.ignored)).toEqual(["p/.DS_Store", "m/README.md"]);
  });
  it("takes the safetensors of a folder that also has the pickle", () => {
    const sorted = sortFiles(files("m/pytorch_model.bin", "m/model.safetensors"));
    expect(paths(sorted.model)).toEqual(["m/model.safetensors"]);
    expect(paths(sorted.ignored)).toEqual(["m/pytorch_model.bin"]);
  });
  it("hands unknown files to the model, whose reader says what they are, but not beside pictures", () => {
    expect(paths(sortFiles(files("model.onnx")).model)).toEqual(["model.onnx"]);
    expect(paths(sortFiles(files("notes.txt")).model)).toEqual(["notes.txt"]);
    expect(paths(sortFiles(files("a.png", "movie.mp4")).model)).toEqual([]);
    for (const name of ["vit.pth", "vit.pt2", "vit.npz", "vit.onnx", "m/pytorch_model.bin"]) {
      expect(paths(sortFiles(files(name, "a.png")).model)).toEqual([name]);
    }
  });
  it("hands undecodable pictures to the images, whose reader names them", () => {
    expect(paths(sortFiles(files("IMG_1.HEIC", "scan.tiff")).images)).toEqual(["IMG_1.HEIC", "scan.tiff"]);
    expect(paths(sortFiles(files("CT.dcm", "P1.CR2", "a.png")).images)).toEqual(["a.png", "CT.dcm", "P1.CR2"]);
  });
});

it("puts images into one order, whatever order they came in", () => {
  expect(paths(sortFiles(files("p/10.png", "p/2.png", "a.png")).images)).toEqual(["a.png", "p/2.png", "p/10.png"]);
});

describe("completeModel", () => {
  it("adds a config to the weights that came before it, replacing an older one", () => {
    expect(paths(completeModel(files("a/vit.safetensors", "a/config.json"), files("b/config.json")))).toEqual([
      "a/vit.safetensors",
      "b/config.json",
    ]);
  });
  it("adds missing shards of the same set", () => {
    const earlier = files("vit-00001-of-00002.safetensors");
    expect(paths(completeModel(earlier, files("vit-00002-of-00002.safetensors"))).length).toBe(2);
    expect(paths(completeModel(files("model.safetensors.index.json"), files("vit-00002-of-00002.safetensors"))).length).toBe(2);
    expect(paths(completeModel(earlier, files("other-00002-of-00002.safetensors")))).toEqual(["other-00002-of-00002.safetensors"]);
  });
  it("adds the weights of an ONNX network to it, and the network to its weights", () => {
    expect(paths(completeModel(files("m.onnx"), files("m.onnx_data")))).toEqual(["m.onnx", "m.onnx_data"]);
    expect(paths(completeModel(files("m.onnx.data"), files("m.onnx")))).toEqual(["m.onnx.data", "m.onnx"]);
    expect(paths(completeModel(files("m.onnx"), files("n.onnx")))).toEqual(["n.onnx"]);
    expect(paths(completeModel(files("m.onnx_data"), files("n.safetensors")))).toEqual(["n.safetensors"]);
  });
  it("takes other weights as a new model", () => {
    expect(paths(completeModel(files("a.safetensors"), files("b.safetensors", "config.json")))).toEqual(["b.safetensors", "config.json"]);
    expect(paths(completeModel([], files("config.json")))).toEqual(["config.json"]);
  });
});

it("completeImages adds a lone CSV to the pictures, and replaces pictures by pictures", () => {
  expect(paths(completeImages(files("a.png", "old.csv"), files("new.csv")))).toEqual(["a.png", "new.csv"]);
  expect(paths(completeImages(files("a.png"), files("b.png")))).toEqual(["b.png"]);
  expect(paths(completeImages(files("a.png"), []))).toEqual(["a.png"]);
});
