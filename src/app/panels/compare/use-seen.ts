import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";

/** Begin a little before it is on the screen. */
const MARGIN = "300px";

/** True once the element has come near the screen: what costs the engine work waits until somebody gets there. */
export function useSeen<T extends Element>(): [element: RefObject<T | null>, isSeen: boolean] {
  const element = useRef<T>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (element.current === null || isSeen) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true), {
      rootMargin: MARGIN,
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [isSeen]);
  return [element, isSeen];
}
