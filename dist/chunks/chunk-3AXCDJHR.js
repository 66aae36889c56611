import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{b as e}from"./chunk-3SB5TA6A.js";import{Z as n}from"./chunk-O34CDYVP.js";import{d as i}from"./chunk-VLBW5VWC.js";async function l(t,c,o){let a=r=>r.replace(/[\s|]+/g," ").trim(),s=i(t.clock);await n(t.paths,t.config,c,r=>e(r,{date:s,change:a(o.change),author:a(o.author)}))}export{l as a};
