import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{g as c,h as d,i as e}from"./chunk-E4JMW3YV.js";import"./chunk-GCOZHYPL.js";import{c as a,d as b}from"./chunk-NZSL7ZB6.js";import"./chunk-22TZDM4Z.js";import"./chunk-35JXLRAN.js";import"./chunk-Z5WLV7FU.js";export{c as loadConfig,e as minNewTests,d as parseConfig,a as requiredGates,b as waiversAllowed};
