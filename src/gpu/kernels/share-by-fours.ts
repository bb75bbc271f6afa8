import { linearGrid, type Kernel } from "../kernel.ts";

/** What makes whole-row attention one whose lanes share: a workgroup is the four lanes of a quad, which have 32 queries of a head. */
export const shareByFours: Pick<Kernel, "features" | "workgroups"> = {
  features: ["subgroups"],
  workgroups: ({ tokens, images, heads }) => linearGrid(images * heads * Math.ceil(tokens / 32), 1),
};
