import { expect, test } from "vitest";
import { pathsIn } from "./path-arguments.ts";
import { commands } from "./run-command.ts";

test("files that are read and files that are written are told apart, and nothing else is a file", () => {
  const args = [
    "--model",
    "m",
    "--inputs=x.npy",
    "--calibration",
    "c.npy",
    "--recipe",
    "repq-vit",
    "--weights",
    "4",
    "--dump",
    "d.safetensors",
  ];
  const { readable, writable } = pathsIn(commands["compare"], args);
  expect([...readable].sort()).toEqual(["c.npy", "m", "x.npy"]);
  expect([...writable]).toEqual(["d.safetensors"]);
});

test("every option of every command that takes a file is either read or written", () => {
  for (const command of Object.values(commands)) {
    const names = Object.keys(command.options);
    const { readable, writable } = pathsIn(
      command,
      names.flatMap((name) => [`--${name}`, `value of ${name}`]),
    );
    const files = names.filter((name) => ["FILE", "DIR", "PATH"].includes(command.options[name].value)).map((name) => `value of ${name}`);
    const prefixed = names.filter((name) => command.options[name].value === "PREFIX");
    const reports = prefixed.flatMap((name) => ["json", "csv", "md"].map((extension) => `value of ${name}.${extension}`));
    expect([...new Set([...readable, ...writable])].sort(), command.name).toEqual([...files, ...reports].sort());
    for (const name of ["out", "dump"]) expect(readable.has(`value of ${name}`), `${command.name} --${name}`).toBe(false);
  }
});

test("an option that the command does not take is refused before a browser starts", () => {
  expect(() => pathsIn(commands["inspect"], ["--modle", "m"])).toThrow(expect.objectContaining({ code: "USAGE" }));
});
