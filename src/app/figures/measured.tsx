import { useLayoutEffect, useRef, useState } from "react";
import type { ReactNode } from "react";

/** Gives its children the width that there is, so that pictures are drawn for it instead of being scaled. */
export function Measured({ children }: { readonly children: (width: number) => ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    setWidth(Math.floor(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={box} className="measured">
      {width > 0 && children(width)}
    </div>
  );
}
