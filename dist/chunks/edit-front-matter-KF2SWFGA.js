import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-IRX4KVBR.js";import"./chunk-5ADQH33I.js";import"./chunk-EU7HWRPC.js";import"./chunk-UFFSIYCY.js";import"./chunk-WIR3DNCF.js";import"./chunk-5PSGMXUV.js";import"./chunk-GKPJIYGN.js";import"./chunk-NDJNVI3F.js";export{a as editFrontMatter};
