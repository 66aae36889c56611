import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{i as s,j as r,k as i,l as c}from"./chunk-66JCFEDB.js";var p="Cost Estimate";function d(e){let t=i(e.sections,p)?.text??"",[u]=r(`## x
${t}`,s(`## x
${t}`,0,1));return c(u?.lines??[]).flatMap(({cells:[n="",a="",m=""]})=>{let o=l(a);return n===""||o===null?[]:[{model:n,tokens:o,usd:l(m)}]})}function l(e){let t=e.replaceAll(/[,$\s]/g,"");return/^[0-9]{1,15}(?:\.[0-9]{1,9})?$/.test(t)?Number(t):null}export{p as a,d as b};
