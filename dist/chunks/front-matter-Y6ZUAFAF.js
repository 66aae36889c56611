import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a,b,c}from"./chunk-IJRXPOS5.js";import"./chunk-57O7OGRC.js";import"./chunk-KIXVV6QD.js";import"./chunk-MRITNC4H.js";import"./chunk-EIIEB3WU.js";export{b as parseYaml,a as readFields,c as valuesOf};
