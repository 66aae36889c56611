import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as r}from"./chunk-EIIEB3WU.js";function a(n,e,s){let i=new Set(n.split(/\r?\n/).map(c)),o=e.filter(g=>!i.has(c(g)));if(o.length===0)return n;let t=n.includes(`\r
`)?`\r
`:`
`,l=n===""||n.endsWith(`
`)?"":t;return`${n}${l}${[`# ${s}`,...o].join(t)}${t}`}r(a,"withIgnored");function p(n,e){return`/${n.replaceAll(/[\\*?[\]#! ]/g,i=>`\\${i}`)}${e==="folder"?"/":""}`}r(p,"anchoredPattern");function c(n){return n.trim().replace(/^\//,"").replace(/\/$/,"")}r(c,"plain");export{a,p as b};
