import { it } from "vitest";
import { rowQuantizer } from "../../testing/layer-problem.ts";
import { createGram, createCrossGram } from "../linear-algebra/gram.ts";
import { uniform } from "../schemes/uniform.ts";
import { weightSolvers } from "./index.ts";
import { createErq } from "./erq.ts";
import { ridgeUpdate } from "./ridge.ts";
import { flipRoundings } from "./round-flips.ts";
import { searchWeightRanges } from "./weight-range.ts";
const sizes: [number, number][] = process.env.SIZES ? JSON.parse(process.env.SIZES) : [[192,192],[768,192],[192,768],[384,384],[1536,384],[384,1536],[768,768],[3072,768],[768,3072]];
const cpu = () => process.cpuUsage().user/1e3;
it("bench", () => {
  for (const [n, k] of sizes) {
    const R = Math.min(6304, 2*k), rnd = () => Math.random()+Math.random()+Math.random()-1.5;
    const z = Float32Array.from({length: R*16}, rnd), A = Float32Array.from({length:16*k}, rnd);
    const q = new Float32Array(R*k), x = new Float32Array(R*k);
    for (let r=0;r<R;r++) for (let i=0;i<k;i++){ let s=0.5*rnd(); for(let f=0;f<16;f++) s+=z[r*16+f]*A[f*k+i]; x[r*k+i]=s; q[r*k+i]=0.5*Math.floor(2*s+0.5); }
    const d = x.map((v,i)=>v-q[i]);
    let t = cpu();
    const G = createGram(k); G.add(q); const g = G.total(); const tg=(cpu()-t)*6304/R;
    t = cpu(); const C = createCrossGram(k,k); C.add(d,q); const tcg=(cpu()-t)*6304/R;
    const inputs = { ...g, error: { gram: C.total().gram, sum: new Float64Array(k) } };
    const weight = Float32Array.from({length:n*k}, () => 0.1*rnd());
    const problem = { weight, bias: new Float32Array(n), shape: [n,k] as const, quantizer: rowQuantizer(weight,k,4), inputs };
    const out: string[] = [`gram(6304 rows) ${(tg/1e3).toFixed(2)} cross ${(tcg/1e3).toFixed(2)}`];
    const time = (name: string, f: () => unknown) => { const t=cpu(); f(); out.push(`${name} ${((cpu()-t)/1e3).toFixed(2)}`); };
    let solved = weight;
    for (const s of Object.values(weightSolvers)) time(s.name, () => { const w = s.solve(problem).weight; if (s.name==="gptq") solved = w; });
    time("erq-remaining", () => createErq({metric:"remaining"}).solve(problem));
    time("ridge", () => ridgeUpdate({ ...problem, lambda: 100 }));
    let f = 0; time("flips", () => { f = flipRoundings(problem, solved).flips; }); out.push("("+f+")");
    time("ranges", () => searchWeightRanges({ weight, shape: [n,k], gram: g.gram, scheme: uniform, bits: 4, levels: "strict" }));
    console.log(`N=${n} K=${k}:`, out.join(" | "));
  }
}, 600000);
