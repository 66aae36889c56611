import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{ea as P,wa as R}from"./chunk-66JCFEDB.js";import"./chunk-AK5LODI2.js";import"./chunk-TMVENQWS.js";import{e as f,f as g,j as S,r as C,s as T,t as j}from"./chunk-VLBW5VWC.js";import"./chunk-NDJNVI3F.js";import de from"node:path";var k=class{#e;#t;constructor(e,n){this.#e=e,this.#t=n}async step(e,n){let s=performance.now();this.#t?.(`  … ${e}`);let{value:i,show:a}=await n().finally(()=>this.#t?.("\r\x1B[2K")),o=((performance.now()-s)/1e3).toFixed(1);return this.#e(`  ✓ ${e.padEnd(58)} ${o.padStart(4)} s`),a&&this.#e(G(a)),i}heading(e){this.#e(`
${e}`)}};function G(t){return t.trim().split(`
`).map(e=>`      ${e}`).join(`
`)}import{existsSync as V,mkdtempSync as X,readdirSync as Z,realpathSync as F,rmSync as ee,writeFileSync as te}from"node:fs";import{tmpdir as ne}from"node:os";import p from"node:path";import{setTimeout as se}from"node:timers/promises";import B from"node:path";function $(){let t=()=>`a${S().replaceAll("-","").slice(0,16)}`;return{sessionId:S(),implementer:t(),reviewer:t()}}async function w(t,e,n,s,i){let a={session_id:e.sessionId,transcript_path:B.join(n,".git","no-transcript.jsonl"),cwd:n,hook_event_name:s,permission_mode:"default",...i};return(await t.succeed({args:["hook",s],input:JSON.stringify(a)})).stdout}function I(t){if(t.trim()==="")return;let e=JSON.parse(t),n=A(e,"hookSpecificOutput"),s=A(n,"permissionDecisionReason");return A(n,"permissionDecision")==="deny"&&typeof s=="string"?s:void 0}function A(t,e){return typeof t=="object"&&t!==null?Object.fromEntries(Object.entries(t))[e]:void 0}var L={type:"FEAT",title:"Discount on large baskets",priority:"high",context:"Customers who buy a lot pay the full price today. The shop wants to reward large baskets.",description:"total() takes 10 % off when the basket comes to 5000 cents or more. The result is a whole number of cents, rounded half up.",affected_files:[{path:"src/basket.js",action:"modify",description:"take the discount off in total()"},{path:"test/discount.test.js",action:"create",description:"tests of the discount"}],criteria:["A basket of 5000 cents costs 4500","A basket of 4999 cents costs 4999","A discount that leaves half a cent is rounded up"],tests:{unit:['test: "takes 10 % off from 5000 cents on" → verifies AC-1','test: "leaves 4999 cents alone" → verifies AC-2','test: "rounds half a cent up" → verifies AC-3'],integration:['test: "adds up prices and quantities" → verifies that small baskets cost what they did'],verification:["npm test"]},test_mode:"new"},W=`1. Write test/discount.test.js with a test for each criterion; they fail, as there is no discount yet.
2. In src/basket.js take 10 % off in total() from 5000 cents on, rounded to whole cents.
3. Run the linter and all tests.
`,H=[{path:"test/discount.test.js",content:`import assert from 'node:assert/strict';
import { test } from 'node:test';
import { total } from '../src/basket.js';

test('takes 10 % off from 5000 cents on', () => {
  assert.equal(total([{ price: 2500, quantity: 2 }]), 4500);
});

test('leaves 4999 cents alone', () => {
  assert.equal(total([{ price: 4999, quantity: 1 }]), 4999);
});

test('rounds half a cent up', () => {
  assert.equal(total([{ price: 5005, quantity: 1 }]), 4505);
});
`}],K=[{path:"src/basket.js",content:`const DISCOUNT_FROM_CENTS = 5000;
const DISCOUNT_PERCENT = 10;

/** The sum of a basket, in cents; large baskets cost 10 % less, rounded to whole cents. */
export function total(items) {
  const sum = items.reduce((subtotal, item) => subtotal + item.price * item.quantity, 0);
  return sum < DISCOUNT_FROM_CENTS ? sum : Math.round((sum * (100 - DISCOUNT_PERCENT)) / 100);
}
`}],Y={verdict:"approved",findings:[{severity:"Suggestion",confidence:60,file:"src/basket.js",line:2,message:"the percentage may become a setting one day"}]},h=(t,e,n,s)=>({match:{contains:`STEP ${t}`},text:typeof e=="string"?e:JSON.stringify(e,void 0,2),usage:{input_tokens:n,output_tokens:s}}),N={answers:[h("ticket",L,3120,640),h("plan",W,1840,120),h("tests",H,2650,410),h("code",K,3060,290),h("review",Y,2210,150)]};import{spawn as z}from"node:child_process";import Q from"node:path";var b=class{#e;#t;#n;constructor(e,n,s){this.#e=e,this.#t=n,this.#n=s}run(e){return this.#s(Q.join(P(),"bin","backlog"),e)}other(e,n){return this.#s(e,{args:n})}async succeed(e){let n=await this.run(e);if(n.exitCode===0)return n;throw O(`backlog ${e.args.join(" ")}`,n)}async succeedOther(e,n){let s=await this.other(e,n);if(s.exitCode===0)return s;throw O(`${e} ${n.join(" ")}`,s)}async json(e){let n=await this.run({...e,args:[...e.args,"--json"]}),s=_(n.stdout);if(s===void 0)throw O(`backlog ${e.args.join(" ")}`,n);return{answer:n,document:s}}#s(e,n){return new Promise((s,i)=>{let a=z(e,n.args,{cwd:this.#e,env:this.#t,signal:this.#n}),o="",l="";a.stdout.setEncoding("utf8").on("data",d=>{o+=d}),a.stderr.setEncoding("utf8").on("data",d=>{l+=d}),a.on("error",i),a.on("close",d=>s({exitCode:d,stdout:o,stderr:l})),a.stdin.on("error",()=>{}),a.stdin.end(n.input??"")})}};function _(t){try{let e=JSON.parse(t);return typeof e=="object"&&e!==null&&!Array.isArray(e)?Object.fromEntries(Object.entries(e)):void 0}catch{return}}function O(t,e){let n=(e.stderr||e.stdout).trim();return new g({code:"demo-step-failed",message:`\`${t}\` exited ${e.exitCode}:
${n}`,fix:"run `backlog demo --dir <folder>` to keep the sample project, then the command in it",exitCode:f.CheckFailed})}var D={"package.json":`${JSON.stringify({name:"corner-shop",version:"1.0.0",private:!0,type:"module",scripts:{test:"node --test",lint:"node scripts/lint.js"}},void 0,2)}
`,"README.md":`# Corner shop

Adds up a shopping basket. Prices are in cents.
`,"src/basket.js":`/** The sum of a basket, in cents. */
export function total(items) {
  return items.reduce((sum, item) => sum + item.price * item.quantity, 0);
}
`,"test/basket.test.js":`import assert from 'node:assert/strict';
import { test } from 'node:test';
import { total } from '../src/basket.js';

test('adds up prices and quantities', () => {
  assert.equal(total([{ price: 250, quantity: 2 }, { price: 99, quantity: 1 }]), 599);
});
`,"scripts/lint.js":`// A linter of twenty lines: syntax, no var, no console, no white space at line ends.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

let findings = 0;
function report(file, line, message) {
  findings += 1;
  console.log(\`\${file}:\${line}: \${message}\`);
}

for (const folder of ['src', 'test']) {
  for (const name of readdirSync(folder)) {
    const file = \`\${folder}/\${name}\`;
    const check = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
    if (check.status !== 0) report(file, 1, 'syntax error');
    readFileSync(file, 'utf8').split('\\n').forEach((text, index) => {
      if (/\\bvar\\b/.test(text)) report(file, index + 1, 'use const or let');
      if (/\\bconsole\\./.test(text)) report(file, index + 1, 'no console');
      if (/\\s$/.test(text)) report(file, index + 1, 'white space at the end');
    });
  }
}
process.exit(findings > 0 ? 1 : 0);
`},E="Give a discount of 10 % on baskets of 50.00 or more";async function J(t){let e=ie(t.dir),n=!1;try{let s=await re(e,t);return n=!0,{...s,keptAt:t.dir===void 0?void 0:e}}finally{(t.dir===void 0||!n)&&await oe(e)}}async function oe(t){for(let e=0,n=0;e<3&&n<60;n+=1)e=V(t)?0:e+1,ee(t,{recursive:!0,force:!0,maxRetries:3}),await se(50)}function ie(t){if(t===void 0)return F(X(p.join(ne(),"backlog-demo-")));if(T(p.resolve(t)),Z(t).length>0)throw new g({code:"demo-folder-not-empty",message:`${t} is not empty`,fix:"name a folder that is empty or not there: `backlog demo --dir corner-shop`",exitCode:f.Usage});return F(t)}async function re(t,{env:e,signal:n,progress:s}){let i=$(),a=p.join(t,".demo-home"),o=new b(t,ae(e,a,i.sessionId),n),l=r=>["--session",i.sessionId,"--agent",r],d=async r=>(await o.succeed({args:["llm-call","--model",r==="plan"?"free":"balanced"],input:`STEP ${r}

${E}`})).stdout,u=(r,m,y)=>o.succeed({args:["context","set",r,m,y,"backlog-implementer","--session",i.sessionId]});s.heading("A project"),await s.step("a small shop with a test and a linter, in git",async()=>(x(t,Object.entries(D).map(([r,m])=>({path:r,content:m}))),x(a,[{path:"script.json",content:JSON.stringify(N)}]),await o.succeedOther("git",["init","-q","-b","main"]),te(p.join(t,".git","info","exclude"),`.demo-home/
`,{flag:"a"}),await o.succeedOther("git",["add","-A"]),await o.succeedOther("git",["commit","-q","-m","feat: add up a basket"]),{value:void 0})),await s.step("backlog init",async()=>(await o.succeed({args:["init","--yes","--prefixes","FEAT,BUG"]}),ce(p.join(t,"backlog.config.json"),p.join(a,"script.json")),await o.succeedOther("git",["add","-A"]),await o.succeedOther("git",["commit","-q","-m","chore: set up the backlog"]),await w(o,i,t,"SessionStart",{source:"startup"}),{value:void 0})),s.heading(`A ticket: "${E}"`);let c=await s.step("the model writes it, the program checks it",async()=>{await o.succeed({args:["context","set","","generate","ticket","backlog-ticket","--session",i.sessionId]});let{answer:r,document:m}=await o.json({args:["ticket","new","--from","-"],input:await d("ticket")});if(r.exitCode!==0||typeof m.id!="string")throw v("ticket new",r);let y=await o.succeed({args:["ticket","validate",m.id]});return{value:m.id,show:y.stdout}});return await s.step("backlog ticket complete, too early",async()=>(await o.succeed({args:["ticket","start",c]}),{value:void 0,show:await q(o,["ticket","complete",c])})),s.heading("Five gates"),await s.step("plan",async()=>(await u(c,"plan","implementer"),{value:void 0,show:(await o.succeed({args:["gate","run","plan","--ticket",c,"--from","-"],input:await d("plan")})).stdout})),await s.step("implement: the tests fail on the old code, pass on the new",async()=>(await u(c,"implement","implementer"),await w(o,i,t,"SubagentStart",{agent_id:i.implementer,agent_type:"implementer"}),x(t,M(await d("tests"))),x(t,M(await d("code"))),{value:void 0,show:(await o.succeed({args:["gate","run","implement","--ticket",c,...l(i.implementer)]})).stdout})),await s.step("past the gate: git commit --no-verify",async()=>{let r=await w(o,i,t,"PreToolUse",{agent_id:i.implementer,agent_type:"implementer",tool_name:"Bash",tool_use_id:"toolu_demo",tool_input:{command:'git commit --no-verify -am "done"'}}),m=I(r);if(m===void 0)throw v("hook PreToolUse",{exitCode:0,stdout:r,stderr:""});return{value:void 0,show:`denied: ${m}`}}),await s.step("lint",async()=>(await u(c,"lint","implementer"),{value:void 0,show:(await o.succeed({args:["gate","run","lint","--ticket",c,...l(i.implementer)]})).stdout})),await s.step("backlog commit past the gate, without a review",async()=>({value:void 0,show:await q(o,["commit","--ticket",c,"--type","feat","--area","basket","--summary","done"])})),await s.step("review, by another agent",async()=>{await u(c,"review","reviewer"),await w(o,i,t,"SubagentStart",{agent_id:i.reviewer,agent_type:"reviewer"});let{answer:r,document:m}=await o.json({args:["review","request",c]});if(typeof m.request_id!="string")throw v("review request",r);return{value:void 0,show:(await o.succeed({args:["review","submit","--request",m.request_id,"--from","-",...l(i.reviewer)],input:await d("review")})).stdout}}),await s.step("commit",async()=>(await u(c,"commit","implementer"),{value:void 0,show:(await o.succeed({args:["commit","--ticket",c,"--type","feat","--area","basket","--summary","10 % off from 50.00 on"]})).stdout})),await s.step("backlog ticket complete",async()=>{let r=await o.succeed({args:["ticket","complete",c]});return await o.succeed({args:["context","clear","--session",i.sessionId]}),{value:void 0,show:r.stdout}}),{ticketId:c,gateTable:(await o.succeed({args:["gate","status",c]})).stdout,gates:(await o.json({args:["gate","status",c]})).document,costTable:(await o.succeed({args:["cost","report"]})).stdout,cost:(await o.json({args:["cost","report"]})).document}}async function q(t,e){let n=await t.run({args:e});if(n.exitCode===0||n.exitCode===70)throw v(e.join(" "),n);return`${n.stderr.trim()}
exit ${n.exitCode}`}function ae(t,e,n){let{PATH:s,TMPDIR:i,LANG:a,BACKLOG_NODE:o,SystemRoot:l}=t,d="Demo User",u="demo@example.com";return{PATH:s,TMPDIR:i,LANG:a,BACKLOG_NODE:o,SystemRoot:l,HOME:e,BACKLOG_HOME:p.join(e,".backlog-toolkit"),NO_COLOR:"1",CLAUDECODE:"1",CLAUDE_CODE_SESSION_ID:n,GIT_CONFIG_NOSYSTEM:"1",GIT_AUTHOR_NAME:d,GIT_AUTHOR_EMAIL:u,GIT_COMMITTER_NAME:d,GIT_COMMITTER_EMAIL:u}}function ce(t,e){let n=_(C(t)??"")??{};j(t,`${JSON.stringify({...n,version:"1.1",llmOps:{providers:{demo:{type:"scripted",script:e}},tiers:{free:["demo/local-model"],cheap:["demo/small-model"],balanced:["demo/strong-model"]}}},void 0,2)}
`)}function M(t){let e=JSON.parse(t);return Array.isArray(e)?e.filter(n=>typeof n?.path=="string"&&typeof n?.content=="string"):[]}function x(t,e){for(let n of e)j(p.join(t,n.path),n.content)}function v(t,e){return new g({code:"demo-step-failed",message:`\`backlog ${t}\` answered what the demo did not expect (exit ${e.exitCode}):
${(e.stderr||e.stdout).trim()}`,fix:"run `backlog demo --dir <folder>` to keep the sample project, then the command in it",exitCode:f.CheckFailed})}function U(t){return["",`${t.ticketId} is completed. What each gate rests on:`,"",t.gateTable.trimEnd(),"","Requests and cost, from the usage ledger (the answers were scripted, the prices are made up for the demo):","",t.costTable.trimEnd(),"",t.keptAt===void 0?"To keep the sample project:  backlog demo --dir corner-shop":`The sample project is in ${t.keptAt}`,"Next, in your own project:   backlog init",""].join(`
`)}var Je=async(t,e)=>{let n=t.text("dir"),s=e.terminal&&!e.json?u=>process.stderr.write(u):void 0,i=await J({dir:n===void 0?void 0:de.resolve(e.cwd,n),env:e.env,signal:e.signal,progress:new k(u=>e.note(u),s)}),{ticketId:a,gates:o,cost:l,keptAt:d}=i;return R(e,{json:{ticket_id:a,gates:o,cost:l,kept_at:d??null},text:U(i)}),f.Ok};export{Je as demo};
