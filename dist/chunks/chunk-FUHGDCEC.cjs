'use strict';var w=Object.defineProperty;var K=Object.getOwnPropertyDescriptor;var T=Object.getOwnPropertyNames;var W=Object.prototype.hasOwnProperty;var H=(e,o)=>{for(var n in o)w(e,n,{get:o[n],enumerable:!0})},V=(e,o,n,a)=>{if(o&&typeof o=="object"||typeof o=="function")for(let i of T(o))!W.call(e,i)&&i!==n&&w(e,i,{get:()=>o[i],enumerable:!(a=K(o,i))||a.enumerable});return e};var Y=e=>V(w({},"__esModule",{value:!0}),e);var ce={};H(ce,{a:()=>N,b:()=>P,c:()=>v,d:()=>q,e:()=>F,f:()=>$,g:()=>L,h:()=>I,i:()=>k,j:()=>U});module.exports=Object.defineProperty(ce,"__esModule",{value:!0});var l=require("node:fs"),p=require("./chunk-72JC4UGV.cjs"),h=require("./chunk-H6K46IXW.cjs"),j=require("./chunk-2UWH7NH5.cjs"),t=require("./chunk-NZMAEHQG.cjs");const d=require("node:path"),m=d;var z=`# Code rules

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
`,Q="https://raw.githubusercontent.com/backlog-toolkit/backlog-toolkit/main/config/backlog.config.schema.json";function X(e){let{testCommand:o,lintCommand:n,typeCheckCommand:a,buildCommand:i}=e.commands,r={$schema:Q,version:e.llmOps?"1.1":"1.0",profile:"standard",project:{name:e.name,stack:e.stack},backlog:{dataDir:"backlog/data",templatesDir:"backlog/templates",ticketPrefixes:e.prefixes},qualityGates:{testCommand:o,lintCommand:n,typeCheckCommand:a,buildCommand:i,baseline:"new-only"},...e.codeRules?{codeRules:{source:".claude/code-rules.md"}}:{},ticketValidation:{minAcceptanceCriteria:3},...e.setupCommand===void 0?{}:{worktrees:{setupCommand:e.setupCommand}},...e.local?{git:{bookkeepingCommit:!1}}:{},...e.llmOps?{llmOps:{gateway:{baseURL:"http://localhost:8000",apiKeyEnv:"LITELLM_MASTER_KEY"},billing:"unknown"}}:{}},s=`${JSON.stringify(r,null,2).replaceAll(/\[\n\s+("\w+"(?:,\n\s+"\w+")*)\n\s+\]/g,Z)}
`,{warnings:c}=(0,h.e)(s,t.za);if(c.length>0)throw new Error(`a new configuration has warnings: ${c[0]?.message}`);return s}function Z(e,o){return`[${o.replaceAll(/\s+/g," ")}]`}var C=[".backlog-ops/",".claude/implementer-state.json"],S="backlog-toolkit: working files";function N({root:e,config:o,templatesFrom:n}){let a=(0,l.existsSync)(d.join(e,t.za))?(0,h.d)(ne(e)):void 0,{config:i,text:r}=a??(0,h.e)(X(o)),{dataDir:s,templatesDir:c,ticketPrefixes:x}=i.backlog,{source:b}=i.codeRules,J=[[`${s}/pending/.gitkeep`,""],[`${s}/completed/.gitkeep`,""],...(0,t.mb)(x).map(u=>[`${c}/${u}`,ie(n,u)]),...o.codeRules?[[b,z]]:[],[t.za,r]].map(([u,G])=>oe(e,u,G,u===b?", or pass --no-code-rules":"")),M=o.local?te(e,[s,c],b):A(d.join(e,".gitignore"),C),{name:_,stack:B}=i.project;return{root:e,project:{name:_,stack:B,prefixes:x,gateCommands:ee(i)},files:[...J,M]}}function ee({qualityGates:e}){let{testCommand:o,lintCommand:n,typeCheckCommand:a,buildCommand:i}=e;return Object.fromEntries(Object.entries({testCommand:o,lintCommand:n,typeCheckCommand:a,buildCommand:i}).filter(([,r])=>r!==void 0))}function P(e){let o=d.join(e,"backlog");return(0,l.existsSync)(o)?(0,l.existsSync)(d.join(o,"data"))||!v(e):!1}function v(e){return["tasks","config.yml","config.yaml"].some(o=>(0,l.existsSync)(d.join(e,"backlog",o)))}function q(e,o){return e!==o&&(0,p.a)(e,C,S)===o}function F(e){let o=(0,t.Ia)(e);if(o!==e)throw new t.b({code:"init-in-linked-worktree",message:`${e} is in a linked worktree; tickets and configuration live in the main one, ${o}`,fix:`backlog init --cwd ${/^[\w@%+=:,./-]+$/.test(o)?o:`'${o.replaceAll("'","'\\''")}'`}`,exitCode:t.a.ProjectUnusable})}function oe(e,o,n,a){let i=d.join(e,o);if(!(0,t.w)((0,t.x)(e),(0,t.x)(i)))throw new t.b({code:"path-outside-project",message:`${o} lies outside the project: a folder on the way is a link to ${d.dirname((0,t.x)(i))}`,fix:`replace the link by a real folder${a}`,exitCode:t.a.ProjectUnusable,file:i});let r=(0,t.m)(i);return r===void 0?{file:i,action:"create",content:n,differs:!1}:{file:i,action:"keep",content:r,differs:r!==n}}function A(e,o){let n=(0,t.m)(e),a=(0,p.a)(n??"",o,S);return n===a?{file:e,action:"keep",content:a,differs:!1}:{file:e,action:n===void 0?"create":"append",content:a,differs:!1}}function te(e,o,n){let a=(0,t.Da)(e),i=a===void 0?void 0:(0,t.Fa)(a);if(a===void 0||i===void 0)throw $(e,"--local");let r=s=>d.relative(a,d.join(e,s)).split(d.sep).join("/");return A(d.join(i,"info","exclude"),[...[...o,".backlog-ops"].map(s=>(0,p.b)(r(s),"folder")),...[t.za,n,".claude/implementer-state.json",".claude/cost-history.json"].map(s=>(0,p.b)(r(s),"file"))])}function $(e,o){return new t.b({code:"not-a-repository",message:`${o} needs a git repository, and ${e} is in none`,fix:`run \`git init\` there first, or leave ${o} out`,exitCode:t.a.ProjectUnusable})}function ie(e,o){let n=(0,t.m)(d.join(e,o));if(n!==void 0)return n;throw new t.b({code:"installation-broken",message:`${d.join(e,o)} is missing: backlog-toolkit is not installed completely`,fix:"install backlog-toolkit again",exitCode:t.a.Outside})}function ne(e){return{root:e,configFile:d.join(e,t.za),mainRoot:e,opsDir:d.join(e,".backlog-ops")}}var g=["pre-commit","commit-msg","pre-push"],y="# backlog-toolkit: git hook",f=".before-backlog";async function L(e,o){let n=await(0,j.a)(["rev-parse","--show-toplevel"],{cwd:e,env:o}),a=await(0,j.a)(["rev-parse","--git-path","hooks"],{cwd:e,env:o});if(n.exitCode!==0||a.exitCode!==0)throw $(e,"--git-hooks");let i=m.resolve(n.stdout.trimEnd());return{worktree:i,folder:m.resolve(e,a.stdout.trimEnd()),prefix:m.relative((0,t.x)(i),(0,t.x)(e)).split(m.sep).join("/")}}function I(e,o,n){let{folder:a}=e,i=[],r=g.filter(s=>{let c=(0,t.m)(m.join(a,s));return c!==void 0&&!c.includes(y)});for(let s of r){let c=m.join(a,`${s}${f}`);if((0,l.existsSync)(c))throw re(m.join(a,s),c)}(0,l.mkdirSync)(a,{recursive:!0}),O(n,[...new Set([...k(n),a])]);for(let s of g){let c=m.join(a,s);r.includes(s)&&(0,l.renameSync)(c,`${c}${f}`),(0,l.existsSync)(`${c}${f}`)&&i.push(s),(0,t.o)(c,se(s,e.prefix,o),{mode:493}),(0,l.chmodSync)(c,493)}return{folder:a,installed:g,kept:i,notes:ae(e)}}function k(e){try{let o=JSON.parse((0,t.m)(E(e))??"[]");return Array.isArray(o)?o.filter(n=>typeof n=="string"):[]}catch{return[]}}var E=e=>m.join(e,"git-hooks.json");function O(e,o){(0,t.o)(E(e),`${JSON.stringify(o,null,2)}
`,{mode:384,dirMode:448})}function U(e,o){let n=[];for(let i of g){let r=m.join(e,i);(0,t.m)(r)?.includes(y)&&((0,l.rmSync)(r),(0,l.existsSync)(`${r}${f}`)&&(0,l.renameSync)(`${r}${f}`,r),n.push(r))}let a=k(o).filter(i=>i!==e);return a.length<k(o).length&&O(o,a),n}function ae({worktree:e,folder:o}){let n=g.map(i=>`.husky/${i}: backlog-toolkit hook git-${i} "$@"`).join("; "),a=["lefthook.yml","lefthook.yaml",".lefthook.yml",".lefthook.yaml","lefthook.toml"];return[...(0,l.existsSync)(m.join(e,".husky"))?[`husky keeps the hooks of this project in .husky/ and writes ${o} again: a line in its own files lasts longer (${n})`]:[],...a.filter(i=>(0,l.existsSync)(m.join(e,i))).map(i=>`lefthook writes ${o} again at its next \`lefthook install\`: run \`backlog init --git-hooks\` after it, or add \`backlog-toolkit hook git-pre-commit\` and its like to ${i}`)]}function re(e,o){return new t.b({code:"git-hook-in-the-way",message:`${e} is another program's hook, and ${o} is kept from before; nothing was changed`,fix:`put both into one file, delete ${o}, and run the command again`,exitCode:t.a.CheckFailed,file:e})}function se(e,o,n){return`#!/bin/sh
${y} ${e}. \`backlog uninstall\` takes it out; git's own --no-verify goes past it.
here=$(dirname "$0")
before="$here/${e}${f}"
folder=${R(o===""?".":o)}
${le[e]}
[ -f "$folder/backlog.config.json" ] || exit 0
for program in ${R(n)} "$(command -v backlog-toolkit)" ./node_modules/.bin/backlog-toolkit; do
  [ -x "$program" ] || continue
  ${e==="pre-push"?`printf '%s\\n' "$lines" | "$program"`:'exec "$program"'} hook git-${e} --cwd "$folder" -- "$@"
  exit $?
done
echo 'warning: backlog-toolkit is not installed here any more, so nothing was checked; \`backlog verify\` does it in CI' >&2
exit 0
`}var D=`open=no
common=$(git rev-parse --git-common-dir 2>/dev/null)
case $common in
  .git | */.git) grep -qs '"owner": *{' "$common/../$folder/.backlog-ops/claims/"*.json && open=yes ;;
  *) open=yes ;;
esac`,le={"pre-commit":`if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${D}
[ "$open" = yes ] || exit 0`,"commit-msg":`if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${D}
[ "$open" = yes ] || grep -qi '^Backlog-Evidence:' "$1" || exit 0
case $1 in /*) ;; *) set -- "$PWD/$1" ;; esac`,"pre-push":`lines=$(cat)
if [ -x "$before" ]; then printf '%s\\n' "$lines" | "$before" "$@" || exit $?; fi`};function R(e){return`'${e.replaceAll("'","'\\''")}'`}0&&(module.exports={a,b,c,d,e,f,g,h,i,j});
