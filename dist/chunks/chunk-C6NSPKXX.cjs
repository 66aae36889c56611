'use strict';var s=Object.defineProperty;var h=Object.getOwnPropertyDescriptor;var $=Object.getOwnPropertyNames;var g=Object.prototype.hasOwnProperty;var w=(t,e)=>{for(var a in e)s(t,a,{get:e[a],enumerable:!0})},x=(t,e,a,i)=>{if(e&&typeof e=="object"||typeof e=="function")for(let n of $(e))!g.call(t,n)&&n!==a&&s(t,n,{get:()=>e[n],enumerable:!(i=h(e,n))||i.enumerable});return t};var y=t=>x(s({},"__esModule",{value:!0}),t);var M={};w(M,{a:()=>c,b:()=>l,c:()=>f});module.exports=Object.defineProperty(M,"__esModule",{value:!0});var p=require("./chunk-EGP2TCFP.cjs"),b=4e3;async function c(t,e,a){let{enabled:i,topK:n}=t.config.llmOps.ragPolicy;if(!i)return[];let{index:r}=await(0,p.f)(t,{answerOnly:!0}),u=new Set(a),m=new Set(r.files.flatMap(({kind:o,path:d})=>o==="ticket"?[d]:[]));return(0,p.d)(r,t.paths,{question:l(e),top:n,budgetTokens:b,without:o=>u.has(o)||m.has(o)})}function l({title:t,criteria:e,affectedFiles:a}){let i=a.map(({path:n,description:r})=>`${n} ${r}`);return[t,...e.map(({text:n})=>n),...i].join(`
`)}function f(t){return t.map(({path:e,start:a,end:i,text:n})=>`${e}:${a}-${i}

${k(n)}
`)}function k(t){let e=Math.max(2,...[...t.matchAll(/^\s*(`{3,})/gm)].map(i=>i[1]?.length??0)),a="`".repeat(e+1);return`${a}
${t.trimEnd()}
${a}`}0&&(module.exports={a,b,c});
