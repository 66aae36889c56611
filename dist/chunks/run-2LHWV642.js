import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-WVDYTROM.js";import"./chunk-3WBH43WZ.js";import"./chunk-GEHB5BIS.js";import"./chunk-GCOZHYPL.js";import"./chunk-PCVSYZYL.js";import"./chunk-35JXLRAN.js";import"./chunk-Z5WLV7FU.js";export{a as runHook};
