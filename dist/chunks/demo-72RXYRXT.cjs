'use strict';var j=Object.defineProperty;var $=Object.getOwnPropertyDescriptor;var N=Object.getOwnPropertyNames;var q=Object.prototype.hasOwnProperty;var R=(e,t)=>{for(var s in t)j(e,s,{get:t[s],enumerable:!0})},D=(e,t,s,i)=>{if(t&&typeof t=="object"||typeof t=="function")for(let a of N(t))!q.call(e,a)&&a!==s&&j(e,a,{get:()=>t[a],enumerable:!(i=$(t,a))||i.enumerable});return e};var M=e=>D(j({},"__esModule",{value:!0}),e);var oe={};R(oe,{demo:()=>I});module.exports=Object.defineProperty(oe,"__esModule",{value:!0});var m=require("node:fs"),C=require("node:os"),E=require("./chunk-EZWT2FEC.cjs"),n=require("./chunk-NZMAEHQG.cjs"),re=require("./chunk-DL6DLIHT.cjs");const w=require("node:path"),f=w,G=w,U=w;var F=class{#e;#t;constructor(e,t){this.#e=e,this.#t=t}async step(e,t){let s=performance.now();this.#t?.(`  … ${e}`);let{value:i,show:a}=await t().finally(()=>this.#t?.("\r\x1B[2K")),d=((performance.now()-s)/1e3).toFixed(1);return this.#e(`  ✓ ${e.padEnd(58)} ${d.padStart(4)} s`),a&&this.#e(L(a)),i}heading(e){this.#e(`
${e}`)}};function L(e){return e.trim().split(`
`).map(t=>`      ${t}`).join(`
`)}function P(){let e=()=>`a${(0,n.f)().replaceAll("-","").slice(0,16)}`;return{sessionId:(0,n.f)(),implementer:e(),reviewer:e()}}async function y(e,t,s,i,a){let d={session_id:t.sessionId,transcript_path:G.join(s,".git","no-transcript.jsonl"),cwd:s,hook_event_name:i,permission_mode:"default",...a};return(await e.succeed({args:["hook",i],input:JSON.stringify(d)})).stdout}function J(e){if(e.trim()==="")return;let t=JSON.parse(e),s=_(t,"hookSpecificOutput"),i=_(s,"permissionDecisionReason");return _(s,"permissionDecision")==="deny"&&typeof i=="string"?i:void 0}function _(e,t){return typeof e=="object"&&e!==null?Object.fromEntries(Object.entries(e))[t]:void 0}var B={type:"FEAT",title:"Discount on large baskets",priority:"high",context:"Customers who buy a lot pay the full price today. The shop wants to reward large baskets.",description:"total() takes 10 % off when the basket comes to 5000 cents or more. The result is a whole number of cents, rounded half up.",affected_files:[{path:"src/basket.js",action:"modify",description:"take the discount off in total()"},{path:"test/discount.test.js",action:"create",description:"tests of the discount"}],criteria:["A basket of 5000 cents costs 4500","A basket of 4999 cents costs 4999","A discount that leaves half a cent is rounded up"],tests:{unit:['test: "takes 10 % off from 5000 cents on" → verifies AC-1','test: "leaves 4999 cents alone" → verifies AC-2','test: "rounds half a cent up" → verifies AC-3'],integration:['test: "adds up prices and quantities" → verifies that small baskets cost what they did'],verification:["npm test"]},test_mode:"new"},H=`1. Write test/discount.test.js with a test for each criterion; they fail, as there is no discount yet.
2. In src/basket.js take 10 % off in total() from 5000 cents on, rounded to whole cents.
3. Run the linter and all tests.
`,K=[{path:"test/discount.test.js",content:`import assert from 'node:assert/strict';
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
`}],W=[{path:"src/basket.js",content:`const DISCOUNT_FROM_CENTS = 5000;
const DISCOUNT_PERCENT = 10;

/** The sum of a basket, in cents; large baskets cost 10 % less, rounded to whole cents. */
export function total(items) {
  const sum = items.reduce((subtotal, item) => subtotal + item.price * item.quantity, 0);
  return sum < DISCOUNT_FROM_CENTS ? sum : Math.round((sum * (100 - DISCOUNT_PERCENT)) / 100);
}
`}],Y={verdict:"approved",findings:[{severity:"Suggestion",confidence:60,file:"src/basket.js",line:2,message:"the percentage may become a setting one day"}]},g=(e,t,s,i)=>({match:{contains:`STEP ${e}`},text:typeof t=="string"?t:JSON.stringify(t,void 0,2),usage:{input_tokens:s,output_tokens:i}}),z={answers:[g("ticket",B,3120,640),g("plan",H,1840,120),g("tests",K,2650,410),g("code",W,3060,290),g("review",Y,2210,150)]},Q=class{#e;#t;#s;constructor(e,t,s){this.#e=e,this.#t=t,this.#s=s}run(e){return this.#i(U.join((0,n.ib)(),"bin","backlog"),e)}other(e,t){return this.#i(e,{args:t})}async succeed(e){let t=await this.run(e);if(t.exitCode===0)return t;throw x(`backlog ${e.args.join(" ")}`,t)}async succeedOther(e,t){let s=await this.other(e,t);if(s.exitCode===0)return s;throw x(`${e} ${t.join(" ")}`,s)}async json(e){let t=await this.run({...e,args:[...e.args,"--json"]}),s=O(t.stdout);if(s===void 0)throw x(`backlog ${e.args.join(" ")}`,t);return{answer:t,document:s}}async#i(e,t){let s=await(0,E.c)(e,t.args,{cwd:this.#e,env:this.#t,input:t.input??"",signal:this.#s});return this.#s.throwIfAborted(),s.startFailure===void 0?s:{...s,stderr:s.startFailure}}};function O(e){try{let t=JSON.parse(e);return typeof t=="object"&&t!==null&&!Array.isArray(t)?Object.fromEntries(Object.entries(t)):void 0}catch{return}}function x(e,t){let s=(t.stderr||t.stdout).trim();return new n.b({code:"demo-step-failed",message:`\`${e}\` exited ${t.exitCode}:
${s}`,fix:"run `backlog demo --dir <folder>` to keep the sample project, then the command in it",exitCode:n.a.CheckFailed})}var V={"package.json":`${JSON.stringify({name:"corner-shop",version:"1.0.0",private:!0,type:"module",scripts:{test:"node --test",lint:"node scripts/lint.js"}},void 0,2)}
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
`},S="Give a discount of 10 % on baskets of 50.00 or more",X=["SIGINT","SIGTERM","SIGHUP"];async function Z(e){let t=ee(e.dir),s=!1,i=()=>{},a=()=>{for(let d of X)process.on(d,i)};e.signal.addEventListener("abort",a,{once:!0});try{let d=await te(t,e);return s=!0,{...d,keptAt:e.dir===void 0?void 0:t}}finally{(e.dir===void 0||!s)&&(0,m.rmSync)(t,{recursive:!0,force:!0,maxRetries:3}),e.signal.removeEventListener("abort",a)}}function ee(e){if(e===void 0)return(0,m.realpathSync)((0,m.mkdtempSync)(f.join((0,C.tmpdir)(),"backlog-demo-")));if((0,n.n)(f.resolve(e)),(0,m.readdirSync)(e).length>0)throw new n.b({code:"demo-folder-not-empty",message:`${e} is not empty`,fix:"name a folder that is empty or not there: `backlog demo --dir corner-shop`",exitCode:n.a.Usage});return(0,m.realpathSync)(e)}async function te(e,{env:t,signal:s,progress:i}){let a=P(),d=f.join(e,".demo-home"),o=new Q(e,se(t,d,a.sessionId),s),h=r=>["--session",a.sessionId,"--agent",r],p=async r=>(await o.succeed({args:["llm-call","--model",r==="plan"?"free":"balanced"],input:`STEP ${r}

${S}`})).stdout,u=(r,l,b)=>o.succeed({args:["context","set",r,l,b,"backlog-implementer","--session",a.sessionId]});i.heading("A project"),await i.step("a small shop with a test and a linter, in git",async()=>(v(e,Object.entries(V).map(([r,l])=>({path:r,content:l}))),v(d,[{path:"script.json",content:JSON.stringify(z)}]),await o.succeedOther("git",["init","-q","-b","main"]),(0,m.writeFileSync)(f.join(e,".git","info","exclude"),`.demo-home/
`,{flag:"a"}),await o.succeedOther("git",["add","-A"]),await o.succeedOther("git",["commit","-q","-m","feat: add up a basket"]),{value:void 0})),await i.step("backlog init",async()=>(await o.succeed({args:["init","--yes","--prefixes","FEAT,BUG"]}),ie(f.join(e,"backlog.config.json"),f.join(d,"script.json")),await o.succeedOther("git",["add","-A"]),await o.succeedOther("git",["commit","-q","-m","chore: set up the backlog"]),await y(o,a,e,"SessionStart",{source:"startup"}),{value:void 0})),i.heading(`A ticket: "${S}"`);let c=await i.step("the model writes it, the program checks it",async()=>{await o.succeed({args:["context","set","","generate","ticket","backlog-ticket","--session",a.sessionId]});let{answer:r,document:l}=await o.json({args:["ticket","new","--from","-"],input:await p("ticket")});if(r.exitCode!==0||typeof l.id!="string")throw k("ticket new",r);let b=await o.succeed({args:["ticket","validate",l.id]});return{value:l.id,show:b.stdout}});return await i.step("backlog ticket complete, too early",async()=>(await o.succeed({args:["ticket","start",c]}),{value:void 0,show:await A(o,["ticket","complete",c])})),i.heading("Five gates"),await i.step("plan",async()=>(await u(c,"plan","implementer"),{value:void 0,show:(await o.succeed({args:["gate","run","plan","--ticket",c,"--from","-"],input:await p("plan")})).stdout})),await i.step("implement: the tests fail on the old code, pass on the new",async()=>(await u(c,"implement","implementer"),await y(o,a,e,"SubagentStart",{agent_id:a.implementer,agent_type:"implementer"}),v(e,T(await p("tests"))),v(e,T(await p("code"))),{value:void 0,show:(await o.succeed({args:["gate","run","implement","--ticket",c,...h(a.implementer)]})).stdout})),await i.step("past the gate: git commit --no-verify",async()=>{let r=await y(o,a,e,"PreToolUse",{agent_id:a.implementer,agent_type:"implementer",tool_name:"Bash",tool_use_id:"toolu_demo",tool_input:{command:'git commit --no-verify -am "done"'}}),l=J(r);if(l===void 0)throw k("hook PreToolUse",{exitCode:0,stdout:r,stderr:""});return{value:void 0,show:`denied: ${l}`}}),await i.step("lint",async()=>(await u(c,"lint","implementer"),{value:void 0,show:(await o.succeed({args:["gate","run","lint","--ticket",c,...h(a.implementer)]})).stdout})),await i.step("backlog commit past the gate, without a review",async()=>({value:void 0,show:await A(o,["commit","--ticket",c,"--type","feat","--area","basket","--summary","done"])})),await i.step("review, by another agent",async()=>{await u(c,"review","reviewer"),await y(o,a,e,"SubagentStart",{agent_id:a.reviewer,agent_type:"reviewer"});let{answer:r,document:l}=await o.json({args:["review","request",c]});if(typeof l.request_id!="string")throw k("review request",r);return{value:void 0,show:(await o.succeed({args:["review","submit","--request",l.request_id,"--from","-",...h(a.reviewer)],input:await p("review")})).stdout}}),await i.step("commit",async()=>(await u(c,"commit","implementer"),{value:void 0,show:(await o.succeed({args:["commit","--ticket",c,"--type","feat","--area","basket","--summary","10 % off from 50.00 on"]})).stdout})),await i.step("backlog ticket complete",async()=>{let r=await o.succeed({args:["ticket","complete",c]});return await o.succeed({args:["context","clear","--session",a.sessionId]}),{value:void 0,show:r.stdout}}),{ticketId:c,gateTable:(await o.succeed({args:["gate","status",c]})).stdout,gates:(await o.json({args:["gate","status",c]})).document,costTable:(await o.succeed({args:["cost","report"]})).stdout,cost:(await o.json({args:["cost","report"]})).document}}async function A(e,t){let s=await e.run({args:t});if(s.exitCode===0||s.exitCode===70)throw k(t.join(" "),s);return`${s.stderr.trim()}
exit ${s.exitCode}`}function se(e,t,s){let{PATH:i,TMPDIR:a,LANG:d,BACKLOG_NODE:o,SystemRoot:h}=e,p="Demo User",u="demo@example.com";return{PATH:i,TMPDIR:a,LANG:d,BACKLOG_NODE:o,SystemRoot:h,HOME:t,BACKLOG_HOME:f.join(t,".backlog-toolkit"),NO_COLOR:"1",CLAUDECODE:"1",BACKLOG_READER:"attached",CLAUDE_CODE_SESSION_ID:s,GIT_CONFIG_NOSYSTEM:"1",GIT_AUTHOR_NAME:p,GIT_AUTHOR_EMAIL:u,GIT_COMMITTER_NAME:p,GIT_COMMITTER_EMAIL:u}}function ie(e,t){let s=O((0,n.m)(e)??"")??{};(0,n.o)(e,`${JSON.stringify({...s,version:"1.1",llmOps:{providers:{demo:{type:"scripted",script:t}},tiers:{free:["demo/local-model"],cheap:["demo/small-model"],balanced:["demo/strong-model"]}}},void 0,2)}
`)}function T(e){let t=JSON.parse(e);return Array.isArray(t)?t.filter(s=>typeof s?.path=="string"&&typeof s?.content=="string"):[]}function v(e,t){for(let s of t)(0,n.o)(f.join(e,s.path),s.content)}function k(e,t){return new n.b({code:"demo-step-failed",message:`\`backlog ${e}\` answered what the demo did not expect (exit ${t.exitCode}):
${(t.stderr||t.stdout).trim()}`,fix:"run `backlog demo --dir <folder>` to keep the sample project, then the command in it",exitCode:n.a.CheckFailed})}function ae(e){return["",`${e.ticketId} is completed. What each gate rests on:`,"",e.gateTable.trimEnd(),"","Requests and cost, from the usage ledger (the answers were scripted, the prices are made up for the demo):","",e.costTable.trimEnd(),"",e.keptAt===void 0?"To keep the sample project:  backlog demo --dir corner-shop":`The sample project is in ${e.keptAt}`,"Next, in your own project:   backlog init",""].join(`
`)}var I=async(e,t)=>{let s=e.text("dir"),i=t.terminal&&!t.json?u=>process.stderr.write(u):void 0,a=await(0,n.Ub)(()=>Z({dir:s===void 0?void 0:w.resolve(t.cwd,s),env:t.env,signal:t.signal,progress:new F(u=>t.note(u),i)})),{ticketId:d,gates:o,cost:h,keptAt:p}=a;return(0,n.Cb)(t,{json:{ticket_id:d,gates:o,cost:h,kept_at:p??null},text:ae(a)}),n.a.Ok};0&&(module.exports={demo});
