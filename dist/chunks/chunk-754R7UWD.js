import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{b as e}from"./chunk-VENOQDTW.js";import{Z as n}from"./chunk-66JCFEDB.js";import{d as i}from"./chunk-VLBW5VWC.js";async function l(t,c,o){let a=r=>r.replace(/[\s|]+/g," ").trim(),s=i(t.clock);await n(t.paths,t.config,c,r=>e(r,{date:s,change:a(o.change),author:a(o.author)}))}export{l as a};
