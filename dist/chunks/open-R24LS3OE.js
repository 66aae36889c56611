import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-5XI2QWXF.js";import"./chunk-GSFE2R32.js";import"./chunk-57O7OGRC.js";import"./chunk-2AUYM5QV.js";import"./chunk-MRITNC4H.js";import"./chunk-EIIEB3WU.js";export{a as loadBacklog};
