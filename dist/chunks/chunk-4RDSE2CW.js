import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{d as c,f as a}from"./chunk-EBISBIJJ.js";var u=4e3;async function y(t,n,e){let{enabled:r,topK:i}=t.config.llmOps.ragPolicy;if(!r)return[];let{index:o}=await a(t,{answerOnly:!0}),f=new Set(e),p=new Set(o.files.flatMap(({kind:s,path:l})=>s==="ticket"?[l]:[]));return c(o,t.paths,{question:m(n),top:i,budgetTokens:u,without:s=>f.has(s)||p.has(s)})}function m({title:t,criteria:n,affectedFiles:e}){let r=e.map(({path:i,description:o})=>`${i} ${o}`);return[t,...n.map(({text:i})=>i),...r].join(`
`)}function $(t){return t.map(({path:n,start:e,end:r,text:i})=>`${n}:${e}-${r}

${d(i)}
`)}function d(t){let n=Math.max(2,...[...t.matchAll(/^\s*(`{3,})/gm)].map(r=>r[1]?.length??0)),e="`".repeat(n+1);return`${e}
${t.trimEnd()}
${e}`}export{y as a,m as b,$ as c};
