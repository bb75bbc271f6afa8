import { expect, it } from "vitest";
import { createThumbnailQueue } from "./thumbnail-queue.ts";

/** Loads that end when the test says so. */
function slowLoads() {
  const asked: number[] = [];
  const open = new Map<number, { resolve: (bitmap: ImageBitmap) => void; reject: (error: Error) => void }>();
  const queue = createThumbnailQueue((index) => {
    asked.push(index);
    return new Promise((resolve, reject) => open.set(index, { resolve, reject }));
  });
  const finish = async (index: number): Promise<void> => {
    open.get(index)?.resolve({ width: index } as ImageBitmap);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { queue, asked, open, finish };
}

it("asks for two at once, the newest wish next, and not for what has scrolled away", async () => {
  const { queue, asked, finish } = slowLoads();
  const seen: (number | undefined)[] = [];
  const wish = (index: number) => queue.want(index, "original", (bitmap) => seen.push(bitmap?.width));
  const withdraw = [1, 2, 3, 4, 5].map(wish);
  expect(asked).toEqual([1, 2]);
  withdraw[4]?.();
  await finish(1);
  expect(asked).toEqual([1, 2, 4]);
  await finish(2);
  expect(asked).toEqual([1, 2, 4, 3]);
  expect(seen).toEqual([1, 2]);
});

it("answers at once what it knows, and with null what cannot be decoded", async () => {
  const { queue, asked, open, finish } = slowLoads();
  queue.want(7, "seen", () => undefined);
  await finish(7);
  let known: ImageBitmap | null = null;
  queue.want(7, "seen", (bitmap) => (known = bitmap));
  expect(known).toEqual({ width: 7 });
  expect(asked).toEqual([7]);
  let broken: ImageBitmap | null | undefined;
  queue.want(8, "seen", (bitmap) => (broken = bitmap));
  open.get(8)?.reject(new Error("broken"));
  await new Promise((resolve) => setTimeout(resolve));
  expect(broken).toBeNull();
});
