/** assembly/index.ts as a WebAssembly module in base64: tools/assembly.mjs compiles it. */
declare module "virtual:assembly" {
  const base64: string;
  export default base64;
}
