import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b,c}from"./chunk-UFFSIYCY.js";import"./chunk-WIR3DNCF.js";import"./chunk-5PSGMXUV.js";import"./chunk-GKPJIYGN.js";import"./chunk-NDJNVI3F.js";export{b as parseYaml,a as readFields,c as valuesOf};
