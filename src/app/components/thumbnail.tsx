import { useEffect, useRef } from "react";

/** An ImageBitmap on a canvas; its name stands beside it as text. */
export function Thumbnail({ bitmap }: { readonly bitmap: ImageBitmap }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext("2d")?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return <canvas ref={canvas} className="thumbnail" width={bitmap.width} height={bitmap.height} aria-hidden="true" />;
}
