/** Where the server offers the peers' files; tools/bench-server.mjs maps them to node_modules. */
export const PEER_FOLDERS = {
  ort: "/peers/onnxruntime-web/",
  transformers: "/peers/transformers/",
  transformersOrt: "/peers/transformers-onnxruntime-web/",
} as const;
