import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b,c,d}from"./chunk-3I4FP6T4.js";import"./chunk-HDABZ2L2.js";import"./chunk-C3HBADXH.js";import"./chunk-KFVDA27G.js";import"./chunk-7GCSLFGS.js";import"./chunk-GKPJIYGN.js";import"./chunk-NDJNVI3F.js";export{a as OUTPUT_TAIL,c as appendEvidence,d as isEvidence,b as readEvidence};
