/** The seeded random ViT, where tests look for their fixtures; benchmarks use the same one. */
export { randomPixels, randomVit, type RandomVitOptions } from "../models/random-vit.ts";
