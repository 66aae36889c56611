import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
function g(n,r,t){let e=new Set(n.split(/\r?\n/).map(o)),s=r.filter(l=>!e.has(o(l)));if(s.length===0)return n;let i=n.includes(`\r
`)?`\r
`:`
`,c=n===""||n.endsWith(`
`)?"":i;return`${n}${c}${[`# ${t}`,...s].join(i)}${i}`}function a(n,r){return`/${n.replaceAll(/[\\*?[\]#! ]/g,e=>`\\${e}`)}${r==="folder"?"/":""}`}function o(n){return n.trim().replace(/^\//,"").replace(/\/$/,"")}export{g as a,a as b};
