'use strict';var M=Object.create;var w=Object.defineProperty;var G=Object.getOwnPropertyDescriptor;var F=Object.getOwnPropertyNames;var U=Object.getPrototypeOf,L=Object.prototype.hasOwnProperty;var P=(e,t)=>{for(var s in t)w(e,s,{get:t[s],enumerable:!0})},O=(e,t,s,i)=>{if(t&&typeof t=="object"||typeof t=="function")for(let o of F(t))!L.call(e,o)&&o!==s&&w(e,o,{get:()=>t[o],enumerable:!(i=G(t,o))||i.enumerable});return e};var y=(e,t,s)=>(s=e!=null?M(U(e)):{},O(t||!e||!e.__esModule?w(s,"default",{value:e,enumerable:!0}):s,e)),J=e=>O(w({},"__esModule",{value:!0}),e);var ce={};P(ce,{demo:()=>D});module.exports=J(ce);var I=require("./chunk-EZWT2FEC.cjs"),r=require("./chunk-F5ZYK7R4.cjs"),le=require("./chunk-DL6DLIHT.cjs"),$=y(require("node:path")),u=require("node:fs"),N=require("node:os"),f=y(require("node:path")),q=y(require("node:path")),R=y(require("node:path")),B=class{#e;#t;constructor(e,t){this.#e=e,this.#t=t}async step(e,t){let s=performance.now();this.#t?.(`  … ${e}`);let{value:i,show:o}=await t().finally(()=>this.#t?.("\r\x1B[2K")),c=((performance.now()-s)/1e3).toFixed(1);return this.#e(`  ✓ ${e.padEnd(58)} ${c.padStart(4)} s`),o&&this.#e(H(o)),i}heading(e){this.#e(`
${e}`)}};function H(e){return e.trim().split(`
`).map(t=>`      ${t}`).join(`
`)}function K(){let e=()=>`a${(0,r.f)().replaceAll("-","").slice(0,16)}`;return{sessionId:(0,r.f)(),implementer:e(),reviewer:e()}}async function v(e,t,s,i,o){let c={session_id:t.sessionId,transcript_path:q.default.join(s,".git","no-transcript.jsonl"),cwd:s,hook_event_name:i,permission_mode:"default",...o};return(await e.succeed({args:["hook",i],input:JSON.stringify(c)})).stdout}function W(e){if(e.trim()==="")return;let t=JSON.parse(e),s=_(t,"hookSpecificOutput"),i=_(s,"permissionDecisionReason");return _(s,"permissionDecision")==="deny"&&typeof i=="string"?i:void 0}function _(e,t){return typeof e=="object"&&e!==null?Object.fromEntries(Object.entries(e))[t]:void 0}var z={type:"FEAT",title:"Discount on large baskets",priority:"high",context:"Customers who buy a lot pay the full price today. The shop wants to reward large baskets.",description:"total() takes 10 % off when the basket comes to 5000 cents or more. The result is a whole number of cents, rounded half up.",affected_files:[{path:"src/basket.js",action:"modify",description:"take the discount off in total()"},{path:"test/discount.test.js",action:"create",description:"tests of the discount"}],criteria:["A basket of 5000 cents costs 4500","A basket of 4999 cents costs 4999","A discount that leaves half a cent is rounded up"],tests:{unit:['test: "takes 10 % off from 5000 cents on" → verifies AC-1','test: "leaves 4999 cents alone" → verifies AC-2','test: "rounds half a cent up" → verifies AC-3'],integration:['test: "adds up prices and quantities" → verifies that small baskets cost what they did'],verification:["npm test"]},test_mode:"new"},Y=`1. Write test/discount.test.js with a test for each criterion; they fail, as there is no discount yet.
2. In src/basket.js take 10 % off in total() from 5000 cents on, rounded to whole cents.
3. Run the linter and all tests.
`,Q=[{path:"test/discount.test.js",content:`import assert from 'node:assert/strict';
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
`}],V=[{path:"src/basket.js",content:`const DISCOUNT_FROM_CENTS = 5000;
const DISCOUNT_PERCENT = 10;

/** The sum of a basket, in cents; large baskets cost 10 % less, rounded to whole cents. */
export function total(items) {
  const sum = items.reduce((subtotal, item) => subtotal + item.price * item.quantity, 0);
  return sum < DISCOUNT_FROM_CENTS ? sum : Math.round((sum * (100 - DISCOUNT_PERCENT)) / 100);
}
`}],X={verdict:"approved",findings:[{severity:"Suggestion",confidence:60,file:"src/basket.js",line:2,message:"the percentage may become a setting one day"}]},g=(e,t,s,i)=>({match:{contains:`STEP ${e}`},text:typeof t=="string"?t:JSON.stringify(t,void 0,2),usage:{input_tokens:s,output_tokens:i}}),Z={answers:[g("ticket",z,3120,640),g("plan",Y,1840,120),g("tests",Q,2650,410),g("code",V,3060,290),g("review",X,2210,150)]},ee=class{#e;#t;#s;constructor(e,t,s){this.#e=e,this.#t=t,this.#s=s}run(e){return this.#i(R.default.join((0,r.fb)(),"bin","backlog"),e)}other(e,t){return this.#i(e,{args:t})}async succeed(e){let t=await this.run(e);if(t.exitCode===0)return t;throw x(`backlog ${e.args.join(" ")}`,t)}async succeedOther(e,t){let s=await this.other(e,t);if(s.exitCode===0)return s;throw x(`${e} ${t.join(" ")}`,s)}async json(e){let t=await this.run({...e,args:[...e.args,"--json"]}),s=S(t.stdout);if(s===void 0)throw x(`backlog ${e.args.join(" ")}`,t);return{answer:t,document:s}}async#i(e,t){let s=await(0,I.c)(e,t.args,{cwd:this.#e,env:this.#t,input:t.input??"",signal:this.#s});return this.#s.throwIfAborted(),s.startFailure===void 0?s:{...s,stderr:s.startFailure}}};function S(e){try{let t=JSON.parse(e);return typeof t=="object"&&t!==null&&!Array.isArray(t)?Object.fromEntries(Object.entries(t)):void 0}catch{return}}function x(e,t){let s=(t.stderr||t.stdout).trim();return new r.b({code:"demo-step-failed",message:`\`${e}\` exited ${t.exitCode}:
${s}`,fix:"run `backlog demo --dir <folder>` to keep the sample project, then the command in it",exitCode:r.a.CheckFailed})}var te={"package.json":`${JSON.stringify({name:"corner-shop",version:"1.0.0",private:!0,type:"module",scripts:{test:"node --test",lint:"node scripts/lint.js"}},void 0,2)}
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
`},A="Give a discount of 10 % on baskets of 50.00 or more",T=["SIGINT","SIGTERM","SIGHUP"];async function se(e){let t=ie(e.dir),s=!1,i=()=>{},o=()=>{for(let c of T)process.on(c,i)};e.signal.addEventListener("abort",o,{once:!0});try{let c=await oe(t,e);return s=!0,{...c,keptAt:e.dir===void 0?void 0:t}}finally{(e.dir===void 0||!s)&&(0,u.rmSync)(t,{recursive:!0,force:!0,maxRetries:3}),e.signal.removeEventListener("abort",o);for(let c of T)process.off(c,i)}}function ie(e){if(e===void 0)return(0,u.realpathSync)((0,u.mkdtempSync)(f.default.join((0,N.tmpdir)(),"backlog-demo-")));if((0,r.n)(f.default.resolve(e)),(0,u.readdirSync)(e).length>0)throw new r.b({code:"demo-folder-not-empty",message:`${e} is not empty`,fix:"name a folder that is empty or not there: `backlog demo --dir corner-shop`",exitCode:r.a.Usage});return(0,u.realpathSync)(e)}async function oe(e,{env:t,signal:s,progress:i}){let o=K(),c=f.default.join(e,".demo-home"),a=new ee(e,ae(t,c,o.sessionId),s),h=n=>["--session",o.sessionId,"--agent",n],p=async n=>(await a.succeed({args:["llm-call","--model",n==="plan"?"free":"balanced"],input:`STEP ${n}

${A}`})).stdout,m=(n,l,j)=>a.succeed({args:["context","set",n,l,j,"backlog-implementer","--session",o.sessionId]});i.heading("A project"),await i.step("a small shop with a test and a linter, in git",async()=>(k(e,Object.entries(te).map(([n,l])=>({path:n,content:l}))),k(c,[{path:"script.json",content:JSON.stringify(Z)}]),await a.succeedOther("git",["init","-q","-b","main"]),(0,u.writeFileSync)(f.default.join(e,".git","info","exclude"),`.demo-home/
`,{flag:"a"}),await a.succeedOther("git",["add","-A"]),await a.succeedOther("git",["commit","-q","-m","feat: add up a basket"]),{value:void 0})),await i.step("backlog init",async()=>(await a.succeed({args:["init","--yes","--prefixes","FEAT,BUG"]}),re(f.default.join(e,"backlog.config.json"),f.default.join(c,"script.json")),await a.succeedOther("git",["add","-A"]),await a.succeedOther("git",["commit","-q","-m","chore: set up the backlog"]),await v(a,o,e,"SessionStart",{source:"startup"}),{value:void 0})),i.heading(`A ticket: "${A}"`);let d=await i.step("the model writes it, the program checks it",async()=>{await a.succeed({args:["context","set","","generate","ticket","backlog-ticket","--session",o.sessionId]});let{answer:n,document:l}=await a.json({args:["ticket","new","--from","-"],input:await p("ticket")});if(n.exitCode!==0||typeof l.id!="string")throw b("ticket new",n);let j=await a.succeed({args:["ticket","validate",l.id]});return{value:l.id,show:j.stdout}});return await i.step("backlog ticket complete, too early",async()=>(await a.succeed({args:["ticket","start",d]}),{value:void 0,show:await C(a,["ticket","complete",d])})),i.heading("Five gates"),await i.step("plan",async()=>(await m(d,"plan","implementer"),{value:void 0,show:(await a.succeed({args:["gate","run","plan","--ticket",d,"--from","-"],input:await p("plan")})).stdout})),await i.step("implement: the tests fail on the old code, pass on the new",async()=>(await m(d,"implement","implementer"),await v(a,o,e,"SubagentStart",{agent_id:o.implementer,agent_type:"implementer"}),k(e,E(await p("tests"))),k(e,E(await p("code"))),{value:void 0,show:(await a.succeed({args:["gate","run","implement","--ticket",d,...h(o.implementer)]})).stdout})),await i.step("past the gate: git commit --no-verify",async()=>{let n=await v(a,o,e,"PreToolUse",{agent_id:o.implementer,agent_type:"implementer",tool_name:"Bash",tool_use_id:"toolu_demo",tool_input:{command:'git commit --no-verify -am "done"'}}),l=W(n);if(l===void 0)throw b("hook PreToolUse",{exitCode:0,stdout:n,stderr:""});return{value:void 0,show:`denied: ${l}`}}),await i.step("lint",async()=>(await m(d,"lint","implementer"),{value:void 0,show:(await a.succeed({args:["gate","run","lint","--ticket",d,...h(o.implementer)]})).stdout})),await i.step("backlog commit past the gate, without a review",async()=>({value:void 0,show:await C(a,["commit","--ticket",d,"--type","feat","--area","basket","--summary","done"])})),await i.step("review, by another agent",async()=>{await m(d,"review","reviewer"),await v(a,o,e,"SubagentStart",{agent_id:o.reviewer,agent_type:"reviewer"});let{answer:n,document:l}=await a.json({args:["review","request",d]});if(typeof l.request_id!="string")throw b("review request",n);return{value:void 0,show:(await a.succeed({args:["review","submit","--request",l.request_id,"--from","-",...h(o.reviewer)],input:await p("review")})).stdout}}),await i.step("commit",async()=>(await m(d,"commit","implementer"),{value:void 0,show:(await a.succeed({args:["commit","--ticket",d,"--type","feat","--area","basket","--summary","10 % off from 50.00 on"]})).stdout})),await i.step("backlog ticket complete",async()=>{let n=await a.succeed({args:["ticket","complete",d]});return await a.succeed({args:["context","clear","--session",o.sessionId]}),{value:void 0,show:n.stdout}}),{ticketId:d,gateTable:(await a.succeed({args:["gate","status",d]})).stdout,gates:(await a.json({args:["gate","status",d]})).document,costTable:(await a.succeed({args:["cost","report"]})).stdout,cost:(await a.json({args:["cost","report"]})).document}}async function C(e,t){let s=await e.run({args:t});if(s.exitCode===0||s.exitCode===70)throw b(t.join(" "),s);return`${s.stderr.trim()}
exit ${s.exitCode}`}function ae(e,t,s){let{PATH:i,TMPDIR:o,LANG:c,BACKLOG_NODE:a,SystemRoot:h}=e,p="Demo User",m="demo@example.com";return{PATH:i,TMPDIR:o,LANG:c,BACKLOG_NODE:a,SystemRoot:h,HOME:t,BACKLOG_HOME:f.default.join(t,".backlog-toolkit"),NO_COLOR:"1",CLAUDECODE:"1",BACKLOG_READER:"attached",CLAUDE_CODE_SESSION_ID:s,GIT_CONFIG_NOSYSTEM:"1",GIT_AUTHOR_NAME:p,GIT_AUTHOR_EMAIL:m,GIT_COMMITTER_NAME:p,GIT_COMMITTER_EMAIL:m}}function re(e,t){let s=S((0,r.m)(e)??"")??{};(0,r.o)(e,`${JSON.stringify({...s,version:"1.1",llmOps:{providers:{demo:{type:"scripted",script:t}},tiers:{free:["demo/local-model"],cheap:["demo/small-model"],balanced:["demo/strong-model"]}}},void 0,2)}
`)}function E(e){let t=JSON.parse(e);return Array.isArray(t)?t.filter(s=>typeof s?.path=="string"&&typeof s?.content=="string"):[]}function k(e,t){for(let s of t)(0,r.o)(f.default.join(e,s.path),s.content)}function b(e,t){return new r.b({code:"demo-step-failed",message:`\`backlog ${e}\` answered what the demo did not expect (exit ${t.exitCode}):
${(t.stderr||t.stdout).trim()}`,fix:"run `backlog demo --dir <folder>` to keep the sample project, then the command in it",exitCode:r.a.CheckFailed})}function ne(e){return["",`${e.ticketId} is completed. What each gate rests on:`,"",e.gateTable.trimEnd(),"","Requests and cost, from the usage ledger (the answers were scripted, the prices are made up for the demo):","",e.costTable.trimEnd(),"",e.keptAt===void 0?"To keep the sample project:  backlog demo --dir corner-shop":`The sample project is in ${e.keptAt}`,"Next, in your own project:   backlog init",""].join(`
`)}var D=async(e,t)=>{let s=e.text("dir"),i=t.terminal&&!t.json?m=>process.stderr.write(m):void 0,o=await(0,r.Rb)(()=>se({dir:s===void 0?void 0:$.default.resolve(t.cwd,s),env:t.env,signal:t.signal,progress:new B(m=>t.note(m),i)})),{ticketId:c,gates:a,cost:h,keptAt:p}=o;return(0,r.zb)(t,{json:{ticket_id:c,gates:a,cost:h,kept_at:p??null},text:ne(o)}),r.a.Ok};0&&(module.exports={demo});
