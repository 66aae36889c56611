'use strict';var a=Object.defineProperty;var f=Object.getOwnPropertyDescriptor;var p=Object.getOwnPropertyNames;var d=Object.prototype.hasOwnProperty;var g=(e,r)=>{for(var t in r)a(e,t,{get:r[t],enumerable:!0})},h=(e,r,t,i)=>{if(r&&typeof r=="object"||typeof r=="function")for(let l of p(r))!d.call(e,l)&&l!==t&&a(e,l,{get:()=>r[l],enumerable:!(i=f(r,l))||i.enumerable});return e};var m=e=>h(a({},"__esModule",{value:!0}),e);var b={};g(b,{a:()=>c,b:()=>u});module.exports=Object.defineProperty(b,"__esModule",{value:!0});function c(e,r,t){let i=new Set(e.split(/\r?\n/).map($)),l=r.filter(s=>!i.has($(s)));if(l.length===0)return e;let n=e.includes(`\r
`)?`\r
`:`
`,o=e===""||e.endsWith(`
`)?"":n;return`${e}${o}${[`# ${t}`,...l].join(n)}${n}`}function u(e,r){return`/${e.replaceAll(/[\\*?[\]#! ]/g,t=>`\\${t}`)}${r==="folder"?"/":""}`}function $(e){return e.trim().replace(/^\//,"").replace(/\/$/,"")}0&&(module.exports={a,b});
