import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b}from"./chunk-OMPS43TX.js";import"./chunk-HLSBP32D.js";import"./chunk-RU35O6J5.js";import"./chunk-QACXSU2J.js";import"./chunk-GKPJIYGN.js";import"./chunk-NDJNVI3F.js";export{b as normal,a as openWorld};
