import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{q as c,r as o}from"./chunk-7FDIZYR6.js";import{a}from"./chunk-EIIEB3WU.js";async function p(t,r){let e=o(t,r,void 0);if(e!==c)return e;let{readFields:i}=await import("./front-matter-Y6ZUAFAF.js");return o(t,r,i)}a(p,"loadBacklog");export{p as a};
