import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{s as a,u as n}from"./chunk-3QI3J4HB.js";import{i}from"./chunk-OR7F56G3.js";import{e}from"./chunk-2RVAWASG.js";async function s(t,r){let o=e(t.paths.opsDir,r);if(o===void 0)throw i(r,"its work was never started");return a(t,o)}async function l(t,r){return(await n(await s(t,r))).text}export{s as a,l as b};
