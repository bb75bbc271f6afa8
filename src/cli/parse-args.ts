import { InputError } from "../tensor/input-error.ts";
import type { Command, Options } from "./host.ts";

/** `--name value` and `--name=value` pairs. Throws InputError USAGE for anything the command does not know, lacks or gets twice. */
export function parseOptions(command: Command, args: readonly string[]): Options {
  const options: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const match = /^--([\w-]+)(?:=(.*))?$/s.exec(args[i]);
    if (!match) throw usage(command, `"${args[i]}" is not an option`);
    const [, name, inline] = match;
    if (!Object.hasOwn(command.options, name)) throw usage(command, `there is no option --${name}`);
    if (Object.hasOwn(options, name)) throw usage(command, `--${name} is given twice`);
    const value = inline ?? args[++i];
    if (value === undefined) throw usage(command, `--${name} needs a value (${command.options[name].value})`);
    options[name] = value;
  }
  const missing = Object.keys(command.options).filter((name) => command.options[name].required && !Object.hasOwn(options, name));
  if (missing.length > 0) throw usage(command, `${missing.map((name) => `--${name}`).join(", ")} is missing`);
  return options;
}

export function helpOf(command: Command): string {
  const lines = Object.entries(command.options).map(([name, { value, help, required }]) => {
    const left = `  --${name} ${value}`;
    return `${left.padEnd(34)} ${help}${required ? " (required)" : ""}`;
  });
  return [`${command.name}: ${command.summary}`, ...lines].join("\n");
}

function usage(command: Command, why: string): InputError {
  const options = Object.keys(command.options).map((name) => `--${name}`);
  return new InputError("USAGE", {
    what: `\`${command.name}\` cannot run.`,
    why: `${why}.`,
    next: `Its options are ${options.join(", ")}; \`npm run lab -- help\` explains them.`,
  });
}

/** A whole number in a range. */
export function numberOption(options: Options, name: string, low: number, high: number): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= low && value <= high) return value;
  throw new InputError("USAGE", {
    what: `--${name} is "${text}".`,
    why: `It takes a whole number from ${low} to ${high}.`,
    next: "Give one.",
  });
}

/** One of a few words. */
export function choiceOption<T extends string>(options: Options, name: string, choices: readonly T[], fallback: T): T {
  const text = options[name] ?? fallback;
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new InputError("USAGE", {
    what: `--${name} is "${text}".`,
    why: `It takes one of ${choices.join(", ")}.`,
    next: "Give one of them.",
  });
}
