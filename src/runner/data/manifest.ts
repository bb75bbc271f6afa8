/** Which images a run used, by name and digest: enough to repeat it, and to notice that a file is another one. Pixels are not in it. */
import { z } from "zod";
import { InputError } from "../../tensor/input-error.ts";

const use = z.enum(["calibration", "evaluation"]);
const image = z.object({
  name: z.string().min(1).max(1000),
  /** Of the file's bytes, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.number().int().nonnegative(),
  use: z.array(use).min(1).max(2),
  label: z.number().int().nonnegative().nullable(),
});
const schema = z.object({
  schema: z.literal("vitrine-manifest/1"),
  order: z.enum(["given", "shuffled", "manifest"]),
  seed: z.number().int(),
  /** How many files there were to choose from. */
  givenCount: z.number().int().nonnegative(),
  images: z.array(image).max(200_000),
});

export type Manifest = z.infer<typeof schema>;
export type ManifestImage = z.infer<typeof image>;

export const LARGEST_MANIFEST_BYTES = 100e6;

export function parseManifest(text: string, name: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw manifestInvalid(name, "It is no JSON.");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw manifestInvalid(name, `At ${issue.path.join(".") || "the top"}: ${issue.message}.`);
}

export interface GivenFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/**
 * The files that a manifest means: of the same digest, looked for first under the same name, then among files of the same size. `digestOf` is
 * asked only about those. Throws MANIFEST_MISMATCH when some are missing.
 */
export async function resolveManifest(
  manifest: Manifest,
  files: readonly GivenFile[],
  digestOf: (index: number) => Promise<string>,
): Promise<{ readonly calibration: number[]; readonly evaluation: number[] }> {
  const bySize = new Map<number, number[]>();
  files.forEach(({ sizeBytes }, i) => bySize.set(sizeBytes, [...(bySize.get(sizeBytes) ?? []), i]));
  const found = { calibration: [] as number[], evaluation: [] as number[] };
  const missing: string[] = [];
  const known = new Map<number, string>();
  const digest = async (index: number): Promise<string> => {
    const value = known.get(index) ?? (await digestOf(index));
    known.set(index, value);
    return value;
  };
  for (const wanted of manifest.images) {
    const alike = bySize.get(wanted.sizeBytes) ?? [];
    const candidates = alike.toSorted(
      (a, b) => Number(baseOf(files[b].name) === baseOf(wanted.name)) - Number(baseOf(files[a].name) === baseOf(wanted.name)),
    );
    let match: number | null = null;
    for (const index of candidates) {
      if ((await digest(index)) !== wanted.sha256) continue;
      match = index;
      break;
    }
    if (match === null) missing.push(wanted.name);
    else for (const each of wanted.use) found[each].push(match);
  }
  if (missing.length === 0) return found;
  const some = missing.slice(0, 3).join(", ");
  throw new InputError("MANIFEST_MISMATCH", {
    what: `${missing.length} of ${manifest.images.length} images of the manifest are not among the open ones.`,
    why: `No open file has the digest of ${some}${missing.length > 3 ? ", ..." : ""}.`,
    next: "Drop the folder that the manifest was made from, then open the manifest again.",
  });
}

function manifestInvalid(name: string, why: string): InputError {
  return new InputError("MANIFEST_INVALID", {
    what: `"${name}" is not a manifest of images.`,
    why,
    next: "Choose a file that “Download manifest” made.",
  });
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
