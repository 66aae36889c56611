import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{c as R}from"./chunk-RYVCPIOZ.js";import{a as j,h as T,i as A}from"./chunk-2JMFQOL3.js";import{a as P}from"./chunk-BWIET6R7.js";import{a as f,b as w}from"./chunk-MRITNC4H.js";import{a as i}from"./chunk-EIIEB3WU.js";import me from"node:path";var b=class{static{i(this,"Progress")}#e;#t;constructor(e,n){this.#e=e,this.#t=n}async step(e,n){let s=performance.now();this.#t?.(`  … ${e}`);let{value:r,show:c}=await n().finally(()=>this.#t?.("\r\x1B[2K")),o=((performance.now()-s)/1e3).toFixed(1);return this.#e(`  ✓ ${e.padEnd(58)} ${o.padStart(4)} s`),c&&this.#e(G(c)),r}heading(e){this.#e(`
${e}`)}};function G(t){return t.trim().split(`
`).map(e=>`      ${e}`).join(`
`)}i(G,"indent");import{existsSync as V,mkdirSync as X,mkdtempSync as Z,readdirSync as ee,realpathSync as F,rmSync as te,writeFileSync as ne}from"node:fs";import{tmpdir as se}from"node:os";import g from"node:path";import{setTimeout as oe}from"node:timers/promises";import B from"node:path";function $(){let t=i(()=>`a${j().replaceAll("-","").slice(0,16)}`,"agent");return{sessionId:j(),implementer:t(),reviewer:t()}}i($,"newSession");async function h(t,e,n,s,r){let c={session_id:e.sessionId,transcript_path:B.join(n,".git","no-transcript.jsonl"),cwd:n,hook_event_name:s,permission_mode:"default",...r};return(await t.succeed({args:["hook",s],input:JSON.stringify(c)})).stdout}i(h,"sendHook");function I(t){if(t.trim()==="")return;let e=JSON.parse(t),n=O(e,"hookSpecificOutput"),s=O(n,"permissionDecisionReason");return O(n,"permissionDecision")==="deny"&&typeof s=="string"?s:void 0}i(I,"denialReason");function O(t,e){return typeof t=="object"&&t!==null?Object.fromEntries(Object.entries(t))[e]:void 0}i(O,"field");var L={type:"FEAT",title:"Discount on large baskets",priority:"high",context:"Customers who buy a lot pay the full price today. The shop wants to reward large baskets.",description:"total() takes 10 % off when the basket comes to 5000 cents or more. The result is a whole number of cents, rounded half up.",affected_files:[{path:"src/basket.js",action:"modify",description:"take the discount off in total()"},{path:"test/discount.test.js",action:"create",description:"tests of the discount"}],criteria:["A basket of 5000 cents costs 4500","A basket of 4999 cents costs 4999","A discount that leaves half a cent is rounded up"],tests:{unit:['test: "takes 10 % off from 5000 cents on" → verifies AC-1','test: "leaves 4999 cents alone" → verifies AC-2','test: "rounds half a cent up" → verifies AC-3'],integration:['test: "adds up prices and quantities" → verifies that small baskets cost what they did'],verification:["npm test"]},test_mode:"new"},W=`1. Write test/discount.test.js with a test for each criterion; they fail, as there is no discount yet.
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
`}],Y={verdict:"approved",findings:[{severity:"Suggestion",confidence:60,file:"src/basket.js",line:2,message:"the percentage may become a setting one day"}]},y=i((t,e,n,s)=>({match:{contains:`STEP ${t}`},text:typeof e=="string"?e:JSON.stringify(e,void 0,2),usage:{input_tokens:n,output_tokens:s}}),"answer"),N={answers:[y("ticket",L,3120,640),y("plan",W,1840,120),y("tests",H,2650,410),y("code",K,3060,290),y("review",Y,2210,150)]};import{spawn as z}from"node:child_process";import Q from"node:path";var x=class{static{i(this,"Program")}#e;#t;#n;constructor(e,n,s){this.#e=e,this.#t=n,this.#n=s}run(e){return this.#s(Q.join(P(),"bin","backlog"),e)}other(e,n){return this.#s(e,{args:n})}async succeed(e){let n=await this.run(e);if(n.exitCode===0)return n;throw _(`backlog ${e.args.join(" ")}`,n)}async succeedOther(e,n){let s=await this.other(e,n);if(s.exitCode===0)return s;throw _(`${e} ${n.join(" ")}`,s)}async json(e){let n=await this.run({...e,args:[...e.args,"--json"]}),s=E(n.stdout);if(s===void 0)throw _(`backlog ${e.args.join(" ")}`,n);return{answer:n,document:s}}#s(e,n){return new Promise((s,r)=>{let c=z(e,n.args,{cwd:this.#e,env:this.#t,signal:this.#n}),o="",p="";c.stdout.setEncoding("utf8").on("data",m=>{o+=m}),c.stderr.setEncoding("utf8").on("data",m=>{p+=m}),c.on("error",r),c.on("close",m=>s({exitCode:m,stdout:o,stderr:p})),c.stdin.on("error",()=>{}),c.stdin.end(n.input??"")})}};function E(t){try{let e=JSON.parse(t);return typeof e=="object"&&e!==null&&!Array.isArray(e)?Object.fromEntries(Object.entries(e)):void 0}catch{return}}i(E,"jsonObject");function _(t,e){let n=(e.stderr||e.stdout).trim();return new w({code:"demo-step-failed",message:`\`${t}\` exited ${e.exitCode}:
${n}`,fix:"run `backlog demo --dir <folder>` to keep the sample project, then the command in it",exitCode:f.CheckFailed})}i(_,"stepFailed");var D={"package.json":`${JSON.stringify({name:"corner-shop",version:"1.0.0",private:!0,type:"module",scripts:{test:"node --test",lint:"node scripts/lint.js"}},void 0,2)}
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
`},C="Give a discount of 10 % on baskets of 50.00 or more";async function J(t){let e=re(t.dir),n=!1;try{let s=await ae(e,t);return n=!0,{...s,keptAt:t.dir===void 0?void 0:e}}finally{(t.dir===void 0||!n)&&await ie(e)}}i(J,"runDemo");async function ie(t){for(let e=0,n=0;e<3&&n<60;n+=1)e=V(t)?0:e+1,te(t,{recursive:!0,force:!0,maxRetries:3}),await oe(50)}i(ie,"removeForGood");function re(t){if(t===void 0)return F(Z(g.join(se(),"backlog-demo-")));if(X(t,{recursive:!0}),ee(t).length>0)throw new w({code:"demo-folder-not-empty",message:`${t} is not empty`,fix:"name a folder that is empty or not there: `backlog demo --dir corner-shop`",exitCode:f.Usage});return F(t)}i(re,"makeFolder");async function ae(t,{env:e,signal:n,progress:s}){let r=$(),c=g.join(t,".demo-home"),o=new x(t,ce(e,c,r.sessionId),n),p=i(a=>["--session",r.sessionId,"--agent",a],"as"),m=i(async a=>(await o.succeed({args:["llm-call","--model",a==="plan"?"free":"balanced"],input:`STEP ${a}

${C}`})).stdout,"ask"),l=i((a,u,k)=>o.succeed({args:["context","set",a,u,k,"backlog-implementer","--session",r.sessionId]}),"context");s.heading("A project"),await s.step("a small shop with a test and a linter, in git",async()=>(v(t,Object.entries(D).map(([a,u])=>({path:a,content:u}))),v(c,[{path:"script.json",content:JSON.stringify(N)}]),await o.succeedOther("git",["init","-q","-b","main"]),ne(g.join(t,".git","info","exclude"),`.demo-home/
`,{flag:"a"}),await o.succeedOther("git",["add","-A"]),await o.succeedOther("git",["commit","-q","-m","feat: add up a basket"]),{value:void 0})),await s.step("backlog init",async()=>(await o.succeed({args:["init","--yes","--prefixes","FEAT,BUG"]}),de(g.join(t,"backlog.config.json"),g.join(c,"script.json")),await o.succeedOther("git",["add","-A"]),await o.succeedOther("git",["commit","-q","-m","chore: set up the backlog"]),await h(o,r,t,"SessionStart",{source:"startup"}),{value:void 0})),s.heading(`A ticket: "${C}"`);let d=await s.step("the model writes it, the program checks it",async()=>{await o.succeed({args:["context","set","","generate","ticket","backlog-ticket","--session",r.sessionId]});let{answer:a,document:u}=await o.json({args:["ticket","new","--from","-"],input:await m("ticket")});if(a.exitCode!==0||typeof u.id!="string")throw S("ticket new",a);let k=await o.succeed({args:["ticket","validate",u.id]});return{value:u.id,show:k.stdout}});return await s.step("backlog ticket complete, too early",async()=>(await o.succeed({args:["ticket","start",d]}),{value:void 0,show:await q(o,["ticket","complete",d])})),s.heading("Five gates"),await s.step("plan",async()=>(await l(d,"plan","implementer"),{value:void 0,show:(await o.succeed({args:["gate","run","plan","--ticket",d,"--from","-"],input:await m("plan")})).stdout})),await s.step("implement: the tests fail on the old code, pass on the new",async()=>(await l(d,"implement","implementer"),await h(o,r,t,"SubagentStart",{agent_id:r.implementer,agent_type:"implementer"}),v(t,M(await m("tests"))),v(t,M(await m("code"))),{value:void 0,show:(await o.succeed({args:["gate","run","implement","--ticket",d,...p(r.implementer)]})).stdout})),await s.step("past the gate: git commit --no-verify",async()=>{let a=await h(o,r,t,"PreToolUse",{agent_id:r.implementer,agent_type:"implementer",tool_name:"Bash",tool_use_id:"toolu_demo",tool_input:{command:'git commit --no-verify -am "done"'}}),u=I(a);if(u===void 0)throw S("hook PreToolUse",{exitCode:0,stdout:a,stderr:""});return{value:void 0,show:`denied: ${u}`}}),await s.step("lint",async()=>(await l(d,"lint","implementer"),{value:void 0,show:(await o.succeed({args:["gate","run","lint","--ticket",d,...p(r.implementer)]})).stdout})),await s.step("backlog commit past the gate, without a review",async()=>({value:void 0,show:await q(o,["commit","--ticket",d,"--type","feat","--area","basket","--summary","done"])})),await s.step("review, by another agent",async()=>{await l(d,"review","reviewer"),await h(o,r,t,"SubagentStart",{agent_id:r.reviewer,agent_type:"reviewer"});let{answer:a,document:u}=await o.json({args:["review","request",d]});if(typeof u.request_id!="string")throw S("review request",a);return{value:void 0,show:(await o.succeed({args:["review","submit","--request",u.request_id,"--from","-",...p(r.reviewer)],input:await m("review")})).stdout}}),await s.step("commit",async()=>(await l(d,"commit","implementer"),{value:void 0,show:(await o.succeed({args:["commit","--ticket",d,"--type","feat","--area","basket","--summary","10 % off from 50.00 on"]})).stdout})),await s.step("backlog ticket complete",async()=>{let a=await o.succeed({args:["ticket","complete",d]});return await o.succeed({args:["context","clear","--session",r.sessionId]}),{value:void 0,show:a.stdout}}),{ticketId:d,gateTable:(await o.succeed({args:["gate","status",d]})).stdout,gates:(await o.json({args:["gate","status",d]})).document,costTable:(await o.succeed({args:["cost","report"]})).stdout,cost:(await o.json({args:["cost","report"]})).document}}i(ae,"play");async function q(t,e){let n=await t.run({args:e});if(n.exitCode===0||n.exitCode===70)throw S(e.join(" "),n);return`${n.stderr.trim()}
exit ${n.exitCode}`}i(q,"refusal");function ce(t,e,n){let{PATH:s,TMPDIR:r,LANG:c,BACKLOG_NODE:o,SystemRoot:p}=t,m="Demo User",l="demo@example.com";return{PATH:s,TMPDIR:r,LANG:c,BACKLOG_NODE:o,SystemRoot:p,HOME:e,BACKLOG_HOME:g.join(e,".backlog-toolkit"),NO_COLOR:"1",CLAUDECODE:"1",CLAUDE_CODE_SESSION_ID:n,GIT_CONFIG_NOSYSTEM:"1",GIT_AUTHOR_NAME:m,GIT_AUTHOR_EMAIL:l,GIT_COMMITTER_NAME:m,GIT_COMMITTER_EMAIL:l}}i(ce,"demoEnv");function de(t,e){let n=E(T(t)??"")??{};A(t,`${JSON.stringify({...n,version:"1.1",llmOps:{providers:{demo:{type:"scripted",script:e}},tiers:{free:["demo/local-model"],cheap:["demo/small-model"],balanced:["demo/strong-model"]}}},void 0,2)}
`)}i(de,"useScriptedModels");function M(t){let e=JSON.parse(t);return Array.isArray(e)?e.filter(n=>typeof n?.path=="string"&&typeof n?.content=="string"):[]}i(M,"writtenFiles");function v(t,e){for(let n of e)A(g.join(t,n.path),n.content)}i(v,"write");function S(t,e){return new w({code:"demo-step-failed",message:`\`backlog ${t}\` answered what the demo did not expect (exit ${e.exitCode}):
${(e.stderr||e.stdout).trim()}`,fix:"run `backlog demo --dir <folder>` to keep the sample project, then the command in it",exitCode:f.CheckFailed})}i(S,"unexpected");function U(t){return["",`${t.ticketId} is completed. What each gate rests on:`,"",t.gateTable.trimEnd(),"","Requests and cost, from the usage ledger (the answers were scripted, the prices are made up for the demo):","",t.costTable.trimEnd(),"",t.keptAt===void 0?"To keep the sample project:  backlog demo --dir corner-shop":`The sample project is in ${t.keptAt}`,"Next, in your own project:   backlog init",""].join(`
`)}i(U,"lastScreen");var He=i(async(t,e)=>{let n=t.text("dir"),s=e.terminal&&!e.json?l=>process.stderr.write(l):void 0,r=await J({dir:n===void 0?void 0:me.resolve(e.cwd,n),env:e.env,signal:e.signal,progress:new b(l=>e.note(l),s)}),{ticketId:c,gates:o,cost:p,keptAt:m}=r;return R(e,{json:{ticket_id:c,gates:o,cost:p,kept_at:m??null},text:U(r)}),f.Ok},"demo");export{He as demo};
