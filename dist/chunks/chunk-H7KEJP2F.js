import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{y as a,z as o}from"./chunk-66JCFEDB.js";async function p(t,r){let e=o(t,r,void 0);if(e!==a)return e;let{readFields:c}=await import("./front-matter-BNT5YXIX.js");return o(t,r,c)}export{p as a};
