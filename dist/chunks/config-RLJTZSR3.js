import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{h as a,i as b,j as c,k as d,l as e}from"./chunk-VJZKP4D6.js";import"./chunk-GCOZHYPL.js";import"./chunk-22TZDM4Z.js";import"./chunk-35JXLRAN.js";import"./chunk-Z5WLV7FU.js";export{c as loadConfig,e as minNewTests,d as parseConfig,a as requiredGates,b as waiversAllowed};
