import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b,c}from"./chunk-RUBOTUR5.js";import"./chunk-I3C6UZFM.js";import"./chunk-QBYKJJ4Z.js";import"./chunk-35JXLRAN.js";import"./chunk-Z5WLV7FU.js";export{b as parseYaml,a as readFields,c as valuesOf};
