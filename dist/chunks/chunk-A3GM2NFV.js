import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{e as a,f as o}from"./chunk-66Q7HKIT.js";async function n(t,r){let e=o(t,r,void 0);if(e!==a)return e;let{readFields:c}=await import("./front-matter-A6LAGEPX.js");return o(t,r,c)}export{n as a};
