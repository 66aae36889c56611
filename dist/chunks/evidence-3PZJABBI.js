import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b,c,d}from"./chunk-HLNVVWWZ.js";import"./chunk-NZSL7ZB6.js";import"./chunk-55OUZNNA.js";import"./chunk-BZK7J2TH.js";import"./chunk-22TZDM4Z.js";import"./chunk-35JXLRAN.js";import"./chunk-Z5WLV7FU.js";export{a as OUTPUT_TAIL,c as appendEvidence,d as isEvidence,b as readEvidence};
