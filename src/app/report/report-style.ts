/** The report's own style sheet: it has to look right without the page, on screen and on paper. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;--ink:light-dark(#1b1d22,#e9ebee);--muted:light-dark(#5a5f69,#a7aeb9);--line:light-dark(#dedcd5,#343942);--float:light-dark(#1d5fc4,#84b4ff);--quantized:light-dark(#a84a05,#ffb26b);--warn:light-dark(#fff4d9,#322a15)}
body{max-width:70rem;margin:0 auto;padding:2rem 1rem;background:light-dark(#fff,#131519);color:var(--ink);overflow-wrap:anywhere}
h1{max-width:50rem;margin:.25rem 0 .5rem;font-size:1.75rem;line-height:1.2}
h2{margin:2rem 0 .5rem;font-size:1.2rem}
p{margin:.35rem 0}
.muted{color:var(--muted)}
.float{color:var(--float);font-weight:600}
.quantized{color:var(--quantized);font-weight:600}
.warning{padding:.5rem .8rem;border:1px solid;border-radius:8px;background:var(--warn)}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.25rem 1rem .25rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
tbody th{font-weight:400}
.wide{max-width:100%;overflow-x:auto}
svg{margin:.5rem 0;font:12px system-ui,sans-serif;font-variant-numeric:tabular-nums}
svg .role{fill:var(--muted)}
.images{display:grid;grid-template-columns:repeat(auto-fill,minmax(10rem,1fr));gap:.75rem;padding:0;list-style:none}
.images li{padding:.6rem;border:1px solid var(--line);border-radius:8px;font-size:.85rem;break-inside:avoid}
.images li.flip{border-color:var(--quantized)}
.images p{margin:.1rem 0}
.images p span{display:block;font-weight:400;font-size:.75rem}
img{border-radius:4px;object-fit:cover}
pre{padding:.8rem 1rem;border:1px solid var(--line);border-radius:8px;white-space:pre-wrap}
code{font-size:.875em}
details{margin:.75rem 0}
summary{cursor:pointer;color:var(--muted)}
footer{margin-top:2.5rem;font-size:.85rem}
@media print{:root{color-scheme:light}body{max-width:none;padding:0}details:not([open]){display:none}}
`;
