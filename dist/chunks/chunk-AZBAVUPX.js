import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as j,b as P}from"./chunk-OU4VLJM3.js";import{d as G,e as $}from"./chunk-XUFSPUPQ.js";import{a as C}from"./chunk-7WSWKAJB.js";import{Ea as I}from"./chunk-66JCFEDB.js";import{B as S,C as m,F as p,J as R,K as A,N as H,e as f,f as g,r as d,t as w}from"./chunk-VLBW5VWC.js";import{existsSync as x}from"node:fs";import l from"node:path";var N=`# Code rules

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
`;var Q="https://raw.githubusercontent.com/backlog-toolkit/backlog-toolkit/main/config/backlog.config.schema.json";function T(e){let{testCommand:o,lintCommand:n,typeCheckCommand:i,buildCommand:t}=e.commands,s={$schema:Q,version:e.llmOps?"1.1":"1.0",profile:"standard",project:{name:e.name,stack:e.stack},backlog:{dataDir:"backlog/data",templatesDir:"backlog/templates",ticketPrefixes:e.prefixes},qualityGates:{testCommand:o,lintCommand:n,typeCheckCommand:i,buildCommand:t,baseline:"new-only"},...e.codeRules?{codeRules:{source:".claude/code-rules.md"}}:{},ticketValidation:{minAcceptanceCriteria:3},...e.setupCommand===void 0?{}:{worktrees:{setupCommand:e.setupCommand}},...e.local?{git:{bookkeepingCommit:!1}}:{},...e.llmOps?{llmOps:{gateway:{baseURL:"http://localhost:8000",apiKeyEnv:"LITELLM_MASTER_KEY"},billing:"unknown"}}:{}},r=`${JSON.stringify(s,null,2).replaceAll(/\[\n\s+("\w+"(?:,\n\s+"\w+")*)\n\s+\]/g,X)}
`,{warnings:a}=$(r,p);if(a.length>0)throw new Error(`a new configuration has warnings: ${a[0]?.message}`);return r}function X(e,o){return`[${o.replaceAll(/\s+/g," ")}]`}var B=[".backlog-ops/",".claude/implementer-state.json"],L="backlog-toolkit: working files";function Ee({root:e,config:o,templatesFrom:n}){let i=x(l.join(e,p))?G(ie(e)):void 0,{config:t,text:s}=i??$(T(o)),{dataDir:r,templatesDir:a,ticketPrefixes:O}=t.backlog,{source:b}=t.codeRules,K=[[`${r}/pending/.gitkeep`,""],[`${r}/completed/.gitkeep`,""],...I(O).map(u=>[`${a}/${u}`,ne(n,u)]),...o.codeRules?[[b,N]]:[],[p,s]].map(([u,z])=>oe(e,u,z,u===b?", or pass --no-code-rules":"")),W=o.local?te(e,[r,a],b):D(l.join(e,".gitignore"),B),{name:V,stack:Y}=t.project;return{root:e,project:{name:V,stack:Y,prefixes:O,gateCommands:Z(t)},files:[...K,W]}}function Z({qualityGates:e}){let{testCommand:o,lintCommand:n,typeCheckCommand:i,buildCommand:t}=e;return Object.fromEntries(Object.entries({testCommand:o,lintCommand:n,typeCheckCommand:i,buildCommand:t}).filter(([,r])=>r!==void 0))}function Fe(e){let o=l.join(e,"backlog");return x(o)?x(l.join(o,"data"))||!ee(e):!1}function ee(e){return["tasks","config.yml","config.yaml"].some(o=>x(l.join(e,"backlog",o)))}function Oe(e,o){return e!==o&&j(e,B,L)===o}function Se(e){let o=H(e);if(o!==e)throw new g({code:"init-in-linked-worktree",message:`${e} is in a linked worktree; tickets and configuration live in the main one, ${o}`,fix:`backlog init --cwd ${/^[\w@%+=:,./-]+$/.test(o)?o:`'${o.replaceAll("'","'\\''")}'`}`,exitCode:f.ProjectUnusable})}function oe(e,o,n,i){let t=l.join(e,o);if(!S(m(e),m(t)))throw new g({code:"path-outside-project",message:`${o} lies outside the project: a folder on the way is a link to ${l.dirname(m(t))}`,fix:`replace the link by a real folder${i}`,exitCode:f.ProjectUnusable,file:t});let s=d(t);return s===void 0?{file:t,action:"create",content:n,differs:!1}:{file:t,action:"keep",content:s,differs:s!==n}}function D(e,o){let n=d(e),i=j(n??"",o,L);return n===i?{file:e,action:"keep",content:i,differs:!1}:{file:e,action:n===void 0?"create":"append",content:i,differs:!1}}function te(e,o,n){let i=R(e),t=i===void 0?void 0:A(i);if(i===void 0||t===void 0)throw v(e,"--local");let s=r=>l.relative(i,l.join(e,r)).split(l.sep).join("/");return D(l.join(t,"info","exclude"),[...[...o,".backlog-ops"].map(r=>P(s(r),"folder")),...[p,n,".claude/implementer-state.json",".claude/cost-history.json"].map(r=>P(s(r),"file"))])}function v(e,o){return new g({code:"not-a-repository",message:`${o} needs a git repository, and ${e} is in none`,fix:`run \`git init\` there first, or leave ${o} out`,exitCode:f.ProjectUnusable})}function ne(e,o){let n=d(l.join(e,o));if(n!==void 0)return n;throw new g({code:"installation-broken",message:`${l.join(e,o)} is missing: backlog-toolkit is not installed completely`,fix:"install backlog-toolkit again",exitCode:f.Outside})}function ie(e){return{root:e,configFile:l.join(e,p),mainRoot:e,opsDir:l.join(e,".backlog-ops")}}import{chmodSync as re,existsSync as y,mkdirSync as se,renameSync as U,rmSync as ae}from"node:fs";import c from"node:path";var h=["pre-commit","commit-msg","pre-push"],F="# backlog-toolkit: git hook",k=".before-backlog";async function Be(e,o){let n=await C(["rev-parse","--show-toplevel"],{cwd:e,env:o}),i=await C(["rev-parse","--git-path","hooks"],{cwd:e,env:o});if(n.exitCode!==0||i.exitCode!==0)throw v(e,"--git-hooks");let t=c.resolve(n.stdout.trimEnd());return{worktree:t,folder:c.resolve(e,i.stdout.trimEnd()),prefix:c.relative(m(t),m(e)).split(c.sep).join("/")}}function Le(e,o,n){let{folder:i}=e,t=[],s=h.filter(r=>{let a=d(c.join(i,r));return a!==void 0&&!a.includes(F)});for(let r of s){let a=c.join(i,`${r}${k}`);if(y(a))throw ce(c.join(i,r),a)}se(i,{recursive:!0}),J(n,[...new Set([...E(n),i])]);for(let r of h){let a=c.join(i,r);s.includes(r)&&U(a,`${a}${k}`),y(`${a}${k}`)&&t.push(r),w(a,de(r,e.prefix,o),{mode:493}),re(a,493)}return{folder:i,installed:h,kept:t,notes:le(e)}}function E(e){try{let o=JSON.parse(d(q(e))??"[]");return Array.isArray(o)?o.filter(n=>typeof n=="string"):[]}catch{return[]}}var q=e=>c.join(e,"git-hooks.json");function J(e,o){w(q(e),`${JSON.stringify(o,null,2)}
`,{mode:384,dirMode:448})}function De(e,o){let n=[];for(let t of h){let s=c.join(e,t);d(s)?.includes(F)&&(ae(s),y(`${s}${k}`)&&U(`${s}${k}`,s),n.push(s))}let i=E(o).filter(t=>t!==e);return i.length<E(o).length&&J(o,i),n}function le({worktree:e,folder:o}){let n=h.map(t=>`.husky/${t}: backlog-toolkit hook git-${t} "$@"`).join("; "),i=["lefthook.yml","lefthook.yaml",".lefthook.yml",".lefthook.yaml","lefthook.toml"];return[...y(c.join(e,".husky"))?[`husky keeps the hooks of this project in .husky/ and writes ${o} again: a line in its own files lasts longer (${n})`]:[],...i.filter(t=>y(c.join(e,t))).map(t=>`lefthook writes ${o} again at its next \`lefthook install\`: run \`backlog init --git-hooks\` after it, or add \`backlog-toolkit hook git-pre-commit\` and its like to ${t}`)]}function ce(e,o){return new g({code:"git-hook-in-the-way",message:`${e} is another program's hook, and ${o} is kept from before; nothing was changed`,fix:`put both into one file, delete ${o}, and run the command again`,exitCode:f.CheckFailed,file:e})}function de(e,o,n){return`#!/bin/sh
${F} ${e}. \`backlog uninstall\` takes it out; git's own --no-verify goes past it.
here=$(dirname "$0")
before="$here/${e}${k}"
folder=${_(o===""?".":o)}
${fe[e]}
[ -f "$folder/backlog.config.json" ] || exit 0
for program in ${_(n)} "$(command -v backlog-toolkit)" ./node_modules/.bin/backlog-toolkit; do
  [ -x "$program" ] || continue
  ${e==="pre-push"?`printf '%s\\n' "$lines" | "$program"`:'exec "$program"'} hook git-${e} --cwd "$folder" -- "$@"
  exit $?
done
echo 'warning: backlog-toolkit is not installed here any more, so nothing was checked; \`backlog verify\` does it in CI' >&2
exit 0
`}var M=`open=no
common=$(git rev-parse --git-common-dir 2>/dev/null)
case $common in
  .git | */.git) grep -qs '"owner": *{' "$common/../$folder/.backlog-ops/claims/"*.json && open=yes ;;
  *) open=yes ;;
esac`,fe={"pre-commit":`if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${M}
[ "$open" = yes ] || exit 0`,"commit-msg":`if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${M}
[ "$open" = yes ] || grep -qi '^Backlog-Evidence:' "$1" || exit 0
case $1 in /*) ;; *) set -- "$PWD/$1" ;; esac`,"pre-push":`lines=$(cat)
if [ -x "$before" ]; then printf '%s\\n' "$lines" | "$before" "$@" || exit $?; fi`};function _(e){return`'${e.replaceAll("'","'\\''")}'`}export{Ee as a,Fe as b,ee as c,Oe as d,Se as e,v as f,Be as g,Le as h,E as i,De as j};
