'use strict';var V=Object.create;var b=Object.defineProperty;var Y=Object.getOwnPropertyDescriptor;var Q=Object.getOwnPropertyNames;var X=Object.getPrototypeOf,Z=Object.prototype.hasOwnProperty;var z=(e,o)=>{for(var i in o)b(e,i,{get:o[i],enumerable:!0})},S=(e,o,i,a)=>{if(o&&typeof o=="object"||typeof o=="function")for(let n of Q(o))!Z.call(e,n)&&n!==i&&b(e,n,{get:()=>o[n],enumerable:!(a=Y(o,n))||a.enumerable});return e};var A=(e,o,i)=>(i=e!=null?V(X(e)):{},S(o||!e||!e.__esModule?b(i,"default",{value:e,enumerable:!0}):i,e)),ee=e=>S(b({},"__esModule",{value:!0}),e);var ge={};z(ge,{a:()=>F,b:()=>M,c:()=>x,d:()=>U,e:()=>B,f:()=>w,g:()=>I,h:()=>J,i:()=>h,j:()=>_});module.exports=ee(ge);var p=require("./chunk-72JC4UGV.cjs"),$=require("./chunk-RL73G6R5.cjs"),v=require("./chunk-OO4L7ZOQ.cjs"),q=require("./chunk-XSQD5A5W.cjs"),t=require("./chunk-5QF2XKJX.cjs"),k=require("node:fs"),c=A(require("node:path")),m=require("node:fs"),d=A(require("node:path")),oe=`# Code rules

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
`,te="https://raw.githubusercontent.com/backlog-toolkit/backlog-toolkit/main/config/backlog.config.schema.json";function ie(e){let{testCommand:o,lintCommand:i,typeCheckCommand:a,buildCommand:n}=e.commands,r={$schema:te,version:e.llmOps?"1.1":"1.0",profile:"standard",project:{name:e.name,stack:e.stack},backlog:{dataDir:"backlog/data",templatesDir:"backlog/templates",ticketPrefixes:e.prefixes},qualityGates:{testCommand:o,lintCommand:i,typeCheckCommand:a,buildCommand:n,baseline:"new-only"},...e.codeRules?{codeRules:{source:".claude/code-rules.md"}}:{},ticketValidation:{minAcceptanceCriteria:3},...e.setupCommand===void 0?{}:{worktrees:{setupCommand:e.setupCommand}},...e.local?{git:{bookkeepingCommit:!1}}:{},...e.llmOps?{llmOps:{gateway:{baseURL:"http://localhost:8000",apiKeyEnv:"LITELLM_MASTER_KEY"},billing:"unknown"}}:{}},s=`${JSON.stringify(r,null,2).replaceAll(/\[\n\s+("\w+"(?:,\n\s+"\w+")*)\n\s+\]/g,ne)}
`,{warnings:l}=(0,$.e)(s,t.H);if(l.length>0)throw new Error(`a new configuration has warnings: ${l[0]?.message}`);return s}function ne(e,o){return`[${o.replaceAll(/\s+/g," ")}]`}var E=[".backlog-ops/",".claude/implementer-state.json"],O="backlog-toolkit: working files";function F({root:e,config:o,templatesFrom:i}){let a=(0,k.existsSync)(c.default.join(e,t.H))?(0,$.d)(ce(e)):void 0,{config:n,text:r}=a??(0,$.e)(ie(o)),{dataDir:s,templatesDir:l,ticketPrefixes:C}=n.backlog,{source:y}=n.codeRules,G=[[`${s}/pending/.gitkeep`,""],[`${s}/completed/.gitkeep`,""],...(0,q.ra)(C).map(g=>[`${l}/${g}`,le(i,g)]),...o.codeRules?[[y,oe]]:[],[t.H,r]].map(([g,W])=>re(e,g,W,g===y?", or pass --no-code-rules":"")),H=o.local?se(e,[s,l],y):D(c.default.join(e,".gitignore"),E),{name:K,stack:T}=n.project;return{root:e,project:{name:K,stack:T,prefixes:C,gateCommands:ae(n)},files:[...G,H]}}function ae({qualityGates:e}){let{testCommand:o,lintCommand:i,typeCheckCommand:a,buildCommand:n}=e;return Object.fromEntries(Object.entries({testCommand:o,lintCommand:i,typeCheckCommand:a,buildCommand:n}).filter(([,r])=>r!==void 0))}function M(e){let o=c.default.join(e,"backlog");return(0,k.existsSync)(o)?(0,k.existsSync)(c.default.join(o,"data"))||!x(e):!1}function x(e){return["tasks","config.yml","config.yaml"].some(o=>(0,k.existsSync)(c.default.join(e,"backlog",o)))}function U(e,o){return e!==o&&(0,p.a)(e,E,O)===o}function B(e){let o=(0,t.P)(e);if(o!==e)throw new t.f({code:"init-in-linked-worktree",message:`${e} is in a linked worktree; tickets and configuration live in the main one, ${o}`,fix:`backlog init --cwd ${/^[\w@%+=:,./-]+$/.test(o)?o:`'${o.replaceAll("'","'\\''")}'`}`,exitCode:t.e.ProjectUnusable})}function re(e,o,i,a){let n=c.default.join(e,o);if(!(0,t.B)((0,t.C)(e),(0,t.C)(n)))throw new t.f({code:"path-outside-project",message:`${o} lies outside the project: a folder on the way is a link to ${c.default.dirname((0,t.C)(n))}`,fix:`replace the link by a real folder${a}`,exitCode:t.e.ProjectUnusable,file:n});let r=(0,t.r)(n);return r===void 0?{file:n,action:"create",content:i,differs:!1}:{file:n,action:"keep",content:r,differs:r!==i}}function D(e,o){let i=(0,t.r)(e),a=(0,p.a)(i??"",o,O);return i===a?{file:e,action:"keep",content:a,differs:!1}:{file:e,action:i===void 0?"create":"append",content:a,differs:!1}}function se(e,o,i){let a=(0,t.L)(e),n=a===void 0?void 0:(0,t.M)(a);if(a===void 0||n===void 0)throw w(e,"--local");let r=s=>c.default.relative(a,c.default.join(e,s)).split(c.default.sep).join("/");return D(c.default.join(n,"info","exclude"),[...[...o,".backlog-ops"].map(s=>(0,p.b)(r(s),"folder")),...[t.H,i,".claude/implementer-state.json",".claude/cost-history.json"].map(s=>(0,p.b)(r(s),"file"))])}function w(e,o){return new t.f({code:"not-a-repository",message:`${o} needs a git repository, and ${e} is in none`,fix:`run \`git init\` there first, or leave ${o} out`,exitCode:t.e.ProjectUnusable})}function le(e,o){let i=(0,t.r)(c.default.join(e,o));if(i!==void 0)return i;throw new t.f({code:"installation-broken",message:`${c.default.join(e,o)} is missing: backlog-toolkit is not installed completely`,fix:"install backlog-toolkit again",exitCode:t.e.Outside})}function ce(e){return{root:e,configFile:c.default.join(e,t.H),mainRoot:e,opsDir:c.default.join(e,".backlog-ops")}}var u=["pre-commit","commit-msg","pre-push"],j="# backlog-toolkit: git hook",f=".before-backlog";async function I(e,o){let i=await(0,v.a)(["rev-parse","--show-toplevel"],{cwd:e,env:o}),a=await(0,v.a)(["rev-parse","--git-path","hooks"],{cwd:e,env:o});if(i.exitCode!==0||a.exitCode!==0)throw w(e,"--git-hooks");let n=d.default.resolve(i.stdout.trimEnd());return{worktree:n,folder:d.default.resolve(e,a.stdout.trimEnd()),prefix:d.default.relative((0,t.C)(n),(0,t.C)(e)).split(d.default.sep).join("/")}}function J(e,o,i){let{folder:a}=e,n=[],r=u.filter(s=>{let l=(0,t.r)(d.default.join(a,s));return l!==void 0&&!l.includes(j)});for(let s of r){let l=d.default.join(a,`${s}${f}`);if((0,m.existsSync)(l))throw de(d.default.join(a,s),l)}(0,m.mkdirSync)(a,{recursive:!0}),R(i,[...new Set([...h(i),a])]);for(let s of u){let l=d.default.join(a,s);r.includes(s)&&(0,m.renameSync)(l,`${l}${f}`),(0,m.existsSync)(`${l}${f}`)&&n.push(s),(0,t.t)(l,fe(s,e.prefix,o),{mode:493}),(0,m.chmodSync)(l,493)}return{folder:a,installed:u,kept:n,notes:me(e)}}function h(e){try{let o=JSON.parse((0,t.r)(P(e))??"[]");return Array.isArray(o)?o.filter(i=>typeof i=="string"):[]}catch{return[]}}var P=e=>d.default.join(e,"git-hooks.json");function R(e,o){(0,t.t)(P(e),`${JSON.stringify(o,null,2)}
`,{mode:384,dirMode:448})}function _(e,o){let i=[];for(let n of u){let r=d.default.join(e,n);(0,t.r)(r)?.includes(j)&&((0,m.rmSync)(r),(0,m.existsSync)(`${r}${f}`)&&(0,m.renameSync)(`${r}${f}`,r),i.push(r))}let a=h(o).filter(n=>n!==e);return a.length<h(o).length&&R(o,a),i}function me({worktree:e,folder:o}){let i=u.map(n=>`.husky/${n}: backlog-toolkit hook git-${n} "$@"`).join("; "),a=["lefthook.yml","lefthook.yaml",".lefthook.yml",".lefthook.yaml","lefthook.toml"];return[...(0,m.existsSync)(d.default.join(e,".husky"))?[`husky keeps the hooks of this project in .husky/ and writes ${o} again: a line in its own files lasts longer (${i})`]:[],...a.filter(n=>(0,m.existsSync)(d.default.join(e,n))).map(n=>`lefthook writes ${o} again at its next \`lefthook install\`: run \`backlog init --git-hooks\` after it, or add \`backlog-toolkit hook git-pre-commit\` and its like to ${n}`)]}function de(e,o){return new t.f({code:"git-hook-in-the-way",message:`${e} is another program's hook, and ${o} is kept from before; nothing was changed`,fix:`put both into one file, delete ${o}, and run the command again`,exitCode:t.e.CheckFailed,file:e})}function fe(e,o,i){return`#!/bin/sh
${j} ${e}. \`backlog uninstall\` takes it out; git's own --no-verify goes past it.
here=$(dirname "$0")
before="$here/${e}${f}"
folder=${N(o===""?".":o)}
${pe[e]}
[ -f "$folder/backlog.config.json" ] || exit 0
for program in ${N(i)} "$(command -v backlog-toolkit)" ./node_modules/.bin/backlog-toolkit; do
  [ -x "$program" ] || continue
  ${e==="pre-push"?`printf '%s\\n' "$lines" | "$program"`:'exec "$program"'} hook git-${e} --cwd "$folder" -- "$@"
  exit $?
done
echo 'warning: backlog-toolkit is not installed here any more, so nothing was checked; \`backlog verify\` does it in CI' >&2
exit 0
`}var L=`open=no
common=$(git rev-parse --git-common-dir 2>/dev/null)
case $common in
  .git | */.git) grep -qs '"owner": *{' "$common/../$folder/.backlog-ops/claims/"*.json && open=yes ;;
  *) open=yes ;;
esac`,pe={"pre-commit":`if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${L}
[ "$open" = yes ] || exit 0`,"commit-msg":`if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${L}
[ "$open" = yes ] || grep -qi '^Backlog-Evidence:' "$1" || exit 0
case $1 in /*) ;; *) set -- "$PWD/$1" ;; esac`,"pre-push":`lines=$(cat)
if [ -x "$before" ]; then printf '%s\\n' "$lines" | "$before" "$@" || exit $?; fi`};function N(e){return`'${e.replaceAll("'","'\\''")}'`}0&&(module.exports={a,b,c,d,e,f,g,h,i,j});
