import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{b as o}from"./chunk-B7AO22R2.js";import{G as e}from"./chunk-VLBW5VWC.js";import t from"node:path";function a(r){return{write:i=>{o(r,i)}}}function s(r){return r.workspace!==void 0?t.resolve(r.cwd,r.workspace,".backlog-ops"):e(r.cwd)?.opsDir??t.resolve(r.cwd,".backlog-ops")}export{a,s as b};
