import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b,c,d}from"./chunk-MASFPJZ6.js";import"./chunk-OEZITBD3.js";import"./chunk-62M4EYYX.js";import"./chunk-4DXXQN3X.js";import"./chunk-2JMFQOL3.js";import"./chunk-MRITNC4H.js";import"./chunk-EIIEB3WU.js";export{a as OUTPUT_TAIL,c as appendEvidence,d as isEvidence,b as readEvidence};
