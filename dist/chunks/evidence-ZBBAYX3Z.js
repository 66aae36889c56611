import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b,c,d}from"./chunk-4GZ2JZLG.js";import"./chunk-OEZITBD3.js";import"./chunk-2UJKXWA7.js";import"./chunk-3YG3NK3P.js";import"./chunk-FWEYP233.js";import"./chunk-MRITNC4H.js";import"./chunk-EIIEB3WU.js";export{a as OUTPUT_TAIL,c as appendEvidence,d as isEvidence,b as readEvidence};
