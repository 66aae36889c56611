import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{b as e}from"./chunk-5DZZYF2R.js";import{k as n}from"./chunk-5SL7YZZX.js";import{c as i}from"./chunk-H6TLIDLN.js";async function h(t,c,o){let a=r=>r.replace(/[\s|]+/g," ").trim(),s=i(t.clock);await n(t.paths,t.config,c,r=>e(r,{date:s,change:a(o.change),author:a(o.author)}))}export{h as a};
