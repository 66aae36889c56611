import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a as i}from"./chunk-EIIEB3WU.js";function l(n,e){return n!==void 0&&n!=="unknown"?n:e.ANTHROPIC_API_KEY?"api":"unknown"}i(l,"sessionBilling");export{l as a};
