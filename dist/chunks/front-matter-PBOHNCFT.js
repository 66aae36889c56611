import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{b as a,c as b,d as c}from"./chunk-OFXLSPIT.js";import"./chunk-QBYKJJ4Z.js";import"./chunk-35JXLRAN.js";import"./chunk-Z5WLV7FU.js";export{b as parseYaml,a as readFields,c as valuesOf};
