import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b,c,d}from"./chunk-VTA6QF6L.js";import"./chunk-OEZITBD3.js";import"./chunk-MURQGYZD.js";import"./chunk-MICUNJ5L.js";import"./chunk-DWP4SGEM.js";import"./chunk-MRITNC4H.js";import"./chunk-EIIEB3WU.js";export{a as OUTPUT_TAIL,c as appendEvidence,d as isEvidence,b as readEvidence};
