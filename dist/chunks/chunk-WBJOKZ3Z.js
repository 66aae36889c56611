import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as P,b as v}from"./chunk-S34DTVFU.js";import{b as N}from"./chunk-LIXS2GVD.js";import{a as j}from"./chunk-ATWU7NH5.js";import{d as I,e as x}from"./chunk-VDPWB3DQ.js";import{a as k,e as A,f as H,h as G}from"./chunk-ZS4UEEQU.js";import{h as f,i as C,n as R,o as p}from"./chunk-2JMFQOL3.js";import{a as g,b as m}from"./chunk-MRITNC4H.js";import{a as r}from"./chunk-EIIEB3WU.js";import{existsSync as b}from"node:fs";import c from"node:path";var T=`# Code rules

What a reviewer of this project checks beside the ticket. Change it freely; write rules that can be checked.

## Hard gates

A breach blocks the ticket.

- No secrets, tokens or passwords in code, tests or logs.
- Every error is handled or passed on; none is swallowed.
- Input from outside is validated where it comes in.
- A bug fix comes with a test that fails without it.

## Soft gates

A breach is a remark in the review.

- Names say what a thing is; comments say why.
- A function does one thing.
- No dead code, no code that is commented out.
`;var X="https://raw.githubusercontent.com/backlog-toolkit/backlog-toolkit/main/config/backlog.config.schema.json";function B(e){let{testCommand:o,lintCommand:n,typeCheckCommand:i,buildCommand:t}=e.commands,a={$schema:X,version:e.llmOps?"1.1":"1.0",profile:"standard",project:{name:e.name,stack:e.stack},backlog:{dataDir:"backlog/data",templatesDir:"backlog/templates",ticketPrefixes:e.prefixes},qualityGates:{testCommand:o,lintCommand:n,typeCheckCommand:i,buildCommand:t,baseline:"new-only"},...e.codeRules?{codeRules:{source:".claude/code-rules.md"}}:{},ticketValidation:{minAcceptanceCriteria:3},...e.setupCommand===void 0?{}:{worktrees:{setupCommand:e.setupCommand}},...e.local?{git:{bookkeepingCommit:!1}}:{},...e.llmOps?{llmOps:{gateway:{baseURL:"http://localhost:8000",apiKeyEnv:"LITELLM_MASTER_KEY"},billing:"unknown"}}:{}},s=`${JSON.stringify(a,null,2).replaceAll(/\[\n\s+("\w+"(?:,\n\s+"\w+")*)\n\s+\]/g,Z)}
`,{warnings:l}=x(s,k);if(l.length>0)throw new Error(`a new configuration has warnings: ${l[0]?.message}`);return s}r(B,"newConfigText");function Z(e,o){return`[${o.replaceAll(/\s+/g," ")}]`}r(Z,"oneLine");var L=[".backlog-ops/",".claude/implementer-state.json"],D="backlog-toolkit: working files";function Oe({root:e,config:o,templatesFrom:n}){let i=b(c.join(e,k))?I(re(e)):void 0,{config:t,text:a}=i??x(B(o)),{dataDir:s,templatesDir:l,ticketPrefixes:S}=t.backlog,{source:w}=t.codeRules,W=[[`${s}/pending/.gitkeep`,""],[`${s}/completed/.gitkeep`,""],...N(S).map(h=>[`${l}/${h}`,ie(n,h)]),...o.codeRules?[[w,T]]:[],[k,a]].map(([h,Q])=>te(e,h,Q,h===w?", or pass --no-code-rules":"")),V=o.local?ne(e,[s,l],w):M(c.join(e,".gitignore"),L),{name:Y,stack:z}=t.project;return{root:e,project:{name:Y,stack:z,prefixes:S,gateCommands:ee(t)},files:[...W,V]}}r(Oe,"planScaffold");function ee({qualityGates:e}){let{testCommand:o,lintCommand:n,typeCheckCommand:i,buildCommand:t}=e;return Object.fromEntries(Object.entries({testCommand:o,lintCommand:n,typeCheckCommand:i,buildCommand:t}).filter(([,s])=>s!==void 0))}r(ee,"commandsOf");function Se(e){let o=c.join(e,"backlog");return b(o)?b(c.join(o,"data"))||!oe(e):!1}r(Se,"hasBacklog");function oe(e){return["tasks","config.yml","config.yaml"].some(o=>b(c.join(e,"backlog",o)))}r(oe,"isBacklogMd");function Re(e,o){return e!==o&&P(e,L,D)===o}r(Re,"isOurAddition");function Ae(e){let o=G(e);if(o!==e)throw new m({code:"init-in-linked-worktree",message:`${e} is in a linked worktree; tickets and configuration live in the main one, ${o}`,fix:`backlog init --cwd ${/^[\w@%+=:,./-]+$/.test(o)?o:`'${o.replaceAll("'","'\\''")}'`}`,exitCode:g.ProjectUnusable})}r(Ae,"refuseLinkedWorktree");function te(e,o,n,i){let t=c.join(e,o);if(!R(p(e),p(t)))throw new m({code:"path-outside-project",message:`${o} lies outside the project: a folder on the way is a link to ${c.dirname(p(t))}`,fix:`replace the link by a real folder${i}`,exitCode:g.ProjectUnusable,file:t});let a=f(t);return a===void 0?{file:t,action:"create",content:n,differs:!1}:{file:t,action:"keep",content:a,differs:a!==n}}r(te,"plannedFile");function M(e,o){let n=f(e),i=P(n??"",o,D);return n===i?{file:e,action:"keep",content:i,differs:!1}:{file:e,action:n===void 0?"create":"append",content:i,differs:!1}}r(M,"appended");function ne(e,o,n){let i=A(e),t=i===void 0?void 0:H(i);if(i===void 0||t===void 0)throw E(e,"--local");let a=r(s=>c.relative(i,c.join(e,s)).split(c.sep).join("/"),"below");return M(c.join(t,"info","exclude"),[...[...o,".backlog-ops"].map(s=>v(a(s),"folder")),...[k,n,".claude/implementer-state.json",".claude/cost-history.json"].map(s=>v(a(s),"file"))])}r(ne,"excludeFile");function E(e,o){return new m({code:"not-a-repository",message:`${o} needs a git repository, and ${e} is in none`,fix:`run \`git init\` there first, or leave ${o} out`,exitCode:g.ProjectUnusable})}r(E,"notARepository");function ie(e,o){let n=f(c.join(e,o));if(n!==void 0)return n;throw new m({code:"installation-broken",message:`${c.join(e,o)} is missing: backlog-toolkit is not installed completely`,fix:"install backlog-toolkit again",exitCode:g.Outside})}r(ie,"ourTemplate");function re(e){return{root:e,configFile:c.join(e,k),mainRoot:e,opsDir:c.join(e,".backlog-ops")}}r(re,"pathsOf");import{chmodSync as se,existsSync as $,mkdirSync as ae,renameSync as q,rmSync as le}from"node:fs";import d from"node:path";var y=["pre-commit","commit-msg","pre-push"],O="# backlog-toolkit: git hook",u=".before-backlog";async function Me(e,o){let n=await j(["rev-parse","--show-toplevel"],{cwd:e,env:o}),i=await j(["rev-parse","--git-path","hooks"],{cwd:e,env:o});if(n.exitCode!==0||i.exitCode!==0)throw E(e,"--git-hooks");let t=d.resolve(n.stdout.trimEnd());return{worktree:t,folder:d.resolve(e,i.stdout.trimEnd()),prefix:d.relative(p(t),p(e)).split(d.sep).join("/")}}r(Me,"hooksPlace");function _e(e,o,n){let{folder:i}=e,t=[],a=y.filter(s=>{let l=f(d.join(i,s));return l!==void 0&&!l.includes(O)});for(let s of a){let l=d.join(i,`${s}${u}`);if($(l))throw de(d.join(i,s),l)}ae(i,{recursive:!0}),K(n,[...new Set([...F(n),i])]);for(let s of y){let l=d.join(i,s);a.includes(s)&&q(l,`${l}${u}`),$(`${l}${u}`)&&t.push(s),C(l,fe(s,e.prefix,o),{mode:493}),se(l,493)}return{folder:i,installed:y,kept:t,notes:ce(e)}}r(_e,"installGitHooks");function F(e){try{let o=JSON.parse(f(J(e))??"[]");return Array.isArray(o)?o.filter(n=>typeof n=="string"):[]}catch{return[]}}r(F,"hookFolders");var J=r(e=>d.join(e,"git-hooks.json"),"listFile");function K(e,o){C(J(e),`${JSON.stringify(o,null,2)}
`,{mode:384,dirMode:448})}r(K,"writeFolders");function Ue(e,o){let n=[];for(let t of y){let a=d.join(e,t);f(a)?.includes(O)&&(le(a),$(`${a}${u}`)&&q(`${a}${u}`,a),n.push(a))}let i=F(o).filter(t=>t!==e);return i.length<F(o).length&&K(o,i),n}r(Ue,"uninstallGitHooks");function ce({worktree:e,folder:o}){let n=y.map(t=>`.husky/${t}: backlog-toolkit hook git-${t} "$@"`).join("; "),i=["lefthook.yml","lefthook.yaml",".lefthook.yml",".lefthook.yaml","lefthook.toml"];return[...$(d.join(e,".husky"))?[`husky keeps the hooks of this project in .husky/ and writes ${o} again: a line in its own files lasts longer (${n})`]:[],...i.filter(t=>$(d.join(e,t))).map(t=>`lefthook writes ${o} again at its next \`lefthook install\`: run \`backlog init --git-hooks\` after it, or add \`backlog-toolkit hook git-pre-commit\` and its like to ${t}`)]}r(ce,"managersIn");function de(e,o){return new m({code:"git-hook-in-the-way",message:`${e} is another program's hook, and ${o} is kept from before; nothing was changed`,fix:`put both into one file, delete ${o}, and run the command again`,exitCode:g.CheckFailed,file:e})}r(de,"inTheWay");function fe(e,o,n){return`#!/bin/sh
${O} ${e}. \`backlog uninstall\` takes it out; git's own --no-verify goes past it.
here=$(dirname "$0")
before="$here/${e}${u}"
folder=${U(o===""?".":o)}
${ge[e]}
[ -f "$folder/backlog.config.json" ] || exit 0
for program in ${U(n)} "$(command -v backlog-toolkit)" ./node_modules/.bin/backlog-toolkit; do
  [ -x "$program" ] || continue
  ${e==="pre-push"?`printf '%s\\n' "$lines" | "$program"`:'exec "$program"'} hook git-${e} --cwd "$folder" -- "$@"
  exit $?
done
echo 'warning: backlog-toolkit is not installed here any more, so nothing was checked; \`backlog verify\` does it in CI' >&2
exit 0
`}r(fe,"scriptOf");var _=`open=no
common=$(git rev-parse --git-common-dir 2>/dev/null)
case $common in
  .git | */.git) grep -qs '"owner": *{' "$common/../$folder/.backlog-ops/claims/"*.json && open=yes ;;
  *) open=yes ;;
esac`,ge={"pre-commit":`if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${_}
[ "$open" = yes ] || exit 0`,"commit-msg":`if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${_}
[ "$open" = yes ] || grep -qi '^Backlog-Evidence:' "$1" || exit 0
case $1 in /*) ;; *) set -- "$PWD/$1" ;; esac`,"pre-push":`lines=$(cat)
if [ -x "$before" ]; then printf '%s\\n' "$lines" | "$before" "$@" || exit $?; fi`};function U(e){return`'${e.replaceAll("'","'\\''")}'`}r(U,"quoted");export{Oe as a,Se as b,oe as c,Re as d,Ae as e,E as f,Me as g,_e as h,F as i,Ue as j};
