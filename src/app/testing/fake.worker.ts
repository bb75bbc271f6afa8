/** Worker around the fake lab, so that development sees the same border as the real engine. Its name is its query: `adapter=hardware&step=60`. */
import { exposeLab } from "../worker/expose-lab.ts";
import { createFakeLab } from "./fake-lab.ts";

const query = new URLSearchParams(self.name);
const wanted = query.get("adapter");

exposeLab(
  createFakeLab({
    makeThumbnail: drawThumbnail,
    stepMs: Number(query.get("step") ?? 60),
    ...(query.has("depth") ? { depth: Number(query.get("depth")) } : {}),
    ...(query.has("images") ? { imageCount: Number(query.get("images")) } : {}),
    adapter: wanted === "hardware" || wanted === "missing" ? wanted : "software",
  }),
);

function drawThumbnail(index: number, label: number): ImageBitmap {
  const canvas = new OffscreenCanvas(64, 64);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("internal: no 2d context in the fake worker");
  const hue = (label * 30 + index * 3) % 360;
  context.fillStyle = `hsl(${(hue + 170) % 360} 25% ${35 + (index % 5) * 9}%)`;
  context.fillRect(0, 0, 64, 64);
  const light = context.createRadialGradient(26, 24, 3, 32, 34, 24);
  light.addColorStop(0, `hsl(${hue} 85% 82%)`);
  light.addColorStop(1, `hsl(${hue} 70% 32%)`);
  context.fillStyle = light;
  context.beginPath();
  const corners = 3 + (label % 9);
  for (let corner = 0; corner < corners; corner++) {
    const angle = (corner / corners) * 2 * Math.PI + index;
    context.lineTo(32 + 21 * Math.cos(angle), 32 + 21 * Math.sin(angle));
  }
  context.fill();
  return canvas.transferToImageBitmap();
}
