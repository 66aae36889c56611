'use strict';var H=Object.create;var b=Object.defineProperty;var V=Object.getOwnPropertyDescriptor;var Y=Object.getOwnPropertyNames;var Q=Object.getPrototypeOf,X=Object.prototype.hasOwnProperty;var Z=(e,o)=>{for(var i in o)b(e,i,{get:o[i],enumerable:!0})},A=(e,o,i,a)=>{if(o&&typeof o=="object"||typeof o=="function")for(let n of Y(o))!X.call(e,n)&&n!==i&&b(e,n,{get:()=>o[n],enumerable:!(a=V(o,n))||a.enumerable});return e};var S=(e,o,i)=>(i=e!=null?H(Q(e)):{},A(o||!e||!e.__esModule?b(i,"default",{value:e,enumerable:!0}):i,e)),z=e=>A(b({},"__esModule",{value:!0}),e);var pe={};Z(pe,{a:()=>L,b:()=>q,c:()=>x,d:()=>U,e:()=>I,f:()=>w,g:()=>J,h:()=>M,i:()=>h,j:()=>_});module.exports=z(pe);var p=require("./chunk-72JC4UGV.cjs"),$=require("./chunk-WG2MZOYN.cjs"),v=require("./chunk-IXTE3UMJ.cjs"),t=require("./chunk-F5ZYK7R4.cjs"),k=require("node:fs"),c=S(require("node:path")),m=require("node:fs"),d=S(require("node:path")),ee=`# Code rules

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
`,oe="https://raw.githubusercontent.com/backlog-toolkit/backlog-toolkit/main/config/backlog.config.schema.json";function te(e){let{testCommand:o,lintCommand:i,typeCheckCommand:a,buildCommand:n}=e.commands,r={$schema:oe,version:e.llmOps?"1.1":"1.0",profile:"standard",project:{name:e.name,stack:e.stack},backlog:{dataDir:"backlog/data",templatesDir:"backlog/templates",ticketPrefixes:e.prefixes},qualityGates:{testCommand:o,lintCommand:i,typeCheckCommand:a,buildCommand:n,baseline:"new-only"},...e.codeRules?{codeRules:{source:".claude/code-rules.md"}}:{},ticketValidation:{minAcceptanceCriteria:3},...e.setupCommand===void 0?{}:{worktrees:{setupCommand:e.setupCommand}},...e.local?{git:{bookkeepingCommit:!1}}:{},...e.llmOps?{llmOps:{gateway:{baseURL:"http://localhost:8000",apiKeyEnv:"LITELLM_MASTER_KEY"},billing:"unknown"}}:{}},s=`${JSON.stringify(r,null,2).replaceAll(/\[\n\s+("\w+"(?:,\n\s+"\w+")*)\n\s+\]/g,ie)}
`,{warnings:l}=(0,$.e)(s,t.wa);if(l.length>0)throw new Error(`a new configuration has warnings: ${l[0]?.message}`);return s}function ie(e,o){return`[${o.replaceAll(/\s+/g," ")}]`}var E=[".backlog-ops/",".claude/implementer-state.json"],O="backlog-toolkit: working files";function L({root:e,config:o,templatesFrom:i}){let a=(0,k.existsSync)(c.default.join(e,t.wa))?(0,$.d)(le(e)):void 0,{config:n,text:r}=a??(0,$.e)(te(o)),{dataDir:s,templatesDir:l,ticketPrefixes:C}=n.backlog,{source:y}=n.codeRules,B=[[`${s}/pending/.gitkeep`,""],[`${s}/completed/.gitkeep`,""],...(0,t.jb)(C).map(g=>[`${l}/${g}`,se(i,g)]),...o.codeRules?[[y,ee]]:[],[t.wa,r]].map(([g,W])=>ae(e,g,W,g===y?", or pass --no-code-rules":"")),G=o.local?re(e,[s,l],y):D(c.default.join(e,".gitignore"),E),{name:K,stack:T}=n.project;return{root:e,project:{name:K,stack:T,prefixes:C,gateCommands:ne(n)},files:[...B,G]}}function ne({qualityGates:e}){let{testCommand:o,lintCommand:i,typeCheckCommand:a,buildCommand:n}=e;return Object.fromEntries(Object.entries({testCommand:o,lintCommand:i,typeCheckCommand:a,buildCommand:n}).filter(([,r])=>r!==void 0))}function q(e){let o=c.default.join(e,"backlog");return(0,k.existsSync)(o)?(0,k.existsSync)(c.default.join(o,"data"))||!x(e):!1}function x(e){return["tasks","config.yml","config.yaml"].some(o=>(0,k.existsSync)(c.default.join(e,"backlog",o)))}function U(e,o){return e!==o&&(0,p.a)(e,E,O)===o}function I(e){let o=(0,t.Fa)(e);if(o!==e)throw new t.b({code:"init-in-linked-worktree",message:`${e} is in a linked worktree; tickets and configuration live in the main one, ${o}`,fix:`backlog init --cwd ${/^[\w@%+=:,./-]+$/.test(o)?o:`'${o.replaceAll("'","'\\''")}'`}`,exitCode:t.a.ProjectUnusable})}function ae(e,o,i,a){let n=c.default.join(e,o);if(!(0,t.w)((0,t.x)(e),(0,t.x)(n)))throw new t.b({code:"path-outside-project",message:`${o} lies outside the project: a folder on the way is a link to ${c.default.dirname((0,t.x)(n))}`,fix:`replace the link by a real folder${a}`,exitCode:t.a.ProjectUnusable,file:n});let r=(0,t.m)(n);return r===void 0?{file:n,action:"create",content:i,differs:!1}:{file:n,action:"keep",content:r,differs:r!==i}}function D(e,o){let i=(0,t.m)(e),a=(0,p.a)(i??"",o,O);return i===a?{file:e,action:"keep",content:a,differs:!1}:{file:e,action:i===void 0?"create":"append",content:a,differs:!1}}function re(e,o,i){let a=(0,t.Aa)(e),n=a===void 0?void 0:(0,t.Ca)(a);if(a===void 0||n===void 0)throw w(e,"--local");let r=s=>c.default.relative(a,c.default.join(e,s)).split(c.default.sep).join("/");return D(c.default.join(n,"info","exclude"),[...[...o,".backlog-ops"].map(s=>(0,p.b)(r(s),"folder")),...[t.wa,i,".claude/implementer-state.json",".claude/cost-history.json"].map(s=>(0,p.b)(r(s),"file"))])}function w(e,o){return new t.b({code:"not-a-repository",message:`${o} needs a git repository, and ${e} is in none`,fix:`run \`git init\` there first, or leave ${o} out`,exitCode:t.a.ProjectUnusable})}function se(e,o){let i=(0,t.m)(c.default.join(e,o));if(i!==void 0)return i;throw new t.b({code:"installation-broken",message:`${c.default.join(e,o)} is missing: backlog-toolkit is not installed completely`,fix:"install backlog-toolkit again",exitCode:t.a.Outside})}function le(e){return{root:e,configFile:c.default.join(e,t.wa),mainRoot:e,opsDir:c.default.join(e,".backlog-ops")}}var u=["pre-commit","commit-msg","pre-push"],j="# backlog-toolkit: git hook",f=".before-backlog";async function J(e,o){let i=await(0,v.a)(["rev-parse","--show-toplevel"],{cwd:e,env:o}),a=await(0,v.a)(["rev-parse","--git-path","hooks"],{cwd:e,env:o});if(i.exitCode!==0||a.exitCode!==0)throw w(e,"--git-hooks");let n=d.default.resolve(i.stdout.trimEnd());return{worktree:n,folder:d.default.resolve(e,a.stdout.trimEnd()),prefix:d.default.relative((0,t.x)(n),(0,t.x)(e)).split(d.default.sep).join("/")}}function M(e,o,i){let{folder:a}=e,n=[],r=u.filter(s=>{let l=(0,t.m)(d.default.join(a,s));return l!==void 0&&!l.includes(j)});for(let s of r){let l=d.default.join(a,`${s}${f}`);if((0,m.existsSync)(l))throw me(d.default.join(a,s),l)}(0,m.mkdirSync)(a,{recursive:!0}),N(i,[...new Set([...h(i),a])]);for(let s of u){let l=d.default.join(a,s);r.includes(s)&&(0,m.renameSync)(l,`${l}${f}`),(0,m.existsSync)(`${l}${f}`)&&n.push(s),(0,t.o)(l,de(s,e.prefix,o),{mode:493}),(0,m.chmodSync)(l,493)}return{folder:a,installed:u,kept:n,notes:ce(e)}}function h(e){try{let o=JSON.parse((0,t.m)(R(e))??"[]");return Array.isArray(o)?o.filter(i=>typeof i=="string"):[]}catch{return[]}}var R=e=>d.default.join(e,"git-hooks.json");function N(e,o){(0,t.o)(R(e),`${JSON.stringify(o,null,2)}
`,{mode:384,dirMode:448})}function _(e,o){let i=[];for(let n of u){let r=d.default.join(e,n);(0,t.m)(r)?.includes(j)&&((0,m.rmSync)(r),(0,m.existsSync)(`${r}${f}`)&&(0,m.renameSync)(`${r}${f}`,r),i.push(r))}let a=h(o).filter(n=>n!==e);return a.length<h(o).length&&N(o,a),i}function ce({worktree:e,folder:o}){let i=u.map(n=>`.husky/${n}: backlog-toolkit hook git-${n} "$@"`).join("; "),a=["lefthook.yml","lefthook.yaml",".lefthook.yml",".lefthook.yaml","lefthook.toml"];return[...(0,m.existsSync)(d.default.join(e,".husky"))?[`husky keeps the hooks of this project in .husky/ and writes ${o} again: a line in its own files lasts longer (${i})`]:[],...a.filter(n=>(0,m.existsSync)(d.default.join(e,n))).map(n=>`lefthook writes ${o} again at its next \`lefthook install\`: run \`backlog init --git-hooks\` after it, or add \`backlog-toolkit hook git-pre-commit\` and its like to ${n}`)]}function me(e,o){return new t.b({code:"git-hook-in-the-way",message:`${e} is another program's hook, and ${o} is kept from before; nothing was changed`,fix:`put both into one file, delete ${o}, and run the command again`,exitCode:t.a.CheckFailed,file:e})}function de(e,o,i){return`#!/bin/sh
${j} ${e}. \`backlog uninstall\` takes it out; git's own --no-verify goes past it.
here=$(dirname "$0")
before="$here/${e}${f}"
folder=${F(o===""?".":o)}
${fe[e]}
[ -f "$folder/backlog.config.json" ] || exit 0
for program in ${F(i)} "$(command -v backlog-toolkit)" ./node_modules/.bin/backlog-toolkit; do
  [ -x "$program" ] || continue
  ${e==="pre-push"?`printf '%s\\n' "$lines" | "$program"`:'exec "$program"'} hook git-${e} --cwd "$folder" -- "$@"
  exit $?
done
echo 'warning: backlog-toolkit is not installed here any more, so nothing was checked; \`backlog verify\` does it in CI' >&2
exit 0
`}var P=`open=no
common=$(git rev-parse --git-common-dir 2>/dev/null)
case $common in
  .git | */.git) grep -qs '"owner": *{' "$common/../$folder/.backlog-ops/claims/"*.json && open=yes ;;
  *) open=yes ;;
esac`,fe={"pre-commit":`if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${P}
[ "$open" = yes ] || exit 0`,"commit-msg":`if [ -x "$before" ]; then "$before" "$@" || exit $?; fi
${P}
[ "$open" = yes ] || grep -qi '^Backlog-Evidence:' "$1" || exit 0
case $1 in /*) ;; *) set -- "$PWD/$1" ;; esac`,"pre-push":`lines=$(cat)
if [ -x "$before" ]; then printf '%s\\n' "$lines" | "$before" "$@" || exit $?; fi`};function F(e){return`'${e.replaceAll("'","'\\''")}'`}0&&(module.exports={a,b,c,d,e,f,g,h,i,j});
