import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{c as e,e as o}from"./chunk-GKPJIYGN.js";import{readFileSync as s}from"node:fs";import n from"node:path";async function f(r,t){if(r==="-")return t.stdin();try{return s(n.resolve(t.cwd,r),"utf8")}catch(i){throw e(`${r} cannot be read: ${o(i)}`,"pass a file that is there, or `-` for stdin")}}export{f as a};
