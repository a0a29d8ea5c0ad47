# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The look of a plan's page: light or dark as the reader's system is, and for paper."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #fff; --ink: #1b2330; --soft: #5b6675; --line: #dfe3e9; --well: #f3f5f8; --link: #0b62c4;
  --create: #17803d; --update: #9a6400; --replace: #7a45d1; --delete: #c8252c;
  --create-bg: #e5f5ea; --update-bg: #fdf3dc; --replace-bg: #f1eafd; --delete-bg: #fdebeb;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1319; --card: #181d26; --ink: #e5e9f0; --soft: #98a3b3; --line: #2a323e; --well: #12171f;
    --link: #74b0f8;
    --create: #4cc36f; --update: #e0a93b; --replace: #b792f5; --delete: #f3716f;
    --create-bg: #12301e; --update-bg: #33270d; --replace-bg: #2a1f44; --delete-bg: #3c1a1c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.8rem; line-height: 1.25; margin: 0; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2.25rem 0 0.75rem; }
h2 small, .eyebrow, .quiet { color: var(--soft); font-weight: 400; }
h2 small { font-size: 0.9rem; margin-left: 0.5rem; }
.eyebrow { font-size: 0.78rem; letter-spacing: 0.09em; text-transform: uppercase; margin: 0 0 0.25rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
code, bdi.name, .ids { font-family: var(--mono); font-size: 0.87em; overflow-wrap: anywhere; unicode-bidi: isolate; }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.75rem; margin-top: 1.5rem; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.tile { padding: 0.85rem 1.1rem 0.8rem; }
.tile b { display: block; font-size: 1.75rem; line-height: 1.15; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: 0.88rem; }
td.add, .tile.add b { color: var(--create); }
.tile.change b, td.change { color: var(--update); }
.tile.delete b, td.delete { color: var(--delete); }
.tile.none b { color: var(--soft); font-weight: 400; }

.notice {
  background: var(--update-bg); border: 1px solid var(--line); border-left: 4px solid var(--update);
  border-radius: 12px; padding: 0.9rem 1.25rem; margin-top: 1.25rem;
}
.notice h2 { margin: 0 0 0.35rem; font-size: 1rem; }
.notice ul { margin: 0; padding-left: 1.15rem; }
.notice li { margin: 0.2rem 0; overflow-wrap: anywhere; }
.calm { border-left-color: var(--create); background: var(--create-bg); }

table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.32rem 1.1rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-size: 0.8rem; font-weight: 500; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 500; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }

.scroll { overflow-x: auto; padding: 0.75rem; }
svg.graph { display: block; margin: 0 auto; }
.graph .edge { fill: none; stroke: var(--soft); stroke-width: 1.4; opacity: 0.6; }
.graph marker path { fill: var(--soft); }
.graph .box { fill: var(--well); stroke: var(--line); }
.graph a:hover .box, .graph a:focus .box { stroke: var(--link); }
.graph text { fill: var(--ink); font-size: 12.5px; }
.graph .what { fill: var(--soft); font-size: 11px; }
.graph .name { font-family: var(--mono); font-size: 11.5px; }
.node.create .side { fill: var(--create); } .node.update .side { fill: var(--update); }
.node.replace .side { fill: var(--replace); } .node.delete .side { fill: var(--delete); }

.item { border-bottom: 1px solid var(--line); scroll-margin-top: 1rem; }
.item:last-child { border-bottom: 0; }
.head { display: flex; gap: 0.7rem; align-items: baseline; padding: 0.6rem 1.1rem; list-style: none; }
summary { cursor: pointer; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--well); }
.item:first-child > .head { border-radius: 12px 12px 0 0; }
.item:target { box-shadow: inset 3px 0 var(--link); }
.mark {
  flex: none; width: 2.3rem; text-align: center; border-radius: 6px; font: 600 0.85rem/1.5rem var(--mono);
}
.create > .head .mark { color: var(--create); background: var(--create-bg); }
.update > .head .mark { color: var(--update); background: var(--update-bg); }
.replace > .head .mark { color: var(--replace); background: var(--replace-bg); }
.delete > .head .mark { color: var(--delete); background: var(--delete-bg); }
.head bdi.name { font-weight: 600; font-size: 0.93rem; }
.head .quiet { margin-left: auto; text-align: right; font-size: 0.85rem; flex: none; max-width: 45%; }
.body { padding: 0 1.1rem 0.9rem 4.1rem; }
.body table { table-layout: fixed; }
.body th { width: 17rem; }
.body th, .body td { padding: 0.28rem 0.9rem 0.28rem 0; border-color: var(--well); }
.body p { margin: 0.4rem 0 0; font-size: 0.9rem; overflow-wrap: anywhere; }
del, ins, .unset { text-decoration: none; font-family: var(--mono); font-size: 0.87em; overflow-wrap: anywhere; }
del, ins { border-radius: 5px; padding: 0.1rem 0.4rem; unicode-bidi: isolate; }
del { color: var(--delete); background: var(--delete-bg); }
ins { color: var(--create); background: var(--create-bg); }
.unset { color: var(--soft); }
.chips > * { display: inline-block; margin: 0 0.3rem 0.2rem 0; }
.warn { color: var(--update); }
svg.bar { display: block; width: 100%; height: 10px; border-radius: 5px; margin: 0.35rem 0 0.5rem; }
.bar .kept { fill: var(--line); } .bar .added { fill: var(--create); } .bar .removed { fill: var(--delete); }
footer { color: var(--soft); font-size: 0.85rem; margin-top: 2.5rem; }

@media (max-width: 40rem) {
  .body { padding-left: 1.1rem; }
  .body th { width: 45%; white-space: normal; }
  .head { flex-wrap: wrap; }
  .head .quiet { margin-left: 3rem; text-align: left; max-width: none; }
  th, td { padding-left: 0.7rem; padding-right: 0.7rem; }
}
@media print {
  :root { --page: #fff; }
  main { padding: 0; max-width: none; }
  .tile, .notice, .item { break-inside: avoid; }
}
"""
