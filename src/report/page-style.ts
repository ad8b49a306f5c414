/** The look of the printed report: A4, calm, greyscale-safe. `footer` stands at the bottom of every printed page. */
export function pageStyle(footer: string): string {
  return `
@page{size:A4;margin:17mm 16mm 18mm;@bottom-left{content:${cssString(footer)};font:7.5pt ${fontStack};color:#5b6573}@bottom-right{content:counter(page) " / " counter(pages);font:7.5pt ${fontStack};color:#5b6573}}
@page cover{margin:0;@bottom-left{content:none}@bottom-right{content:none}}
:root{color-scheme:light;--ink:#1a1f27;--muted:#5b6573;--line:#dfe3e9;--soft:#f5f7f9;--accent:#174f8f;--loss:#a34d00}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:210mm;padding:0 16mm 24mm;background:#fff;color:var(--ink);font:10pt/1.5 ${fontStack};font-variant-numeric:tabular-nums;-webkit-print-color-adjust:exact;print-color-adjust:exact}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
h1,h2,h3{line-height:1.25;font-weight:650;break-after:avoid;text-wrap:balance;margin:0}
h2{font-size:17pt;letter-spacing:-.01em;margin:0 0 1.5mm}
h3{font-size:11.5pt;margin:7mm 0 .5mm}
p{margin:0 0 2.5mm}
.kicker{color:var(--muted);font-size:8.5pt;font-weight:600;letter-spacing:.06em;text-transform:uppercase;margin:0 0 1mm}
.lede{color:var(--muted);margin:0 0 4mm;max-width:150mm}
section{break-before:page;padding-top:12mm}
section>:first-child{margin-top:0}
.cover{page:cover;break-before:auto;min-height:297mm;margin:0 -16mm;padding:34mm 22mm 20mm;display:flex;flex-direction:column;border-top:5mm solid var(--accent)}
.cover h1{font-size:32pt;letter-spacing:-.02em;margin:1mm 0 3mm;overflow-wrap:anywhere}
.cover .headline{font-size:17pt;line-height:1.35;font-weight:500;margin:16mm 0 0;padding-left:6mm;border-left:1mm solid var(--accent);max-width:150mm;text-wrap:pretty}
.cover dl{display:grid;grid-template-columns:38mm 1fr;gap:1.5mm 0;margin:auto 0 0;font-size:9.5pt}
.cover dt{color:var(--muted)}.cover dd{margin:0;overflow-wrap:anywhere}
.cover .mark{margin-top:12mm;font-size:8.5pt;color:var(--muted)}
nav ol{columns:2;column-gap:12mm;padding:0;margin:10mm 0 0;list-style:none;counter-reset:part;max-width:150mm}
nav li{counter-increment:part;padding:1mm 0;border-top:.2mm solid var(--line);break-inside:avoid}
nav li a{color:var(--ink)}nav li::before{content:counter(part);display:inline-block;width:8mm;color:var(--muted)}
.figures{display:grid;grid-template-columns:repeat(4,1fr);gap:0 5mm;margin:3mm 0 3mm;padding:0}
.figure{border-top:.5mm solid var(--ink);padding:1.5mm 0 2.5mm;break-inside:avoid}
.figure dt{font-size:8.5pt;color:var(--muted)}
.figure dd{margin:0}.figure .value{font-size:14pt;font-weight:650;letter-spacing:-.01em;line-height:1.3}
.figure .band{font-size:8pt;white-space:nowrap;color:var(--muted)}.figure .means{font-size:7.5pt;color:var(--muted);line-height:1.35;margin-top:.5mm}
.findings{list-style:none;margin:0;padding:0}
.findings li{break-inside:avoid;padding:1.5mm 0 1.5mm 5mm;font-size:9.5pt;line-height:1.4;border-top:.2mm solid var(--line);position:relative}
.findings li::before{content:"";position:absolute;left:0;top:3mm;width:2mm;height:2mm;background:var(--muted);border-radius:50%}
.findings .bad::before{background:#d9730d;border-radius:0;transform:rotate(45deg)}
.findings .good::before{background:#174f8f}
.findings .say{font-weight:600}.findings .doubt,.findings .do{color:var(--muted);font-size:8.5pt}
figure{margin:3mm 0 2mm;break-inside:avoid}
figure .title{font-size:11.5pt;font-weight:650;line-height:1.3;text-wrap:balance}
figure .subtitle{color:var(--muted);font-size:9pt;margin-bottom:1mm}
figure svg{width:100%;height:auto}
figcaption{color:var(--muted);font-size:8.5pt}
.empty{background:var(--soft);border-left:1mm solid var(--line);padding:3mm 4mm;break-inside:avoid}
.empty strong{display:block}
table{width:100%;border-collapse:collapse;font-size:8.5pt;line-height:1.35;margin:2mm 0 3mm}
caption{text-align:left;font-size:9pt;color:var(--muted);padding:0 0 1mm;caption-side:top}
thead{display:table-header-group}tfoot{display:table-row-group}
tr{break-inside:avoid}
th{font-weight:600;text-align:left;vertical-align:bottom;border-bottom:.35mm solid var(--ink);padding:1mm 2.5mm 1mm 0;color:var(--ink)}
td{border-bottom:.15mm solid var(--line);padding:.75mm 2.5mm .75mm 0;vertical-align:top;unicode-bidi:isolate;overflow-wrap:anywhere}
td.name,th.name{min-width:36mm}td.words,th.words{min-width:72mm}.short{white-space:nowrap}.keep{break-inside:avoid}
th:last-child,td:last-child{padding-right:0}
.number{text-align:right;white-space:nowrap;padding-left:1.5mm;overflow-wrap:normal}
th.number{white-space:normal}table.dense{font-size:7.5pt}table.dense th,table.dense td{padding-right:1.5mm}table.dense .name{min-width:28mm}
.low{color:var(--loss)}
tr.total td,tr.total th{font-weight:650;vertical-align:top;border-top:.35mm solid var(--ink);border-bottom:none}
tr.level td{font-weight:650}tr.step td:first-child{padding-left:4mm}
tr.total{break-before:avoid}
tr.gap td{border-bottom:none;color:var(--muted);padding:.6mm 0;text-align:center}
.id{color:var(--muted);font-size:7.5pt;margin-left:1mm;white-space:nowrap}
.small{font-size:8.5pt;color:var(--muted)}
code,.mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:.88em;overflow-wrap:anywhere}
ul.plain{margin:0 0 3mm;padding-left:4.5mm}ul.plain li{margin:0 0 1mm}
.status{font-weight:600;white-space:nowrap}.status.fail,.status.warn{color:var(--loss)}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:0 8mm}
@media screen{html{background:#eceff3}body{box-shadow:0 0 8mm rgba(20,30,45,.10);margin-block:8mm}section{border-top:.2mm solid var(--line);margin-top:12mm}.cover{min-height:230mm;margin-top:0}}
@media screen and (max-width:800px){html{background:#fff}body{padding:0 5mm 12mm;margin:0;box-shadow:none}.cover{margin:0 -5mm;padding:14mm 7mm;min-height:auto}.cover h1{font-size:24pt}.cover dl{grid-template-columns:30mm 1fr;margin-top:14mm}.figures{grid-template-columns:1fr 1fr}nav ol,.pair{columns:1;grid-template-columns:1fr}.scroll{overflow-x:auto}}
@media print{body{max-width:none;padding:0}section{padding-top:0}.cover{margin:0;padding:40mm 24mm 24mm;height:297mm;min-height:0}a{color:inherit}}
`
}

const fontStack = `"Inter Variable",Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif`

/** Text as a CSS string: everything but letters, digits and spaces is written as its code, so that nothing can end the string early. */
const cssString = (text: string): string =>
  `"${[...text].map((character) => (/[\p{L}\p{N} ]/u.test(character) ? character : `\\${character.codePointAt(0)!.toString(16)} `)).join('')}"`
