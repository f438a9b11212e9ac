/** The page's own style: light and dark, nothing loaded. Two colours stand for the two sides everywhere. */
export const STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#f5f6f4, #14171a); --card: light-dark(#fff, #1c2024); --ink: light-dark(#1d2327, #e6e9ea);
  --quiet: light-dark(#5c666d, #98a3aa); --line: light-dark(#d9dedf, #343b41); --own: light-dark(#5b7fa6, #86aedb); --tried: light-dark(#c2681c, #f0a35e);
  --good: light-dark(#1d7a4c, #63c796); --bad: light-dark(#b3261e, #ff8f86); --fresh: light-dark(#9a5aa8, #cf9adb); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 20px; background: var(--ground); color: var(--ink); font: 14px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 15px; margin: 0 0 10px; }
p { margin: 4px 0; } .quiet, li { color: var(--quiet); } .good { color: var(--good); } .bad { color: var(--bad); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; margin: 16px 0; overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: 3px 14px 3px 0; text-align: right; white-space: nowrap; }
th { font-weight: 600; color: var(--quiet); } th:first-child, td:first-child, .left th, .left td { text-align: left; }
tr.part td:first-child { padding-left: 16px; color: var(--quiet); } tr.now { font-weight: 650; } tbody tr { border-top: 1px solid var(--line); }
.key { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin: 0 5px 0 12px; vertical-align: -1px; }
svg { display: block; max-width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--quiet); } svg .name { fill: var(--ink); font-size: 12px; }
.own { fill: var(--own); background: var(--own); } .tried { fill: var(--tried); background: var(--tried); } .fresh { fill: var(--fresh); background: var(--fresh); }
.grid { stroke: var(--line); } .bed { fill: var(--line); fill-opacity: .45; } .mark { fill: none; stroke: var(--ink); stroke-width: 1.5; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12px; }
`;
