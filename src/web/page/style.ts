/** How the page looks; narrow screens get a card for each row in place of tables. */
export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#dde1e6, #30363d); --soft: light-dark(#5b6470, #9aa4af);
  --card: light-dark(#ffffff, #161b22); --ground: light-dark(#f5f7f9, #0d1117); --ink: light-dark(#1b222a, #e6edf3);
  --good: light-dark(#1a7f37, #3fb950); --warn: light-dark(#9a6700, #d29922); --bad: light-dark(#cf222e, #ff7b72);
  --link: light-dark(#0757ba, #6cb0ff); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 96rem; padding: 1rem 1.25rem 3rem; background: var(--ground); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
h1 { font-size: 1.4rem; margin: 0; } h1 a { color: inherit; } h2 { font-size: 1.05rem; margin: 1.75rem 0 .6rem; }
code, .version { font-family: ui-monospace, monospace; font-size: .9em; }
small, .count, .since, .about, dt, footer { color: var(--soft); } .count { font-weight: normal; }
.about b { font-weight: normal; color: var(--ink); }
.title { display: flex; align-items: center; gap: .75rem; flex-wrap: wrap; }
.badge { border: 1px solid currentColor; border-radius: 1rem; padding: .05rem .7rem; font-size: .9rem; }
.good, .up-to-date { color: var(--good); } .warn, .waiting, .would-change { color: var(--warn); }
.bad, .failing { color: var(--bad); } .skipped { color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: .8rem 0 0; } .facts dt { font-size: .8rem; } .facts dd { margin: 0; }
.lost { color: var(--bad); font-weight: 600; }
.problems { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
.problems li { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--warn); border-radius: 4px; padding: .55rem .8rem; }
.problems li.error { border-left-color: var(--bad); } .problems li.info { border-left-color: var(--line); }
.problems p { margin: 0 0 .15rem; overflow-wrap: anywhere; } .message { font-weight: 600; } .advice::before { content: '→ '; color: var(--soft); }
.places { font-size: .9rem; display: flex; flex-wrap: wrap; gap: 0 1rem; } .names { line-height: 1.7; } .names a { margin-right: .6rem; }
summary { cursor: pointer; color: var(--link); }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin-bottom: .6rem; }
input, select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 4px; padding: .3rem .6rem; }
input { flex: 1 1 16rem; min-width: 0; }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 4px; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; font-weight: normal; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: .85rem; white-space: nowrap; border-bottom: 1px solid var(--line); }
tbody { border-top: 1px solid var(--line); } tbody:target { outline: 2px solid var(--link); } tbody tr + tr th:empty { border: 0; }
#applications thead th:nth-child(1) { width: 17%; } #applications thead th:nth-child(8) { width: 20%; }
.version { white-space: nowrap; max-width: 13rem; overflow: hidden; text-overflow: ellipsis; } details > .problems { margin-top: .5rem; }
td small { overflow-wrap: anywhere; } .state { white-space: nowrap; font-weight: 600; }
.reason { margin: .1rem 0 0; font-size: .9rem; color: var(--soft); }
nav { margin: .8rem 0; display: flex; gap: 1rem; } nav span { color: var(--soft); } footer { margin-top: 2rem; }
@media (max-width: 50rem) {
  body { padding: .8rem .7rem 2rem; font-size: 16px; } .facts { gap: .4rem 1.2rem; }
  table, tbody, tr, th, td { display: block; width: auto !important; } thead { display: none; }
  table { border: 0; background: none; } tbody { border: 0; }
  #applications tbody, section:not(#applications) tbody tr { background: var(--card); border: 1px solid var(--line); border-radius: 4px; margin-bottom: .5rem; padding: .4rem 0; }
  th, td { padding: .12rem .8rem; } th[scope=row] { font-weight: 600; } th:empty, td:empty, td.empty { display: none; }
  #applications tr + tr { border-top: 1px dashed var(--line); margin-top: .4rem; padding-top: .4rem; }
  td { display: flex; flex-wrap: wrap; gap: 0 .5rem; } td[data-label]::before { content: attr(data-label); color: var(--soft); flex: 0 0 6.5rem; font-family: system-ui, sans-serif; font-size: 14px; }
  td .reason { flex: 1 0 100%; }
}
`;
