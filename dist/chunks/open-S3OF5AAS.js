import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-R355CFQT.js";import"./chunk-AAKNAFEM.js";import"./chunk-QBYKJJ4Z.js";import"./chunk-22TZDM4Z.js";import"./chunk-35JXLRAN.js";import"./chunk-Z5WLV7FU.js";export{a as loadBacklog};
