import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b,c,d}from"./chunk-GFDOLHAY.js";import"./chunk-DAP6A5F5.js";import"./chunk-OEZITBD3.js";import"./chunk-FTJR7DBL.js";import"./chunk-2AUYM5QV.js";import"./chunk-MRITNC4H.js";import"./chunk-EIIEB3WU.js";export{a as OUTPUT_TAIL,c as appendEvidence,d as isEvidence,b as readEvidence};
