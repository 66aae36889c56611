import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
var e=()=>new Date;function o(t=e){return t().toISOString()}function n(t=e){return o(t).slice(0,10)}export{e as a,o as b,n as c};
