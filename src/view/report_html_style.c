/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the report's page needs beside the style sheet that pages share.
 */
#include "view/report_html_parts.h"

const char report_html_style[] =
	".wide{max-width:none;min-width:46rem}.plot.wide text{font-size:11px}\n"
	".heat{stroke:none;fill:var(--a);shape-rendering:crispEdges}"
	".heat-1{fill-opacity:.25}.heat-2{fill-opacity:.42}.heat-3{fill-opacity:.6}"
	".heat-4{fill-opacity:.8}\n"
	".top{fill:var(--b)}.hit{fill:transparent}.hit:hover{fill:var(--fg);fill-opacity:.12}\n"
	".bound{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}"
	".step{fill:var(--card);stroke:var(--line)}\n"
	".arrow{stroke:var(--fg);stroke-width:1.1;opacity:.55}"
	".head{fill:var(--fg);stroke:none;opacity:.7}.mark{fill:var(--fg);stroke:none}\n"
	".plot.wide .name{fill:var(--fg);font-size:11px;paint-order:stroke;stroke:var(--bg);"
	"stroke-width:3px}\n"
	".plot.wide .label{fill:#14171b;font-size:11px;pointer-events:none}"
	".plot.wide .label.c-timer{fill:#fff}.plot.wide .label.c-nmi{fill:var(--bg)}\n"
	".early{opacity:.4}.timeline rect:hover{stroke:var(--fg);stroke-width:1.5}\n"
	".avoidable{background-image:repeating-linear-gradient(135deg,transparent 0 3px,"
	"var(--fg) 3px 4.5px)}\n"
	"#causes .bars{min-width:15rem}"
	"i.box{display:inline-block;width:.8rem;height:.8rem;margin-right:.4rem;"
	"vertical-align:middle}\n"
	"td.in{padding-left:1.4rem!important}\n"
	"details{margin:.5rem 0}td details{margin:0}summary{cursor:pointer}\n"
	"article{margin:1.6rem 0 2.4rem}.frames{margin:.3rem 0;padding-left:1.6rem}\n"
	".told{border-color:var(--a)}.verdict p::first-letter{text-transform:uppercase}\n"
	".warn{border-left:.4rem solid var(--bad);background:var(--card);padding:.4rem 1rem;"
	"border-radius:.2rem;margin:.8rem 0}\n"
	"@media(max-width:40rem){.plot.wide text{font-size:13px}}\n"
	"@media print{.wide{min-width:0}details::details-content{content-visibility:visible;"
	"display:block}#causes .bars{min-width:5rem}#time details{columns:4}}\n";
