/** A model repository of the Hugging Face Hub (or a mirror that speaks the same): its name, its files with their sizes, and which of them make a model. */
import { formatError } from "../error-codes.ts";

export interface HubRepository {
  /** "google/vit-base-patch16-224" */
  readonly name: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

export interface HubFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Digest of the contents, whichever the server keeps: names the file in a cache. */
  readonly digest: string;
}

export interface HubOptions {
  /** Another server than the Hub's own. */
  readonly endpoint?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** "owner/name", "owner/name@revision", or the address of the repository's page. Throws InputError HUB_REPOSITORY. */
export function parseRepository(text: string): HubRepository {
  const bare = text.trim().replace(/^https?:\/\/[^/]+\//, "");
  const match = /^([\w.-]+\/[\w.-]+)(?:(?:@|\/tree\/|\/resolve\/|\/blob\/)([\w./-]+))?\/?$/.exec(bare);
  if (match && !bare.includes("..")) return { name: match[1], revision: match[2] ?? "main" };
  throw formatError(
    "HUB_REPOSITORY",
    `"${text.slice(0, 80)}" names no repository.`,
    'Repositories are called "owner/name", with "@revision" behind it where it is not the main one.',
    "Copy the name from the top of the model's page.",
  );
}

/** Every file of the repository. Throws InputError HUB_NOT_FOUND or HUB_UNREACHABLE. */
export async function listRepository(repository: HubRepository, options: HubOptions = {}, signal?: AbortSignal): Promise<HubFile[]> {
  const { listFiles } = await import("@huggingface/hub");
  const { name, revision } = repository;
  const entries = listFiles({
    repo: { type: "model", name },
    revision,
    recursive: true,
    ...(options.endpoint === undefined ? {} : { hubUrl: options.endpoint }),
    fetch: (input, init) => (options.fetch ?? fetch)(input, signal ? { ...init, signal } : init),
  });
  const files: HubFile[] = [];
  try {
    for await (const { type, path, size, oid, lfs } of entries) {
      if (type === "file") files.push({ path, sizeBytes: lfs?.size ?? size, digest: lfs?.oid ?? oid ?? path });
    }
  } catch (error) {
    throw hubFailure(error, name);
  }
  return files;
}

/** What a failed request means; cancelling stays what it is. */
export function hubFailure(error: unknown, name: string): unknown {
  if (error instanceof Error && error.name === "AbortError") return error;
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : null;
  if (status !== null && status >= 400 && status < 500) return notFound(name, status);
  if (status === null && !(error instanceof TypeError)) return error;
  return formatError(
    "HUB_UNREACHABLE",
    `The Hub did not give "${name}".`,
    status === null ? "No connection came about: offline, or the page may not ask that server." : `The server answered ${status}.`,
    "Try again later, or download the files by hand and drop them.",
  );
}

export function notFound(name: string, status: number) {
  return formatError(
    "HUB_NOT_FOUND",
    `The Hub has no open repository "${name}" at that revision.`,
    `The server answered ${status}: it does not exist, is private, or asks for its licence to be accepted.`,
    "Check the name; for gated models accept the licence on the model's page, download the files there, and drop them.",
  );
}

/** The files that open as one model: weights (safetensors before PyTorch's, before JAX's, before ONNX), their index, configurations. */
export function modelFilesOf(files: readonly HubFile[]): HubFile[] {
  const root = files.filter(({ path }) => !path.includes("/"));
  const configurations = root.filter(({ path }) => /(^|_)config\.json$/.test(path) && !/^(generation|tokenizer)/.test(path));
  const kinds: readonly (readonly [RegExp, readonly HubFile[]])[] = [
    [/\.safetensors(\.index\.json)?$/, root],
    [/^(pytorch_model|model).*\.(bin|pth)(\.index\.json)?$|\.pth$/, root],
    [/\.npz$/, root],
    [/(^|\/)model\.onnx([_.]data)?$/, files],
  ];
  for (const [pattern, among] of kinds) {
    const found = among.filter(({ path }) => pattern.test(path));
    if (found.length > 0) return [...onlyOne(found), ...configurations];
  }
  return configurations;
}

/** Of several whole models in one folder (fp16 and fp32, adapters), the one with the usual name. */
function onlyOne(found: readonly HubFile[]): readonly HubFile[] {
  const usual = found.filter(({ path }) => /^(model|pytorch_model)(-\d{5}-of-\d{5})?\.\w+(\.index\.json)?$/.test(path));
  return usual.length > 0 ? usual : found;
}
