import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-EJO67Y3P.js";import"./chunk-27FOGH3G.js";import"./chunk-GEHB5BIS.js";import"./chunk-GCOZHYPL.js";import"./chunk-22TZDM4Z.js";import"./chunk-35JXLRAN.js";import"./chunk-Z5WLV7FU.js";export{a as runHook};
