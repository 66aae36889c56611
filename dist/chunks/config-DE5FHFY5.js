import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{g as a,h as b,j as c,k as d,l as e}from"./chunk-AOFGJBJF.js";import"./chunk-J32EQVQV.js";import"./chunk-GCOZHYPL.js";import"./chunk-PCVSYZYL.js";import"./chunk-35JXLRAN.js";import"./chunk-Z5WLV7FU.js";export{c as loadConfig,e as minNewTests,d as parseConfig,a as requiredGates,b as waiversAllowed};
